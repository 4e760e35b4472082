/* SPDX-License-Identifier: MIT */
/* Verified blocks: their counts, the wrong ones in words, and what was not judged. */
#include "run/collect_verify.h"

#include <inttypes.h>
#include <string.h>

#include "job/job_verify_rules.h"
#include "result/result_figures.h"
#include "run/worker_verify.h"

static void copy_wrong_blocks(struct result *result, struct result_verify *into,
	const struct planned_job *planned, const struct verify_judge *judge)
{
	struct arena *arena = &result->arena;

	into->wrong_block_count = judge->finding_count;
	into->wrong_blocks =
		arena_alloc_array(arena, judge->finding_count, sizeof(*into->wrong_blocks));
	for (unsigned i = 0; i < judge->finding_count; i++) {
		const struct verify_finding *finding = &judge->findings[i];

		into->wrong_blocks[i] = (struct result_wrong_block){
			.path = arena_strdup(arena, planned->targets[finding->target].path),
			.offset = finding->diagnosis.offset,
			.bytes = finding->diagnosis.bytes,
			.kind = verify_judge_kind(finding),
			.text = verify_judge_text(finding, arena),
		};
	}
}

static void copy_counts(struct result_verify *into, const struct worker_verify *from)
{
	const struct verify_counts *counts = &from->judge.counts;

	into->blocks = counts->blocks;
	into->bytes = counts->bytes;
	into->wrong = counts->wrong;
	memcpy(into->kinds, counts->kinds, sizeof(into->kinds));
	into->missing = counts->missing;
	into->unordered = from->census.unknown;
	into->superseded = counts->superseded;
	into->unread = counts->unread;
	into->unplaced = counts->unplaced;
}

/* A direction of a job that reads back what it wrote has a part of the window. */
static void divide_window(
	struct result_job *job, const struct job *asked, const struct worker_measurement *m)
{
	uint64_t work_ns = job->elapsed_ns > m->verify_ns ? job->elapsed_ns - m->verify_ns : 0;

	if (m->verify_ns == 0)
		return;
	job->directions[DIRECTION_WRITE].runtime_ns = work_ns;
	job->directions[DIRECTION_TRIM].runtime_ns = work_ns;
	if (!job_reads(asked) && asked->rare->verify.backlog == 0)
		job->directions[DIRECTION_READ].runtime_ns = m->verify_ns;
}

static const char *why_nothing(struct arena *arena, const struct job *asked,
	const struct worker_verify *from, const struct result_verify *verify)
{
	uint64_t unjudged = result_verify_unjudged(verify) - verify->left;

	if (asked->rare->verify.kind == CHECKSUM_NULL)
		return "verify=null writes nothing by which a block could be judged; use "
		       "verify=crc32c";
	if (!from->judges)
		return arena_printf(arena, "%s keeps no data", asked->engine->name);
	if (unjudged > 0 && verify->unread == unjudged)
		return arena_printf(arena, "%" PRIu64 " could not be read", unjudged);
	if (unjudged > 0)
		return arena_printf(arena,
			"%" PRIu64 " were not judged (see unjudged); a lower iodepth, or trims and "
			"writes of one size, leave fewer of them",
			unjudged);
	return from->judges_reads ? "nothing was read" : "nothing was written";
}

/* Exit code 0 would else be taken for a verification. What was left to the end has its own. */
static void warn_nothing(struct result *result, const struct result_job *job,
	const struct job *asked, const struct worker_verify *from)
{
	const struct result_verify *verify = job->verify;

	if (verify->blocks > 0 || verify->wrong > 0 || verify->left > 0 || job->error != 0 ||
		!(job_verify_rules_reads_back(asked) || from->judges_reads))
		return;
	if (!job_reads(asked) && !job_does(asked, DIRECTION_WRITE))
		return; /* it only trims: said when the job was read */
	result_warn(result, job->name, "verify-nothing", "no block was verified: %s",
		why_nothing(&result->arena, asked, from, verify));
}

void collect_verify(struct result *result, struct result_job *job,
	const struct planned_job *planned, const struct worker *worker)
{
	const struct worker_verify *from = worker->verify;
	const struct worker_measurement *m = worker->outcome.measurement;
	const struct job_verify *asked = &planned->job->rare->verify;
	const struct verify_counts *counts;
	struct result_verify *into;

	if (!from || !m || m->started_ns == 0)
		return;
	into = job->verify = ARENA_NEW(&result->arena, struct result_verify);
	counts = &from->judge.counts;
	copy_counts(into, from);
	copy_wrong_blocks(result, into, planned, &from->judge);
	into->elapsed_ns = m->verify_ns;
	divide_window(job, planned->job, m);
	if (job_verify_rules_reads_back(planned->job) && asked->phase)
		into->left = from->census.written + (asked->trim.zero ? from->census.trimmed : 0);
	if (into->left > 0)
		result_warn(result, job->name, "verify-left",
			"%" PRIu64 " written blocks were not verified: the job ended before%s",
			into->left,
			planned->job->runtime_ns != 0 ? "; give it a size in place of a time" : "");
	warn_nothing(result, job, planned->job, from);
	if (counts->undumped > 0)
		result_warn(result, job->name, "verify-dump",
			"%" PRIu64 " files of verify_dump could not be written into the current "
			"folder: %s",
			counts->undumped, strerror(counts->dump_error));
	if (planned->verify.is_narrow && from->has_log)
		result_warn(result, job->name, "verify-narrow",
			"for want of memory a byte stands for each block: a lost write shows with "
			"a probability of 7 in 8");
}
