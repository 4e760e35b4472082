/* SPDX-License-Identifier: MIT */
/* What came of a job's steadystate, as part of the document. */
#include "document/field_row.h"
#include "result/result_fields.h"

static const struct field_table interval_table = FIELD_TABLE_OF("steady_interval",
	struct result_steady_interval,
	{"ios_per_second", FIELD_COUNT(struct result_steady_interval, ios_per_second)},
	{"bytes_per_second", FIELD_COUNT(struct result_steady_interval, bytes_per_second)},
	{"lat_ns", FIELD_COUNT(struct result_steady_interval, lat_ns), .null = FIELD_NULL_ZERO,
		.help = "Mean; null: the criterion is not of latency."});

const struct field_table result_steady_table = FIELD_TABLE_WITH("steadystate", struct result_steady,
	(.help = "The window that steadystate was last judged over."),
	{"asked", FIELD_TEXT(struct result_steady, asked), .help = "Criterion and limit."},
	{"limit", FIELD_AMOUNT(struct result_steady, limit),
		.help = "The number in it: percent of the mean, I/Os or bytes a second, ns."},
	{"duration_ns", FIELD_COUNT(struct result_steady, duration_ns),
		.help = "Length of a whole window."},
	{"ramp_time_ns", FIELD_COUNT(struct result_steady, ramp_time_ns)},
	{"check_interval_ns", FIELD_COUNT(struct result_steady, check_interval_ns), .least = 1},
	{"attained", FIELD_BOOL(struct result_steady, is_attained),
		.help = "Whether the criterion came below the limit, which ended the job."},
	{"attained_ns", FIELD_COUNT(struct result_steady, attained_ns), .null = FIELD_NULL_ZERO,
		.help = "When, after the start of the measured window."},
	{"criterion", FIELD_NUMBER(struct result_steady, criterion), .null = FIELD_NULL,
		.help = "In the limit's unit; null: no window was complete."},
	{"deviation", FIELD_AMOUNT(struct result_steady, deviation), .null = FIELD_NULL,
		.help = "The largest distance of an interval from the mean; 0 where the slope is "
			"judged."},
	{"slope", FIELD_NUMBER(struct result_steady, slope), .null = FIELD_NULL,
		.help = "Of the least squares line, per interval; 0 where the distance is judged."},
	{"intervals", FIELD_ARRAY(struct result_steady, count, intervals, &interval_table),
		.help = "The oldest first. Merged clones are judged by their sum."});
