#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# tests/vm/run itself: what comes back from the guest, and how it ends when the guest does not end
# well. These run outside.

bats_require_minimum_version 1.5.0

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
}

# Whatever has happened to the guest, nothing is left behind.
teardown() { rmdir "$TMPDIR"; }

run_vm() { run --separate-stderr "$BATS_TEST_DIRNAME/../run" "$@"; }

@test "exit code, both outputs and files come back; what the guest writes elsewhere does not" {
	shared=$BATS_TEST_TMPDIR/shared kept=$BATS_TEST_TMPDIR/kept
	mkdir "$shared"
	run_vm -w "$shared" -o "$kept" -- "echo out; echo error >&2
		echo text >'$shared/file'; echo text >\$VM_OUT/file; touch '$BATS_TEST_TMPDIR/lost'
		exit 7"
	[ "$status" -eq 7 ]
	[ "$output" = out ]
	[ "$stderr" = error ]
	[ "$(cat "$shared/file")" = text ]
	[ "$(cat "$kept/out/file")" = text ]
	[ ! -e "$BATS_TEST_TMPDIR/lost" ]
}

@test "a command that does not end is ended at the time limit, with code 124" {
	run_vm -t 8 -- 'sleep 1000'
	[ "$status" -eq 124 ]
	[[ $stderr == *"took over 8 s"* ]]
}

@test "a guest that dies gives code 125 and the kernel's last words" {
	run_vm -n 1M -- 'echo before; echo c >/proc/sysrq-trigger'
	[ "$status" -eq 125 ]
	[ "$output" = before ]
	[[ $stderr == *"sysrq triggered crash"* ]]
}

@test "a boot that fails is tried three times" {
	run_vm -a rdinit=/nowhere -- true
	[ "$status" -eq 125 ]
	[[ $stderr == *"boot 3 of 3 failed"* ]]
}

@test "wrong usage is code 2" {
	run_vm
	[ "$status" -eq 2 ]
	run_vm -n many -- true
	[ "$status" -eq 2 ]
	[[ $stderr == *"what size is many?"* ]]
}
