/* SPDX-License-Identifier: MIT */
/*
 * Values of options that are more than a number or a name: parsers and printers for the option
 * table, as struct option's parse and print want them. Beside each: its field, and an example.
 */
#ifndef JOB_JOB_VALUES_H
#define JOB_JOB_VALUES_H

#include "base/arena.h"
#include "option/option.h"

typedef int job_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
typedef const char *job_print_value(const void *field, struct arena *arena);

job_parse job_rw_parse; /* struct job_rw_value: "randread:8", "read:4k" */
job_print_value job_rw_print;

job_parse job_rwmixwrite_parse; /* uint32_t rwmixread: what is left of 100 */
job_parse job_buffered_parse;   /* bool direct: the opposite */

job_parse job_names_append; /* struct job_texts: "a:b", "\:" is a colon; adds to what is there */
job_parse job_names_parse;  /* likewise, in place of what is there */
job_print_value job_names_print;

job_parse job_filesize_parse; /* struct job_range: "1m", "1m-4m" */
job_print_value job_filesize_print;

job_parse job_percentiles_parse; /* struct job_percentiles: "50:99:99.9", put in order */
job_print_value job_percentiles_print;

job_parse job_cpus_parse; /* struct job_cpus: "0,2-4" */
job_print_value job_cpus_print;

job_parse job_file_service_parse; /* struct job_file_service_value: "roundrobin:8" */
job_print_value job_file_service_print;

job_parse job_pattern_parse; /* struct payload_pattern: "0xdeadbeef", "\"text\"", %o */
job_print_value job_pattern_print;

job_parse job_errors_parse; /* struct job_error_lists: "EAGAIN,ENOSPC:122" */
job_print_value job_errors_print;

/*
 * struct job_assertions: "read.iops>=500k, read.lat.p99<=200us". k, M, G of rates are powers of
 * 1000 (as results print them), of bandwidths powers of 1024; latencies and times need a unit.
 */
job_parse job_assert_parse;
job_print_value job_assert_print;

/* struct distribution: "random", "zipf:1.2:0.25", "zoned:60/10:40/90" (job_triple.c) */
job_parse job_distribution_parse;
job_print_value job_distribution_print;

/* Lists for read, write and trim (job_triple.c): struct job_triple of */
job_parse job_percentages_parse;  /* 0..100: "100,0", */
job_print_value job_counts_print; /* plain numbers, */
job_parse job_rate_iops_parse;    /* I/Os a second, */
job_parse job_rate_parse;         /* bytes a second: "500k,1m", */
job_print_value job_rate_print;
job_parse job_sizes_parse; /* bytes of a block: "8k,32k,"; */
job_print_value job_sizes_print;
job_parse job_bsrange_parse; /* struct job_ranges: "1k-4k,2k:8k"; */
job_print_value job_bsrange_print;

/*
 * and struct job_splits: "4k/60:64k/40". Sizes without a percentage share what is left; more than
 * 100 is an error, less too where no size could take the rest.
 */
job_parse job_bssplit_parse;
job_print_value job_bssplit_print;

/* "33.3", as short as reads back. */
const char *job_percent_print(double percent, struct arena *arena);

/* Fills *problem; returns -EINVAL. `at` and `length` as in option.h. */
int job_refuse(struct option_problem *problem, const char *what, const char *hint, size_t at,
	size_t length);

#endif
