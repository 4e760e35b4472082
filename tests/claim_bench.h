/* SPDX-License-Identifier: MIT */
/*
 * A claim and a record of its session as it might have been measured, which a test writes trial by
 * trial. One claim at a time.
 */
#ifndef TESTS_CLAIM_BENCH_H
#define TESTS_CLAIM_BENCH_H

#include <math.h>
#include <string.h>

#include "claim/claim_judge.h"
#include "claim_rig.h"
#include "near.h"

enum { BENCH_CONTROL = 3, BENCH_CONTENDERS };

static struct record bench_record;
static struct claim_outcome bench_outcome;

static inline int claim_bench_close(void **state)
{
	record_free(&bench_record);
	bench_outcome = (struct claim_outcome){0};
	return claim_rig_close(state);
}

/* One point of the record: contenders a (the reference), b, c, and the control. */
static inline void bench_point(struct record_point *point, const char *name)
{
	static const char *const names[BENCH_CONTENDERS] = {"a", "b", "c", "control a'"};

	*point = (struct record_point){.name = name,
		.summary = "",
		.contender_count = BENCH_CONTENDERS,
		.control = BENCH_CONTROL,
		.elapsed_s = 10};
	point->contenders =
		arena_alloc_array(&bench_record.arena, BENCH_CONTENDERS, sizeof(struct contender));
	for (int c = 0; c < BENCH_CONTENDERS; c++)
		point->contenders[c] = (struct contender){
			.name = names[c], .engine = "psync", .is_control = c == BENCH_CONTROL};
}

/* Reads a claim of these lines (and options), and starts an empty record of its points. */
static inline void bench_start(const char *lines)
{
	char text[8192];

	(void)claim_bench_close(NULL);
	assert_true(
		snprintf(text, sizeof(text), "[claim]\ntitle=T\nstatement=S\n%s\n[a]\n[b]\n[c]\n",
			lines) < (int)sizeof(text));
	if (claim_rig_read(text) != 0)
		fail_msg("%s", rig.messages);
	record_init(&bench_record);
	bench_record.point_count = rig.claim.point_count;
	bench_record.points = arena_alloc_array(
		&bench_record.arena, rig.claim.point_count, sizeof(struct record_point));
	for (size_t i = 0; i < rig.claim.point_count; i++)
		bench_point(&bench_record.points[i], rig.claim.points[i].name);
}

/* The next trial of a contender, in this block; figures are set by the test. */
static inline struct trial *bench_trial(size_t point_index, size_t block, size_t contender)
{
	struct record_point *point = &bench_record.points[point_index];
	struct trial *trial = record_add_trial(&bench_record, point);

	*trial = (struct trial){.block = block,
		.contender = contender,
		.position = (unsigned)((block + contender) % BENCH_CONTENDERS),
		.attempt = 1,
		.window_s = 2,
		.counts = true,
		.early_excess = NAN};
	for (int v = 0; v < VALUE_COUNT; v++)
		trial->values[v] = NAN;
	if (block >= point->block_count)
		point->block_count = block + 1;
	return trial;
}

/* A deviation that differs by block and contender, of this size at most; its mean is nearly 0. */
static inline double bench_wobble(size_t block, size_t contender, double size)
{
	return 1 + size * ((double)((block * 7 + contender * 3 + block * contender) % 5) - 2) / 2;
}

/* `count` blocks at a point: each contender at its level of one metric, give or take `size`. */
static inline void bench_blocks(size_t point, size_t count, enum trial_value value,
	const double levels[BENCH_CONTENDERS], double size)
{
	for (size_t b = 0; b < count; b++) {
		for (size_t c = 0; c < BENCH_CONTENDERS; c++) {
			if (!isnan(levels[c]))
				bench_trial(point, b, c)->values[value] =
					levels[c] * bench_wobble(b, c, size);
		}
	}
}

/* Judges the one claim alone. */
static inline void bench_judge(void)
{
	struct claim_outcome *outcomes[] = {&bench_outcome};

	claim_judge_measure(&bench_outcome, &rig.claim, &bench_record, &rig.arena);
	claim_judge_all(outcomes, 1, &rig.arena);
}

static inline const struct claim_test *bench_test(size_t line, size_t test)
{
	assert_true(line < bench_outcome.line_count);
	assert_true(test < bench_outcome.lines[line].test_count);
	return &bench_outcome.lines[line].tests[test];
}

/* The verdict of a line; every test's interval agrees with its verdict. */
static inline enum claim_verdict bench_verdict(size_t line)
{
	return bench_outcome.lines[line].verdict;
}

#define assert_verdict(line, wanted)                                                               \
	do {                                                                                       \
		if (bench_verdict(line) != (wanted))                                               \
			fail_msg("line %d: %s, not %s: %g (%g to %g) p %g, because %s",            \
				(int)(line), claim_verdict_name(bench_verdict(line)),              \
				claim_verdict_name(wanted), bench_test(line, 0)->measured,         \
				bench_test(line, 0)->lo, bench_test(line, 0)->hi,                  \
				bench_test(line, 0)->p_adjusted,                                   \
				bench_test(line, 0)->reason ? bench_test(line, 0)->reason          \
							    : "nothing");                          \
	} while (0)

#define assert_reason(line, said)                                                                  \
	do {                                                                                       \
		assert_non_null(bench_test(line, 0)->reason);                                      \
		if (!strstr(bench_test(line, 0)->reason, said))                                    \
			fail_msg("not said: %s, but: %s", said, bench_test(line, 0)->reason);      \
	} while (0)

#endif
