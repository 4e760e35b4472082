#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# `ringside prepare` on a namespace: purged by a command of the drive, filled, and what is in use.

load ringside

setup() { cd "$BATS_TEST_TMPDIR" && plug_drive 1 && export XDG_STATE_HOME=$BATS_TEST_TMPDIR; }

teardown() {
	umount "$BATS_TEST_TMPDIR/mounted" 2>/dev/null
	faults_undo
}

prepare() { run --separate-stderr timeout -s KILL 240 "$binary" prepare --json=p.json "$@"; }

# expect_record EXPRESSION: of Python, over p.json `d`, is true.
expect_record() {
	/usr/bin/python3 -ISc 'import json, sys
d = json.load(open("p.json"))
sys.exit(0 if eval(sys.argv[1]) else "not so: " + sys.argv[1])' "$1"
}

is_zero() { head -c 1M "$drive_block" | cmp -s - <(head -c 1M /dev/zero); }

@test "a namespace that is named twice is purged by Format and keeps its format" {
	head -c 1M /dev/urandom |
		dd of="$drive_block" bs=64k oflag=direct iflag=fullblock status=none
	before=$(cat "/sys/block/${drive_block#/dev/}/queue/logical_block_size")
	prepare "$drive_block" --purge
	expect_status 2
	expect_stderr "must be named twice"
	must_fail is_zero
	prepare "$drive_block" --purge --destroy="$drive_block"
	expect_status 0
	expect_record "(d['purged']['method'], d['state']) == ('format', 'purged')"
	echo 3 >/proc/sys/vm/drop_caches
	is_zero
	[ "$(cat "/sys/block/${drive_block#/dev/}/queue/logical_block_size")" = "$before" ]
	run_job libaio "$drive_block" --rw=randread --bs=4k --direct=1
	expect_status 0
	expect_result "'constant-data' in [w['code'] for w in d['warnings']]"
	prepare "$drive_block" --purge --purge-by=discard --fill=rand --passes=1 \
		--destroy="$drive_block"
	expect_status 0
	expect_record "(d['purged']['method'], d['state']) == ('discard', 'filled')"
	expect_record "d['direct']"
	run_job libaio "$drive_block" --rw=randread --bs=4k --direct=1
	expect_result "not {'constant-data', 'unwritten'} & {w['code'] for w in d['warnings']}"
	[ "$(tr -d '\0' <"$drive_block" | wc -c)" -gt \
		$(($(blockdev --getsize64 "$drive_block") * 99 / 100)) ]
}

@test "what a drive cannot do, and a namespace in use, are refused" {
	prepare "$drive_block" --purge --purge-by=sanitize --destroy="$drive_block"
	expect_status 4
	expect_stderr "has no Sanitize command"
	prepare "$drive_block" --purge --size=1m --destroy="$drive_block"
	expect_status 4
	expect_stderr "takes all of it"
	prepare "$drive_char"
	expect_status 2
	expect_stderr "name the device for blocks: $drive_block"
	mkfs.ext4 -q "$drive_block"
	mkdir mounted
	mount "$drive_block" mounted
	prepare "$drive_block" --purge --destroy="$drive_block"
	expect_status 2
	expect_stderr "mounted"
	umount mounted
	fsck.ext4 -fn "$drive_block"
}
