# SPDX-License-Identifier: MIT
# Job files under fio and under ringside: tests/fio-jobs/*.fio, by tests/fio-jobs/compare, whose
# head says what a file may ask for. A file belongs to the test that its name begins with;
# fio_jobs_time.bats has those that wait.

load helper
load fio_jobs

@test "patterns: offsets, sizes, files and buffers are fio's" {
	compare_files pattern
}

@test "engines and the machine: engines, memory, CPUs, priorities are fio's" {
	compare_files host
}

@test "zones: which bytes are touched is fio's choice" {
	compare_files zone
}

@test "names: what fio's engines for files leave behind" {
	compare_files names
}

@test "replay: recorded logs are replayed as fio does, and fio replays ours" {
	compare_files replay
}

@test "verify: what is read back, how often, and whether it is right is fio's" {
	compare_files verify
}

@test "each job file belongs to a test" {
	local file tests
	tests=$(sed -n 's/^\tcompare_files //p' "$BATS_TEST_DIRNAME"/fio_jobs*.bats)
	for file in "$root"/tests/fio-jobs/*.fio; do
		file=${file##*/}
		grep -qx "${file%%-*}" <<<"$tests" || { echo "$file: no test"; return 1; }
	done
}

@test "a difference is seen, and told with its job file" {
	need_command fio
	cc -std=gnu17 -O1 -shared -fPIC -o trace_io.so "$BATS_TEST_DIRNAME/trace_io.c"
	cat >other <<-'EOF'
		#!/bin/bash
		sed -i 's/16k/8k/; s/1m/512k/' job.fio
		exec "$REAL" "$@"
	EOF
	chmod +x other
	REAL=$ringside run "$root/tests/fio-jobs/compare" "$folder/other" "$folder/trace_io.so" \
		"$root/tests/fio-jobs/pattern-write-two-files.fio"
	[ "$status" -eq 1 ]
	for word in counts coverage files blocks order; do
		grep -q "^    $word" <<<"$output" || { echo "no $word: $output"; return 1; }
	done
}
