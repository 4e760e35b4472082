/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Comparisons simulated whole: random blocks with a control, looks at 6, 9, 13 and 20 blocks,
 * stopping on precision, t or signed ranks, Holm, letters. How often is something claimed that
 * is not there, how often does an interval miss the truth, and how often is +5 % found?
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "sample_session.h"
#include "session_noise.h"
#include "simulation.h"
#include "test.h"
#include "verdict/compare.h"
#include "verdict/session.h"

/* In the default time limit, trials of 2 s make 13 blocks. */
enum { BLOCK_LIMIT = 20, BLOCKS_IN_TIME = 13 };

/* A session under simulation: contender 0 is the reference, the last one its control. */
struct simulated {
	struct sample_session sample;
	struct session_noise noise;
	struct random order;
	double effects[SAMPLE_CONTENDERS];
};

static void start(struct simulated *s, enum session_noise_kind kind, size_t contender_count,
	double effect, uint64_t seed)
{
	sample_start(&s->sample, contender_count);
	s->sample.session.control = contender_count - 1;
	s->sample.session.metric_count = 1;
	session_noise_start(&s->noise, kind, BLOCK_LIMIT * contender_count, seed);
	random_init(&s->order, random_mix_seed(seed, 1));
	for (size_t c = 0; c < contender_count; c++)
		s->effects[c] = c > 0 && c + 1 < contender_count ? effect : 0;
}

static void run_block(struct simulated *s)
{
	const struct session *session = &s->sample.session;
	size_t order[SAMPLE_CONTENDERS];

	for (size_t i = 0; i < session->contender_count; i++) {
		size_t j = random_below(&s->order, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	sample_add_block(&s->sample);
	for (unsigned position = 0; position < session->contender_count; position++) {
		size_t c = order[position];
		bool is_reference = c == session->reference || c == session->control;
		double noise = session_noise_next(&s->noise, position, is_reference);

		sample_set(&s->sample, c, 1000 * exp(s->effects[c] + noise), 0);
		sample_trial(&s->sample, session->block_count - 1, c)->position = position;
	}
}

/* Until the stop rule ends it, or its time is over after `budget` blocks. */
static void run_within(struct simulated *s, const struct contrast_rule *rule, size_t budget)
{
	enum stop_decision decision;

	do {
		double half_widths[SAMPLE_CONTENDERS];
		struct stop_view view = {.half_widths = half_widths};

		run_block(s);
		view.block_count = s->sample.session.block_count;
		view.is_out_of_time = view.block_count >= budget;
		view.width_count = contrast_half_widths(&s->sample.session, rule, half_widths);
		decision = compare_stop_decide(&compare_stop_rule_default, &view);
	} while (decision == STOP_NOT_YET);
}

static void run(struct simulated *s, const struct contrast_rule *rule)
{
	run_within(s, rule, BLOCK_LIMIT);
}

/* What a cell of the table counts, over its sessions. */
struct cell {
	unsigned families; /* sessions with a significant difference that is none */
	unsigned letters;  /* sessions whose letters tell contenders apart that are the same */
	unsigned controls; /* sessions whose control failed */
	unsigned missed;   /* intervals without the truth */
	unsigned found;    /* +5 % called better */
	unsigned intervals;
	unsigned effects;
	size_t blocks;
};

static void count_session(const struct simulated *s, const struct contrast_rule *rule,
	bool has_effect, struct cell *cell)
{
	struct arena arena = {0};
	struct comparison comparison;
	bool is_claimed = false;

	compare_session(&s->sample.session, rule, &arena, &comparison);
	for (size_t c = 1; c < s->sample.session.control; c++) {
		const struct contrast *contrast = &comparison.columns[0].contrasts[c];

		/* Without the least effect, which would only hide false claims. */
		is_claimed |= contrast->p_adjusted <= rule->alpha;
		cell->missed += contrast->difference.lo > s->effects[c] ||
				contrast->difference.hi < s->effects[c];
		cell->intervals++;
		cell->found += has_effect && contrast->mark == MARK_BETTER;
		cell->effects += has_effect;
	}
	cell->families += !has_effect && is_claimed;
	cell->letters += !has_effect && comparison.letter_count > 1;
	cell->controls += !has_effect && comparison.columns[0].control.has_failed;
	cell->blocks += s->sample.session.block_count;
	arena_free(&arena);
}

static struct cell fill_cell(enum session_noise_kind kind, size_t contender_count, unsigned rounds)
{
	struct contrast_rule rule = contrast_rule_default;
	struct cell cell = {0};

	rule.alpha = contrast_alpha(compare_stop_is_adaptive(&compare_stop_rule_default));
	for (unsigned i = 0; i < 2 * rounds; i++) {
		bool has_effect = i >= rounds;
		struct simulated s;

		/* One more for the control. */
		start(&s, kind, contender_count + 1, has_effect ? log(1.05) : 0,
			random_mix_seed(i, (uint64_t)kind * 10 + contender_count));
		run(&s, &rule);
		count_session(&s, &rule, has_effect, &cell);
	}
	return cell;
}

/* Limits of one kind of noise, in percent; power 0: what it is, it is. */
static const struct {
	double false_families;
	double power;
} limits[NOISE_KIND_COUNT] = {
	[NOISE_EVEN] = {7, 95},
	[NOISE_SPIKES] = {7, 0},
	[NOISE_DRIFT] = {7, 95},
	[NOISE_WANDERING] = {7, 95},
	[NOISE_STEP] = {7, 0},
	[NOISE_UNEQUAL] = {7, 90},
	[NOISE_CARRY_OVER] = {10, 0},
	[NOISE_WAVE] = {10, 0},
	[NOISE_LOOSE_WAVE] = {10, 0},
};

static void hold_against_limits(enum session_noise_kind kind)
{
	struct simulation plan = simulation_plan(2000);

	for (size_t contenders = 2; contenders <= 4; contenders += 2) {
		struct cell cell = fill_cell(kind, contenders, plan.rounds);
		double families = 100.0 * cell.families / plan.rounds;
		double letters = 100.0 * cell.letters / plan.rounds;
		double missed = 100.0 * cell.missed / cell.intervals;
		double power = 100.0 * cell.found / cell.effects;

		printf("# %-17s %zu contenders: false claims %4.1f %%, letters %4.1f %%, "
		       "intervals that miss %3.1f %%, +5 %% found %5.1f %%, "
		       "control failed %3.1f %%, %4.1f blocks\n",
			session_noise_name(kind), contenders, families, letters, missed, power,
			100.0 * cell.controls / plan.rounds,
			(double)cell.blocks / (2 * plan.rounds));
		simulation_at_most(&plan, "false claims", families, limits[kind].false_families);
		simulation_at_most(&plan, "false letters", letters, limits[kind].false_families);
		simulation_at_most(&plan, "intervals that miss", missed, 8);
		simulation_at_least(&plan, "+5 % found", power, limits[kind].power);
	}
}

TEST(even_noise)
{
	hold_against_limits(NOISE_EVEN);
}

TEST(spikes)
{
	hold_against_limits(NOISE_SPIKES);
}

TEST(drift)
{
	hold_against_limits(NOISE_DRIFT);
}

TEST(wandering)
{
	hold_against_limits(NOISE_WANDERING);
}

TEST(one_step)
{
	hold_against_limits(NOISE_STEP);
}

TEST(unequal_noise)
{
	hold_against_limits(NOISE_UNEQUAL);
}

TEST(carry_over)
{
	hold_against_limits(NOISE_CARRY_OVER);
}

TEST(wave)
{
	hold_against_limits(NOISE_WAVE);
}

TEST(loose_wave)
{
	hold_against_limits(NOISE_LOOSE_WAVE);
}

/* How often 2 contenders end as equivalent, in percent, when one is faster by `effect`. */
static double equivalent_percent(double effect, const struct simulation *plan, uint64_t seed)
{
	struct contrast_rule rule = contrast_rule_default;
	unsigned equivalent = 0;

	rule.alpha = contrast_alpha(true);
	for (unsigned i = 0; i < plan->rounds; i++) {
		struct contrast contrasts[SAMPLE_CONTENDERS];
		struct simulated s;

		/* Drift is the quietest kind: 1 % from trial to trial. */
		start(&s, NOISE_DRIFT, 3, log1p(effect), random_mix_seed(i, seed));
		run_within(&s, &rule, BLOCKS_IN_TIME);
		contrast_all(&s.sample.session, 0, &rule, contrasts);
		equivalent += contrasts[1].mark == MARK_EQUIVALENT;
	}
	return 100.0 * equivalent / plan->rounds;
}

/* "Equal" is a claim too: of contenders that differ by the margin itself, 2 %. */
TEST(equivalence_is_earned)
{
	struct simulation plan = simulation_plan(2000);
	double same = equivalent_percent(0, &plan, 1);
	double different = equivalent_percent(0.02, &plan, 2);

	printf("# called equivalent at 1 %% of noise, in the default time: %.1f %% of equal "
	       "contenders, %.1f %% of those 2 %% apart\n",
		same, different);
	simulation_at_least(&plan, "equal ones called equivalent", same, 93);
	simulation_at_most(&plan, "different ones called equivalent", different, 4);
}

/* However large the difference, a session ends after the same block: no result gets in. */
TEST(stopping_does_not_see_the_difference)
{
	static const double effects[] = {-0.5, -0.01, 0.01, 0.05, 1};
	size_t lengths[BLOCK_LIMIT + 1] = {0};

	for (unsigned i = 0; i < 200; i++) {
		struct simulated s;
		size_t blocks;

		start(&s, NOISE_DRIFT, 3, 0, i);
		run(&s, &contrast_rule_default);
		blocks = s.sample.session.block_count;
		lengths[blocks]++;
		for (size_t e = 0; e < sizeof(effects) / sizeof(*effects); e++) {
			start(&s, NOISE_DRIFT, 3, effects[e], i);
			run(&s, &contrast_rule_default);
			assert_int_equal(s.sample.session.block_count, blocks);
		}
	}
	assert_true(lengths[6] > 10 && lengths[9] > 10 && lengths[13] > 10);
}

TEST_MAIN(NULL, NULL);
