/* SPDX-License-Identifier: MIT */
/* Options that choose fio's formats, and printing by them. */
#include "command/fio_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/documents.h"

static const struct {
	const char *name;
	uint32_t formats;
} names[] = {
	{"normal", FIO_FORMAT_NORMAL},
	{"json", FIO_FORMAT_JSON},
	{"json+", FIO_FORMAT_JSON | FIO_FORMAT_BINS},
	{"terse", FIO_FORMAT_TERSE},
	{"minimal", FIO_FORMAT_TERSE},
	{"csv", FIO_FORMAT_TERSE},
};

static uint32_t find_formats(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) == length && strncmp(names[i].name, name, length) == 0)
			return names[i].formats;
	}
	return 0;
}

static int parse_formats(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	uint32_t *formats = field;

	*formats = 0;
	for (const char *name = value;;) {
		size_t length = strcspn(name, ",");
		uint32_t found = find_formats(name, length);

		if (found == 0) {
			*problem = (struct option_problem){
				.what = arena_printf(
					arena, "unknown format '%.*s'", (int)length, name),
				.hint = "formats are normal, json, json+ and terse, one or "
					"several with commas",
				.at = (size_t)(name - value),
				.length = length,
			};
			return -EINVAL;
		}
		*formats |= found;
		if (name[length] == '\0')
			return 0;
		name += length + 1;
	}
}

/* As in fio the last of these options counts, and --append-terse adds to what is there. */
static int parse_minimal(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)value;
	(void)arena;
	(void)problem;
	*(uint32_t *)field = FIO_FORMAT_TERSE;
	return 0;
}

static int parse_append(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	uint32_t *formats = field;

	(void)value;
	(void)arena;
	(void)problem;
	*formats = (*formats ? *formats : (uint32_t)FIO_FORMAT_NORMAL) | FIO_FORMAT_TERSE;
	return 0;
}

/* One field: which formats, in bits. */
#define FORMATS_FIELD OPTION_FIELD_AS(struct fio_output, formats, uint32_t : 1)

const struct option fio_output_options[] = {
	{.type = OPTION_CUSTOM,
		FORMATS_FIELD,
		.parse = parse_formats,
		.name = "output-format",
		.syntax = "NAME[,NAME]...",
		.help = "print in fio's formats: normal, json, json+, terse"},
	{.type = OPTION_FLAG,
		FORMATS_FIELD,
		.parse = parse_minimal,
		.name = "minimal",
		.help = "the same as --output-format=terse"},
	{.type = OPTION_FLAG,
		FORMATS_FIELD,
		.parse = parse_append,
		.name = "append-terse",
		.help = "fio's terse lines as well"},
	{OPTION_BIND_COUNT(struct fio_output, terse_version), .name = "terse-version",
		.syntax = "N", .value_default = "3", .min = FIO_TERSE_OLDEST,
		.max = FIO_TERSE_NEWEST, .help = "version of fio's terse lines, 2 to 5"},
	{.name = NULL},
};

void fio_printer_open(struct fio_printer *printer, struct arguments *arguments,
	const struct fio_output *output, const char *path)
{
	*printer = (struct fio_printer){.arguments = arguments, .output = output, .path = path};
	if (!path)
		return;
	printer->stream = open_memstream(&printer->text, &printer->bytes);
	if (!printer->stream)
		arena_exhausted();
}

FILE *fio_printer_stream(struct fio_printer *printer)
{
	return printer->stream ? printer->stream : stdout;
}

/* A reader that stops early (head) has what it wanted. */
static int flush_stdout(struct fio_printer *printer)
{
	int error = fflush(stdout) == 0 && !ferror(stdout) ? 0 : -(errno ? errno : EIO);

	if (error == 0 || error == -EPIPE)
		return error;
	return documents_complain(printer->arguments, "to stdout", error);
}

int fio_printer_flush(struct fio_printer *printer)
{
	int error;

	if (printer->error != 0)
		return printer->error;
	if (!printer->stream) {
		error = flush_stdout(printer);
	} else if (fflush(printer->stream) != 0) {
		error = -errno;
	} else {
		error = documents_save(
			printer->arguments, printer->path, printer->text, printer->bytes);
	}
	printer->error = error;
	return error;
}

static bool is_reduced(const struct result_job *job)
{
	const struct setting *set = settings_find(&job->options, "gtod_reduce");

	return set && set->value && strcmp(set->value, "1") == 0;
}

static void leave_out_latencies(struct result_job *job)
{
	/* Those at the end, which fio does not count, are known by their latencies. */
	job->directions[DIRECTION_SYNC].ios -= job->closing_syncs.summary.count;
	job->closing_syncs = (struct result_latency){0};
	job->percentile_count = 0;
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		struct result_direction *direction = &job->directions[i];

		direction->slat = direction->clat = direction->lat = (struct result_latency){0};
		direction->sample = (struct result_sample){0};
		direction->priority_count = 0;
	}
}

/* As fio: of jobs with gtod_reduce it tells no latencies, although here they were measured. */
static struct result without_reduced_latencies(const struct result *result, struct arena *arena)
{
	struct result told = *result;

	told.jobs = arena_alloc_array(arena, result->job_count, sizeof(*told.jobs));
	for (size_t i = 0; i < result->job_count; i++) {
		told.jobs[i] = result->jobs[i];
		if (is_reduced(&told.jobs[i]))
			leave_out_latencies(&told.jobs[i]);
	}
	return told;
}

int fio_printer_write(
	struct fio_printer *printer, const struct result *result, const struct fio_idle *idle)
{
	AUTO_ARENA struct arena arena = {0};
	const struct result told = without_reduced_latencies(result, &arena);
	const struct fio_output *output = printer->output;
	const struct fio_style style = {
		.is_fios_own = true,
		.has_bins = output->formats & FIO_FORMAT_BINS,
		.idle = idle,
	};
	FILE *stream = fio_printer_stream(printer);

	/* What goes wrong with the stream is seen when it is flushed. */
	if (output->formats & FIO_FORMAT_TERSE)
		(void)fio_terse_write(&told, output->terse_version, stream);
	if (output->formats & FIO_FORMAT_JSON)
		(void)write_fio_json_as(&told, &style, stream);
	if (output->formats & FIO_FORMAT_NORMAL)
		(void)fio_normal_write(&told, &style, stream);
	return fio_printer_flush(printer);
}

void fio_printer_close(struct fio_printer *printer)
{
	if (printer->stream)
		fclose(printer->stream); /* memory: nothing is lost */
	free(printer->text);
}
