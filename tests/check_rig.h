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

struct rig_contender {
	const char *name;
	double iops;  /* the mean; latencies and CPU follow from it */
	double noise; /* deviation of its logarithm, of trials */
};

static inline void rig_set_facts(
	struct settings *facts, struct arena *arena, const char *key, const char *value)
{
	facts->items = arena_alloc_array(arena, 1, sizeof(*facts->items));
	facts->items[0] = (struct setting){.key = key, .value = value};
	facts->count = 1;
}

/* Reads of 4k at this rate; 10 s each, so that every tail is long enough. */
static inline void rig_fill(struct trial *trial, double iops)
{
	trial->counts = true;
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

static inline struct check_session *rig_session(struct arena *arena, unsigned number,
	const struct rig_contender *contenders, size_t contender_count, size_t blocks,
	struct random *random)
{
	struct check_session *session = ARENA_NEW(arena, struct check_session);
	char time[CHECK_TIME_BYTES];

	session->id = arena_strdup(arena, check_time_text(time, 1700000000 + number * 3600));
	session->commit = arena_printf(arena, "%040x", number);
	session->tool = "ringside test";
	session->seed = number;
	session->block_count = blocks;
	session->trial_count = (unsigned)(blocks * contender_count);
	session->contenders =
		arena_alloc_array(arena, contender_count, sizeof(*session->contenders));
	session->contender_count = contender_count;
	rig_set_facts(&session->environment.hard, arena, "cpu_model", "Z80");
	rig_set_facts(&session->environment.soft, arena, "kernel_release", "6.6.10");
	for (size_t i = 0; i < contender_count; i++) {
		session->contenders[i].name = contenders[i].name;
		rig_set_facts(&session->contenders[i].options, arena, "bs", "4k");
		session->contenders[i].trials = check_new_trials(arena, blocks);
		for (size_t b = 0; b < blocks; b++)
			rig_fill(&session->contenders[i].trials[b],
				contenders[i].iops *
					exp(contenders[i].noise * noise_normal(random)));
	}
	return session;
}

/* A baseline of `sessions` sessions of 7 blocks, and 1 % between them. */
static inline void rig_baseline(struct baseline *baseline, const struct rig_contender *contenders,
	size_t contender_count, unsigned sessions, struct random *random)
{
	baseline_init(baseline);
	for (unsigned s = 0; s < sessions; s++) {
		double shift = exp(0.01 * noise_normal(random));
		struct rig_contender *shifted =
			arena_alloc_array(&baseline->arena, contender_count, sizeof(*shifted));

		for (size_t i = 0; i < contender_count; i++) {
			shifted[i] = contenders[i];
			shifted[i].iops *= shift;
		}
		baseline_add(baseline,
			rig_session(&baseline->arena, s, shifted, contender_count, 7, random),
			true);
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
