# SPDX-License-Identifier: MIT
# What `ringside probe` says of machines, users and targets, and that it changes none of them.
# covers: src/command/probe.c
# covers: src/probe/probe_fields.c

load helper

# validate FILE: against the schema that is published.
validate() {
	validate_by probe-schema "$1"
}

# probe_both ARGUMENTS...: as JSON, validated and kept in document.json, then as text.
probe_both() {
	ringside probe --format=json "$@"
	expect_status 0
	expect_silence
	printf '%s\n' "$output" >document.json
	validate document.json
	ringside probe "$@"
	expect_status 0
	expect_silence
	expect_narrow
}

# expect_narrow: no line of the last stdout is longer than 100 columns.
expect_narrow() {
	local wide
	wide=$(awk 'length > 100' <<<"$output")
	[ -z "$wide" ] && return 0
	echo "too wide: $wide"
	return 1
}

# expect_probed EXPRESSION VALUE: of the document.
expect_probed() {
	expect_json document.json "$1" "$2"
}

# expect_line PATTERN: a line of stdout matches.
expect_line() {
	grep -Eq "$1" <<<"$output" && return 0
	echo "no line like: $1"
	show
	return 1
}

make_file() {
	dd if=/dev/urandom of=file bs=1M count=1 status=none
	sync file
}

@test "without a target: the machine, every engine, this kernel's io_uring" {
	probe_both
	expect_probed "d['schema']" "ringside-probe/1"
	expect_probed "d['target']" None
	expect_probed "d['device']" None
	expect_probed "d['machine']['kernel']" "$(uname -r)"
	expect_probed "d['machine']['aio_max_nr']" "$(cat /proc/sys/fs/aio-max-nr)"
	expect_probed "' '.join(e['name'] for e in d['engines'])" \
		"$("$ringside" help engines | awk '{print $1}' | xargs)"
	for engine in $("$ringside" help engines | awk '{print $1}'); do
		expect_line "^  $engine +(yes|no|\\?) "
	done
	expect_line "^machine"
	expect_probed "[a['answer'] for a in d['machine']['abilities'] if 'libaio' in a['name']]" \
		"['yes']"
}

@test "a CPU for SQPOLL is there where there are two" {
	need_command taskset
	local answer="[a['answer'] for a in d['machine']['abilities'] if 'SQPOLL' in a['name']]"
	taskset -c 0 "$ringside" probe --json=one.json
	expect_json one.json "$answer" "['no']"
	[ "$(nproc)" -eq 2 ] || skip "there are not two CPUs"
	"$ringside" probe --json=two.json
	expect_json two.json "$answer" "['yes']"
}

@test "every option of every engine that works gets an answer" {
	probe_both
	/usr/bin/python3 - document.json "$ringside" <<'PY'
import json, re, subprocess, sys
document = json.load(open(sys.argv[1]))
tried = 0
for engine in document["engines"]:
    # Engines of NVMe commands have nothing to be tried on without a drive: tests/vm has one.
    if engine["answer"] != "yes" or engine["name"] in ("io_uring_cmd", "nvme_ioctl"):
        continue
    page = subprocess.run([sys.argv[2], "help", engine["name"]], capture_output=True, text=True)
    own = page.stdout.partition("Options of its own:")[2].partition("With rw=echo:")[0]
    names = set(re.findall(r"^  ([a-z_]+) ", own, re.M))
    missing = names - {setting["name"] for setting in engine["settings"]}
    assert not missing, (engine["name"], missing)
    tried += len(names)
assert tried >= 10, tried
PY
}

@test "a file: kind, alignment, and engines that read it" {
	make_file
	probe_both file
	expect_probed "d['target']['kind']" file
	expect_probed "d['target']['bytes']" 1048576
	expect_probed "d['target']['reading']['answer']" yes
	expect_probed "d['target']['writing']['answer']" yes
	expect_probed "[e['answer'] for e in d['engines'] if e['name'] == 'psync']" "['yes']"
	expect_text "each opened with each setting, and one block read"
	expect_line "^  O_DIRECT +(yes|no) "
	expect_line "^  RWF_NOWAIT, buffered +(yes|no)"
}

@test "no engine is said to write atomically where the target promises nothing" {
	make_file
	ringside probe --format=json file
	expect_status 0
	printf '%s\n' "$output" >document.json
	promised="{a['name']: a['answer'] for a in d['target']['abilities']}['RWF_ATOMIC']"
	expect_probed "all(s['answer'] == 'no' for e in d['engines'] for s in e['settings']
		if s['name'] == 'atomic') or $promised == 'yes'" True
}

@test "an empty file: nothing to read, and how to change that" {
	: >file
	probe_both file
	expect_probed "d['target']['reading']['answer']" unknown
	expect_text "the file is empty"
	expect_text "fallocate -l 1M"
	expect_text "nothing read"
}

@test "/dev/zero: engines read it, it has no device and no O_DIRECT" {
	probe_both /dev/zero
	expect_probed "d['target']['kind']" character
	expect_probed "d['target']['bytes']" None
	expect_probed "d['device']" None
	expect_probed "[e['answer'] for e in d['engines'] if e['name'] == 'mmap']" "['yes']"
	expect_line "^  O_DIRECT +no "
}

@test "a terminal is not opened, a pipe is not read" {
	mkfifo pipe
	probe_both pipe
	expect_probed "d['target']['reading']['answer']" unknown
	probe_both /dev/tty
	expect_probed "d['target']['reading']['answer']" no
	expect_text "not opened"
}

@test "a loop device: queue settings, polling, the guard's answer, hints" {
	make_loop_device 16
	name=${loop#/dev/}
	probe_both "$loop"
	expect_probed "d['target']['kind']" block
	expect_probed "d['target']['bytes']" 16777216
	expect_probed "d['target']['writing']['answer']" yes
	expect_probed "d['device']['name']" "$name"
	for setting in nr_requests nomerges rq_affinity max_sectors_kb; do
		expect_probed "d['device']['queue']['$setting']" \
			"$(cat "/sys/block/$name/queue/$setting")"
	done
	expect_probed "{a['name']: a['answer'] for a in d['target']['abilities']}['polled I/O']" no
	expect_text "losetup --direct-io=on $loop"
}

@test "a cure that many engines share is told once" {
	make_loop_device 4
	ringside probe "$loop"
	expect_status 0
	[ "$(grep -c "cure: Linux 6.11 for block devices" <<<"$output")" -le 1 ]
	[ "$(grep -c "the character node of an NVMe namespace" <<<"$output")" -eq 1 ]
	# The setting's name stands before its reason, and is not said again.
	[ "$(grep -cE "=1: uncached=1:|hipri +no .*hipri:" <<<"$output")" -eq 0 ]
}

@test "a device that carries a file system would not be written" {
	need_command mkfs.ext4
	make_loop_device 16
	mkfs.ext4 -q "$loop"
	probe_both "$loop"
	expect_probed "d['target']['writing']['answer']" no
	expect_line "^  writing +no +.*ext4"
	expect_text "--destroy=$loop"
}

@test "probing a device changes nothing on it and needs no write permission" {
	as_nobody
	make_loop_device 16 --read-only
	name=${loop#/dev/}
	chmod o+r "$loop" # only for reading
	written=$(awk '{print $5, $7}' "/sys/block/$name/stat")
	before=$(sha256sum <"$loop")
	run --separate-stderr -- "${nobody[@]}" "$ringside" probe --format=json "$loop"
	after=$(sha256sum <"$loop")
	chmod o-r "$loop"
	expect_status 0
	expect_json - "d['target']['reading']['answer']" yes
	expect_json - "d['target']['writing']['answer']" no
	expect_json - "[e['answer'] for e in d['engines'] if e['name'] in ('psync', 'mmap')]" \
		"['yes', 'yes']"
	[ "$before" = "$after" ]
	[ "$written" = "$(awk '{print $5, $7}' "/sys/block/$name/stat")" ]
}

@test "nothing is opened for writing, and nothing written" {
	need_command strace
	make_file
	run --separate-stderr -- strace -f -qq -o trace \
		-e trace=open,openat,write,pwrite64,pwritev,pwritev2,fallocate,fsync,fdatasync \
		"$ringside" probe file
	[ "$status" -eq 0 ] || skip "strace may not trace here"
	grep -q '"file"' trace
	[ -z "$(grep '"file"' trace | grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC')" ]
	[ -z "$(grep -E 'pwrite|fallocate|fsync|fdatasync' trace)" ]
}

@test "a file is left as it was, to the nanosecond" {
	make_file
	sum=$(sha256sum file)
	chmod 444 file
	before=$(stat --format='%y %z %s' file)
	ringside probe file
	expect_status 0
	[ "$before" = "$(stat --format='%y %z %s' file)" ]
	[ "$sum" = "$(sha256sum file)" ]
}

# hint_of FILE: its write hint (fcntl(2), F_GET_RW_HINT), which lives as long as it is in memory.
hint_of() {
	/usr/bin/python3 -c 'import fcntl, os, sys
print(fcntl.fcntl(os.open(sys.argv[1], os.O_RDONLY), 1035, bytes(8))[0])' "$1"
}

@test "what is for writes is not tried, and no write hint stays behind" {
	make_file
	exec 9<file # keeps it in memory
	probe_both file
	[ "$(hint_of file)" -eq 0 ]
	ringside run --name=job --filename=file --size=1m --rw=write --ioengine=io_uring \
		--write_hint=long
	expect_status 0
	[ "$(hint_of file)" -eq 0 ]
	exec 9<&-
	expect_probed "{s['answer'] for e in d['engines'] for s in e['settings']
		if s['name'] == 'dsync'}" "{'unknown'}"
	expect_probed "len({s['answer'] for e in d['engines'] for s in e['settings']
		if s['name'] == 'atomic'})" 1
}

@test "an ordinary user: engines work, and limits are told" {
	as_nobody
	make_file
	run --separate-stderr -- "${nobody[@]}" prlimit --memlock=65536:65536 \
		"$ringside" probe --format=json file
	expect_status 0
	expect_silence
	printf '%s\n' "$output" >document.json
	validate document.json
	expect_probed "d['machine']['user_id']" 65534
	expect_probed "d['machine']['locked_bytes']" 65536
	expect_probed "d['machine']['may_lock_memory']" False
	answers="{a['name']: a['answer'] for a in d['machine']['abilities']}"
	expect_probed "$answers['registered buffers']" no
	expect_probed "d['target']['writing']['answer']" no
	expect_probed "[e['answer'] for e in d['engines'] if e['name'] == 'libaio']" "['yes']"
	run --separate-stderr -- "${nobody[@]}" prlimit --memlock=65536:65536 "$ringside" probe file
	expect_text "ulimit -l unlimited"
	expect_narrow
}

@test "a device that this user may not read: facts, and how to be allowed" {
	as_nobody
	make_loop_device 16
	run --separate-stderr -- "${nobody[@]}" "$ringside" probe "$loop"
	expect_status 0
	expect_line "^  reading +no +.*EACCES"
	expect_text "run as root, or as a member of the device's group"
	expect_line "^  nr_requests +[0-9]+"
	expect_text "nothing read"
}

@test "under a seccomp filter io_uring explains itself and every other engine works" {
	need_command ${CC:-cc}
	make_file
	${CC:-cc} -o forbid "$root/tests/cli/forbid_io_uring.c"
	./forbid true || skip "no seccomp here"
	run --separate-stderr -- ./forbid "$ringside" probe --format=json file
	expect_status 0
	expect_silence
	printf '%s\n' "$output" >document.json
	validate document.json
	expect_probed "d['machine']['seccomp_mode']" 2
	expect_probed "d['io_uring']['answer']" no
	expect_probed "'seccomp' in d['io_uring']['reason']" True
	expect_probed "d['io_uring']['setup_flags']" "[]"
	# A file takes no NVMe commands, whatever is allowed.
	expect_probed "[e['name'] for e in d['engines'] if e['answer'] != 'yes']" \
		"['io_uring', 'io_uring_nop', 'io_uring_cmd', 'nvme_ioctl']"
	answers="{a['name']: a['answer'] for a in d['target']['abilities']}"
	expect_probed "$answers['polled I/O']" unknown
	run --separate-stderr -- ./forbid "$ringside" probe file
	expect_line "^  io_uring +no +.*seccomp"
	expect_text "--security-opt seccomp=unconfined"
	expect_narrow
}

@test "what cannot be probed is refused with code 2" {
	ringside probe missing
	expect_status 2
	expect_error "there is no file 'missing'"
	[ ! -e missing ]
	ringside probe /dev/no-such-device
	expect_status 2
	ringside probe no-folder/file
	expect_status 2
	ringside probe "$folder"
	expect_status 2
	ringside probe /dev/zero /dev/null
	expect_status 2
	expect_error "ringside probe takes one target, not 2"
	echo data >data
	ringside probe data --json=data
	expect_status 2
	expect_error "--json=data would overwrite the target"
	[ "$(cat data)" = data ]
	ringside probe --format=xml
	expect_status 2
	expect_error "its formats are text, json"
	[ -z "$output" ]
}

@test "a full disk under stdout is an error, not a success" {
	[ -w /dev/full ] || skip "no /dev/full"
	run -- bash -c '"$0" probe >/dev/full' "$ringside"
	[ "$status" -eq 5 ]
}
