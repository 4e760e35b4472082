/* SPDX-License-Identifier: MIT */
/* How a job goes over its files: what is implied, and what cannot be run. */
#include "job/job_use.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "base/units.h"
#include "job/job_say.h"

/* The kernel moves no more in one call: MAX_RW_COUNT, include/linux/fs.h, with 4 KiB pages. */
static const uint64_t transfer_limit = 0x7ffff000;

static void warn(const struct job *job, const char *option, const char *text, struct diag *diag)
{
	job_say(diag_warning, job, diag, option, RULE_USE, "%s %s", option, text);
}

static void refuse(const struct job *job, const char *option, const char *text, const char *hint,
	struct diag *diag)
{
	if (job_say(diag_error, job, diag, option, RULE_USE, "%s %s", option, text) && hint)
		diag_hint(diag, "%s", hint);
}

bool job_use_writes_apart(const struct job *job)
{
	const struct block_size_spec *write = &job->block_sizes.of[DIRECTION_WRITE];
	const struct block_size_spec *trim = &job->block_sizes.of[DIRECTION_TRIM];

	return job->rw.mode == RW_TRIMWRITE &&
	       (write->min_bytes != trim->min_bytes || write->max_bytes != trim->max_bytes);
}

uint64_t job_use_buffer_bytes(const struct job *job)
{
	uint64_t bytes = 1;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		uint64_t most = job->block_sizes.of[i].max_bytes;
		/* A write that repeats a trim has its size. */
		bool moves = i != DIRECTION_TRIM ||
			     (job_trims_and_writes(job) && !job_use_writes_apart(job));

		if (moves && job_does(job, (enum io_direction)i) && most > bytes)
			bytes = most;
	}
	return bytes;
}

bool job_use_fills(const struct job *job)
{
	return job->rare->access.fill_device && job_does(job, DIRECTION_WRITE) &&
	       !job->size.is_set && job->filesize.max == 0;
}

int job_use_advice(const struct job *job)
{
	switch (job->rare->access.fadvise_hint) {
	case ADVICE_NONE:
		return -1;
	case ADVICE_RANDOM:
		return POSIX_FADV_RANDOM;
	case ADVICE_SEQUENTIAL:
		return POSIX_FADV_SEQUENTIAL;
	default:
		return job_is_random(job) ? POSIX_FADV_RANDOM : POSIX_FADV_SEQUENTIAL;
	}
}

/* Whether each I/O of a random job is random. */
static bool is_random_throughout(const struct job *job)
{
	bool is_random = job->rw.modifier <= 1;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		if (job_does(job, (enum io_direction)i) && job->percentage_random.value[i] < 100)
			is_random = false;
	return is_random;
}

/*
 * bs_is_seq_rand: the block sizes of reads are those of sequential I/Os, those of writes are of
 * random ones. Random offsets remain multiples of the direction's own least size, as in fio.
 */
static void resolve_sizes(struct job *job, struct arena *arena, struct diag *diag)
{
	struct block_size_spec *of = job->block_sizes.of;
	struct block_size_spec sequential = of[DIRECTION_READ], random = of[DIRECTION_WRITE];
	uint64_t unit = random.min_bytes;

	if (!job->rare->access.bs_is_seq_rand)
		return;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (job_does(job, (enum io_direction)i))
			unit = units_greatest_divisor(unit, of[i].min_bytes);
	}
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		of[i] = job_is_random(job) ? random : sequential;
	if (!job_is_random(job))
		return;
	job_own_rare(job, arena)->access.random_unit_bytes = unit;
	if (is_random_throughout(job))
		return;
	if (sequential.min_bytes != sequential.max_bytes || sequential.max_bytes > random.max_bytes)
		refuse(job, "bs_is_seq_rand",
			"with sequential I/Os in a random job needs one size for them, which is "
			"not above the random ones'",
			"write bs=SEQUENTIAL,RANDOM", diag);
	job_own_rare(job, arena)->access.sequential_bytes = sequential.min_bytes;
	if (!job->norandommap)
		warn(job, "bs_is_seq_rand",
			"visits no block once where sequential I/Os are mixed in: norandommap=1",
			diag);
	job->norandommap = true;
}

void job_use_resolve(struct job *job, struct arena *arena, struct diag *diag)
{
	const struct job_access *access;

	resolve_sizes(job, arena, diag);
	access = &job->rare->access;
	if (access->allrandrepeat)
		job->randrepeat = true;
	if (access->pre_read)
		job->invalidate = false; /* or it would be for nothing; as in fio */
	if (access->rw_sequencer == SEQUENCER_IDENTICAL &&
		(!job_is_random(job) || job->rw.modifier <= 1)) {
		warn(job, "rw_sequencer", "needs a random mode with a number, as rw=randread:8",
			diag);
		job_own_rare(job, arena)->access.rw_sequencer = SEQUENCER_SEQUENTIAL;
		access = &job->rare->access;
	}
	if (access->rw_sequencer == SEQUENCER_IDENTICAL && !job->norandommap &&
		job_block_range(job).min != job_block_range(job).max) {
		warn(job, "rw_sequencer",
			"with several block sizes visits no block once: "
			"norandommap=1",
			diag);
		job->norandommap = true;
	}
	if (access->file_append && job->loops > 1) {
		warn(job, "loops", "has no effect beside file_append, as in fio", diag);
		job->loops = 1;
	}
	if (access->file_append && (job_sets(job, "offset") || job_sets(job, "offset_increment")))
		warn(job, "file_append", "goes before offset, as in fio", diag);
}

static const char *size_option(const struct job *job)
{
	if (job_sets(job, "bssplit"))
		return "bssplit";
	return job_sets(job, "bsrange") ? "bsrange" : "bs";
}

static void check_transfer(const struct job *job, struct diag *diag)
{
	if (!job_is_of_whole_files(job) && job_use_buffer_bytes(job) > transfer_limit)
		refuse(job, size_option(job),
			"has more than the kernel moves at once (2147479552 bytes)",
			"trims may be larger", diag);
}

static void check_fill(const struct job *job, struct diag *diag)
{
	if (!job->rare->access.fill_device)
		return;
	if (!job_does(job, DIRECTION_WRITE))
		warn(job, "fill_device", "has no effect on a job that writes nothing", diag);
	else if (job_use_fills(job) && (job_is_random(job) || job_reads(job)))
		refuse(job, "fill_device", "needs size where access is random or mixed with reads",
			"add size=, or rw=write", diag);
	else if (job_use_fills(job) && job->engine && job->engine->traits & ENGINE_MAPS_TARGETS)
		refuse(job, "fill_device", "needs size: a mapping makes its file so long", NULL,
			diag);
}

/* fio's own conditions. */
static void check_dedupe(const struct job *job, struct diag *diag)
{
	const struct job_content *content = &job->content;
	uint64_t files = job->given.filename.count ? job->given.filename.count : job->nrfiles;

	if (job->dedupe_percentage == 0 || content->dedupe_mode != DEDUPE_WORKING_SET) {
		if (job_sets(job, "dedupe_working_set_percentage") || content->dedupe_global)
			warn(job,
				content->dedupe_global ? "dedupe_global"
						       : "dedupe_working_set_percentage",
				"has no effect without dedupe_percentage and "
				"dedupe_mode=working_set",
				diag);
		return;
	}
	if (!job->size.is_set || job->size.is_percent)
		refuse(job, "dedupe_mode",
			"working_set needs size in bytes: the set is a share of it",
			"add size=", diag);
	else if (files != 1)
		refuse(job, "dedupe_mode", "working_set is for one file, as in fio", NULL, diag);
	else if (job->dedupe_percentage + content->dedupe_working_set_percentage > 100)
		refuse(job, "dedupe_mode",
			"working_set: the set, which is written once, and dedupe_percentage are "
			"more than 100% together",
			"lower one of them", diag);
}

/* openread, stat and copy open files by themselves, and take them whole. */
static void check_composite(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"serialize_overlap", "file_append", "fill_device",
		"pre_read", "unlink_each_loop", "bs_is_seq_rand"};
	const struct job_access *access = &job->rare->access;
	const bool are_set[] = {access->serialize_overlap, access->file_append, access->fill_device,
		access->pre_read, access->unlink_each_loop, access->bs_is_seq_rand};

	if (job_composite_op(job) == IO_OP_COUNT)
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (are_set[i])
			refuse(job, options[i], "does not go with this rw", NULL, diag);
	}
}

static void check_apart(const struct job *job, struct diag *diag)
{
	uint64_t files = job->given.filename.count ? job->given.filename.count : job->nrfiles;

	if (job_use_writes_apart(job) && (files > 1 || job->rare->zones.mode != ZONES_NONE))
		refuse(job, size_option(job),
			"differs for trims and writes, which rw=trimwrite does in one file without "
			"zones only",
			"write one size for both", diag);
}

static void check_files(const struct job *job, struct diag *diag)
{
	const struct job_access *access = &job->rare->access;

	if (access->unlink_each_loop && job->readonly)
		refuse(job, "unlink_each_loop", "removes the files, and readonly is set",
			"remove one of the two", diag);
	else if (access->unlink_each_loop && job->loops > 1 && job_does(job, DIRECTION_READ))
		refuse(job, "unlink_each_loop", "leaves no file for the second loop to read",
			"use unlink: it removes them at the end", diag);
	else if (access->unlink_each_loop && job->engine &&
		 job->engine->traits & ENGINE_MAPS_TARGETS)
		refuse(job, "unlink_each_loop", "does not go with mappings of the files", NULL,
			diag);
}

void job_use_check(const struct job *job, struct diag *diag)
{
	check_transfer(job, diag);
	check_fill(job, diag);
	check_files(job, diag);
	check_apart(job, diag);
	check_dedupe(job, diag);
	check_composite(job, diag);
}

static int by_name(const FTSENT **one, const FTSENT **other)
{
	return strcmp((*one)->fts_name, (*other)->fts_name);
}

static bool is_target(const FTSENT *entry)
{
	return entry->fts_info == FTS_F ||
	       (entry->fts_info == FTS_DEFAULT && S_ISBLK(entry->fts_statp->st_mode));
}

static void add_name(struct job_texts *names, const char *name, struct arena *arena)
{
	/* Room grows by doubling: it is full where the count is a power of two. */
	if ((names->count & (names->count - 1)) == 0) {
		const char **texts = arena_alloc_array(
			arena, names->count ? 2 * names->count : 1, sizeof(*texts));

		for (size_t i = 0; i < names->count; i++)
			texts[i] = names->texts[i];
		names->texts = texts;
	}
	names->texts[names->count++] = arena_strdup(arena, name);
}

int job_use_add_folder(
	const struct job *job, struct job_texts *names, struct arena *arena, struct diag *diag)
{
	char *const roots[] = {arena_strdup(arena, job->rare->access.opendir), NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	int error = walk ? 0 : -errno;
	size_t before = names->count;
	/* A list of another's making may be full at any count. */
	struct job_texts all = {0};

	for (size_t i = 0; i < before; i++)
		add_name(&all, names->texts[i], arena);
	while (error == 0) {
		const FTSENT *entry = (errno = 0, fts_read(walk));

		if (!entry)
			break;
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
			entry->fts_info == FTS_NS)
			error = -entry->fts_errno;
		else if (is_target(entry) && all.count == UINT16_MAX)
			error = -E2BIG; /* slot.target */
		else if (is_target(entry))
			add_name(&all, entry->fts_path, arena);
	}
	if (walk)
		fts_close(walk);
	if (error == 0 && all.count == before)
		error = -ENOENT;
	if (error != 0)
		diag_error(diag, job_place(job, "opendir"), "opendir=%s: %s",
			job->rare->access.opendir,
			error == -ENOENT  ? "there are no files in it"
			: error == -E2BIG ? "a job has no more than 65535 files"
					  : strerror(-error));
	*names = all;
	return error;
}
