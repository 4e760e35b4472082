/* SPDX-License-Identifier: MIT */
/* covers: src/check/history_show.c */
#include "check/history.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_report.h"
#include "check_rig.h"
#include "schema_text.h"

static const struct rig_contender quiet[] = {{"rr", 100000, 0.01}};

/* Today's line, of a check that is in `report`. */
static char *judge_and_print(
	struct check *report, const struct baseline *baseline, struct check_session *today)
{
	const struct judge_settings settings = {.compares_jobs = true};
	struct judgement judgement;

	report->title = "night";
	judge_begin(&judgement, report, &settings, baseline, today, 1);
	decide_all(&judgement);
	return history_print(report);
}

/* The line of a check with this rate. */
static char *line_of(unsigned number, double iops, const char *kernel)
{
	const struct rig_contender contenders[] = {{"rr", iops, 0.01}};
	struct baseline baseline;
	struct check report;
	struct random random;
	struct check_session *today;
	char *line;

	random_init(&random, number);
	rig_baseline(&baseline, quiet, 1, 5, &random);
	check_init(&report);
	today = rig_session(&report.arena, number, contenders, 1, 7, &random);
	today->environment.soft.items[0].value = kernel;
	line = judge_and_print(&report, &baseline, today);
	check_free(&report);
	baseline_free(&baseline);
	return line;
}

static int read_text(const char *text, struct history *history, char **messages)
{
	size_t bytes = 0;
	FILE *stream = open_memstream(messages, &bytes);
	struct diag diag;
	int error;

	diag_init(&diag, stream);
	error = history_read_memory("h.jsonl", text, strlen(text), history, &diag);
	fclose(stream);
	return error;
}

/* "rr (old)" runs with the noise of "rr", and is what that is held against. */
static void pair_up(struct check_session *session)
{
	session->contenders[0].reference = session->contenders[1].name;
	memcpy(session->contenders[1].trials, session->contenders[0].trials,
		session->block_count * sizeof(*session->contenders[0].trials));
}

TEST(the_error_of_a_ratio_is_the_ratios)
{
	const struct rig_contender contenders[] = {
		{"rr", 100000, 0.05}, {"rr (old)", 100000, 0.05}};
	struct baseline baseline;
	struct check report;
	struct random random;
	struct check_session *today;
	struct history history;
	char *line, *messages;

	random_init(&random, 1);
	rig_baseline(&baseline, contenders, 2, 5, &random);
	for (size_t i = 0; i < baseline.session_count; i++)
		pair_up(&baseline.sessions[i].session);
	check_init(&report);
	today = rig_session(&report.arena, 9, contenders, 2, 7, &random);
	pair_up(today);
	line = judge_and_print(&report, &baseline, today);
	assert_int_equal(read_text(line, &history, &messages), 0);
	assert_string_equal(history.lines[0].values[0].name, "rr.read.iops (relative)");
	assert_true(fabs(history.lines[0].values[0].standard_error) < 1e-9);
	free(messages);
	free(line);
	history_free(&history);
	check_free(&report);
	baseline_free(&baseline);
}

TEST(a_line_reads_back)
{
	char *line = line_of(1, 100000, "6.6");
	struct history history;
	char *messages;

	assert_int_equal(strchr(line, '\n') - line, (ptrdiff_t)strlen(line) - 1);
	assert_int_equal(read_text(line, &history, &messages), 0);
	assert_string_equal(messages, "");
	assert_int_equal(history.line_count, 1);
	assert_string_equal(history.lines[0].job, "night");
	assert_string_equal(history.lines[0].values[0].name, "rr.read.iops");
	assert_true(fabs(history.lines[0].values[0].mean - log(100000)) < 0.02);
	assert_true(history.lines[0].values[0].standard_error > 0.001);
	assert_true(history.lines[0].values[0].standard_error < 0.01);
	assert_int_equal(history.lines[0].values[0].count, 7);
	free(messages);
	free(line);
	history_free(&history);
}

TEST(a_line_keeps_its_schema)
{
	char *line = line_of(1, 100000, "6.6"), *schema = schema_text(&history_document);
	char *both = NULL;

	assert_true(asprintf(&both, "[%s,%s]", schema, line) > 0);
	report_python("import json, jsonschema, sys\n"
		      "schema, line = json.load(open(sys.argv[1]))\n"
		      "jsonschema.Draft202012Validator.check_schema(schema)\n"
		      "check = jsonschema.Draft202012Validator(schema)\n"
		      "check.validate(line)\n"
		      "assert not check.is_valid(dict(line, surplus=1))\n"
		      "assert not check.is_valid(dict(line, exit_code=\"0\"))\n"
		      "assert not check.is_valid(dict(line, gates=dict(a=dict())))\n"
		      "for key in list(line):\n"
		      "    other = dict(line)\n"
		      "    del other[key]\n"
		      "    assert not check.is_valid(other), key\n",
		both);
	free(both);
	free(schema);
	free(line);
}

TEST(a_file_that_is_no_history_is_a_few_lines_of_complaint)
{
	struct history history;
	char *messages;

	assert_int_equal(read_text("{\n\"a\": 1,\n\n\"b\": 2,\n\"c\": 3,\n\"d\": 4\n}\n", &history,
				 &messages),
		-EINVAL);
	assert_non_null(strstr(messages, "h.jsonl:4: warning: not a line of a history"));
	assert_null(strstr(messages, "h.jsonl:5:"));
	assert_non_null(strstr(messages, "h.jsonl: warning: 3 more lines are ignored"));
	assert_non_null(strstr(messages, "not a history"));
	free(messages);
	history_free(&history);
}

TEST(damaged_lines_are_left_out_with_a_warning)
{
	char *line = line_of(1, 100000, "6.6"), *text = NULL, *messages;
	struct history history;

	assert_true(asprintf(&text, "%s{\"schema\":\"ringside-hist\n\nnoise\n%s", line, line) > 0);
	assert_int_equal(read_text(text, &history, &messages), 0);
	assert_int_equal(history.line_count, 2);
	assert_non_null(strstr(messages, "h.jsonl:2: warning: not a line of a history"));
	assert_non_null(strstr(messages, "h.jsonl:4: warning: not a line of a history"));
	free(messages);
	free(text);
	free(line);
	history_free(&history);
}

TEST(other_files_and_later_versions_are_refused)
{
	struct history history;
	char *messages;

	assert_int_equal(read_text("", &history, &messages), -EINVAL);
	assert_non_null(strstr(messages, "not a history"));
	free(messages);
	history_free(&history);
	assert_int_equal(
		read_text("{\"schema\":\"ringside-history/9\"}\n", &history, &messages), -EINVAL);
	assert_non_null(strstr(messages, "h.jsonl:1: error: a history of another version"));
	free(messages);
	history_free(&history);
}

TEST(checks_at_once_lose_no_line)
{
	enum { WRITERS = 8, LINES = 40, LONG = 20000 };
	char path[] = "/tmp/ringside-history-XXXXXX", line[LONG];
	size_t counts[WRITERS] = {0}, lines = 0;
	FILE *stream;

	close(mkstemp(path));
	for (int w = 0; w < WRITERS; w++) {
		if (fork() != 0)
			continue;
		/* Longer than what a pipe or a page takes at once. */
		memset(line, 'a' + w, sizeof(line));
		line[LONG - 2] = '\n';
		line[LONG - 1] = '\0';
		for (int i = 0; i < LINES; i++) {
			if (history_append(path, line) != 0)
				_exit(1);
		}
		_exit(0);
	}
	for (int w = 0; w < WRITERS; w++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	stream = fopen(path, "r");
	while (fgets(line, sizeof(line), stream)) {
		assert_int_equal(strlen(line), LONG - 1);
		assert_int_equal(strspn(line, (char[]){line[0], '\0'}), LONG - 2);
		counts[line[0] - 'a']++;
		lines++;
	}
	fclose(stream);
	unlink(path);
	assert_int_equal(lines, WRITERS * LINES);
	for (int w = 0; w < WRITERS; w++)
		assert_int_equal(counts[w], LINES);
}

TEST(an_unfinished_line_is_ended_first)
{
	char path[] = "/tmp/ringside-history-XXXXXX", text[64] = "";
	int descriptor = mkstemp(path);
	FILE *stream;

	assert_int_equal(write(descriptor, "half", 4), 4);
	close(descriptor);
	assert_int_equal(history_append(path, "whole\n"), 0);
	stream = fopen(path, "r");
	assert_int_equal(fread(text, 1, sizeof(text) - 1, stream), 11);
	fclose(stream);
	unlink(path);
	assert_string_equal(text, "half\nwhole\n");
}

TEST(a_full_disk_leaves_no_half_line)
{
	assert_int_equal(history_append("/dev/full", "line\n"), -ENOSPC);
	assert_int_equal(history_append("/nonexistent/h.jsonl", "line\n"), -ENOENT);
}

static char *shown(const struct history *history, const char *metric, size_t *count)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(history_show(history, metric, stream, count), 0);
	fclose(stream);
	return text;
}

/* Of the first series of the only job: as many sessions as it has lines, one change, told. */
static void page_has_the_step(const struct history *history)
{
	cJSON *words = history_page_words(history);
	const cJSON *jobs = cJSON_GetObjectItem(words, "jobs");
	const cJSON *series =
		cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetArrayItem(jobs, 0), "series"), 0);
	const cJSON *changes = cJSON_GetObjectItem(series, "changes");
	const cJSON *sessions = cJSON_GetObjectItem(series, "sessions");
	const char *text = json_get_text(cJSON_GetArrayItem(changes, 0), "text");
	uint64_t at, session;

	assert_int_equal(cJSON_GetArraySize(jobs), 1);
	assert_string_equal(json_get_text(series, "name"), "rr.read.iops");
	assert_int_equal(cJSON_GetArraySize(sessions), 24);
	assert_true(json_item_u64(cJSON_GetArrayItem(sessions, 23), &session));
	assert_int_equal(session, 23);
	assert_int_equal(cJSON_GetArraySize(changes), 1);
	assert_true(json_get_u64(cJSON_GetArrayItem(changes, 0), "at", &at));
	assert_int_equal(at, 14);
	assert_true(strncmp(text, "worse from 2023-11-15T12:13:20Z on: -", 37) == 0);
	assert_non_null(strstr(text, "commits 000000000000.."));
	cJSON_Delete(words);
}

TEST(a_step_is_found_with_its_commits)
{
	char *text = NULL, *messages, *screen;
	size_t bytes = 0, count;
	FILE *stream = open_memstream(&text, &bytes);
	struct history history;

	for (unsigned i = 0; i < 24; i++) {
		char *line = line_of(i, i < 14 ? 100000 : 90000, i < 5 ? "6.6" : "6.8");

		fputs(line, stream);
		free(line);
	}
	fclose(stream);
	setenv("LC_ALL", "C", 1);
	assert_int_equal(read_text(text, &history, &messages), 0);
	screen = shown(&history, NULL, &count);
	assert_int_equal(count, 5);
	assert_non_null(strstr(screen, "rr.read.iops"));
	assert_non_null(strstr(screen, "24 sessions"));
	assert_non_null(strchr(screen, '|')); /* the kernel changed */
	/* Session 14 is the first slow one: commits are its number in hexadecimal. */
	assert_non_null(strstr(screen, "worse from 2023-11-15T12:13:20Z on: -"));
	assert_null(strstr(screen, "better")); /* latencies have grown */
	assert_non_null(strstr(screen, "commits 000000000000.."));
	free(screen);
	page_has_the_step(&history);
	history.lines[13].commit = NULL;
	screen = shown(&history, NULL, &count);
	assert_non_null(strstr(screen, "not yet 2023-11-15T11:13:20Z"));
	free(screen);
	screen = shown(&history, "syscalls_per_io", &count);
	assert_int_equal(count, 1);
	assert_null(strstr(screen, "worse"));
	free(screen);
	screen = shown(&history, "write.iops", &count);
	assert_int_equal(count, 0);
	free(screen);
	free(messages);
	free(text);
	history_free(&history);
}

static void add_line(FILE *stream, unsigned number, const char *machine, const char *kernel,
	const char *contender, double mean)
{
	fprintf(stream,
		"{\"schema\":\"ringside-history/1\",\"time\":\"2026-01-%02uT00:00:00Z\","
		"\"commit\":null,\"job\":\"night\",\"hash_hard\":\"%s\",\"hash_soft\":\"%s\","
		"\"exit_code\":0,\"gates\":{\"%s.read.iops\":{\"metric\":\"read.iops\","
		"\"kind\":\"absolute\",\"outcome\":\"pass\",\"mean\":%.17g,\"se\":null,"
		"\"n\":7}}}\n",
		number + 1, machine, kernel, contender, mean);
}

static char *screen_of(const char *text)
{
	struct history history;
	char *messages, *screen;
	size_t count;

	assert_int_equal(read_text(text, &history, &messages), 0);
	screen = shown(&history, NULL, &count);
	free(messages);
	history_free(&history);
	return screen;
}

TEST(levels_are_drawn_from_the_least_to_the_most)
{
	char *text = NULL, *screen;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	add_line(stream, 0, "m", "6.6", "rr", log(1000));
	add_line(stream, 1, "other", "6.6", "rr", log(1)); /* a machine that is not judged */
	add_line(stream, 2, "m", "6.6", "rr", log(2000));
	add_line(stream, 3, "m", "6.8", "rr", log(4000));
	fclose(stream);
	setenv("LC_ALL", "C", 1);
	screen = screen_of(text);
	assert_string_equal(screen, "night\nrr.read.iops  _=|#  4.00k/s, 3 sessions\n"
				    "1 session of other machines not shown\n");
	free(screen);
	setenv("LC_ALL", "C.UTF-8", 1);
	screen = screen_of(text);
	assert_non_null(strstr(screen, "rr.read.iops  ▁▅|█  4.00k/s"));
	free(screen);
	free(text);
}

/* As many of the newest as the page has room for: ten at least, fifty at most. */
TEST(sparklines_fit_into_the_page)
{
	static const size_t names[] = {2, 40, 80}, drawn[] = {50, 19, 10};
	char name[100];

	setenv("LC_ALL", "C", 1);
	for (size_t i = 0; i < 3; i++) {
		char *text = NULL, *screen;
		size_t bytes = 0;
		FILE *stream = open_memstream(&text, &bytes);

		snprintf(name, sizeof(name), "%0*d", (int)names[i], 1);
		for (unsigned k = 0; k < 70; k++)
			add_line(stream, k % 28, "m", "6.6", name, 5);
		fclose(stream);
		screen = screen_of(text);
		assert_int_equal(strspn(strstr(screen, "  ") + 2, "="), drawn[i]);
		free(screen);
		free(text);
	}
}

TEST(one_session_is_one)
{
	char *text = NULL, *screen;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	add_line(stream, 0, "m", "6.6", "rr", log(1000));
	fclose(stream);
	setenv("LC_ALL", "C", 1);
	screen = screen_of(text);
	assert_string_equal(screen, "night\nrr.read.iops  =  1.00k/s, 1 session\n");
	free(screen);
	free(text);
}

/* A limit's figure is in the history where no other gate has it there. */
TEST(limits_have_a_history_too)
{
	const struct rig_contender contenders[] = {{"rr", 100000, 0.01}};
	const struct assertion limits[] = {
		{"rr", VALUE_READ_IOPS, GATE_AT_LEAST, 1},
		{"rr", VALUE_READ_IOPS, GATE_AT_MOST, 1e9},
		{"rr", VALUE_READ_P50, GATE_AT_MOST, 1e9},
	};
	const struct judge_settings settings = {.assertion_count = 3, .assertions = limits};
	struct check report;
	struct judgement judgement;
	struct random random;
	struct history history;
	char *line, *messages;

	random_init(&random, 1);
	check_init(&report);
	report.title = "night";
	judge_begin(&judgement, &report, &settings, NULL,
		rig_session(&report.arena, 1, contenders, 1, 7, &random), 1);
	line = history_print(&report);
	assert_int_equal(read_text(line, &history, &messages), 0);
	assert_int_equal(history.lines[0].value_count, 2);
	assert_string_equal(history.lines[0].values[0].name, "rr.read.iops");
	assert_string_equal(history.lines[0].values[1].name, "rr.read.lat.p50");
	assert_true(fabs(history.lines[0].values[0].mean - log(100000)) < 0.02);
	free(messages);
	free(line);
	history_free(&history);
	check_free(&report);
}

/* Of a check that was broken off, or that could not run, there is no machine on record either. */
TEST(a_check_that_measured_nothing_hides_no_other)
{
	char *line = line_of(1, 100000, "6.6"), *text = NULL, *messages, *screen;
	struct history history;
	size_t count;

	assert_true(asprintf(&text,
			    "%s{\"schema\":\"ringside-history/1\","
			    "\"time\":\"2026-01-01T00:00:00Z\",\"commit\":null,\"job\":\"night\","
			    "\"hash_hard\":\"0\",\"hash_soft\":\"0\",\"exit_code\":130,"
			    "\"gates\":{}}\n",
			    line) > 0);
	assert_int_equal(read_text(text, &history, &messages), 0);
	assert_int_equal(history.line_count, 2);
	screen = shown(&history, NULL, &count);
	assert_non_null(strstr(screen, "rr.read.iops"));
	assert_null(strstr(screen, "other machines"));
	free(screen);
	free(messages);
	free(text);
	free(line);
	history_free(&history);
}

TEST_MAIN(NULL, NULL);
