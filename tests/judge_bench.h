/* SPDX-License-Identifier: MIT */
/* A baseline of quiet sessions, and what is judged against it. After cmocka.h. */
#ifndef TESTS_JUDGE_BENCH_H
#define TESTS_JUDGE_BENCH_H

#include <string.h>

#include "check/judge.h"
#include "check_rig.h"

static const struct rig_arm quiet[] = {{"rr", 100000, 0.005}};
static const struct rig_arm duel[] = {{"libaio", 100000, 0.005}, {"uring", 120000, 0.005}};

struct bench {
	struct baseline baseline;
	struct check report;
	struct judgement judgement;
	struct judge_settings settings;
	struct random random;
};

static inline void start(
	struct bench *bench, const struct rig_arm *arms, size_t count, unsigned sessions)
{
	memset(bench, 0, sizeof(*bench));
	random_init(&bench->random, 7);
	rig_baseline(&bench->baseline, arms, count, sessions, &bench->random);
	bench->settings.compares_jobs = true;
	check_init(&bench->report);
}

static inline struct sample *measure(struct bench *bench, const struct rig_arm *arms, size_t count)
{
	return rig_sample(&bench->report.arena, 100, arms, count, 7, &bench->random);
}

static inline int judge_stored(struct bench *bench, const struct sample *today)
{
	const struct outcome_policy policy = {0};

	check_restart(&bench->report);
	judge_begin(
		&bench->judgement, &bench->report, &bench->settings, &bench->baseline, today, 1);
	decide_all(&bench->judgement);
	check_conclude(&bench->report, &policy);
	return bench->report.exit_code;
}

static inline void end(struct bench *bench)
{
	baseline_free(&bench->baseline);
	check_free(&bench->report);
}

#endif
