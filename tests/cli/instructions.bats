#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What an I/O and a section of a job file cost in user-space instructions, held against committed
# figures. All rows are counted before the first test.

load helper

setup_file() {
	instructions "${RINGSIDE:-$BATS_TEST_DIRNAME/../../build/ringside}" \
		>"$BATS_FILE_TMPDIR/rows" 2>&1 || true
}

instructions() {
	"$BATS_TEST_DIRNAME/../bench/instructions" "$@"
}

# holds ROW [UNIT]: it has not grown, or is skipped with the reason.
holds() {
	local line
	line=$(grep "^\($1: \|skipped: \)" "$BATS_FILE_TMPDIR/rows") || {
		cat "$BATS_FILE_TMPDIR/rows"
		return 1
	}
	echo "$line"
	[[ $line != *skipped:* ]] || skip "${line#*skipped: }"
	[[ $line =~ ^"$1: "[0-9.]+\ instructions\ "${2:-an I/O}",\ [+-][0-9.]+%$ ]]
}

@test "null engine, depth 1" {
	holds "null, depth 1"
}

@test "null engine, batch 16" {
	holds "null, batch 16"
}

@test "psync" {
	holds psync
}

@test "io_uring, depth 1" {
	holds "io_uring, depth 1"
}

@test "io_uring, depth 32" {
	holds "io_uring, depth 32"
}

@test "reads and writes mixed" {
	holds mix
}

@test "refill_buffers" {
	holds refill_buffers
}

@test "a rate" {
	holds paced
}

@test "a section of a job file" {
	holds parse "a section"
}

@test "a row that has grown is named, with how to renew its figure" {
	holds "null, batch 16"
	awk '/^\[/ { print } /^null, batch 16 = / { print "null, batch 16 =", $NF / 2 }' \
		"$BATS_TEST_DIRNAME/../bench/instructions.ini" >figures
	halved=$(tail -n 1 figures)
	run instructions --figures=figures --only="null, batch 16" "$ringside"
	[ "$status" -eq 1 ]
	[[ $output == "null, batch 16: "*" over ${halved##* }, at most +3%: "*"make instructions" ]]
	run instructions --figures=figures --only="null, batch 16" --renew "$ringside"
	[ "$status" -eq 0 ]
	run instructions --figures=figures --only="null, batch 16" "$ringside"
	[ "$status" -eq 0 ]
}

@test "figures of another compiler are not compared with" {
	need_command valgrind
	printf '%s\n' '[x86_64 gcc 1 -O2 -g]' 'psync = 1.0' >figures
	run instructions --figures=figures "$ringside"
	[ "$status" -eq 4 ]
	[[ $output == "skipped: no figures for "*": make instructions" ]]
}
