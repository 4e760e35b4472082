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

# expect_untouched NODE: as it was when `before` was taken.
look() { before=$(dd if="$1" iflag=direct bs=64k status=none | md5sum); }
expect_untouched() {
	[ "$before" = "$(dd if="$1" iflag=direct bs=64k status=none | md5sum)" ] && return
	echo "$1 has changed"
	return 1
}

@test "the SCSI generic nodes of a mounted disk take no command" {
	modprobe scsi_debug dev_size_mb=16 && modprobe -a sd_mod sg || skip "no scsi_debug"
	wait_until compgen -G "/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*"
	disk=/dev/$(basename /sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*)
	generic=/dev/$(basename /sys/class/block/"${disk#/dev/}"/device/scsi_generic/*)
	bsg=/dev/bsg/$(basename /sys/class/block/"${disk#/dev/}"/device/bsg/*)
	wait_until test -c "$generic"
	mkfs.ext4 -q "$disk"
	mkdir mounted
	mount -o ro,noload "$disk" mounted
	look "$disk"
	# A header of 36 bytes as in scsi/sg.h's version 2, and WRITE(10) of sector 2.
	pattern=0x$(printf '%08x' 0x2e020000)$(printf '00%.0s' {1..32})2a000000000200000100
	for node in "$generic" "$bsg"; do
		wait_until test -c "$node"
		name=${node//:/\\:} # A colon is between the names of two files.
		for engine in io_uring psync posixaio libaio; do
			expect_refusal 2 "'$node' is refused: it is a" $engine "$name" --rw=write \
				--bs=558 --size=558 --number_ios=1 --buffer_pattern="$pattern"
			[[ $stderr != *"ioengine="* ]]
			expect_refusal 2 "'$node' is refused" $engine "$name" --rw=read
		done
	done
	expect_refusal 2 "is mounted on" io_uring "$disk" --rw=write --destroy="$disk"
	expect_untouched "$disk"
	umount mounted
	modprobe -r scsi_debug || true
}

@test "flash memory with a mounted JFFS2 is not written, by any of its nodes" {
	modprobe -a mtdblock jffs2 && modprobe mtdram total_size=4096 erase_size=64 ||
		skip "no mtdram"
	wait_until test -c /dev/mtd0
	mkdir mounted
	mount -t jffs2 mtd0 mounted
	echo kept >mounted/file
	# Read-only, or its garbage collector writes what it likes.
	umount mounted
	mount -t jffs2 -o ro mtd0 mounted
	before=$(md5sum </dev/mtd0)
	expect_refusal 2 "it is flash memory" psync /dev/mtd0 --rw=write --bs=4k
	expect_refusal 2 "it is flash memory" io_uring /dev/mtd0 --rw=write --bs=4k
	expect_refusal 2 "mtdblock0" psync /dev/mtdblock0 --rw=write --bs=4k \
		--destroy=/dev/mtdblock0
	[ "$before" = "$(md5sum </dev/mtd0)" ]
	ringside run --filename=/dev/mtd0 --rw=read --size=64k --bs=4k
	expect_status 0
	umount mounted
	mount -t jffs2 mtd0 mounted
	[ "$(cat mounted/file)" = kept ]
	umount mounted
}

@test "encryption and a stack of mappings on a namespace are not written from below" {
	modprobe dm_crypt
	key=$(printf '0%.0s' {1..128})
	map_device opened "0 65536 crypt aes-xts-plain64 $key 0 $drive_block 0"
	mkfs.ext4 -q /dev/mapper/opened
	mkdir mounted
	mount -o ro,noload /dev/mapper/opened mounted
	look "$drive_block"
	expect_guarded "(opened) is mounted" --destroy
	expect_untouched "$drive_block"
	umount mounted
	expect_guarded "(opened) stands on $drive_block" --destroy
	map_device upper "0 32768 linear /dev/mapper/opened 0"
	expect_guarded "(upper)" --destroy
	expect_untouched "$drive_block"
}

# Those that this guest's host has: build/vm runs on its files.
@test "a member of md, LVM or LUKS is not written, active or not" {
	local tool tried=0
	for tool in mdadm lvm cryptsetup; do
		command -v $tool >/dev/null || continue
		tried=$((tried + 1))
		case $tool in
		mdadm)
			modprobe raid1
			mdadm --create /dev/md7 --run --force --level=1 --raid-devices=1 \
				--metadata=1.0 "$drive_block" ;;
		lvm)
			lvm pvcreate -qq "$drive_block" && lvm vgcreate -qq group "$drive_block" &&
				lvm lvcreate -qq -Zn -Wn -L 8M -n volume group ;; # no udev: no node
		cryptsetup)
			modprobe dm_crypt
			echo secret | cryptsetup luksFormat --batch-mode --pbkdf=pbkdf2 \
				--pbkdf-force-iterations=1000 "$drive_block" - &&
				echo secret |
					cryptsetup open --key-file=- "$drive_block" opened ;;
		esac
		look "$drive_block"
		expect_guarded "stands on $drive_block" --destroy
		case $tool in
		mdadm) mdadm --stop /dev/md7 ;;
		lvm) lvm vgchange -qq -an group ;;
		cryptsetup) cryptsetup close opened ;;
		esac
		expect_guarded "--destroy="
		expect_untouched "$drive_block"
		wipefs -qa "$drive_block"
	done
	[ $tried -gt 0 ] || skip "neither mdadm, lvm nor cryptsetup is installed"
}

@test "a drive that was changed for another between the look and the job is not written" {
	local named=$drive_block
	mkfifo pipe # The first job ends when this test says so.
	printf '%s\n' '[a]' filename=pipe ioengine=sync rw=read bs=4k size=4k \
		'[b]' stonewall rw=write size=64k "filename=$named" >job
	mkfs.ext4 -q "$drive_block"
	timeout 100 "$binary" run job --destroy="$named" >out 2>errors 3>&- &
	job=$!
	exec {end}>pipe # Somebody reads: the plan is made.
	unplug_drive 1
	plug_drive 1
	[ "$drive_block" = "$named" ] || skip "it came back as $drive_block"
	mkfs.ext4 -q "$drive_block"
	look "$drive_block"
	head -c 4096 /dev/zero >&"$end"
	exec {end}>&-
	finish
	job=
	expect_status 2
	expect_stderr "its medium was changed"
	expect_untouched "$drive_block"
}
