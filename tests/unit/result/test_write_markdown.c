/* SPDX-License-Identifier: MIT */
/* Markdown, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static void tables_are_as_they_should_be(void **state)
{
	(void)state;
	assert_golden("result.md", written(&result, write_markdown));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SAMPLE(tables_are_as_they_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
