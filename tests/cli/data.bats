#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Data that need no drive: holes, unwritten extents, the page cache, one value over and over.
# covers: src/run/collect_data.c src/run/data_sample.c src/run/data_found.h

load helper

# warning CODE [OPTIONS...]: the message with CODE of a run with these, "" for none.
warning() {
	"$ringside" run --rw=randread --bs=4k --quiet --json=o.json "${@:2}" >/dev/null 2>err || {
		cat err
		return 1
	}
	json o.json "' '.join(w['message'] for w in d['warnings'] if w['code'] == '$1')"
}

# holes OPTIONS...: the share that is told.
holes() { warning holes "$@" | sed 's/ of what.*//'; }

# small_file_system TYPE: mounted at mnt, on a loop device.
small_file_system() {
	make_loop_device 64
	need_command "mkfs.$1"
	"mkfs.$1" -q "$loop"
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
}

teardown() {
	cd / && { umount "$folder/mnt" 2>/dev/null || true; }
	for hold in "${loop_holds[@]}"; do exec {hold}<&-; done
	rm -rf "$folder"
}

random_file() { head -c "$2" /dev/urandom >"$1" && sync "$1"; }

@test "holes, unwritten extents and holes punched later are told with their share" {
	small_file_system ext4
	truncate -s 8M mnt/sparse
	fallocate -l 8M mnt/unwritten
	random_file mnt/punched 8M
	random_file mnt/whole 8M
	fallocate --punch-hole --offset 0 --length 2M mnt/punched
	[ "$(holes --filename=mnt/sparse --direct=1)" = "100 %" ]
	[ "$(holes --filename=mnt/unwritten --direct=1)" = "100 %" ]
	[ "$(holes --filename=mnt/punched --direct=1)" = "25 %" ]
	# Of the part that is read.
	[ "$(holes --filename=mnt/punched --direct=1 --offset=1m --size=2m)" = "50 %" ]
	[ "$(holes --filename=mnt/punched --direct=1 --offset=2m)" = "" ]
	[ "$(holes --filename=mnt/whole --direct=1)" = "" ]
	[ "$(holes --filename=mnt/punched:mnt/whole)" = "12 %" ]
	expect_json o.json "[w['code'] for w in d['warnings'] if w['code'] == 'constant-data']" "[]"
	"$ringside" run --filename=mnt/sparse --rw=write --quiet --json=o.json >/dev/null
	expect_json o.json "'holes' in [w['code'] for w in d['warnings']]" False
	umount mnt
}

@test "holes are told where the file system has no FIEMAP" {
	need_root
	mkdir mnt
	mount -t tmpfs tmpfs mnt || skip "may not mount"
	random_file mnt/f 8M
	[ "$(holes --filename=mnt/f)" = "" ]
	fallocate --punch-hole --offset 2M --length 4M mnt/f
	[ "$(holes --filename=mnt/f)" = "50 %" ]
	umount mnt
}

@test "a loop device has the holes of its file" {
	make_loop_device 8
	[ "$(holes --filename="$loop" --direct=1)" = "100 %" ]
	[[ $(warning holes --filename="$loop") == *"the file that the loop device stands on"* ]]
	XDG_STATE_HOME=$folder/state "$ringside" prepare "$loop" --passes=1 >/dev/null
	[ "$(holes --filename="$loop" --direct=1)" = "" ]
	fallocate --punch-hole --offset 0 --length 2M loop.0
	[ "$(holes --filename="$loop" --direct=1)" = "25 %" ]
}

@test "a loop device over a part of a file has the holes of that part" {
	random_file disk 8M
	mv disk loop.0
	fallocate --punch-hole --offset 0 --length 4M loop.0
	make_loop_device 8 --offset 2M
	[ "$(holes --filename="$loop" --direct=1)" = "33 %" ]
}

@test "zeros that were written look like blocks that were not" {
	dd if=/dev/zero of=zeros bs=1M count=4 conv=fsync status=none
	[[ $(warning constant-data --filename=zeros) == "64 of 64 blocks that were looked at"* ]]
	[[ $(warning constant-data --filename=zeros --direct=1) == "64 of 64 blocks"* ]]
	random_file random 4M
	[ "$(warning constant-data --filename=random)" = "" ]
	# A quarter of it.
	dd if=/dev/zero of=random bs=1M count=1 conv=notrunc,fsync status=none
	said=$(warning constant-data --filename=random)
	[[ $said =~ ^([0-9]+)" of 64 blocks" ]]
	[ "${BASH_REMATCH[1]}" -gt 6 ]
	[ "${BASH_REMATCH[1]}" -lt 32 ]
	[ "$(warning constant-data --filename=zeros --rw=randrw)" = "" ]
}

@test "writes of one value are told" {
	said=$(warning constant-data --filename=f --size=1m --rw=write --zero_buffers)
	[[ $said == "100 % of what is written is the same (zero_buffers)"* ]]
	said=$(warning constant-data --filename=f --rw=write --buffer_pattern=0xab)
	[[ $said == *"(buffer_pattern)"* ]]
	for options in "" --buffer_pattern=%o --buffer_compress_percentage=50; do
		# shellcheck disable=SC2086
		[ "$(warning constant-data --filename=f --rw=write $options)" = "" ]
	done
	[ "$(warning constant-data --filename=/dev/null --size=1m --rw=write --zero_buffers)" = "" ]
}

@test "how much came from the page cache is told by the kernel's count" {
	random_file f 16M
	dropped=$(warning page-cache --filename=f --rw=read --bs=64k)
	cat f >/dev/null
	kept=$(warning page-cache --filename=f --rw=read --bs=64k --invalidate=0)
	[[ $kept == *"100 % of the bytes read did"* ]]
	[[ $dropped == *" 0 % of the bytes read did"* ]] || {
		findmnt -no FSTYPE -T . | grep -q tmpfs && skip "this folder is in memory"
		echo "$dropped"
		return 1
	}
	# Half of it is in the cache.
	/usr/bin/python3 -c 'import os
os.posix_fadvise(os.open("f", os.O_RDONLY), 8 << 20, 0, os.POSIX_FADV_DONTNEED)'
	half=$(warning page-cache --filename=f --rw=read --bs=64k --invalidate=0 --numjobs=1)
	[[ $half =~ ([0-9]+)" % of the bytes read did" ]]
	[ "${BASH_REMATCH[1]}" -ge 40 ]
	[ "${BASH_REMATCH[1]}" -le 60 ]
	# Two clones that read the same: the second finds what the first has asked for.
	both=$(warning page-cache --filename=f --rw=read --bs=64k --numjobs=2 --group_reporting)
	[[ $both =~ ([0-9]+)" % of the bytes read did" ]]
	[ "${BASH_REMATCH[1]}" -ge 40 ]
}

@test "each warning about data is explained" {
	ringside help data
	expect_status 0
	for code in holes unwritten constant-data page-cache memory; do
		expect_text "  $code "
		grep -q "\"$code\"" "$root/src/run/collect_data.c"
	done
}

@test "a file in memory is no drive, whatever O_DIRECT says" {
	need_root
	mkdir mnt
	mount -t tmpfs tmpfs mnt || skip "may not mount"
	random_file mnt/f 4M
	[[ $(warning page-cache --filename=mnt/f) == *"100 % of the bytes read did"* ]]
	if "$ringside" run --filename=mnt/f --rw=read --direct=1 --quiet --output=/dev/null; then
		said=$(warning memory --filename=mnt/f --direct=1)
		[[ $said == "mnt/f is on tmpfs, which is memory"* ]]
	fi
	umount mnt
}
