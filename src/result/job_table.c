/* SPDX-License-Identifier: MIT */
/* Which figures stand in which cell. */
#include "result/job_table.h"

#include <stdlib.h>
#include <string.h>

#include "result/result_figures.h"
#include "result/unified.h"

/* So many percentiles fit beside the other columns of a page of 100 columns. */
enum { PERCENTILES_SHOWN_LIMIT = 7 };

enum { ROWS_OF_DIRECTION = 7 }; /* lat, lag, service, slat, clat, these two of a sample */

/* What is shown of a list that is longer. */
static const double usual_percentiles[] = {50, 90, 99, 99.9, 99.99};
enum { USUAL_COUNT = sizeof(usual_percentiles) / sizeof(usual_percentiles[0]) };

static bool is_listed(const struct result_job *job, double percent)
{
	for (size_t i = 0; i < job->percentile_count; i++) {
		if (job->percentiles[i] == percent)
			return true;
	}
	return false;
}

/* The job's percentiles, or the usual ones among them, or the highest ones. Returns how many. */
static size_t shown_percentiles(
	const struct result_job *job, double shown[static PERCENTILES_SHOWN_LIMIT])
{
	size_t skipped = 0;
	size_t count = 0;

	if (job->percentile_count > PERCENTILES_SHOWN_LIMIT) {
		for (int i = 0; i < USUAL_COUNT; i++) {
			if (is_listed(job, usual_percentiles[i]))
				shown[count++] = usual_percentiles[i];
		}
		skipped = job->percentile_count - PERCENTILES_SHOWN_LIMIT;
	}
	if (count == 0) {
		for (size_t i = skipped; i < job->percentile_count; i++)
			shown[count++] = job->percentiles[i];
	}
	return count;
}

static double percentile_cell(const struct result_latency *latency, double percent)
{
	const struct histogram *histogram = latency->histogram;

	if (!histogram || !histogram_supports(histogram, percent, PERCENTILE_SAMPLES_NEEDED))
		return GRID_UNKNOWN;
	return (double)histogram_percentile(histogram, percent);
}

static double mean_cell(const struct result_latency *latency)
{
	return latency->summary.count ? histogram_summary_mean(&latency->summary) : GRID_UNKNOWN;
}

static void add_latency_row(struct grid *grid, const char *label, double iops, double bandwidth,
	const struct result_latency *latency, const double *percentiles, size_t percentile_count)
{

	grid_add_row(grid, label);
	grid_put(grid, iops);
	grid_put(grid, bandwidth);
	grid_put(grid, mean_cell(latency));
	for (size_t i = 0; i < percentile_count; i++)
		grid_put(grid, percentile_cell(latency, percentiles[i]));
	grid_put(grid, latency->summary.count ? (double)latency->summary.max_ns : GRID_UNKNOWN);
}

static void add_direction(struct grid *grid, struct arena *arena, const struct result_job *job,
	enum io_direction direction, const char *name, const double *percentiles, size_t count)
{
	const struct result_direction *d = &job->directions[direction];
	bool has_bytes = direction != DIRECTION_SYNC;
	/* clat has its buckets beside slat though nobody asked. */
	const char *clat = settings_value(&job->options, "clat_percentiles");
	bool asks_clat = !clat || strcmp(clat, "0") != 0;
	const struct {
		const char *name;
		const struct result_latency *latency;
		bool is_asked;
	} parts[] = {
		{"slat", &d->slat, true},
		{"clat", &d->clat, asks_clat},
		{"slat sample", &d->sample.slat, true},
		{"clat sample", &d->sample.clat, true},
	};

	add_latency_row(grid, name, result_iops(job, direction),
		has_bytes ? result_bytes_per_second(job, direction) : GRID_BLANK, &d->lat,
		percentiles, count);
	if (result_is_paced(d)) {
		add_latency_row(grid, arena_printf(arena, "%s lag", name), GRID_BLANK, GRID_BLANK,
			&d->pace.lag, percentiles, count);
		add_latency_row(grid, arena_printf(arena, "%s service", name), GRID_BLANK,
			GRID_BLANK, &d->pace.service, percentiles, count);
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].latency->histogram && parts[i].is_asked)
			add_latency_row(grid, arena_printf(arena, "%s %s", name, parts[i].name),
				GRID_BLANK, GRID_BLANK, parts[i].latency, percentiles, count);
	}
}

void job_table_begin(struct grid *grid, struct arena *arena, size_t row_limit,
	const double *percentiles, size_t count)
{
	char key[RESULT_PERCENTILE_BYTES];

	grid_init(grid, arena, row_limit);
	grid->shares_units = true;
	grid_add_figures(grid, "IOPS", FIGURE_COUNT, NULL);
	grid_add_figures(grid, "BW", FIGURE_BANDWIDTH, NULL);
	grid_add_figures(grid, "mean", FIGURE_TIME, NULL);
	for (size_t i = 0; i < count; i++)
		grid_add_figures(grid,
			arena_printf(arena, "p%s", result_percentile_key(key, percentiles[i])),
			FIGURE_TIME, NULL);
}

void job_table(struct grid *grid, struct arena *arena, const struct result_job *job)
{
	double percentiles[PERCENTILES_SHOWN_LIMIT];
	size_t count = shown_percentiles(job, percentiles);
	enum unified_mode mode = unified_mode_of(job);
	struct result_job sum;

	job_table_begin(grid, arena, (DIRECTION_COUNT + 1) * ROWS_OF_DIRECTION, percentiles, count);
	grid->label_title = "";
	grid_add_figures(grid, "max", FIGURE_TIME, NULL);
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		bool is_data = i < DATA_DIRECTION_COUNT;

		if (result_has_direction(job, i) && !(is_data && mode == UNIFIED_MIXED))
			add_direction(
				grid, arena, job, i, io_direction_name(i), percentiles, count);
	}
	if (mode == UNIFIED_NONE)
		return;
	sum = unified_job(job, arena);
	if (result_has_direction(&sum, DIRECTION_READ))
		add_direction(grid, arena, &sum, DIRECTION_READ, "mixed", percentiles, count);
}

static const double run_percentiles[] = {50, 99, 99.9};
enum { RUN_PERCENTILE_COUNT = sizeof(run_percentiles) / sizeof(run_percentiles[0]) };

/* The proof that a polled job was polled; of all jobs that ran at its time on its disk. */
static const char *device_interrupts(const struct result_job *job)
{
	return settings_value(&job->engine_proof, "device_interrupts");
}

static bool knows_interrupts(const struct result *result)
{
	for (size_t i = 0; i < result->job_count; i++) {
		if (device_interrupts(&result->jobs[i]))
			return true;
	}
	return false;
}

static double interrupts_cell(const struct result_job *job)
{
	const char *count = device_interrupts(job);

	return count ? strtod(count, NULL) : GRID_UNKNOWN;
}

static void add_run_row(struct grid *grid, const struct result_job *job, const char *label,
	enum io_direction direction, bool has_costs)
{
	const struct result_latency *lat = &job->directions[direction].lat;

	grid_add_row(grid, label);
	grid_put(grid, result_iops(job, direction));
	grid_put(grid, result_bytes_per_second(job, direction));
	grid_put(grid, mean_cell(lat));
	for (int i = 0; i < RUN_PERCENTILE_COUNT; i++) {
		bool listed = is_listed(job, run_percentiles[i]);

		grid_put(grid, listed ? percentile_cell(lat, run_percentiles[i]) : GRID_UNKNOWN);
	}
	grid_put(grid, has_costs ? result_cores(job) : GRID_BLANK);
	grid_put(grid, has_costs ? result_per_io(job, job->cpu.total_ns) : GRID_BLANK);
	grid_put(grid, has_costs ? result_per_io(job, job->syscalls) : GRID_BLANK);
	if (grid->next_column < grid->column_count)
		grid_put(grid, has_costs ? interrupts_cell(job) : GRID_BLANK);
}

static void add_job_to_run(struct grid *grid, struct arena *arena, const struct result_job *job)
{
	int direction_count = 0;
	bool is_first = true;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		direction_count += result_has_direction(job, i);
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const char *label = job->name;

		if (!result_has_direction(job, i))
			continue;
		if (direction_count > 1)
			label = arena_printf(arena, "%s %s", job->name, io_direction_name(i));
		add_run_row(grid, job, label, i, is_first);
		is_first = false;
	}
	if (direction_count == 0)
		grid_add_row(grid, job->name); /* Nothing is known of it. */
}

void job_table_of_run(struct grid *grid, struct arena *arena, const struct result *result)
{
	job_table_begin(grid, arena, result->job_count * DATA_DIRECTION_COUNT, run_percentiles,
		RUN_PERCENTILE_COUNT);
	grid->label_title = "job";
	grid_add_figures(grid, "cores", FIGURE_NUMBER, NULL);
	grid_add_figures(grid, "CPU", FIGURE_TIME, "/IO");
	grid_add_figures(grid, "syscalls", FIGURE_NUMBER, "/IO");
	if (knows_interrupts(result))
		grid_add_figures(grid, "irqs", FIGURE_COUNT, NULL);
	for (size_t i = 0; i < result->job_count; i++)
		add_job_to_run(grid, arena, &result->jobs[i]);
}
