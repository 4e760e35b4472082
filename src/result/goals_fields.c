/* SPDX-License-Identifier: MIT */
/* Whether a job was steady, and what came of its goals or of a replay, as parts of the document. */
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

static const char *class_name(unsigned class)
{
	return steady_class_name(class);
}

static bool has_one_level(const void *structure)
{
	return ((const struct result_state *)structure)->low_share == 0;
}

static const struct field_table level_table = FIELD_TABLE_OF("state_levels", struct result_state,
	{"low", FIELD_AMOUNT(struct result_state, low)},
	{"high", FIELD_AMOUNT(struct result_state, high)},
	{"low_share", FIELD_AMOUNT(struct result_state, low_share),
		.help = "Of the intervals, those at the low level."});

static const struct field_table snia_table = FIELD_TABLE_OF("state_snia", struct result_state,
	{"steady", FIELD_BOOL(struct result_state, is_snia_steady)},
	{"range_share", FIELD_AMOUNT(struct result_state, snia_range_share), .null = FIELD_NULL,
		.help = "Largest round less the smallest, by their mean: 0.2 at most."},
	{"slope_share", FIELD_NUMBER(struct result_state, snia_slope_share), .null = FIELD_NULL,
		.help = "Excursion of the line through the rounds, by their mean: 0.1 at most."});

const struct field_table result_state_table = FIELD_TABLE_OF("state", struct result_state,
	{"class", FIELD_CHOICE(struct result_state, class, STEADY_CLASS_COUNT, class_name),
		.help = "steady: the drift over the whole window is proven to be below 5 %, over "
			"60 s, of writes 600 s and twice the active range. too-short: neither that "
			"nor a drift nor two levels can be told."},
	{"of_latency", FIELD_BOOL(struct result_state, is_of_latency),
		.help = "By the mean latency of each interval, since the rate was given; else by "
			"its IOPS."},
	{"has_worked", FIELD_BOOL(struct result_state, has_worked),
		.help = "Whether the job wrote what it must before it can be called steady."},
	{"measured_s", FIELD_AMOUNT(struct result_state, measured_s), .help = "Whole intervals."},
	{"least_s", FIELD_AMOUNT(struct result_state, least_s)},
	{"drift_per_minute", FIELD_NUMBER(struct result_state, drift_per_minute),
		.null = FIELD_NULL,
		.help = "Share of the mean, by the line through the intervals."},
	{"drift_error", FIELD_AMOUNT(struct result_state, drift_error), .null = FIELD_NULL,
		.help = "Half-width of its 90 % interval."},
	{"levels", FIELD_GROUP(struct result_state, &level_table), .lacks = has_one_level,
		.presence = FIELD_RARE, .help = "Of one that is bimodal."},
	{"snia", FIELD_GROUP(struct result_state, &snia_table),
		.help = "SNIA's verdict (PTS 2.0.2, 2.1.24) on the series cut into five rounds."});

const struct field_table result_latency_goal_table = FIELD_TABLE_OF("latency_goal",
	struct result_latency_goal,
	{"target_ns", FIELD_COUNT(struct result_latency_goal, target_ns)},
	{"window_ns", FIELD_COUNT(struct result_latency_goal, window_ns)},
	{"percentile", FIELD_AMOUNT(struct result_latency_goal, percentile),
		.help = "Share of the I/Os that must be within the target, in percent."},
	{"depth", FIELD_COUNT(struct result_latency_goal, depth),
		.help = "The depth in the end; of merged clones the sum."},
	{"met", FIELD_BOOL(struct result_latency_goal, is_met),
		.help = "Whether so many I/Os of the last window were within the target; of "
			"merged clones of each."});

const struct field_table result_replay_table = FIELD_TABLE_OF("replay", struct result_replay,
	{"log", FIELD_TEXT(struct result_replay, log),
		.help = "The file; of merged clones that of the first."},
	{"ios", FIELD_COUNT(struct result_replay, ios),
		.help = "In the log, syncs too; of merged clones the sum."},
	{"recorded_ns", FIELD_COUNT(struct result_replay, recorded_ns),
		.help = "Length of the log, replay_time_scale counted in."},
	{"timed", FIELD_BOOL(struct result_replay, has_times),
		.help = "Whether each I/O has a recorded time and was sent by it: lat_ns starts "
			"there."},
	{"unsent", FIELD_COUNT(struct result_replay, unsent),
		.help = "I/Os that were due and never sent, because the run was over."},
	{"lateness_ns", FIELD_OBJECT(struct result_replay, lateness, &result_latency_table),
		.help = "From an I/O's recorded time to when it was sent."});
