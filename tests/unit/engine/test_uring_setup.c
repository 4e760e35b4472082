/* SPDX-License-Identifier: MIT */
/* How rings are asked for, and what happens on kernels that are older than this one. */
#include <liburing.h>

#include "engine/uring.h"
#include "engine/uring_abi.h"
#include "test.h"
#include "unit/engine/rig.h"

static unsigned unknown_flags; /* of the kernel that the test plays */
static unsigned missing_features;

static int older_kernel(unsigned entries, struct io_uring *ring, struct io_uring_params *parameters)
{
	int result;

	if (parameters->flags & unknown_flags)
		return -EINVAL;
	result = io_uring_queue_init_params(entries, ring, parameters);
	ring->features &= ~missing_features;
	return result;
}

struct ring_test {
	struct arena arena;
	struct engine_report report;
	struct target target;
	struct engine_setup setup;
	struct uring uring;
	int result;
};

static void set_up(struct ring_test *test, const char *settings, unsigned unknown, unsigned missing)
{
	*test = (struct ring_test){.target = {.descriptor = -1}};
	test->setup = (struct engine_setup){.targets = &test->target,
		.target_count = 1,
		.slot_count = 4,
		.arena = &test->arena};
	test->uring.options = *(const struct uring_options *)rig_options(
		&test->arena, engine_find("io_uring"), settings);
	unknown_flags = unknown;
	missing_features = missing;
	test->result = uring_setup(&test->uring, &test->setup, &test->report, older_kernel);
}

static void tear_down(struct ring_test *test)
{
	uring_setup_undo(&test->uring);
	uring_setup_undo(&test->uring); /* Safe twice. */
	arena_free(&test->arena);
}

static void expect_refused(const struct ring_test *test, const char *const *names)
{
	const struct engine_setting *refused = test->report.refused;

	for (; *names; names++, refused = refused->next) {
		assert_non_null(refused);
		assert_string_equal(refused->name, *names);
		assert_non_null(strstr(refused->reason, "Linux"));
	}
	assert_null(refused);
}

/* Newer liburing asks for NO_SQARRAY by itself. */
static unsigned asked_flags(const struct ring_test *test)
{
	return test->uring.ring.flags & ~(unsigned)URING_SETUP_NO_SQARRAY;
}

#define REFUSED(...) ((const char *const[]){__VA_ARGS__, NULL})

enum {
	ALWAYS = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP,
	NEW_IN_6_1 = IORING_SETUP_DEFER_TASKRUN,
	NEW_IN_6_0 = NEW_IN_6_1 | IORING_SETUP_SINGLE_ISSUER,
	NEW_IN_5_19 = NEW_IN_6_0 | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
	NEW_IN_5_18 = NEW_IN_5_19 | IORING_SETUP_SUBMIT_ALL,
};

TEST(flags_are_taken_off_until_the_kernel_agrees)
{
	const struct {
		unsigned unknown;
		unsigned flags;
		const char *const *refused;
	} kernels[] = {
		{0,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
				IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
			(const char *const[]){NULL}},
		{NEW_IN_6_1,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
				IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
			REFUSED("defer_taskrun")},
		{NEW_IN_6_0,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN |
				IORING_SETUP_TASKRUN_FLAG,
			REFUSED("defer_taskrun", "single_issuer")},
		{NEW_IN_5_19, ALWAYS | IORING_SETUP_SUBMIT_ALL,
			REFUSED("defer_taskrun", "single_issuer", "coop_taskrun")},
		{NEW_IN_5_18, ALWAYS,
			REFUSED("defer_taskrun", "single_issuer", "coop_taskrun", "submit_all")},
	};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct ring_test test;

		set_up(&test, "", kernels[i].unknown, 0);
		assert_int_equal(test.result, 0);
		assert_int_equal(asked_flags(&test), kernels[i].flags);
		expect_refused(&test, kernels[i].refused);
		assert_string_equal(rig_setting(test.report.effective, "setup_flags"),
			uring_setup_flag_names(test.uring.ring.flags, &test.arena));
		tear_down(&test);
	}
}

TEST(what_was_asked_for_is_not_taken_off)
{
	struct ring_test test;

	set_up(&test, "defer_taskrun=1", NEW_IN_6_1, 0);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "defer_taskrun=1"));
	assert_non_null(strstr(test.report.problem, "6.1"));
	tear_down(&test);

	/* The one before it was the engine's own wish, and goes. */
	set_up(&test, "single_issuer=1", NEW_IN_6_0, 0);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "single_issuer=1"));
	tear_down(&test);
}

TEST(settings_choose_the_flags)
{
	const struct {
		const char *settings;
		unsigned flags;
	} cases[] = {
		{"defer_taskrun=0", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
					    IORING_SETUP_TASKRUN_FLAG},
		{"coop_taskrun=1", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
					   IORING_SETUP_TASKRUN_FLAG},
		{"coop_taskrun=1 defer_taskrun=1",
			IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
				IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG},
		{"single_issuer=0", IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG},
		{"single_issuer=0 coop_taskrun=0", 0},
		{"defer_taskrun=0 coop_taskrun=0", IORING_SETUP_SINGLE_ISSUER},
		{"sqthread_poll=1", IORING_SETUP_SQPOLL | IORING_SETUP_SINGLE_ISSUER},
		{"sqthread_poll=1 sqthread_poll_cpu=0 single_issuer=0",
			IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ring_test test;

		set_up(&test, cases[i].settings, 0, 0);
		assert_int_equal(test.result, 0);
		assert_int_equal(
			asked_flags(&test), cases[i].flags | ALWAYS | IORING_SETUP_SUBMIT_ALL);
		assert_null(test.report.refused);
		tear_down(&test);
	}
}

TEST(wishes_that_exclude_each_other_are_told)
{
	const struct {
		const char *settings;
		const char *problem;
	} cases[] = {
		{"defer_taskrun=1 single_issuer=0", "needs single_issuer"},
		{"sqthread_poll=1 defer_taskrun=1", "do not go with sqthread_poll"},
		{"sqthread_poll=1 coop_taskrun=1", "do not go with sqthread_poll"},
		{"sqthread_poll_cpu=0", "without sqthread_poll"},
		{"sqthread_poll_idle=5", "sqthread_poll_idle without sqthread_poll"},
		{"attach_wq=1", "attach_wq without sqthread_poll"},
		{"min_wait_us=5 eventfd=1", "not with sqthread_poll or eventfd"},
		{"min_wait_us=5 sqthread_poll=1", "not with sqthread_poll or eventfd"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ring_test test;

		set_up(&test, cases[i].settings, 0, 0);
		assert_int_equal(test.result, -EINVAL);
		assert_non_null(strstr(test.report.problem, cases[i].problem));
		assert_non_null(test.report.hint);
		tear_down(&test);
	}
}

/* EINVAL of a CPU that is not there must not be taken for one of old flags. */
TEST(a_cpu_that_is_not_there_is_told)
{
	struct ring_test test;

	set_up(&test, "sqthread_poll=1 sqthread_poll_cpu=8191", 0, 0);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "sqthread_poll_cpu=8191"));
	assert_null(test.report.refused);
	tear_down(&test);
}

TEST(a_kernel_before_5_11_is_refused)
{
	struct ring_test test;

	set_up(&test, "", NEW_IN_5_18, IORING_FEAT_EXT_ARG);
	assert_int_equal(test.result, -EOPNOTSUPP);
	assert_non_null(strstr(test.report.problem, "5.11"));
	tear_down(&test);
}

TEST(more_than_the_largest_ring_is_refused)
{
	struct ring_test test = {.setup = {.slot_count = 32769}};

	option_set_defaults(&uring_option_table, &test.uring.options, &test.arena);
	test.setup.arena = &test.arena;
	unknown_flags = missing_features = 0;
	test.result = uring_setup(&test.uring, &test.setup, &test.report, older_kernel);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "32769"));
	assert_non_null(strstr(test.report.problem, "32768"));
	tear_down(&test);
}

TEST(files_that_change_cannot_be_registered)
{
	struct ring_test test;

	set_up(&test, "registerfiles=1", 0, 0);
	assert_int_equal(test.result, 0);
	uring_setup_undo(&test.uring);
	test.setup.targets_change = true;
	test.result = uring_setup(&test.uring, &test.setup, &test.report, older_kernel);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "openfiles"));
	tear_down(&test);
}

TEST(a_wait_for_one_needs_no_time_for_the_batch)
{
	struct ring_test test;

	set_up(&test, "", 0, 0);
	assert_int_equal(test.result, 0);
	uring_setup_undo(&test.uring);
	test.uring.options.min_wait_us = 5;
	test.setup.batch_complete_min = 1;
	test.result = uring_setup(&test.uring, &test.setup, &test.report, older_kernel);
	assert_int_equal(test.result, 0);
	assert_int_equal(test.uring.options.min_wait_us, 0);
	assert_string_equal(rig_setting(test.report.refused, "min_wait_us"), "5");
	tear_down(&test);
}

TEST(a_thread_has_sixteen_registered_rings)
{
	enum { RINGS = 17 };
	static struct ring_test tests[RINGS];
	struct ring_test insisting;

	for (int i = 0; i < RINGS; i++) {
		set_up(&tests[i], "", 0, 0);
		assert_int_equal(tests[i].result, 0);
		assert_string_equal(
			rig_setting(tests[i].report.effective, "registerring"), i < 16 ? "1" : "0");
	}
	assert_string_equal(tests[16].report.refused->name, "registerring");
	set_up(&insisting, "registerring=1", 0, 0);
	assert_int_equal(insisting.result, -EBUSY);
	assert_non_null(strstr(insisting.report.problem, "16 registered rings"));
	tear_down(&insisting);
	for (int i = 0; i < RINGS; i++)
		tear_down(&tests[i]);
}

TEST_MAIN(NULL, NULL);
