# SPDX-License-Identifier: MIT
# stage: slow
# Job files under fio and under ringside whose subject is time: fio_jobs.bats has the others.

load helper
load fio_jobs

@test "time: pace, pauses, ends and order are fio's" {
	compare_files time
}
