# SPDX-License-Identifier: MIT
# Where results go, and what becomes of them where they cannot go there.
# covers: src/main.c

load helper

read_a_file() {
	ringside run --filename=file --size=64k --rw=read --quiet "$@"
}

@test "two documents never share a file" {
	read_a_file --json=a --csv=a
	expect_status 2
	expect_error "--json and --csv both name a"
	read_a_file --json=a --output=a
	expect_status 2
	[ ! -e a ]
	[ ! -e file ]
	read_a_file --json=/dev/null --csv=/dev/null
	expect_status 0
}

@test "a document on stdout is there alone, and the text goes to stderr" {
	for path in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		read_a_file --json=$path
		expect_status 0
		expect_json - "d['schema']" ringside-result/1
		expect_error "calls=pread"
	done
	read_a_file --hdr-log=-
	expect_status 0
	[[ $output == '#[Latencies measured'* ]]
	[[ $output != *IOPS* ]]
	read_a_file --json=out.json --csv=- --output=text
	expect_status 0
	expect_silence
	[[ ${lines[0]} == job,* ]]
	[ "${#lines[@]}" -eq 2 ]
	grep -q IOPS text
	ringside report out.json --json=-
	expect_json - "d['schema']" ringside-result/1
	expect_error IOPS
	read_a_file --json=- --output=/dev/stderr --format=csv
	expect_json - "d['schema']" ringside-result/1
	expect_error "job,"
}

@test "of an option that is given twice the last one counts" {
	read_a_file --json=- --json=out.json
	expect_status 0
	expect_text "calls=pread"
	[ -s out.json ]
	read_a_file --json=a --csv=b --json=b
	expect_status 2
	expect_error "--json and --csv both name b"
}

@test "a comparison on stdout is one document, too" {
	ringside compare --engines=null,psync --filename=/dev/zero --size=64k --rw=read --json=- \
		--blocks=3 --trial-time=5ms --no-control --quiet
	expect_status 0
	expect_json - "d['points'][0]['blocks']" 3
	expect_error IOPS
	printf '%s' "$output" >saved.json
	mkfifo pipe
	timeout 30 cat pipe >read.json &
	ringside compare --engines=null,psync --filename=/dev/zero --size=64k --rw=read \
		--json=pipe --blocks=3 --trial-time=5ms --no-control --quiet
	wait
	expect_json read.json "d['points'][0]['blocks']" 3
	ringside report saved.json --json=-
	expect_json - "d['schema']" ringside-comparison/1
	expect_error IOPS
	ringside check saved.json --baseline=saved.json --json=-
	expect_json - "d['schema']" ringside-check/1
	expect_error "before"
}

@test "two documents never share stdout" {
	read_a_file --json=- --csv=/dev/stdout
	expect_status 2
	expect_error "--json and --csv both name /dev/stdout"
	read_a_file --json=- --format=markdown
	expect_status 2
	expect_error "--format=markdown and --json=- both go to stdout"
	expect_error "hint: --output=FILE takes the first one elsewhere"
	read_a_file --json=- --output=-
	expect_status 2
	ringside check a.job --ref=psync --json=- --junit=-
	expect_status 2
	ringside check a.job --ref=psync --comparison=-
	expect_status 2
	expect_error "--comparison=-: it is written piece by piece"
	ringside check a.job --ref=psync --history=/dev/stdout
	expect_status 2
	[ ! -e file ]
	[ ! -e - ]
}

@test "a baseline on stdout is there alone" {
	ringside baseline record --filename=/dev/zero --size=64k --rw=read --sessions=2 --idle=0 \
		--blocks=3 --trial-time=5ms --no-guards --quiet --output=-
	expect_status 0
	expect_json - "d['schema']" ringside-baseline/1
	expect_error "2 sessions"
}

@test "a result never takes the place of a job file or of a target" {
	head -c 65536 /dev/urandom >file
	ln file name
	printf '[a]\nfilename=file\nrw=read\n' >a.job
	cp -p file kept
	ringside run a.job --output=./a.job
	expect_status 2
	expect_error "--output=./a.job would overwrite the job file"
	for target in file name; do
		ringside run a.job --json=$target
		expect_status 2
		expect_error "--json=$target would overwrite the job's target"
	done
	cmp file kept
	ringside run --filename=new --rw=write --size=64k --csv=new
	expect_status 2
	[ ! -e new ]
	ringside run --filename=/dev/null --rw=write --size=64k --csv=/dev/null
	expect_status 0
}

# expect_spared FILE ARGUMENTS...: refused, and FILE is as it was.
expect_spared() {
	local file=$1
	cp -p "$file" kept
	shift
	ringside "$@"
	expect_status 2
	expect_error "$file would overwrite"
	cmp "$file" kept
}

@test "comparisons, checks and reports are never written over what they read" {
	read_a_file --json=old.json
	read_a_file --json=new.json
	printf '[a]\nfilename=file\nrw=read\n' >a.job
	local trials=(--trial-time=20ms --blocks=3 --no-guards)
	for lost in a.job file; do
		expect_spared $lost compare a.job --engines=psync,sync --json=$lost
		expect_spared $lost check a.job --ref=sync --comparison=$lost "${trials[@]}"
		expect_spared $lost baseline record a.job --output=$lost "${trials[@]}"
	done
	for lost in old.json new.json; do
		expect_spared $lost check new.json --baseline=old.json --markdown=$lost
		expect_spared $lost check new.json --baseline=old.json --history=$lost
	done
	expect_spared new.json report new.json --output=new.json
	expect_spared new.json baseline update old.json new.json --reason=x --output=new.json
}

@test "a folder in the place of a file is told for what it is" {
	read_a_file --json=r.json
	mkdir folder
	for option in output json history; do
		ringside check r.json --baseline=r.json --$option=folder
		expect_status 2
		expect_error "cannot write folder: Is a directory"
	done
}

@test "where a comparison cannot be saved, no check is begun" {
	ringside check --filename=file --size=64k --rw=read --ref=sync --comparison=none/c.json
	expect_status 2
	expect_error "cannot write none/c.json: No such file or directory"
	expect_error "mkdir -p"
	[ ! -e file ]
}

@test "sessions whose file cannot be written are told, and exit 5" {
	export TMPDIR=$folder
	mkdir small
	mount -t tmpfs -o size=4k none small || skip "may not mount"
	local trials=(--filename=/dev/zero --size=64k --rw=read --trial-time=20ms --blocks=3
		--no-guards --quiet)
	ringside check "${trials[@]}" --assert='syscalls_per_io<=9' --comparison=small/c.json
	check=("$status" "$output" "$stderr")
	ringside baseline record "${trials[@]}" --sessions=2 --idle=0 --output=small/b.json
	ls -A small >left
	umount small
	expect_status 5
	expect_error "cannot write small/b.json: No space left on device"
	expect_error "note: the document for small/b.json is kept in $folder/b.json.kept.0"
	expect_json b.json.kept.0 "len(d['sessions'])" 2
	expect_text "job.read.iops"
	[ "${check[0]}" -eq 5 ]
	[[ ${check[1]} == *"the comparison could not be saved; it is kept in"*c.json.kept.0* ]]
	validate_by comparison-schema c.json.kept.0
	warning="ringside: warning: cannot save to small/c.json: No space left on device"
	[ "${check[2]}" = "$warning" ]
	[ ! -s left ]
}

@test "no target gets the descriptor of a standard stream that was closed" {
	export TMPDIR=$folder
	for stream in 0 1 2; do
		bash -c "exec '$ringside' run --filename=/proc/self/fd/$stream --rw=write --bs=4k \
			--size=4k --json=out.json --output=/dev/null $stream>&-"
		expect_json out.json "d['jobs'][0]['targets'][0]['kind']" character
	done
	head -c 4096 /dev/zero >file
	run --separate-stderr -- bash -c "'$ringside' run --filename=file --rw=read >&-"
	expect_status 5
	expect_error "cannot write to stdout: Bad file descriptor"
	expect_error "is kept in"
}

@test "no result is written over a block device" {
	make_loop_device 1
	before=$(md5sum "$loop")
	for option in output json hdr-log; do
		read_a_file --$option="$loop"
		expect_status 2
		expect_error "cannot write $loop: Operation not permitted"
	done
	[ "$before" = "$(md5sum "$loop")" ]
	[ -b "$loop" ]
}

@test "a limit of file sizes leaves the old result, and no part of a new one" {
	export TMPDIR=$folder
	head -c 65536 /dev/urandom >file
	echo old >result
	run --separate-stderr -- bash -c "ulimit -f 1; exec '$ringside' run --filename=file \
		--rw=read --json=result --quiet"
	expect_status 5
	expect_error "cannot write result: File too large"
	[ "$(cat result)" = old ]
	ls >names
	printf '%s\n' file names result | diff - names
}

@test "a limit of file sizes ends a job with its cause and cure" {
	run --separate-stderr -- bash -c "ulimit -f 40; exec '$ringside' run --filename=file \
		--rw=write --size=64k --fallocate=none --json=out.json"
	expect_status 5
	expect_error "File too large (EFBIG)"
	expect_error "ulimit -f"
	validate out.json
	expect_json out.json "d['jobs'][0]['write']['errors']" "{'EFBIG': 1}"
}

@test "a full stdout is told by every command" {
	export TMPDIR=$folder
	[ -w /dev/full ] || skip "no /dev/full"
	local job=(--filename=file --size=64k --rw=read)
	ringside baseline record "${job[@]}" --sessions=2 --idle=0 --trial-time=20ms --blocks=3 \
		--no-guards --quiet --output=b.json
	ringside compare "${job[@]}" --engines=psync,sync --trial-time=20ms --blocks=3 --json=c.json
	local commands=("run ${job[*]} --dry-run" "run ${job[*]}" "plan ${job[*]} --engines=psync"
		"baseline show b.json" "report c.json" "help" "--version")
	for command in "${commands[@]}"; do
		run --separate-stderr -- bash -c "'$ringside' $command >/dev/full"
		expect_status 5
		expect_error "cannot write to stdout: No space left on device"
	done
}

@test "a reader of stdout that goes away does not cost the files" {
	"$ringside" run --filename=/dev/zero --size=64k --rw=read --json=out.json 2>err |
		true || true
	validate out.json
	[ ! -s err ]
}

@test "an interrupt while the result is written does not cost it" {
	need_command strace
	strace -qq -f -o trace -e inject=fsync:delay_enter=2s "$ringside" run \
		--filename=/dev/zero --rw=read --size=64k --json=out.json >/dev/null &
	tracer=$!
	while ! compgen -G 'out.json.*.tmp' >/dev/null && kill -0 "$tracer" 2>/dev/null; do
		sleep 0.05
	done
	file=$(compgen -G 'out.json.*.tmp') || skip "strace may not trace here"
	[[ $file =~ out.json.([0-9]+) ]]
	kill -TERM "${BASH_REMATCH[1]}" # In the background a shell has INT ignored.
	wait "$tracer"
	validate out.json
}

@test "a reader of stderr that goes away does not end the run" {
	mkfifo pipe
	(sleep 3; timeout 30 cat pipe >/dev/null) & # Until then it says what it waits for.
	"$ringside" run --filename=pipe --rw=write --ioengine=sync --size=64k --json=out.json \
		2>&1 >/dev/null | true || true
	wait
	validate out.json
	expect_json out.json "d['jobs'][0]['write']['bytes']" 65536
}

@test "a pipe that loses its reader is an I/O error, not the end of ringside" {
	mkfifo pipe
	timeout 30 head -c 8192 pipe >/dev/null &
	ringside run --filename=pipe --rw=write --ioengine=sync --size=10m --bs=4k --json=out.json
	expect_status 5
	expect_error "Broken pipe (EPIPE)"
	validate out.json
	expect_json out.json "d['jobs'][0]['write']['ios'] >= 2" True
}
