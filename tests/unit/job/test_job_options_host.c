/* SPDX-License-Identifier: MIT */
/* covers: src/job/job_host_rules.c */
#include <linux/ioprio.h>

#include "job_rig.h"
#include "test.h"

static void expect_text(const char *line, const char *option, const char *value)
{
	struct job_rig rig;
	char text[256];

	snprintf(text, sizeof(text), "[a]\nsize=1m\nrw=write\n%s\n", line);
	rig_job(&rig, text);
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[0], option), value);
	rig_free(&rig);
}

static void expect_message(const char *line, int rc, const char *message)
{
	struct job_rig rig;
	char text[256];

	snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", line);
	rig_read(&rig, text);
	assert_int_equal(rig.rc, rc);
	if (!strstr(rig.messages, message))
		fail_msg("'%s' is not in:\n%s", message, rig.messages);
	rig_free(&rig);
}

TEST(values_print_back)
{
	expect_text("nice=-5", "nice", "-5");
	expect_text("nice=19", "nice", "19");
	expect_text("prio=3", "prio", "3");
	expect_text("mem=shm", "mem", "shm");
	expect_text("mem=mmapthp", "mem", "mmapthp");
	expect_text("iomem=mmaphuge:/dev/hugepages/x", "mem", "mmaphuge:/dev/hugepages/x");
	expect_text("hugepage-size=1g", "hugepage-size", "1g");
	expect_text("mem_align=512", "iomem_align", "512");
	expect_text("lockmem=64m", "lockmem", "64m");
	expect_text("write_hint=extreme", "write_hint", "extreme");
	expect_text("ioscheduler=mq-deadline", "ioscheduler", "mq-deadline");
}

TEST(bad_values_are_refused)
{
	expect_message("nice=20", -EINVAL, "nice goes from -20 to 19");
	expect_message("nice=x", -EINVAL, "not a whole number");
	expect_message("prio=8", -EINVAL, "prio=8");
	expect_message("prioclass=4", -EINVAL, "prioclass=4");
	expect_message("mem=cudamalloc", -EINVAL, "not malloc, shm");
	expect_message("mem=shm:/x", -EINVAL, "only mmap, mmaphuge and mmapshared take a file");
	expect_message("mem=mmapthp:/x", -EINVAL, "only mmap, mmaphuge and mmapshared take a file");
	expect_message("mem=mmap:", -EINVAL, "a file's name is missing");
	expect_message("hugepage-size=3m", -EINVAL, "no power of 2");
	expect_message("write_hint=forever", -EINVAL, "write_hint=forever");
	expect_message("ioscheduler=../x", -EINVAL, "no scheduler's name");
	expect_message("numa_cpu_nodes=x", -EINVAL, "numa_cpu_nodes=x: not a list of nodes");
	expect_message("numa_mem_policy=bind", -EINVAL, "bind needs nodes");
}

TEST(priorities_of_commands)
{
	expect_text("ioengine=libaio\ncmdprio_percentage=30", "cmdprio_percentage", "30");
	expect_text("ioengine=libaio\ncmdprio_percentage=30,5", "cmdprio_percentage", "30,5,5");
	expect_text("ioengine=io_uring\ncmdprio_percentage=1\ncmdprio_class=2,3", "cmdprio_class",
		"2,3,3");
	expect_text("ioengine=io_uring\ncmdprio_percentage=1\ncmdprio=7", "cmdprio", "7");
	expect_text("ioengine=libaio\ncmdprio_bssplit=4k/30:64k/50/2/0,8k/1", "cmdprio_bssplit",
		"4k/30:64k/50/2/0,8k/1");
	expect_message("ioengine=libaio\ncmdprio_class=0", -EINVAL, "classes are 1 real-time");
	expect_message("ioengine=libaio\ncmdprio=8", -EINVAL, "priorities are 0");
	expect_message("ioengine=libaio\ncmdprio_bssplit=4k/3/2", -EINVAL, "not SIZE/PERCENT");
	expect_message("ioengine=libaio\ncmdprio_bssplit=4k/30/2/0/1:4k/60/2/0/0", 0,
		"priority hints are not sent");
	expect_message("ioengine=libaio\ncmdprio_bssplit=4k/3/2/0/1024", -EINVAL, "hints are 0");
	expect_message(
		"ioengine=libaio\ncmdprio_bssplit=4k/3/2/0/1/1", -EINVAL, "not SIZE/PERCENT");
	expect_message("ioengine=libaio\ncmdprio_bssplit=4k/60:4k/50", -EINVAL,
		"one block size has more than 100");
	expect_message("ioengine=libaio\ncmdprio_bssplit=4k/60\ncmdprio_percentage=3", -EINVAL,
		"exclude each other");
	expect_message("ioengine=psync\ncmdprio_percentage=3", -EINVAL,
		"I/Os of engine 'psync' have no priorities of their own");
	expect_message("ioengine=libaio\ncmdprio_class=2", 0, "no I/O has this priority");
}

TEST(splits_are_by_direction_and_size)
{
	const struct priority_spec *specs;
	struct job_rig rig;

	rig_job(&rig, "[a]\nsize=1m\nrw=rw\nioengine=libaio\n"
		      "cmdprio_bssplit=4k/30:8k/0:64k/50/2/6,8k/1\n");
	specs = rig.set.jobs[0].rare->host.cmdprio.bssplit.of;
	assert_int_equal(specs[DIRECTION_READ].count, 2);
	assert_int_equal(specs[DIRECTION_READ].shares[0].bytes, 4096);
	assert_int_equal(specs[DIRECTION_READ].shares[0].percent, 30);
	assert_int_equal(specs[DIRECTION_READ].shares[0].priority, 0);
	assert_int_equal(specs[DIRECTION_READ].shares[1].priority, 2 << 13 | 6);
	assert_int_equal(specs[DIRECTION_WRITE].count, 1);
	assert_int_equal(specs[DIRECTION_WRITE].shares[0].bytes, 8192);
	rig_free(&rig);
}

TEST(what_has_no_effect_is_told)
{
	expect_message("hugepage-size=2m", 0, "no effect without mem=shmhuge");
	expect_message("write_hint=short", 0, "write_hint has no effect on a job that writes");
	expect_message("direct=1\niomem_align=100", 0, "O_DIRECT takes buffers at multiples");
}

TEST(atomic_writes_are_direct)
{
	struct job_rig rig;

	rig_read(&rig, "[a]\nsize=1m\nrw=write\nioengine=pvsync2\natomic=1\n"
		       "[b]\nsize=1m\nrw=write\nioengine=io_uring\natomic=0\n");
	assert_int_equal(rig.rc, 0);
	assert_true(rig.set.jobs[0].direct);
	assert_non_null(strstr(rig.messages, "atomic=1: direct=1"));
	assert_false(rig.set.jobs[1].direct);
	rig_free(&rig);
}

static unsigned priority_of(const char *line)
{
	struct job_rig rig;
	char text[256];
	unsigned priority;

	snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", line);
	rig_job(&rig, text);
	priority = rig.set.jobs[0].rare->host.io_priority;
	rig_free(&rig);
	return priority;
}

TEST(a_priority_without_a_class_is_best_effort)
{
	assert_int_equal(priority_of(""), 0);
	assert_int_equal(priority_of("prio=3"), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	assert_int_equal(priority_of("prio=0"), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 0));
	assert_int_equal(priority_of("prioclass=3"), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	assert_int_equal(priority_of("prio=7\nprioclass=1"), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, 7));
}

TEST_MAIN(NULL, NULL);
