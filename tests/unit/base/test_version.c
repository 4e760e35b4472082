/* SPDX-License-Identifier: MIT */
/* The build file filled in which ringside this is. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/version.h"

static void number_has_three_parts(void **state)
{
	int major, minor, patch, end = 0;

	(void)state;
	assert_int_equal(sscanf(version_number, "%d.%d.%d%n", &major, &minor, &patch, &end), 3);
	assert_int_equal(version_number[end], '\0');
}

static void commit_is_a_hash_or_unknown(void **state)
{
	size_t hex = strspn(version_git, "0123456789abcdef");

	(void)state;
	if (strcmp(version_git, "unknown") == 0)
		return;
	assert_in_range(hex, 7, 40);
	assert_true(version_git[hex] == '\0' || strcmp(version_git + hex, "-dirty") == 0);
}

static void compiler_is_named_with_its_flags(void **state)
{
	(void)state;
	assert_non_null(strstr(version_compiler, __VERSION__));
	assert_true(islower((unsigned char)version_compiler[0]) || isupper(version_compiler[0]));
	assert_non_null(strstr(version_compiler, " -O"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_has_three_parts),
		cmocka_unit_test(commit_is_a_hash_or_unknown),
		cmocka_unit_test(compiler_is_named_with_its_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
