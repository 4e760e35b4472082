/* SPDX-License-Identifier: MIT */
/* Rules across the options of data verification. */
#include "job/job_verify_rules.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "job/job_say.h"
#include "verify/verify_block.h"

/* Whether all sizes are multiples of it, those between the ends of a range too; as fio looks. */
static bool divides(uint64_t bytes, const struct block_size_spec *sizes)
{
	for (size_t i = 0; i < sizes->share_count; i++) {
		if (sizes->shares[i].bytes % bytes != 0)
			return false;
	}
	return sizes->min_bytes % bytes == 0 && sizes->max_bytes % bytes == 0;
}

static uint64_t common_divisor(uint64_t bytes, const struct block_size_spec *sizes)
{
	bytes = units_greatest_divisor(
		units_greatest_divisor(bytes, sizes->min_bytes), sizes->max_bytes);
	for (size_t i = 0; i < sizes->share_count; i++)
		bytes = units_greatest_divisor(bytes, sizes->shares[i].bytes);
	return bytes;
}

/* fio's rules, and all sizes of a bssplit, which fio does not look at. */
static uint64_t interval_of(const struct job *job)
{
	const struct block_size_spec *writes = &job->block_sizes.of[DIRECTION_WRITE];
	const struct block_size_spec *reads = &job->block_sizes.of[DIRECTION_READ];
	uint64_t bytes = job->rare->verify.interval_bytes;

	if (bytes == 0 || bytes > writes->min_bytes)
		bytes = writes->min_bytes;
	if (job_reads(job) && bytes > reads->min_bytes)
		bytes = reads->min_bytes;
	if (!divides(bytes, writes))
		bytes = common_divisor(0, writes);
	if (job_reads(job) && !job_does(job, DIRECTION_WRITE) && !divides(bytes, reads))
		bytes = common_divisor(bytes, reads);
	return bytes;
}

bool job_verify_rules_reads_back(const struct job *job)
{
	return job->rare->verify.kind != CHECKSUM_NONE && job_does(job, DIRECTION_WRITE) &&
	       (job->rare->verify.phase || job->rare->verify.backlog > 0);
}

bool job_verify_rules_trims(const struct job *job)
{
	return job->rare->verify.kind != CHECKSUM_NONE && job_does(job, DIRECTION_WRITE) &&
	       job->rare->verify.trim.percentage > 0 && job->rare->verify.trim.backlog > 0;
}

void job_verify_rules_resolve(struct job *job, struct arena *arena)
{
	const struct job_verify *given = &job->rare->verify;
	struct job_verify *verify;

	if (given->kind == CHECKSUM_NONE && !given->pattern)
		return;
	verify = &job_own_rare(job, arena)->verify;
	if (!job_sets(job, "verify") && verify->pattern)
		verify->kind = CHECKSUM_PATTERN;
	if (verify->kind != CHECKSUM_NONE && job_composite_op(job) == IO_OP_COUNT)
		verify->interval_bytes = interval_of(job);
}

static void note_without(
	const struct job *job, const char *const *options, const char *needed, struct diag *diag)
{
	for (; *options; options++) {
		if (job_sets(job, *options))
			job_say(diag_note, job, diag, *options, RULE_VERIFY,
				"%s has no effect without %s", *options, needed);
	}
}

static void check_unverified(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"do_verify", "verify_interval", "verify_offset",
		"verify_pattern_interval", "verify_fatal", "verify_dump", "verify_async",
		"verify_async_cpus", "verify_backlog", "verify_backlog_batch",
		"verify_write_sequence", "verify_header_seed", "verify_state_save",
		"verify_state_load", "trim_percentage", "trim_verify_zero", "trim_backlog",
		"trim_backlog_batch", NULL};

	note_without(job, options, "verify", diag);
	if (job->rare->verify.only && job_say(diag_error, job, diag, "verify_only", RULE_VERIFY,
					      "verify_only needs verify"))
		diag_hint(diag, "the verify of the job that wrote");
}

static void check_parts(const struct job *job, struct diag *diag)
{
	static const char *const batch[] = {"verify_backlog_batch", NULL};
	static const char *const cpus[] = {"verify_async_cpus", NULL};
	static const char *const trims[] = {"trim_percentage", "trim_backlog_batch", NULL};
	static const char *const share[] = {"trim_backlog", "trim_verify_zero", NULL};

	if (job->rare->verify.backlog == 0)
		note_without(job, batch, "verify_backlog", diag);
	if (job->rare->verify.async == 0)
		note_without(job, cpus, "verify_async", diag);
	if (job->rare->verify.trim.backlog == 0)
		note_without(job, trims, "trim_backlog", diag);
	if (job->rare->verify.trim.percentage == 0)
		note_without(job, share, "trim_percentage", diag);
}

/* What the blocks of this job would look like. */
static void check_format(const struct job *job, struct diag *diag)
{
	struct verify_format format = {
		.kind = (enum checksum_kind)job->rare->verify.kind,
		.interval_bytes = (uint32_t)job->rare->verify.interval_bytes,
		.header_at = (uint32_t)job->rare->verify.offset_bytes,
		.pattern = job->rare->verify.pattern,
		.pattern_interval_bytes = (uint32_t)job->rare->verify.pattern_interval_bytes,
		.source = {1, 1},
	};
	const char *option = job->rare->verify.offset_bytes != 0 ? "verify_offset" : "verify";
	const char *problem;

	if (job->rare->verify.offset_bytes > job->rare->verify.interval_bytes)
		job_say(diag_error, job, diag, "verify_offset", RULE_VERIFY,
			"verify_offset is beyond the end of a block of %" PRIu64 " bytes",
			job->rare->verify.interval_bytes);
	else if (verify_block_prepare(&format, &problem) != 0)
		job_say(diag_error, job, diag, option, RULE_VERIFY, "verify: %s", problem);
}

static void check_imagined(const struct job *job, struct diag *diag)
{
	static const char *const option = "verify_only";

	if (!job_does(job, DIRECTION_WRITE)) {
		job_say(diag_note, job, diag, option, RULE_VERIFY,
			"verify_only has no effect on a job that writes nothing");
	} else if (job->time_based) {
		if (job_say(diag_error, job, diag, option, RULE_VERIFY,
			    "verify_only goes through the writes of a job once: it takes no "
			    "time_based"))
			diag_hint(diag, "remove time_based and runtime");
	} else if (!job->rare->verify.phase) {
		job_say(diag_error, job, diag, option, RULE_VERIFY,
			"verify_only with do_verify=0 does nothing");
	} else if (job_is_random(job) && !job->randrepeat && !job_sets(job, "randseed")) {
		if (job_say(diag_error, job, diag, option, RULE_VERIFY,
			    "verify_only draws the offsets of the job that wrote, which are not "
			    "the same with randrepeat=0"))
			diag_hint(diag, "set randseed in both jobs");
	}
}

static void refuse(const struct job *job, const char *option, const char *why, const char *cure,
	struct diag *diag)
{
	if (job_say(diag_error, job, diag, option, RULE_VERIFY, "%s does not go with verify: %s",
		    option, why) &&
		cure)
		diag_hint(diag, "%s", cure);
}

void job_verify_rules_check(const struct job *job, struct diag *diag)
{
	const struct job_entry *mode;

	if (job->rare->verify.kind == CHECKSUM_NONE) {
		check_unverified(job, diag);
		return;
	}
	if (job_composite_op(job) != IO_OP_COUNT) {
		if (job->rw.mode == RW_ECHO)
			refuse(job, "rw", "echo compares what comes back by itself",
				"use echo_check=all", diag);
		else
			refuse(job, "rw", "openread, stat and copy move files, not blocks", NULL,
				diag);
		return;
	}
	check_parts(job, diag);
	if (!job_does(job, DIRECTION_WRITE) && !job_does(job, DIRECTION_READ))
		job_say(diag_note, job, diag, "verify", RULE_VERIFY,
			"verify has no effect on a job that only trims");
	else if (job->bs_unaligned)
		refuse(job, "bs_unaligned", "blocks could lie anywhere, and each in part",
			"remove bs_unaligned", diag);
	else
		check_format(job, diag);
	if (job->rare->latency.target_ns != 0)
		refuse(job, "latency_target", "it ends when its depth is found", NULL, diag);
	mode = job_entry_of(job, "write_mode");
	if (mode && mode->value && strcmp(mode->value, "write") != 0 && !job->rare->verify.only)
		refuse(job, "write_mode", "its writes carry no data", NULL, diag);
	if (job->rare->verify.only)
		check_imagined(job, diag);
}
