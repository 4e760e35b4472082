#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Recording (write_iolog) and replay (read_iolog) through the real binary, with fio on the other
# side. What fio does with single options is compared by tests/fio-jobs/replay-*.fio.

load helper

# log LINE...: ./log, of version 3, of a file a that is added and opened.
log() {
	{ printf 'fio version 3 iolog\n1 a add\n2 a open\n' && printf '%s\n' "$@"; } >log
}

# done_by FILE: what a log does, without times, offsets of syncs, and the order of open and close.
done_by() {
	grep -v -e open -e close -e version "$1" | cut -d' ' -f2- | sed -E 's/sync [0-9]+ 0/sync/'
}

# totals FILE: I/Os and bytes of each direction, of fio's document or of ours.
totals() {
	/usr/bin/python3 - "$1" <<-'P'
		import json, sys
		for job in json.load(open(sys.argv[1]))["jobs"]:
		    parts = [job.get(name) or {} for name in ("read", "write", "trim", "sync")]
		    ios = [part.get("total_ios", part.get("ios", 0)) for part in parts]
		    print(ios + [part.get("io_bytes", part.get("bytes", 0)) for part in parts[:3]])
	P
}

@test "a run that was refused does not cost an earlier recording" {
	ringside run --name=a --filename=f --rw=write --size=64k --write_iolog=log
	expect_status 0
	cp log before
	${CC:-cc} -o forbid "$root/tests/cli/forbid_io_uring.c"
	run --separate-stderr ./forbid "$ringside" run --name=a --filename=f --rw=write --size=64k \
		--ioengine=io_uring --write_iolog=log
	expect_status 4
	expect_error "nothing was recorded, log stays as it is"
	cmp log before
	ringside run --name=a --filename=f --rw=write --size=16k --write_iolog=log
	expect_status 0
	must_fail cmp -s log before
}

@test "fio replays what we record, and counts the same" {
	need_command fio
	ringside run --name=r --filename=a:b --size=256k --bsrange=4k-32k --rw=randrw --fsync=5 \
		--write_iolog=our.log --json=ours.json
	expect_status 0
	fio --name=r --read_iolog=our.log --output-format=json --output=theirs.json
	[ "$(totals ours.json)" = "$(totals theirs.json)" ] || { cat our.log; false; }
	# And so do we.
	ringside run --name=r --read_iolog=our.log --write_iolog=again.log --json=again.json
	expect_status 0
	diff <(done_by our.log) <(done_by again.log)
}

@test "we replay what fio records, each I/O of it" {
	need_command fio
	fio --name=r --filename=a:b --size=256k --bs=4k --rw=randrw --fsync=5 --fdatasync=7 \
		--write_iolog=their.log --output=/dev/null
	ringside run --name=r --read_iolog=their.log --write_iolog=our.log
	expect_status 0
	diff <(done_by their.log) <(done_by our.log)
}

@test "a recorded log is replayed from stdin, and through a pipe" {
	head -c 64k /dev/zero >a
	log '3 a read 0 4096' '4 a read 8192 512' '9 a close'
	run --separate-stderr "$ringside" run --name=r --read_iolog=- --json=out.json <log
	expect_status 0
	[ "$(totals out.json)" = "[2, 0, 0, 0, 4608, 0, 0]" ]
	ringside run --name=r --read_iolog=<(cat log) --json=out.json
	expect_status 0
	[ "$(totals out.json)" = "[2, 0, 0, 0, 4608, 0, 0]" ]
}

# fio 3.33 passes over trims in a log; later ones do not.
@test "trims, syncs and their bytes are the log's" {
	head -c 64k /dev/zero >a
	log '3 a trim 4096 8192' '4 a write 0 512' '5 a datasync 0 0' '6 a sync 0 0' '9 a close'
	ringside run --name=r --read_iolog=log --json=out.json
	expect_status 0
	[ "$(totals out.json)" = "[0, 1, 1, 2, 0, 512, 8192]" ]
	expect_text "fallocate PUNCH_HOLE 1"
	expect_text "fdatasync 1"
}

@test "what is skipped is not done, in fio's logs too" {
	head -c 64k /dev/zero >a
	log '3 a write 4096 8192' '4 a read 0 512' '5 a datasync 0 0' '9 a close'
	ringside run --name=r --read_iolog=log --replay_skip=write,sync --json=out.json
	expect_status 0
	[ "$(totals out.json)" = "[1, 0, 0, 0, 512, 0, 0]" ]
}

@test "the gaps are those of the recording, and how true they are is reported" {
	/usr/bin/python3 - >log <<-'P'
		import random
		random.seed(3)
		print("fio version 3 iolog\n0 a add\n0 a open")
		now = 0
		for i in range(5000):
		    now += random.randrange(200)
		    print(now, "a read", random.randrange(1000) * 4096, 4096)
	P
	# The median, and the best of five: this machine has other things to do.
	for attempt in 1 2 3 4 5; do
		ringside run --name=r --read_iolog=log --ioengine=null --json=out.json
		expect_status 0
		median=$(json out.json \
			'int(d["jobs"][0]["replay"]["lateness_ns"]["percentiles"]["50"])')
		[ "$median" -gt 50000 ] || break
	done
	expect_text "sent after the recorded time by"
	validate out.json
	expect_json out.json 'd["jobs"][0]["replay"]["lateness_ns"]["count"]' 5000
	expect_json out.json 'd["jobs"][0]["replay"]["recorded_ns"] > 400e6' True
	expect_json out.json 'd["jobs"][0]["replay"]["timed"]' True
	[ "$median" -le 50000 ] && return
	awk '{exit $1 < 2}' /proc/loadavg && skip "the CPUs are busy: $median ns late"
	false
}

@test "without stalls it is over at once, with time to scale it takes its share" {
	head -c 64k /dev/zero >a
	log '3 a read 0 512' '600000 a read 512 512' '600000000 a read 1024 512' '600000001 a close'
	ringside run --name=r --read_iolog=log --replay_no_stall=1 --json=out.json
	expect_status 0
	expect_text "each was sent as soon as it could be"
	expect_json out.json 'd["jobs"][0]["read"]["ios"]' 3
	expect_json out.json 'd["jobs"][0]["elapsed_ns"] < 60e9' True
	ringside run --name=r --read_iolog=log --replay_time_scale=200000 --json=out.json
	expect_status 0
	expect_json out.json 'd["jobs"][0]["replay"]["recorded_ns"]' 300000000
	expect_json out.json 'd["jobs"][0]["elapsed_ns"] >= 300000000' True
}

@test "latency is from the recorded time, and what is late is told" {
	log '3 z read 0 4096' '3 z read 0 4096'
	sed -i 's/ a / z /' log
	# Two at once, one slot: the second waits for the first.
	ringside run --name=r --read_iolog=log --ioengine=null --json=out.json
	late=$(json out.json 'd["jobs"][0]["replay"]["lateness_ns"]["max"]')
	[ "$late" -gt 0 ]
	expect_json out.json "d['jobs'][0]['read']['lat_ns']['max'] > $late" True
}

@test "a bad line is an error with its place, and nothing is written" {
	head -c 64k /dev/zero >a
	before=$(md5sum <a)
	log '3 a write 0 4096' '4 a wrote 0 4096' '5 b read 0 4096' '6 a close'
	ringside run --name=r --read_iolog=log --write_iolog=out.log
	expect_status 2
	expect_error "log:5: error: unknown action 'wrote'"
	expect_error "log:6: error: b was not added"
	expect_error "hint: "
	[ "$(md5sum <a)" = "$before" ]
	[ ! -e out.log ]
	ringside run --dry-run --name=r --read_iolog=log
	expect_status 2
}

@test "a log that goes beyond its device is refused, with the line and a cure" {
	need_root
	need_command losetup
	truncate -s 1m image
	node=$(losetup --find --show image) || skip "no loop device"
	log "3 a read 0 4096" "4 a read 8388608 4096"
	sed -i "s| a | $node |" log
	ringside run --name=r --read_iolog=log
	code=$status
	ringside run --name=r --read_iolog=log --replay_scale=9 --replay_align=4k
	scaled=$status
	losetup --detach "$node"
	[ "$code" -eq 2 ]
	[ "$scaled" -eq 0 ]
}

@test "a log cannot name what may not be written" {
	need_root
	need_command losetup mkfs.ext4
	truncate -s 8m image
	node=$(losetup --find --show image) || skip "no loop device"
	mkfs.ext4 -q "$node"
	before=$(md5sum <image)
	log "3 a write 0 4096" "4 a close"
	sed -i "s| a | $node |" log
	ringside run --name=r --read_iolog=log
	first=$status
	said=$stderr
	log "3 a write 0 4096" "4 a close"
	ringside run --name=r --read_iolog=log --replay_redirect="$node"
	second=$status
	sync "$node"
	losetup --detach "$node"
	[ "$first" -eq 2 ]
	[ "$second" -eq 2 ]
	[[ $said == *"would write to $node"* ]]
	[ "$(md5sum <image)" = "$before" ]
}

@test "a recording takes no other file's place" {
	head -c 64k /dev/zero >a
	log '3 a write 0 4096'
	cp log kept
	ringside run --name=r --read_iolog=log --write_iolog=a
	expect_status 2
	expect_error "write_iolog: a would overwrite the job's target"
	printf '[r]\nfilename=a\nsize=4k\nrw=write\nwrite_iolog=job\n' >job
	ringside run job
	expect_status 2
	expect_error "write_iolog: job would overwrite the job file"
}

@test "a recording takes not the place of the log that is replayed" {
	head -c 64k /dev/zero >a
	log '3 a read 0 4096'
	cp log kept
	ringside run --name=r --read_iolog=log --write_iolog=./log
	expect_status 2
	expect_error "write_iolog: ./log would overwrite the log that is replayed"
	cmp log kept
}

# trace FILE SECTOR TIME...: a file of blktrace, of 4k reads at these ns.
trace() {
	/usr/bin/python3 - "$@" <<-'P'
		import struct, sys
		with open(sys.argv[1], "wb") as stream:
		    for n, time in enumerate(sys.argv[3:]):
		        stream.write(struct.pack("=IIQQIIIIIHH", 0x65617407, n, int(time),
		                                 int(sys.argv[2]) + 8 * n, 4096, 1 | 1 << 16, 1,
		                                 8 << 20 | 16, 0, 0, 0))
	P
}

# fio 3.33 always ends with an error where traces are merged; it can replay what comes of it.
@test "traces are merged into one, which fio replays" {
	need_command fio
	head -c 1m /dev/zero >dev
	trace one 0 1000000 3000000 5000000
	trace two 1024 1500000 4000000
	ringside run --name=r --read_iolog=one:two --merge_blktrace_file=merged \
		--merge_blktrace_iters=2:1 --merge_blktrace_scalars=100:200 \
		--replay_redirect=dev --write_iolog=log --json=ours.json
	expect_status 0
	[ "$(totals ours.json)" = "[8, 0, 0, 0, 32768, 0, 0]" ]
	# one at 1, 3, 5, 6, 8, 10 ms; two at 3 and 8.
	[ "$(awk '/read/ {print $4 / 4096}' log | xargs)" = "0 1 128 2 0 1 129 2" ]
	fio --name=r --read_iolog=merged --replay_redirect=dev --output-format=json \
		--output=theirs.json
	[ "$(totals theirs.json)" = "$(totals ours.json)" ]
	ringside run --dry-run --name=r --read_iolog=one:two --merge_blktrace_file=other \
		--replay_redirect=dev
	expect_status 0
	[ ! -e other ]
	ringside run --name=r --read_iolog=one:two --merge_blktrace_file=two --replay_redirect=dev
	expect_status 2
	expect_error "merge_blktrace_file: two would overwrite the log that is replayed"
	ringside run --name=r --read_iolog=one:two --merge_blktrace_file=other \
		--merge_blktrace_iters=2 --replay_redirect=dev
	expect_status 2
	expect_error "merge_blktrace_iters has 1 numbers, and read_iolog names 2 files"
}

@test "clones record one log, in the order of time" {
	need_command fio
	ringside run --name=r --numjobs=3 --size=64k --bs=4k --rw=write --write_iolog=log
	expect_status 0
	[ "$(head -n 4 log | tail -n 3)" = "$(printf '0 r.%s.0 add\n' 0 1 2)" ]
	[ "$(grep -c write log)" -eq 48 ]
	grep -v version log | cut -d' ' -f1 | sort -nc
	fio --name=r --read_iolog=log --output-format=json --output=theirs.json
	expect_json theirs.json 'd["jobs"][0]["write"]["total_ios"]' 48
}

@test "a log that is kept in a file leaves none, and is the same" {
	head -c 64k /dev/zero >a
	mkdir tmp
	log '3 a read 0 512' '4 a read 512 1024'
	TMPDIR=$PWD/tmp ringside run --read_iolog=log --read_iolog_chunked=1 --json=out.json
	expect_status 0
	[ "$(totals out.json)" = "[2, 0, 0, 0, 1536, 0, 0]" ]
	[ -z "$(ls tmp)" ]
	TMPDIR=$PWD/nowhere ringside run --name=r --read_iolog=log --read_iolog_chunked=1
	expect_status 2
	expect_error "no room for the log"
}

@test "a missing file that is read is laid out; one that is too short is not changed" {
	log '3 a read 0 4096' '4 a read 61440 4096'
	ringside run --name=r --read_iolog=log
	expect_status 0
	[ "$(stat -c %s a)" -eq 65536 ]
	truncate -s 8k a
	ringside run --name=r --read_iolog=log
	expect_status 2
	expect_error "a has 8192 bytes, 65536 are to be used"
	[ "$(stat -c %s a)" -eq 8192 ]
}

@test "the dry run of a replay reads back as itself" {
	head -c 64k /dev/zero >a
	log '3 a read 0 4096' '4 a write 4096 512'
	ringside run --dry-run --name=r --read_iolog=log --replay_align=4k --replay_skip=trim
	expect_status 0
	expect_text "# files: a"
	printf '%s\n' "$output" >once
	ringside run --dry-run once
	expect_status 0
	printf '%s\n' "$output" >twice
	diff once twice
}

@test "what is measured by time makes no trials of a replay, and says so" {
	head -c 64k /dev/zero >a
	log '3 a read 0 4096'
	printf '[r]\nread_iolog=log\n' >job
	for command in "compare --vary iodepth=1,2" curve check; do
		ringside $command job
		expect_status 2
		expect_error "a replay ends with its log"
	done
}

@test "lint says what a replay does, how long and to what" {
	head -c 64k /dev/zero >a
	log '3 a read 0 4096' '4 a write 4096 512' '700000 a close'
	printf '[r]\nread_iolog=log\n' >job
	ringside lint job
	expect_status 0
	expect_text "replay of log"
	expect_text "at least 700 ms; writes 512 B"
	expect_text "overwrites 4.50 KiB of a"
}
