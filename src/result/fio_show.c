/* SPDX-License-Identifier: MIT */
/* A head, the jobs, and a row for each of their directions; or a page. */
#include "result/fio.h"

#include <errno.h>
#include <string.h>

#include "base/stream.h"
#include "base/text.h"
#include "report/html.h"
#include "result/job_table.h"
#include "result/result_figures.h"

static const double percentiles[] = {50, 90, 99, 99.9, 99.99};
enum { PERCENTILE_COUNT = sizeof(percentiles) / sizeof(percentiles[0]) };

/* fio's lat, or clat where that is all it has. */
static const struct latency_summary *latency_of(const struct result_direction *direction)
{
	return direction->lat.summary.count > 0 ? &direction->lat.summary
						: &direction->clat.summary;
}

static void add_row(struct grid *grid, const struct result_job *job, const struct fio_job *stated,
	const char *label, enum io_direction d, bool has_costs)
{
	const struct result_direction *direction = &job->directions[d];
	const struct latency_summary *latency = latency_of(direction);

	grid_add_row(grid, label);
	grid_put(grid, stated->directions[d].iops);
	grid_put(grid, stated->directions[d].bytes_per_second);
	grid_put(grid, latency->count > 0 ? histogram_summary_mean(latency) : GRID_UNKNOWN);
	for (int i = 0; i < PERCENTILE_COUNT; i++)
		grid_put(grid,
			fio_latency_percentile(direction, &stated->directions[d], percentiles[i]));
	grid_put(grid, latency->count > 0 ? (double)latency->max_ns : GRID_UNKNOWN);
	grid_put(grid, !has_costs              ? GRID_BLANK
		       : job->cpu.total_ns > 0 ? result_cores(job)
					       : GRID_UNKNOWN);
}

/* The costs are the job's, and stand in its first row. */
static void add_job(struct grid *grid, struct arena *arena, const struct result_job *job,
	const struct fio_job *stated)
{
	bool is_first = true;

	for (int d = 0; d < DIRECTION_COUNT; d++) {
		if (job->directions[d].ios == 0 && latency_of(&job->directions[d])->count == 0)
			continue;
		add_row(grid, job, stated,
			arena_printf(arena, "%s %s", job->name, io_direction_name(d)), d, is_first);
		is_first = false;
	}
}

static void fill(struct grid *grid, struct arena *arena, const struct fio_document *document)
{
	const struct result *result = &document->result;

	job_table_begin(
		grid, arena, result->job_count * DIRECTION_COUNT, percentiles, PERCENTILE_COUNT);
	grid->label_title = "job";
	grid_add_figures(grid, "max", FIGURE_TIME, NULL);
	grid_add_figures(grid, "cores", FIGURE_NUMBER, NULL);
	for (size_t i = 0; i < result->job_count; i++)
		add_job(grid, arena, &result->jobs[i], &document->jobs[i]);
}

static void print_job(const struct result_job *job, struct page *page)
{
	page_line(page, PAGE_DIM, "job");
	page_phrase(page, "", "%s:", job->name);
	page_phrase(page, "", "ioengine=%s", job->engine);
	for (size_t i = 0; i < job->options.count; i++) {
		const struct setting *option = &job->options.items[i];

		if (strcmp(option->key, "name") != 0 && strcmp(option->key, "ioengine") != 0)
			page_phrase(page, ",", "%s%s%s", option->key, option->value ? "=" : "",
				option->value ? option->value : "");
	}
	page_line_end(page);
	if (!job->error && result_job_errors(job) == 0)
		return;
	page_line(page, PAGE_RED, "failed");
	page_phrase(page, "", "%s:", job->name);
	if (result_job_errors(job) > 0)
		page_phrase(page, "", "%llu I/Os;", (unsigned long long)result_job_errors(job));
	if (job->error)
		page_phrase(page, "", "%s", text_errno_name(job->error));
	page_line_end(page);
}

static int show_text(const struct fio_document *document, FILE *stream)
{
	const struct result *result = &document->result;
	struct arena arena = {0};
	char started[32] = "";
	struct grid grid;
	struct page page;
	struct tm utc;

	page_open(&page, NULL, stream);
	gmtime_r(&result->started.tv_sec, &utc);
	strftime(started, sizeof(started), "%Y-%m-%d %H:%M:%S UTC", &utc);
	fprintf(page.stream, PAGE_DIM "%s, %s" PAGE_PLAIN "\n\n", result->version, started);
	for (size_t i = 0; i < result->job_count; i++)
		print_job(&result->jobs[i], &page);
	fputc('\n', page.stream);
	fill(&grid, &arena, document);
	grid_print(&grid, &page);
	arena_free(&arena);
	return page_close(&page);
}

static int show_markdown(const struct fio_document *document, FILE *stream)
{
	struct arena arena = {0};
	struct grid grid;

	errno = 0;
	fill(&grid, &arena, document);
	grid_print_markdown(&grid, stream);
	arena_free(&arena);
	return stream_finish(stream);
}

static int show_html(const struct fio_document *document, FILE *stream)
{
	const struct html_document page = {
		.name = text_name_of(document->path), .json = document->json};
	AUTO_ARENA struct arena arena = {0};

	return html_write(arena_printf(&arena, "ringside: %s", page.name), &page, 1, stream);
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct fio_document, function)},

DOCUMENT_FORMATS(fio_show_formats, "a fio result", const struct fio_document,
	WRITER("text", NULL, show_text) WRITER("markdown", "Markdown", show_markdown)
		WRITER("html", "a page with pictures", show_html));
