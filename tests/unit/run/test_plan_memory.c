/* SPDX-License-Identifier: MIT */
/* What the jobs that run at once take of memory before they start. */
#include "test.h"
#include "unit/run/plan_rig.h"

/* The least that is enough for this plan. */
static uint64_t memory_of(struct plan_rig *rig, const char *text)
{
	uint64_t least = 0;

	good_plan(rig, text);
	for (uint64_t bit = 1ull << 40; bit > 0; bit >>= 1) {
		FILE *quiet = fopen("/dev/null", "we");
		struct diag diag;

		assert_non_null(quiet);
		diag_init(&diag, quiet);
		if (plan_check_memory(&rig->plan, (least | bit) - 1, &diag) != 0)
			least |= bit;
		fclose(quiet);
	}
	return least;
}

TEST_FIXTURE(plan_rig_open, plan_rig_close);

TEST(buffers_are_depth_times_the_largest_block)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\niodepth=8\nbs=4k\n"), 32 * KIB);
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\nrw=rw\niodepth=8\nbs=4k,64k\n"),
		512 * KIB);
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\niodepth=2\nbssplit=4k/99:128k/1\n"),
		256 * KIB);
}

TEST(an_engine_of_one_io_has_one_buffer)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=psync\nsize=1m\niodepth=8\nbs=4k\n"), 4 * KIB);
}

TEST(clones_add_up_and_waves_do_not)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig,
			"[global]\nioengine=null\nsize=1m\nbs=4k\n[a]\nnumjobs=3\n[b]\nbs=8k\n"),
		20 * KIB);
	assert_int_equal(memory_of(rig, "[global]\nioengine=null\nsize=1m\nbs=4k\n[a]\nnumjobs=3\n"
					"[b]\nstonewall\nbs=8k\n"),
		12 * KIB);
}

/* A bit for each block that all sizes are multiples of, and a 63rd of that above it. */
TEST(maps_of_blocks_of_several_sizes_count)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nrw=randread\nsize=64m\nbsrange=1k-4k\n"),
		4 * KIB + 8 * (1024 + 16 + 1));
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nrw=randrw\nsize=64m\nbs=4k,64k\niodepth=2\n"),
		128 * KIB + 8 * (256 + 4 + 1));
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nrw=randread\nsize=64m\nbssplit=4k/50:6k/50\n"),
		6 * KIB + 8 * (512 + 8 + 1));
	assert_int_equal(memory_of(rig, "[j]\nioengine=null\nrw=randread\nsize=64m\nbsrange=1k-4k\n"
					"norandommap\n"),
		4 * KIB);
	good_plan(rig, "[j]\nioengine=null\nrw=randread\nsize=8t\nbsrange=512-4k\n");
	assert_int_equal(plan_check_memory(&rig->plan, MIB, &rig->diag), -EINVAL);
	fflush(rig->diag.stream);
	assert_non_null(strstr(rig->messages, "or norandommap=1"));
}

TEST(too_little_is_refused_with_its_cure)
{
	struct plan_rig *rig = *state;

	good_plan(rig, "[j]\nioengine=null\nsize=1m\nbs=64k\niodepth=4\n");
	assert_int_equal(plan_check_memory(&rig->plan, 256 * KIB - 1, &rig->diag), -EINVAL);
	fflush(rig->diag.stream);
	assert_non_null(strstr(rig->messages, "lower numjobs, iodepth or bs"));
	assert_int_equal(plan_check_memory(&rig->plan, 256 * KIB, &rig->diag), 0);
}

TEST_MAIN(NULL, NULL);
