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

/* Declares parser and printer of a kind of value; job_options.c names both by VALUE(kind). */
#define JOB_VALUE(kind)                                                                            \
	job_parse job_##kind##_parse;                                                              \
	job_print_value job_##kind##_print

JOB_VALUE(rw);                  /* struct job_rw_value: "randread:8", "read:4k" */
job_parse job_rwmixwrite_parse; /* uint32_t rwmixread: what is left of 100 */
job_parse job_buffered_parse;   /* bool direct: the opposite */
job_parse job_names_append;  /* struct job_texts: "a:b", "\:" is a colon; adds to what is there */
JOB_VALUE(names);            /* likewise, in place of what is there */
JOB_VALUE(filesize);         /* struct job_range: "1m", "1m-4m" */
job_parse job_amount_parse;  /* struct extent: "1g", "80%"; more than 100% is 100% */
JOB_VALUE(percentiles);      /* struct job_percentiles: "50:99:99.9", put in order */
JOB_VALUE(cpus);             /* struct job_cpus: "0,2-4"; */
job_parse job_cpumask_parse; /* likewise, a mask of CPUs 0 to 63: "0x5" */
JOB_VALUE(file_service);     /* struct job_file_service_value: "roundrobin:8" */
JOB_VALUE(pattern);          /* const struct byte_pattern *: "0xdeadbeef", "\"text\"", %o */
JOB_VALUE(errors);           /* struct job_error_lists: "EAGAIN,ENOSPC:122" */

/*
 * struct job_assertions: "read.iops>=500k, read.lat.p99<=200us". k, M, G of rates are powers of
 * 1000 (as results print them), of bandwidths powers of 1024; latencies and times need a unit.
 */
JOB_VALUE(assert);

/* struct distribution: "random", "zipf:1.2:0.25", "zoned:60/10:40/90" (job_distribution.c) */
JOB_VALUE(distribution);

/* Lists for read, write and trim (job_triple.c): struct job_triple of */
job_parse job_percentages_parse;  /* 0..100: "100,0", */
job_print_value job_counts_print; /* plain numbers, */
job_parse job_rate_iops_parse;    /* I/Os a second, */
JOB_VALUE(rate);                  /* bytes a second: "500k,1m", */
JOB_VALUE(sizes);                 /* bytes of a block: "8k,32k,"; */
JOB_VALUE(bsrange);               /* struct job_ranges: "1k-4k,2k:8k"; */

/*
 * and struct job_splits: "4k/60:64k/40". Sizes without a percentage share what is left; more than
 * 100 is an error, less too where no size could take the rest.
 */
JOB_VALUE(bssplit);

/* "33.3", as short as reads back. */
const char *job_percent_print(double percent, struct arena *arena);

/* For a value that is taken, but not for what it seems to say: fills *problem; returns 0. */
int job_remark(struct option_problem *problem, const char *remark, const char *hint);

/* Fills *problem; returns -EINVAL. `at` and `length` as in option.h. */
int job_refuse(struct option_problem *problem, const char *what, const char *hint, size_t at,
	size_t length);

/*
 * job_triple.c: fio's lists "read,write,trim" (bs=8k,32k). An empty item leaves its direction as it
 * was; a last item that no comma follows holds for the directions after it too.
 */

/*
 * Reads a list into items[DATA_DIRECTION_COUNT], each `item_bytes` large. `parse` reads one item;
 * its problem's offsets count from the item's start. 0 or -EINVAL.
 */
int job_triple_parse(const char *value, void *items, size_t item_bytes, job_parse *parse,
	struct arena *arena, struct option_problem *problem);

/*
 * The list as text that reads back; NULL when nothing is set. One item when all are equal.
 * `print` gives the text of one item; NULL when it is unset.
 */
const char *job_triple_print(
	const void *items, size_t item_bytes, job_print_value *print, struct arena *arena);

/* Lists of "thing/percent" that bssplit and zoned distributions are: "4k/60:64k/40". */

/* "first/second", not looked into. `second` is "" where there is none. */
struct job_pair {
	const char *first;
	const char *second;
	size_t at; /* of the pair in the list */
	size_t length;
};

/* Splits at ":"; an empty pair at the end, as in "50/5:50/", is none. Returns their number. */
size_t job_pairs_split(const char *text, struct arena *arena, struct job_pair **pairs);

/* A percentage, with or without "%"; "" is a missing one, -1. 0 or -EINVAL, offsets from `text`. */
int job_percent_parse(const char *text, double *percent, struct option_problem *problem);

enum job_share_rule {
	SHARES_MAKE_100, /* what is given must add up to 100 where nothing is missing */
	SHARES_AT_MOST_100,
};

/*
 * Gives missing percentages (-1) equal parts of what is left of 100. Sums that three thirds of 33
 * make are taken for 100. 0 or -EINVAL with *problem.
 */
int job_shares_fill(double *percents, size_t count, enum job_share_rule rule, struct arena *arena,
	struct option_problem *problem);

/* A limit of a figure of this name, in its unit: "200us", "500k", "0.01". 0, or -EINVAL with *what,
 * a static string. */
int job_limit_parse(const char *metric, const char *text, double *value, const char **what);

#endif
