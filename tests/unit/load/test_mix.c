/* SPDX-License-Identifier: MIT */
/* Operations and sizes: shares against their theory, syncs after exact counts, trim then write. */
#include <math.h>
#include <string.h>

#include "load/mix.h"
#include "test.h"
#include "unit/load/chi_square.h"

enum { IOS = 100000 };

static const struct block_size_spec fixed_sizes[DATA_DIRECTION_COUNT] = {
	{.min_bytes = 4096, .max_bytes = 4096},
	{.min_bytes = 8192, .max_bytes = 8192},
	{.min_bytes = 65536, .max_bytes = 65536},
};

static struct mix_spec spec_of(bool reads, bool writes, bool trims)
{
	return (struct mix_spec){.does = {reads, writes, trims},
		.read_percent = 50,
		.block_sizes = fixed_sizes,
		.seed = 3};
}

TEST(one_op_is_all_there_is)
{
	for (int op = IO_READ; op <= IO_TRIM; op++) {
		struct mix_spec spec = spec_of(op == IO_READ, op == IO_WRITE, op == IO_TRIM);
		struct mix mix;

		mix_init(&mix, &spec);
		for (int i = 0; i < 100; i++)
			assert_int_equal(mix_next_op(&mix), op);
	}
}

TEST(reads_are_their_percentage_of_a_mix)
{
	static const unsigned percents[] = {0, 1, 30, 50, 70, 99, 100};

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		struct mix_spec spec = spec_of(true, true, false);
		double share = percents[i] / 100.0;
		double reads = 0;
		struct mix mix;

		spec.read_percent = percents[i];
		mix_init(&mix, &spec);
		for (int k = 0; k < IOS; k++) {
			enum io_op op = mix_next_op(&mix);

			assert_true(op == IO_READ || op == IO_WRITE);
			reads += op == IO_READ;
		}
		assert_true(fabs(reads - IOS * share) <= 4 * sqrt(IOS * share * (1 - share)));
	}
}

/* How long one direction lasts is geometric: each I/O is drawn for itself. */
TEST(reads_and_writes_are_drawn_independently)
{
	struct mix_spec spec = spec_of(true, true, false);
	uint64_t pairs[4] = {0};
	enum io_op last = IO_READ;
	struct mix mix;

	mix_init(&mix, &spec);
	for (int i = 0; i < IOS; i++) {
		enum io_op op = mix_next_op(&mix);

		pairs[2 * (last == IO_READ) + (op == IO_READ)]++;
		last = op;
	}
	assert_true(fabs(chi_square_even(pairs, 4)) < CHI_SQUARE_LIMIT);
}

static void check_ops(struct mix *mix, const char *expected)
{
	static const char letters[] = {'r', 'w', 't', 's', 'd'};
	char found[64] = "";
	size_t length = strlen(expected);

	assert_true(length < sizeof(found));
	for (size_t i = 0; i < length; i++) {
		bool sync_is_due = mix_sync_is_due(mix);

		found[i] = letters[mix_next_op(mix)];
		assert_int_equal(sync_is_due, found[i] == 's' || found[i] == 'd');
	}
	assert_string_equal(found, expected);
}

TEST(fsync_comes_after_so_many_writes)
{
	struct mix_spec spec = spec_of(false, true, false);
	struct mix mix;

	spec.fsync_interval = 3;
	mix_init(&mix, &spec);
	check_ops(&mix, "wwwswwwswwws");
	spec.fsync_interval = 0;
	spec.fdatasync_interval = 1;
	mix_init(&mix, &spec);
	check_ops(&mix, "wdwdwd");
}

/* As fio: where both are due the fsync comes alone. */
TEST(fsync_stands_for_an_fdatasync_that_is_due)
{
	struct mix_spec spec = spec_of(false, true, false);
	struct mix mix;

	spec.fsync_interval = 4;
	spec.fdatasync_interval = 2;
	mix_init(&mix, &spec);
	check_ops(&mix, "wwdwwswwdwws");
	spec.fdatasync_interval = 3;
	mix_init(&mix, &spec);
	check_ops(&mix, "wwwdwswwdwwswdwwws");
}

TEST(reads_do_not_count_towards_a_sync)
{
	struct mix_spec spec = spec_of(true, true, false);
	unsigned writes = 0;
	unsigned syncs = 0;
	struct mix mix;

	spec.fsync_interval = 5;
	mix_init(&mix, &spec);
	for (int i = 0; i < 10000; i++) {
		enum io_op op = mix_next_op(&mix);

		writes += op == IO_WRITE;
		if (op == IO_SYNC) {
			syncs++;
			assert_int_equal(writes, 5 * syncs);
		}
	}
	assert_in_range(syncs, 800, 1000);
}

TEST(reading_only_never_syncs)
{
	struct mix_spec spec = spec_of(true, false, false);
	struct mix mix;

	spec.fsync_interval = 1;
	mix_init(&mix, &spec);
	check_ops(&mix, "rrrr");
}

TEST(trimwrite_trims_then_writes)
{
	struct mix_spec spec = spec_of(false, true, true);
	struct mix mix;

	spec.is_trimwrite = true;
	mix_init(&mix, &spec);
	check_ops(&mix, "twtwtw");
	assert_true(mix_repeats_trim(&mix, IO_WRITE));
	assert_false(mix_repeats_trim(&mix, IO_TRIM));
	spec.fsync_interval = 2;
	mix_init(&mix, &spec);
	check_ops(&mix, "twtwstwtws");
	spec = spec_of(false, true, false);
	mix_init(&mix, &spec);
	assert_false(mix_repeats_trim(&mix, IO_WRITE));
}

TEST(fixed_sizes_are_per_direction)
{
	struct mix_spec spec = spec_of(true, true, false);
	struct mix mix;

	mix_init(&mix, &spec);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(mix_next_bytes(&mix, DIRECTION_READ), 4096);
		assert_int_equal(mix_next_bytes(&mix, DIRECTION_WRITE), 8192);
		assert_int_equal(mix_next_bytes(&mix, DIRECTION_TRIM), 65536);
	}
}

/* Draws sizes min, min + step, … and checks that each is as likely. */
static void check_range(uint32_t min, uint32_t max, uint64_t step, uint32_t found_step)
{
	struct block_size_spec sizes[DATA_DIRECTION_COUNT];
	struct mix_spec spec = spec_of(true, false, false);
	static uint64_t counts[4096];
	size_t cells = (max - min) / found_step + 1;
	struct mix mix;

	memcpy(sizes, fixed_sizes, sizeof(sizes));
	sizes[DIRECTION_READ] = (struct block_size_spec){.min_bytes = min, .max_bytes = max};
	spec.block_sizes = sizes;
	spec.range_step_bytes = step;
	mix_init(&mix, &spec);
	assert_true(cells <= 4096);
	memset(counts, 0, sizeof(counts));
	for (int i = 0; i < IOS; i++) {
		uint32_t bytes = mix_next_bytes(&mix, DIRECTION_READ);

		assert_in_range(bytes, min, max);
		assert_int_equal((bytes - min) % found_step, 0);
		counts[(bytes - min) / found_step]++;
	}
	assert_true(fabs(chi_square_even(counts, cells)) < CHI_SQUARE_LIMIT);
}

TEST(range_sizes_are_multiples_of_the_smallest)
{
	check_range(512, 4096, 0, 512);
	check_range(4096, 65536, 0, 4096);
	check_range(4096, 8192, 512, 512);
	check_range(1000, 3500, 0, 1000);
}

TEST(unaligned_range_has_every_size)
{
	check_range(512, 1024, 1, 1);
}

TEST(split_sizes_have_their_shares)
{
	static const uint32_t bytes[] = {4096, 65536, 512, 1048576};
	static const double shares[] = {0.6, 0.3, 0.075, 0.025};
	struct block_size_spec sizes[DATA_DIRECTION_COUNT];
	struct mix_spec spec = spec_of(false, true, false);
	uint64_t counts[4] = {0};
	struct mix mix;

	memcpy(sizes, fixed_sizes, sizeof(sizes));
	/* Entries of no share, in the middle and last, are never drawn. */
	sizes[DIRECTION_WRITE] = (struct block_size_spec){.min_bytes = 512,
		.max_bytes = 1048576,
		.share_count = 6,
		.shares = (const struct block_size_share[]){
			{4096, 60}, {65536, 30}, {777, 0}, {512, 7.5}, {1048576, 2.5}, {888, 0}}};
	spec.block_sizes = sizes;
	mix_init(&mix, &spec);
	for (int i = 0; i < IOS; i++) {
		uint32_t size = mix_next_bytes(&mix, DIRECTION_WRITE);
		int k = 0;

		while (k < 4 && bytes[k] != size)
			k++;
		assert_in_range(k, 0, 3);
		counts[k]++;
	}
	assert_true(fabs(chi_square(counts, shares, 4)) < CHI_SQUARE_LIMIT);
}

TEST(sizes_within_a_limit_are_the_draws_that_fit)
{
	static struct block_size_share shares[] = {{512, 0}, {65536, 50}, {4096, 25}, {8192, 25}};
	static struct block_size_spec sizes[DATA_DIRECTION_COUNT] = {
		{.min_bytes = 1024, .max_bytes = 8192},
		{.share_count = 4, .shares = shares},
		{.min_bytes = 4096, .max_bytes = 4096},
	};
	struct mix_spec spec = spec_of(true, true, false);
	unsigned small = 0, rare = 0;
	struct mix mix;

	spec.block_sizes = sizes;
	mix_init(&mix, &spec);
	assert_int_equal(mix_smallest_bytes(&mix, DIRECTION_READ), 1024);
	assert_int_equal(mix_smallest_bytes(&mix, DIRECTION_WRITE), 4096); /* 512 never comes */
	assert_int_equal(mix_smallest_bytes(&mix, DIRECTION_TRIM), 4096);
	for (int i = 0; i < 1000; i++) {
		uint32_t bytes = mix_next_bytes_within(&mix, DIRECTION_WRITE, 60000);

		assert_true(bytes == 4096 || bytes == 8192);
		small += bytes == 4096;
		assert_int_equal(mix_next_bytes_within(&mix, DIRECTION_READ, 2047), 1024);
	}
	assert_in_range(small, 400, 600);

	shares[2].percent = 1e-9;
	shares[3].percent = 0;
	mix_init(&mix, &spec);
	for (int i = 0; i < 10; i++)
		rare += mix_next_bytes_within(&mix, DIRECTION_WRITE, 60000) == 4096;
	assert_int_equal(rare, 10);
}

TEST(split_of_one_entry_is_a_fixed_size)
{
	struct block_size_spec sizes[DATA_DIRECTION_COUNT];
	struct mix_spec spec = spec_of(true, false, false);
	struct mix mix;

	memcpy(sizes, fixed_sizes, sizeof(sizes));
	sizes[DIRECTION_READ] = (struct block_size_spec){.min_bytes = 16384,
		.max_bytes = 16384,
		.share_count = 1,
		.shares = &(struct block_size_share){16384, 100}};
	spec.block_sizes = sizes;
	mix_init(&mix, &spec);
	for (int i = 0; i < 100; i++)
		assert_int_equal(mix_next_bytes(&mix, DIRECTION_READ), 16384);
}

TEST(same_seed_gives_the_same_mix)
{
	struct mix_spec spec = spec_of(true, true, false);
	struct mix first, same, other;
	unsigned agreements = 0;

	mix_init(&first, &spec);
	mix_init(&same, &spec);
	spec.seed = 4;
	mix_init(&other, &spec);
	for (int i = 0; i < 1000; i++) {
		enum io_op op = mix_next_op(&first);

		assert_int_equal(op, mix_next_op(&same));
		agreements += op == mix_next_op(&other);
	}
	assert_in_range(agreements, 430, 570);
}

/* fio: rw=trimwrite, bs=4k,4k,8k: t0 w0 t2 w1 w2 t4 w3 w4; and bs=4k,8k,4k: t0 w0 t1 w2 w4 ... */
TEST(writes_of_their_own_size_follow_until_they_are_at_the_trim)
{
	static const struct {
		uint64_t write, trim; /* bytes, in units */
		const char *order;
	} cases[] = {{1, 2, "twtwwtwwtww"}, {2, 1, "twtwwwwwwww"}, {1, 3, "twtwwwtwwwt"},
		{2, 2, "twtwtwtwtwt"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const struct block_size_spec sizes[DATA_DIRECTION_COUNT] = {
			{1, 1, 0, NULL}, {1, 1, 0, NULL}, {1, 1, 0, NULL}};
		struct mix_spec spec = {.does = {false, true, true},
			.is_trimwrite = true,
			.writes_apart = true,
			.block_sizes = sizes};
		struct mix mix;

		mix_init(&mix, &spec);
		for (int pass = 0; pass < 2; pass++) {
			uint64_t write = 0, trim = 0;

			for (const char *wanted = cases[i].order; *wanted; wanted++) {
				enum io_op op = mix_next_op(&mix);

				assert_int_equal(op, *wanted == 't' ? IO_TRIM : IO_WRITE);
				assert_false(mix_repeats_trim(&mix, op));
				mix_note_place(&mix, op, op == IO_TRIM ? trim : write);
				trim += op == IO_TRIM ? cases[i].trim : 0;
				write += op == IO_WRITE ? cases[i].write : 0;
			}
			mix_begin_pass(&mix);
		}
	}
}

TEST_MAIN(NULL, NULL);
