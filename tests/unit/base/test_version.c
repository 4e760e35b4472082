/* SPDX-License-Identifier: MIT */
/* The build file filled in which ringside this is. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "test.h"

TEST(number_has_three_parts)
{
	int major, minor, patch, end = 0;

	assert_int_equal(sscanf(version_number, "%d.%d.%d%n", &major, &minor, &patch, &end), 3);
	assert_int_equal(version_number[end], '\0');
}

TEST(commit_is_a_hash_or_unknown)
{
	size_t hex = strspn(version_git, "0123456789abcdef");

	if (strcmp(version_git, "unknown") == 0)
		return;
	assert_in_range(hex, 7, 40);
	assert_true(version_git[hex] == '\0' || strcmp(version_git + hex, "-dirty") == 0);
}

TEST(compiler_is_named_with_its_flags)
{
	assert_non_null(strstr(version_compiler, __VERSION__));
	assert_true(islower((unsigned char)version_compiler[0]) || isupper(version_compiler[0]));
	assert_non_null(strstr(version_compiler, " -O"));
}

TEST_MAIN(NULL, NULL);
