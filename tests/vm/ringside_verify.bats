#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Verification on drives: passthrough commands, and devices that lose writes or cannot read.

load ringside

@test "what passthrough writes is verified, and a flipped bit is found" {
	run_job io_uring_cmd /dev/ng0n1 --rw=randwrite --bs=8k --iodepth=8 --verify=crc32c \
		--fixedbufs=1
	expect_status 0
	expect_result "j['verify']['blocks'] == 128" "j['verify']['wrong'] == 0"
	dd if=/dev/nvme0n1 of=block bs=8k skip=5 count=1 iflag=direct
	/usr/bin/python3 -ISc 'with open("block", "r+b") as file:
    file.seek(4000)
    byte = file.read(1)[0] ^ 0x80
    file.seek(4000)
    file.write(bytes([byte]))'
	dd if=block of=/dev/nvme0n1 bs=8k seek=5 oflag=direct
	run_job io_uring_cmd /dev/ng0n1 --rw=read --bs=8k --iodepth=8 --verify=crc32c
	expect_status 5
	expect_result "j['verify']['wrong'] == 1" \
		"j['verify']['wrong_blocks'][0]['offset'] == 40960"
}

@test "trimmed blocks of a drive have to be zeros" {
	run_job psync /dev/nvme0n1 --rw=randwrite --bs=4k --direct=1 \
		--verify=crc32c --trim_percentage=50 --trim_backlog=8
	expect_status 0
	expect_result "j['verify']['blocks'] == 256" "j['trim']['ios'] > 60"
}

@test "a device that loses all writes is found out" {
	modprobe dm-flakey || skip "the kernel has no dm-flakey"
	map_device liar "0 2048 flakey /dev/nvme0n1 0 0 3600 1 drop_writes"
	run_job io_uring /dev/mapper/liar --rw=randwrite --bs=4k --iodepth=8 --direct=1 \
		--verify=crc32c --size=1m
	expect_status 5
	expect_result "j['verify']['wrong'] == 256" "j['verify']['blocks'] == 256"
}
