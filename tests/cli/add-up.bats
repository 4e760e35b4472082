#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# tests/add-up: several runs of tests/run-all told as one.

add_up() { run "$BATS_TEST_DIRNAME/../add-up" "$@"; }

@test "counts are summed, failures listed last" {
	add_up 2 <<-END
		FAILED x (1 passed, 1 not)
		    not ok 2 b
		FAILED x: not ok 2 b
		1 passed, 1 failed, 0 skipped
		y: 5 passed, 2 skipped
		passed only when run again: y: not ok 1 a
		5 passed, 0 failed, 2 skipped
	END
	[ "$status" -eq 1 ]
	[ "$output" = "FAILED x (1 passed, 1 not)
    not ok 2 b
y: 5 passed, 2 skipped
passed only when run again: y: not ok 1 a
FAILED x: not ok 2 b
6 passed, 1 failed, 2 skipped" ]
}

@test "a part without counts is a failure, none is not" {
	add_up 1 <<<"5 passed, 0 failed, 2 skipped"
	[ "$status" -eq 0 ]
	add_up 2 <<<"5 passed, 0 failed, 2 skipped"
	[ "$status" -eq 1 ]
	[ "${lines[1]}" = "5 passed, 1 failed, 2 skipped" ]
}
