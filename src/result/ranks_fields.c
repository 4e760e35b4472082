/* SPDX-License-Identifier: MIT */
/* Ranks in the document of a result. */
#include "document/field_row.h"
#include "result/result_fields.h"
#include "result/result_ranks.h"

static bool has_no_ios(const void *structure)
{
	return ((const struct result_rank *)structure)->ios == 0;
}

static const struct field_table rank_table = FIELD_TABLE_OF("rank", struct result_rank,
	{"rank", FIELD_COUNT(struct result_rank, rank)},
	{"host", FIELD_TEXT(struct result_rank, host)},
	{"started_ns", FIELD_COUNT(struct result_rank, started_ns),
		.help = "Start of its window, from the start of the run, by the clock of rank 0."},
	{"elapsed_ns", FIELD_COUNT(struct result_rank, elapsed_ns)},
	{"ios", FIELD_COUNT(struct result_rank, ios), .help = "Reads, writes and trims."},
	{"bytes", FIELD_COUNT(struct result_rank, bytes)},
	{"errors", FIELD_COUNT(struct result_rank, errors)},
	{"p50_ns", FIELD_COUNT(struct result_rank, p50_ns), .lacks = has_no_ios},
	{"p99_ns", FIELD_COUNT(struct result_rank, p99_ns), .lacks = has_no_ios},
	{"cores", FIELD_AMOUNT(struct result_rank, cores), .null = FIELD_NULL,
		.help = "CPU seconds in a second of its window; null: unknown."});

const struct field_table result_job_ranks_table = FIELD_TABLE_WITH("job_ranks",
	struct result_job_ranks,
	(.help = "The job by ranks of an MPI run. The job's own figures are of all of them, its "
		 "histograms merged count by count."),
	{"first_end_ns", FIELD_COUNT(struct result_job_ranks, first_end_ns),
		.help = "When the first rank was done, from the start of the run: IOR's "
			"stonewall."},
	{"ios_by_then", FIELD_COUNT(struct result_job_ranks, ios_by_then),
		.help = "What all ranks had done then, by their series; where there is none, by "
			"their mean rate."},
	{"bytes_by_then", FIELD_COUNT(struct result_job_ranks, bytes_by_then)},
	{"rows", FIELD_ARRAY(struct result_job_ranks, count, rows, &rank_table)});

static const struct field_table member_table = FIELD_TABLE_OF("member", struct result_member,
	{"rank", FIELD_COUNT(struct result_member, rank)},
	{"host", FIELD_TEXT(struct result_member, host)},
	{"clock_lead_ns", FIELD_NUMBER(struct result_member, clock_lead_ns),
		.help = "By how much the host's time of day is before that of rank 0."},
	{"clock_error_ns", FIELD_COUNT(struct result_member, clock_error_ns),
		.help = "The clocks are no further from that, by the times of messages."},
	{"jobs", FIELD_ARRAY(struct result_member, job_count, jobs, &result_job_table),
		FIELD_IF(struct result_member, job_count), .presence = FIELD_RARE,
		.help = "The rank's own, before they were merged; left out without --per-rank."});

static const struct field_table difference_table = FIELD_TABLE_OF("difference",
	struct result_difference, {"key", FIELD_TEXT(struct result_difference, key)},
	{"value", FIELD_TEXT(struct result_difference, value), .null = FIELD_NULL},
	{"ranks", FIELD_TEXT(struct result_difference, ranks)});

static const struct field_table lost_table =
	FIELD_TABLE_OF("lost", struct result_lost, {"rank", FIELD_COUNT(struct result_lost, rank)},
		{"host", FIELD_TEXT(struct result_lost, host)});

const struct field_table result_cluster_table = FIELD_TABLE_WITH("cluster", struct result_cluster,
	(.help = "The processes of an MPI run. Sets of ranks are texts such as 0-3,7."),
	{"ranks", FIELD_COUNT(struct result_cluster, rank_count)},
	{"hosts", FIELD_COUNT(struct result_cluster, host_count)},
	{"members", FIELD_ARRAY(struct result_cluster, member_count, members, &member_table)},
	{"differences",
		FIELD_ARRAY(
			struct result_cluster, difference_count, differences, &difference_table),
		.help = "Facts of the environment that are otherwise on these ranks than on rank "
			"0, whose environment is the result's."},
	{"lost", FIELD_ARRAY(struct result_cluster, lost_count, lost, &lost_table),
		.help = "Ranks that died or were not heard of any more: then the run was ended, "
			"and this is of the others."});
