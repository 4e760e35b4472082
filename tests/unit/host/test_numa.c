/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "host/numa.h"
#include "test.h"

static struct arena arena;
static const char *problem;

/* Nodes 0, 1 and 3. */
static struct numa_nodes some_nodes(void)
{
	return (struct numa_nodes){.bits = {0xb}, .count = 3};
}

static void expect_nodes(const char *text, const char *expected)
{
	struct numa_nodes online = some_nodes(), nodes;
	int result = numa_parse_nodes(text, &online, &nodes, &arena, &problem);

	if (!expected) {
		assert_int_equal(result, -EINVAL);
		assert_non_null(problem);
		return;
	}
	assert_int_equal(result, 0);
	assert_string_equal(numa_print_nodes(&nodes, &arena), expected);
}

TEST(lists_of_nodes)
{
	expect_nodes("0", "0");
	expect_nodes("0-1,3", "0-1,3");
	expect_nodes("all", "0-1,3");
	expect_nodes("!0", "1,3");
	expect_nodes("+2", "3");
	expect_nodes("!+0-1", "3");
	expect_nodes("3,3,0", "0,3");
	expect_nodes("2", NULL);
	expect_nodes("0-2", NULL);
	expect_nodes("+3", NULL);
	expect_nodes("!all", NULL);
	expect_nodes("", NULL);
	expect_nodes("0,", NULL);
	expect_nodes("1-0", NULL);
	expect_nodes("0x", NULL);
	expect_nodes("99999999999", NULL);
}

TEST(a_node_that_is_not_there_is_told_with_those_that_are)
{
	struct numa_nodes online = some_nodes(), nodes;

	assert_int_equal(numa_parse_nodes("2", &online, &nodes, &arena, &problem), -EINVAL);
	assert_string_equal(problem, "this machine has no node 2, but 0-1,3");
	online = (struct numa_nodes){.count = 0};
	assert_int_equal(numa_parse_nodes("0", &online, &nodes, &arena, &problem), -EINVAL);
	assert_string_equal(problem, "this kernel has no NUMA nodes");
}

TEST(policies)
{
	static const struct {
		const char *text;
		int mode; /* -1: refused */
		const char *nodes;
	} cases[] = {
		{"default", NUMA_DEFAULT, ""},
		{"local", NUMA_LOCAL, ""},
		{"prefer:1", NUMA_PREFER, "1"},
		{"bind:0-1", NUMA_BIND, "0-1"},
		{"interleave:all", NUMA_INTERLEAVE, "0-1,3"},
		{"bind", -1, NULL},
		{"bind:", -1, NULL},
		{"bind:7", -1, NULL},
		{"local:0", -1, NULL},
		{"prefer:0-1", -1, NULL},
		{"bin:0", -1, NULL},
		{"binder:0", -1, NULL},
		{"", -1, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct numa_nodes online = some_nodes();
		struct numa_policy policy;
		int result = numa_parse_policy(cases[i].text, &online, &policy, &arena, &problem);

		assert_int_equal(result, cases[i].mode < 0 ? -EINVAL : 0);
		if (result < 0)
			continue;
		assert_int_equal(policy.mode, cases[i].mode);
		assert_string_equal(numa_print_nodes(&policy.nodes, &arena), cases[i].nodes);
	}
}

static void skip_without_numa(void)
{
	if (numa_online(&arena).count == 0 || numa_policy_in_effect() < 0) {
		print_message("no NUMA in this kernel\n");
		skip();
	}
}

TEST(a_policy_is_the_threads_and_pages_follow_it)
{
	struct numa_nodes online = numa_online(&arena);
	struct numa_policy policy;
	const char *bind;
	char *page;

	skip_without_numa();
	bind = arena_printf(&arena, "bind:%.*s", 1, numa_print_nodes(&online, &arena));
	assert_int_equal(numa_parse_policy(bind, &online, &policy, &arena, &problem), 0);
	assert_int_equal(numa_set_policy(&policy), 0);
	assert_int_equal(numa_policy_in_effect(), NUMA_BIND);
	page = aligned_alloc(4096, 4096);
	memset(page, 1, 4096);
	assert_true(numa_has(&policy.nodes, (unsigned)numa_node_of(page)));
	free(page);
	policy = (struct numa_policy){.mode = NUMA_LOCAL};
	assert_int_equal(numa_set_policy(&policy), 0);
	assert_int_equal(numa_policy_in_effect(), NUMA_LOCAL);
	policy = (struct numa_policy){.mode = NUMA_DEFAULT};
	assert_int_equal(numa_set_policy(&policy), 0);
	assert_int_equal(numa_policy_in_effect(), NUMA_DEFAULT);
}

TEST(all_nodes_are_all_cpus)
{
	struct numa_nodes online = numa_online(&arena);
	cpu_set_t before, after;

	skip_without_numa();
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(numa_run_on(&online, &arena), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after) || CPU_COUNT(&before) < CPU_COUNT(&after));
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
