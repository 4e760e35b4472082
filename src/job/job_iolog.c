/* SPDX-License-Identifier: MIT */
/* From files to the logs of a job, and what follows from them for its other options. */
#include "job/job_iolog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "job/job_say.h"
#include "replay/blktrace.h"
#include "replay/blktrace_merge.h"
#include "replay/io_log_text.h"
#include "verify/checksum.h"

struct job_iolog {
	struct job_iolog *next;
	struct io_log_changes changes;
	bool is_chunked;
	bool is_read; /* to its end, without a problem */
	struct io_log log;
	struct job_merged merged; /* of several; its bytes are malloc'd */
};

static bool is_same_text(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

static bool makes_the_same(const struct io_log_changes *one, const struct io_log_changes *other)
{
	return one->drops_times == other->drops_times &&
	       one->time_scale_percent == other->time_scale_percent && one->scale == other->scale &&
	       one->align == other->align && one->skips == other->skips &&
	       is_same_text(one->redirect, other->redirect);
}

static struct io_log_changes changes_of(const struct job *job)
{
	return (struct io_log_changes){
		.drops_times = job->rare->replay.no_stall,
		.time_scale_percent = job->rare->replay.time_scale,
		.scale = job->rare->replay.scale,
		.align = job->rare->replay.align,
		.skips = job->rare->replay.skips,
		.redirect = job->rare->replay.redirect,
	};
}

static int check_content(const struct io_log *log, struct diag *diag)
{
	struct place place = {.file = log->path};

	if (log->counts[IO_READ] + log->counts[IO_WRITE] + log->counts[IO_TRIM] > 0)
		return 0;
	diag_error(diag, &place, "the log has no read, write or trim to replay");
	return -EINVAL;
}

static int read_stream(FILE *stream, struct job_iolog *entry, struct diag *diag)
{
	int first = getc(stream);

	if (first != EOF)
		ungetc(first, stream); /* One byte can always be put back. */
	if (blktrace_begins_with(first))
		return blktrace_read(stream, &entry->log, &entry->changes, diag);
	return io_log_text_read(stream, &entry->log, &entry->changes, diag);
}

/* One without an end would never be read. */
static bool is_device(FILE *stream)
{
	struct stat status;

	return fstat(fileno(stream), &status) == 0 &&
	       (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode) || S_ISDIR(status.st_mode));
}

static int read_log(const struct job *job, struct job_iolog *entry, struct diag *diag)
{
	const struct place *place = job_place(job, "read_iolog");
	const char *path = entry->log.path;
	bool is_stdin = strcmp(path, "-") == 0;
	AUTO_FCLOSE FILE *opened = is_stdin ? NULL : fopen(path, "re");
	FILE *stream = is_stdin ? stdin : opened;
	int error = stream ? 0 : -errno;

	if (error != 0) {
		diag_error(diag, place, "cannot read %s: %s", path, strerror(-error));
		return error;
	}
	if (is_device(stream)) {
		diag_error(diag, place, "cannot read %s: a device or a folder is no log", path);
		return -EINVAL;
	}
	error = io_log_open(&entry->log, job->rare->replay.is_chunked);
	entry->log.path = is_stdin ? "stdin" : path;
	if (error != 0) {
		diag_error(diag, place, "no room for the log: %s", strerror(-error));
		return error;
	}
	error = read_stream(stream, entry, diag);
	return error != 0 ? error : check_content(&entry->log, diag);
}

/* One that is read already, or a new one. */
static struct job_iolog *find_log(const struct job *job, const char *path, struct job_iologs *logs,
	struct arena *arena, struct diag *diag)
{
	struct io_log_changes changes = changes_of(job);
	struct job_iolog *entry = logs->first;
	const char *known = strcmp(path, "-") == 0 ? "stdin" : path;

	while (entry &&
		!(strcmp(entry->log.path, known) == 0 && makes_the_same(&entry->changes, &changes)))
		entry = entry->next;
	if (entry)
		return entry;
	entry = ARENA_NEW(arena, struct job_iolog);
	*entry = (struct job_iolog){.next = logs->first, .changes = changes};
	entry->log = (struct io_log){.path = path, .spill = -1};
	entry->is_read = read_log(job, entry, diag) == 0;
	entry->log.path = known;
	logs->first = entry;
	return entry;
}

void job_iolog_close(struct job_iologs *logs)
{
	for (struct job_iolog *entry = logs->first; entry; entry = entry->next) {
		io_log_close(&entry->log);
		free(entry->merged.bytes);
	}
	logs->first = NULL;
}

static void take_ops(struct job_replay *replay, const struct io_log *log)
{
	for (unsigned op = 0; op <= IO_DATASYNC; op++) {
		if (log->counts[op] > 0)
			replay->ops |= IO_BIT(op);
	}
}

/* A name for what the log does; each direction for itself is known by `ops`. */
static void name_mode(struct job *job)
{
	unsigned data =
		job->rare->replay.ops & (IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM));

	job->rw = (struct job_rw_value){.mode = RW_READWRITE};
	if (data == IO_BIT(IO_READ))
		job->rw.mode = RW_READ;
	else if (data == IO_BIT(IO_WRITE))
		job->rw.mode = RW_WRITE;
	else if (data == IO_BIT(IO_TRIM))
		job->rw.mode = RW_TRIM;
}

/* The n-th of what merge_blktrace_scalars or _iters lists. */
static double number_of(const struct job_numbers *numbers, size_t n, double initial)
{
	return numbers->count > 0 ? numbers->items[n] : initial;
}

/* 0 or -errno, reported. */
static int merge_traces(const struct job *job, struct job_merged *merged, struct diag *diag)
{
	AUTO_ARENA struct arena arena = {0};
	const struct job_texts *paths = &job->rare->replay.read_iolog;
	struct blktrace_source *sources = arena_alloc_array(&arena, paths->count, sizeof(*sources));
	FILE *into = open_memstream(&merged->bytes, &merged->length);
	int error;

	if (!into)
		arena_exhausted();
	for (size_t i = 0; i < paths->count; i++)
		sources[i] = (struct blktrace_source){
			.path = paths->texts[i],
			.time_percent = number_of(&job->rare->replay.merge.scalars, i, 100),
			.passes = (unsigned)number_of(&job->rare->replay.merge.passes, i, 1),
		};
	error = blktrace_merge(sources, paths->count, into, diag);
	if (fclose(into) != 0)
		arena_exhausted();
	return error;
}

/* All logs of the job as one; 0 or -errno, reported. */
static int read_merged(const struct job *job, struct job_iolog *entry, struct diag *diag)
{
	FILE *stream;
	int error = merge_traces(job, &entry->merged, diag);

	if (error == 0)
		error = io_log_open(&entry->log, job->rare->replay.is_chunked);
	entry->log.path = job->rare->replay.merge.path;
	if (error != 0)
		return error;
	/* Without a byte there is nothing that a stream could be opened on. */
	if (entry->merged.length == 0)
		return check_content(&entry->log, diag);
	stream = fmemopen(entry->merged.bytes, entry->merged.length, "r");
	if (!stream)
		arena_exhausted();
	error = read_stream(stream, entry, diag);
	fclose(stream);
	return error != 0 ? error : check_content(&entry->log, diag);
}

/* Whether there is a number for each file. */
static bool fits_files(const struct job *job, const char *option, const struct job_numbers *numbers,
	struct diag *diag)
{
	if (numbers->count == 0 || numbers->count == job->rare->replay.read_iolog.count)
		return true;
	diag_error(diag, job_place(job, option),
		"%s has %zu numbers, and read_iolog names %zu files", option, numbers->count,
		job->rare->replay.read_iolog.count);
	return false;
}

/* In place of the logs themselves. NULL, reported: they cannot be merged. */
static struct job_iolog *merge_logs(
	const struct job *job, struct job_iologs *logs, struct arena *arena, struct diag *diag)
{
	struct job_iolog *entry;

	if (!fits_files(job, "merge_blktrace_scalars", &job->rare->replay.merge.scalars, diag) ||
		!fits_files(job, "merge_blktrace_iters", &job->rare->replay.merge.passes, diag))
		return NULL;
	entry = ARENA_NEW(arena, struct job_iolog);
	*entry = (struct job_iolog){.next = logs->first, .changes = changes_of(job)};
	entry->log.spill = -1;
	entry->log.path = job->rare->replay.merge.path;
	logs->first = entry;
	return read_merged(job, entry, diag) == 0 ? entry : NULL;
}

void job_iolog_load(
	struct job *job, struct job_iologs *logs, struct arena *arena, struct diag *diag)
{
	const struct job_texts *paths = &job->rare->replay.read_iolog;
	const struct io_log **found = arena_alloc_array(arena, paths->count, sizeof(*found));
	struct job_iolog *merged = NULL;
	struct job_replay *replay;
	bool is_whole = true;
	unsigned depth = 0;

	if (!job_replays(job))
		return;
	replay = &job_own_rare(job, arena)->replay;
	if (job->rare->replay.merge.path) {
		merged = merge_logs(job, logs, arena, diag);
		if (!merged)
			return;
		replay->merged = &merged->merged;
	}
	for (size_t i = 0; i < paths->count; i++) {
		struct job_iolog *entry =
			merged ? merged : find_log(job, paths->texts[i], logs, arena, diag);

		found[i] = &entry->log;
		is_whole = is_whole && (merged || entry->is_read);
		if (!merged && !entry->is_read)
			continue;
		take_ops(replay, &entry->log);
		if (entry->log.depth > depth)
			depth = entry->log.depth;
	}
	if (!is_whole)
		return;
	replay->logs = found;
	replay->log = found[0];
	name_mode(job);
	if (depth > 0 && !job_sets(job, "iodepth"))
		job->iodepth = depth;
}

/* Of all logs of the job, or of the one of a clone. */
static void take_sizes(
	struct job *job, const struct io_log *const *logs, size_t count, struct arena *arena)
{
	uint32_t *buffer_bytes = &job_own_rare(job, arena)->replay.buffer_bytes;

	*buffer_bytes = 1;
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		struct block_size_spec *spec = &job->block_sizes.of[d];
		uint32_t least = UINT32_MAX, greatest = 0;

		for (size_t i = 0; i < count; i++) {
			if (logs[i]->counts[d] == 0)
				continue;
			if (logs[i]->least_lengths[d] < least)
				least = logs[i]->least_lengths[d];
			if (logs[i]->greatest_lengths[d] > greatest)
				greatest = logs[i]->greatest_lengths[d];
		}
		if (greatest == 0)
			continue;
		*spec = (struct block_size_spec){.min_bytes = least, .max_bytes = greatest};
		if (d != DIRECTION_TRIM && greatest > *buffer_bytes)
			*buffer_bytes = greatest;
	}
}

/* What the log decides, or what would be more of it. */
static void note_ignored(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"rw", "bs", "bsrange", "bssplit", "size", "filesize",
		"io_size", "offset", "offset_increment", "number_ios", "loops", "time_based",
		"nrfiles", "openfiles", "directory", "fsync", "fdatasync", "rwmixread",
		"rwmixwrite", "zonemode", "zonesize"};
	AUTO_ARENA struct arena arena = {0};
	const char *list = NULL;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]))
			list = list ? arena_printf(&arena, "%s, %s", list, options[i]) : options[i];
	}
	if (list)
		diag_note(diag, job_place(job, "read_iolog"),
			"the log is replayed once, as it is: no effect of %s", list);
	if (!job_sets(job, "filename"))
		return;
	diag_warning(diag, job_place(job, "filename"),
		"filename has no effect beside read_iolog, as in fio: the log names the files");
	diag_hint(diag, "replay_redirect=FILE replays all I/O onto one file");
}

void job_iolog_resolve(struct job *job, struct arena *arena, struct diag *diag)
{
	if (!job_replays(job))
		return;
	if (job_say_is_news(job, "read_iolog", RULE_REPLAY))
		note_ignored(job, diag);
	job->size = job->io_size = job->offset = job->offset_increment = (struct extent){0};
	job->number_ios = 0;
	job->loops = 1;
	job->time_based = false;
	job->fsync = job->fdatasync = 0;
	job->filesize = (struct job_range){0};
	job_own_rare(job, arena)->zones.mode = ZONES_NONE;
	if (job->rare->replay.logs)
		take_sizes(job, job->rare->replay.logs, job->rare->replay.read_iolog.count, arena);
}

static void refuse(const struct job *job, const char *option, const char *why, const char *cure,
	struct diag *diag)
{
	if (job_say(diag_error, job, diag, option, RULE_REPLAY,
		    "%s does not go with read_iolog: %s", option, why))
		diag_hint(diag, "%s", cure);
}

static void check_parts(const struct job *job, struct diag *diag)
{
	static const char *const parts[] = {"read_iolog_chunked", "replay_no_stall",
		"replay_redirect", "replay_scale", "replay_time_scale", "replay_skip",
		"replay_align", "merge_blktrace_file", "merge_blktrace_scalars",
		"merge_blktrace_iters"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (job_sets(job, parts[i]))
			job_say(diag_note, job, diag, parts[i], RULE_REPLAY,
				"%s has no effect without read_iolog", parts[i]);
	}
}

/* What is done in the ramp is not measured. */
static void check_ramp(const struct job *job, struct diag *diag)
{
	const struct io_log *log = job->rare->replay.log;

	if (!log || job->ramp_time_ns == 0 || !log->has_times ||
		log->duration_ns > job->ramp_time_ns)
		return;
	if (job_say(diag_error, job, diag, "ramp_time", RULE_REPLAY,
		    "the log ends before ramp_time is over: nothing would be measured"))
		diag_hint(diag, "lower ramp_time, or remove it");
}

void job_iolog_check(const struct job *job, struct diag *diag)
{
	const char *pacing = job_pacing_option(job);

	if (job->rare->replay.write_iolog && job_composite_op(job) != IO_OP_COUNT) {
		diag_error(diag, job_place(job, "write_iolog"), "a log has no word for rw=%s",
			io_op_name(job_composite_op(job)));
		diag_hint(diag, "remove write_iolog");
	}
	if (!job_replays(job)) {
		check_parts(job, diag);
		return;
	}
	check_ramp(job, diag);
	if (pacing)
		refuse(job, pacing, "its I/Os have their recorded times",
			"replay_time_scale=50 replays at half the speed, replay_no_stall=1 as fast "
			"as possible",
			diag);
	if (job->rare->verify.kind != CHECKSUM_NONE)
		refuse(job, "verify", "blocks of a log may overlap, and the last is not known",
			"remove it: what is written stays the same", diag);
	if (job->rare->latency.target_ns != 0)
		refuse(job, "latency_target", "the log decides what is in flight", "remove it",
			diag);
}

void job_iolog_assign(struct job *clone, struct arena *arena)
{
	struct job_replay *replay;

	if (!clone->rare->replay.logs)
		return;
	replay = &job_own_rare(clone, arena)->replay;
	replay->log = replay->logs[clone->clone % replay->read_iolog.count];
	replay->ops = 0;
	take_ops(replay, replay->log);
	take_sizes(clone, &replay->log, 1, arena);
	name_mode(clone);
}

struct job_texts job_iolog_files(const struct job *clone, struct arena *arena)
{
	const struct io_log *log = clone->rare->replay.log;
	const char **texts = arena_alloc_array(arena, log->file_count, sizeof(*texts));

	for (size_t i = 0; i < log->file_count; i++)
		texts[i] = arena_strdup(arena, log->files[i].name);
	return (struct job_texts){log->file_count, texts};
}
