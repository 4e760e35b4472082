/* SPDX-License-Identifier: MIT */
/* Whole files and pairs: what of them is used, and what is refused. */
#include "test.h"
#include "unit/run/plan_rig.h"

#include "run/plan_composite.h"

TEST_FIXTURE(plan_rig_open, plan_rig_close);

TEST(a_copy_has_its_sources_first)
{
	struct plan_rig *rig = *state;
	const struct planned_job *planned;

	make_file("a", 100 * KIB);
	make_file("b", 20 * KIB);
	planned = good_plan(rig, "[j]\nrw=copy\nfilename=a:x:b:y\nbs=16k\n");
	assert_int_equal(planned->target_count, 4);
	assert_int_equal(planned->pair_count, 2);
	assert_string_equal(planned->targets[0].path, "a");
	assert_string_equal(planned->targets[1].path, "b");
	assert_string_equal(planned->targets[2].path, "x");
	assert_string_equal(planned->targets[3].path, "y");
	assert_true(plan_is_source(planned, 1));
	assert_false(plan_is_source(planned, 2));
	assert_true(plan_is_destination(planned, 2));
	assert_false(plan_is_destination(planned, 1));
}

/* Both halves of a pair are the same part, and it counts once. */
TEST(a_destination_is_used_where_its_source_is)
{
	struct plan_rig *rig = *state;
	const struct planned_job *planned;

	make_file("a", 100 * KIB);
	make_file("b", 20 * KIB);
	planned = good_plan(rig, "[j]\nrw=copy\nfilename=a:x:b:y\nbs=16k\noffset=4k\n");
	assert_region(planned, 0, 4 * KIB, 96 * KIB);
	assert_region(planned, 1, 4 * KIB, 16 * KIB);
	assert_region(planned, 2, 4 * KIB, 96 * KIB);
	assert_region(planned, 3, 4 * KIB, 16 * KIB);
	assert_int_equal(planned->pass_bytes, 112 * KIB);
	/* size is shared by the pairs, not by the files. */
	planned = good_plan(rig, "[j]\nrw=copy\nfilename=a:x:b:y\nbs=4k\nsize=32k\n");
	assert_region(planned, 0, 0, 16 * KIB);
	assert_region(planned, 3, 0, 16 * KIB);
	assert_int_equal(planned->pass_bytes, 32 * KIB);
}

TEST(no_file_is_copied_to_itself)
{
	struct plan_rig *rig = *state;

	make_file("a", 64 * KIB);
	assert_int_equal(link("a", "same"), 0);
	assert_int_equal(symlink("a", "soft"), 0);
	assert_refused(rig, "[j]\nrw=copy\nfilename=a:same\n", "a and same are one file");
	assert_refused(rig, "[j]\nrw=copy\nfilename=soft:a\n", "soft and a are one file");
}

TEST(a_copy_past_the_cache_ends_with_a_sector)
{
	struct plan_rig *rig = *state;

	make_file("a", 10000);
	plan_of(rig, "[j]\nrw=copy\nfilename=a:x\ndirect=1\n");
	if (rig->plan.jobs[0].targets[0].refuses_direct)
		skip();
	assert_int_equal(rig->rc, -EINVAL);
	assert_non_null(strstr(rig->messages, "and a has 10000 to copy"));
	good_plan(rig, "[j]\nrw=copy\nfilename=a:x\n");
}

TEST(whole_files_are_as_long_as_they_are)
{
	struct plan_rig *rig = *state;
	const struct planned_job *planned;

	make_file("a", 10000);
	planned = good_plan(rig, "[j]\nrw=openread\nfilename=a\n");
	assert_region(planned, 0, 0, 10000);
	assert_int_equal(planned->pass_bytes, UINT64_MAX);
	planned = good_plan(rig, "[j]\nrw=openread\nfilename=a\nfilesize=4k\n");
	assert_region(planned, 0, 0, 10000);
	planned = good_plan(rig, "[j]\nrw=openread\nfilename=new\nfilesize=4k\n");
	assert_region(planned, 0, 0, 4 * KIB);
	planned = good_plan(rig, "[j]\nrw=openread\nfilename=a:new\nsize=64k\nfilesize=10000\n");
	assert_region(planned, 1, 0, 10000);
	/* Within the range it stays as it is. */
	planned = good_plan(rig, "[j]\nrw=openread\nfilename=a\nfilesize=4k-1m\n");
	assert_region(planned, 0, 0, 10000);
	assert_refused(rig, "[j]\nrw=openread\nfilename=new\n", "nothing says how large");
	assert_refused(rig, "[j]\nrw=stat\nfilename=new\n", "nothing says how large");
}

TEST(what_is_too_large_or_no_file_is_not_read_whole)
{
	struct plan_rig *rig = *state;

	make_sparse_file("a", (1u << 30) + 1);
	assert_refused(rig, "[j]\nrw=openread\nfilename=a\n", "larger than a buffer may be (1g)");
	good_plan(rig, "[j]\nrw=stat\nfilename=a\n");
	assert_refused(rig, "[j]\nrw=openread\nfilename=/dev/zero\n",
		"rw=openread takes files: /dev/zero is of kind character");
}

TEST_MAIN(NULL, NULL);
