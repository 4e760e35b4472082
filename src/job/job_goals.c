/* SPDX-License-Identifier: MIT */
/* steadystate, latency_target and their like: how they are read, and who must agree on them. */
#include "job/job_goals.h"

#include <string.h>

#include "base/clock.h"

static const struct criterion {
	const char *name;
	enum steady_figure figure;
	bool is_slope;
} criteria[] = {
	{"iops", STEADY_IOPS, false},
	{"iops_slope", STEADY_IOPS, true},
	{"bw", STEADY_BANDWIDTH, false},
	{"bw_slope", STEADY_BANDWIDTH, true},
	{"lat", STEADY_LATENCY, false},
	{"lat_slope", STEADY_LATENCY, true},
};

enum { CRITERION_COUNT = sizeof(criteria) / sizeof(criteria[0]) };

static const struct criterion *find_criterion(const char *value, size_t length)
{
	for (size_t i = 0; i < CRITERION_COUNT; i++) {
		if (strlen(criteria[i].name) == length &&
			memcmp(criteria[i].name, value, length) == 0)
			return &criteria[i];
	}
	return NULL;
}

/* A limit that is no share of the mean. 0 or -EINVAL with *what. */
static int parse_absolute(
	const char *text, enum steady_figure figure, double *limit, const char **what)
{
	uint64_t whole = 0;
	int rc;

	if (figure == STEADY_IOPS)
		return units_parse_double(text, limit, what);
	rc = figure == STEADY_BANDWIDTH ? units_parse_size(text, &whole, what)
					: units_parse_time(text, NS_PER_US, &whole, what);
	*limit = (double)whole;
	return rc;
}

static int parse_limit(const char *text, struct steady_limit *limit, struct arena *arena,
	struct option_problem *problem)
{
	size_t length = strlen(text);
	const char *what;
	int rc;

	limit->is_percent = length > 0 && text[length - 1] == '%';
	if (limit->is_percent)
		rc = units_parse_double(
			arena_strndup(arena, text, length - 1), &limit->limit, &what);
	else
		rc = parse_absolute(text, limit->figure, &limit->limit, &what);
	if (rc < 0)
		return job_refuse(problem, what, "write iops:5%, bw_slope:0.1% or lat:20us", 0, 0);
	if (!(limit->limit > 0))
		return job_refuse(problem, "nothing is below this limit",
			"write a limit above 0: iops:5%", 0, 0);
	return 0;
}

int job_steady_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	size_t length = strcspn(value, ":");
	const struct criterion *criterion = find_criterion(value, length);
	struct steady_limit limit = {0};
	int rc;

	if (!criterion)
		return job_refuse(problem, "no such criterion",
			"take iops, bw or lat for the largest distance from the mean; iops_slope, "
			"bw_slope or lat_slope for the slope",
			0, length);
	if (value[length] == '\0')
		return job_refuse(problem, "there is no limit", "write it behind a colon: iops:5%",
			length, 0);
	limit.figure = criterion->figure;
	limit.is_slope = criterion->is_slope;
	rc = parse_limit(value + length + 1, &limit, arena, problem);
	if (rc < 0) {
		problem->at += length + 1;
		return rc;
	}
	*(struct steady_limit *)field = limit;
	return 0;
}

static const char *criterion_name(const struct steady_limit *limit)
{
	size_t i = 0;

	while (criteria[i].figure != limit->figure || criteria[i].is_slope != limit->is_slope)
		i++;
	return criteria[i].name;
}

const char *job_steady_print(const void *field, struct arena *arena)
{
	const struct steady_limit *limit = field;
	char text[UNITS_TEXT_BYTES];

	if (limit->limit == 0)
		return NULL;
	if (limit->is_percent || limit->figure == STEADY_IOPS)
		units_format_exact_double(text, limit->limit);
	else if (limit->figure == STEADY_BANDWIDTH)
		units_format_exact_size(text, (uint64_t)limit->limit);
	else
		units_format_exact_time(text, (uint64_t)limit->limit);
	return arena_printf(
		arena, "%s:%s%s", criterion_name(limit), text, limit->is_percent ? "%" : "");
}

static int parse_latency(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	const char *what;

	(void)arena;
	if (units_parse_time(value, NS_PER_US, field, &what) < 0)
		return job_refuse(problem, what, NULL, 0, 0);
	return 0;
}

static const char *print_latency(const void *field, struct arena *arena)
{
	const uint64_t *time_ns = field;
	char text[UNITS_TEXT_BYTES];

	if (*time_ns == 0)
		return NULL;
	return arena_strdup(arena, units_format_exact_time(text, *time_ns));
}

int job_latencies_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_latency, arena, problem);
}

const char *job_latencies_print(const void *field, struct arena *arena)
{
	return job_triple_print(field, sizeof(uint64_t), print_latency, arena);
}

int job_share_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	double percent;
	int rc = job_percent_parse(value, &percent, problem);

	(void)arena;
	if (rc < 0)
		return rc;
	if (!(percent > 0))
		return job_refuse(problem, "not a percentage above 0", "write 99.9", 0, 0);
	*(double *)field = percent;
	return 0;
}

const char *job_share_print(const void *field, struct arena *arena)
{
	return job_percent_print(*(const double *)field, arena);
}

static bool agree(const struct job_steady *one, const struct job_steady *other)
{
	return one->duration_ns == other->duration_ns && one->ramp_time_ns == other->ramp_time_ns &&
	       one->check_interval_ns == other->check_interval_ns &&
	       one->limit.figure == other->limit.figure &&
	       one->limit.is_slope == other->limit.is_slope &&
	       one->limit.is_percent == other->limit.is_percent &&
	       one->limit.limit == other->limit.limit;
}

bool job_goals_agree(const struct job *jobs, size_t count, struct diag *diag)
{
	for (size_t i = 1; i < count; i++) {
		const struct job *job = &jobs[i], *before = &jobs[i - 1];
		const struct job_steady *own = &job->rare->steadystate;
		const struct job_steady *last = &before->rare->steadystate;

		if (!job_continues_entry(job, before) ||
			(own->duration_ns == 0 && last->duration_ns == 0) || agree(own, last))
			continue;
		diag_error(diag, job_place(job, "steadystate"),
			"'%s' and '%s' are one group: their steadystate options must be the same",
			before->name, job->name);
		diag_hint(diag, "new_group begins another group; or set them in [global]");
		return false;
	}
	return true;
}
