/* SPDX-License-Identifier: MIT */
/* Which rank is slow, when the first and the last were done, and what is different among them. */
#include "result/text_ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/figure.h"
#include "text/grid.h"

enum {
	ROWS_SHOWN = 8,   /* all ranks have a row up to so many, */
	ROWS_OF_MANY = 4, /* and of more the slowest */
	DIFFERENCES_SHOWN = 4,
	LOST_SHOWN = 8,
};

static double iops_of(const struct result_rank *row)
{
	return row->elapsed_ns ? (double)row->ios * 1e9 / (double)row->elapsed_ns : 0;
}

static uint64_t end_of(const struct result_rank *row)
{
	return row->started_ns + row->elapsed_ns;
}

static int compare_rates(const void *a, const void *b)
{
	const struct result_rank *const *left = a, *const *right = b;
	double x = iops_of(*left), y = iops_of(*right);

	if (x != y)
		return x < y ? -1 : 1;
	return (*left)->rank < (*right)->rank ? -1 : 1;
}

static double median_of(const struct result_rank **by_rate, size_t count)
{
	return (iops_of(by_rate[(count - 1) / 2]) + iops_of(by_rate[count / 2])) / 2;
}

static void begin_table(struct grid *grid, size_t count, struct arena *arena)
{
	grid_init(grid, arena, count);
	grid->label_title = "";
	grid_add_figures(grid, "IOPS", FIGURE_COUNT, NULL);
	grid_add_figures(grid, "BW", FIGURE_BANDWIDTH, NULL);
	grid_add_figures(grid, "p50", FIGURE_TIME, NULL);
	grid_add_figures(grid, "p99", FIGURE_TIME, NULL);
	grid_add_figures(grid, "cores", FIGURE_NUMBER, NULL);
	grid_add_figures(grid, "of median", FIGURE_NUMBER, NULL);
	grid_add_texts(grid, "host", true);
}

static void add_row(
	struct grid *grid, const struct result_rank *row, double median, struct arena *arena)
{
	double seconds = (double)row->elapsed_ns / 1e9;

	grid_add_row(grid, arena_printf(arena, "rank %u", row->rank));
	grid_put(grid, seconds > 0 ? iops_of(row) : GRID_UNKNOWN);
	grid_put(grid, seconds > 0 ? (double)row->bytes / seconds : GRID_UNKNOWN);
	grid_put(grid, row->ios ? (double)row->p50_ns : GRID_UNKNOWN);
	grid_put(grid, row->ios ? (double)row->p99_ns : GRID_UNKNOWN);
	grid_put(grid, row->cores);
	grid_put(grid, median > 0 ? iops_of(row) / median : GRID_UNKNOWN);
	grid_put_text(grid, row->host);
}

/* Where the windows begin and end, those of the ranks that have one. */
struct skew {
	uint64_t first_start_ns, last_start_ns, first_end_ns, last_end_ns;
	const struct result_rank *first, *last; /* to end; NULL: no rank has a window */
};

static struct skew skew_of(const struct result_job_ranks *ranks)
{
	struct skew skew = {.first_start_ns = UINT64_MAX, .first_end_ns = UINT64_MAX};

	for (size_t i = 0; i < ranks->count; i++) {
		const struct result_rank *row = &ranks->rows[i];

		if (row->elapsed_ns == 0)
			continue;
		if (row->started_ns < skew.first_start_ns)
			skew.first_start_ns = row->started_ns;
		if (row->started_ns > skew.last_start_ns)
			skew.last_start_ns = row->started_ns;
		if (end_of(row) < skew.first_end_ns) {
			skew.first_end_ns = end_of(row);
			skew.first = row;
		}
		if (end_of(row) > skew.last_end_ns) {
			skew.last_end_ns = end_of(row);
			skew.last = row;
		}
	}
	return skew;
}

static void print_ends(const struct result_job_ranks *ranks, struct page *page)
{
	const struct skew skew = skew_of(ranks);
	char text[3][FIGURE_BYTES_OF_TEXT];

	if (!skew.first)
		return;
	page_line(page, PAGE_DIM, "ends");
	page_phrase(page, "", "rank %u first, after %s", skew.first->rank,
		figure_text(
			text[0], FIGURE_TIME, (double)(skew.first_end_ns - skew.first_start_ns)));
	page_phrase(page, ":", "all had done %s I/Os, %s by then",
		figure_text(text[0], FIGURE_COUNT, (double)ranks->ios_by_then),
		figure_text(text[1], FIGURE_BYTES, (double)ranks->bytes_by_then));
	page_phrase(page, ";", "rank %u last, %s later", skew.last->rank,
		figure_text(text[0], FIGURE_TIME, (double)(skew.last_end_ns - skew.first_end_ns)));
	if (skew.last_start_ns > skew.first_start_ns)
		page_phrase(page, ";", "windows began within %s",
			figure_text(text[0], FIGURE_TIME,
				(double)(skew.last_start_ns - skew.first_start_ns)));
	page_line_end(page);
}

static void print_slowest(
	const struct result_rank *slowest, size_t count, double median, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_DIM, "ranks");
	page_phrase(page, "", "%zu", count);
	page_phrase(page, ";", "slowest: host %s (rank %u): %s of the median", slowest->host,
		slowest->rank, figure_digits(text, median > 0 ? iops_of(slowest) / median : NAN));
	if (count > ROWS_SHOWN)
		page_phrase(page, ";", "the slowest %d are", ROWS_OF_MANY);
	page_line_end(page);
}

void text_ranks_of_job(const struct result_job *job, struct arena *arena, struct page *page)
{
	const struct result_job_ranks *ranks = job->ranks;
	const struct result_rank **by_rate;
	size_t shown;
	struct grid grid;
	double median;

	if (!ranks || ranks->count < 2 || !skew_of(ranks).first)
		return;
	by_rate = arena_alloc_array(arena, ranks->count, sizeof(struct result_rank *));
	for (size_t i = 0; i < ranks->count; i++)
		by_rate[i] = &ranks->rows[i];
	qsort(by_rate, ranks->count, sizeof(struct result_rank *), compare_rates);
	median = median_of(by_rate, ranks->count);
	print_slowest(by_rate[0], ranks->count, median, page);
	shown = ranks->count > ROWS_SHOWN ? ROWS_OF_MANY : ranks->count;
	begin_table(&grid, shown, arena);
	for (size_t i = 0; i < shown; i++)
		add_row(&grid, ranks->count > ROWS_SHOWN ? by_rate[i] : &ranks->rows[i], median,
			arena);
	fputc('\n', page->stream);
	grid_print(&grid, page);
	fputc('\n', page->stream);
	print_ends(ranks, page);
}

/* By how much the times of day of hosts are apart, at most. */
static void add_clocks(const struct result_cluster *cluster, struct page *page)
{
	char text[2][FIGURE_BYTES_OF_TEXT];
	const struct result_member *worst = &cluster->members[0];
	uint64_t error_ns = 0;

	for (size_t i = 0; i < cluster->member_count; i++) {
		const struct result_member *member = &cluster->members[i];

		if (fabs(member->clock_lead_ns) > fabs(worst->clock_lead_ns))
			worst = member;
		if (member->clock_error_ns > error_ns)
			error_ns = member->clock_error_ns;
	}
	if (error_ns == 0)
		return; /* There was no start, for which they are compared. */
	page_phrase(page, ";", "clocks are known to ±%s",
		figure_text(text[0], FIGURE_TIME, (double)error_ns));
	if (fabs(worst->clock_lead_ns) > (double)error_ns)
		page_phrase(page, ",", "that of %s is %s %s rank 0's", worst->host,
			figure_text(text[1], FIGURE_TIME, fabs(worst->clock_lead_ns)),
			worst->clock_lead_ns > 0 ? "before" : "behind");
}

static void print_lost(const struct result_cluster *cluster, struct page *page)
{
	if (cluster->lost_count == 0)
		return;
	page_line(page, PAGE_RED, "lost");
	for (size_t i = 0; i < cluster->lost_count && i < LOST_SHOWN; i++)
		page_phrase(
			page, ",", "rank %u (%s)", cluster->lost[i].rank, cluster->lost[i].host);
	if (cluster->lost_count > LOST_SHOWN)
		page_phrase(page, ",", "and %zu more", cluster->lost_count - LOST_SHOWN);
	page_line_end(page);
}

void text_ranks_of_run(const struct result *result, struct page *page)
{
	const struct result_cluster *cluster = result->cluster;

	if (!cluster || cluster->member_count == 0)
		return;
	fputc('\n', page->stream);
	page_line(page, PAGE_DIM, "cluster");
	page_phrase(page, "", "%u rank%s on %u host%s", cluster->rank_count,
		cluster->rank_count == 1 ? "" : "s", cluster->host_count,
		cluster->host_count == 1 ? "" : "s");
	if (cluster->rank_count > 1)
		add_clocks(cluster, page);
	page_line_end(page);
	print_lost(cluster, page);
	if (cluster->difference_count == 0)
		return;
	page_line(page, PAGE_YELLOW, "differ");
	for (size_t i = 0; i < cluster->difference_count && i < DIFFERENCES_SHOWN; i++) {
		const struct result_difference *difference = &cluster->differences[i];

		page_phrase(page, ",", "%s=%s on %s", difference->key,
			difference->value ? difference->value : "(none)", difference->ranks);
	}
	if (cluster->difference_count > DIFFERENCES_SHOWN)
		page_phrase(page, ",", "and %zu more facts of other ranks than 0",
			cluster->difference_count - DIFFERENCES_SHOWN);
	page_line_end(page);
}
