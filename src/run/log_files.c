/* SPDX-License-Identifier: MIT */
#include "run/log_files.h"

#include <linux/ioprio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* The last two have no lines of values: a recording (recording.h), and traces that were merged. */
enum log_kind {
	LOG_BW,
	LOG_IOPS,
	LOG_LAT,
	LOG_SLAT,
	LOG_CLAT,
	LOG_HISTOGRAM,
	LOG_RECORDING,
	LOG_MERGED,
	LOG_KIND_COUNT,
};

static const struct {
	const char *option;
	const char *suffix;
} kinds[LOG_KIND_COUNT] = {
	[LOG_BW] = {"write_bw_log", "bw"},
	[LOG_IOPS] = {"write_iops_log", "iops"},
	[LOG_LAT] = {"write_lat_log", "lat"},
	[LOG_SLAT] = {"write_lat_log", "slat"},
	[LOG_CLAT] = {"write_lat_log", "clat"},
	[LOG_HISTOGRAM] = {"write_hist_log", "clat_hist"},
	[LOG_RECORDING] = {"write_iolog", NULL},
	[LOG_MERGED] = {"merge_blktrace_file", NULL},
};

/* NULL: the job has no such log. */
static const char *prefix_of(const struct job *job, enum log_kind kind)
{
	const char *const prefixes[LOG_KIND_COUNT] = {
		[LOG_BW] = job->rare->logs.bw,
		[LOG_IOPS] = job->rare->logs.iops,
		[LOG_LAT] = job->rare->logs.lat,
		[LOG_SLAT] = job->rare->logs.lat,
		[LOG_CLAT] = job->rare->logs.lat,
		[LOG_HISTOGRAM] = job->rare->logs.hist,
		[LOG_RECORDING] = job->rare->replay.write_iolog,
		[LOG_MERGED] = job->rare->replay.merged ? job->rare->replay.merge.path : NULL,
	};
	const char *prefix = prefixes[kind];

	return prefix && strcmp(prefix, "$jobname") == 0 ? job->name : prefix;
}

/* NULL: the job has no such log. */
static const char *path_of(
	const struct job *job, size_t number, enum log_kind kind, struct arena *arena)
{
	const char *prefix = prefix_of(job, kind);

	if (!prefix)
		return NULL;
	if (kind >= LOG_RECORDING)
		return arena_strdup(arena, prefix);
	return job->rare->logs.per_job
		       ? arena_printf(
				 arena, "%s_%s.%zu.log", prefix, kinds[kind].suffix, number + 1)
		       : arena_printf(arena, "%s_%s.log", prefix, kinds[kind].suffix);
}

static struct log_file *find(const struct log_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->items[i].path, path) == 0)
			return &files->items[i];
	}
	return NULL;
}

void log_files_plan(struct log_files *files, const struct job_set *set)
{
	*files = (struct log_files){0};
	files->items = arena_alloc_array(
		&files->arena, set->count * LOG_KIND_COUNT, sizeof(*files->items));
	for (size_t i = 0; i < set->count; i++) {
		const struct job_rare *asked = set->jobs[i].rare;

		for (int kind = 0; kind < LOG_KIND_COUNT; kind++) {
			const char *path =
				path_of(&set->jobs[i], i, (enum log_kind)kind, &files->arena);
			bool is_own = asked->logs.per_job && kind < LOG_RECORDING;

			if (path && (is_own || !find(files, path)))
				files->items[files->count++] = (struct log_file){
					.option = kinds[kind].option,
					.path = path,
					.merged = kind == LOG_MERGED ? asked->replay.merged : NULL};
		}
	}
}

enum {
	NUMBER_BYTES = 20, /* of the greatest */
	COLUMNS = 6,
};

struct line {
	uint64_t time_ms;
	uint64_t value;
	uint64_t direction;
	uint64_t bytes; /* of an average 0, as in fio */
	uint64_t offset;
	uint16_t priority;
};

/* Makes room at the end of the text; once there is none the file takes nothing more. */
static bool reserve(struct log_file *file, size_t bytes)
{
	size_t room = file->room + file->room / 2 + bytes;
	char *grown;

	if (file->room - file->bytes >= bytes)
		return true;
	grown = file->is_full ? NULL : realloc(file->text, room);
	if (!grown) {
		file->is_full = true;
		return false;
	}
	file->text = grown;
	file->room = room;
	return true;
}

/* There is room: logs have millions of lines, for which printf takes seconds. */
static void put_number(struct log_file *file, uint64_t value)
{
	char digits[NUMBER_BYTES];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	memcpy(file->text + file->bytes, digits + at, sizeof(digits) - at);
	file->bytes += sizeof(digits) - at;
}

static void put_next(struct log_file *file, uint64_t value)
{
	file->text[file->bytes++] = ',';
	file->text[file->bytes++] = ' ';
	put_number(file, value);
}

/* As fio: all of it in hexadecimal, or whether it is real-time. */
static void put_priority(struct log_file *file, unsigned priority, bool is_whole)
{
	static const char digits[] = "0123456789abcdef";

	if (!is_whole) {
		put_next(file, priority >> IOPRIO_CLASS_SHIFT == IOPRIO_CLASS_RT);
		return;
	}
	memcpy(file->text + file->bytes, ", 0x", 4);
	file->bytes += 4;
	for (int shift = 12; shift >= 0; shift -= 4)
		file->text[file->bytes++] = digits[priority >> shift & 0xf];
}

static void print_line(struct log_file *file, const struct line *line, const struct job_logs *logs)
{
	if (!reserve(file, (NUMBER_BYTES + 2) * COLUMNS))
		return;
	put_number(file, line->time_ms);
	put_next(file, line->value);
	put_next(file, line->direction);
	put_next(file, line->bytes);
	if (logs->offset)
		put_next(file, line->offset);
	put_priority(file, line->priority, logs->prio);
	file->text[file->bytes++] = '\n';
}

static uint64_t rate(uint64_t count, uint64_t duration_ns)
{
	return duration_ns == 0 ? 0
				: (uint64_t)((double)count * NS_PER_S / (double)duration_ns + 0.5);
}

/* WORKER_LOG_NONE: no line. */
static uint64_t value_of_io(const struct worker_log_io *io, enum log_kind kind)
{
	switch (kind) {
	case LOG_BW:
		return rate(io->bytes, io->clat_ns) / 1024;
	case LOG_IOPS:
		return 1;
	case LOG_LAT:
		return io->lat_ns;
	case LOG_SLAT:
		return io->slat_ns;
	default:
		return io->clat_ns;
	}
}

static uint64_t value_of_window(const struct worker_log_window *window, enum log_kind kind)
{
	switch (kind) {
	case LOG_BW:
		return rate(window->bytes, window->duration_ns) / 1024;
	case LOG_IOPS:
		return rate(window->ios, window->duration_ns);
	case LOG_LAT:
		return window->lat_ns;
	case LOG_SLAT:
		return window->slat_ns;
	default:
		return window->clat_ns;
	}
}

static void print_ios(struct log_file *file, const struct worker_log *log, enum log_kind kind,
	uint64_t epoch_ms, const struct job_logs *logs)
{
	const struct worker_log_io *ios = (const void *)log->ios.memory;

	for (size_t i = 0; i < log->ios.used / sizeof(*ios); i++) {
		struct line line = {epoch_ms + ios[i].at_ns / NS_PER_MS, value_of_io(&ios[i], kind),
			ios[i].direction, ios[i].bytes, ios[i].offset, ios[i].priority};

		if (line.value != WORKER_LOG_NONE)
			print_line(file, &line, logs);
	}
}

static void print_windows(struct log_file *file, const struct worker_log *log, enum log_kind kind,
	uint64_t epoch_ms, const struct job_logs *logs)
{
	const struct worker_log_window *windows = (const void *)log->windows.memory;

	for (size_t i = 0; i < log->windows.used / sizeof(*windows); i++) {
		struct line line = {epoch_ms + windows[i].at_ns / NS_PER_MS,
			value_of_window(&windows[i], kind), windows[i].direction, 0, 0, 0};

		if (line.value != WORKER_LOG_NONE)
			print_line(file, &line, logs);
	}
}

static void print_histograms(struct log_file *file, const struct job *job,
	const struct worker_log *log, uint64_t epoch_ms)
{
	uint32_t block = job_block_range(job).max;

	for (size_t at = 0; at < log->histograms.used; at += log->histograms.record_bytes) {
		const struct worker_log_histogram *histogram =
			(const void *)(log->histograms.memory + at);

		if (!reserve(file, (NUMBER_BYTES + 2) * (COLUMNS + log->bins)))
			return;
		put_number(file, epoch_ms + histogram->at_ns / NS_PER_MS);
		put_next(file, histogram->direction);
		put_next(file, block);
		for (unsigned i = 0; i < log->bins; i++)
			put_next(file, histogram->counts[i]);
		file->text[file->bytes++] = '\n';
	}
}

static void print_kind(struct log_file *file, const struct job *job, const struct worker_log *log,
	enum log_kind kind, uint64_t epoch_ms)
{
	if (kind == LOG_HISTOGRAM) {
		print_histograms(file, job, log, epoch_ms);
		return;
	}
	print_ios(file, log, kind, epoch_ms, &job->rare->logs);
	print_windows(file, log, kind, epoch_ms, &job->rare->logs);
}

bool log_files_add(struct log_files *files, const struct job *job, size_t number,
	const struct worker_log *log, uint64_t epoch_ms)
{
	bool is_whole = true;

	for (int kind = 0; kind < LOG_RECORDING; kind++) {
		const char *path = path_of(job, number, (enum log_kind)kind, &files->arena);
		struct log_file *file = path ? find(files, path) : NULL;

		if (!file)
			continue;
		print_kind(file, job, log, (enum log_kind)kind,
			job->rare->logs.unix_epoch ? epoch_ms : 0);
		is_whole = is_whole && !file->is_full;
	}
	return is_whole;
}

bool log_files_take(
	struct log_files *files, const struct job *job, struct worker_recording *recording)
{
	struct log_file *file = find(files, job->rare->replay.write_iolog);
	struct recording_part **last;

	if (!file || !recording->log.bytes)
		return true;
	for (last = &file->parts; *last; last = &(*last)->next)
		continue;
	*last = ARENA_NEW(&files->arena, struct recording_part);
	(*last)->of = *recording;
	*recording = (struct worker_recording){.log = {.spill = -1}};
	return !(*last)->of.log.is_full;
}

static bool has_started(const struct recording_part *part)
{
	while (part && part->of.start_ns == 0)
		part = part->next;
	return part != NULL;
}

static bool print_recording(struct log_file *file)
{
	FILE *stream = open_memstream(&file->text, &file->bytes);

	if (!stream)
		return false;
	file->is_idle = !has_started(file->parts);
	recording_print(file->parts, stream);
	file->is_full = ferror(stream) != 0;
	file->is_full |= fclose(stream) != 0;
	return !file->is_full;
}

bool log_files_finish(struct log_files *files)
{
	bool is_whole = true;

	for (size_t i = 0; i < files->count; i++) {
		struct log_file *file = &files->items[i];

		if (strcmp(file->option, kinds[LOG_RECORDING].option) == 0)
			is_whole &= print_recording(file);
		if (file->merged && (file->text = malloc(file->merged->length))) {
			memcpy(file->text, file->merged->bytes, file->merged->length);
			file->bytes = file->merged->length;
		}
		is_whole &= !file->merged || file->text;
	}
	return is_whole;
}

void log_files_free(struct log_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].text);
		recording_free(files->items[i].parts);
	}
	arena_free(&files->arena);
	*files = (struct log_files){0};
}
