/* SPDX-License-Identifier: MIT */
/* A comparison as it might have been measured: three contenders, the control, one that failed. */
#ifndef TESTS_SAMPLE_RECORD_H
#define TESTS_SAMPLE_RECORD_H

#include <math.h>

#include "session/record.h"

enum { SAMPLE_REF, SAMPLE_FAST, SAMPLE_SAME, SAMPLE_REFUSED, SAMPLE_CONTROL, SAMPLE_COUNT };

static inline void sample_trial(struct record *record, size_t block, size_t c, double iops)
{
	struct record_point *point = &record->points[0];
	struct trial *trial = record_add_trial(record, point);

	*trial = (struct trial){
		.block = block,
		.contender = c,
		.position = (unsigned)((block + c) % SAMPLE_COUNT),
		.attempt = 1,
		.seed = UINT64_MAX - block,
		.started_s = (double)block,
		.window_s = 2,
		.counts = true,
		.early_excess = 0.01,
	};
	for (int i = 0; i < VALUE_COUNT; i++)
		trial->values[i] = NAN;
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		trial->guards[i] = 0;
	trial->values[VALUE_IOPS] = trial->values[VALUE_READ_IOPS] = iops;
	trial->values[VALUE_BANDWIDTH] = iops * 4096;
	trial->values[VALUE_LAT_P50] = 32e9 / iops;
	trial->values[VALUE_LAT_P99] = 64e9 / iops;
	trial->values[VALUE_LAT_P999] = 90e9 / iops;
	trial->values[VALUE_CORES] = c == SAMPLE_FAST ? 2 : 1;
	trial->values[VALUE_IOPS_PER_CORE] = iops / trial->values[VALUE_CORES];
	trial->values[VALUE_CPU_PER_IO] = 1e9 / trial->values[VALUE_IOPS_PER_CORE];
	trial->values[VALUE_SYSCALLS_PER_IO] = c == SAMPLE_FAST ? 0 : 1;
	trial->values[VALUE_SWITCHES_PER_IO] = 0.001;
}

/* `block_count` blocks; "fast" has 20 % more, "same" nothing more. */
static inline void sample_record(struct record *record, size_t block_count)
{
	static const char *arguments[] = {"--engines", "a,b c", "--seed=1"};
	static struct setting refused = {
		.key = "fixedbufs", .value = "1", .reason = "memlock is too small"};
	static struct setting proof = {.key = "opcodes", .value = "READ 7"};
	static struct contender contenders[SAMPLE_COUNT];
	struct record_point *point;

	record_init(record);
	record->argument_count = 3;
	record->arguments = arguments;
	record->started.tv_sec = 1700000000;
	record->seed = 77;
	record->trial_s = 2;
	record->precision = 0.025;
	record->least_effect = 0.01;
	record->equivalence = 0.02;
	record->is_adaptive = true;
	record->point_count = 1;
	record->points = point = ARENA_NEW(&record->arena, struct record_point);
	for (int c = 0; c < SAMPLE_COUNT; c++) {
		static const char *const names[SAMPLE_COUNT] = {
			"ref", "fast", "same", "refused", "control ref'"};

		contenders[c] = (struct contender){.name = names[c],
			.engine = "psync",
			.depth = 32,
			.batch = 1,
			.numjobs = 1,
			.queues = c != SAMPLE_SAME};
	}
	contenders[SAMPLE_FAST].depth = 64;
	contenders[SAMPLE_FAST].refused = (struct settings){.count = 1, .items = &refused};
	contenders[SAMPLE_FAST].proof = (struct settings){.count = 1, .items = &proof};
	contenders[SAMPLE_REFUSED].problem = "this kernel has it not";
	contenders[SAMPLE_REFUSED].exit_code = EXIT_INCOMPARABLE;
	contenders[SAMPLE_CONTROL].is_control = true;
	*point = (struct record_point){
		.name = "",
		.summary = "randread 4k, direct, data",
		.contender_count = SAMPLE_COUNT,
		.contenders = contenders,
		.reference = SAMPLE_REF,
		.control = SAMPLE_CONTROL,
		.block_count = block_count,
		.stop = STOP_PRECISE,
		.elapsed_s = 20,
	};
	for (size_t b = 0; b < block_count; b++) {
		/* Differences of a few tenths of a percent, other ones in each block. */
		double wobble = 1 + 0.002 * (double)(b * 7 % 5) - 0.004;

		sample_trial(record, b, SAMPLE_REF, 100000);
		sample_trial(record, b, SAMPLE_FAST, 120000 * wobble);
		sample_trial(record, b, SAMPLE_SAME, 100100 / wobble);
		sample_trial(record, b, SAMPLE_CONTROL, 99950 * wobble);
	}
}

#endif
