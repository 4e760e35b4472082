# SPDX-License-Identifier: MIT
# Each engine on each kind of target: a valid document whose proof counts what was done.
# covers: src/engine/engine.h

load helper

# expect_proofs FILE...: valid documents whose proof has the numbers of reads and writes in it.
expect_proofs() {
	validate "$@" || return 1
	/usr/bin/python3 - "$@" <<-'P'
		import json, re, sys
		for path in sys.argv[1:]:
		    job = json.load(open(path))["jobs"][0]
		    proof = "; ".join(job["engine"]["proof"].values())
		    ios = [job[direction]["ios"] for direction in ("read", "write")]
		    assert sum(ios) == 200, f"{path}: {ios}"
		    for count in ios:
		        assert count == 0 or re.search(rf"\b{count}\b", proof), \
		            f"{path}: no {count} in the proof: {proof}"
	P
}

# run_each ARGUMENTS...: 200 I/Os by each of $engines, told in text and JSON.
run_each() {
	local engine
	rm -f ./*.json
	for engine in $engines; do
		ringside run --name=job --ioengine="$engine" --iodepth=4 --number_ios=200 \
			--json="$engine.json" "$@"
		[ "$status" -eq 0 ] || { echo "$engine:"; show; return 1; }
		expect_text "  engine    $engine"
		expect_text "  proof     "
	done
	rm -f null.json
	expect_proofs ./*.json
}

@test "each engine on a file" {
	engines=$(list_engines)
	run_each --filename=file --size=1m --rw=randrw
}

@test "each engine on /dev/zero" {
	engines=$(list_engines)
	run_each --filename=/dev/zero --size=1m --rw=randrw
	run_each --filename=/dev/zero --size=1m --rw=write
}

@test "each engine on a loop device" {
	make_loop_device 4
	engines=$(list_engines)
	run_each --filename="$loop" --size=1m --rw=randrw
	engines=$(list_engines | grep -v mmap)
	run_each --filename="$loop" --size=1m --rw=randrw --direct=1
}

# Those that read a stream in the order of its bytes; the others would read at offsets.
stream_engines="sync vsync posixaio libaio epoll poll select io_uring"

@test "engines that read streams, on a pipe" {
	mkfifo pipe
	# shellcheck disable=SC2016 # that shell's own
	timeout 60 bash -c 'for _ in $0; do cat /dev/zero >pipe; done' "$stream_engines" \
		2>feeder.err &
	engines=$stream_engines
	run_each --filename=pipe --size=1m --rw=read
	wait
}

# Runs its arguments with a socket that gives zeroes, whose name stands in place of SOCKET.
feed_socket='
import os, socket, subprocess, sys
ours, theirs = socket.socketpair()
if os.fork() == 0:
    theirs.close()
    try:
        while True:
            ours.sendall(bytes(65536))
    except OSError:
        os._exit(0)
ours.close()
name = f"/dev/fd/{theirs.fileno()}"
command = [word.replace("SOCKET", name) for word in sys.argv[1:]]
sys.exit(subprocess.run(command, pass_fds=[theirs.fileno()]).returncode)'

@test "engines that read streams, on a socket that they inherit" {
	printf '#!/bin/sh\nexec /usr/bin/python3 feed.py "%s" "$@"\n' "$ringside" >with-socket
	chmod +x with-socket
	printf '%s\n' "$feed_socket" >feed.py
	engines=$stream_engines ringside=./with-socket
	run_each --filename=SOCKET --size=1m --rw=read
}

@test "threads of posixaio, which come and go, are in the cost of each of several jobs" {
	ringside run --name=job --filename=file --size=1m --rw=randread --norandommap \
		--ioengine=posixaio --iodepth=4 --number_ios=5000 --numjobs=2 --group_reporting=0 \
		--json=out.json
	expect_status 0
	validate out.json
	# Each of them starts a thread: no I/O is that cheap for the helpers.
	expect_json out.json "all(j['cpu']['helper_ns'] > 0.2 * j['cpu']['total_ns']
		for j in d['jobs'])" True
}

@test "force_async does what it says: no warning that the kernel did it by itself" {
	for every in 1 3; do
		ringside run --name=job --filename=/dev/zero --size=1m --rw=read \
			--ioengine=io_uring --force_async=$every --number_ios=240 \
			--strict_engine=1 --json=out.json
		expect_status 0
		expect_json out.json "[w for w in d['warnings'] if w['code'] == 'io-wq']" "[]"
		[ "$(json out.json "d['jobs'][0]['punts']")" = None ] ||
			expect_json out.json "d['jobs'][0]['punts']" $((240 / every))
	done
}

@test "a job of many kinds of calls has all of them in the proof that people read" {
	for engine in sync mmap posixaio threads libaio io_uring; do
		ringside run --name=job --filename=file --size=1m --rw=trimwrite --bs=4k \
			--ioengine=$engine --iodepth=4 --fsync=8 --fdatasync=16
		expect_status 0
		expect_text "  proof     "
		grep -Eiq '(punch_hole) +[0-9]+' <<<"$output" || { show; return 1; }
	done
}

@test "an I/O that nowait gave up says so, and how to go on" {
	ringside run --name=job --filename=file --size=64k --rw=read --ioengine=psync
	/usr/bin/python3 -c 'import os
file = os.open("file", os.O_RDONLY)
os.fsync(file)
os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)'
	ringside run --name=job --filename=file --size=64k --rw=read --ioengine=pvsync2 --nowait
	[ "$status" -eq 0 ] && skip "nothing had to be waited for"
	grep -q EAGAIN <<<"$stderr" || skip "the file system cannot tell beforehand"
	expect_error "hint: it would have had to wait: leave out nowait"
	ringside run --name=job --filename=file --size=64k --rw=read --ioengine=pvsync2 --nowait \
		--ignore_error=EAGAIN
	expect_status 0
}

@test "the proof of jobs that are reported together is of all of them" {
	for engine in psync posixaio threads libaio epoll io_uring; do
		ringside run --name=job --filename=/dev/zero --size=1m --rw=read \
			--ioengine=$engine --numjobs=3 --group_reporting --number_ios=100 \
			--json=$engine.json
		expect_status 0
		proof=$(json $engine.json "'; '.join(d['jobs'][0]['engine']['proof'].values())")
		grep -qw 300 <<<"$proof" || { echo "no 300 in: $proof"; return 1; }
	done
	validate ./*.json
}

@test "syncs of io_uring, which always go to workers, are no fault of the writes" {
	make_loop_device 16
	ringside run --name=job --filename="$loop" --size=4m --rw=randwrite --direct=1 --fsync=1 \
		--ioengine=io_uring --strict_engine=1 --json=out.json
	expect_status 0
	[ "$(json out.json "d['jobs'][0]['punts']")" = None ] ||
		expect_json out.json \
			"d['jobs'][0]['punts'] >= d['jobs'][0]['sync']['ios'] > 1000" True
}

@test "the proof tells how long libaio was inside io_submit, and whether it counts the ramp" {
	for engine in libaio epoll; do
		ringside run --name=job --filename=/dev/zero --size=1m --rw=read --norandommap \
			--ioengine=$engine --time_based --runtime=50ms --ramp_time=10ms \
			--json=out.json
		expect_status 0
		validate out.json
		expect_json out.json "d['jobs'][0]['engine']['proof']['counted']" "in the ramp too"
		expect_json out.json "'% of the time' in str(
			d['jobs'][0]['engine']['proof'].get('inside_io_submit'))" True
	done
	ringside run --name=job --filename=/dev/zero --size=1m --rw=read --ioengine=psync \
		--json=out.json
	expect_json out.json "'counted' in d['jobs'][0]['engine']['proof']" False
}

@test "a job whose poll thread is another one's says where its CPU time is" {
	for grouped in 0 1; do
		ringside run --name=job --filename=/dev/zero --size=1m --rw=read --iodepth=4 \
			--ioengine=io_uring --sqthread_poll --attach_wq --numjobs=2 \
			--group_reporting=$grouped --json=out.json
		expect_status 0
		expect_json out.json "len([w for w in d['warnings']
			if w['code'] == 'sqthread-shared'])" $((1 - grouped))
	done
}

@test "what is asked for beyond what there is, is told" {
	ringside run --name=job --filename=/dev/zero --size=1m --rw=read --ioengine=io_uring \
		--iodepth=40000
	expect_status 0
	expect_text "io_uring has at most 32768 I/Os in flight"
	ringside run --name=job --filename=/dev/zero --size=1m --rw=read --ioengine=epoll \
		--readiness_threads=9
	expect_status 0
	expect_text "  refused   readiness_threads=9: readiness_backend=libaio has no threads"
}

@test "more workers of the kernel than asked for are told" {
	ringside run --name=job --filename=file --size=4m --rw=randread --ioengine=io_uring \
		--iodepth=16 --force_async=1 --iowq_max_workers=1 --loops=8 --json=out.json
	expect_status 0
	expect_json out.json "int(d['jobs'][0]['engine']['proof'].get('io_workers', 1)) > 1" \
		"$(json out.json "'iowq-limit-exceeded' in [w['code'] for w in d['warnings']]")"
}

@test "a mapping finds its file as long as it is written, however that is made" {
	make_loop_device 24
	need_command mkfs.ext2
	mkfs.ext2 -q -m 0 "$loop"
	mkdir old
	mount "$loop" old || skip "may not mount"
	for options in "" --create_on_open=1 --fallocate=none --fallocate=truncate; do
		for place in old .; do
			rm -f $place/file
			# shellcheck disable=SC2086 # words, or none
			ringside run --filename=$place/file --ioengine=mmap --rw=write --bs=64k \
				--size=1m --offset=1m --numjobs=4 --offset_increment=1m $options
			echo "$place $options: $status $(stat -c %s $place/file)"
		done
	done >answers
	ringside run --filename=old/large --ioengine=mmap --rw=randwrite --size=64m --bs=64k
	full=$status
	umount old
	[ "$(grep -c ': 0 5242880$' answers)" -eq 8 ] || {
		cat answers
		return 1
	}
	[ "$full" -eq 5 ]
	expect_error "No space left on device"
}

@test "bare calls and NOPs need no target, and say what they were" {
	ringside run --name=job --size=1m --rw=read --ioengine=syscall --call=invalid --iodepth=8 \
		--json=out.json
	expect_status 0
	expect_text "  engine    syscall: call=invalid, transfer=none"
	expect_json out.json "d['jobs'][0]['engine']['proof']['calls']" "invalid 256"
	ringside run --name=job --size=1m --rw=read --ioengine=io_uring_nop --iodepth=8 \
		--iodepth_batch_submit=8 --iodepth_batch_complete_min=8 --json=out.json
	expect_status 0
	expect_json out.json "d['jobs'][0]['engine']['proof']['opcodes']" "NOP 256"
	expect_json out.json "d['jobs'][0]['engine']['proof']['io_uring_enter']" 32
	ringside run --name=job --size=1m --rw=write --ioengine=io_uring_nop
	expect_status 2
	expect_error "engine 'io_uring_nop' cannot write"
	[ ! -e job.0.0 ]
}
