#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Drives that fail under ringside's load, each fault of faults.bash: it names the error, reports
# what it has measured, and ends.

load ringside

@test "a medium error ends the job, named by errno or by its NVMe status" {
	plug_drive 1 bad_read=2048 bad_write=4096
	for engine in psync libaio io_uring; do
		run_job $engine "$drive_block" --direct=1 --rw=read --iodepth=4 --size=4m
		expect_status 5
		expect_stderr "ENODATA"
		expect_stderr "hint: the drive reported a medium error"
		expect_result "j['read']['errors'] == {'ENODATA': 1} and j['read']['ios'] >= 250"
	done
	for engine in nvme_ioctl io_uring_cmd; do
		run_job $engine "$drive_char" --rw=read --iodepth=4 --size=4m
		expect_status 5
		expect_stderr "unrecovered read error"
		expect_result "j['read']['errors'] == {'NVME_UNRECOVERED_READ': 1}"
	done
	run_job io_uring "$drive_block" --direct=1 --rw=write --size=4m \
		--destroy="$drive_block"
	expect_status 5
	expect_result "sum(j['write']['errors'].values()) == 1 and j['write']['ios'] >= 500"
}

@test "with continue_on_error a medium error is counted, and the rest is read" {
	plug_drive 1 bad_read=2048
	run_job io_uring_cmd "$drive_char" --rw=read --iodepth=4 --size=4m --continue_on_error=all
	expect_status 5
	expect_result "j['read']['errors'] == {'NVME_UNRECOVERED_READ': 1}" \
		"j['read']['ios'] == 1023"
}

@test "a polled medium error on the block device is an error, too" {
	plug_drive 1 bad_read=2048
	run_job io_uring "$drive_block" --direct=1 --hipri=1 --rw=read --iodepth=4 --size=4m
	expect_status 5
	expect_result "j['read']['errors'] == {'ENODATA': 1}"
}

@test "bad sectors of null_blk are EIO" {
	make_null_blk frail size=64 memory_backed=1
	bad_sectors frail 2048 2055
	run_job io_uring /dev/frail --direct=1 --rw=read --size=4m
	expect_status 5
	expect_result "j['read']['errors'] == {'EIO': 1}"
}

@test "a range that device-mapper makes fail is EIO" {
	map_device broken "0 1024 linear /dev/nvme0n1 0
1024 1024 error"
	run_job io_uring /dev/mapper/broken --direct=1 --rw=read
	expect_status 5
	expect_result "j['read']['errors'] == {'EIO': 1} and j['read']['ios'] == 128"
}

@test "hot-unplug under load: the block device's job ends, and says that it is gone" {
	for engine in psync libaio io_uring "io_uring --hipri=1"; do
		plug_drive 1
		# shellcheck disable=SC2086 # The engine and its options.
		start "$drive_block" --direct=1 --ioengine=$engine
		remove_drive 1
		finish
		expect_status 5
		expect_stderr "of $drive_block: No such device (ENODEV)"
		expect_result "j['read']['ios'] > 0 and j['read']['errors'] == {'ENODEV': 1}" \
			"j['error']['name'] == 'ENODEV'"
		unplug_drive 1
	done
}

@test "hot-unplug under load: to a writer, too, the drive is gone and not full" {
	plug_drive 1
	start "$drive_block" --direct=1 --ioengine=io_uring --rw=randwrite
	remove_drive 1
	finish
	expect_status 5
	expect_stderr "of $drive_block: No such device (ENODEV)"
	expect_result "j['write']['ios'] > 0 and set(j['write']['errors']) == {'ENODEV'}"
}

@test "hot-unplug under load: ENODEV through passthrough" {
	for engine in nvme_ioctl io_uring_cmd; do
		plug_drive 1
		start "$drive_char" --ioengine=$engine
		pull_drive 1
		finish
		expect_status 5
		expect_stderr "of $drive_char: No such device (ENODEV)"
		# Each command that was in flight or on its way ends with it.
		expect_result "j['read']['ios'] > 0 and set(j['read']['errors']) == {'ENODEV'}" \
			"j['read']['errors']['ENODEV'] <= 4 and j['error']['name'] == 'ENODEV'"
		unplug_drive 1
	done
}

@test "a drive that was open when it was unplugged comes back with nodes of two numbers" {
	plug_drive 1
	exec 8<"$drive_block"
	unplug_drive 1
	plug_drive 1
	[ "${drive_block#/dev/nvme}" != "${drive_char#/dev/ng}" ]
	expect_refusal 2 "filename=$drive_char" io_uring_cmd "$drive_block"
	expect_refusal 2 "filename=$drive_block, or" io_uring "$drive_char"
	run_job io_uring_cmd "$drive_char" --rw=randwrite
	expect_status 0
	mkfs.ext4 -q "$drive_block"
	mkdir mounted
	mount "$drive_block" mounted
	expect_refusal 2 "$drive_block is mounted" io_uring_cmd "$drive_char" --rw=write
	umount mounted
	exec 8<&-
}

@test "controller reset under load: hidden from the block device" {
	plug_drive 1
	set_io_timeout 1 3
	start "$drive_block" --ioengine=io_uring --direct=1
	reset_drive 1
	goes_on
	stop
	expect_result "j['read']['errors'] == {} and j['read']['ios'] > 50"
}

@test "controller reset under load: an error with a name through passthrough, or none" {
	plug_drive 1
	set_io_timeout 1 3
	start "$drive_char" --ioengine=io_uring_cmd --continue_on_error=all
	reset_drive 1
	goes_on
	stop
	expect_result "j['read']['ios'] > 50" \
		"set(j['read']['errors']) <= {'NVME_HOST_ABORTED', 'NVME_ABORT_REQUESTED', 'EINVAL',
			'EFAULT', 'EAGAIN', 'ENODEV', 'NVME_QUEUE_DELETED', 'NVME_HOST_PATH'}"
}

@test "a stuck request is waited for, and is the latency that was measured" {
	plug_drive 1
	start "$drive_block" --ioengine=io_uring --direct=1
	stick_next 1 read
	goes_on
	sleep 0.5
	release_stuck 1
	goes_on
	stop
	expect_result "j['read']['lat_ns']['max'] > 500_000_000 and j['read']['errors'] == {}"
}

timeouts() { dmesg | grep -c 'nvme.*timeout, aborting'; }
has_timeouts() { [ "$(timeouts)" -gt "$1" ]; }

@test "a request that the driver has tried to abort comes late, without an error" {
	plug_drive 1
	before=$(timeouts) || true
	start "$drive_block" --ioengine=io_uring --direct=1
	stick_next 1 read 8
	wait_until has_timeouts "$before"
	release_stuck 1
	goes_on
	stop
	expect_result "j['read']['lat_ns']['max'] > 5_000_000_000 and j['read']['errors'] == {}"
}

@test "a throttled drive is slow, not broken" {
	plug_drive 1
	throttle_drive 1 20
	run_job psync "$drive_block" --direct=1 --number_ios=30
	expect_status 0
	expect_result "j['read']['ios'] == 30 and j['elapsed_ns'] > 300_000_000"
}

@test "a device-mapper device that is suspended and resumed: no error, and the pause shows" {
	plug_drive 1
	map_device held "0 65536 linear $drive_block 0"
	start /dev/mapper/held --ioengine=io_uring --direct=1 --size=32m
	hold_device held
	sleep 0.6
	continue_device held
	goes_on
	stop
	expect_result "j['read']['lat_ns']['max'] > 500_000_000 and j['read']['errors'] == {}"
}

@test "a drive that stalls and goes on: no error, and the stall shows" {
	plug_drive 1
	start "$drive_char" --ioengine=io_uring_cmd
	stall_drive 1
	sleep 1
	resume_drive 1
	goes_on
	stop
	expect_result "j['read']['lat_ns']['max'] > 500_000_000 and j['read']['errors'] == {}"
}

@test "a signal ends the job while its drive stalls, with a result" {
	plug_drive 1
	for target in "$drive_block --ioengine=io_uring --direct=1" \
		"$drive_char --ioengine=io_uring_cmd"; do
		# shellcheck disable=SC2086 # The node and its engine.
		start $target
		stall_drive 1
		sleep 0.3
		stop
		resume_drive 1
		expect_result "j['read']['ios'] > 0"
	done
}

@test "a write-protected drive: the write's error is named" {
	plug_drive 1 read_only
	run_job io_uring_cmd "$drive_char" --rw=write
	expect_status 5
	expect_stderr "NVME_WRITE_FAULT"
	run_job io_uring "$drive_block" --direct=1 --rw=write
	expect_status 5
	expect_stderr "ENODATA"
}

@test "a warning that a drive raises during the run is one of the result" {
	plug_drive 1
	start "$drive_block" --ioengine=io_uring --direct=1
	warn_drive 1 2
	stop
	name=now.device.${drive_block#/dev/}
	expect_result "d['environment']['soft']['$name.critical_warnings'] == '0'" \
		"d['environment']['soft']['$name.critical_warnings_after'] == '2'" \
		"[w for w in d['warnings'] if w['code'] == 'device-health'
			and 'temperature' in w['message']]"
}
