/* SPDX-License-Identifier: MIT */
/* A comparison session in fixed arrays, filled by a test trial by trial. */
#ifndef TESTS_SAMPLE_SESSION_H
#define TESTS_SAMPLE_SESSION_H

#include <math.h>
#include <string.h>

#include "verdict/session.h"

enum { SAMPLE_CONTENDERS = 8, SAMPLE_BLOCKS = 32, SAMPLE_METRICS = 2 };

struct sample_session {
	struct session session;
	struct contender contenders[SAMPLE_CONTENDERS];
	struct metric metrics[SAMPLE_METRICS]; /* iops (primary), switches per I/O */
	struct trial trials[SAMPLE_BLOCKS * SAMPLE_CONTENDERS];
	const struct trial *table[SAMPLE_BLOCKS * SAMPLE_CONTENDERS];
};

/* Contender 0 is the reference; no control. Nothing has run. */
static inline void sample_start(struct sample_session *sample, size_t contender_count)
{
	static const char *const names[SAMPLE_CONTENDERS] = {
		"a",
		"b",
		"c",
		"d",
		"e",
		"f",
		"g",
		"h",
	};

	memset(sample, 0, sizeof(*sample));
	for (size_t c = 0; c < contender_count; c++)
		sample->contenders[c].name = names[c];
	sample->metrics[0] = (struct metric){
		.name = "iops",
		.unit = "/s",
		.class = METRIC_RATE,
		.sense = METRIC_HIGHER_IS_BETTER,
		.scale = METRIC_RATIO,
	};
	sample->metrics[1] = (struct metric){
		.name = "switches_per_io",
		.unit = "",
		.class = METRIC_SWITCHES,
		.sense = METRIC_LOWER_IS_BETTER,
		.scale = METRIC_DIFFERENCE,
	};
	sample->session = (struct session){
		.contender_count = contender_count,
		.contenders = sample->contenders,
		.control = SESSION_NONE,
		.metric_count = SAMPLE_METRICS,
		.metrics = sample->metrics,
		.trials = sample->table,
	};
}

/* Begins a block in which every trial has run, in the contenders' order, and measured nothing. */
static inline void sample_add_block(struct sample_session *sample)
{
	size_t count = sample->session.contender_count;

	for (size_t c = 0; c < count; c++) {
		size_t at = sample->session.block_count * count + c;

		sample->trials[at] = (struct trial){
			.counts = true,
			.position = (unsigned)c,
			.attempt = 1,
			.early_excess = NAN,
			.values = {NAN, NAN},
		};
		sample->table[at] = &sample->trials[at];
	}
	sample->session.block_count++;
}

static inline struct trial *sample_trial(
	struct sample_session *sample, size_t block, size_t contender)
{
	return &sample->trials[block * sample->session.contender_count + contender];
}

/* Of the newest block. */
static inline void sample_set(
	struct sample_session *sample, size_t contender, double iops, double switches)
{
	size_t at = (sample->session.block_count - 1) * sample->session.contender_count + contender;

	sample->trials[at].values[0] = iops;
	sample->trials[at].values[1] = switches;
}

#endif
