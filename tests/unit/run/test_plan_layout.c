/* SPDX-License-Identifier: MIT */
/* Which files are made whole before a run, which stay as they are, and what is said of those. */
#include "test.h"
#include "unit/run/plan_rig.h"

static bool is_sparse(const char *name)
{
	struct stat status;

	assert_int_equal(stat(name, &status), 0);
	return status.st_blocks * 512 < status.st_size;
}

TEST_FIXTURE(plan_rig_open, plan_rig_close);

TEST(files_are_as_long_as_filesize_says)
{
	struct plan_rig *rig = *state;

	make_file("f", 16 * MIB);
	good_plan(rig, "[j]\nfilename=f\nfilesize=16m\nsize=4m\noffset=8m\nrw=read\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), 16 * MIB);
	for (int reads = 0; reads < 2; reads++) {
		unlink("g");
		good_plan(rig, reads ? "[j]\nfilename=g\nfilesize=8m\nsize=4m\nnumjobs=2\n"
				       "offset_increment=4m\nrw=read\n"
				     : "[j]\nfilename=g\nfilesize=8m\nsize=4m\nnumjobs=2\n"
				       "offset_increment=4m\nrw=write\n");
		lay_out(rig);
		assert_int_equal(bytes_of("g"), 8 * MIB);
	}
	good_plan(rig, "[j]\nnrfiles=2\nfilename=h:i\nfilesize=1m\noffset=256k\nrw=write\n");
	lay_out(rig);
	assert_int_equal(bytes_of("h"), MIB);
	assert_int_equal(bytes_of("i"), MIB);
}

/* Neither its length nor its content nor what it takes of the disk. */
TEST(a_file_that_is_only_read_stays_as_it_is)
{
	struct plan_rig *rig = *state;
	static const char *const readers[] = {"rw=read", "rw=randread\nsize=50%", "rw=openread",
		"rw=stat\nfilesize=2m", "rw=read\nreadonly=1", "rw=read\nfallocate=truncate",
		"rw=read\ncreate_on_open=1", "rw=copy\nsize=512k"};

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		bool is_copy = strstr(readers[i], "copy") != NULL;
		char text[256];

		make_sparse_file("f", MIB);
		snprintf(text, sizeof(text), "[j]\nfilename=f%s\nbs=64k\n%s\n",
			is_copy ? ":to" : "", readers[i]);
		good_plan(rig, text);
		lay_out(rig);
		assert_int_equal(bytes_of("f"), MIB);
		assert_true(is_sparse("f"));
	}
}

TEST(holes_in_what_is_read_are_counted)
{
	struct plan_rig *rig = *state;
	struct planned_job *planned;

	make_file("f", MIB / 2);
	assert_int_equal(truncate("f", MIB), 0);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=read\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, MIB / 2);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=read\noffset=256k\nsize=512k\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, MIB / 4);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=512k\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, 0);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=stat\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, 0);
	/* An earlier job fills them. */
	planned = good_plan(rig,
		"[w]\nfilename=f\nrw=write\nfallocate=none\n[r]\nstonewall\nfilename=f\nrw=read\n");
	lay_out(rig);
	assert_int_equal(planned[1].hole_bytes, 0);
}

TEST(overwrite_lets_a_reader_fill_and_lengthen)
{
	struct plan_rig *rig = *state;

	make_sparse_file("f", MIB);
	good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=2m\noverwrite=1\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), 2 * MIB);
	assert_false(is_sparse("f"));
}

TEST(a_missing_file_is_laid_out_for_its_reader)
{
	struct plan_rig *rig = *state;

	good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=1m\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), MIB);
	assert_false(is_sparse("f"));
}

TEST(a_mix_finds_its_file_whole)
{
	struct plan_rig *rig = *state;

	make_sparse_file("f", MIB);
	good_plan(rig, "[j]\nfilename=f\nrw=randrw\nsize=2m\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), 2 * MIB);
	assert_false(is_sparse("f"));
}

TEST(what_cannot_be_laid_out_is_said_with_its_job)
{
	struct plan_rig *rig = *state;

	assert_int_equal(mkdir("g", 0755), 0);
	good_plan(
		rig, "[a]\nfilename=f\nrw=write\nsize=64k\n[b]\nfilename=g/h\nrw=read\nsize=64k\n");
	assert_int_equal(rmdir("g"), 0);
	assert_int_equal(plan_lay_out(&rig->plan, &rig->diag, NULL, NULL), -ENOENT);
	assert_int_equal(rig->plan.failed_job, 1);
	assert_string_equal(rig->plan.failure, "cannot lay out g/h: No such file or directory");
}

TEST_MAIN(NULL, NULL);
