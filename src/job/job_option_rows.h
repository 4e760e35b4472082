/* SPDX-License-Identifier: MIT */
/*
 * How a row of the table of job options is written, and the parts that job_options.c joins. Only
 * those files include it.
 */
#ifndef JOB_JOB_OPTION_ROWS_H
#define JOB_JOB_OPTION_ROWS_H

#include "job/job.h"
#include "job/job_values.h"

/* `holder`: offset of the pointer to the struct of this type; 0: it is struct job. */
#define ROW(type, holder, bind, key, member, in, initial, summary, ...)                            \
	{                                                                                          \
		bind(type, member), .part = holder, .name = key, .group = OPTION_GROUP_##in,       \
				    .value_default = initial, .help = summary, __VA_ARGS__         \
	}

/* name, field, group, default, help; then what else there is. */
#define ENTRY(bind, ...) ROW(struct job, 0, bind, __VA_ARGS__)

/* The same of a field of struct job_rare. */
#define RARE(kind, ...)                                                                            \
	ROW(struct job_rare, offsetof(struct job, rare), OPTION_BIND_##kind, __VA_ARGS__)
#define RARE_TIME(...) RARE(TIME, __VA_ARGS__, .unit_ns = NS_PER_S)

#define FLAG(...)   ENTRY(OPTION_BIND_FLAG, __VA_ARGS__)
#define BOOL(...)   ENTRY(OPTION_BIND_BOOL, __VA_ARGS__)
#define COUNT(...)  ENTRY(OPTION_BIND_COUNT, __VA_ARGS__)
#define SIZE(...)   ENTRY(OPTION_BIND_SIZE, __VA_ARGS__)
#define DOUBLE(...) ENTRY(OPTION_BIND_DOUBLE, __VA_ARGS__)
#define EXTENT(...) ENTRY(OPTION_BIND_EXTENT, __VA_ARGS__)
#define TIME(...)   ENTRY(OPTION_BIND_TIME, __VA_ARGS__, .unit_ns = NS_PER_S)
#define TEXT(...)   ENTRY(OPTION_BIND_TEXT, __VA_ARGS__)
#define CHOICE(...) ENTRY(OPTION_BIND_CHOICE, __VA_ARGS__)
#define CUSTOM(...) ENTRY(OPTION_BIND_CUSTOM, __VA_ARGS__)
#define LOG(key, member, summary, more)                                                            \
	RARE(TEXT, key, member, MEASURE, NULL, summary, .value_alone = "$jobname",                 \
		.syntax = "PREFIX", .detail = more)

#define VALUE(kind) .parse = job_##kind##_parse, .print = job_##kind##_print

/* Each ends with name NULL. */
extern const struct option job_options_workload[], job_options_zone[], job_options_job[],
	job_options_host[], job_options_time[], job_options_pace[], job_options_measure[],
	job_options_replay[], job_options_verify[], job_options_echo[];

#endif
