/* SPDX-License-Identifier: MIT */
/* Columns of equal time: what is in them, however long the intervals are. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "result/series_columns.h"
#include "test.h"

enum { READS = 1u << DIRECTION_READ, BOTH = 1u << DIRECTION_READ | 1u << DIRECTION_WRITE };

static struct arena arena;
static struct result_job job;

static int set_up(void **state)
{
	(void)state;
	job = (struct result_job){.series.interval_ns = NS_PER_S};
	job.series.intervals = arena_alloc_array(&arena, 200, sizeof(*job.series.intervals));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* The next interval, of so many I/Os of this latency. */
static void add(double seconds, uint64_t ios, uint64_t latency_ns)
{
	static struct histogram histogram;
	struct result_interval *interval = &job.series.intervals[job.series.count];
	struct sparse_histogram lat = {0};

	memset(&histogram, 0, sizeof(histogram));
	if (job.series.count > 0)
		interval->start_ns = interval[-1].start_ns + interval[-1].duration_ns;
	interval->duration_ns = (uint64_t)(seconds * 1e9);
	if (ios > 0)
		histogram_record(&histogram, latency_ns, ios);
	sparse_histogram_record(&lat, &histogram);
	interval->directions[DIRECTION_READ].ios = ios;
	interval->directions[DIRECTION_READ].lat = lat;
	interval->directions[DIRECTION_READ].lat.buckets =
		arena_alloc_array(&arena, lat.count, sizeof(*lat.buckets));
	if (lat.count > 0)
		memcpy(interval->directions[DIRECTION_READ].lat.buckets, lat.buckets,
			lat.count * sizeof(*lat.buckets));
	sparse_histogram_free(&lat);
	job.series.count++;
}

TEST_FIXTURE(set_up, tear_down);

TEST(an_interval_is_a_column_while_there_is_room)
{
	struct series_columns columns;

	add(1, 100, 1000);
	add(1, 0, 0);
	add(1, 50, 2000);
	job.series.intervals[2].directions[DIRECTION_WRITE].ios = 7;
	columns = series_columns_make(&job, READS, 60, &arena);
	assert_int_equal(columns.count, 3);
	assert_float_equal(columns.columns[0].ios_per_second, 100, 1e-9);
	assert_float_equal(columns.columns[1].ios_per_second, 0, 0);
	assert_float_equal(columns.columns[2].ios_per_second, 50, 1e-9);
	assert_int_equal(columns.columns[0].p99_ns, 1000);
	assert_int_equal(columns.columns[1].p99_ns, 0);
	columns = series_columns_make(&job, BOTH, 60, &arena);
	assert_float_equal(columns.columns[2].ios_per_second, 57, 1e-9);
}

TEST(more_intervals_than_columns_are_whole_numbers_of_them)
{
	struct series_columns columns;

	for (unsigned i = 0; i < 130; i++)
		add(1, i, 1000 + i);
	columns = series_columns_make(&job, READS, 60, &arena);
	assert_int_equal(columns.length_ns, 3 * NS_PER_S);
	assert_int_equal(columns.count, 44);
	assert_float_equal(columns.columns[1].ios_per_second, (3 + 4 + 5) / 3.0, 1e-9);
	assert_float_equal(columns.columns[43].ios_per_second, 129, 1e-9);
}

/* Two that became one are shared out by time, and the rest is of the last column. */
TEST(intervals_of_other_lengths_keep_their_rates)
{
	struct series_columns columns;

	add(1, 100, 1000);
	add(2, 400, 1000);
	add(1.3, 130, 1000);
	columns = series_columns_make(&job, READS, 60, &arena);
	assert_int_equal(columns.count, 4);
	assert_float_equal(columns.columns[1].ios_per_second, 200, 1e-9);
	assert_float_equal(columns.columns[2].ios_per_second, 200, 1e-9);
	assert_float_equal(columns.columns[3].ios_per_second, 100, 1e-9);
}

TEST(without_a_series_there_are_no_columns)
{
	job.series.interval_ns = 0;
	assert_int_equal(series_columns_make(&job, READS, 60, &arena).count, 0);
	assert_int_equal(series_map_make(&job, READS, 60, 24, &arena).row_count, 0);
}

static double cell(const struct series_map *map, size_t row, size_t column)
{
	return map->counts[row * map->column_count + column];
}

TEST(a_map_has_a_row_for_half_an_octave)
{
	struct series_map map;

	add(1, 100, 1024);
	add(1, 3, 4096);
	map = series_map_make(&job, READS, 80, 24, &arena);
	assert_int_equal(map.column_count, 2);
	assert_int_equal(map.row_count, 5);
	assert_int_equal(map.half_octaves, 1);
	assert_float_equal(series_map_row_ns(&map, 0), 1024, 1e-9);
	assert_float_equal(series_map_row_ns(&map, 4), 4096, 1e-9);
	assert_float_equal(cell(&map, 0, 0), 100, 0);
	assert_float_equal(cell(&map, 4, 1), 3, 0);
	assert_float_equal(cell(&map, 0, 1), 0, 0);
	assert_float_equal(cell(&map, 4, 0), 0, 0);
}

TEST(rows_are_higher_where_there_are_too_many)
{
	struct series_map map;

	add(1, 10, 256);
	add(1, 10, 1073741824);
	map = series_map_make(&job, READS, 80, 24, &arena);
	assert_int_equal(map.half_octaves, 2);
	assert_int_equal(map.row_count, 23);
	assert_float_equal(series_map_row_ns(&map, 22), 1073741824, 1);
	assert_float_equal(cell(&map, 22, 1), 10, 0);
}

TEST(a_map_counts_every_io_once)
{
	struct series_map map;
	double sum = 0;

	for (unsigned i = 0; i < 100; i++)
		add(i == 50 ? 4 : 1, i, 700 + 1000 * i);
	map = series_map_make(&job, READS, 80, 24, &arena);
	for (size_t i = 0; i < map.row_count * map.column_count; i++)
		sum += map.counts[i];
	assert_float_equal(sum, 99 * 100 / 2, 1e-6);
}

TEST_MAIN(NULL, NULL);
