/* SPDX-License-Identifier: MIT */
/*
 * Nine ways in which storage misbehaves during a comparison, as logarithms of what one trial
 * measures: what the statistics have to withstand. Effects that depend on time run over the
 * trials as they follow each other, whoever's they are.
 */
#ifndef TESTS_SESSION_NOISE_H
#define TESTS_SESSION_NOISE_H

#include <math.h>
#include <stddef.h>

#include "noise.h"

enum session_noise_kind {
	NOISE_EVEN,       /* 2 %, independent */
	NOISE_SPIKES,     /* and one trial in ten loses 10 to 40 % */
	NOISE_DRIFT,      /* -15 % from the first block to the twentieth; 1 % besides */
	NOISE_WANDERING,  /* autoregression of 0.9 a trial, 4 %; 1 % besides */
	NOISE_STEP,       /* -20 % at some moment, for good; 1 % besides */
	NOISE_UNEQUAL,    /* the reference 1 %, all others 5 % */
	NOISE_CARRY_OVER, /* every trial of a block but its first loses 3 %; 1 % besides */
	NOISE_WAVE,       /* a sine of 5 % with a period of 7 trials; 1 % besides */
	NOISE_LOOSE_WAVE, /* the same, and its phase wanders */
	NOISE_KIND_COUNT,
};

struct session_noise {
	enum session_noise_kind kind;
	struct random random;
	size_t trial_limit; /* trials of a session that runs its twenty blocks */
	size_t trial;       /* how many were drawn */
	double wandering;   /* standard normal, correlated from trial to trial */
	double phase;
	double step_trial;
};

static inline const char *session_noise_name(enum session_noise_kind kind)
{
	static const char *const names[NOISE_KIND_COUNT] = {
		"even 2 %",
		"spikes",
		"drift -15 %",
		"wandering 4 %",
		"step -20 %",
		"1 % / 5 %",
		"carry-over 3 %",
		"wave of 7 trials",
		"loose wave",
	};

	return names[kind];
}

static inline void session_noise_start(struct session_noise *noise, enum session_noise_kind kind,
	size_t trial_limit, uint64_t seed)
{
	*noise = (struct session_noise){.kind = kind, .trial_limit = trial_limit};
	random_init(&noise->random, seed);
	noise->wandering = noise_normal(&noise->random);
	noise->phase = 2 * M_PI * random_unit(&noise->random);
	noise->step_trial = random_unit(&noise->random) * (double)trial_limit;
}

/* What the next trial's logarithm is off by: `position` in its block, of the reference or not. */
static inline double session_noise_next(
	struct session_noise *noise, unsigned position, bool is_reference)
{
	struct random *random = &noise->random;
	double normal = noise_normal(random);
	double time = (double)noise->trial++;

	switch (noise->kind) {
	case NOISE_SPIKES:
		return 0.02 * normal +
		       (random_unit(random) < 0.1 ? log1p(-0.1 - 0.3 * random_unit(random)) : 0);
	case NOISE_DRIFT:
		return 0.01 * normal + log1p(-0.15) * time / (double)noise->trial_limit;
	case NOISE_WANDERING:
		noise->wandering = 0.9 * noise->wandering + sqrt(0.19) * noise_normal(random);
		return 0.01 * normal + 0.04 * noise->wandering;
	case NOISE_STEP:
		return 0.01 * normal + (time >= noise->step_trial ? log1p(-0.2) : 0);
	case NOISE_UNEQUAL:
		return (is_reference ? 0.01 : 0.05) * normal;
	case NOISE_CARRY_OVER:
		return 0.01 * normal + (position > 0 ? log1p(-0.03) : 0);
	case NOISE_LOOSE_WAVE:
		noise->phase += 0.3 * noise_normal(random);
		return 0.01 * normal + 0.05 * sin(2 * M_PI * time / 7 + noise->phase);
	case NOISE_WAVE:
		return 0.01 * normal + 0.05 * sin(2 * M_PI * time / 7 + noise->phase);
	default:
		return 0.02 * normal;
	}
}

#endif
