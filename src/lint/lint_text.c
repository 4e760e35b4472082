/* SPDX-License-Identifier: MIT */
/* What was found, for people: a file takes one screen, however many jobs and findings it has. */
#include <inttypes.h>
#include <string.h>
#include <sys/param.h>

#include "lint/lint.h"
#include "text/grid.h"

enum {
	JOBS_SHOWN = 12,
	FINDINGS_SHOWN = 14,
	NAMES_SHOWN = 4,
	TARGETS_SHOWN = 2,
	TARGET_COLUMNS_LEAST = 20,
	ROW_BYTES = 512
};

static const char *const labels[LINT_KIND_COUNT] = {"error", "danger", "fio", "warning", "note"};
static const char *const marks[LINT_KIND_COUNT] = {
	PAGE_RED, PAGE_RED, PAGE_YELLOW, PAGE_YELLOW, PAGE_DIM};

static const char *end_text(const struct lint_file *file, struct arena *arena)
{
	char text[FIGURE_BYTES_OF_TEXT];

	figure_text(text, FIGURE_TIME, (double)file->least_ns);
	if (file->ends_by_time)
		return arena_printf(arena, ", %s", text);
	return file->least_ns > 0 ? arena_printf(arena, ", at least %s", text) : "";
}

static const char *write_text(const struct lint_file *file, struct arena *arena)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (file->write_bytes == 0)
		return "; writes nothing";
	if (file->write_bytes == UINT64_MAX)
		return "; writes until it ends";
	return arena_printf(
		arena, "; writes %s", figure_text(text, FIGURE_BYTES, (double)file->write_bytes));
}

static void print_head(const struct lint_file *file, struct arena *arena, struct page *page)
{
	const char *s = file->job_count == 1 ? "" : "s";

	fprintf(page->stream, "%s%s%s: ", PAGE_BOLD, file->path, PAGE_PLAIN);
	if (file->code == EXIT_BAD_REQUEST)
		fprintf(page->stream, "%swould not run%s\n", PAGE_RED, PAGE_PLAIN);
	else if (file->code == EXIT_INCOMPARABLE)
		fprintf(page->stream, "%scannot run on this machine%s\n", PAGE_RED, PAGE_PLAIN);
	else
		fprintf(page->stream, "would run %zu job%s%s%s%s\n", file->job_count, s,
			file->wave_count > 1 ? arena_printf(arena, " in %u waves", file->wave_count)
					     : "",
			end_text(file, arena), write_text(file, arena));
}

static const char *targets_text(const struct lint_job *job, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < job->target_count && i < TARGETS_SHOWN; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "", job->targets[i]);
	if (job->target_count > TARGETS_SHOWN)
		text = arena_printf(
			arena, "%s, and %zu more", text, job->target_count - TARGETS_SHOWN);
	return text;
}

static const char *label_text(const struct lint_job *job, struct arena *arena)
{
	return job->clones > 1 ? arena_printf(arena, "%s × %u", job->name, job->clones) : job->name;
}

/* What the columns before the last one leave of the page, for targets, which may be long. */
static unsigned room_for_targets(
	const struct lint_file *file, const struct page *page, struct arena *arena)
{
	unsigned widths[4] = {0}, used = 2;
	size_t count = 0;

	for (const struct lint_job *job = file->jobs; job && count < JOBS_SHOWN;
		job = job->next, count++) {
		const char *texts[] = {
			label_text(job, arena), job->workload, job->engine, job->amount};

		for (size_t i = 0; i < 4; i++)
			widths[i] = MAX(widths[i], page_width(texts[i]));
	}
	for (size_t i = 0; i < 4; i++)
		used += widths[i] + 2;
	return used + TARGET_COLUMNS_LEAST < page->columns ? page->columns - used
							   : TARGET_COLUMNS_LEAST;
}

static void print_jobs(const struct lint_file *file, struct arena *arena, struct page *page)
{
	unsigned room = room_for_targets(file, page, arena);
	struct grid grid;
	size_t count = 0;

	if (file->job_count == 0)
		return;
	grid_init(&grid, arena, JOBS_SHOWN);
	(void)grid_add_texts(&grid, "does", true);
	(void)grid_add_texts(&grid, "engine", true);
	(void)grid_add_texts(&grid, "until", true);
	(void)grid_add_texts(&grid, "target", true);
	grid.label_title = "job";
	for (const struct lint_job *job = file->jobs; job && count < JOBS_SHOWN; job = job->next) {
		char targets[ROW_BYTES];

		(void)grid_add_row(&grid, label_text(job, arena));
		grid_put_text(&grid, job->workload);
		grid_put_text(&grid, job->engine);
		grid_put_text(&grid, job->amount);
		page_cut(targets, sizeof(targets), targets_text(job, arena), room);
		grid_put_text(&grid, arena_strdup(arena, targets));
		count++;
	}
	fputc('\n', page->stream);
	grid_print(&grid, page);
	if (file->job_count > count)
		fprintf(page->stream, "  and %zu more: ringside run --dry-run, or lint --json\n",
			file->job_count - count);
}

/* "[a, b, and 3 more]": the jobs of which the same is said. */
static void print_names(const struct lint_finding *finding, struct arena *arena, struct page *page)
{
	const struct lint_finding *other = finding;
	const char *names = "";
	size_t count = 0;

	for (; other; other = other->next_alike) {
		if (!other->job)
			continue;
		if (count < NAMES_SHOWN)
			names = arena_printf(
				arena, "%s%s%s", names, count > 0 ? ", " : "", other->job);
		count++;
	}
	if (count > NAMES_SHOWN)
		names = arena_printf(arena, "%s, and %zu more", names, count - NAMES_SHOWN);
	if (count > 0)
		page_phrase(page, "", "[%s]", names);
}

static void print_finding(
	const struct lint_finding *finding, struct arena *arena, struct page *page)
{
	size_t more = 0;

	for (const struct lint_finding *other = finding->next_alike; other;
		other = other->next_alike)
		more++;
	page_line(page, marks[finding->kind], labels[finding->kind]);
	if (finding->file && finding->line > 0)
		page_phrase(page, "", "%s:%" PRIu64 "%s", finding->file, finding->line,
			finding->job || more == 0 ? ":" : "");
	if (!finding->job && more > 0)
		page_phrase(page, "", "and %zu more:", more);
	print_names(finding, arena, page);
	page_phrase(page, "", "%s", finding->text);
	if (finding->hint)
		page_phrase(page, ";", "%shint: %s%s", PAGE_DIM, finding->hint, PAGE_PLAIN);
	page_line_end(page);
}

/* The same of several jobs is said once. */
static void print_findings(const struct lint_file *file, struct arena *arena, struct page *page)
{
	size_t shown = 0, left = 0;

	if (file->findings)
		fputc('\n', page->stream);
	for (const struct lint_finding *finding = file->findings; finding;
		finding = finding->next) {
		if (finding->first)
			continue;
		if (shown < FINDINGS_SHOWN)
			print_finding(finding, arena, page);
		else
			left++;
		shown++;
	}
	if (left > 0)
		fprintf(page->stream, "  and %zu more: --json=FILE has all\n", left);
}

int lint_write_text(struct lint *lint, FILE *stream)
{
	AUTO_ARENA struct arena arena = {0};
	struct page page;

	page_open(&page, NULL, stream);
	for (size_t i = 0; i < lint->count; i++) {
		if (i > 0)
			fputc('\n', page.stream);
		print_head(&lint->files[i], &arena, &page);
		print_jobs(&lint->files[i], &arena, &page);
		print_findings(&lint->files[i], &arena, &page);
	}
	return page_close(&page);
}
