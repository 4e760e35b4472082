/* SPDX-License-Identifier: MIT */
/* job_block_sizes.c: what bs, bsrange and bssplit mean together. */
#include "job_rig.h"
#include "test.h"

#include "job/job_block_sizes.h"

static const struct block_size_spec *spec_of(
	struct job_rig *rig, const char *text, enum io_direction direction)
{
	return &rig_job(rig, text)->block_sizes.of[direction];
}

TEST(bs_is_fixed)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nbs=8k,32k,\n", DIRECTION_READ);
	assert_int_equal(spec[0].min_bytes, 8192);
	assert_int_equal(spec[0].max_bytes, 8192);
	assert_int_equal(spec[0].share_count, 0);
	assert_int_equal(spec[1].max_bytes, 32768);
	assert_int_equal(spec[2].max_bytes, 4096);
	rig_free(&rig);
}

TEST(bsrange_goes_before_bs)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nrw=rw\nbsrange=1k-4k,\nbs=8k\n", DIRECTION_READ);
	assert_int_equal(spec[0].min_bytes, 1024);
	assert_int_equal(spec[0].max_bytes, 4096);
	assert_int_equal(spec[1].min_bytes, 8192);
	assert_int_equal(spec[1].max_bytes, 8192);
	rig_free(&rig);
}

TEST(bssplit_goes_before_both)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nbssplit=64k/25:4k/75\nbsrange=1k-4k\nbs=8k\n",
		DIRECTION_WRITE);
	assert_int_equal(spec->min_bytes, 4096);
	assert_int_equal(spec->max_bytes, 65536);
	assert_int_equal(spec->share_count, 2);
	assert_int_equal(spec->shares[0].bytes, 65536);
	assert_true(spec->shares[0].percent == 25);
	assert_true(spec->shares[1].percent == 75);
	rig_free(&rig);
}

TEST(sizes_that_never_come_are_left_out)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nbssplit=1k/0:4k/100:1m/0\n", DIRECTION_READ);
	assert_int_equal(spec->share_count, 1);
	assert_int_equal(spec->min_bytes, 4096);
	assert_int_equal(spec->max_bytes, 4096);
	rig_free(&rig);
}

TEST(a_split_has_64_sizes_at_most)
{
	char text[1024] = "[a]\nsize=1m\nbssplit=";
	struct job_rig rig;

	for (int i = 0; i < 64; i++)
		snprintf(text + strlen(text), 8, i < 63 ? "4k/1:" : "4k");
	assert_int_equal(spec_of(&rig, text, DIRECTION_READ)->share_count, 64);
	rig_free(&rig);
	snprintf(text + strlen(text), 8, ":4k");
	rig_read(&rig, text);
	assert_non_null(strstr(rig.messages, "more than 64 sizes"));
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
