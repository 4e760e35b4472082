/* SPDX-License-Identifier: MIT */
/* A target against its state, block by block. */
#include "verify/audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_BYTES = 1 << 20,
	BUFFER_ALIGNMENT = 4096, /* O_DIRECT */
};

struct walk {
	const struct state_file *file;
	const struct state_section *section;
	const struct state_target *target;
	const struct audit_source *source;
	struct arena *arena;
	struct audit *audit;
	uint32_t block_bytes;
	uint8_t *buffer, *scratch;
	size_t buffer_bytes;
	/* Where the write began whose blocks are being passed, as far as that is known. */
	bool is_start_known;
	uint64_t start, next_offset;
	uint32_t start_number;
};

/* A block, its entry and its bytes. */
struct block {
	uint64_t unit, offset;
	uint32_t entry;
	uint8_t *data;
	struct verify_part part; /* of the last acknowledged write */
};

static uint32_t number_mask(const struct state_section *section)
{
	return (1u << (section->is_narrow ? STATE_NARROW_NUMBER_BITS : STATE_WIDE_NUMBER_BITS)) - 1;
}

static uint32_t kept_of(const struct state_section *section, uint32_t entry)
{
	return entry >> STATE_NUMBER_SHIFT & number_mask(section);
}

/* The youngest write whose number ends in these bits. */
static uint64_t number_of(const struct state_section *section, uint32_t entry)
{
	uint64_t newest = section->live->newest;
	uint64_t back = (newest - kept_of(section, entry)) & number_mask(section);

	return newest >= back ? newest - back : 0;
}

static bool is_written(uint32_t entry)
{
	return (entry & STATE_MASK) == STATE_WRITTEN ||
	       (entry & STATE_MASK) == STATE_WRITTEN_CHECKED;
}

static bool is_trimmed(uint32_t entry)
{
	return (entry & STATE_MASK) == STATE_TRIMMED ||
	       (entry & STATE_MASK) == STATE_TRIMMED_CHECKED;
}

static bool is_exact(const struct state_file *file)
{
	return file->is_closed || file->is_same_boot;
}

static uint64_t offset_of(const struct walk *walk, uint64_t unit)
{
	return walk->target->offset + unit * walk->section->unit_bytes;
}

/* Number of the last write of a block, for a diagnosis of another one; 0: not known. */
static uint64_t last_sequence_of(
	const struct walk *walk, const struct state_target *target, uint64_t offset)
{
	uint64_t unit;
	uint32_t entry;

	if (walk->section->is_narrow || offset < target->offset)
		return 0;
	unit = (offset - target->offset) / walk->section->unit_bytes;
	if (unit >= target->unit_count ||
		target->offset + unit * walk->section->unit_bytes != offset)
		return 0;
	entry = state_file_entry(walk->section, target, unit);
	return is_written(entry) ? number_of(walk->section, entry) : 0;
}

static uint64_t last_sequence_at(const void *log, uint64_t offset)
{
	const struct walk *walk = log;

	return last_sequence_of(walk, walk->target, offset);
}

static const char *target_with(const void *log, uint64_t offset, uint64_t sequence)
{
	const struct walk *walk = log;

	for (size_t i = 0; i < walk->section->target_count; i++) {
		const struct state_target *target = &walk->section->targets[i];

		if (target != walk->target && last_sequence_of(walk, target, offset) == sequence)
			return target->path;
	}
	return NULL;
}

static struct diagnosis diagnose(
	struct walk *walk, const struct block *block, const struct verify_part *part)
{
	struct diagnosis_context context = {
		.first = walk->target->offset,
		.end = offset_of(walk, walk->target->unit_count),
		.last_sequence = walk->section->live->newest,
		.sequence_at = last_sequence_at,
		.target_with = target_with,
		.log = walk,
	};
	struct diagnosis diagnosis;

	diagnosis_make(&walk->section->format, part, block->data, walk->block_bytes, walk->scratch,
		&context, &diagnosis);
	return diagnosis;
}

static void add_finding(struct walk *walk, const struct audit_finding *finding)
{
	struct audit *audit = walk->audit;

	if (!audit->findings)
		audit->findings = arena_alloc_array(
			walk->arena, AUDIT_FINDING_LIMIT, sizeof(*audit->findings));
	if (audit->finding_count < AUDIT_FINDING_LIMIT)
		audit->findings[audit->finding_count++] = *finding;
}

static void note_wrong(struct walk *walk, const struct diagnosis *diagnosis, bool is_stray)
{
	struct audit_finding finding = {.diagnosis = *diagnosis, .is_stray = is_stray};

	walk->audit->counts.wrong++;
	walk->audit->counts.of_kind[diagnosis->kind]++;
	walk->audit->counts.stray += is_stray;
	add_finding(walk, &finding);
}

static bool check(struct walk *walk, const struct block *block, const struct verify_part *part)
{
	return verify_block_check(&walk->section->format, part, block->data, walk->block_bytes) ==
	       walk->block_bytes;
}

/* The header of the block, wherever verify_offset has put it; false: there is none of this run. */
static bool find_header(const struct walk *walk, const struct block *block, struct header *header)
{
	const struct verify_format *format = &walk->section->format;

	return format->head_bytes > 0 &&
	       header_read(block->data + format->header_at, format->layout, header) ==
		       HEADER_WELL &&
	       header->is_stamped && header->source.run == walk->file->run;
}

/* Of the number only the lowest bits are known: any whole block whose number ends in them. */
static bool is_right_by_end(struct walk *walk, const struct block *block)
{
	struct verify_part any = block->part;
	struct header header;

	any.sequence = STAMP_ANY;
	return find_header(walk, block, &header) &&
	       header.source.job == walk->section->format.source.job &&
	       (header.sequence & number_mask(walk->section)) ==
		       kept_of(walk->section, block->entry) &&
	       check(walk, block, &any);
}

static bool is_right(struct walk *walk, const struct block *block)
{
	if ((!walk->section->is_narrow || walk->section->format.head_bytes == 0) &&
		check(walk, block, &block->part))
		return true;
	return is_right_by_end(walk, block);
}

/* Where only the end of a number is known, the least one from what was found on is taken for it,
 * and is not told. */
static struct diagnosis diagnose_written(struct walk *walk, const struct block *block)
{
	struct verify_part part = block->part;
	struct diagnosis diagnosis;
	struct header header;

	if (!walk->section->is_narrow)
		return diagnose(walk, block, &part);
	if (find_header(walk, block, &header))
		part.sequence = header.sequence +
				((kept_of(walk->section, block->entry) - header.sequence) &
					number_mask(walk->section));
	diagnosis = diagnose(walk, block, &part);
	diagnosis.expected.sequence = 0;
	return diagnosis;
}

static void judge_written(struct walk *walk, const struct block *block)
{
	struct diagnosis diagnosis;

	if (is_right(walk, block)) {
		walk->audit->counts.right++;
		return;
	}
	diagnosis = diagnose_written(walk, block);
	if (!is_exact(walk->file) && !walk->section->is_narrow &&
		(diagnosis.kind == DIAGNOSIS_YOUNGER ||
			(diagnosis.kind == DIAGNOSIS_TORN && !diagnosis.found.is_zeros &&
				diagnosis.found.offset == block->offset &&
				diagnosis.found.sequence > block->part.sequence)))
		walk->audit->counts.later++;
	else
		note_wrong(walk, &diagnosis, false);
}

static void judge_trimmed(struct walk *walk, const struct block *block)
{
	struct verify_part zeros = {STAMP_ZEROS, block->offset, block->offset};
	struct diagnosis diagnosis;

	if (!walk->section->trims_to_zero) {
		walk->audit->counts.unjudged++;
		return;
	}
	if (check(walk, block, &zeros)) {
		walk->audit->counts.right++;
		return;
	}
	diagnosis = diagnose(walk, block, &zeros);
	if (diagnosis.kind == DIAGNOSIS_OLDER && !is_exact(walk->file) &&
		diagnosis.found.sequence > number_of(walk->section, block->entry))
		walk->audit->counts.later++;
	else
		note_wrong(walk, &diagnosis, false);
}

/* The flight that covers a unit, and the unit's entry before it. */
static const struct state_flight *find_flight(
	const struct walk *walk, const struct block *block, uint32_t *before)
{
	const struct state_section *section = walk->section;
	uint64_t number = (uint64_t)(walk->target - section->targets);

	for (uint32_t i = 0; i < section->slot_count; i++) {
		const struct state_flight *flight = &section->flights[i];
		uint64_t unit;

		if (flight->length == 0 || flight->target != number ||
			block->offset < flight->offset ||
			block->offset - flight->offset >= flight->length)
			continue;
		unit = (block->offset - flight->offset) / section->unit_bytes;
		if (unit >= section->slot_units)
			continue;
		*before = section->before[(uint64_t)i * section->slot_units + unit];
		return flight;
	}
	return NULL;
}

/* A write was in flight: before it, after it, or a part of each. */
static void judge_pending(struct walk *walk, const struct block *block)
{
	struct audit_counts *counts = &walk->audit->counts;
	struct block old = *block;
	uint32_t before = 0;
	const struct state_flight *flight = find_flight(walk, block, &before);
	struct verify_part part = block->part;
	struct diagnosis diagnosis;

	if (!flight || flight->is_trim) {
		counts->unjudged++;
		return;
	}
	part.sequence = flight->number;
	part.write_offset = flight->offset;
	if (check(walk, block, &part)) {
		counts->flown_after++;
		return;
	}
	old.entry = before;
	old.part.sequence = is_trimmed(before) ? STAMP_ZEROS : number_of(walk->section, before);
	if ((is_trimmed(before) && !walk->section->trims_to_zero) ||
		(!is_trimmed(before) && !is_written(before)) ||
		verify_block_needs_start(&walk->section->format)) {
		counts->unjudged++; /* anything may have been there */
		return;
	}
	if (is_trimmed(before) ? check(walk, &old, &old.part) : is_right(walk, &old)) {
		counts->flown_before++;
		return;
	}
	diagnosis = diagnose(walk, block, &part);
	if (diagnosis.kind == DIAGNOSIS_TORN &&
		(is_trimmed(before)
				? diagnosis.found.is_zeros
				: diagnosis.found.offset == block->offset &&
					  (diagnosis.found.sequence & number_mask(walk->section)) ==
						  kept_of(walk->section, before)))
		counts->flown_between++;
	else if (!is_exact(walk->file) && diagnosis.kind == DIAGNOSIS_YOUNGER)
		counts->later++;
	else
		note_wrong(walk, &diagnosis, false);
}

/* Nothing was written here: content of this run that belongs elsewhere has gone astray. */
static void judge_untouched(struct walk *walk, const struct block *block)
{
	struct verify_part any = {STAMP_ANY, block->offset, block->offset};
	struct header header;
	struct diagnosis diagnosis;

	if (!find_header(walk, block, &header) || header.offset == block->offset ||
		header.bytes != walk->block_bytes) {
		walk->audit->counts.untouched++;
		return;
	}
	diagnosis = diagnose(walk, block, &any);
	note_wrong(walk, &diagnosis, true);
}

/* Where the write of this block began: patterns depend on it. */
static void follow_start(struct walk *walk, struct block *block)
{
	uint32_t number = kept_of(walk->section, block->entry);

	if (!is_written(block->entry)) {
		walk->is_start_known = false;
	} else if (block->entry & STATE_IS_START) {
		walk->is_start_known = true;
		walk->start = block->offset;
	} else if (block->offset != walk->next_offset || number != walk->start_number) {
		walk->is_start_known = false;
	}
	walk->start_number = number;
	walk->next_offset = block->offset + walk->block_bytes;
	block->part = (struct verify_part){
		.sequence = number_of(walk->section, block->entry),
		.write_offset = walk->is_start_known ? walk->start : block->offset,
		.offset = block->offset,
	};
}

static void judge(struct walk *walk, struct block *block)
{
	follow_start(walk, block);
	switch (block->entry & STATE_MASK) {
	case STATE_UNTOUCHED:
		judge_untouched(walk, block);
		break;
	case STATE_WRITTEN:
	case STATE_WRITTEN_CHECKED:
		if (verify_block_needs_start(&walk->section->format) && !walk->is_start_known)
			walk->audit->counts.unjudged++;
		else
			judge_written(walk, block);
		break;
	case STATE_TRIMMED:
	case STATE_TRIMMED_CHECKED:
		judge_trimmed(walk, block);
		break;
	case STATE_PENDING:
		judge_pending(walk, block);
		break;
	default:
		walk->audit->counts.unjudged++;
		break;
	}
}

/* Units that the block at `unit` has; 0: none begins here. */
static uint64_t block_units(const struct walk *walk, uint64_t unit, uint32_t entry)
{
	uint32_t state = entry & STATE_MASK;
	uint64_t units = walk->section->block_units;

	if (units > 1 && state != STATE_UNTOUCHED && !(entry & STATE_IS_HEAD))
		return 0;
	return units <= walk->target->unit_count - unit ? units : 0;
}

static void note_unread(struct walk *walk, uint64_t offset, int error)
{
	struct audit_finding finding = {.error = error};

	finding.diagnosis.offset = offset;
	finding.diagnosis.bytes = walk->block_bytes;
	walk->audit->counts.unread++;
	add_finding(walk, &finding);
}

/* The target ends before this block: what was acknowledged is missing, and nothing else need be. */
static void note_absent(struct walk *walk, const struct block *block)
{
	struct audit_counts *counts = &walk->audit->counts;

	switch (block->entry & STATE_MASK) {
	case STATE_UNTOUCHED:
		counts->untouched++;
		break;
	case STATE_TRIMMED:
	case STATE_TRIMMED_CHECKED:
		counts->right++; /* A trim makes no file longer. */
		break;
	case STATE_PENDING:
		counts->flown_before++;
		break;
	case STATE_UNKNOWN:
	case STATE_CONTESTED:
		counts->unjudged++;
		break;
	default:
		note_unread(walk, block->offset, -ENXIO);
	}
}

static int read_units(struct walk *walk, uint64_t unit, uint64_t count)
{
	size_t bytes = (size_t)(count * walk->section->unit_bytes);
	int error = walk->source->read(
		walk->source->context, walk->buffer, bytes, offset_of(walk, unit));

	if (error == 0)
		walk->audit->bytes_read += bytes;
	return error;
}

/* One block alone, where the chunk around it could not be read. */
static uint64_t judge_alone(struct walk *walk, uint64_t unit)
{
	struct block block = {
		.unit = unit,
		.offset = offset_of(walk, unit),
		.entry = state_file_entry(walk->section, walk->target, unit),
		.data = walk->buffer,
	};
	uint64_t units = block_units(walk, unit, block.entry);
	int error;

	if (units == 0)
		return 1;
	error = read_units(walk, unit, units);
	if (error == 0)
		judge(walk, &block);
	else if (error == -ENXIO)
		note_absent(walk, &block);
	else
		note_unread(walk, block.offset, error);
	return (block.entry & STATE_MASK) == STATE_UNTOUCHED ? 1 : units;
}

/* The blocks that begin in [first, first + count) and end in it; returns how many units that is. */
static uint64_t judge_chunk(struct walk *walk, uint64_t first, uint64_t count)
{
	uint64_t at = 0;

	while (at < count) {
		struct block block = {
			.unit = first + at,
			.offset = offset_of(walk, first + at),
			.entry = state_file_entry(walk->section, walk->target, first + at),
			.data = walk->buffer + at * walk->section->unit_bytes,
		};
		uint64_t units = block_units(walk, block.unit, block.entry);

		if (units > count - at && at > 0)
			break;
		if (units > 0)
			judge(walk, &block);
		at += units > 0 && (block.entry & STATE_MASK) != STATE_UNTOUCHED ? units : 1;
	}
	return at;
}

static void walk_target(struct walk *walk)
{
	uint64_t total = walk->target->unit_count;
	uint64_t chunk = walk->buffer_bytes / walk->section->unit_bytes;
	uint64_t unit = 0;

	while (unit < total) {
		uint64_t count = total - unit < chunk ? total - unit : chunk;

		if (read_units(walk, unit, count) == 0) {
			unit += judge_chunk(walk, unit, count);
			continue;
		}
		for (uint64_t end = unit + count; unit < end;)
			unit += judge_alone(walk, unit);
	}
}

void audit_target(const struct state_file *file, const struct state_section *section,
	const struct state_target *target, const struct audit_source *source, struct arena *arena,
	struct audit *audit)
{
	struct walk walk = {
		.file = file,
		.section = section,
		.target = target,
		.source = source,
		.arena = arena,
		.audit = audit,
		.block_bytes = section->unit_bytes * section->block_units,
	};
	size_t block_bytes = walk.block_bytes;

	if (section->format.interval_bytes == 0 || section->format.kind == CHECKSUM_NULL) {
		for (uint64_t unit = 0; unit < target->unit_count; unit++) {
			uint32_t entry = state_file_entry(section, target, unit);

			audit->counts.unjudged += (entry & STATE_MASK) != STATE_UNTOUCHED;
		}
		return;
	}
	walk.buffer_bytes = block_bytes > CHUNK_BYTES ? block_bytes : CHUNK_BYTES;
	walk.buffer_bytes = walk.buffer_bytes / block_bytes * block_bytes;
	if (posix_memalign((void **)&walk.buffer, BUFFER_ALIGNMENT, walk.buffer_bytes) != 0 ||
		posix_memalign((void **)&walk.scratch, BUFFER_ALIGNMENT, block_bytes) != 0)
		arena_exhausted();
	walk_target(&walk);
	free(walk.buffer);
	free(walk.scratch);
}

bool audit_is_right(const struct audit_counts *counts)
{
	return counts->wrong == 0 && counts->unread == 0;
}

bool audit_is_blind(const struct audit_counts *counts)
{
	return counts->unjudged > 0 && counts->right == 0 && counts->wrong == 0 &&
	       counts->unread == 0 && counts->later == 0 && counts->flown_before == 0 &&
	       counts->flown_after == 0 && counts->flown_between == 0;
}
