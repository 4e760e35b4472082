/* SPDX-License-Identifier: MIT */
/* Damage of any kind to a block of any kind is diagnosed, and the block is left as it was. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/edits.h"
#include "fuzz/mutate.h"
#include "verify/diagnosis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { FIRST = 4, BLOCK = 2048, PLACE = 3 * BLOCK };

static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static uint64_t sequence_at(const void *log, uint64_t offset)
{
	(void)log;
	return offset / BLOCK + 1;
}

/* Each third write is the last of a block of another target. */
static const char *target_with(const void *log, uint64_t offset, uint64_t sequence)
{
	(void)log;
	return offset < 16 * BLOCK && sequence % 3 == 0 ? "other" : NULL;
}

/* The format that the first bytes choose; false: there is none. */
static bool choose(const uint8_t *data, struct byte_pattern *pattern, struct verify_format *format)
{
	const char *problem;

	*format = (struct verify_format){
		.kind = data[0] % CHECKSUM_KIND_COUNT,
		.layout = data[1] & 1,
		.interval_bytes = data[1] & 2 ? BLOCK : 0,
		.header_at = data[1] & 4 ? data[2] * 8 : 0,
		.compress_percent = data[1] & 8 ? data[2] % 101 : 0,
		.pattern_interval_bytes = data[1] & 16 ? data[2] + 1 : 0,
		.source = {.run = data[1] & 32 ? 0 : 0x77, .job = 1},
	};
	must(byte_pattern_parse("%o\"ab\"0x123456", pattern, &problem) == 0, "no pattern");
	if (data[1] & 64)
		format->pattern = pattern;
	return checksum_name(format->kind) && verify_block_prepare(format, &problem) == 0;
}

static void check_diagnosis(const struct verify_format *format, uint64_t sequence, uint8_t *block)
{
	struct verify_part part = {sequence, PLACE, PLACE};
	struct diagnosis_context context = {
		.end = 16 * BLOCK,
		.last_sequence = 100,
		.sequence_at = sequence_at,
		.target_with = target_with,
	};
	uint8_t *before = malloc(BLOCK), *scratch = malloc(BLOCK);
	struct arena arena AUTO_ARENA = {0};
	struct diagnosis found;

	must(before && scratch, "no memory");
	memcpy(before, block, BLOCK);
	if (verify_block_check(format, &part, block, BLOCK) != BLOCK) {
		diagnosis_make(format, &part, block, BLOCK, scratch, &context, &found);
		must((unsigned)found.kind < DIAGNOSIS_KIND_COUNT, "a kind that there is not");
		must(found.first_difference <= BLOCK && found.end_difference <= BLOCK &&
				found.torn_at <= BLOCK && found.wrong_bytes <= BLOCK &&
				found.foreign_bytes <= BLOCK,
			"a place beyond the block");
		must(found.kind != DIAGNOSIS_FLIPPED_BITS || found.wrong_bits > 0, "no bit");
		must(*diagnosis_text(&found, &arena), "no words");
	}
	must(memcmp(before, block, BLOCK) == 0, "the block was changed");
	free(before);
	free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct byte_pattern pattern;
	struct verify_format format;
	uint64_t writer = bytes > 3 ? data[3] % 8 : 0;
	uint8_t *block;

	if (bytes < FIRST || !choose(data, &pattern, &format))
		return 0;
	block = malloc(BLOCK);
	must(block, "no memory");
	verify_block_fill(&format, writer, block, BLOCK, data[3] & 8 ? 5 * BLOCK : PLACE);
	edits_apply(data + FIRST, bytes - FIRST, block, BLOCK, 128);
	check_diagnosis(&format, 5, block);
	check_diagnosis(&format, STAMP_ANY, block);
	check_diagnosis(&format, STAMP_ZEROS, block);
	free(block);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return edits_mutate(data, bytes, FIRST, limit, seed);
}
