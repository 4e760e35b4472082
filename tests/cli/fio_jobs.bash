# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For the tests of tests/fio-jobs: those files of one subject, under fio and under ringside.

compare_files() {
	need_command fio
	cc -std=gnu17 -O1 -shared -fPIC -o trace_io.so "$BATS_TEST_DIRNAME/trace_io.c"
	"$root/tests/fio-jobs/compare" "$ringside" "$folder/trace_io.so" \
		"$root/tests/fio-jobs/$1"-*.fio
}
