/* SPDX-License-Identifier: MIT */
/* Targets in memory against their states: what is right, what was in flight, and what is wrong. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "test.h"
#include "verify/audit.h"

enum { BLOCK = 4096, BLOCKS = 600, SLOTS = 4, SLOT_UNITS = 8, FIRST = 8 * BLOCK, RUN = 0x77 };

/* A target, its state, and who writes to it. */
struct rig {
	uint8_t *data;
	struct state_live live;
	struct state_flight flights[SLOTS];
	uint32_t before[SLOTS * SLOT_UNITS];
	uint32_t entries[BLOCKS];
	struct state_target target;
	struct state_section section;
	struct state_file file;
	int unreadable; /* this block; -1: none */
	size_t end;     /* in blocks: the target ends there; 0: it does not */
	struct audit audit;
	struct arena arena;
};

static struct rig *rig;

static int set_up(void **state)
{
	const char *problem;

	(void)state;
	rig = calloc(1, sizeof(*rig));
	rig->data = calloc(BLOCKS, BLOCK);
	rig->target = (struct state_target){
		.path = "x", .offset = FIRST, .unit_count = BLOCKS, .entries = rig->entries};
	rig->section = (struct state_section){
		.name = "job",
		.format = {.kind = CHECKSUM_CRC32C,
			.interval_bytes = BLOCK,
			.source = {.run = RUN, .job = 1}},
		.unit_bytes = BLOCK,
		.block_units = 1,
		.slot_count = SLOTS,
		.slot_units = SLOT_UNITS,
		.target_count = 1,
		.targets = &rig->target,
		.live = &rig->live,
		.flights = rig->flights,
		.before = rig->before,
	};
	rig->file = (struct state_file){
		.run = RUN, .is_same_boot = true, .section_count = 1, .sections = &rig->section};
	rig->unreadable = -1;
	return verify_block_prepare(&rig->section.format, &problem);
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&rig->arena);
	free(rig->data);
	free(rig);
	return 0;
}

static int read_memory(void *context, void *buffer, size_t bytes, uint64_t offset)
{
	uint64_t bad = FIRST + (uint64_t)rig->unreadable * BLOCK;

	(void)context;
	assert_true(offset >= FIRST && offset + bytes <= FIRST + BLOCKS * BLOCK);
	if (rig->unreadable >= 0 && offset <= bad && offset + bytes > bad)
		return -EIO;
	if (rig->end > 0 && offset + bytes > FIRST + rig->end * BLOCK)
		return -ENXIO;
	memcpy(buffer, rig->data + (offset - FIRST), bytes);
	return 0;
}

static const struct audit_counts *look(void)
{
	struct audit_source source = {read_memory, NULL};

	rig->audit = (struct audit){0};
	audit_target(&rig->file, &rig->section, &rig->target, &source, &rig->arena, &rig->audit);
	return &rig->audit.counts;
}

static const struct diagnosis *finding(size_t number)
{
	assert_true(number < rig->audit.finding_count);
	return &rig->audit.findings[number].diagnosis;
}

static void put(uint64_t sequence, size_t block, size_t count)
{
	verify_block_fill(&rig->section.format, sequence, rig->data + block * BLOCK, count * BLOCK,
		FIRST + block * BLOCK);
}

static uint32_t entry(enum state_entry state, uint64_t number)
{
	return (uint32_t)number << STATE_NUMBER_SHIFT | (uint32_t)state;
}

/* A write that was acknowledged. */
static void write_all(size_t block, size_t count)
{
	uint64_t number = ++rig->live.newest;

	put(number, block, count);
	for (size_t i = 0; i < count; i++)
		rig->entries[block + i] =
			entry(STATE_WRITTEN, number) | (i == 0 ? STATE_IS_START : 0);
}

static void begin(unsigned slot, size_t block, size_t count)
{
	uint64_t number = ++rig->live.newest;

	memcpy(rig->before + slot * SLOT_UNITS, rig->entries + block, count * sizeof(uint32_t));
	rig->flights[slot] = (struct state_flight){.offset = FIRST + block * BLOCK,
		.number = number,
		.length = (uint32_t)count * BLOCK};
	for (size_t i = 0; i < count; i++)
		rig->entries[block + i] = entry(STATE_PENDING, number);
}

TEST_FIXTURE(set_up, tear_down);

TEST(what_was_acknowledged_is_there)
{
	for (size_t i = 0; i < 500; i += 4)
		write_all(i, 2);
	write_all(101, 3); /* one of them again */
	assert_int_equal(look()->right, 252);
	assert_int_equal(rig->audit.counts.untouched, BLOCKS - 252);
	assert_true(audit_is_right(&rig->audit.counts));
	assert_int_equal(rig->audit.bytes_read, BLOCKS * BLOCK);
}

TEST(every_wrong_block_is_told)
{
	write_all(0, 4);
	write_all(10, 1);
	write_all(20, 1);
	rig->data[2 * BLOCK + 1000] ^= 8;
	put(1, 10, 1);
	memcpy(rig->data + 20 * BLOCK, rig->data + 3 * BLOCK, BLOCK);
	look();
	assert_int_equal(rig->audit.counts.wrong, 3);
	assert_int_equal(rig->audit.counts.right, 3);
	assert_false(audit_is_right(&rig->audit.counts));
	assert_int_equal(finding(0)->kind, DIAGNOSIS_FLIPPED_BITS);
	assert_int_equal(finding(0)->offset, FIRST + 2 * BLOCK);
	assert_int_equal(finding(1)->kind, DIAGNOSIS_OLDER);
	assert_int_equal(finding(1)->expected.sequence, 2);
	assert_int_equal(finding(2)->kind, DIAGNOSIS_OTHER_BLOCK);
	assert_int_equal(finding(2)->found.offset, FIRST + 3 * BLOCK);
	assert_int_equal(finding(2)->found.last_sequence, 1);
	assert_int_equal(rig->audit.counts.of_kind[DIAGNOSIS_OLDER], 1);
}

TEST(a_write_in_flight_may_be_there_or_not_or_in_part)
{
	write_all(0, 4);
	begin(2, 0, 4);
	put(2, 1, 1);
	put(2, 2, 1);
	put(1, 3, 1);
	verify_block_fill(&rig->section.format, 2, rig->data + 5 * BLOCK, BLOCK, FIRST + 2 * BLOCK);
	/* Block 2: the new one up to its sector 3, then the old one. */
	put(1, 2, 1);
	memcpy(rig->data + 2 * BLOCK, rig->data + 5 * BLOCK, 1536);
	memset(rig->data + 5 * BLOCK, 0, BLOCK);
	look();
	assert_int_equal(rig->audit.counts.flown_before, 2);
	assert_int_equal(rig->audit.counts.flown_after, 1);
	assert_int_equal(rig->audit.counts.flown_between, 1);
	assert_true(audit_is_right(&rig->audit.counts));
	/* But nothing else. */
	memset(rig->data, 0, BLOCK);
	look();
	assert_int_equal(rig->audit.counts.wrong, 1);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_ZEROS);
}

TEST(where_nothing_is_known_nothing_is_judged)
{
	write_all(0, 4);
	rig->entries[1] = entry(STATE_UNKNOWN, 1);
	rig->entries[2] = entry(STATE_CONTESTED, 1);
	begin(0, 9, 2); /* over blocks that were never written */
	memset(rig->data, 0xee, 12 * BLOCK);
	put(1, 0, 1);
	put(1, 3, 1);
	put(2, 9, 1);
	look();
	assert_int_equal(rig->audit.counts.right, 2);
	assert_int_equal(rig->audit.counts.unjudged, 3);
	assert_int_equal(rig->audit.counts.flown_after, 1);
	assert_true(audit_is_right(&rig->audit.counts));
}

TEST(content_that_went_astray_is_found_where_nothing_was_written)
{
	write_all(0, 4);
	verify_block_fill(&rig->section.format, 1, rig->data + 50 * BLOCK, BLOCK, FIRST + BLOCK);
	put(1, 60, 1); /* of its own place: an earlier pass may have written it */
	memset(rig->data + 70 * BLOCK, 0xab, BLOCK);
	look();
	assert_int_equal(rig->audit.counts.wrong, 1);
	assert_int_equal(rig->audit.counts.stray, 1);
	assert_true(rig->audit.findings[0].is_stray);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_OTHER_BLOCK);
	assert_int_equal(finding(0)->offset, FIRST + 50 * BLOCK);
	assert_int_equal(finding(0)->found.offset, FIRST + BLOCK);
}

/* After a loss of power the state may be older than the target, never younger. */
TEST(only_a_machine_that_went_down_excuses_later_writes)
{
	write_all(0, 2);
	put(5, 0, 1);
	look();
	assert_int_equal(rig->audit.counts.wrong, 1);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_YOUNGER);
	rig->file.is_same_boot = false;
	look();
	assert_int_equal(rig->audit.counts.wrong, 0);
	assert_int_equal(rig->audit.counts.later, 1);
	rig->file.is_closed = true;
	look();
	assert_int_equal(rig->audit.counts.wrong, 1);
	rig->file.is_closed = false;
	write_all(0, 1);
	put(1, 0, 1);
	look();
	assert_int_equal(rig->audit.counts.wrong, 1);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_OLDER);
}

TEST(trims_are_judged_where_they_have_to_be_zeros)
{
	write_all(0, 3);
	for (int i = 0; i < 2; i++)
		rig->entries[i] = entry(STATE_TRIMMED, 2);
	memset(rig->data, 0, BLOCK);
	assert_int_equal(look()->unjudged, 2);
	rig->section.trims_to_zero = true;
	look();
	assert_int_equal(rig->audit.counts.right, 2);
	assert_int_equal(rig->audit.counts.wrong, 1);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_OLDER);
	assert_int_equal(finding(0)->offset, FIRST + BLOCK);
}

TEST(what_cannot_be_read_is_no_more_than_its_block)
{
	write_all(0, 300);
	rig->unreadable = 77;
	look();
	assert_int_equal(rig->audit.counts.right, 299);
	assert_int_equal(rig->audit.counts.unread, 1);
	assert_int_equal(rig->audit.findings[0].error, -EIO);
	assert_int_equal(finding(0)->offset, FIRST + 77 * BLOCK);
	assert_false(audit_is_right(&rig->audit.counts));
}

TEST(behind_the_end_only_what_was_acknowledged_is_missing)
{
	write_all(0, 10);
	rig->end = 10;
	look();
	assert_int_equal(rig->audit.counts.right, 10);
	assert_int_equal(rig->audit.counts.untouched, BLOCKS - 10);
	assert_true(audit_is_right(&rig->audit.counts));
	rig->entries[12] = entry(STATE_TRIMMED, rig->live.newest);
	look();
	assert_int_equal(rig->audit.counts.right, 11);
	assert_true(audit_is_right(&rig->audit.counts));
	rig->entries[12] = 0;
	rig->end = 8;
	look();
	assert_int_equal(rig->audit.counts.right, 8);
	assert_int_equal(rig->audit.counts.unread, 2);
	assert_int_equal(rig->audit.findings[0].error, -ENXIO);
	assert_false(audit_is_right(&rig->audit.counts));
}

/* Numbers of which the state keeps the end only, and that are older than it can tell. */
TEST(old_numbers_are_no_false_alarm)
{
	write_all(0, 4);
	rig->live.newest = ((uint64_t)1 << STATE_WIDE_NUMBER_BITS) + 1;
	look();
	assert_int_equal(rig->audit.counts.right, 4);
	rig->live.newest++;
	write_all(0, 1);
	put(1, 0, 1);
	look();
	assert_int_equal(rig->audit.counts.right, 3);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_OLDER);
}

TEST(narrow_entries_know_three_bits)
{
	uint8_t narrow[BLOCKS] = {0};

	rig->section.is_narrow = true;
	rig->target.entries = narrow;
	rig->live.newest = 1000;
	put(100, 0, 2);
	put(901, 2, 1);
	for (int i = 0; i < 3; i++)
		narrow[i] = (uint8_t)(STATE_WRITTEN | (i < 2 ? 100 % 8 : 901 % 8)
							      << STATE_NUMBER_SHIFT);
	look();
	assert_int_equal(rig->audit.counts.right, 3);
	put(99, 1, 1);
	rig->data[100] ^= 1;
	look();
	assert_int_equal(rig->audit.counts.wrong, 2);
	assert_int_equal(finding(0)->kind, DIAGNOSIS_FLIPPED_BITS);
	assert_int_equal(finding(1)->kind, DIAGNOSIS_OLDER);
	assert_string_equal(diagnosis_text(finding(1), &rig->arena),
		"another write than the last one: write 99");
}

TEST(blocks_of_several_units_begin_at_their_heads)
{
	rig->section.block_units = 2;
	rig->section.format.interval_bytes = 2 * BLOCK;
	verify_block_fill(
		&rig->section.format, 7, rig->data + 3 * BLOCK, 4 * BLOCK, FIRST + 3 * BLOCK);
	rig->live.newest = 7;
	for (int i = 3; i < 7; i++)
		rig->entries[i] = entry(STATE_WRITTEN, 7) | (i % 2 ? STATE_IS_HEAD : 0);
	look();
	assert_int_equal(rig->audit.counts.right, 2);
	rig->data[6 * BLOCK + 5] ^= 1;
	look();
	assert_int_equal(rig->audit.counts.wrong, 1);
	assert_int_equal(finding(0)->offset, FIRST + 5 * BLOCK);
}

TEST(patterns_are_judged_where_their_write_is_known_to_begin)
{
	static struct byte_pattern pattern;
	const char *problem;

	assert_int_equal(byte_pattern_parse("%o", &pattern, &problem), 0);
	rig->section.format.kind = CHECKSUM_PATTERN;
	rig->section.format.pattern = &pattern;
	assert_int_equal(verify_block_prepare(&rig->section.format, &problem), 0);
	write_all(0, 8);
	write_all(2, 1);
	look();
	assert_int_equal(rig->audit.counts.right, 3);
	assert_int_equal(rig->audit.counts.unjudged, 5);
	rig->data[BLOCK] ^= 1;
	assert_int_equal(look()->wrong, 1);
}

/* A trim bears the number of the write before it, and may cover where that began. */
TEST(a_pattern_does_not_begin_where_a_trim_does)
{
	static struct byte_pattern pattern;
	const char *problem;

	assert_int_equal(byte_pattern_parse("%o", &pattern, &problem), 0);
	rig->section.format.kind = CHECKSUM_PATTERN;
	rig->section.format.pattern = &pattern;
	assert_int_equal(verify_block_prepare(&rig->section.format, &problem), 0);
	for (int is_out = 0; is_out < 2; is_out++) {
		enum state_entry kind = is_out ? STATE_PENDING : STATE_TRIMMED;

		write_all(1, 4);
		for (size_t i = 0; i < 3; i++)
			rig->entries[i] = entry(kind, rig->live.newest);
		rig->entries[0] |= STATE_IS_START;
		look();
		assert_int_equal(rig->audit.counts.wrong, 0);
		assert_int_equal(rig->audit.counts.unjudged, 5);
	}
}

/* Random writes of a run that is killed at a random moment: never a false alarm; and whatever of
 * the acknowledged is then changed is found. */
TEST(a_killed_run_gives_no_false_alarm)
{
	struct random random;

	random_init(&random, 5);
	for (int round = 0; round < 30; round++) {
		size_t victim = 0;

		memset(rig->data, 0, BLOCKS * BLOCK);
		memset(rig->entries, 0, sizeof(rig->entries));
		memset(rig->flights, 0, sizeof(rig->flights));
		for (int i = 0; i < 200; i++)
			write_all(random_below(&random, 80) * 7, 1 + random_below(&random, 7));
		for (unsigned slot = 0; slot < SLOTS; slot++) {
			size_t block = slot * 140 + random_below(&random, 100);
			size_t done = random_below(&random, 5 * BLOCK / 512) * 512;
			uint8_t held[4 * BLOCK];

			begin(slot, block, 4);
			memcpy(held, rig->data + block * BLOCK, sizeof(held));
			put(rig->live.newest, block, 4);
			if (done < sizeof(held))
				memcpy(rig->data + block * BLOCK + done, held + done,
					sizeof(held) - done);
		}
		look();
		if (!audit_is_right(&rig->audit.counts))
			fail_msg("round %d: %s", round, diagnosis_text(finding(0), &rig->arena));
		while ((rig->entries[victim] & STATE_MASK) != STATE_WRITTEN)
			victim = random_below(&random, BLOCKS);
		rig->data[victim * BLOCK + random_below(&random, BLOCK)] ^= 1;
		assert_int_equal(look()->wrong, 1);
		assert_int_equal(finding(0)->kind, DIAGNOSIS_FLIPPED_BITS);
	}
}

TEST_MAIN(NULL, NULL);
