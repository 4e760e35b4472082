/* SPDX-License-Identifier: MIT */
/* A result for people: a screen a job, the jobs side by side, and what to beware of. */
#include <string.h>

#include "base/text.h"
#include "result/job_table.h"
#include "result/result_fields.h"
#include "result/result_figures.h"
#include "result/text_ranks.h"
#include "result/text_series.h"
#include "text/page.h"

enum { NAMES_OF_WARNING = 6 };

static void print_run_head(const struct result *result, struct page *page)
{
	struct tm utc;
	char started[32];

	gmtime_r(&result->started.tv_sec, &utc);
	strftime(started, sizeof(started), "%Y-%m-%d %H:%M:%S UTC", &utc);
	fprintf(page->stream, "%sringside %s (%s), %s, seed %llu", PAGE_DIM,
		result->version ? result->version : "?", result->git ? result->git : "?", started,
		(unsigned long long)result->seed);
	if (result->clock)
		fprintf(page->stream, ", clock %s", result->clock);
	fputs(PAGE_PLAIN "\n", page->stream);
}

static void print_summary(const struct result *result, struct arena *arena, struct page *page)
{
	struct grid grid;

	fputc('\n', page->stream);
	job_table_of_run(&grid, arena, result);
	grid_print(&grid, page);
}

/* What a page without the jobs' own blocks would hide. */
static void print_failures(const struct result *result, struct page *page)
{
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];
		uint64_t errors = result_job_failures(job);

		if (errors == 0 && !job->error && !job->error_message)
			continue;
		page_line(page, PAGE_RED, "failed");
		page_phrase(page, "", "%s:", job->name);
		if (errors > 0)
			page_phrase(page, "", "%llu I/Os", (unsigned long long)errors);
		if (job->error || job->error_message)
			page_phrase(page, errors > 0 ? ";" : "", "%s",
				job->error_message ? job->error_message
						   : text_errno_name(job->error));
		page_line_end(page);
	}
}

static void print_disks(const struct result *result, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (result->disk_count > 0)
		fputc('\n', page->stream);
	for (size_t i = 0; i < result->disk_count; i++) {
		const struct result_disk *disk = &result->disks[i];

		page_line(page, PAGE_DIM, "disk");
		page_phrase(page, "", "%s:", disk->name);
		page_phrase(page, "", "%s %% busy", figure_digits(text, disk->utilisation_percent));
		page_phrase(page, ",", "%s reads",
			figure_text(text, FIGURE_COUNT, (double)disk->read_ios));
		page_phrase(page, ",", "%s writes",
			figure_text(text, FIGURE_COUNT, (double)disk->write_ios));
		page_line_end(page);
	}
}

static bool says_the_same(const struct result_warning *a, const struct result_warning *b)
{
	return strcmp(a->message, b->message) == 0;
}

static bool was_said(const struct result *result, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (says_the_same(&result->warnings[i], &result->warnings[index]))
			return true;
	}
	return false;
}

/* Clones have one name; of many sections, as many as the eye takes in. */
static void print_whose(const struct result *result, size_t index, struct page *page)
{
	const struct result_warning *first = &result->warnings[index];
	const char *names[NAMES_OF_WARNING];
	size_t count = 0, more = 0;

	for (size_t i = index; i < result->warning_count; i++) {
		const struct result_warning *w = &result->warnings[i];

		if (!w->job || !says_the_same(first, w) ||
			(count > 0 && strcmp(names[count - 1], w->job) == 0))
			continue;
		if (count < NAMES_OF_WARNING)
			names[count++] = w->job;
		else
			more++;
	}
	for (size_t i = 0; i < count; i++)
		page_phrase(page, "", "%s%s", names[i], i + 1 < count ? "," : more == 0 ? ":" : "");
	if (more > 0)
		page_phrase(page, "", "and %zu more:", more);
}

/* One line for all jobs of which the same is to be said. */
static void print_warning(const struct result *result, size_t index, struct page *page)
{
	page_line(page, PAGE_YELLOW, "warning");
	print_whose(result, index, page);
	if (result->warnings[index].ranks && result->cluster && result->cluster->rank_count > 1)
		page_phrase(page, "", "rank%s %s:",
			result->warnings[index]
					.ranks[strspn(result->warnings[index].ranks, "0123456789")]
				? "s"
				: "",
			result->warnings[index].ranks);
	page_phrase(page, "", "%s", result->warnings[index].message);
	page_line_end(page);
}

static void print_warnings(const struct result *result, struct page *page)
{
	if (result->warning_count > 0 || result->signal)
		fputc('\n', page->stream);
	for (size_t i = 0; i < result->warning_count; i++) {
		if (!was_said(result, i))
			print_warning(result, i, page);
	}
	if (result->signal) {
		const char *name = sigabbrev_np(result->signal);

		page_line(page, PAGE_RED, "stopped");
		page_phrase(page, "", "by signal %d%s%s: these are the figures up to then",
			result->signal, name ? ", SIG" : "", name ? name : "");
		page_line_end(page);
	}
}

enum contents {
	CONTENTS_SUMMARY,
	CONTENTS_JOBS,
	CONTENTS_HEAT_MAPS, /* and the jobs */
};

static void print_jobs(
	const struct result *result, enum contents contents, struct arena *arena, struct page *page)
{
	for (size_t i = 0; i < result->job_count; i++) {
		text_job(&result->jobs[i], arena, page);
		if (contents == CONTENTS_HEAT_MAPS)
			text_heat_map(&result->jobs[i], arena, page);
	}
}

static int write_page(const struct result *result, const struct page_options *options,
	enum contents contents, FILE *stream)
{
	struct arena arena = {0};
	bool has_jobs = contents != CONTENTS_SUMMARY;
	struct page page;

	page_open(&page, options, stream);
	print_run_head(result, &page);
	if (has_jobs)
		print_jobs(result, contents, &arena, &page);
	if (!has_jobs || result->job_count > 1)
		print_summary(result, &arena, &page);
	if (!has_jobs)
		print_failures(result, &page);
	print_disks(result, &page);
	text_ranks_of_run(result, &page);
	print_warnings(result, &page);
	arena_free(&arena);
	return page_close(&page);
}

int write_text_with(const struct result *result, const struct page_options *options, FILE *stream)
{
	return write_page(result, options, CONTENTS_JOBS, stream);
}

int write_summary_with(
	const struct result *result, const struct page_options *options, FILE *stream)
{
	return write_page(result, options, CONTENTS_SUMMARY, stream);
}

int write_heat_map_with(
	const struct result *result, const struct page_options *options, FILE *stream)
{
	return write_page(result, options, CONTENTS_HEAT_MAPS, stream);
}

int write_text(const struct result *result, FILE *stream)
{
	return write_text_with(result, NULL, stream);
}

int write_heat_map(const struct result *result, FILE *stream)
{
	return write_heat_map_with(result, NULL, stream);
}

int write_summary(const struct result *result, FILE *stream)
{
	return write_summary_with(result, NULL, stream);
}
