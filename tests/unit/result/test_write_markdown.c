/* SPDX-License-Identifier: MIT */
/* Markdown, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/result/golden.h"
#include "unit/result/sample.h"

static void tables_are_as_they_should_be(void **state)
{
	struct result result;

	(void)state;
	sample_result(&result);
	assert_golden("result.md", written(&result, write_markdown));
	result_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_as_they_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
