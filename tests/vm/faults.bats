#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Each fault of faults.bash, seen by fio or dd as the kernel shows it to any program.

load faults

teardown() { faults_undo; }

read_block() { timeout 120 dd if="$1" of=/dev/null bs=4096 skip="$2" count=1 iflag=direct; }
write_block() { timeout 120 dd if=/dev/zero of="$1" bs=4096 seek="$2" count=1 oflag=direct; }
in_flight() { read -r reads writes <"/sys/block/${1#/dev/}/inflight" && echo $((reads + writes)); }
timeouts() { dmesg | grep -c 'nvme.*timeout, aborting'; }
has_timeouts() { [ "$(timeouts)" -gt "$1" ]; }
has_in_flight() { [ "$(in_flight "$1")" -gt 0 ]; }

has_open() { find /proc/[0-9]*/fd -lname "$1" | grep -q .; }

# start_fio NODE OPTION...: in the background, until it fails or is stopped; its process in $fio,
# its result in $fio_log.
start_fio() {
	fio_log=$BATS_TEST_TMPDIR/fio
	timeout -s KILL 240 fio --thread --name=job --filename="$1" --rw=randread --bs=4k \
		--time_based --runtime=10m --output="$fio_log" "${@:2}" 3>&- &
	fio=$!
}

@test "medium error: ENODATA at the bad sectors of an NVMe drive, and only there" {
	plug_drive 1 bad_read=2048 bad_write=4096
	run read_block "$drive_block" 256
	[ "$status" -eq 1 ]
	[[ $output == *"No data available"* ]]
	read_block "$drive_block" 257
	read_block "$drive_block" 512
	write_block "$drive_block" 256
	run write_block "$drive_block" 512
	[ "$status" -eq 1 ]
}

@test "medium error: a positive NVMe status through passthrough" {
	plug_drive 1 bad_read=2048
	run nvme read "$drive_char" --start-block=2048 --block-count=7 --data-size=4096 \
		--data=/dev/null
	[ "$status" -ne 0 ]
	[[ $output == *"(0x281)"* ]]
}

@test "medium error: fio counts it and ends" {
	plug_drive 1 bad_read=2048
	run timeout 120 fio --name=job --filename="$drive_block" --rw=read --bs=64k --direct=1 \
		--ioengine=io_uring --size=4m
	[ "$status" -ne 0 ]
	[[ $output == *"No data available"* ]]
}

@test "bad sectors of null_blk: EIO" {
	make_null_blk frail size=64 memory_backed=1
	bad_sectors frail 2048 2055
	run read_block /dev/frail 256
	[ "$status" -eq 1 ]
	[[ $output == *"Input/output error"* ]]
	read_block /dev/frail 257
}

@test "hot-unplug by sysfs under load: the nodes go, a read answers nothing" {
	plug_drive 1
	exec 8<"$drive_block"
	start_fio "$drive_block" --ioengine=libaio --iodepth=4 --direct=1
	wait_until has_in_flight "$drive_block"
	remove_drive 1
	is_gone 1
	[ ! -e "$drive_block" ]
	run dd bs=4096 count=1 iflag=direct of=/dev/null <&8
	[ "$status" -eq 0 ]
	[[ $output == "0+0 records in"* ]]
	# fio reads nothing for ever, or what was in flight has ended it.
	pkill -KILL -P "$fio" || true
	wait "$fio" || true
}

@test "hot-unplug by the machine under load: ENODEV through passthrough" {
	plug_drive 1
	start_fio "$drive_char" --ioengine=io_uring_cmd --cmd_type=nvme --iodepth=4
	wait_until has_open "$drive_char"
	pull_drive 1
	wait_until is_gone 1
	status=0
	wait "$fio" || status=$?
	[ "$status" -ne 0 ]
	grep -q "No such device" "$fio_log"
}

# The driver says how many queues it has each time that it has set the controller up.
setups() { dmesg | grep -c "nvme $drive_controller: .* queues"; }
is_set_up_again() { [ "$(setups)" -gt "$before" ]; }

@test "controller reset under load: hidden from the block device" {
	plug_drive 1
	set_io_timeout 1 3
	before=$(setups)
	start_fio "$drive_block" --ioengine=libaio --iodepth=4 --direct=1
	wait_until has_in_flight "$drive_block"
	reset_drive 1
	wait_until is_set_up_again
	read_block "$drive_block" 0
	kill -INT "$(pgrep -P "$fio")"
	wait "$fio" || [ $? -ne 137 ]
	grep -q "err= 0" "$fio_log"
}

@test "a stuck request waits until it is let go; others pass it" {
	plug_drive 1
	stick_next 1 read
	read_block "$drive_block" 0 3>&- &
	stuck=$!
	wait_until has_in_flight "$drive_block"
	write_block "$drive_block" 1
	[ "$(in_flight "$drive_block")" -eq 1 ]
	release_stuck 1
	wait $stuck
}

@test "a stuck request is aborted by the driver's time limit and comes late, without an error" {
	plug_drive 1
	before=$(timeouts) || true
	stick_next 1 read 8
	read_block "$drive_block" 0 3>&- &
	stuck=$!
	wait_until has_timeouts "$before"
	release_stuck 1
	wait $stuck
}

@test "a stalled drive answers nothing until it is resumed" {
	plug_drive 1
	stall_drive 1
	timeout 120 dd if="$drive_block" of=/dev/null bs=4096 count=64 iflag=direct 3>&- &
	stalled=$!
	wait_until has_in_flight "$drive_block"
	sleep 1
	kill -0 $stalled
	resume_drive 1
	wait $stalled
}

@test "a throttled drive is slow, not broken" {
	plug_drive 1
	throttle_drive 1 20
	begin=$EPOCHREALTIME
	dd if="$drive_block" of=/dev/null bs=4096 count=30 iflag=direct
	end=$EPOCHREALTIME
	((${end/./} - ${begin/./} > 300000))
}

@test "a suspended device-mapper device holds requests until it is resumed" {
	map_device held "0 65536 linear /dev/nvme0n1 0"
	read_block /dev/mapper/held 0
	hold_device held
	read_block /dev/mapper/held 0 3>&- &
	waiting=$!
	sleep 1
	kill -0 $waiting
	continue_device held
	wait $waiting
}

@test "a range that device-mapper makes fail: EIO" {
	map_device broken "0 2048 linear /dev/nvme0n1 0
2048 2048 error"
	read_block /dev/mapper/broken 255
	run read_block /dev/mapper/broken 256
	[ "$status" -eq 1 ]
	[[ $output == *"Input/output error"* ]]
}

@test "a block device set read-only refuses writes, its character node does not" {
	plug_drive 1
	blockdev --setro "$drive_block"
	run write_block "$drive_block" 0
	[ "$status" -eq 1 ]
	[[ $output == *"Operation not permitted"* ]]
	read_block "$drive_block" 0
	head -c 512 /dev/urandom >"$BATS_TEST_TMPDIR/data"
	nvme write "$drive_char" --start-block=0 --block-count=0 --data-size=512 \
		--data="$BATS_TEST_TMPDIR/data"
	cmp -n 512 "$BATS_TEST_TMPDIR/data" "$drive_block"
}

@test "a drive that is write-protected refuses writes by both nodes" {
	plug_drive 1 read_only
	run write_block "$drive_block" 0
	[ "$status" -eq 1 ]
	[[ $output == *"No data available"* ]]
	run nvme write "$drive_char" --start-block=0 --block-count=0 --data-size=512 \
		--data=/dev/zero
	[ "$status" -ne 0 ]
	[[ $output == *"(0x280)"* ]]
	read_block "$drive_block" 0
}

@test "a SMART warning can be raised" {
	plug_drive 1
	warn_drive 1 2
	run nvme smart-log "/dev/$drive_controller"
	echo "$output"
	[[ $output == *critical_warning*0x2* ]]
}
