#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Polled I/O on queues that are polled, with the proof, and on those that are not, with the cure.

load ringside

teardown() {
	faults_undo
	echo 2 >/sys/module/nvme/parameters/poll_queues # Of the test that has taken them away.
}

@test "polled reads and writes raise no interrupt" {
	for rw in randread randwrite; do
		run_job io_uring /dev/nvme0n1 --rw=$rw --direct=1 --iodepth=8 --hipri=1 \
			--strict_engine=1
		expect_status 0
		expect_result "j['engine']['proof']['device_interrupts'] == '0'" \
			"'IOPOLL' in j['engine']['effective']['setup_flags']" \
			"j['engine']['effective']['hipri'] == '1'"
	done
	run_job io_uring /dev/nvme0n1 --direct=1 --iodepth=8
	expect_status 0
	expect_result "int(j['engine']['proof']['device_interrupts']) > 0"
}

@test "a kernel thread can poll for both ends" {
	run_job io_uring /dev/nvme0n1 --direct=1 --iodepth=8 --hipri=1 --sqthread_poll=1
	expect_status 0
	expect_result "j['engine']['proof']['device_interrupts'] == '0'" \
		"'IOPOLL|SQPOLL' in j['engine']['effective']['setup_flags']"
}

@test "hybrid polling is what it says, or refused with the kernel it needs" {
	run_job io_uring /dev/nvme0n1 --direct=1 --hipri=1 --hybrid_iopoll=1
	if [ "$status" -eq 0 ]; then
		expect_result "j['engine']['effective']['hybrid_iopoll'] == '1'" \
			"j['engine']['proof']['device_interrupts'] == '0'"
	else
		expect_status 4
		expect_stderr "needs Linux 6.13"
	fi
}

@test "polled passthrough is refused where it would bring the kernel down" {
	[[ $(uname -r) == 6.1.* ]] || skip "this kernel is not 6.1"
	expect_refusal 4 "crashes Linux 6.1" io_uring_cmd /dev/ng0n1 --hipri=1
	# Who insists is still kept from what does so at once.
	expect_refusal 4 "a polled command without data" io_uring_cmd /dev/ng0n1 --hipri=1 \
		--hipri_insist=1 --rw=write --fsync=8
	run_job io_uring_cmd /dev/ng0n1 --hipri=1 --hipri_insist=1 --iodepth=8
	expect_status 0
	expect_result "j['engine']['proof']['device_interrupts'] == '0'"
}

@test "without poll queues hipri is refused, and the cure works as it is printed" {
	echo 0 >/sys/module/nvme/parameters/poll_queues
	plug_drive 1
	expect_refusal 4 "nvme.poll_queues=2" io_uring_cmd "$drive_char" --hipri=1 --hipri_insist=1
	expect_stderr "$drive_char has no poll queues"
	expect_refusal 4 "nvme.poll_queues=2" io_uring "$drive_block" --direct=1 --hipri=1
	expect_stderr "$drive_block has no poll queues"
	eval "$(grep -o 'echo 2 >.*' <<<"$stderr")"
	wait_until find_drive 1
	run_job io_uring "$drive_block" --direct=1 --hipri=1
	expect_status 0
	expect_result "j['engine']['proof']['device_interrupts'] == '0'"
}

@test "interrupts of the drive below device-mapper are counted, and its health watched" {
	plug_drive 1
	map_device stacked "0 65536 linear $drive_block 0"
	run_job io_uring /dev/mapper/stacked --direct=1 --iodepth=8 --hipri=1
	expect_status 0
	expect_result "j['engine']['proof']['device_interrupts'] == '0'" \
		"d['environment']['soft'][
			'now.device.${drive_block#/dev/}.critical_warnings_after'] == '0'"
	run_job io_uring /dev/mapper/stacked --direct=1 --iodepth=8
	expect_status 0
	expect_result "int(j['engine']['proof']['device_interrupts']) > 0"
}

@test "null_blk is polled where it has poll queues, and refused where it has none" {
	make_null_blk polled size=64 memory_backed=1 queue_mode=2 poll_queues=1
	make_null_blk plain size=64 memory_backed=1 queue_mode=2 poll_queues=0
	run_job io_uring /dev/polled --direct=1 --hipri=1 --iodepth=8
	expect_status 0
	expect_result "'IOPOLL' in j['engine']['effective']['setup_flags']"
	expect_refusal 4 "has no poll queues" io_uring /dev/plain --direct=1 --hipri=1
}
