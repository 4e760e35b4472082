/* SPDX-License-Identifier: MIT */
/* job_errors.c: lists of errors to their fields, and back to text; refusals: bad_job_files.h. */
#include "job_rig.h"
#include "test.h"

#include "job/job_errors.h"

TEST(lists_are_read_and_printed)
{
	static const struct {
		const char *value, *printed;
		size_t counts[3];
	} samples[] = {
		{"EIO", "EIO", {1, 0, 0}},
		{",28", ",ENOSPC", {0, 1, 0}},
		{"EAGAIN,ENOSPC:122", "EAGAIN,ENOSPC:EDQUOT", {1, 2, 0}},
		{"5,,EILSEQ", "EIO,,EILSEQ", {1, 0, 1}},
		{"NVME_UNRECOVERED_READ", "NVME_UNRECOVERED_READ", {1, 0, 0}},
	};
	struct option_problem problem;
	struct job_error_lists lists;
	struct arena arena = {0};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		assert_int_equal(job_errors_parse(samples[i].value, &lists, &arena, &problem), 0);
		assert_int_equal(lists.read.count, samples[i].counts[0]);
		assert_int_equal(lists.write.count, samples[i].counts[1]);
		assert_int_equal(lists.verify.count, samples[i].counts[2]);
		assert_string_equal(job_errors_print(&lists, &arena), samples[i].printed);
	}
	assert_int_equal(job_errors_parse("EAGAIN,ENOSPC:122", &lists, &arena, &problem), 0);
	assert_int_equal(lists.read.errors[0], EAGAIN);
	assert_int_equal(lists.write.errors[1], EDQUOT);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
