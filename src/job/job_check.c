/* SPDX-License-Identifier: MIT */
/* What cannot be run, found before anything is opened. */
#include "job/job_check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "job/job_bind.h"
#include "job/job_composite.h"
#include "job/job_pace.h"

enum { SECTOR_BYTES = 512 };

bool job_is_news(const struct job *job, const char *option, enum job_rule rule)
{
	struct job_entry *entry = job_entry_of(job, option);
	bool was_said = entry && (entry->said & (1u << rule));

	if (entry)
		entry->said |= 1u << rule;
	return !was_said;
}

const char *job_size_option(const struct job *job)
{
	if (job_sets(job, "bssplit"))
		return "bssplit";
	return job_sets(job, "bsrange") ? "bsrange" : "bs";
}

static bool needs_op(const struct job *job, enum io_op op)
{
	enum io_op composite = job_composite_op(job);

	switch (op) {
	case IO_SYNC:
		return job->fsync != 0 && job_writes(job);
	case IO_DATASYNC:
		return job->fdatasync != 0 && job_writes(job);
	case IO_OPEN_READ:
	case IO_COPY:
	case IO_STAT:
		return op == composite;
	default:
		return composite == IO_OP_COUNT && job_does(job, io_op_direction(op));
	}
}

static void hint_engines(enum io_op op, struct diag *diag)
{
	char list[256] = "";
	size_t length = 0;

	for (size_t i = 0; engines[i]; i++) {
		if (engines[i]->op_mask & IO_BIT(op) && length < sizeof(list))
			length += (size_t)snprintf(&list[length], sizeof(list) - length, "%s%s",
				length > 0 ? ", " : "", engines[i]->name);
	}
	diag_hint(diag, "engines that can: %s", list);
}

static void check_engine(const struct job *job, struct diag *diag)
{
	const struct engine_class *engine = job->engine;

	for (int i = 0; i < IO_OP_COUNT; i++) {
		enum io_op op = (enum io_op)i;
		const char *option = op == IO_SYNC       ? "fsync"
				     : op == IO_DATASYNC ? "fdatasync"
							 : "rw";

		if (needs_op(job, op) && !(engine->op_mask & IO_BIT(op)) &&
			job_is_news(job, option, RULE_ENGINE)) {
			diag_error(diag, job_place(job, option), "engine '%s' cannot %s",
				engine->name, io_op_name(op));
			hint_engines(op, diag);
		}
	}
	if ((engine->traits & ENGINE_NEEDS_DIRECT) && !job->direct &&
		job_is_news(job, "ioengine", RULE_ENGINE))
		diag_error(diag, job_place(job, "ioengine"), "engine '%s' needs direct=1",
			engine->name);
}

/* What the kernel does to a file, and not for who does not write by it. */
static void check_durability(const struct job *job, struct diag *diag)
{
	const struct {
		const char *option;
		bool is_asked;
		unsigned deaf; /* traits of engines that would run without */
	} rules[] = {
		{"sync", job->sync != SYNC_NONE, ENGINE_TAKES_NVME_COMMANDS | ENGINE_MAPS_TARGETS},
		{"end_fsync", job->end_fsync, ENGINE_TAKES_NVME_COMMANDS},
		{"fsync_on_close", job->fsync_on_close, ENGINE_TAKES_NVME_COMMANDS},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].is_asked || !(job->engine->traits & rules[i].deaf) ||
			!job_does(job, DIRECTION_WRITE) ||
			!job_is_news(job, rules[i].option, RULE_ENGINE))
			continue;
		diag_error(diag, job_place(job, rules[i].option),
			"%s is without effect on the writes of engine '%s'", rules[i].option,
			job->engine->name);
		diag_hint(diag, "%s",
			job->engine->traits & ENGINE_MAPS_TARGETS
				? "fsync=1 writes each back, by msync(2)"
				: "writefua=1 writes past the drive's cache, fsync=1 flushes it "
				  "after each write");
	}
}

static void check_readonly(const struct job *job, struct diag *diag)
{
	if (!job->readonly)
		return;
	if (job_writes(job) && job_is_news(job, "rw", RULE_READONLY)) {
		diag_error(diag, job_place(job, "rw"), "this writes or trims, and readonly is set");
		diag_hint(diag, "remove readonly to let it write, or take rw=read or rw=randread");
	}
	if (job->unlink && job_is_news(job, "unlink", RULE_READONLY)) {
		diag_error(diag, job_place(job, "unlink"),
			"this removes the files, and readonly is set");
		diag_hint(diag, "leave out one of the two");
	}
}

static void check_time(const struct job *job, struct diag *diag)
{
	bool has_amount = job->size.is_set || job->io_size.is_set || job->number_ios != 0;

	if (job->runtime_ns != 0)
		return;
	if (job->time_based && job_is_news(job, "time_based", RULE_TIME)) {
		diag_error(diag, job_place(job, "time_based"), "time_based without runtime");
		diag_hint(diag, "add runtime=30s, or remove time_based: fio ignores it here");
	}
	if (job->ramp_time_ns == 0 || !job_is_news(job, "ramp_time", RULE_TIME))
		return;
	diag_warning(diag, job_place(job, "ramp_time"),
		"ramp_time without runtime: what is done in the ramp is not measured%s",
		has_amount ? "" : ", and nothing says how long the job is");
	diag_hint(diag, "add runtime=30s: it begins when the ramp is over");
}

/* The sizes that are known by name: those drawn out of a range are multiples of the least. */
static bool is_multiple_of_sectors(const struct block_size_spec *spec)
{
	for (size_t i = 0; i < spec->share_count; i++) {
		if (spec->shares[i].bytes % SECTOR_BYTES != 0)
			return false;
	}
	return spec->min_bytes % SECTOR_BYTES == 0;
}

static void check_alignment(const struct job *job, struct diag *diag)
{
	const char *option = job_size_option(job);

	if (!job->direct || (job->engine->traits & ENGINE_TAKES_NO_TARGET) ||
		job_is_of_whole_files(job))
		return;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (!job_does(job, (enum io_direction)i) ||
			(is_multiple_of_sectors(&job->block_sizes.of[i]) && !job->bs_unaligned))
			continue;
		if (!job_is_news(job, option, RULE_ALIGNMENT))
			return;
		diag_warning(diag, job_place(job, option),
			"sizes that are no multiples of 512 bytes, and direct=1");
		diag_hint(diag, "O_DIRECT takes multiples of the device's block only");
		return;
	}
}

static uint64_t least_block(const struct job *job)
{
	uint64_t least = UINT64_MAX;

	/* A file may be smaller; the end of a copy is. */
	if (job_composite_op(job) != IO_OP_COUNT)
		return 1;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		uint64_t bytes = job->block_sizes.of[i].min_bytes;

		if (job_does(job, (enum io_direction)i) && bytes < least)
			least = bytes;
	}
	return least;
}

static void check_amount(const struct job *job, const char *option, uint64_t bytes, uint64_t files,
	struct diag *diag)
{
	uint64_t least = least_block(job);
	char text[UNITS_TEXT_BYTES];

	if (bytes / files >= least || !job_is_news(job, option, RULE_AMOUNT))
		return;
	units_format_exact_size(text, least);
	if (files > 1)
		diag_error(diag, job_place(job, option),
			"%s, divided over %llu files, leaves less than a block of %s for each",
			option, (unsigned long long)files, text);
	else
		diag_error(diag, job_place(job, option), "%s is less than a block of %s", option,
			text);
}

static void check_extent(const struct job *job, const char *option, const struct extent *extent,
	uint64_t files, struct diag *diag)
{
	if (!extent->is_set)
		return;
	if (!extent->is_percent)
		check_amount(job, option, extent->bytes, files, diag);
	else if (extent->percent == 0 && job_is_news(job, option, RULE_AMOUNT))
		diag_error(diag, job_place(job, option), "%s=0%% is nothing", option);
}

static void check_amounts(const struct job *job, struct diag *diag)
{
	uint64_t files = job->given.filename.count ? job->given.filename.count : job->nrfiles;

	if (job_composite_op(job) == IO_COPY && files > 1)
		files /= 2;

	if (job->filesize.min != 0)
		check_amount(job, "filesize", job->filesize.min, 1, diag);
	else
		check_extent(job, "size", &job->size, files, diag);
	check_extent(job, "io_size", &job->io_size, 1, diag);
}

/* What is trimmed is what is written next: the sizes must be the same. */
static void check_trimwrite(const struct job *job, struct diag *diag)
{
	const struct block_size_spec *write = &job->block_sizes.of[DIRECTION_WRITE];
	const struct block_size_spec *trim = &job->block_sizes.of[DIRECTION_TRIM];
	const char *option = job_size_option(job);

	if (!job_does(job, DIRECTION_WRITE) || !job_does(job, DIRECTION_TRIM))
		return;
	if (write->min_bytes == trim->min_bytes && write->max_bytes == trim->max_bytes)
		return;
	if (job_is_news(job, option, RULE_TRIMWRITE))
		diag_error(diag, job_place(job, option),
			"blocks are trimmed and written: both sizes must be the same");
}

static void check_cpus(const struct job *job, struct diag *diag)
{
	long count = sysconf(_SC_NPROCESSORS_CONF);
	unsigned last;

	if (job->cpus_allowed.count == 0)
		return;
	last = job->cpus_allowed.cpus[job->cpus_allowed.count - 1];
	if (count > 0 && last >= (unsigned long)count &&
		job_is_news(job, "cpus_allowed", RULE_CPUS))
		diag_error(diag, job_place(job, "cpus_allowed"),
			"this machine has no CPU %u: the last is %ld", last, count - 1);
}

static void check_names(const struct job *job, struct diag *diag)
{
	for (size_t i = 0; i < job->given.filename.count; i++) {
		if (strcmp(job->given.filename.texts[i], "-") == 0 &&
			job_is_news(job, "filename", RULE_NAMES))
			diag_error(diag, job_place(job, "filename"),
				"'-' for stdin and stdout is not supported");
	}
}

void job_check(const struct job *job, struct diag *diag)
{
	if (job->engine) {
		check_engine(job, diag);
		check_durability(job, diag);
		check_alignment(job, diag);
	}
	check_readonly(job, diag);
	check_time(job, diag);
	check_amounts(job, diag);
	check_trimwrite(job, diag);
	job_composite_check(job, diag);
	job_pace_check(job, diag);
	check_cpus(job, diag);
	check_names(job, diag);
}
