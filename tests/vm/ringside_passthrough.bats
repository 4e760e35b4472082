#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# NVMe commands by io_uring_cmd and nvme_ioctl: what they do to the drive, and what is refused
# before a run. Each engine's bytes, read and written: tests/unit/engine/test_nvme_drive.c.

load ringside

@test "what passthrough writes is what the block device reads" {
	# The pattern of each block is its offset, in 8 bytes.
	/usr/bin/python3 -ISc 'import sys
for at in range(0, 1 << 20, 8192):
    sys.stdout.buffer.write(at.to_bytes(8, "little") * 1024)' >pattern
	for how in "/dev/ng0n1 io_uring_cmd" "/dev/ng0n1 nvme_ioctl" \
		"/dev/ng0n2 io_uring_cmd --fixedbufs=1 --registerfiles=1 --sqthread_poll=1"; do
		# shellcheck disable=SC2086 # The node, the engine and its options.
		set -- $how
		blkdiscard "${1/ng/nvme}"
		run_job "$2" "$1" --rw=randwrite --bs=8k --iodepth=8 --buffer_pattern=%o "${@:3}"
		expect_status 0
		cmp -n 1048576 "${1/ng/nvme}" pattern
	done
}

@test "every block is read once, and counted as commands" {
	run_job io_uring_cmd /dev/ng0n1 --rw=randread --bs=4k --iodepth=16
	expect_status 0
	expect_result "j['read']['ios'] == 256 and j['read']['bytes'] == 1 << 20" \
		"j['engine']['proof']['commands'] == 'READ 256'"
}

@test "interrupts of a drive whose namespaces are several targets are counted once" {
	run_job io_uring_cmd /dev/ng0n1:/dev/ng0n2 --rw=randread --bs=4k
	expect_status 0
	expect_result "j['read']['ios'] == 256" \
		"200 <= int(j['engine']['proof']['device_interrupts']) <= 300"
}

@test "trims, zeroes, flushes and verifies are commands of their own" {
	dd if=/dev/urandom of=/dev/nvme0n1 bs=64k count=2 oflag=direct
	run_job io_uring_cmd /dev/ng0n1 --rw=write --write_mode=verify --bs=8k --iodepth=4 \
		--size=64k
	expect_status 0
	expect_result "j['engine']['proof']['commands'] == 'VERIFY 8'"
	run cmp -n 131072 /dev/nvme0n1 /dev/zero
	[ "$status" -eq 1 ]
	run_job io_uring_cmd /dev/ng0n1 --rw=trim --bs=8k --iodepth=4 --size=64k
	expect_status 0
	expect_result "j['engine']['proof']['commands'] == 'DATASET MANAGEMENT 8'"
	run_job io_uring_cmd /dev/ng0n1 --rw=write --write_mode=zeroes --bs=8k --fsync=4 \
		--iodepth=4 --offset=64k --size=64k
	expect_status 0
	expect_result "'WRITE ZEROES 8, FLUSH' in j['engine']['proof']['commands']"
	cmp -n 131072 /dev/nvme0n1 /dev/zero
}

@test "a command that the drive does not know is an error in words" {
	run_job io_uring_cmd /dev/ng0n1 --rw=write --write_mode=uncor
	expect_status 5
	expect_stderr "NVME_INVALID_OPCODE"
}

@test "a zoned namespace: written in order it holds what was written, else the drive refuses" {
	blkzone reset /dev/nvme0n3
	run_job io_uring_cmd /dev/ng0n3 --rw=write --bs=64k --buffer_pattern=0xfeedbeef
	expect_status 0
	cmp -n 1048576 /dev/nvme0n3 <(yes $'\xfe\xed\xbe\xef' | tr -d '\n' | head -c 1048576)
	run_job io_uring_cmd /dev/ng0n3 --rw=write --bs=64k
	expect_status 5
	expect_stderr "NVME_ZONE_INVALID_WRITE"
}

@test "the wrong node is refused, and the right one named" {
	expect_refusal 2 "filename=/dev/ng0n1" io_uring_cmd /dev/nvme0n1
	expect_refusal 2 "filename=/dev/nvme0n1, or ioengine=io_uring_cmd" io_uring /dev/ng0n1
	expect_refusal 2 "takes none" nvme_ioctl /dev/null
	for engine in psync io_uring io_uring_cmd; do
		expect_refusal 2 "name one of them: /dev/nvme0n1, or /dev/ng0n1" $engine /dev/nvme0
	done
}

@test "commands are multiples of the block and are not split" {
	expect_refusal 2 "multiple of 4096" io_uring_cmd /dev/ng0n2 --bs=512
	expect_refusal 4 "at most 524288 bytes" io_uring_cmd /dev/ng0n1 --bs=1m
}

@test "a command that carries no data is as large as its count of blocks allows" {
	for rw in "write --write_mode=zeroes" trim; do
		dd if=/dev/urandom of=/dev/nvme0n1 bs=1M count=1 oflag=direct
		# shellcheck disable=SC2086 # The direction and its options.
		run_job io_uring_cmd /dev/ng0n1 --bs=1m --rw=$rw
		expect_status 0
		expect_result "j['engine']['proof']['commands'].endswith(' 1')"
		cmp -n 1048576 /dev/nvme0n1 /dev/zero
	done
	expect_refusal 4 "at most 33554432 bytes" io_uring_cmd /dev/ng0n1 --bs=64m --size=64m \
		--rw=write --write_mode=zeroes
}

@test "a command of more segments than the queue takes is told what to lower" {
	[[ $(uname -r) == 6.1.* ]] || skip "newer kernels join neighbouring pages of a buffer"
	run_job io_uring_cmd /dev/ng0n1 --bs=512k --fixedbufs=1
	expect_status 5
	expect_stderr "EINVAL"
	expect_stderr "queue/max_segments): lower bs"
}

# format_drive OPTION...: of nvme format. The namespace is gone for a moment.
format_drive() {
	nvme format "/dev/$drive_controller" --namespace-id=1 --force "$@"
	wait_until find_drive 1
}

@test "blocks with metadata are refused, by what the drive says of its format" {
	plug_drive 1
	format_drive --lbaf=1
	expect_refusal 4 "carry 8 bytes of metadata each" io_uring_cmd "$drive_char"
	expect_stderr "ioengine=io_uring on $drive_block"
	run_job io_uring "$drive_block" --direct=1
	expect_status 0
	format_drive --lbaf=1 --ms=1
	for node in "io_uring_cmd $drive_char" "io_uring $drive_block"; do
		expect_refusal 2 "has a size of 0" "${node% *}" "${node#* }"
		expect_stderr "nvme id-ns -H $drive_block"
	done
}

@test "whose commands the kernel refuses is told why" {
	[[ $(uname -r) == 6.1.* ]] || skip "this kernel is not 6.1"
	chmod 666 /dev/ng0n1
	for engine in io_uring_cmd nvme_ioctl; do
		run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups "$binary" \
			run --name=job --ioengine=$engine --filename=/dev/ng0n1 --size=1m
		expect_status 5 && expect_stderr "before Linux 6.2 NVMe commands need CAP_SYS_ADMIN"
	done
	chmod 600 /dev/ng0n1
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups "$binary" \
		run --name=job --ioengine=io_uring_cmd --filename=/dev/ng0n1 --size=1m
	expect_status 4 && expect_stderr "run as root"
}

@test "the page says passthrough" {
	ringside run --name=job --ioengine=io_uring_cmd --filename=/dev/ng0n1 --size=64k
	expect_status 0
	[[ $output == *"depth 1, passthrough"* ]]
}

# facts_of USER: a short run on the drive of plug_drive; its environment's facts in result.json.
facts_of() {
	run --separate-stderr setpriv --reuid="$1" --clear-groups "$binary" run --name=job \
		--filename="$drive_block" --ioengine=psync --direct=1 --size=64k --format=json
	expect_status 0
	echo "$output" >result.json
}

@test "what a drive is and how it fares stands in the result; without root it is null" {
	plug_drive 1 block=4096
	name=device.${drive_block#/dev/}
	facts_of 0
	expect_result "all(d['environment']['soft']['$name.' + fact] for fact in
			('firmware', 'pci_link', 'pci_link_max', 'numa_node'))" \
		"d['environment']['hard']['$name.model'] == 'QEMU NVMe Ctrl'" \
		"d['environment']['soft']['$name.serial'].startswith('xxh64:')" \
		"d['environment']['soft']['$name.format'].startswith('4096 B and 0 B')" \
		"all(d['environment']['soft']['now.$name.' + fact + end] for end in ('', '_after')
			for fact in ('temperature_celsius', 'critical_warnings', 'media_errors',
			'percentage_used', 'spare_percent'))"
	chmod 644 "$drive_block"
	facts_of 65534
	expect_result "d['environment']['soft'].get('now.$name.media_errors') is None" \
		"d['environment']['soft']['$name.firmware']"
}
