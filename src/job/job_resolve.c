/* SPDX-License-Identifier: MIT */
/* Values that follow from others: which of two holds, what is cut to fit, what is implied. */
#include "job/job_block_sizes.h"
#include "job/job_check.h"

static void note(const struct job *job, const char *option, enum job_rule rule, struct diag *diag,
	const char *text)
{
	if (job_is_news(job, option, rule))
		diag_note(diag, job_place(job, option), "%s", text);
}

static void warn_hidden(
	const struct job *job, const char *option, const char *stronger, struct diag *diag)
{
	if (job_sets(job, option) && job_sets(job, stronger) &&
		job_is_news(job, option, RULE_HIDDEN))
		diag_warning(diag, job_place(job, option), "%s has no effect beside %s, as in fio",
			option, stronger);
}

/* Least and most of all directions that the job does. */
static struct job_range sizes_used(const struct job *job)
{
	struct job_range range = {UINT64_MAX, 0};

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *spec = &job->block_sizes.of[i];

		if (!job_does(job, (enum io_direction)i))
			continue;
		if (spec->min_bytes < range.min)
			range.min = spec->min_bytes;
		if (spec->max_bytes > range.max)
			range.max = spec->max_bytes;
	}
	return range;
}

static bool has_other_alignment(const struct job *job, uint64_t block_bytes)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		uint64_t alignment = job->blockalign.value[i];

		if (job_does(job, (enum io_direction)i) && alignment != 0 &&
			alignment != block_bytes)
			return true;
	}
	return false;
}

/* "Each block once" holds where blocks are as likely, and begin and end at multiples of one. */
static void resolve_map(struct job *job, struct diag *diag)
{
	struct job_range sizes = sizes_used(job);

	if (!job_is_random(job) || job->norandommap)
		return;
	if (job->random_distribution.kind != DISTRIBUTION_UNIFORM) {
		job->norandommap = true; /* The HOWTO says so: no message. */
	} else if (job->bs_unaligned && sizes.min != sizes.max) {
		note(job, "bs_unaligned", RULE_MAP, diag,
			"blocks of any number of bytes are not visited once each: norandommap=1");
		job->norandommap = true;
	} else if (has_other_alignment(job, sizes.min)) {
		note(job, "blockalign", RULE_MAP, diag,
			"blockalign other than bs turns the map off, as in fio: norandommap=1");
		job->norandommap = true;
	}
}

static void cut(const struct job *job, const char *option, uint32_t *value, uint32_t limit,
	struct diag *diag)
{
	if (*value <= limit)
		return;
	if (job_is_news(job, option, RULE_CUT))
		diag_note(diag, job_place(job, option), "%s is cut to iodepth, %u", option, limit);
	*value = limit;
}

/* fixup_options of fio's init.c; 0 stands for iodepth where fio says so. */
static void resolve_batches(struct job *job, struct diag *diag)
{
	uint32_t depth = job->iodepth;
	uint32_t *max = &job->iodepth_batch_complete_max;

	if (job->iodepth_batch_submit == 0)
		job->iodepth_batch_submit = depth;
	if (job->iodepth_low == 0)
		job->iodepth_low = depth;
	cut(job, "iodepth_batch_submit", &job->iodepth_batch_submit, depth, diag);
	cut(job, "iodepth_batch_complete_min", &job->iodepth_batch_complete_min, depth, diag);
	cut(job, "iodepth_batch_complete_max", max, depth, diag);
	cut(job, "iodepth_low", &job->iodepth_low, depth, diag);
	if (*max != 0 && *max < job->iodepth_batch_complete_min) {
		*max = job->iodepth_batch_complete_min;
		note(job, "iodepth_batch_complete_max", RULE_CUT, diag,
			"iodepth_batch_complete_max is raised to iodepth_batch_complete_min");
	}
}

/* A size of 0 is fio's way to say "all of it". */
static void resolve_extents(struct job *job)
{
	struct extent *const extents[] = {&job->size, &job->io_size};

	for (size_t i = 0; i < sizeof(extents) / sizeof(extents[0]); i++) {
		if (!extents[i]->is_percent && extents[i]->bytes == 0)
			*extents[i] = (struct extent){0};
	}
}

/*
 * NVMe commands know no page cache: nothing that depends on direct is to believe in one. An engine
 * that there is not has been reported already.
 */
static void resolve_passthrough(struct job *job, struct diag *diag)
{
	if (job->direct || !job->engine || !(job->engine->traits & ENGINE_TAKES_NVME_COMMANDS))
		return;
	job->direct = true;
	if (job_sets(job, "direct") || job_sets(job, "buffered"))
		note(job, "direct", RULE_HIDDEN, diag,
			"NVMe commands pass by the page cache: direct=1");
}

static void note_without_writes(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"fsync", "fdatasync", "end_fsync", "fsync_on_close",
		"refill_buffers", "zero_buffers", "buffer_pattern", "buffer_compress_percentage",
		"dedupe_percentage"};

	if (job_does(job, DIRECTION_WRITE))
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]) && job_is_news(job, options[i], RULE_NO_WRITES))
			diag_note(diag, job_place(job, options[i]),
				"%s has no effect on a job that writes nothing", options[i]);
	}
}

static void note_ringside_ways(const struct job *job, struct diag *diag)
{
	if (!job->thread)
		note(job, "thread", RULE_OWN_WAY, diag, "workers are threads all the same");
	if (job->given.random_generator != GENERATOR_TAUSWORTHE)
		note(job, "random_generator", RULE_OWN_WAY, diag,
			"random_generator changes nothing: see `ringside help random_generator`");
	if (job->given.filename.count > 0 && job_sets(job, "nrfiles") &&
		job->nrfiles != job->given.filename.count)
		note(job, "nrfiles", RULE_HIDDEN, diag,
			"nrfiles has no effect beside filename, as in fio");
}

void job_resolve(struct job *job, struct diag *diag)
{
	warn_hidden(job, "bsrange", "bssplit", diag);
	warn_hidden(job, "bs", "bssplit", diag);
	warn_hidden(job, "bs", "bsrange", diag);
	job_block_sizes_resolve(job);
	resolve_map(job, diag);
	resolve_batches(job, diag);
	resolve_extents(job);
	resolve_passthrough(job, diag);
	note_without_writes(job, diag);
	note_ringside_ways(job, diag);
}
