/* SPDX-License-Identifier: MIT */
/* Tables for a pull request or a report. */
#include <string.h>

#include "base/stream.h"
#include "base/text.h"
#include "result/job_table.h"
#include "result/result_fields.h"
#include "result/result_figures.h"

static void print_option(const struct result_job *job, const char *key, FILE *stream)
{
	const char *value = strcmp(key, "bs") == 0 ? result_block_sizes(&job->options)
						   : settings_value(&job->options, key);

	if (!value)
		return;
	fprintf(stream, ", %s=", key);
	page_markdown(stream, "", value, "");
}

static void print_what_ran(const struct result_job *job, FILE *stream)
{
	static const char *const keys[] = {"rw", "bs", "iodepth", "direct"};
	char text[FIGURE_BYTES_OF_TEXT];

	page_markdown(stream, "ioengine=", job->engine, "");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		print_option(job, keys[i], stream);
	if (job->numjobs > 1)
		fprintf(stream, ", %u jobs", job->numjobs);
	if (job->elapsed_ns > 0)
		fprintf(stream, ", %s", figure_text(text, FIGURE_TIME, (double)job->elapsed_ns));
	fputs("\n\n", stream);
}

static void print_kind(const char *name, uint64_t count, FILE *stream)
{
	if (count > 0)
		fprintf(stream, ", %llu %s", (unsigned long long)count, name);
}

static void print_verify(const struct result_verify *verify, FILE *stream)
{
	fprintf(stream, "- verify: %llu blocks, %llu wrong", (unsigned long long)verify->blocks,
		(unsigned long long)verify->wrong);
	for (unsigned i = 0; i < DIAGNOSIS_KIND_COUNT; i++)
		print_kind(diagnosis_kind_words(i), verify->kinds[i], stream);
	print_kind("behind the end of the target", verify->missing, stream);
	print_kind("not judged", result_verify_unjudged(verify), stream);
	fputc('\n', stream);
}

static void print_errors(const struct result_job *job, FILE *stream)
{
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const struct result_direction *d = &job->directions[i];

		for (size_t j = 0; j < d->error_count; j++) {
			fprintf(stream, "- %s: %llu ", io_direction_name(i),
				(unsigned long long)d->errors[j].count);
			page_markdown(stream, "", d->errors[j].name, "\n");
		}
		if (d->ignored_errors > 0)
			fprintf(stream, "- %s: %llu of the errors ignored (ignore\\_error)\n",
				io_direction_name(i), (unsigned long long)d->ignored_errors);
		if (d->short_ios > 0)
			fprintf(stream, "- %s: %llu short\n", io_direction_name(i),
				(unsigned long long)d->short_ios);
	}
	if (job->verify)
		print_verify(job->verify, stream);
	if (job->error || job->error_message) {
		page_markdown(stream, "- failed: ",
			job->error_message ? job->error_message : text_errno_name(job->error),
			"\n");
	}
}

static void print_job(const struct result_job *job, struct arena *arena, FILE *stream)
{
	struct grid grid;

	page_markdown(stream, "### ", job->name, "\n\n");
	print_what_ran(job, stream);
	job_table(&grid, arena, job);
	if (grid.row_count > 0)
		grid_print_markdown(&grid, stream);
	else
		fputs("No I/O was done.\n", stream);
	fputc('\n', stream);
	if (result_job_errors(job) > 0 || job->error || job->error_message || job->verify) {
		print_errors(job, stream);
		fputc('\n', stream);
	}
}

static void print_warnings(const struct result *result, FILE *stream)
{
	for (size_t i = 0; i < result->warning_count; i++) {
		const struct result_warning *warning = &result->warnings[i];

		fputs(i == 0 ? "\n- warning: " : "- warning: ", stream);
		if (warning->job)
			page_markdown(stream, "", warning->job, ": ");
		page_markdown(stream, "", warning->message, "\n");
	}
	if (result->signal)
		fprintf(stream, "\nStopped by signal %d: these are the figures up to then.\n",
			result->signal);
}

int write_markdown(const struct result *result, FILE *stream)
{
	struct arena arena = {0};
	struct grid grid;

	errno = 0;
	for (size_t i = 0; i < result->job_count; i++)
		print_job(&result->jobs[i], &arena, stream);
	fputs("### Summary\n\n", stream);
	job_table_of_run(&grid, &arena, result);
	grid_print_markdown(&grid, stream);
	print_warnings(result, stream);
	arena_free(&arena);
	return stream_finish(stream);
}
