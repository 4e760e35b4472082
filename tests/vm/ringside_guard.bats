#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The write guard on a namespace that carries data or is in use: by its block node, and by the
# character node, which the kernel itself lets anyone write past every mount.

load ringside

setup() {
	cd "$BATS_TEST_TMPDIR" && plug_drive 1
	targets=("io_uring $drive_block" "io_uring_cmd $drive_char" "nvme_ioctl $drive_char")
}

teardown() {
	umount "$BATS_TEST_TMPDIR/mounted" 2>/dev/null
	faults_undo
}

# expect_guarded TEXT [--destroy]: no writer gets to the drive, also when told that it may.
expect_guarded() {
	local target
	for target in "${targets[@]}"; do
		expect_refusal 2 "$1" "${target% *}" "${target#* }" --rw=write \
			${2:+"--destroy=${target#* }"}
	done
}

# expect_writable: all of them do, once the drive is named a second time.
expect_writable() {
	local target
	for target in "${targets[@]}"; do
		run_job "${target% *}" "${target#* }" --rw=write --destroy="${target#* }"
		expect_status 0
	done
}

@test "a mounted namespace is not written, whatever is named" {
	mkfs.ext4 -q "$drive_block"
	mkdir mounted
	mount "$drive_block" mounted
	expect_guarded mounted --destroy
	umount mounted
	fsck.ext4 -fn "$drive_block"
	expect_guarded "--destroy="
	expect_writable
}

@test "a partitioned namespace is written when it is named twice, one with a used part never" {
	echo ',,L' | sfdisk -q "$drive_block"
	wait_until test -b "${drive_block}p1"
	expect_guarded "--destroy="
	mkfs.ext4 -q "${drive_block}p1"
	mkdir mounted
	mount "${drive_block}p1" mounted
	expect_guarded mounted --destroy
	umount mounted
	expect_writable
}

@test "a namespace that device-mapper holds is not written" {
	map_device held "0 65536 linear $drive_block 0"
	expect_guarded "dm-" --destroy
	dmsetup remove held
	targets=("io_uring_cmd $drive_char")
	expect_writable
}

@test "a namespace with two paths is guarded by the node of both" {
	plug_paths
	targets=("io_uring $drive_block" "io_uring_cmd $drive_char")
	mkfs.ext4 -q "$drive_block"
	mkdir mounted
	mount "$drive_block" mounted
	expect_guarded "$drive_block is mounted" --destroy
	umount mounted
	expect_guarded "carries data: ext4"
	wipefs -qa "$drive_block"
	echo ',,L' | sfdisk -q "$drive_block"
	wait_until test -b "${drive_block}p1"
	expect_guarded "carries data: dos partition table"
	mkfs.ext4 -q "${drive_block}p1"
	mount "${drive_block}p1" mounted
	expect_guarded "a partition of it, is mounted" --destroy
	umount mounted
	map_device held "0 65536 linear $drive_block 0"
	expect_guarded "dm-0 (held) stands on $drive_block" --destroy
	dmsetup remove held
	expect_writable
	expect_result "int(j['engine']['proof']['device_interrupts']) >= 200"
}

@test "a namespace that is swap is not written" {
	mkswap -q "$drive_block"
	swapon "$drive_block"
	expect_guarded swap --destroy
	swapoff "$drive_block"
}

@test "a drive that cannot be read where signatures stand is written when it is named twice" {
	plug_drive 2 bad_read=2048
	targets=("io_uring $drive_block" "io_uring_cmd $drive_char")
	expect_guarded "cannot be read, the drive reports an error"
	expect_stderr "--destroy=$drive_char"
	expect_writable
}

@test "a block device set read-only is not written, and the way to change it is told" {
	blockdev --setro "$drive_block"
	expect_refusal 2 "blockdev --setrw" io_uring "$drive_block" --rw=write
}

@test "readers are let in" {
	mkfs.ext4 -q "$drive_block"
	mkdir mounted
	mount "$drive_block" mounted
	for target in "${targets[@]}"; do
		run_job "${target% *}" "${target#* }" --rw=read --readonly=1
		expect_status 0
	done
}
