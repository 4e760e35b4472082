/* SPDX-License-Identifier: MIT */
/* A baseline of quiet sessions, and what is judged against it. After cmocka.h. */
#ifndef TESTS_JUDGE_BENCH_H
#define TESTS_JUDGE_BENCH_H

#include <string.h>

#include "check/judge.h"
#include "check_rig.h"

static const struct rig_contender quiet[] = {{"rr", 100000, 0.005}};
static const struct rig_contender duel[] = {{"libaio", 100000, 0.005}, {"uring", 120000, 0.005}};

struct bench {
	struct baseline baseline;
	struct check report;
	struct judgement judgement;
	struct judge_settings settings;
	struct random random;
};

static inline void start(struct bench *bench, const struct rig_contender *contenders, size_t count,
	unsigned sessions)
{
	memset(bench, 0, sizeof(*bench));
	random_init(&bench->random, 7);
	rig_baseline(&bench->baseline, contenders, count, sessions, &bench->random);
	bench->settings.compares_jobs = true;
	check_init(&bench->report);
}

static inline struct check_session *measure(
	struct bench *bench, const struct rig_contender *contenders, size_t count)
{
	return rig_session(&bench->report.arena, 100, contenders, count, 7, &bench->random);
}

static inline int judge_stored(struct bench *bench, const struct check_session *today)
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
