/* SPDX-License-Identifier: MIT */
/* Values of options, each kind with its parser and its printer. */
#include "job/job_values.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/doubles.h"
#include "base/text.h"
#include "echo/echo_address.h"
#include "job/job.h"

enum { PERCENTILE_LIMIT = 64, ERRNO_LIMIT = 4095 };

int job_refuse(struct option_problem *problem, const char *what, const char *hint, size_t at,
	size_t length)
{
	*problem = (struct option_problem){.what = what, .hint = hint, .at = at, .length = length};
	return -EINVAL;
}

int job_remark(struct option_problem *problem, const char *remark, const char *hint)
{
	*problem = (struct option_problem){.remark = remark, .hint = hint};
	return 0;
}

/* The first of several names for a value is printed. */
static const struct option_choice rw_choices[] = {
	{"read", RW_READ, NULL},
	{"write", RW_WRITE, NULL},
	{"trim", RW_TRIM, NULL},
	{"randread", RW_RANDREAD, NULL},
	{"randwrite", RW_RANDWRITE, NULL},
	{"randtrim", RW_RANDTRIM, NULL},
	{"rw", RW_READWRITE, NULL},
	{"readwrite", RW_READWRITE, NULL},
	{"randrw", RW_RANDRW, NULL},
	{"trimwrite", RW_TRIMWRITE, NULL},
	{"randtrimwrite", RW_RANDTRIMWRITE, NULL},
	{"openread", RW_OPENREAD, NULL},
	{"copy", RW_COPY, NULL},
	{"stat", RW_STAT, NULL},
	{"create", RW_CREATE, NULL},
	{"unlink", RW_UNLINK, NULL},
	{"echo", RW_ECHO, NULL},
	{NULL, 0, NULL},
};

static const struct option_choice file_service_choices[] = {
	{"roundrobin", FILE_SERVICE_ROUNDROBIN, NULL},
	{"random", FILE_SERVICE_RANDOM, NULL},
	{"sequential", FILE_SERVICE_SEQUENTIAL, NULL},
	{NULL, 0, NULL},
};

static const struct option rw_option = {.type = OPTION_CHOICE,
	.field_bytes = sizeof(int),
	.value_default = "read",
	.choices = rw_choices};
static const struct option file_service_option = {.type = OPTION_CHOICE,
	.field_bytes = sizeof(int),
	.value_default = "roundrobin",
	.choices = file_service_choices};

/* Reads the choice that `value` begins with, up to a ":"; *rest is behind it, or NULL. */
static int find_choice(const struct option *option, const char *value, int *found,
	const char **rest, struct arena *arena, struct option_problem *problem)
{
	size_t length = strcspn(value, ":");
	int rc = option_read(option, arena_strndup(arena, value, length), found, arena, problem);

	*rest = value[length] == ':' ? value + length + 1 : NULL;
	if (rc < 0)
		problem->length = length;
	return rc;
}

static bool is_random(const struct job_rw_value *rw)
{
	const struct job job = {.rw = *rw};

	return job_is_random(&job);
}

int job_rw_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_rw_value rw = {0};
	const char *rest, *what = NULL;
	uint64_t modifier = 0;
	int mode;

	if (find_choice(&rw_option, value, &mode, &rest, arena, problem) < 0)
		return -EINVAL;
	rw.mode = (enum job_rw)mode;
	if (rest && rw.mode == RW_ECHO)
		return job_refuse(problem, "rw=echo takes no value after ':'",
			"iodepth is the number of connections, bs the size of an exchange",
			(size_t)(rest - value), 0);
	if (rest && job_is_of_whole_files(&(struct job){.rw = rw}))
		return job_refuse(problem, "this mode is for whole files",
			"openread, stat, create and unlink take no value after ':'",
			(size_t)(rest - value), 0);
	if (rest && is_random(&rw)) {
		if (units_parse_count(rest, &modifier, &what) < 0 || modifier == 0 ||
			modifier > UINT32_MAX)
			return job_refuse(problem, what ? what : "no such number of I/Os",
				"randread:8 draws a new offset after every 8 I/Os",
				(size_t)(rest - value), 0);
	} else if (rest && (units_parse_size(rest + (*rest == '-'), &modifier, &what) < 0 ||
				   modifier > INT64_MAX)) {
		return job_refuse(problem, what ? what : "no such skip",
			"read:4k leaves a hole of 4k after each I/O, read:-8k goes backwards",
			(size_t)(rest - value), 0);
	}
	rw.modifier = rest && *rest == '-' ? -(int64_t)modifier : (int64_t)modifier;
	*(struct job_rw_value *)field = rw;
	return 0;
}

const char *job_rw_print(const void *field, struct arena *arena)
{
	const struct job_rw_value *rw = field;
	const int mode = (int)rw->mode;
	const char *name = option_text(&rw_option, &mode, arena);
	char size[UNITS_TEXT_BYTES];

	if (rw->modifier == 0)
		return name;
	if (is_random(rw))
		return arena_printf(arena, "%s:%" PRId64, name, rw->modifier);
	return arena_printf(arena, "%s:%s%s", name, rw->modifier < 0 ? "-" : "",
		units_format_exact_size(
			size, (uint64_t)(rw->modifier < 0 ? -rw->modifier : rw->modifier)));
}

int job_buffered_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
		return job_refuse(problem, "neither 0 nor 1", "write 1 for yes, 0 for no", 0, 0);
	*(bool *)field = *value == '0';
	return 0;
}

int job_names_append(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_texts *names = field;
	/* The colons of an address are its own. */
	bool is_address = echo_address_is_one(value);
	char *whole = arena_strdup(arena, value), **pieces = &whole;
	size_t count = is_address ? 1 : text_split(arena, value, ':', &pieces);
	const char **all = arena_alloc_array(arena, names->count + count, sizeof(*all));

	for (size_t i = 0; i < names->count; i++)
		all[i] = names->texts[i];
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(pieces[i]);

		if (length == 0)
			return job_refuse(problem, "a name is empty",
				"':' stands between names; write \\: for a colon in one", 0, 0);
		if (pieces[i][length - 1] == '\\')
			return job_refuse(problem, "a name ends with a backslash",
				"a backslash stands before a colon in a name only", 0, 0);
		all[names->count + i] = pieces[i];
	}
	*names = (struct job_texts){names->count + count, all};
	return 0;
}

int job_names_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_texts names = {0};
	int rc = job_names_append(value, &names, arena, problem);

	if (rc == 0)
		*(struct job_texts *)field = names;
	return rc;
}

const char *job_names_print(const void *field, struct arena *arena)
{
	const struct job_texts *names = field;
	size_t room = 1;
	char *text, *out;

	for (size_t i = 0; i < names->count; i++)
		room += 2 * strlen(names->texts[i]) + 1;
	text = out = arena_alloc(arena, room);
	for (size_t i = 0; i < names->count; i++) {
		if (i > 0)
			*out++ = ':';
		for (const char *c = names->texts[i]; *c; c++) {
			if (*c == ':')
				*out++ = '\\';
			*out++ = *c;
		}
	}
	return text;
}

/* Behind the last "," of a list, else the last ":", else the last "-": so fio takes lists apart. */
static const char *last_item(const char *list)
{
	for (const char *separator = ",:-"; *separator; separator++) {
		const char *at = strrchr(list, *separator);

		if (at)
			return at + 1;
	}
	return list;
}

/* "1m", "1m-4m"; of other lists the first and the last size. */
int job_filesize_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	size_t first = strcspn(value, ",:-/");
	size_t length = strlen(value) - (value[strlen(value) - 1] == ',');
	const char *list = arena_strndup(arena, value, length), *last = last_item(list), *what;
	size_t at = (size_t)(last - list), last_length = strcspn(last, "/");
	struct job_range range;

	if (units_parse_size(arena_strndup(arena, value, first), &range.min, &what) < 0)
		return job_refuse(problem, what, "write 4m, or a range: 1m-16m", 0, first);
	range.max = range.min;
	if (at > 0 &&
		units_parse_size(arena_strndup(arena, last, last_length), &range.max, &what) < 0)
		return job_refuse(problem, what, "write 4m, or a range: 1m-16m", at, last_length);
	if (range.min == 0 || range.max == 0)
		return job_refuse(problem, "a file size of 0", NULL, 0, 0);
	if (range.min > range.max)
		range = (struct job_range){range.max, range.min};
	*(struct job_range *)field = range;
	if (first == length ||
		(at == first + 1 && at + last_length == length && value[first] != ','))
		return 0;
	return job_remark(problem,
		arena_printf(arena, "taken for %s, as fio does", job_filesize_print(&range, arena)),
		"a range of sizes is written 1m-16m: each file draws one");
}

/*
 * The one size that fio reads where more stands: it passes over what follows '/' or a percent sign,
 * and of a list takes one, which is what was meant only if all are the same. NULL: there is no
 * more.
 */
static const char *read_one_amount(const char *value, struct arena *arena)
{
	size_t length = strcspn(value, ":,/%");
	const char *rest, *one;

	if (length == 0 || value[length] == '\0')
		return NULL;
	length += value[length] == '%';
	one = arena_strndup(arena, value, length);
	rest = value + length;
	while (*rest == ':' || *rest == ',') {
		if (strncmp(rest + 1, one, length) != 0)
			return NULL;
		rest += 1 + length;
	}
	if (strcmp(one, value) == 0 || (*rest == '%' && rest[1] != '\0'))
		return NULL;
	return strchr("/%", *rest) ? one : NULL;
}

int job_amount_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	const char *what, *one = read_one_amount(value, arena);
	char *end;
	double percent = strtod(value, &end);

	if (one && units_parse_extent(one, field, &what) == 0)
		return job_remark(problem, arena_printf(arena, "taken for %s, as fio does", one),
			"a job has one size");
	if (percent > 100 && strcmp(end, "%") == 0 && isfinite(percent)) {
		*(struct extent *)field =
			(struct extent){.is_set = true, .is_percent = true, .percent = 100};
		return job_remark(problem, "there is no more than 100%: taken for that",
			"loops=2 does it twice");
	}
	if (units_parse_extent(value, field, &what) == 0)
		return 0;
	return job_refuse(problem, what, "write 1g, or 80% of the target", 0, 0);
}

const char *job_filesize_print(const void *field, struct arena *arena)
{
	const struct job_range *range = field;
	char least[UNITS_TEXT_BYTES], most[UNITS_TEXT_BYTES];

	units_format_exact_size(least, range->min);
	if (range->min == range->max)
		return arena_strdup(arena, least);
	return arena_printf(arena, "%s-%s", least, units_format_exact_size(most, range->max));
}

/* In order, each once. */
static size_t sort_unique(double *values, size_t count)
{
	size_t kept = 1;

	doubles_sort(values, count);
	for (size_t i = 1; i < count; i++) {
		if (values[i] != values[kept - 1])
			values[kept++] = values[i];
	}
	return kept;
}

int job_percentiles_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_percentiles list = {0};
	char **pieces;
	const char *what;

	list.count = text_split(arena, value, ':', &pieces);
	if (list.count > PERCENTILE_LIMIT)
		return job_refuse(problem, "more than 64 percentiles", NULL, 0, 0);
	list.percents = arena_alloc_array(arena, list.count, sizeof(*list.percents));
	for (size_t i = 0; i < list.count; i++) {
		double *percent = &list.percents[i];

		if (units_parse_double(pieces[i], percent, &what) < 0)
			return job_refuse(problem, what, "write 50:99:99.9", 0, 0);
		if (*percent < 0 || *percent > 100)
			return job_refuse(problem, "percentiles are 0 to 100", NULL, 0, 0);
	}
	list.count = sort_unique(list.percents, list.count);
	*(struct job_percentiles *)field = list;
	return 0;
}

const char *job_percent_print(double percent, struct arena *arena)
{
	char text[32];

	for (int decimals = 0; decimals <= 20; decimals++) {
		snprintf(text, sizeof(text), "%.*f", decimals, percent);
		if (strtod(text, NULL) == percent)
			return arena_strdup(arena, text);
	}
	return arena_printf(arena, "%.17g", percent);
}

const char *job_percentiles_print(const void *field, struct arena *arena)
{
	const struct job_percentiles *list = field;
	const char *text = job_percent_print(list->percents[0], arena);

	for (size_t i = 1; i < list->count; i++)
		text = arena_printf(
			arena, "%s:%s", text, job_percent_print(list->percents[i], arena));
	return text;
}

/* "3" or "2-4" */
static int parse_cpu_range(const char *text, uint64_t *first, uint64_t *last, struct arena *arena,
	struct option_problem *problem)
{
	static const char hint[] = "write 0,2-4";
	size_t split = strcspn(text, "-");
	const char *what;

	if (units_parse_count(arena_strndup(arena, text, split), first, &what) < 0)
		return job_refuse(problem, what, hint, 0, 0);
	*last = *first;
	if (text[split] && units_parse_count(text + split + 1, last, &what) < 0)
		return job_refuse(problem, what, hint, 0, 0);
	if (*last < *first)
		return job_refuse(problem, "a range that ends before it begins", hint, 0, 0);
	if (*last >= CPU_SETSIZE)
		return job_refuse(problem, "CPUs beyond 1023 are not supported", NULL, 0, 0);
	return 0;
}

int job_cpus_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_cpus list = {.cpus = arena_alloc_array(arena, CPU_SETSIZE, sizeof(unsigned))};
	char **pieces;
	size_t piece_count = text_split(arena, value, ',', &pieces);
	bool is_listed[CPU_SETSIZE] = {false};

	for (size_t i = 0; i < piece_count; i++) {
		uint64_t first, last;

		if (parse_cpu_range(pieces[i], &first, &last, arena, problem) < 0)
			return -EINVAL;
		for (uint64_t cpu = first; cpu <= last; cpu++)
			is_listed[cpu] = true;
	}
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (is_listed[cpu])
			list.cpus[list.count++] = cpu;
	}
	*(struct job_cpus *)field = list;
	return 0;
}

int job_cpumask_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_cpus list = {.cpus = arena_alloc_array(arena, 64, sizeof(unsigned))};
	uint64_t mask;

	if (units_parse_count(value, &mask, &problem->what) < 0)
		return -EINVAL;
	if (mask == 0)
		return job_refuse(problem, "a mask without a CPU", NULL, 0, 0);
	for (unsigned cpu = 0; cpu < 64; cpu++) {
		if (mask >> cpu & 1)
			list.cpus[list.count++] = cpu;
	}
	*(struct job_cpus *)field = list;
	return 0;
}

const char *job_cpus_print(const void *field, struct arena *arena)
{
	const struct job_cpus *list = field;
	const char *text = "";

	for (size_t i = 0; i < list->count;) {
		size_t end = i + 1;

		while (end < list->count && list->cpus[end] == list->cpus[end - 1] + 1)
			end++;
		text = arena_printf(arena, "%s%s%u", text, i > 0 ? "," : "", list->cpus[i]);
		if (end > i + 1)
			text = arena_printf(arena, "%s-%u", text, list->cpus[end - 1]);
		i = end;
	}
	return text;
}

int job_file_service_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_file_service_value service = {.ios_per_file = 1};
	const char *rest, *what = NULL;
	uint64_t ios = 1;
	int kind;

	if (find_choice(&file_service_option, value, &kind, &rest, arena, problem) < 0)
		return -EINVAL;
	if (rest && (units_parse_count(rest, &ios, &what) < 0 || ios == 0 || ios > UINT32_MAX))
		return job_refuse(problem, what ? what : "no such number of I/Os",
			"roundrobin:8 sends 8 I/Os in a row to each file", (size_t)(rest - value),
			0);
	service.kind = (enum job_file_service)kind;
	service.ios_per_file = (uint32_t)ios;
	*(struct job_file_service_value *)field = service;
	return 0;
}

const char *job_file_service_print(const void *field, struct arena *arena)
{
	const struct job_file_service_value *service = field;
	const int kind = (int)service->kind;
	const char *name = option_text(&file_service_option, &kind, arena);

	if (service->ios_per_file == 1)
		return name;
	return arena_printf(arena, "%s:%" PRIu32, name, service->ios_per_file);
}

int job_pattern_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct byte_pattern *pattern = ARENA_NEW(arena, struct byte_pattern);
	const char *what;

	if (byte_pattern_parse(value, pattern, &what) < 0)
		return job_refuse(
			problem, what, "write 0xdeadbeef, \"text\", 42, 'file' or %o", 0, 0);
	*(const struct byte_pattern **)field = pattern;
	return 0;
}

const char *job_pattern_print(const void *field, struct arena *arena)
{
	const struct byte_pattern *pattern = *(const struct byte_pattern *const *)field;
	const char *text = "";
	bool is_hex = false;
	size_t next = 0;

	for (size_t i = 0; i < pattern->length;) {
		if (next < pattern->offset_count && pattern->offset_at[next] == i) {
			text = arena_printf(arena, "%s%%o", text);
			is_hex = false;
			i += sizeof(uint64_t);
			next++;
			continue;
		}
		text = arena_printf(arena, "%s%s%02x", text, is_hex ? "" : "0x", pattern->bytes[i]);
		is_hex = true;
		i++;
	}
	return text;
}

/* "EIO" or "5" */
static int parse_error(const char *text, int *error, struct option_problem *problem)
{
	uint64_t number;
	const char *what;

	*error = text_errno_of_symbol(text);
	if (*error == 0 && units_parse_count(text, &number, &what) == 0 && number <= ERRNO_LIMIT)
		*error = (int)number;
	if (*error == 0)
		return job_refuse(problem, "no error has this name or number",
			"write names as ENOSPC, or numbers", 0, 0);
	return 0;
}

/* "EIO:ENOSPC"; nothing is an empty list. */
static int parse_errors(const char *text, struct job_errors *errors, struct arena *arena,
	struct option_problem *problem)
{
	char **pieces;
	size_t count = *text ? text_split(arena, text, ':', &pieces) : 0;

	*errors = (struct job_errors){
		.count = count, .errors = arena_alloc_array(arena, count, sizeof(int))};
	for (size_t i = 0; i < count; i++) {
		if (parse_error(pieces[i], &errors->errors[i], problem) < 0) {
			problem->at = (size_t)(strstr(text, pieces[i]) - text);
			problem->length = strlen(pieces[i]);
			return -EINVAL;
		}
	}
	return 0;
}

int job_errors_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_error_lists lists = {0};
	struct job_errors *const of[] = {&lists.read, &lists.write, &lists.verify};
	const char *start = value;

	for (size_t i = 0; start; i++) {
		size_t length = strcspn(start, ",");

		if (i == sizeof(of) / sizeof(of[0]))
			return job_refuse(problem, "more than three lists",
				"reads, writes and verification, in this order",
				(size_t)(start - value), 0);
		if (parse_errors(arena_strndup(arena, start, length), of[i], arena, problem) < 0) {
			problem->at += (size_t)(start - value);
			return -EINVAL;
		}
		start = start[length] ? start + length + 1 : NULL;
	}
	if (lists.read.count + lists.write.count + lists.verify.count == 0)
		return job_refuse(problem, "no error in the lists", NULL, 0, 0);
	*(struct job_error_lists *)field = lists;
	return 0;
}

static const char *print_errors(const struct job_errors *errors, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < errors->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ":" : "",
			text_errno_symbol(errors->errors[i]));
	return text;
}

const char *job_errors_print(const void *field, struct arena *arena)
{
	const struct job_error_lists *lists = field;
	const char *verify = print_errors(&lists->verify, arena);
	const char *write = print_errors(&lists->write, arena);

	return arena_printf(arena, "%s%s%s%s%s", print_errors(&lists->read, arena),
		*write || *verify ? "," : "", write, *verify ? "," : "", verify);
}

#define ASSERT_HINT "write read.iops>=500k, read.lat.p99<=200us"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_latency(const char *metric)
{
	static const char *const names[] = {"lat", "p50", "p99", "p99.9", "cpu"};

	return text_is_listed(metric, names, sizeof(names) / sizeof(names[0])) ||
	       strstr(metric, "lat.") || ends_with(metric, "_ns_per_io");
}

/* A number with k, M, G, T as powers of 1000. */
static int parse_si(const char *text, double *value, const char **what)
{
	static const char suffixes[] = "kmgt";
	char *end;
	const char *suffix;

	*value = strtod(text, &end);
	*what = "is not a number";
	if (end == text || !isfinite(*value))
		return -EINVAL;
	if (*end == '\0')
		return 0;
	suffix = strchr(suffixes, *end | 0x20);
	*what = "unknown unit";
	if (!suffix || end[1])
		return -EINVAL;
	*value *= pow(1000, (double)(suffix - suffixes + 1));
	return 0;
}

static int parse_latency(const char *text, double *value, const char **what)
{
	uint64_t ns;
	char *end;

	/* "200" could be anything: fio's own options are in microseconds. */
	if (strtod(text, &end) != 0 && *end == '\0') {
		*what = "a time needs a unit: ns, us, ms or s";
		return -EINVAL;
	}
	if (units_parse_time(text, 1, &ns, what) < 0)
		return -EINVAL;
	*value = (double)ns;
	return 0;
}

int job_limit_parse(const char *metric, const char *text, double *value, const char **what)
{
	uint64_t bytes;

	if (is_latency(metric))
		return parse_latency(text, value, what);
	if (ends_with(metric, "bandwidth") || ends_with(metric, "bw")) {
		if (units_parse_size(text, &bytes, what) < 0)
			return -EINVAL;
		*value = (double)bytes;
		return 0;
	}
	return parse_si(text, value, what);
}

static int parse_one(
	const char *text, struct job_assertion *assertion, struct arena *arena, const char **what)
{
	size_t at = strcspn(text, "<>=");
	const char *value = text + at + 2;

	*what = "a limit is METRIC>=VALUE or METRIC<=VALUE";
	if (at == 0 || (strncmp(text + at, ">=", 2) != 0 && strncmp(text + at, "<=", 2) != 0))
		return -EINVAL;
	assertion->is_at_least = text[at] == '>';
	assertion->metric = arena_strndup(arena, text, text_trimmed_length(text, at));
	value += strspn(value, " \t");
	assertion->value = arena_strdup(arena, value);
	if (*assertion->metric == '\0' || *value == '\0')
		return -EINVAL;
	if (job_limit_parse(assertion->metric, value, &assertion->limit, what) < 0)
		return -EINVAL;
	*what = "a limit below 0 can never fail, or never pass";
	return assertion->limit < 0 ? -EINVAL : 0;
}

int job_assert_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_assertions list = {0};
	const char *what;
	size_t at = 0;

	for (const char *c = value; *c; c++)
		list.count += *c == ',';
	list.items = arena_alloc_array(arena, list.count + 1, sizeof(*list.items));
	list.count = 0;
	while (value[at] || list.count == 0) {
		size_t length, start = at + strspn(value + at, " \t");
		const char *piece;

		length = text_trimmed_length(value + start, strcspn(value + start, ","));
		piece = arena_strndup(arena, value + start, length);
		if (parse_one(piece, &list.items[list.count], arena, &what) < 0)
			return job_refuse(problem, what, ASSERT_HINT, start, length);
		list.count++;
		at = start + strcspn(value + start, ",");
		if (value[at] == ',' && value[++at] == '\0')
			return job_refuse(problem, "a limit is missing after the last comma",
				ASSERT_HINT, at - 1, 1);
	}
	*(struct job_assertions *)field = list;
	return 0;
}

const char *job_assert_print(const void *field, struct arena *arena)
{
	const struct job_assertions *list = field;
	const char *text = "";

	for (size_t i = 0; i < list->count; i++)
		text = arena_printf(arena, "%s%s%s%s%s", text, i ? ", " : "", list->items[i].metric,
			list->items[i].is_at_least ? ">=" : "<=", list->items[i].value);
	return text;
}
