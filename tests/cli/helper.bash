# SPDX-License-Identifier: MIT
# What every tests/cli/*.bats begins with:
#
#   load helper
#
# It gives each test: $ringside, the program; an empty $folder, made anew and removed, in which the
# test runs; `ringside ...`, a `run` that keeps stdout and stderr apart; and loop devices that are
# detached whatever happens. A test that needs what this machine has not skips with the reason.

bats_require_minimum_version 1.5.0

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
ringside=${RINGSIDE:-$root/build/ringside}

setup() {
	[ -x "$ringside" ] || {
		echo "$ringside is missing: make" >&2
		return 1
	}
	folder=$(mktemp -d "${TMPDIR:-/tmp}/ringside-cli.XXXXXX")
	cd "$folder" || return 1
	loop_holds=()
}

teardown() {
	local hold
	for hold in "${loop_holds[@]}"; do
		exec {hold}<&-
	done
	cd / || return 1
	rm -rf "$folder"
}

# ringside ARGUMENTS...: runs it, and sets $status, $output (stdout), $stderr and the arrays $lines
# and $stderr_lines.
ringside() {
	run --separate-stderr -- "$ringside" "$@"
}

# ours ARGUMENTS...: `ringside` under the name fio; sets what `ringside` sets.
ours() {
	[ -e "$folder/.bin" ] || mkdir "$folder/.bin"
	ln -sf "$ringside" "$folder/.bin/fio"
	run --separate-stderr -- "$folder/.bin/fio" "$@"
}

# zero_job: ./job, random reads of /dev/zero, its sections from stdin.
zero_job() {
	{ printf '%s\n' '[global]' filename=/dev/zero size=64k rw=randread && cat; } >job
}

# expect_status CODE: the exit code of the last `ringside`; shows what was said where it differs.
expect_status() {
	[ "$status" -eq "$1" ] && return 0
	echo "exit code $status in place of $1"
	show
	return 1
}

# expect_text TEXT / expect_error TEXT: stdout / stderr has TEXT in it, as it stands.
expect_text() {
	[[ $output == *"$1"* ]] && return 0
	echo "stdout lacks: $1"
	show
	return 1
}

expect_error() {
	[[ $stderr == *"$1"* ]] && return 0
	echo "stderr lacks: $1"
	show
	return 1
}

# expect_silence: nothing on stderr.
expect_silence() {
	[ -z "$stderr" ] && return 0
	echo "stderr is not empty"
	show
	return 1
}

# All that read and write, but those that take NVMe commands, which tests/vm/ringside.bats has.
list_engines() {
	"$ringside" help engines | awk '$1 !~ /nvme|uring_cmd/ { print $1 }' |
		grep -vxE 'syscall|io_uring_nop|copy_file_range|sendfile'
}

# must_fail COMMAND: "! COMMAND" ends a test only on its last line.
must_fail() {
	if "$@"; then
		printf 'must fail: %s\n' "$*"
		return 1
	fi
}

show() {
	printf 'stdout:\n%s\nstderr:\n%s\n' "$output" "$stderr"
}

# json FILE EXPRESSION: a Python expression over the document `d` of FILE ("-": the last stdout).
json() {
	local file=$1
	if [ "$file" = - ]; then
		file=$folder/.stdout # a document is longer than an argument may be
		printf '%s' "$output" >"$file"
	fi
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$file" "$2"
}

# expect_json FILE EXPRESSION VALUE
expect_json() {
	local value
	value=$(json "$1" "$2") || return 1
	[ "$value" = "$3" ] && return 0
	echo "$2 is $value, not $3"
	return 1
}

# wait_until COMMAND...: until it succeeds, and not for ever.
wait_until() {
	local end=$((SECONDS + 60))
	until "$@"; do
		((SECONDS < end)) || { echo "waited 60 s in vain: $*"; return 1; }
		sleep 0.05
	done
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "root is needed"
}

# An unprivileged user without supplementary groups, for "${nobody[@]}" before a command. The clone
# may be in a folder that is closed to others, so that user gets a copy of the program.
as_nobody() {
	need_root
	need_command setpriv
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chmod 755 "$folder"
	install -m 755 "$ringside" "$folder/.ringside"
	ringside=$folder/.ringside
}

# need_command NAME...
need_command() {
	local name
	for name in "$@"; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

# make_loop_device MIB [LOSETUP OPTIONS...]: sets $loop to a loop device over a new file of zeroes.
# The kernel detaches it when nobody has it open any more: with this shell, should it be killed.
make_loop_device() {
	local file hold mib=$1
	shift
	need_root
	need_command losetup
	file=$folder/loop.${#loop_holds[@]}
	truncate --size "${mib}M" "$file"
	loop=$(losetup --find --show "$@" "$file" 2>&1) || skip "no loop device: $loop"
	exec {hold}<"$loop"
	loop_holds+=("$hold")
	losetup --detach "$loop"
}

# csv_field FILE COLUMN: what the first row has there.
csv_field() {
	/usr/bin/python3 -c 'import csv, sys
print(next(csv.DictReader(open(sys.argv[1])))[sys.argv[2]])' "$1" "$2"
}

# validate_by SCHEMA FILE...: the files are documents of `ringside help SCHEMA`. Of several at once
# only the first costs the start of the validator, 0.15 s.
validate_by() {
	"$ringside" help "$1" >schema.json
	/usr/bin/python3 - schema.json "${@:2}" <<-'EOF'
		import json, sys
		import jsonschema
		schema, *documents = (json.load(open(path)) for path in sys.argv[1:])
		for path, document in zip(sys.argv[2:], documents, strict=True):
		    try:
		        jsonschema.Draft202012Validator(schema).validate(document)
		    except jsonschema.ValidationError as error:
		        sys.exit(f"{path}: {error}")
	EOF
}

# validate FILE...: they are documents of a run.
validate() {
	validate_by schema "$@"
}
