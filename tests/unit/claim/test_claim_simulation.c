/* SPDX-License-Identifier: MIT */
/* flavours: plain */
/* covers: src/claim/claim_family.c */
/*
 * Whole runs of claims, simulated: ten files of four lines each, blocks in random order with a
 * control, until they are precise enough. How often does any line of a run get a verdict that is
 * none, with every truth on its border; how often is a clear difference found; and how often does a
 * second run of the same truth say the opposite of the first?
 */
#include <malloc.h>

#include "claim_bench.h"
#include "session_noise.h"
#include "simulation.h"

enum {
	FILES = 10,
	LINES = 4, /* of a file */
	BLOCK_LIMIT = 20,
	BLOCKS_IN_TIME = 13,
};

/* Each line's distance from its border, as a logarithm: above 0 it does not hold. */
struct truth {
	double distances[FILES][LINES];
};

/* A run: of each line its verdict. */
struct run {
	enum claim_verdict verdicts[FILES][LINES];
};

/*
 * The lines of each file, with a at 1000: b and c against a, b against c, and a level. At distances
 * of 0 every one is on its border.
 */
static const char lines[] = "claim=b.cpu <= 0.8 * a.cpu\nclaim=c.cpu <= a.cpu\n"
			    "claim=b.cpu <= 0.8 * c.cpu\nclaim=a.cpu <= 1us";

struct session_of_file {
	struct session_noise noise;
	struct random random;
	double levels[BENCH_CONTENDERS];
};

/* b: the first and third lines are of the same distance where c is as a. */
static void start_file(struct session_of_file *of, enum session_noise_kind kind,
	const double distances[LINES], uint64_t seed)
{
	double session;

	random_init(&of->random, seed);
	session = exp(0.02 * noise_normal(&of->random)); /* as one session differs from another */
	session_noise_start(
		&of->noise, kind, BLOCK_LIMIT * BENCH_CONTENDERS, random_next(&of->random));
	of->levels[0] = of->levels[BENCH_CONTROL] = 1000 * session * exp(distances[3]);
	of->levels[1] = of->levels[0] * 0.8 * exp(distances[0]);
	of->levels[2] = of->levels[0] * exp(distances[1]);
	/* Ratios of contenders differ by 1 % from session to session. */
	of->levels[1] *= exp(0.007 * noise_normal(&of->random));
	of->levels[2] *= exp(0.007 * noise_normal(&of->random));
	of->levels[0] *= exp(0.007 * noise_normal(&of->random));
	of->levels[BENCH_CONTROL] = of->levels[0];
}

static void run_block(struct session_of_file *of, size_t block)
{
	size_t order[BENCH_CONTENDERS];

	for (size_t i = 0; i < BENCH_CONTENDERS; i++) {
		size_t j = random_below(&of->random, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (unsigned position = 0; position < BENCH_CONTENDERS; position++) {
		size_t c = order[position];
		bool is_reference = c == 0 || c == BENCH_CONTROL;
		struct trial *trial = bench_trial(0, block, c);

		trial->position = position;
		trial->values[VALUE_CPU_PER_IO] =
			of->levels[c] * exp(session_noise_next(&of->noise, position, is_reference));
	}
}

static enum stop_decision look(size_t block_count)
{
	struct contrast_rule rule = record_rule(&bench_record);
	double half_widths[BENCH_CONTENDERS];
	struct stop_view view = {.block_count = block_count, .half_widths = half_widths};
	AUTO_ARENA struct arena arena = {0};
	struct session session;

	view.is_out_of_time = block_count >= BLOCKS_IN_TIME;
	record_session(&bench_record.points[0], &arena, &session);
	view.width_count = contrast_half_widths(&session, &rule, half_widths);
	return compare_stop_decide(&compare_stop_rule_default, &view);
}

/* Until the stop rule ends it, as a comparison does, or its time is over. */
static void run_file(struct session_of_file *of)
{
	struct record_point *point = &bench_record.points[0];
	size_t next = 0;

	point->trial_count = point->block_count = 0;
	point->primary = VALUE_CPU_PER_IO;
	bench_record.is_adaptive = true;
	do {
		next = compare_stop_next_look(&compare_stop_rule_default, next);
		while (point->block_count < next && point->block_count < BLOCKS_IN_TIME)
			run_block(of, point->block_count);
	} while (look(point->block_count) == STOP_NOT_YET);
}

/* bench_start has been called. */
static struct run run_all(enum session_noise_kind kind, const struct truth *truth, uint64_t seed)
{
	struct claim_outcome outcomes[FILES], *pointers[FILES];
	AUTO_ARENA struct arena arena = {0};
	struct run run;

	for (size_t f = 0; f < FILES; f++) {
		struct session_of_file of;

		start_file(&of, kind, truth->distances[f], random_mix_seed(seed, f));
		run_file(&of);
		pointers[f] = &outcomes[f];
		claim_judge_measure(&outcomes[f], &rig.claim, &bench_record, &arena);
	}
	claim_judge_all(pointers, FILES, &arena);
	for (size_t f = 0; f < FILES; f++) {
		for (size_t l = 0; l < LINES; l++)
			run.verdicts[f][l] = outcomes[f].lines[l].verdict;
	}
	return run;
}

static size_t count(const struct run *run, enum claim_verdict verdict)
{
	size_t found = 0;

	for (size_t f = 0; f < FILES; f++) {
		for (size_t l = 0; l < LINES; l++)
			found += run->verdicts[f][l] == verdict;
	}
	return found;
}

/* Where the machine changes for good there is no level that could be on its border. */
static bool has_verdict(const struct run *run, bool has_levels)
{
	for (size_t f = 0; f < FILES; f++) {
		for (size_t l = 0; l < (has_levels ? LINES : LINES - 1); l++) {
			if (run->verdicts[f][l] != CLAIM_NOT_RESOLVED)
				return true;
		}
	}
	return false;
}

static size_t count_contradictions(const struct run *one, const struct run *other)
{
	size_t found = 0;

	for (size_t f = 0; f < FILES; f++) {
		for (size_t l = 0; l < LINES; l++) {
			enum claim_verdict a = one->verdicts[f][l], b = other->verdicts[f][l];

			found += (a == CLAIM_CONFIRMED && b == CLAIM_REFUTED) ||
				 (a == CLAIM_REFUTED && b == CLAIM_CONFIRMED);
		}
	}
	return found;
}

static void hold_border(enum session_noise_kind kind, unsigned rounds, double limit)
{
	struct simulation plan = simulation_plan(rounds);
	const struct truth border = {0};
	unsigned wrong = 0;
	double percent;

	bench_start(lines);
	for (unsigned i = 0; i < plan.rounds; i++) {
		struct run run = run_all(kind, &border, random_mix_seed(i, 100 + kind));

		wrong += has_verdict(&run, kind != NOISE_DRIFT && kind != NOISE_STEP);
	}
	percent = 100.0 * wrong / plan.rounds;
	printf("# %-17s runs with a false verdict %.1f %%\n", session_noise_name(kind), percent);
	simulation_at_most(&plan, "runs with a false verdict", percent, limit);
}

TEST_FIXTURE(NULL, claim_bench_close);

TEST(truths_on_the_border_are_not_resolved)
{
	hold_border(NOISE_EVEN, 10000, 5);
}

TEST(nor_are_they_where_the_machine_misbehaves)
{
	for (int kind = NOISE_EVEN + 1; kind < NOISE_KIND_COUNT; kind++)
		hold_border((enum session_noise_kind)kind, 500, 5);
}

/* Half of the lines hold by a tenth, the others fail by it. */
TEST(clear_differences_are_found)
{
	struct simulation plan = simulation_plan(500);
	struct truth truth;
	size_t right = 0, wrong = 0;
	double percent;

	bench_start(lines);
	for (size_t f = 0; f < FILES; f++) {
		for (size_t l = 0; l < LINES; l++)
			truth.distances[f][l] = log(f % 2 == 0 ? 0.9 : 1 / 0.9);
		truth.distances[f][1] *= -1; /* so that the third line is clear as well */
	}
	for (unsigned i = 0; i < plan.rounds; i++) {
		struct run run = run_all(NOISE_EVEN, &truth, random_mix_seed(i, 200));

		for (size_t f = 0; f < FILES; f++) {
			for (size_t l = 0; l < LINES; l++) {
				bool holds = (f % 2 == 0) == (l != 1);

				right += run.verdicts[f][l] ==
					 (holds ? CLAIM_CONFIRMED : CLAIM_REFUTED);
				wrong += run.verdicts[f][l] ==
					 (holds ? CLAIM_REFUTED : CLAIM_CONFIRMED);
			}
		}
	}
	percent = 100.0 * (double)right / (double)(plan.rounds * FILES * LINES);
	printf("# a tenth off the border: %.1f %% of verdicts found, %zu wrong\n", percent, wrong);
	simulation_at_least(&plan, "verdicts found", percent, 95);
	assert_int_equal(wrong, 0);
}

/* Truths anywhere within 8 % of their borders, the same in both runs; the noise is not. */
TEST(a_second_run_does_not_contradict_the_first)
{
	struct simulation plan = simulation_plan(1000);
	size_t contradictions = 0, verdicts = 0;
	double percent;

	bench_start(lines);
	for (unsigned i = 0; i < plan.rounds; i++) {
		struct random random;
		struct truth truth;
		struct run runs[2];

		random_init(&random, i + 300);
		for (size_t f = 0; f < FILES; f++) {
			for (size_t l = 0; l < LINES; l++)
				truth.distances[f][l] = 0.16 * random_unit(&random) - 0.08;
		}
		for (int k = 0; k < 2; k++)
			runs[k] = run_all(NOISE_WANDERING, &truth, random_mix_seed(2 * i + k, 400));
		contradictions += count_contradictions(&runs[0], &runs[1]);
		verdicts += FILES * LINES - count(&runs[0], CLAIM_NOT_RESOLVED);
	}
	percent = 100.0 * (double)contradictions / plan.rounds;
	printf("# %.1f verdicts a run, %zu contradictions in %u pairs of runs\n",
		(double)verdicts / plan.rounds, contradictions, plan.rounds);
	simulation_at_most(&plan, "pairs of runs that contradict", percent, 0.5);
	assert_true(verdicts > 5 * plan.rounds);
}

/* Memory that is freed is kept for the next run: half of the time was the kernel's. */
static int keep_memory(void **state)
{
	(void)state;
	return mallopt(M_TRIM_THRESHOLD, 256 << 20) == 1 ? 0 : -1;
}

TEST_MAIN(keep_memory, NULL);
