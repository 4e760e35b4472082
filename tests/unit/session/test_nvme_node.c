/* SPDX-License-Identifier: MIT */
/* Both nodes of an NVMe namespace. */
#include "near.h"
#include "session/contender.h"
#include "session/nvme_node.h"

static void nodes_of_one_namespace(void **state)
{
	static const struct {
		const char *path;
		bool takes_commands;
		const char *expected;
	} table[] = {
		{"/dev/nvme77n12", true, "/dev/ng77n12"},
		{"/dev/nvme77n12", false, "/dev/nvme77n12"},
		{"/dev/ng77n12", false, "/dev/nvme77n12"},
		{"/dev/ng77n12", true, "/dev/ng77n12"},
		{"/dev/nvme77n12p1", true, "/dev/nvme77n12p1"},
		{"/dev/nvme77", true, "/dev/nvme77"},
		{"/dev/sda", true, "/dev/sda"},
		{"nvme0n1", true, "nvme0n1"},
	};
	struct arena arena = {0};

	(void)state; /* cmocka's signature */
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(nvme_node_for(table[i].path, table[i].takes_commands, &arena),
			table[i].expected);
	arena_free(&arena);
}

static const char *file_of(const struct contender_setup *setup)
{
	return setup->job->filename.texts[0];
}

static void each_contender_has_the_node_of_its_engine(void **state)
{
	static const char *const options[] = {"--filename=/dev/nvme77n12", "--rw=randread"};
	const struct contender_request request = {
		.job = {.options = options, .option_count = 2},
		.engines = "io_uring,io_uring_cmd",
	};
	struct contender_plan plan;
	struct diag diag;

	(void)state;
	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	assert_string_equal(file_of(&plan.points[0].contenders[0]), "/dev/nvme77n12");
	assert_string_equal(file_of(&plan.points[0].contenders[1]), "/dev/ng77n12");
	assert_string_equal(
		plan.points[0].contenders[1].job->given.filename.texts[0], "/dev/ng77n12");
	contender_plan_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_of_one_namespace),
		cmocka_unit_test(each_contender_has_the_node_of_its_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
