/* SPDX-License-Identifier: MIT */
/* Names and sentences of what is wrong with blocks. */
#include <inttypes.h>

#include "verify/diagnosis.h"

static const struct {
	const char *name, *words;
} kinds[DIAGNOSIS_KIND_COUNT] = {
	[DIAGNOSIS_FLIPPED_BITS] = {"flipped_bits", "a flipped bit"},
	[DIAGNOSIS_ZEROS] = {"zeros", "zeros"},
	[DIAGNOSIS_OLDER] = {"older", "an older write"},
	[DIAGNOSIS_YOUNGER] = {"younger", "a later write"},
	[DIAGNOSIS_OTHER_BLOCK] = {"other_block", "another block's content"},
	[DIAGNOSIS_TORN] = {"torn", "torn"},
	[DIAGNOSIS_OTHER_WRITER] = {"other_writer", "another run's content"},
	[DIAGNOSIS_CORRUPT] = {"corrupt", "unknown content"},
};

const char *diagnosis_kind_name(unsigned kind)
{
	return kinds[kind].name;
}

const char *diagnosis_kind_words(unsigned kind)
{
	return kinds[kind].words;
}

const char *diagnosis_boundary_name(unsigned boundary)
{
	static const char *const names[] = {"page", "sector", "odd"};

	return names[boundary];
}

static const char *bytes_text(const uint8_t *bytes, unsigned count, struct arena *arena)
{
	const char *text = "";

	for (unsigned i = 0; i < count; i++)
		text = arena_printf(arena, "%s%02x", text, bytes[i]);
	return text;
}

/* "write 17 of this block", "the block at 4096 (write 17)", "zeros". */
static const char *owner_text(
	const struct diagnosis *diagnosis, const struct diagnosis_owner *owner, struct arena *arena)
{
	bool is_own = owner->source.run == diagnosis->expected.source.run;

	if (owner->is_zeros)
		return "zeros";
	if (owner->sequence == 0)
		return "content of another writer";
	if (owner->source.run == 0)
		return arena_printf(
			arena, "content of fio (its write %" PRIu64 ")", owner->sequence);
	if (!is_own)
		return arena_printf(arena, "content of run %08" PRIx32, owner->source.run);
	if (owner->offset != diagnosis->offset)
		return arena_printf(arena, "write %" PRIu64 ", of the block at %" PRIu64,
			owner->sequence, owner->offset);
	return arena_printf(arena, "write %" PRIu64, owner->sequence);
}

static const char *flip_text(const struct diagnosis *diagnosis, struct arena *arena)
{
	unsigned bit = 0;

	if (diagnosis->wrong_bits > 1)
		return arena_printf(arena,
			"%" PRIu32 " flipped bits in bytes %" PRIu32 " to %" PRIu32 ": %s for %s",
			diagnosis->wrong_bits, diagnosis->first_difference,
			diagnosis->end_difference - 1,
			bytes_text(diagnosis->had, diagnosis->shown, arena),
			bytes_text(diagnosis->wanted, diagnosis->shown, arena));
	while (!((diagnosis->wanted[0] ^ diagnosis->had[0]) >> bit & 1))
		bit++;
	return arena_printf(arena, "a flipped bit: bit %u of byte %" PRIu32 ", 0x%02x for 0x%02x",
		bit, diagnosis->first_difference, diagnosis->had[0], diagnosis->wanted[0]);
}

static const char *other_block_text(const struct diagnosis *diagnosis, struct arena *arena)
{
	const struct diagnosis_owner *found = &diagnosis->found;
	const char *which = "";

	if (found->last_sequence != 0)
		which = found->last_sequence == found->sequence ? ", its last one"
								: ", not its last one";
	if (found->sequence == 0)
		return arena_printf(arena, "the content of the block at %" PRIu64, found->offset);
	return arena_printf(arena,
		"the content of the block at %" PRIu64 "%s%s (write %" PRIu64 "%s)", found->offset,
		found->target ? " of " : "", found->target ? found->target : "", found->sequence,
		which);
}

static const char *torn_text(const struct diagnosis *diagnosis, struct arena *arena)
{
	static const char *const boundaries[] = {
		"a page's boundary", "a sector's boundary", "no sector's boundary"};
	const char *expected = owner_text(diagnosis, &diagnosis->expected, arena);
	const char *other = owner_text(diagnosis, &diagnosis->found, arena);

	if (diagnosis->is_interleaved)
		return arena_printf(arena,
			"torn in several places, the first at byte %" PRIu32 " (%s): %" PRIu32
			" of %" PRIu32 " bytes are %s in %s",
			diagnosis->torn_at, boundaries[diagnosis->boundary],
			diagnosis->foreign_bytes, diagnosis->bytes, other, expected);
	return arena_printf(arena, "torn at byte %" PRIu32 " (%s): before it %s, from it on %s",
		diagnosis->torn_at, boundaries[diagnosis->boundary],
		diagnosis->expected_first ? expected : other,
		diagnosis->expected_first ? other : expected);
}

static const char *corrupt_text(const struct diagnosis *diagnosis, struct arena *arena)
{
	uint32_t first = diagnosis->first_difference, last = diagnosis->end_difference - 1;
	const char *had = bytes_text(diagnosis->had, diagnosis->shown, arena);
	const char *wanted = bytes_text(diagnosis->wanted, diagnosis->shown, arena);

	if (!diagnosis->expected.is_known)
		return "unknown content; what was expected is not known";
	if (diagnosis->misplaced > 0)
		return arena_printf(arena,
			"sectors in wrong places: %" PRIu32
			" of its own, the first, at byte %" PRIu32 ", belongs at byte %" PRIu32,
			diagnosis->misplaced, diagnosis->first_misplaced, diagnosis->belongs_at);
	if (diagnosis->wrong_bytes == 1)
		return arena_printf(
			arena, "a wrong byte: byte %" PRIu32 ", 0x%s for 0x%s", first, had, wanted);
	return arena_printf(arena,
		"unknown content: %" PRIu32 " of %" PRIu32 " bytes differ, in bytes %" PRIu32
		" to %" PRIu32 ", %s for %s%s",
		diagnosis->wrong_bytes, diagnosis->bytes, first, last, had, wanted,
		last - first >= diagnosis->shown ? " at first" : "");
}

static const char *writer_text(const struct diagnosis *diagnosis, struct arena *arena)
{
	const struct diagnosis_owner *found = &diagnosis->found;

	if (found->source.run == 0)
		return "content that fio wrote";
	if (found->source.run == diagnosis->expected.source.run)
		return arena_printf(arena,
			"content of job %u of this run (its write %" PRIu64 " at %" PRIu64 ")",
			found->source.job, found->sequence, found->offset);
	return arena_printf(arena,
		"content of another run (%08" PRIx32 ", job %u, its write %" PRIu64 " at %" PRIu64
		")",
		found->source.run, found->source.job, found->sequence, found->offset);
}

const char *diagnosis_text(const struct diagnosis *diagnosis, struct arena *arena)
{
	uint64_t found = diagnosis->found.sequence, expected = diagnosis->expected.sequence;

	switch (diagnosis->kind) {
	case DIAGNOSIS_FLIPPED_BITS:
		return flip_text(diagnosis, arena);
	case DIAGNOSIS_ZEROS:
		return "zeros";
	case DIAGNOSIS_OLDER:
		if (diagnosis->expected.is_zeros)
			return arena_printf(arena,
				"a lost trim: write %" PRIu64 " where zeros were expected", found);
		if (expected == 0)
			return arena_printf(
				arena, "another write than the last one: write %" PRIu64, found);
		return arena_printf(arena,
			"a lost write: write %" PRIu64 " where write %" PRIu64
			" was expected, %" PRIu64 " writes later",
			found, expected, expected - found);
	case DIAGNOSIS_YOUNGER:
		return arena_printf(arena,
			"a later write: write %" PRIu64 " where write %" PRIu64 " was the last",
			found, expected);
	case DIAGNOSIS_OTHER_BLOCK:
		return other_block_text(diagnosis, arena);
	case DIAGNOSIS_TORN:
		return torn_text(diagnosis, arena);
	case DIAGNOSIS_OTHER_WRITER:
		return writer_text(diagnosis, arena);
	default:
		return corrupt_text(diagnosis, arena);
	}
}
