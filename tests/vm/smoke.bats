#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The machine is what the other tests in the guest take for granted. /dev/nvme0 as tests/vm/test
# makes it: n1 of 512-byte blocks, n2 of 4096, n3 zoned.

load faults

teardown() { faults_undo; }

# interrupts: how many the I/O queues of nvme0 have raised so far (q0 is the admin queue).
interrupts() {
	awk '/ nvme0q[1-9]/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' \
		/proc/interrupts
}

# fio_reads NODE OPTION...: 64 random reads.
fio_reads() {
	timeout 120 fio --name=reads --filename="$1" --rw=randread --bs=4k --size=1m \
		--number_ios=64 --invalidate=0 --output=/dev/null "${@:2}"
}

@test "the controller and its three namespaces have all their nodes" {
	[ -c /dev/nvme0 ]
	for number in 1 2 3; do
		[ -b /dev/nvme0n$number ]
		[ -c /dev/ng0n$number ]
	done
}

@test "the namespaces have blocks of 512, 4096 and 512 bytes" {
	run cat /sys/block/nvme0n{1,2,3}/queue/logical_block_size
	[ "$output" = $'512\n4096\n512' ]
}

@test "a read smaller than the block is refused" {
	run dd if=/dev/nvme0n2 of=/dev/null iflag=direct bs=512 count=1
	[ "$status" -ne 0 ]
	[[ $output == *"Invalid argument"* ]]
}

@test "the third namespace is zoned, with zones of 8 MiB that hold 6" {
	[ "$(cat /sys/block/nvme0n3/queue/zoned)" = host-managed ]
	run blkzone report -c 1 /dev/nvme0n3
	[[ $output == *"len 0x004000, cap 0x003000"* ]]
}

@test "poll queues are on, and the block device says so" {
	[ "$(cat /sys/module/nvme/parameters/poll_queues)" = 2 ]
	[ "$(cat /sys/block/nvme0n1/queue/io_poll)" = 1 ]
}

@test "polled reads raise no interrupt, others do" {
	before=$(interrupts)
	fio_reads /dev/nvme0n1 --ioengine=io_uring --direct=1 --hipri
	[ "$(interrupts)" -eq "$before" ]
	fio_reads /dev/nvme0n1 --ioengine=io_uring --direct=1
	[ "$(interrupts)" -gt "$before" ]
}

@test "passthrough reads what the block device wrote" {
	head -c 4096 /dev/urandom >"$BATS_TEST_TMPDIR/written"
	dd if="$BATS_TEST_TMPDIR/written" of=/dev/nvme0n1 bs=4096 seek=3 oflag=direct
	nvme read /dev/ng0n1 --start-block=24 --block-count=7 --data-size=4096 \
		--data="$BATS_TEST_TMPDIR/read"
	cmp "$BATS_TEST_TMPDIR/written" "$BATS_TEST_TMPDIR/read"
}

@test "io_uring's passthrough reads, polled and not" {
	fio_reads /dev/ng0n2 --ioengine=io_uring_cmd --cmd_type=nvme
	before=$(interrupts)
	fio_reads /dev/ng0n2 --ioengine=io_uring_cmd --cmd_type=nvme --hipri
	[ "$(interrupts)" -eq "$before" ]
}

@test "discarded blocks read as zeroes" {
	dd if=/dev/urandom of=/dev/nvme0n1 bs=64k count=1 oflag=direct
	blkdiscard -o 0 -l 65536 /dev/nvme0n1
	cmp -n 65536 /dev/nvme0n1 /dev/zero
}

@test "a zone can be written in order, and only so" {
	blkzone reset /dev/nvme0n3
	dd if=/dev/zero of=/dev/nvme0n3 bs=64k count=2 oflag=direct
	run dd if=/dev/zero of=/dev/nvme0n3 bs=64k seek=8 count=1 oflag=direct
	[ "$status" -ne 0 ]
	[[ $output == *"Input/output error"* ]]
}

@test "null_blk can be had with poll queues and without" {
	make_null_blk polled size=64 memory_backed=1 queue_mode=2 poll_queues=1
	[ "$(cat /sys/block/polled/queue/io_poll)" = 1 ]
	make_null_blk plain size=64 memory_backed=1 queue_mode=2 poll_queues=0
	[ "$(cat /sys/block/plain/queue/io_poll)" = 0 ]
	head -c 65536 /dev/urandom >"$BATS_TEST_TMPDIR/data"
	dd if="$BATS_TEST_TMPDIR/data" of=/dev/plain bs=64k oflag=direct
	cmp -n 65536 "$BATS_TEST_TMPDIR/data" /dev/plain
}

@test "a drive plugged at run time has the properties asked for" {
	plug_drive 1 size=32M block=4096
	[ "$(blockdev --getss "$drive_block")" = 4096 ]
	[ "$(blockdev --getsize64 "$drive_block")" = $((32 << 20)) ]
	[ "$(cat "/sys/block/${drive_block#/dev/}/queue/io_poll")" = 1 ]
}

@test "all the host's files can be written to, in memory" {
	touch "$BATS_TEST_DIRNAME/written-in-the-guest"
	[ "$(stat -f -c %T "$BATS_TEST_DIRNAME")" = overlayfs ]
}
