/* SPDX-License-Identifier: MIT */
#include "engine/rwf.h"
#include "test.h"

#include "unit/engine/rig.h"

static struct arena arena;
static struct engine_report report;
static struct target target;

static int start(void **state)
{
	char path[64];

	(void)state;
	report = (struct engine_report){.arena = &arena};
	target = (struct target){
		.kind = TARGET_FILE, .path = "the file", .descriptor = rig_temporary_file(path)};
	unlink(path);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	close(target.descriptor);
	arena_free(&arena);
	return 0;
}

static int check_direct(struct rwf_options options, unsigned op_mask, bool is_direct)
{
	struct engine_setup setup = {.targets = &target,
		.target_count = 1,
		.op_mask = op_mask,
		.is_direct = is_direct,
		.arena = &arena};

	return rwf_check(&options, &setup, &report);
}

static int check(struct rwf_options options, unsigned op_mask)
{
	return check_direct(options, op_mask, false);
}

TEST(flags_go_to_the_ops_that_have_them)
{
	const struct rwf_options all = {true, true, true, true};
	const struct rwf_options none = {0};

	assert_int_equal(rwf_flags(&all, IO_READ), 0x88);
	assert_int_equal(rwf_flags(&all, IO_WRITE), 0xca);
	assert_int_equal(rwf_flags(&all, IO_SYNC), 0);
	assert_int_equal(rwf_flags(&none, IO_WRITE), 0);
}

TEST_FIXTURE(start, stop);

TEST(a_trial_writes_nothing)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];

	rig_fill(content, 0, sizeof(content), 9);
	assert_int_equal(write(target.descriptor, content, sizeof(content)), sizeof(content));
	assert_int_equal(check((struct rwf_options){.dsync = true}, IO_BIT(IO_WRITE)), 0);
	assert_string_equal(rig_setting(report.effective, "dsync"), "1");
	memset(content, 0, sizeof(content));
	assert_int_equal(pread(target.descriptor, content, sizeof(content), 0), sizeof(content));
	rig_check(content, 0, sizeof(content), 9);
	assert_int_equal(lseek(target.descriptor, 0, SEEK_END), sizeof(content));
}

TEST(a_flag_that_the_target_does_not_take_is_told)
{
	close(target.descriptor);
	target.descriptor = open("/dev/zero", O_RDWR | O_CLOEXEC);
	assert_int_equal(
		check((struct rwf_options){.uncached = true}, IO_BIT(IO_READ)), -EOPNOTSUPP);
	assert_non_null(strstr(report.problem, "uncached=1: the file answers"));
	assert_non_null(strstr(report.problem, "EOPNOTSUPP"));
	assert_non_null(strstr(report.hint, "6.14"));
	assert_int_equal(report.effective.count, 0);
	assert_int_equal(
		check((struct rwf_options){.atomic = true}, IO_BIT(IO_WRITE)), -EOPNOTSUPP);
	assert_non_null(strstr(report.problem, "atomic=1"));
}

TEST(a_flag_that_no_io_of_the_job_has_is_refused)
{
	assert_int_equal(check((struct rwf_options){.dsync = true, .nowait = true},
				 IO_BIT(IO_READ) | IO_BIT(IO_SYNC)),
		0);
	assert_string_equal(rig_setting(report.effective, "nowait"), "1");
	assert_null(rig_setting(report.effective, "dsync"));
	assert_string_equal(rig_setting(report.refused, "dsync"), "1");
	assert_string_equal(
		report.refused.items[0].reason, "it is for writes, of which this job has none");
	report = (struct engine_report){.arena = &arena};
	assert_int_equal(check((struct rwf_options){.uncached = true}, IO_BIT(IO_STAT)), 0);
	assert_int_equal(report.effective.count, 0);
	assert_string_equal(rig_setting(report.refused, "uncached"), "1");
}

TEST(direct_io_is_uncached_by_itself)
{
	int result;

	result = check_direct((struct rwf_options){.uncached = true}, IO_BIT(IO_READ), true);
	if (result == -EOPNOTSUPP || result == -EINVAL) {
		print_message("skipped: %s\n", report.problem);
		skip();
	}
	assert_int_equal(result, 0);
	assert_int_equal(report.effective.count, 0);
	assert_string_equal(rig_setting(report.refused, "uncached"), "1");
}

TEST(a_copy_reads_and_writes)
{
	assert_int_equal(check((struct rwf_options){.dsync = true}, IO_BIT(IO_COPY)), 0);
	assert_string_equal(rig_setting(report.effective, "dsync"), "1");
	assert_int_equal(report.refused.count, 0);
}

TEST(nothing_asked_nothing_tried)
{
	close(target.descriptor);
	target.descriptor = -1;
	assert_int_equal(check((struct rwf_options){0}, IO_BIT(IO_READ)), 0);
	/* Not open yet: nothing can be tried. */
	assert_int_equal(check((struct rwf_options){.uncached = true}, IO_BIT(IO_READ)), 0);
	target.descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST_MAIN(NULL, NULL);
