/* SPDX-License-Identifier: MIT */
/*
 * A test registers itself: TEST(what_must_hold) { ... }, and TEST_MAIN(NULL, NULL) at the end of
 * the file runs them in their order. Arguments of the program are the names of tests to run, with
 * * and ?; without any all are run.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { TEST_LIMIT = 128 };

static struct CMUnitTest test_list[TEST_LIMIT];
static size_t test_count;
static CMFixtureFunction test_setup, test_teardown;

static inline void test_add(const char *name, CMUnitTestFunction function)
{
	if (test_count == TEST_LIMIT)
		__builtin_trap();
	test_list[test_count++] = (struct CMUnitTest){
		.name = name,
		.test_func = function,
		.setup_func = test_setup,
		.teardown_func = test_teardown,
	};
}

static inline int test_run_all(
	int argc, char **argv, CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("tests", test_list, test_count, set_up, tear_down);
}

/* Constructors of a file run in the order in which they stand in it. */
#define TEST_CONSTRUCTOR(name) __attribute__((constructor)) static void name(void)

#define TEST(name)                                                                                 \
	static void name(void **state);                                                            \
	TEST_CONSTRUCTOR(register_##name)                                                          \
	{                                                                                          \
		test_add(#name, name);                                                             \
	}                                                                                          \
	static void name(void **state __attribute__((unused)))

/* The tests below it, up to the next one, have this before and after them; NULL: nothing. */
#define TEST_FIXTURE(set_up, tear_down)          TEST_FIXTURE_AT(set_up, tear_down, __LINE__)
#define TEST_FIXTURE_AT(set_up, tear_down, line) TEST_FIXTURE_NAMED(set_up, tear_down, line)
#define TEST_FIXTURE_NAMED(set_up, tear_down, line)                                                \
	TEST_CONSTRUCTOR(set_fixture_##line)                                                       \
	{                                                                                          \
		test_setup = set_up;                                                               \
		test_teardown = tear_down;                                                         \
	}                                                                                          \
	struct test_fixture_##line

/* Before the first test and after the last. */
#define TEST_MAIN(set_up, tear_down)                                                               \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return test_run_all(argc, argv, set_up, tear_down);                                \
	}                                                                                          \
	struct test_main

#endif
