/* SPDX-License-Identifier: MIT */
/* Which bytes of targets are used: sizes, offsets, growth; whole files and copies. */
#include "run/plan.h"
#include "test.h"
#include "unit/run/plan_rig.h"

/* What fio 3.33 does with the same options: bs is 64k, f is missing or has `own` bytes. */
static const struct region_case {
	const char *options;
	uint64_t own; /* 0: f is missing */
	uint64_t offset, bytes, pass_bytes;
} region_cases[] = {
	{"filesize=16m\nsize=4m\noffset=8m\nrw=read", 16 * MIB, 8 * MIB, 8 * MIB, 4 * MIB},
	{"filesize=4m\noffset=1m\nrw=write", 0, MIB, 3 * MIB, 3 * MIB},
	{"filesize=4m\noffset=1m\nrw=write", 4 * MIB, MIB, 3 * MIB, 3 * MIB},
	{"filesize=2m\noffset=1m\nrw=write", 4 * MIB, MIB, MIB, MIB},
	{"filesize=8m\noffset=25%\nrw=write", 4 * MIB, MIB, 7 * MIB, 7 * MIB},
	{"filesize=8m\nsize=50%\noffset=1m\nrw=write", 0, MIB, 4 * MIB, 4 * MIB},
	{"filesize=4m\noffset=1m\nsize=8m\nrw=read", 4 * MIB, MIB, 3 * MIB, 3 * MIB},
	{"filesize=4m\noffset=1m\nio_size=50%\nrw=read", 4 * MIB, MIB, 3 * MIB, 1536 * KIB},
	{"filesize=4m\noffset=1m\nio_size=8m\nrw=read", 4 * MIB, MIB, 3 * MIB, 8 * MIB},
	{"filesize=1m-8m\nrw=read", 4 * MIB, 0, 4 * MIB, 4 * MIB},
	{"filesize=1m-8m\noffset=1m\nrw=write", 4 * MIB, MIB, 3 * MIB, 3 * MIB},
	{"size=3m\noffset=2m\nrw=write", 4 * MIB, 2 * MIB, 3 * MIB, 3 * MIB},
	{"size=2m\noffset=1m\nio_size=50%\nrw=read", 4 * MIB, MIB, 2 * MIB, MIB},
	{"offset=1m\nrw=read", 4 * MIB, MIB, 3 * MIB, 3 * MIB},
	{"offset=25%\nsize=50%\nrw=read", 4 * MIB, MIB, 2 * MIB, 2 * MIB},
	{"offset=75%\nsize=50%\nrw=read", 4 * MIB, 3 * MIB, MIB, MIB},
	{"offset=30%\noffset_align=1m\nrw=read", 4 * MIB, 2 * MIB, 2 * MIB, 2 * MIB},
	{"offset=1m\noffset_align=4m\nrw=read", 4 * MIB, MIB, 3 * MIB, 3 * MIB},
	{"file_append=1\nsize=1m\nrw=write", 4 * MIB, 4 * MIB, MIB, MIB},
	{"file_append=1\nsize=1m\noffset=2m\nrw=write", 4 * MIB, 4 * MIB, MIB, MIB},
	{"file_append=1\nsize=1m\nrw=write", 0, 0, MIB, MIB},
	{"fill_device=1\nsize=2m\nrw=write", 0, 0, 2 * MIB, 2 * MIB},
	{"size=200%\nrw=read", 4 * MIB, 0, 4 * MIB, 4 * MIB},
	{"rw=write:-128k\nsize=2m", 4 * MIB, 0, 2 * MIB, 2 * MIB},
};

TEST_FIXTURE(plan_rig_open, plan_rig_close);

TEST(regions_are_where_fio_has_them)
{
	struct plan_rig *rig = *state;

	for (size_t i = 0; i < sizeof(region_cases) / sizeof(region_cases[0]); i++) {
		const struct region_case *item = &region_cases[i];
		const struct planned_job *planned;
		char text[256];

		unlink("f");
		if (item->own != 0)
			make_file("f", item->own);
		snprintf(text, sizeof(text), "[j]\nfilename=f\nbs=64k\n%s\n", item->options);
		planned = good_plan(rig, text);
		if (planned->regions[0].region_offset != item->offset ||
			planned->regions[0].region_bytes != item->bytes ||
			planned->pass_bytes != item->pass_bytes)
			fail_msg("%s: %llu + %llu, %llu done", text,
				(unsigned long long)planned->regions[0].region_offset,
				(unsigned long long)planned->regions[0].region_bytes,
				(unsigned long long)planned->pass_bytes);
	}
}

TEST(clones_share_a_file_of_a_size_by_increments)
{
	struct plan_rig *rig = *state;
	const struct planned_job *jobs = good_plan(rig,
		"[j]\nfilename=f\nfilesize=64m\nsize=32m\nnumjobs=2\noffset_increment=32m\n"
		"rw=write\n");

	assert_region(&jobs[0], 0, 0, 64 * MIB);
	assert_region(&jobs[1], 0, 32 * MIB, 32 * MIB);
	assert_int_equal(jobs[0].pass_bytes, 32 * MIB);
	assert_int_equal(jobs[1].pass_bytes, 32 * MIB);
}

TEST(files_share_size_and_the_first_get_what_is_over)
{
	struct plan_rig *rig = *state;
	const struct planned_job *planned =
		good_plan(rig, "[j]\nfilename=a:b:c\nsize=11\noffset=8k\nbs=1\nrw=write\n");

	assert_region(planned, 0, 8 * KIB, 4);
	assert_region(planned, 1, 8 * KIB, 4);
	assert_region(planned, 2, 8 * KIB, 3);
}

TEST(size_in_percent_is_cut_to_blocks)
{
	struct plan_rig *rig = *state;

	make_file("f", 100000);
	assert_region(good_plan(rig, "[j]\nfilename=f\nsize=50%\nbs=4k\n"), 0, 0, 12 * 4096);
	assert_region(good_plan(rig, "[j]\nfilename=f\nsize=50%\nbs=10000\n"), 0, 0, 50000);
	assert_region(good_plan(rig, "[j]\nfilename=f\nsize=50%\nbsrange=1k-4k\n"), 0, 0, 48 * KIB);
	/* All of it is what there is. */
	assert_region(good_plan(rig, "[j]\nfilename=f\nsize=100%\nbs=4k\n"), 0, 0, 100000);
}

TEST(offsets_in_percent_are_raised_to_blocks)
{
	struct plan_rig *rig = *state;
	const struct planned_job *jobs;

	make_file("f", 100000);
	jobs = good_plan(rig, "[j]\nfilename=f\noffset=10%\noffset_increment=20%\nnumjobs=2\n");
	assert_region(&jobs[0], 0, 12 * KIB, 100000 - 12 * KIB);
	assert_region(&jobs[1], 0, 32 * KIB, 100000 - 32 * KIB);
}

TEST(a_file_that_is_only_read_is_not_made_longer)
{
	struct plan_rig *rig = *state;
	static const char *const readers[] = {"rw=read\nsize=128k", "rw=read\noffset=32k\nsize=64k",
		"rw=randread\nfilesize=128k", "rw=openread\nfilesize=128k",
		"rw=read\nsize=128k\ncreate_on_open=1", "rw=read\nsize=128k\nreadonly=1",
		"rw=read\nnrfiles=2\nsize=256k", "rw=copy\nsize=128k"};

	make_file("f", 64 * KIB);
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		bool is_copy = strstr(readers[i], "copy") != NULL;
		char text[256];

		snprintf(text, sizeof(text), "[j]\nfilename=f%s\n%s\n", is_copy ? ":to" : "",
			readers[i]);
		assert_refused(rig, text, "f has 65536 bytes");
	}
	good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=128k\noverwrite=1\n");
	good_plan(rig, "[j]\nfilename=f\nrw=rw\nsize=128k\n");
	good_plan(rig, "[j]\nfilename=f:to\nrw=copy\nsize=64k\n");
	assert_region(good_plan(rig, "[j]\nfilename=f\nrw=stat\nfilesize=128k\n"), 0, 0, 64 * KIB);
}

TEST(what_an_earlier_job_makes_longer_can_be_read)
{
	struct plan_rig *rig = *state;

	make_file("f", 64 * KIB);
	good_plan(rig, "[w]\nfilename=f\nrw=write\nsize=128k\n[r]\nstonewall\nfilename=f\nrw="
		       "read\nsize=128k\n");
	assert_refused(rig,
		"[r]\nfilename=f\nrw=read\nsize=128k\n[w]\nstonewall\nfilename=f\nrw=write\nsize="
		"128k\n",
		"a job that only reads does not extend files");
}

TEST(a_missing_file_cannot_be_read_by_who_makes_it_on_opening)
{
	struct plan_rig *rig = *state;

	assert_refused(rig, "[j]\nfilename=f\nrw=read\nsize=64k\ncreate_on_open=1\n",
		"with create_on_open=1 a job that only reads does not extend it");
	good_plan(rig, "[j]\nfilename=f\nrw=write\nsize=64k\ncreate_on_open=1\n");
	good_plan(rig, "[w]\nfilename=f\nrw=write\nsize=64k\ncreate_on_open=1\n"
		       "[r]\nstonewall\nfilename=f\nrw=read\nsize=64k\ncreate_on_open=1\n");
}

TEST(an_offset_has_to_be_below_filesize)
{
	struct plan_rig *rig = *state;

	make_file("f", 16 * MIB);
	assert_refused(rig, "[j]\nfilename=f\nrw=write\nfilesize=4m\noffset=8m\n",
		"offset 8388608 is not below filesize, 4194304");
	assert_refused(rig, "[j]\nfilename=f\nrw=write\nfilesize=4m\noffset=4m\n",
		"offset 4194304 is not below filesize, 4194304");
	assert_refused(rig, "[j]\nfilename=f\nrw=write\nfilesize=4m\nbs=64k\noffset=4193k\n",
		"offset 4293632");
	assert_refused(rig,
		"[j]\nfilename=f\nrw=write\nfilesize=4m\nnumjobs=2\noffset_increment=4m\n",
		"offset 4194304 is not below filesize");
	assert_refused(rig, "[j]\nfilename=f\nrw=write\nfilesize=4m\nbs=64k\noffset=4064k\n",
		"no block of 65536 bytes fits into 32768 bytes");
}

TEST(amounts_of_passes)
{
	struct plan_rig *rig = *state;
	const struct planned_job *planned;

	planned = good_plan(rig, "[j]\nfilename=f\nrw=randwrite\nsize=64k\nio_size=256k\n");
	assert_int_equal(planned->pass_bytes, 256 * KIB);
	assert_true(planned->wraps);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=trimwrite\nsize=64k\n");
	assert_int_equal(planned->pass_bytes, 128 * KIB);
	assert_false(planned->wraps);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=write\nsize=64k\ntime_based\nruntime=1\n");
	assert_int_equal(planned->pass_bytes, UINT64_MAX);
	assert_true(planned->wraps);
	planned = good_plan(rig, "[j]\nfilename=a:b:c:d\nrw=write\nfilesize=64k\nsize=100k\n");
	assert_int_equal(planned->pass_bytes, 100 * KIB);
}

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
	assert_refused(rig, "[j]\nrw=openread\nfilename=new\n", "its size is not given");
	assert_refused(rig, "[j]\nrw=stat\nfilename=new\n", "its size is not given");
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
