/* SPDX-License-Identifier: MIT */
/* Values of options that are more than a number or a name: parsers and printers for the table. */
#ifndef JOB_JOB_VALUES_H
#define JOB_JOB_VALUES_H

#include "base/arena.h"
#include "option/option.h"

/* As struct option's parse and print want them. */
typedef int job_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
typedef const char *job_print_value(const void *field, struct arena *arena);

job_parse job_rw_parse; /* struct job_rw_value: "randread:8", "read:4k" */
job_print_value job_rw_print;

job_parse job_rwmixwrite_parse; /* uint32_t rwmixread: what is left of 100 */
job_parse job_buffered_parse;   /* bool direct: the opposite */

job_parse job_percentages_parse;  /* struct job_triple of 0..100: "100,0" */
job_print_value job_counts_print; /* of such, and of all triples of plain numbers */

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

#endif
