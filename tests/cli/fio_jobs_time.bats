# SPDX-License-Identifier: MIT
# stage: slow
# Job files under fio and under ringside whose subject is time: fio_jobs.bats has the others.

load helper

compare_files() {
	need_command fio
	cc -std=gnu17 -O1 -shared -fPIC -o trace_io.so "$BATS_TEST_DIRNAME/trace_io.c"
	"$root/tests/fio-jobs/compare" "$ringside" "$folder/trace_io.so" \
		"$root/tests/fio-jobs/$1"-*.fio
}

@test "time: pace, pauses, ends and order are fio's" {
	compare_files time
}
