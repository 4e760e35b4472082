/* SPDX-License-Identifier: MIT */
/* The result document, to the letter and by its schema: it comes back; what is damaged does not
 * come in. */
/* covers: src/result/direction_fields.c */
/* covers: src/result/goals_fields.c */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "result/result_fields.h"
#include "result/result_figures.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/sample.h"
#include "unit/result/validate.h"

static struct diag diag;
static char *said;
static size_t said_bytes;

static int set_up(void **state)
{
	(void)state;
	diag_init(&diag, open_memstream(&said, &said_bytes));
	return diag.stream ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(diag.stream);
	free(said);
	return 0;
}

static char *sample_document(void)
{
	struct result result;
	char *text;

	sample_result(&result);
	text = written(&result, result_write_json);
	result_free(&result);
	return text;
}

/* `text` with the first `old` made `new`; malloc'd. Frees `text`. */
static char *with(char *text, const char *old, const char *new)
{
	char *at = strstr(text, old);
	char *changed = NULL;

	assert_non_null(at);
	assert_true(
		asprintf(&changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) >= 0);
	free(text);
	return changed;
}

static int read_text(struct result *result, const char *text)
{
	return result_read_memory("r.json", text, strlen(text), result, &diag);
}

static void assert_refused(char *text, const char *message)
{
	struct result result;

	rewind(diag.stream);
	assert_int_equal(read_text(&result, text), -EINVAL);
	result_free(&result);
	fflush(diag.stream);
	if (!strstr(said, message))
		fail_msg("said '%s', not '%s'", said, message);
	free(text);
}

TEST_FIXTURE(set_up, tear_down);

TEST(what_is_read_is_written_the_same)
{
	char *text = sample_document();
	struct result result;
	char *again;

	assert_int_equal(read_text(&result, text), 0);
	again = written(&result, result_write_json);
	assert_same_lines("written again", again, text);
	result_free(&result);
	free(again);
	free(text);
}

/* All other writers see no difference either. */
TEST(what_is_read_looks_the_same)
{
	char *text = sample_document();
	struct result original, result;

	sample_result(&original);
	assert_int_equal(read_text(&result, text), 0);
	for (const struct document_writer *w = result_formats.writers; w->name; w++) {
		char *expected = written(&original, DOCUMENT_FUNCTION(const struct result, w));
		char *actual = written(&result, DOCUMENT_FUNCTION(const struct result, w));

		assert_same_lines(w->name, actual, expected);
		free(expected);
		free(actual);
	}
	result_free(&original);
	result_free(&result);
	free(text);
}

/* Documents of before there were counters have no such group. */
TEST(a_document_without_counters_has_none)
{
	struct result original, result;
	char *text, *group, *end;

	sample_result(&original);
	original.job_count = 1;
	text = written(&original, result_write_json);
	assert_int_equal(read_text(&result, text), 0);
	assert_true(result.jobs[0].counts[PERF_USER].is_known);
	assert_true(result.jobs[0].counts[PERF_KERNEL].counted_share == 0.75);
	result_free(&result);
	group = strstr(text, "\"cpu_counters\"");
	end = group ? strstr(group, "\"syscalls\"") : NULL;
	assert_non_null(end);
	memmove(group, end, strlen(end) + 1);
	assert_int_equal(read_text(&result, text), 0);
	assert_false(result.jobs[0].counts[PERF_USER].is_known);
	assert_true(isnan(result_instructions_per_io(&result.jobs[0], PERF_SCOPE_COUNT)));
	result_free(&result);
	result_free(&original);
	free(text);
}

/* What a hang leaves: costs are null, and stay unknown in every writer when they are read. */
TEST(what_is_not_known_stays_so)
{
	struct result original, result;
	char *text, *expected, *actual;

	sample_result(&original);
	original.jobs[0].lacks_costs = true;
	original.jobs[0].cpu = (struct result_cpu){0};
	original.jobs[0].syscalls = 0;
	original.jobs[0].voluntary_switches = original.jobs[0].involuntary_switches = 0;
	original.jobs[0].depth_mean = 0;
	original.jobs[0].unreturned_ios = 3;
	original.jobs[0].oldest_unreturned_ns = 61 * NS_PER_S;
	text = written(&original, result_write_json);
	assert_true(is_valid(text));
	assert_non_null(strstr(text, "\"total_ns\": null"));
	assert_non_null(strstr(text, "\"syscalls\": null"));
	assert_non_null(strstr(text, "\"voluntary\": null"));
	assert_int_equal(read_text(&result, text), 0);
	assert_true(result.jobs[0].lacks_costs);
	assert_false(result.jobs[1].lacks_costs);
	assert_int_equal(result.jobs[0].unreturned_ios, 3);
	assert_int_equal(result.jobs[0].oldest_unreturned_ns, 61 * NS_PER_S);
	for (const struct document_writer *w = result_formats.writers; w->name; w++) {
		expected = written(&original, DOCUMENT_FUNCTION(const struct result, w));
		actual = written(&result, DOCUMENT_FUNCTION(const struct result, w));
		assert_same_lines(w->name, actual, expected);
		free(expected);
		free(actual);
	}
	actual = written(&result, write_text);
	assert_non_null(strstr(actual, "not known: a worker hangs in the kernel"));
	assert_non_null(strstr(actual, "3 never came back (the oldest was sent 61.0 s before"));
	free(actual);
	actual = written(&result, write_fio_json);
	assert_non_null(strstr(actual, "\"usr_cpu\" : null"));
	free(actual);
	result_free(&original);
	result_free(&result);
	free(text);
}

/* As documents were before samples had a place of their own. */
TEST(a_sample_in_the_place_of_all_is_read_as_a_sample)
{
	struct result original, result;
	struct result_direction *read;
	char *text;

	sample_result(&original);
	read = &original.jobs[0].directions[DIRECTION_READ];
	read->slat = read->sample.slat;
	read->clat = read->sample.clat;
	read->sample = (struct result_sample){0};
	text = written(&original, result_write_json);
	assert_int_equal(read_text(&result, text), 0);
	read = &result.jobs[0].directions[DIRECTION_READ];
	assert_int_equal(read->slat.summary.count, 0);
	assert_int_equal(read->clat.summary.count, 0);
	assert_int_equal(read->sample.slat.summary.count, 1562);
	assert_int_equal(read->sample.clat.summary.count, 1562);
	result_free(&original);
	result_free(&result);
	free(text);
}

TEST(figures_are_exact)
{
	char *text = sample_document();
	struct result original, result;
	const struct result_latency *was, *is;

	sample_result(&original);
	assert_int_equal(read_text(&result, text), 0);
	assert_true(result.seed == UINT64_MAX);
	assert_true(result.disks[0].read_sectors == 9007199254740993);
	assert_int_equal(result.started.tv_sec, original.started.tv_sec);
	assert_int_equal(result.started.tv_nsec, original.started.tv_nsec);
	was = &original.jobs[1].directions[DIRECTION_READ].slat;
	is = &result.jobs[1].directions[DIRECTION_READ].slat;
	assert_memory_equal(is->histogram, was->histogram, sizeof(*was->histogram));
	assert_memory_equal(&is->summary, &was->summary, sizeof(was->summary));
	assert_null(result.jobs[0].directions[DIRECTION_READ].slat.histogram);
	assert_int_equal(result.jobs[1].directions[DIRECTION_READ].errors[0].error, EIO);
	assert_int_equal(result.jobs[1].directions[DIRECTION_WRITE].errors[1].error, 0);
	assert_true(result.jobs[1].targets[0].bytes == UINT64_MAX);
	assert_true(result.jobs[1].submit_share < 0);
	result_free(&original);
	result_free(&result);
	free(text);
}

TEST(unknown_keys_are_skipped)
{
	char *text = with(sample_document(), "\"seed\":", "\"novelty\": [1, {}], \"seed\":");
	struct result result;

	assert_int_equal(read_text(&result, text), 0);
	result_free(&result);
	free(text);
}

TEST(any_rfc_3339_time_is_read)
{
	static const char *const times[] = {"2025-11-21T22:19:00.120000009Z",
		"2025-11-22T00:19:00.120000009+02:00", "2025-11-21T16:49:00.1200000094-05:30"};

	for (int i = 0; i < 3; i++) {
		char *text = with(sample_document(), times[0], times[i]);
		struct result result;

		assert_int_equal(read_text(&result, text), 0);
		assert_int_equal(result.started.tv_sec, 1763763540);
		assert_int_equal(result.started.tv_nsec, 120000009);
		result_free(&result);
		free(text);
	}
	assert_refused(with(sample_document(), times[0], "2025-11-21"), "'started' is no RFC 3339");
	assert_refused(with(sample_document(), "009Z", "009"), "'started' is no RFC 3339");
	assert_refused(with(sample_document(), "009Z", "009+25:00"), "'started' is no RFC 3339");
}

TEST(documents_of_others_are_named)
{
	assert_refused(strdup("{\"fio version\": \"fio-3.33\"}"), "this is a fio result");
	assert_refused(strdup("{\"a\": 1}"), "no result of ringside");
	assert_refused(strdup("[]"), "no result of ringside");
	assert_refused(strdup("{\"schema\": \"something/1\"}"), "no result of ringside");
	assert_refused(with(sample_document(), "ringside-result/1", "ringside-result/2"),
		"a result of another version, ringside-result/2: this ringside reads "
		"ringside-result/1");
}

TEST(damage_is_found_and_named)
{
	static const struct {
		const char *old, *new, *message;
	} samples[] = {
		{"\"elapsed_ns\": 500000000", "\"elapsed_ns\": -1", "jobs[0]: 'elapsed_ns' is"},
		{"\"ios\": 100000", "\"ios\": \"100000\"", "jobs[0].read: 'ios' is"},
		{"\"ios\": 7000", "\"ios\": 0.5", "jobs[1].read: 'ios' is"},
		{"\"seed\"", "\"sead\"", "'seed' is missing"},
		{"\"trim\"", "\"trum\"", "jobs[0]: 'trim' is missing"},
		{"hdr/1ns/2digits", "hdr/1us/2digits", "lat_ns.histogram: 'geometry' is not"},
		{"[[1349, 370]", "[[1349, 371]", "'histogram' holds another number of I/Os"},
		{"[[1349, 370]", "[[1350, 370]", "'counts' has a bucket twice"},
		{"[[1349, 370]", "[[4352, 370]", "'counts' holds something else"},
		{"[[1349, 370]", "[[1349, 370, 1]", "'counts' holds something else"},
		{"[[1349, 370]", "[[1349, 18446744073709551615]", "'counts' add up to more"},
		{"[[1349, 370]", "[1349", "'counts' holds something else"},
		{"\"min\": 900,", "\"min\": 17811,", "slat_ns: 'min' is above 'max'"},
		{"\"99.9\":", "\"199.9\":", "'percentiles' are not percentages"},
		{"\"99.95\":", "\"99.9\":", "'percentiles' are not percentages"},
		{"\"99.9\":", "\"p99\":", "'percentiles' are not percentages"},
		{"\"rw\": \"randread\"", "\"rw\": 5", "jobs[0].options: 'rw' is neither"},
		{"\"--bs=4k\"", "4", "'command' holds something"},
		{"\"signal\": 2", "\"signal\": 99999999999", "'signal' is too large"},
		{"\"depth\": {", "\"depth\": [], \"x\": {", "jobs[0]: 'depth' is missing"},
		{"\"errors_ignored\": 7", "\"errors_ignored\": 9", "'errors_ignored' is above the"},
		{"[8, 24]", "[33, 24]", "'sent_at' are not [value"},
		{"\"ios\": 30,", "\"ios\": 1,", "'lat_ns' is of more I/Os"},
		{"\"EIO\": 3", "\"EIO\": null", "jobs[1].read.errors: 'EIO' is"},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		assert_refused(with(sample_document(), samples[i].old, samples[i].new),
			samples[i].message);
}

TEST(a_document_cut_anywhere_is_refused)
{
	char *text = sample_document();
	size_t length = strlen(text) - 2; /* the last "}" and newline */
	struct result result;

	for (size_t cut = 0; cut <= length; cut += 211) {
		assert_int_equal(result_read_memory("r.json", text, cut, &result, &diag), -EINVAL);
		result_free(&result);
	}
	assert_int_equal(result_read_memory("r.json", text, length, &result, &diag), -EINVAL);
	result_free(&result);
	free(text);
}

TEST(a_syntax_error_has_its_line)
{
	assert_refused(strdup("{\n\"a\": nonsense\n}"), "r.json:2:6: error: no JSON from here on");
	assert_refused(strdup("{\n  \"a\": 1,\n"), "unfinished");
}

TEST(too_many_kinds_of_errors_are_refused)
{
	char names[1024] = "\"errors\": {\"E0\": 1";

	for (int i = 1; i <= RESULT_ERROR_NAMES_LIMIT; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), ", \"E%d\": 1", i);
	strncat(names, "}", sizeof(names) - strlen(names) - 1);
	assert_refused(with(sample_document(), "\"errors\": {}", names), "'errors' has too many");
}

TEST(files_are_read)
{
	char path[] = "/tmp/ringside-result-XXXXXX";
	char *text = sample_document();
	struct result result;
	int descriptor = mkstemp(path);

	assert_true(descriptor >= 0);
	assert_true(write(descriptor, text, strlen(text)) == (ssize_t)strlen(text));
	close(descriptor);
	assert_int_equal(result_read(path, &result, &diag), 0);
	assert_int_equal(result.job_count, 3);
	result_free(&result);
	unlink(path);
	assert_int_equal(result_read(path, &result, &diag), -ENOENT);
	result_free(&result);
	assert_int_equal(result_read("/tmp", &result, &diag), -EISDIR);
	result_free(&result);
	fflush(diag.stream);
	assert_non_null(strstr(said, "/tmp: error: cannot be read: Is a directory (EISDIR)"));
	free(text);
}

TEST(what_contradicts_itself_is_refused)
{
	static const struct {
		const char *old, *new, *message;
	} cases[] = {
		{"\"sum\": 15285552900,", "\"sum\": -1,", "'sum' is below 0"},
		{"\"sum\": 15285552900,", "\"sum\": 1e15,", "'sum' is not between"},
		{"\"sum\": 15285552900,", "\"sum\": 0,", "'sum' is not between"},
		{"\"sum\": 0,", "\"sum\": 5,", "'sum' is not between"},
		{"\"sum_of_squares\": 2613225437273900,", "\"sum_of_squares\": 0,",
			"'sum_of_squares' does not go with"},
		{"\"sum_of_squares\": 2613225437273900,", "\"sum_of_squares\": 1e30,",
			"'sum_of_squares' does not go with"},
		{"\"mean\": 152855.529,", "\"mean\": 152856,", "'mean' is not 'sum' by 'count'"},
		{"\"mean\": 152855.529,", "\"mean\": \"x\",", "'mean' is not 'sum' by 'count'"},
		{"\"min\": 101000,", "\"min\": 2000,", "does not reach from 'min' to 'max'"},
		{"\"max\": 2010810,", "\"max\": 3010810,", "does not reach from 'min' to 'max'"},
		{"\"max\": 2010810,", "\"max\": 200000,", "'percentiles'"},
		{"\"5\": 106495,", "\"5\": 102398,", "'percentiles' do not ascend"},
		{"\"5\": 106495,", "\"5\": -1,", "'percentiles' do not ascend"},
		{"\"5\": 106495,", "\"5\": [],", "'percentiles' do not ascend"},
		{"\"1\": 102399,", "\"1\": 100000,", "'percentiles' do not ascend"},
		{"\"ios\": 100000,", "\"ios\": 99999,", "'lat_ns' is of more I/Os than 'ios'"},
		{"\"short_ios\": 0,", "\"short_ios\": 100001,", "'short_ios' is above 'ios'"},
		{"\"99.99\": 1908735", "\"99.99\": 2010811", "'percentiles' do not ascend"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(
			with(sample_document(), cases[i].old, cases[i].new), cases[i].message);
}

static struct result sample;

static int open_sample(void **state)
{
	(void)state;
	sample_result(&sample);
	return 0;
}

static int close_sample(void **state)
{
	(void)state;
	result_free(&sample);
	return 0;
}

TEST_FIXTURE(open_sample, close_sample);

TEST(a_document_is_as_it_should_be)
{
	assert_golden("result.json", written(&sample, format_named("json")));
}

TEST(a_document_is_by_the_schema)
{
	char *text = written(&sample, result_write_json);
	bool valid = is_valid(text);

	free(text);
	assert_true(valid);
}

TEST(what_is_empty_is_by_the_schema_too)
{
	struct result_job job = {.name = "", .engine = "null", .numjobs = 1, .submit_share = -1};
	struct result empty;
	bool valid;
	char *text;

	result_init(&empty);
	empty.job_count = 1;
	empty.jobs = &job;
	text = written(&empty, result_write_json);
	valid = is_valid(text);
	free(text);
	result_free(&empty);
	assert_true(valid);
}

/* Texts come from paths, the kernel and NVMe drives: any bytes. */
TEST(no_text_breaks_the_document)
{
	bool valid;
	char *text;

	sample.jobs[0].name = "\x01\"\\\n\t\xff\xc3";
	sample.jobs[0].engine_proof.items[0].key = "\x7f \xed\xa0\x80";
	text = written(&sample, result_write_json);
	valid = is_valid(text);
	free(text);
	assert_true(valid);
}

static bool is_valid_with(const char *old, const char *new)
{
	char *text = written(&sample, result_write_json);
	char *at = strstr(text, old);
	char *changed = NULL;
	bool valid;

	assert_non_null(at);
	assert_true(
		asprintf(&changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) >= 0);
	valid = is_valid(changed);
	free(changed);
	free(text);
	return valid;
}

TEST(the_schema_refuses_what_is_not_ours)
{
	assert_false(is_valid_with("\"seed\":", "\"seeds\":"));
	assert_false(is_valid_with("\"ios\": 100000", "\"ios\": 1.5"));
	assert_false(is_valid_with("\"short_ios\"", "\"extra\": 1, \"short_ios\""));
	assert_false(is_valid_with("\"99.9\":", "\"p99.9\":"));
	assert_false(is_valid_with("[[1349, 370]", "[[4352, 370]"));
	assert_false(is_valid_with("\"geometry\": \"hdr/1ns/2digits\",", ""));
	assert_false(is_valid_with("ringside-result/1", "ringside-result/2"));
	assert_true(is_valid_with("100000", "100001"));
}

TEST_MAIN(NULL, NULL);
