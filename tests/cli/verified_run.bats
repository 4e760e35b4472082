# SPDX-License-Identifier: MIT
# Runs that verify: never a false alarm, and what is wrong is found and named. Both ways with fio in
# verify_fio.bats and tests/fio-jobs/verify-*.fio; the command `ringside verify` in verify.bats.

load helper
load calls

spoiled_run() {
	cc -std=gnu17 -O1 -shared -fPIC -o lose_write.so "$BATS_TEST_DIRNAME/lose_write.c" -ldl
	rm -f f
	run --separate-stderr -- env LD_PRELOAD="$folder/lose_write.so" SPOIL="$1" SPOIL_AT="$2" \
		"$ringside" run --name=a --filename=f --size=64k --rw=write --loops=2 \
		--verify=crc32c --json=out.json
	expect_status 5
}

@test "reading back is no change of the drive: the run has no state" {
	ringside run --name=a --filename=f --size=256k --rw=write --verify=crc32c --json=o.json
	expect_status 0
	expect_json o.json "'state' in d['jobs'][0]" False
	[[ $output != *"  state "* ]]
	ringside run --name=a --filename=f --size=256k --rw=read --verify=crc32c --json=o.json
	expect_json o.json "'state' in d['jobs'][0]" True
}

@test "io_uring at depth 32 passes, a bit flipped with dd ends with its offset" {
	local job=(--name=a --filename=f --size=64m --rw=randwrite --verify=crc32c --bs=4k
		--ioengine=io_uring --iodepth=32)
	ringside run "${job[@]}" --verify_state_save=1
	expect_status 0
	expect_text "16384 blocks, 64.0 MiB"
	expect_text "all right"
	printf "\\x$(printf %02x $((0x$(xxd -s 40000000 -l 1 -p f) ^ 16)))" |
		dd of=f bs=1 seek=40000000 conv=notrunc status=none
	ringside verify f --state=a-verify.state
	expect_status 5
	expect_text "a flipped bit"
	ringside run "${job[@]}" --verify_only
	expect_status 5
	expect_text "f at 39997440: a flipped bit"
	expect_error "1 of 16384 verified blocks are wrong, the first at offset 39997440 of f"
}

@test "two blocks that changed places are named as each other" {
	ringside run --name=a --filename=f --size=1m --rw=randwrite --verify=crc32c \
		--verify_state_save=1
	expect_status 0
	dd if=f of=one bs=4k skip=3 count=1 status=none
	dd if=f of=other bs=4k skip=77 count=1 status=none
	dd if=other of=f bs=4k seek=3 conv=notrunc status=none
	dd if=one of=f bs=4k seek=77 conv=notrunc status=none
	ringside run --name=a --filename=f --size=1m --rw=randwrite --verify=crc32c --verify_only \
		--verify_state_load=1 --json=out.json
	expect_status 5
	expect_text "f at 12288: the content of the block at 315392"
	expect_text "f at 315392: the content of the block at 12288"
	expect_json out.json "d['jobs'][0]['verify']['wrong_kinds']['other_block']" 2
}

@test "the content of another file of the job is named with its file" {
	local job=(--name=a --nrfiles=2 --size=256k --rw=randwrite --verify=crc32c)
	ringside run "${job[@]}" --verify_state_save=1
	expect_status 0
	dd if=a.0.0 of=a.0.1 bs=4k skip=5 seek=5 count=1 conv=notrunc status=none
	dd if=a.0.1 of=a.0.0 bs=4k skip=9 seek=7 count=1 conv=notrunc status=none
	ringside run "${job[@]}" --verify_only --verify_state_load=1
	expect_status 5
	expect_text "a.0.1 at 20480: the content of the block at 20480 of a.0.0 (write"
	expect_text "a.0.0 at 28672: the content of the block at 36864 of a.0.1 (write"
	ringside verify --state=a-verify.state
	expect_status 5
	output=$(tr -s ' \n' ' ' <<<"$output")
	expect_text "at 20480, 4096 bytes: the content of the block at 20480 of $PWD/a.0.0 (write"
	expect_text "at 28672, 4096 bytes: the content of the block at 36864 of $PWD/a.0.1 (write"
}

@test "a lost, a torn and a misdirected write are found in the run itself" {
	spoiled_run lose 20
	expect_text "1 an older write"
	expect_json out.json "d['jobs'][0]['verify']['wrong_blocks'][0]['offset']" 12288
	expect_json out.json "d['jobs'][0]['verify']['wrong']" 1
	spoiled_run tear 18
	expect_text "f at 4096: torn at byte 2048"
	spoiled_run misdirect 16
	expect_json out.json "d['jobs'][0]['verify']['wrong_kinds']['zeros'] + \
		d['jobs'][0]['verify']['wrong_kinds']['missing']" 1
}

@test "blocks that cannot be read are neither wrong nor verified" {
	spoiled_run unread 9
	expect_json out.json "d['jobs'][0]['verify']['wrong']" 0
	expect_json out.json "d['jobs'][0]['verify']['blocks']" 8
	expect_json out.json "d['jobs'][0]['verify']['unjudged']['unread']" 1
	run --separate-stderr -- env LD_PRELOAD="$folder/lose_write.so" SPOIL=unread SPOIL_AT=1 \
		"$ringside" run --name=a --filename=g --size=64k --rw=write --verify=crc32c \
		--ioengine=psync --ignore_error=EIO
	expect_status 0
	expect_text "no block was verified: 16 could not be read"
}

@test "a state of more clones than load it is not verified whole" {
	local job=(--name=a --filename=f --size=64k --offset_increment=64k --verify=crc32c)
	ringside run "${job[@]}" --rw=write --numjobs=3 --verify_state_save=1
	expect_status 0
	ringside run "${job[@]}" --rw=read --numjobs=2 --verify_state_load=1
	expect_status 0
	expect_error "a-verify.state is of 3 clones, and 2 load it"
	[ "$(grep -c "not verified" <<<"$stderr")" -eq 1 ]
	ringside run "${job[@]}" --rw=read --numjobs=3 --verify_state_load=1
	expect_status 0
	[[ $stderr != *"not verified"* ]]
}

@test "20000 verified I/Os of each engine, random overwrites at depth 64 of several sizes" {
	for engine in psync sync pvsync2 mmap libaio posixaio epoll io_uring; do
		ringside run --name=a --filename="$engine" --size=8m --io_size=80m \
			--rw=randwrite --norandommap=1 --bssplit=4k/50:8k/30:16k/20 \
			--verify=crc32c --ioengine=$engine --iodepth=64 --json=out.json
		[ "$status" -eq 2 ] && [[ $stderr == *"unknown engine"* ]] && continue
		expect_status 0
		expect_json out.json "d['jobs'][0]['verify']['wrong']" 0
		expect_json out.json "d['jobs'][0]['verify']['blocks'] > 1500" True
		rm "$engine"
	done
}

@test "registered buffers and files, a polled ring, clones and threads of their own" {
	for options in "--fixedbufs=1 --registerfiles=1" "--sqthread_poll=1" \
		"--numjobs=2 --offset_increment=8m --group_reporting" "--verify_async=2" \
		"--verify_backlog=64" "--iodepth_batch_submit=8 --iodepth_batch_complete_min=4"; do
		ringside run --name=a --filename=f --size=8m --rw=randwrite --verify=crc32c \
			--ioengine=io_uring --iodepth=16 --loops=2 $options --json=out.json
		expect_status 0
		expect_json out.json "d['jobs'][0]['verify']['blocks'] in (4096, 8192)" True
	done
}

@test "Ctrl-C leaves a state that is right" {
	"$ringside" run --name=a --filename=f --size=1g --rw=randwrite --verify=crc32c \
		--verify_state_save=1 --ioengine=io_uring --iodepth=16 --time_based \
		--runtime=60 >out 2>err &
	local pid=$!
	for _ in $(seq 100); do
		[ "$(awk '/^write_bytes/ { print $2 }' /proc/$pid/io)" -gt 4000000 ] && break
		sleep 0.05
	done
	kill -INT $pid
	local code=0
	wait $pid || code=$?
	[ "$code" -eq 130 ] || { cat out err; return 1; }
	grep -q "left when the job ended" out
	ringside verify f --state=a-verify.state
	expect_status 0
}

@test "killed at any moment, no acknowledged write is missing" {
	for i in 1 3 0 5 2; do
		"$ringside" run --name=a --filename=f --size=32m --rw=randwrite --verify=crc32c \
			--verify_state_save=1 --ioengine=io_uring --iodepth=8 --sync=dsync \
			--norandommap=1 --time_based --runtime=60 >out 2>err &
		local pid=$!
		sleep 0.$i$i
		kill -KILL $pid
		wait $pid || true
		[ -e a-verify.state ] || continue
		ringside verify f --state=a-verify.state
		expect_status 0
	done
}

@test "several jobs that write one file are refused with the cure" {
	ringside run --name=a --filename=f --size=1m --rw=randwrite --verify=crc32c --numjobs=2
	expect_status 2
	expect_error "clones of 'a' write the same blocks of f at once: they cannot be verified"
	expect_error "offset_increment=SIZE"
	[ ! -e f ]
}

@test "wrong blocks are counted by their kind in every format" {
	head -c 8192 /dev/zero >f
	ringside run --name=a --filename=f --rw=read --verify=crc32c --csv=out.csv \
		--markdown=out.md --json=out.json
	expect_status 5
	expect_text "2 zeros"
	grep -q ",2,2,zeros:2,0$" out.csv
	grep -q "verify: 2 blocks, 2 wrong, 2 zeros" out.md
	expect_json out.json "d['jobs'][0]['verify']['wrong_kinds']['zeros']" 2
	ringside run --name=a --filename=f --rw=read --verify=crc32c --format=fio-json
	expect_status 5
	printf '%s' "$output" >fio.json
	expect_json fio.json "d['jobs'][0]['error']" 84
}

@test "a comparison of jobs that verify" {
	ringside compare --filename=f --size=256k --rw=randwrite --verify=crc32c \
		--engines=psync,sync --trial-time=50ms --max-time=4s --quiet
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || { show; return 1; }
	expect_text "psync"
}

@test "verify_async_cpus is where the threads that verify run" {
	need_trace
	our_calls sched_setaffinity --name=a --filename=f --size=64k --rw=write --verify=crc32c \
		--verify_async=2 --verify_async_cpus=0 >calls.text
	cat calls.text
	[ "$(grep -cE '\[0\]\) = 0' calls.text)" -eq 2 ]
}

@test "what is read back comes from the device: it is written out and dropped first" {
	need_trace
	our_calls pwrite64,pread64,fsync,fadvise64 --name=a --filename=f --size=64k --rw=write \
		--ioengine=psync --verify=crc32c >calls.text
	grep -oE '^(pwrite64|pread64|fsync)|fadvise64.*DONTNEED' calls.text | sed 's/(.*//' |
		uniq >order.text
	cat order.text
	[[ $(tr '\n' ' ' <order.text) == *"pwrite64 fsync fadvise64 pread64 "* ]]
}
