/* SPDX-License-Identifier: MIT */
/* Blocks that were read against what must be there. */
#include "run/verify_judge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The whole read, by the first block of it that is wrong and those behind it. */
struct judged {
	struct verify_judge *judge;
	const struct verify_read *read;
	struct verify_part part;
	char *at;
	size_t left;
	size_t block_bytes;
};

/* Whose log, and of which target, for a diagnosis. */
struct lookup {
	const struct verify_log *log;
	unsigned target;
	const struct target *targets;
};

static uint64_t sequence_at(const void *context, uint64_t offset)
{
	const struct lookup *lookup = context;

	return verify_log_last(lookup->log, lookup->target, offset);
}

static const char *target_with(const void *context, uint64_t offset, uint64_t sequence)
{
	const struct lookup *lookup = context;

	for (unsigned i = 0; i < lookup->log->target_count; i++) {
		if (i != lookup->target && verify_log_last(lookup->log, i, offset) == sequence)
			return lookup->targets[i].path;
	}
	return NULL;
}

static void diagnose(struct judged *judged, struct diagnosis *diagnosis)
{
	struct verify_judge *judge = judged->judge;
	unsigned target = judged->read->run.target;
	struct lookup lookup = {judge->log, target, judge->targets};
	struct diagnosis_context context = {0};

	if (judge->log) {
		const struct verify_log_target *region = &judge->log->targets[target];

		context.first = region->offset;
		context.end = region->offset + region->unit_count * judge->log->unit_bytes;
		context.last_sequence = judged->read->newest;
	}
	if (judge->log && judge->looks_up && !judge->log->is_narrow) {
		context.sequence_at = sequence_at;
		context.target_with = target_with;
		context.log = &lookup;
	}
	diagnosis_make(judge->format, &judged->part, judged->at, (uint32_t)judged->block_bytes,
		judge->scratch, &context, diagnosis);
}

/* 0 or errno. */
static int write_all(int file, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t written = write(file, bytes, count);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? errno : ENOSPC;
		bytes += written;
		count -= (size_t)written;
	}
	return 0;
}

/* NAME.OFFSET.received beside NAME.OFFSET.expected. What cannot be written is counted. */
static void write_file(
	const struct judged *judged, const char *kind, const void *bytes, size_t count)
{
	const char *path = judged->judge->targets[judged->read->run.target].path;
	const char *slash = strrchr(path, '/');
	struct verify_counts *counts = &judged->judge->counts;
	char name[NAME_MAX + 1];
	int file, error;

	snprintf(name, sizeof(name), "%s.%" PRIu64 ".%s", slash ? slash + 1 : path,
		judged->part.offset, kind);
	file = open(name, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	error = file < 0 ? errno : write_all(file, bytes, count);
	if (file >= 0)
		close(file);
	if (error == 0)
		return;
	counts->undumped++;
	if (counts->dump_error == 0)
		counts->dump_error = error;
}

/* What was expected is known where its writer is. */
static void dump(struct judged *judged)
{
	struct verify_judge *judge = judged->judge;
	struct verify_part part = judged->part;

	if (!judge->dumps || judge->counts.wrong > VERIFY_FINDING_LIMIT)
		return;
	write_file(judged, "received", judged->at, judged->block_bytes);
	if (part.sequence == STAMP_ZEROS)
		memset(judge->scratch, 0, judged->block_bytes);
	else if (part.sequence != STAMP_ANY)
		verify_block_fill_part(judge->format, &part, judge->scratch, judged->block_bytes);
	else
		return;
	write_file(judged, "expected", judge->scratch, judged->block_bytes);
}

static struct verify_finding *keep(struct judged *judged)
{
	struct verify_judge *judge = judged->judge;
	unsigned index = judge->finding_count;

	if (index < VERIFY_FINDING_LIMIT)
		judge->finding_count++;
	judge->counts.wrong++;
	judge->findings[index] = (struct verify_finding){
		.target = judged->read->run.target,
		.diagnosis = {.offset = judged->part.offset,
			.bytes = (uint32_t)judged->block_bytes},
	};
	return &judge->findings[index];
}

static void keep_wrong(struct judged *judged)
{
	struct verify_finding *finding = keep(judged);
	struct verify_counts *counts = &judged->judge->counts;

	diagnose(judged, &finding->diagnosis);
	counts->kinds[finding->diagnosis.kind]++;
	dump(judged);
}

static void keep_missing(struct judged *judged)
{
	keep(judged)->is_missing = true;
	judged->judge->counts.missing++;
}

static void advance(struct judged *judged, size_t bytes)
{
	judged->at += bytes;
	judged->left -= bytes;
	judged->part.offset += bytes;
}

/* Of a log that knows the number's low bits only: blocks of an older write end what is right. */
static size_t right_by_number(const struct judged *judged, size_t right)
{
	const struct verify_judge *judge = judged->judge;

	for (size_t at = 0; at < right; at += judged->block_bytes) {
		struct header header;

		if (header_read(judged->at + at + judge->format->header_at, judge->format->layout,
			    &header) == HEADER_WELL &&
			header.is_stamped &&
			!verify_log_is_number(judge->log, judged->read->run.kept, header.sequence))
			return at;
	}
	return right;
}

/* The log keeps a number's low bits: a block may be of an older write than the youngest whose
 * number ends in them, and bear its number. Then all of the run is of that write. */
static bool is_of_older(struct judged *judged)
{
	const struct verify_judge *judge = judged->judge;
	struct header header;

	if (!judge->log || judge->log->is_narrow || !judge->checks_number ||
		judged->read->run.is_trimmed || judge->format->head_bytes == 0 ||
		header_read(judged->at + judge->format->header_at, judge->format->layout,
			&header) != HEADER_WELL ||
		!header.is_stamped || header.source.run != judge->format->source.run ||
		header.source.job != judge->format->source.job ||
		header.offset != judged->part.offset || header.sequence >= judged->part.sequence ||
		!verify_log_is_number(judge->log, judged->read->run.kept, header.sequence))
		return false;
	judged->part.sequence = header.sequence;
	return true;
}

static size_t check_blocks(const struct judged *judged)
{
	const struct verify_judge *judge = judged->judge;
	size_t right = verify_block_check(judge->format, &judged->part, judged->at, judged->left);

	if (judge->checks_number && judge->log && judge->log->is_narrow &&
		!judged->read->run.is_trimmed && judge->format->head_bytes > 0)
		right = right_by_number(judged, right);
	return right;
}

static uint64_t expected_number(const struct verify_judge *judge, const struct verify_run *run)
{
	uint64_t number;

	if (run->is_trimmed)
		return STAMP_ZEROS;
	if (!judge->log || !judge->checks_number)
		return STAMP_ANY;
	number = verify_log_number(judge->log, run->kept);
	return number == VERIFY_LOG_UNSURE ? STAMP_ANY : number;
}

void verify_judge_expect(const struct verify_judge *judge, struct verify_read *read)
{
	read->number = expected_number(judge, &read->run);
	read->newest = judge->log ? judge->log->live->newest : 0;
}

bool verify_judge_read(struct verify_judge *judge, const struct verify_read *read)
{
	const struct verify_run *run = &read->run;
	size_t block_bytes = judge->format->interval_bytes;
	struct judged judged = {
		.judge = judge,
		.read = read,
		.part = {read->number, run->offset, run->offset},
		.at = read->buffer,
		.left = read->done_bytes / block_bytes * block_bytes,
		.block_bytes = block_bytes,
	};
	uint64_t wrong = judge->counts.wrong;

	if (!run->is_from_start && !run->is_trimmed && verify_block_needs_start(judge->format)) {
		judge->counts.unplaced += run->length / block_bytes;
		return true;
	}
	judge->counts.blocks += run->length / block_bytes;
	judge->counts.bytes += run->length;
	while (judged.left > 0) {
		advance(&judged, check_blocks(&judged));
		if (judged.left == 0)
			break;
		if (is_of_older(&judged))
			continue;
		keep_wrong(&judged);
		advance(&judged, block_bytes);
	}
	/* The target ends before. A trim makes no file longer. */
	for (size_t at = read->done_bytes / block_bytes * block_bytes;
		at < run->length && !run->is_trimmed; at += block_bytes) {
		judged.part.offset = run->offset + at;
		keep_missing(&judged);
	}
	return judge->counts.wrong == wrong;
}

const char *verify_judge_text(const struct verify_finding *finding, struct arena *arena)
{
	if (finding->is_missing)
		return "the target ends before";
	return diagnosis_text(&finding->diagnosis, arena);
}

const char *verify_judge_kind(const struct verify_finding *finding)
{
	return finding->is_missing ? "missing" : diagnosis_kind_name(finding->diagnosis.kind);
}

void verify_judge_merge(struct verify_judge *judge, const struct verify_judge *from)
{
	unsigned room = VERIFY_FINDING_LIMIT - judge->finding_count;
	unsigned count = from->finding_count < room ? from->finding_count : room;

	judge->counts.blocks += from->counts.blocks;
	judge->counts.bytes += from->counts.bytes;
	judge->counts.wrong += from->counts.wrong;
	judge->counts.missing += from->counts.missing;
	for (int i = 0; i < DIAGNOSIS_KIND_COUNT; i++)
		judge->counts.kinds[i] += from->counts.kinds[i];
	judge->counts.unplaced += from->counts.unplaced;
	judge->counts.superseded += from->counts.superseded;
	judge->counts.unread += from->counts.unread;
	judge->counts.undumped += from->counts.undumped;
	if (judge->counts.dump_error == 0)
		judge->counts.dump_error = from->counts.dump_error;
	memcpy(&judge->findings[judge->finding_count], from->findings,
		count * sizeof(*from->findings));
	judge->finding_count += count;
}
