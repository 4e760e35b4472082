/* SPDX-License-Identifier: MIT */
/* Sessions with figures by script, for tests of checks. */
#ifndef TESTS_CHECK_RIG_H
#define TESTS_CHECK_RIG_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check/baseline.h"
#include "check/judge.h"
#include "noise.h"

struct rig_arm {
	const char *name;
	double iops;  /* the mean; latencies and CPU follow from it */
	double noise; /* deviation of its logarithm, of trials */
};

static inline void rig_set_facts(
	struct result_settings *facts, struct arena *arena, const char *key, const char *value)
{
	facts->items = arena_alloc_array(arena, 1, sizeof(*facts->items));
	facts->items[0] = (struct result_setting){.key = key, .value = value};
	facts->count = 1;
}

/* Reads of 4k at this rate; 10 s each, so that every tail is long enough. */
static inline void rig_fill(struct sample_trial *trial, double iops)
{
	trial->is_valid = true;
	trial->window_s = 10;
	trial->values[VALUE_IOPS] = trial->values[VALUE_READ_IOPS] = iops;
	trial->values[VALUE_BANDWIDTH] = trial->values[VALUE_READ_BANDWIDTH] = iops * 4096;
	trial->values[VALUE_READ_P50] = trial->values[VALUE_LAT_P50] = 1e9 / iops;
	trial->values[VALUE_READ_P99] = trial->values[VALUE_LAT_P99] = 2e9 / iops;
	trial->values[VALUE_READ_P999] = trial->values[VALUE_LAT_P999] = 4e9 / iops;
	trial->values[VALUE_CPU_PER_IO] = 5e8 / iops;
	trial->values[VALUE_SYSCALLS_PER_IO] = 1;
	trial->values[VALUE_ERRORS] = 0;
}

static inline struct sample *rig_sample(struct arena *arena, unsigned number,
	const struct rig_arm *arms, size_t arm_count, size_t blocks, struct random *random)
{
	struct sample *sample = ARENA_NEW(arena, struct sample);
	char time[SAMPLE_TIME_BYTES];

	sample->id = arena_strdup(arena, sample_time_text(time, 1700000000 + number * 3600));
	sample->commit = arena_printf(arena, "%040x", number);
	sample->tool = "ringside test";
	sample->seed = number;
	sample->block_count = blocks;
	sample->slot_count = (unsigned)(blocks * arm_count);
	sample->arms = arena_alloc_array(arena, arm_count, sizeof(*sample->arms));
	sample->arm_count = arm_count;
	rig_set_facts(&sample->environment.hard, arena, "cpu_model", "Z80");
	rig_set_facts(&sample->environment.soft, arena, "kernel_release", "6.6.10");
	for (size_t i = 0; i < arm_count; i++) {
		sample->arms[i].name = arms[i].name;
		rig_set_facts(&sample->arms[i].options, arena, "bs", "4k");
		sample->arms[i].trials = sample_new_trials(arena, blocks);
		for (size_t b = 0; b < blocks; b++)
			rig_fill(&sample->arms[i].trials[b],
				arms[i].iops * exp(arms[i].noise * noise_normal(random)));
	}
	return sample;
}

/* A baseline of `sessions` sessions of 7 blocks, and 1 % between them. */
static inline void rig_baseline(struct baseline *baseline, const struct rig_arm *arms,
	size_t arm_count, unsigned sessions, struct random *random)
{
	baseline_init(baseline);
	for (unsigned s = 0; s < sessions; s++) {
		double shift = exp(0.01 * noise_normal(random));
		struct rig_arm *shifted =
			arena_alloc_array(&baseline->arena, arm_count, sizeof(*shifted));

		for (size_t i = 0; i < arm_count; i++) {
			shifted[i] = arms[i];
			shifted[i].iops *= shift;
		}
		baseline_add(baseline,
			rig_sample(&baseline->arena, s, shifted, arm_count, 7, random), true);
	}
}

static inline const struct check_gate *rig_gate(const struct check *report, const char *name)
{
	for (size_t i = 0; i < report->gate_count; i++) {
		if (strcmp(report->gates[i].name, name) == 0)
			return &report->gates[i];
	}
	fprintf(stderr, "there is no gate %s\n", name);
	abort();
}

#endif
