/* SPDX-License-Identifier: MIT */
/* Both nodes of an NVMe namespace. */
#include "near.h"
#include "session/contender.h"
#include "session/nvme_node.h"
#include "test.h"

TEST(nodes_of_one_namespace)
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

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(nvme_node_for(table[i].path, table[i].takes_commands, &arena),
			table[i].expected);
	arena_free(&arena);
}

static const char *file_of(const struct contender_setup *setup)
{
	return setup->job->filename.texts[0];
}

TEST(each_contender_has_the_node_of_its_engine)
{
	static const char *const options[] = {"--filename=/dev/nvme77n12", "--rw=randread"};
	const struct contender_request request = {
		.job = {.options = options, .option_count = 2},
		.engines = "io_uring,io_uring_cmd",
	};
	struct contender_plan plan;
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	assert_string_equal(file_of(&plan.points[0].contenders[0]), "/dev/nvme77n12");
	assert_string_equal(file_of(&plan.points[0].contenders[1]), "/dev/ng77n12");
	assert_string_equal(
		plan.points[0].contenders[1].job->given.filename.texts[0], "/dev/ng77n12");
	contender_plan_free(&plan);
}

TEST_MAIN(NULL, NULL);
