/* SPDX-License-Identifier: MIT */
/* Parts of a shared target: each byte belongs to one rank, and is laid out by one. */
#include "run/plan_split.h"

#include "job/job_ranks.h"
#include "test.h"
#include "unit/run/plan_rig.h"

enum { MOST_RANKS = 17, MOST_BYTES = 1 << 20 };

TEST_FIXTURE(plan_rig_open, plan_rig_close);

static struct planned_job *plan_ranks(
	struct plan_rig *rig, const struct job_ranks *ranks, const char *text)
{
	const struct job_request request = {.ranks = *ranks};
	struct plan_request planned = {.set = &rig->jobs.set};

	plan_rig_forget(rig);
	rig_read_as(&rig->jobs, "t.job", text, &request);
	if (rig->jobs.rc != 0)
		fail_msg("%s:\n%s", text, rig->jobs.messages);
	assert_non_null(rig->diag.stream = open_memstream(&rig->messages, &rig->room));
	diag_init(&rig->diag, rig->diag.stream);
	rig->rc = plan_make(&rig->plan, &planned, &rig->diag);
	fflush(rig->diag.stream);
	return rig->plan.jobs;
}

static struct planned_job *good_rank(
	struct plan_rig *rig, uint32_t rank, uint32_t count, const char *text)
{
	struct planned_job *jobs =
		plan_ranks(rig, &(struct job_ranks){.rank = rank, .count = count}, text);

	if (rig->rc != 0)
		fail_msg("%s:\n%s", text, rig->messages);
	return jobs;
}

static void assert_rank_refused(struct plan_rig *rig, const char *text, const char *said)
{
	plan_ranks(rig, &(struct job_ranks){.rank = 1, .count = 4}, text);
	assert_int_equal(rig->rc, -EINVAL);
	if (!strstr(rig->messages, said))
		fail_msg("%s: '%s' is not in:\n%s", text, said, rig->messages);
}

/* How often each byte is of a rank, and laid out by one. */
struct coverage {
	uint8_t done[MOST_BYTES], laid_out[MOST_BYTES];
	uint64_t pass_bytes;
};

static void count_bytes(uint8_t *counts, uint64_t start, uint64_t bytes)
{
	assert_true(start + bytes <= MOST_BYTES);
	for (uint64_t i = start; i < start + bytes; i++)
		counts[i]++;
}

static void cover(struct coverage *coverage, struct planned_job *planned, uint32_t bs)
{
	struct arena arena = {0};
	const struct target_layout_part part = plan_split_layout(planned, 0);
	uint64_t done = 0;
	struct pattern *pattern;

	coverage->pass_bytes += planned->pass_bytes;
	if (part.is_set)
		count_bytes(coverage->laid_out, part.start, part.end - part.start);
	if (!planned->strides) {
		count_bytes(coverage->done, planned->regions[0].region_offset,
			planned->regions[0].region_bytes);
		return;
	}
	pattern = zone_stride_new(&arena, &planned->regions[0], &planned->strides[0]);
	while (done < planned->pass_bytes) {
		uint32_t bytes = bs;
		uint64_t offset = pattern_place(pattern, DIRECTION_WRITE, &bytes);

		assert_true(offset != PATTERN_END);
		assert_true(offset + bytes <= plan_region_end(planned, 0));
		count_bytes(coverage->done, offset, bytes);
		done += bytes;
	}
	arena_free(&arena);
}

static void check_coverage(const struct coverage *coverage, const char *text, uint32_t ranks,
	uint64_t offset, uint64_t bytes, uint64_t laid_out)
{
	for (uint64_t i = 0; i < MOST_BYTES; i++) {
		if (coverage->done[i] != (i >= offset && i < offset + bytes))
			fail_msg("%s: %u ranks: byte %llu is of %u of them", text, ranks,
				(unsigned long long)i, coverage->done[i]);
		if (ranks > 1 && coverage->laid_out[i] != (i >= offset && i < offset + laid_out))
			fail_msg("%s: %u ranks: byte %llu is laid out by %u of them", text, ranks,
				(unsigned long long)i, coverage->laid_out[i]);
	}
}

TEST(each_byte_is_of_one_rank)
{
	static const struct {
		unsigned size, offset, bs;
	} sizes[] = {{65536, 0, 512}, {65536 + 511, 4096, 512}, {100000, 3, 1000},
		{100001, 12345, 1}, {19 * 4096, 4096, 4096}, {524287, 1, 8191}};
	static const char *const splits[] = {"segments", "interleaved", "auto"};
	struct plan_rig *rig = *state;

	for (size_t i = 0; i < 3 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		const char *split = splits[i % 3];
		unsigned size = sizes[i / 3].size, bs = sizes[i / 3].bs;
		bool is_dealt = strcmp(split, "interleaved") == 0;
		unsigned whole = is_dealt ? size - size % bs : size;
		char text[256];

		if (is_dealt && bs == 1)
			continue; /* a million plans of a byte: nothing that 512 does not show */
		snprintf(text, sizeof(text),
			"[j]\nfilename=f\nrw=write\nsize=%u\noffset=%u\nbs=%u\nsplit=%s\n", size,
			sizes[i / 3].offset, bs, split);
		for (uint32_t ranks = 1; ranks <= MOST_RANKS; ranks++) {
			struct coverage *coverage = calloc(1, sizeof(*coverage));

			assert_non_null(coverage);
			for (uint32_t rank = 0; rank < ranks; rank++)
				cover(coverage, good_rank(rig, rank, ranks, text), bs);
			check_coverage(coverage, text, ranks, sizes[i / 3].offset,
				ranks == 1 ? size : whole, size);
			free(coverage);
		}
	}
}

TEST(a_share_of_a_device_is_dealt_out)
{
	struct plan_rig *rig = *state;
	static const char text[] = "[j]\nfilename=f\nrw=randwrite\nsize=50%\nbs=4k\n";

	make_file("f", 8 * MIB);
	assert_region(good_rank(rig, 0, 4, text), 0, 0, MIB);
	assert_region(good_rank(rig, 3, 4, text), 0, 3 * MIB, MIB);
	assert_int_equal(good_rank(rig, 3, 4, text)->pass_bytes, MIB);
	assert_non_null(strstr((good_rank(rig, 0, 4, text), rig->messages),
		"each of 4 ranks has a segment of 1.00MiB of f"));
	good_rank(rig, 1, 4, text);
	assert_string_equal(rig->messages, "");
}

TEST(amounts_are_those_of_all_ranks_together)
{
	struct plan_rig *rig = *state;

	assert_int_equal(good_rank(rig, 1, 4, "[j]\nfilename=f\nrw=write\nsize=4m\nio_size=8m\n")
				 ->pass_bytes,
		2 * MIB);
	assert_int_equal(good_rank(rig, 1, 4, "[j]\nfilename=f\nrw=write\nsize=4m\nio_size=50%\n")
				 ->pass_bytes,
		512 * KIB);
	assert_int_equal(
		good_rank(rig, 1, 3, "[j]\nfilename=f\nrw=write\nsize=4m\nio_size=4m\nbs=64k\n")
			->pass_bytes,
		22 * 64 * KIB);
	assert_int_equal(
		good_rank(rig, 1, 4, "[j]\nfilename=f.$rank\nrw=write\nsize=4m\nio_size=8m\n")
			->pass_bytes,
		8 * MIB);
}

TEST(a_target_of_each_rank_or_of_none_is_whole)
{
	static const char *const texts[] = {"filename=f.$rank", "filename_format=f.$rank",
		"nrfiles=1", "filename=f\nsplit=none"};
	struct plan_rig *rig = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "[j]\n%s\nrw=write\nsize=4m\n", texts[i]);
		assert_region(good_rank(rig, 2, 4, text), 0, 0, 4 * MIB);
		assert_false(plan_split_layout(&rig->plan.jobs[0], 0).is_set);
		assert_string_equal(rig->messages, "");
	}
}

/* A local file, or one with $hostname in its name, is another one on each host. */
TEST(the_ranks_of_a_host_share_what_is_its_own)
{
	static const char *const hosts[] = {"a", "a", "b", "b", "b"};
	struct plan_rig *rig = *state;
	const struct job_ranks ranks = {.rank = 3, .count = 5, .hosts = hosts};

	assert_region(plan_ranks(rig, &ranks, "[j]\nfilename=f\nrw=write\nsize=3m\n"), 0, MIB, MIB);
	assert_region(plan_ranks(rig, &ranks,
			      "[j]\nfilename=f.$hostname\nrw=write\nsize=3m\nsplit=segments\n"),
		0, MIB, MIB);
	assert_region(
		plan_ranks(rig, &ranks, "[j]\nfilename=f\nrw=write\nsize=5m\nsplit=segments\n"), 0,
		3 * MIB, MIB);
}

TEST(increments_count_the_clones_of_all_ranks)
{
	static const char text[] = "[j]\nfilename=f\nrw=write\nsize=1m\noffset_increment=1m\n"
				   "numjobs=2\n";
	struct plan_rig *rig = *state;

	good_rank(rig, 3, 4, text);
	assert_region(&rig->plan.jobs[0], 0, 6 * MIB, MIB);
	assert_region(&rig->plan.jobs[1], 0, 7 * MIB, MIB);
	assert_int_equal(plan_split_layout(&rig->plan.jobs[1], 0).start, 7 * MIB);
	good_rank(rig, 3, 4,
		"[j]\nfilename=f\nrw=write\nsize=1m\noffset_increment=1m\nnumjobs=2\nsplit=none\n");
	assert_region(&rig->plan.jobs[1], 0, MIB, MIB);
}

TEST(a_reader_has_the_part_of_another_rank)
{
	static const char text[] = "[global]\nfilename=f\nsize=4m\nreorder=1\n[w]\nrw=write\n"
				   "[r]\nstonewall\nrw=read\n";
	struct plan_rig *rig = *state;

	good_rank(rig, 3, 4, text);
	assert_region(&rig->plan.jobs[0], 0, 3 * MIB, MIB);
	assert_region(&rig->plan.jobs[1], 0, 0, MIB);
}

/* Whatever the order of the ranks, and although each sees what the others have made by then. */
TEST(ranks_lay_one_file_out_together)
{
	static const char text[] = "[j]\nfilename=f\nrw=read\nsize=10000000\nbs=1000\n";
	static const uint32_t order[] = {2, 0, 3, 1};
	struct plan_rig plans[4];
	struct plan_rig *rig = *state;

	for (uint32_t i = 0; i < 4; i++) {
		plans[i] = (struct plan_rig){0};
		good_rank(&plans[i], i, 4, text);
	}
	for (uint32_t i = 0; i < 4; i++)
		lay_out(&plans[order[i]]);
	assert_int_equal(bytes_of("f"), 10000000);
	assert_int_equal(good_plan(rig, text)->targets[0].bytes, 10000000);
	assert_int_equal(target_hole_bytes(&rig->plan.jobs[0].targets[0], 0, 10000000), 0);
	for (uint32_t i = 0; i < 4; i++)
		plan_rig_forget(&plans[i]);
	/* Real data: no block of 1000 bytes is of zeros. */
	{
		FILE *file = fopen("f", "re");
		char block[1000], zeros[1000] = {0};

		assert_non_null(file);
		while (fread(block, sizeof(block), 1, file) == 1)
			assert_memory_not_equal(block, zeros, sizeof(block));
		fclose(file);
	}
}

TEST(what_ranks_cannot_share_is_refused)
{
	struct plan_rig *rig = *state;

	assert_rank_refused(rig, "[j]\nfilename=f\nrw=write\nsize=8k\nbs=4k\n",
		"4 ranks share f, and it has fewer blocks than that");
	assert_rank_refused(
		rig, "[j]\nfilename=f\nrw=write\nsize=4m\nfile_append=1\n", "write at its end");
	assert_rank_refused(
		rig, "[j]\nfilename=f\nrw=write\nfill_device=1\n", "write the same bytes");
	assert_rank_refused(rig, "[j]\nfilename=f\nrw=create\n", "made or removed once");
	assert_rank_refused(
		rig, "[j]\nfilename=f\nrw=write:-4k\nbs=4k\nsize=4m\n", "goes backwards");
	assert_rank_refused(
		rig, "[j]\nfilename=f\nrw=write\nfilesize=1m-4m\n", "a range of filesize");
	assert_rank_refused(rig,
		"[j]\nfilename=f\nrw=write\nsize=4m\noffset_increment=1m\nsplit=segments\n",
		"offset_increment gives");
	assert_rank_refused(rig, "[j]\nfilename=f\nrw=write\nsize=4m\nsplit=none\nverify=crc32c\n",
		"they cannot be verified");
	assert_rank_refused(rig,
		"[j]\nfilename=f\nrw=write\nsize=4m\nzonemode=strided\nzonesize=64k\nzonerange="
		"64k\n",
		"zonemode=strided is not dealt out");
	assert_rank_refused(rig, "[j]\nfilename=f\nrw=write\nsize=4m\nzonemode=zbd\nzonesize=1m\n",
		"write pointers");
	good_rank(rig, 1, 4, "[j]\nfilename=f.$rank\nrw=write\nsize=4m\nfile_append=1\n");
	good_rank(rig, 1, 4, "[j]\nfilename=f\nrw=write\nsize=4m\nsplit=none\n");
}

TEST_MAIN(NULL, NULL);
