/* SPDX-License-Identifier: MIT */
/* Markdown, to the letter. */
#include <stdlib.h>

#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

TEST_FIXTURE(open_sample, close_sample);

TEST(tables_are_as_they_should_be)
{
	assert_golden("result.md", written(&result, format_named("markdown")));
}

TEST_MAIN(NULL, NULL);
