#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ringside on NVMe drives: passthrough, its checks before a run, and drives that fail under load.

bats_require_minimum_version 1.5.0
load faults

binary=$BATS_TEST_DIRNAME/../../build/ringside

setup() { cd "$BATS_TEST_TMPDIR" || return; }
teardown() {
	umount "$BATS_TEST_TMPDIR/mounted" 2>/dev/null
	faults_undo
}

# ringside OPTION...: sets status, output, stderr.
ringside() { run --separate-stderr timeout -s KILL 60 "$binary" "$@"; }

expect_status() { [ "$status" -eq "$1" ] || { echo "$status: $stderr"; return 1; }; }
expect_stderr() { [[ $stderr == *"$1"* ]] || { echo "stderr: $stderr"; return 1; }; }

# start NODE OPTION...: a job in the background, its result in the file result.json.
start() {
	timeout -s KILL 60 "$binary" run --name=job --filename="$1" --rw=randread --bs=4k \
		--time_based --runtime=2 --iodepth=4 --format=json --output=result.json "${@:2}" \
		2>errors 3>&- &
	job=$!
}

# finish: sets status to the job's.
finish() {
	status=0
	wait "$job" || status=$?
	stderr=$(cat errors)
}

# expect_result EXPRESSION: of Python, over the first job `j` of result.json, is true.
expect_result() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(open("result.json"))
j = d["jobs"][0]
if not eval(f"({sys.argv[1]})"):
    sys.exit(f"not so: {sys.argv[1]}: {j}")' "$1"
}

has_begun() { read -r _ _ reads _ <"/sys/block/${drive_block#/dev/}/stat" && [ "$reads" -gt 100 ]; }
has_open() { find /proc/[0-9]*/fd -lname "$1" | grep -q .; }

# write_by ENGINE NODE OPTION...: a MiB of a pattern, which the block device then shows.
write_by() {
	ringside run --name=write --ioengine="$1" --filename="$2" --rw=randwrite --bs=8k \
		--iodepth=8 --size=1m --buffer_pattern=0xfeedbeef "${@:3}"
	expect_status 0
	cmp -n 1048576 "${2/ng/nvme}" <(yes $'\xfe\xed\xbe\xef' | tr -d '\n' | head -c 1048576)
}

@test "what passthrough writes is what the block device reads" {
	for how in "/dev/ng0n1 io_uring_cmd" "/dev/ng0n2 io_uring_cmd" "/dev/ng0n1 nvme_ioctl" \
		"/dev/ng0n2 io_uring_cmd --fixedbufs=1 --registerfiles=1" \
		"/dev/ng0n1 io_uring_cmd --sqthread_poll=1"; do
		# shellcheck disable=SC2086 # The node, the engine and its options.
		set -- $how
		blkdiscard "${1/ng/nvme}"
		write_by "$2" "$1" "${@:3}"
	done
}

@test "what the block device writes is what passthrough reads" {
	head -c 1048576 /dev/urandom >written
	dd if=written of=/dev/nvme0n1 bs=64k oflag=direct
	ringside run --name=read --ioengine=io_uring_cmd --filename=/dev/ng0n1 --rw=randread \
		--bs=4k --iodepth=16 --size=1m --format=json --output=result.json
	expect_status 0
	expect_result "j['read']['ios'] == 256 and j['read']['bytes'] == 1 << 20"
	expect_result "j['engine']['proof']['commands'] == 'READ 256'"
}

@test "trims, zeroes and flushes are commands of their own" {
	dd if=/dev/urandom of=/dev/nvme0n1 bs=64k count=2 oflag=direct
	ringside run --name=trim --ioengine=io_uring_cmd --filename=/dev/ng0n1 --rw=trim --bs=8k \
		--iodepth=4 --size=64k --format=json --output=result.json
	expect_status 0
	expect_result "j['engine']['proof']['commands'] == 'DATASET MANAGEMENT 8'"
	ringside run --name=zero --ioengine=io_uring_cmd --filename=/dev/ng0n1 --rw=write --bs=8k \
		--write_mode=zeroes --fsync=4 --iodepth=4 --offset=64k --size=64k --format=json \
		--output=result.json
	expect_status 0
	expect_result "'WRITE ZEROES 8, FLUSH' in j['engine']['proof']['commands']"
	cmp -n 131072 /dev/nvme0n1 /dev/zero
}

@test "the wrong node is refused, and the right one named" {
	ringside run --name=a --ioengine=io_uring_cmd --filename=/dev/nvme0n1 --size=1m
	expect_status 2
	expect_stderr "filename=/dev/ng0n1"
	ringside run --name=a --ioengine=io_uring --filename=/dev/ng0n1 --size=1m
	expect_status 2
	expect_stderr "filename=/dev/nvme0n1, or ioengine=io_uring_cmd"
	ringside run --name=a --ioengine=nvme_ioctl --filename=/dev/null --size=1m
	expect_status 2
	expect_stderr "takes none"
}

@test "commands are multiples of the block and are not split" {
	ringside run --name=a --ioengine=io_uring_cmd --filename=/dev/ng0n2 --bs=512 --size=1m
	expect_status 2
	expect_stderr "multiple of 4096"
	ringside run --name=a --ioengine=io_uring_cmd --filename=/dev/ng0n1 --bs=1m --size=8m
	expect_status 4
	expect_stderr "at most 524288 bytes"
}

@test "polled passthrough is refused where it would bring the kernel down" {
	[[ $(uname -r) == 6.1.* ]] || skip "this kernel is not 6.1"
	ringside run --name=a --ioengine=io_uring_cmd --filename=/dev/ng0n1 --hipri=1 --size=1m
	expect_status 4
	expect_stderr "crashes Linux 6.1"
}

@test "writes are refused on a mounted namespace, by both nodes" {
	plug_drive 1
	mkfs.ext4 -q "$drive_block"
	mkdir mounted
	mount "$drive_block" mounted
	for target in "io_uring $drive_block" "io_uring_cmd $drive_char" \
		"nvme_ioctl $drive_char"; do
		ringside run --name=a --ioengine="${target% *}" --filename="${target#* }" \
			--rw=write --size=1m --destroy="${target#* }"
		expect_status 2
		expect_stderr "mounted"
	done
	umount mounted
	fsck.ext4 -fn "$drive_block"
}

@test "writes are refused on a partitioned and on a held namespace, by both nodes" {
	plug_drive 1
	echo ',,L' | sfdisk -q --no-reread "$drive_block" || true
	for target in "io_uring $drive_block" "io_uring_cmd $drive_char"; do
		ringside run --name=a --ioengine="${target% *}" --filename="${target#* }" \
			--rw=write --size=1m
		expect_status 2
		expect_stderr "--destroy="
	done
	wipefs -qaf "$drive_block"
	blockdev --rereadpt "$drive_block"
	map_device held "0 65536 linear $drive_block 0"
	for target in "io_uring $drive_block" "io_uring_cmd $drive_char"; do
		ringside run --name=a --ioengine="${target% *}" --filename="${target#* }" \
			--rw=write --size=1m --destroy="${target#* }"
		expect_status 2
		expect_stderr "dm-"
	done
}

@test "a medium error ends the job, named by errno or by its NVMe status" {
	plug_drive 1 bad_read=2048
	for engine in psync libaio io_uring; do
		ringside run --name=a --ioengine=$engine --filename="$drive_block" --direct=1 \
			--rw=read --iodepth=4 --size=4m --format=json --output=result.json
		expect_status 5
		expect_stderr "ENODATA"
		expect_result "j['read']['errors'] == {'ENODATA': 1} and j['read']['ios'] >= 250"
	done
	for engine in nvme_ioctl io_uring_cmd; do
		ringside run --name=a --ioengine=$engine --filename="$drive_char" --rw=read \
			--iodepth=4 --size=4m --format=json --output=result.json
		expect_status 5
		expect_stderr "unrecovered read error"
		expect_result "j['read']['errors'] == {'NVME_UNRECOVERED_READ': 1}"
	done
}

@test "with continue_on_error a medium error is counted, and the rest is read" {
	plug_drive 1 bad_read=2048
	ringside run --name=a --ioengine=io_uring_cmd --filename="$drive_char" --rw=read \
		--iodepth=4 --size=4m --continue_on_error=all --format=json --output=result.json
	expect_result "j['read']['errors'] == {'NVME_UNRECOVERED_READ': 1}"
	expect_result "j['read']['ios'] == 1023"
}

@test "bad sectors of null_blk are EIO" {
	make_null_blk frail size=64 memory_backed=1
	bad_sectors frail 2048 2055
	ringside run --name=a --ioengine=io_uring --filename=/dev/frail --direct=1 --rw=read \
		--size=4m --format=json --output=result.json
	expect_status 5
	expect_result "j['read']['errors'] == {'EIO': 1}"
}

@test "hot-unplug under load: the block device's job ends, and says that it is gone" {
	for engine in psync io_uring; do
		plug_drive 1
		start "$drive_block" --ioengine=$engine --direct=1
		wait_until 30 has_begun
		remove_drive 1
		finish
		expect_status 5
		expect_result "j['read']['ios'] > 50 and sum(j['read']['errors'].values()) > 0"
		unplug_drive 1
	done
}

@test "hot-unplug under load: ENODEV through passthrough" {
	for engine in nvme_ioctl io_uring_cmd; do
		plug_drive 1
		start "$drive_char" --ioengine=$engine
		wait_until 30 has_open "$drive_char"
		sleep 0.5
		remove_drive 1
		finish
		expect_status 5
		expect_result "j['read']['ios'] > 0 and sum(j['read']['errors'].values()) > 0"
		unplug_drive 1
	done
}

@test "controller reset under load: hidden from the block device" {
	plug_drive 1
	set_io_timeout 1 3
	start "$drive_block" --ioengine=io_uring --direct=1
	wait_until 30 has_begun
	reset_drive 1
	finish
	expect_status 0
	expect_result "j['read']['errors'] == {} and j['read']['ios'] > 100"
}

@test "controller reset under load: an error with a name through passthrough, or none" {
	plug_drive 1
	set_io_timeout 1 3
	start "$drive_char" --ioengine=io_uring_cmd
	wait_until 30 has_open "$drive_char"
	sleep 0.5
	reset_drive 1
	finish
	[ "$status" -eq 5 ] || expect_status 0
	expect_result "j['read']['ios'] > 0"
	expect_result "(j['error'] is None) == ($status == 0)"
}

@test "a stuck request is waited for, and is the latency that was measured" {
	plug_drive 1
	start "$drive_block" --ioengine=io_uring --direct=1
	wait_until 30 has_begun
	stick_next 1 read
	sleep 1
	release_stuck 1
	finish
	expect_status 0
	expect_result "j['read']['lat_ns']['max'] > 500_000_000"
}

@test "a drive that stalls and goes on: no error, and the stall shows" {
	plug_drive 1
	start "$drive_char" --ioengine=io_uring_cmd
	wait_until 30 has_open "$drive_char"
	sleep 0.5
	stall_drive 1
	sleep 1
	resume_drive 1
	finish
	expect_status 0
	expect_result "j['read']['lat_ns']['max'] > 500_000_000"
}

@test "a signal ends the job while its drive stalls, with a result" {
	plug_drive 1
	start "$drive_block" --ioengine=io_uring --direct=1
	wait_until 30 has_begun
	stall_drive 1
	sleep 0.3
	kill -INT "$(pgrep -P "$job")"
	finish
	resume_drive 1
	expect_status 130
	expect_result "j['read']['ios'] > 50"
}

@test "a write-protected drive: the write's error is named" {
	plug_drive 1 read_only
	ringside run --name=a --ioengine=io_uring_cmd --filename="$drive_char" --rw=write --size=1m
	expect_status 5
	expect_stderr "NVME_WRITE_FAULT"
	ringside run --name=a --ioengine=io_uring --filename="$drive_block" --direct=1 --rw=write \
		--size=1m
	expect_status 5
	expect_stderr "ENODATA"
}

@test "the ladder's six rungs run, and each rung's proof holds" {
	sed 's/^runtime=.*/runtime=1s/; s/^ramp_time=.*/ramp_time=0/' \
		"$BATS_TEST_DIRNAME/../../jobs/nvme-ladder.job" >ladder.job
	ringside run ladder.job --hipri_insist=1 --strict_engine=1 --format=json \
		--output=result.json
	expect_status 0
	expect_result "[j['engine']['name'] for j in d['jobs']] == ['libaio'] + 3 * ['io_uring'] +
		2 * ['io_uring_cmd']"
	expect_result "[int(j['engine']['proof']['device_interrupts']) == 0 for j in d['jobs']] ==
		[False, False, False, True, False, True]"
	expect_result "['IOPOLL' in j['engine']['proof'].get('setup_flags', '')
		for j in d['jobs']] ==
		[False, False, False, True, False, True]"
	expect_result "'READ_FIXED' in d['jobs'][2]['engine']['proof']['opcodes']"
	expect_result "[j['engine']['proof']['buffers'] for j in d['jobs'][4:]] ==
		['mapped for each command', 'registered']"
	expect_result "all(j['engine']['proof']['files'] == 'registered' for j in
		(d['jobs'][2], d['jobs'][3], d['jobs'][5]))"
}

@test "health and format of a drive are in the environment, and a new warning is one" {
	plug_drive 1
	start "$drive_block" --ioengine=io_uring --direct=1
	wait_until 30 has_begun
	warn_drive 1 2
	finish
	expect_status 0
	name=device.${drive_block#/dev/}
	expect_result "d['environment']['soft']['$name.format'].startswith('512 B')"
	expect_result "d['environment']['soft']['now.$name.critical_warnings'] == '0'"
	expect_result "d['environment']['soft']['now.$name.critical_warnings_after'] == '2'"
	expect_result "[w for w in d['warnings'] if w['code'] == 'device-health'
		and 'temperature' in w['message']]"
}
