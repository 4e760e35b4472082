/* SPDX-License-Identifier: MIT */
/* covers: src/check/threshold.c src/check/commit.c src/check/assertion.c */
/* Reading what check is given: documents of every kind, thresholds, limits, commits. */
#include "check/input.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save_file.h"
#include "check/assertion.h"
#include "check/commit.h"
#include "check/threshold.h"
#include "check_rig.h"

#define FIO                                                                                        \
	"{\"fio version\":\"fio-3.42\",\"timestamp\":1700000000,\"jobs\":[{\"jobname\":\"a\","     \
	"\"groupid\":0,\"job options\":{\"rw\":\"randread\"},\"read\":{\"io_bytes\":81920,"        \
	"\"bw_bytes\":40960,\"iops\":5.25,\"runtime\":2000,\"total_ios\":10,"                      \
	"\"clat_ns\":{\"N\":10,\"min\":90,\"max\":990,\"mean\":200.0,\"stddev\":5.0,"              \
	"\"percentile\":{\"50.000000\":201,\"99.000000\":980}}},"                                  \
	"\"job_runtime\":2000,\"usr_cpu\":10.0,\"sys_cpu\":10.0,\"ctx\":20},"                      \
	"{\"jobname\":\"a\",\"groupid\":0}]}"

static char folder[] = "/tmp/ringside-input-XXXXXX";

static const char *put(const char *name, const char *text)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(save_file(path, text, strlen(text)), 0);
	return path;
}

struct reading {
	struct arena arena;
	struct input input;
	char *messages;
	size_t bytes;
	int error;
};

static void read_path(struct reading *reading, const char *path)
{
	FILE *stream;
	struct diag diag;

	*reading = (struct reading){0};
	stream = open_memstream(&reading->messages, &reading->bytes);
	diag_init(&diag, stream);
	reading->error = input_read(path, &reading->input, &reading->arena, &diag);
	assert_int_equal(reading->error != 0, diag.error_count != 0);
	fclose(stream);
}

static void end(struct reading *reading)
{
	input_free(&reading->input);
	arena_free(&reading->arena);
	free(reading->messages);
}

TEST(fio_documents_become_sessions)
{
	struct reading r;
	const struct sample_arm *arm;

	read_path(&r, put("fio.json", FIO));
	assert_string_equal(r.messages, "");
	assert_int_equal(r.error, 0);
	assert_true(r.input.sample.is_foreign);
	assert_int_equal(r.input.sample.arm_count, 2);
	assert_string_equal(r.input.sample.arms[1].name, "a (2)");
	assert_string_equal(r.input.sample.id, "2023-11-14T22:13:20Z");
	arm = &r.input.sample.arms[0];
	assert_true(arm->trials[0].values[VALUE_READ_IOPS] == 5.25);
	assert_true(arm->trials[0].values[VALUE_READ_BANDWIDTH] == 40960);
	assert_true(arm->trials[0].values[VALUE_READ_P50] == 201);
	assert_true(arm->trials[0].values[VALUE_READ_P99] == 980);
	assert_true(isnan(arm->trials[0].values[VALUE_READ_P999]));
	assert_true(isnan(arm->trials[0].values[VALUE_SYSCALLS_PER_IO]));
	assert_true(fabs(arm->trials[0].values[VALUE_CPU_PER_IO] - 4e7) < 1);
	end(&r);
}

TEST(ringsides_results_become_sessions)
{
	struct reading r;
	struct result result;
	struct result_setting facts[] = {{"cpu_model", "Z80", NULL}, {"now.load", "1.5", NULL}};
	struct result_job job = {.name = "j",
		.numjobs = 1,
		.engine = "null",
		.elapsed_ns = 2000000000,
		.error = EIO,
		.error_message = "broken",
		.syscalls = 30};
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	job.directions[DIRECTION_WRITE].ios = 10;
	result_init(&result);
	result.jobs = &job;
	result.job_count = 1;
	result.environment.hard = (struct result_settings){2, facts};
	assert_int_equal(write_json(&result, stream), 0);
	fclose(stream);
	read_path(&r, put("result.json", text));
	assert_string_equal(r.messages, "");
	assert_string_equal(r.input.sample.arms[0].fault, "broken");
	assert_true(r.input.sample.arms[0].trials[0].values[VALUE_WRITE_IOPS] == 5);
	assert_true(r.input.sample.arms[0].trials[0].values[VALUE_SYSCALLS_PER_IO] == 3);
	/* What differs each time is no fact about the machine. */
	assert_int_equal(r.input.sample.environment.hard.count, 1);
	free(text);
	end(&r);
}

TEST(other_documents_are_refused_with_the_reason)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{"", "ends here, unfinished"},
		{"{\"schema\":", "ends here, unfinished"},
		{"{\"schema\": oops}", "no JSON from here on"},
		{"{\"some\": \"thing\"}", "no result of ringside"},
		{"{\"schema\": \"ringside-result/7\"}", "of another version"},
		{"{\"schema\": \"ringside-baseline/7\"}", "of another version"},
		{"{\"schema\": \"ringside-comparison/7\"}", "version"},
		{"{\"fio version\": \"fio-3.42\"}", "'jobs' is missing"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r;

		read_path(&r, put("x.json", cases[i].text));
		assert_true(r.error != 0);
		if (!strstr(r.messages, cases[i].message))
			fail_msg("%s: %s", cases[i].text, r.messages);
		end(&r);
	}
}

TEST(documents_are_told_from_job_files)
{
	assert_true(input_is_document(put("a", "{\"schema\":\"x\"}")));
	assert_true(input_is_document(put("a", "note: something\n{\n")));
	assert_false(input_is_document(put("a", "[global]\nrw=read\n")));
	assert_false(input_is_document("/nonexistent"));
}

TEST(results_make_a_baseline_of_their_sessions)
{
	static char other_rate[] = FIO;
	char first[256], second[256], copy[256];
	const char *paths[] = {first, second, copy};
	char *messages = NULL, *rate = strstr(other_rate, "5.25");
	struct baseline baseline;
	size_t bytes = 0;
	struct diag diag;
	FILE *stream = open_memstream(&messages, &bytes);

	diag_init(&diag, stream);
	snprintf(first, sizeof(first), "%s", put("1.json", FIO));
	rate[0] = '6';
	snprintf(second, sizeof(second), "%s", put("2.json", other_rate));
	snprintf(copy, sizeof(copy), "%s", put("3.json", FIO));
	assert_int_equal(input_read_baseline(paths, 2, &baseline, &diag), 0);
	assert_int_equal(baseline.session_count, 2);
	assert_true(baseline_is_in_window(&baseline, 0));
	baseline_free(&baseline);
	/* The same one again shows no spread, and is no session more. */
	assert_int_equal(input_read_baseline(paths, 3, &baseline, &diag), -EINVAL);
	fclose(stream);
	assert_non_null(
		strstr(messages, "3.json: error: the session 2023-11-14T22:13:20Z is named"));
	free(messages);
	baseline_free(&baseline);
}

TEST(thresholds_are_percentages_of_metrics_that_exist)
{
	static const char *const wrong[] = {"read.iops", "read.iops=3", "=3%", "read.iops=%",
		"read.iops=x%", "read.iops=-1%", "read.iops=100%", "read.lat.p50=1001%", "aiops=3%",
		"read.oops=3%", "errors=3%", "depth=3%"};
	struct baseline_threshold threshold;
	struct arena arena = {0};
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_int_equal(threshold_parse("a=b.read.lat.p99.9=2.5%", &threshold, &arena, &diag), 0);
	assert_string_equal(threshold.name, "a=b.read.lat.p99.9");
	assert_true(threshold.fraction == 0.025);
	assert_int_equal(threshold_parse("read.lat.p99=1000%", &threshold, &arena, &diag), 0);
	assert_int_equal(threshold_parse("read.iops=0%", &threshold, &arena, &diag), 0);
	assert_int_equal(diag.error_count, 0);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (threshold_parse(wrong[i], &threshold, &arena, &diag) != -EINVAL)
			fail_msg("%s was taken", wrong[i]);
		assert_int_equal(diag.error_count, i + 1);
	}
	fclose(stream);
	free(messages);
	arena_free(&arena);
}

TEST(limits_are_of_metrics_that_exist)
{
	struct job_assertion items[] = {{"read.iops", "1", true, 1}, {"p99", "1us", false, 1000},
		{"read.iopz", "1", true, 1}};
	const struct job_assertions parsed = {3, items};
	struct assertion assertions[3];
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_int_equal(assertion_resolve(&parsed, "j", NULL, assertions, &diag), -EINVAL);
	fclose(stream);
	assert_int_equal(assertions[0].metric, VALUE_READ_IOPS);
	assert_int_equal(assertions[0].relation, GATE_AT_LEAST);
	assert_string_equal(assertions[0].arm, "j");
	assert_true(assertions[0].limit == 1);
	assert_int_equal(assertions[1].metric, VALUE_LAT_P99);
	assert_true(assertions[1].limit == 1000);
	assert_int_equal(assertions[1].relation, GATE_AT_MOST);
	assert_non_null(strstr(messages, "no metric 'read.iopz'"));
	assert_non_null(strstr(messages, "did you mean 'read.iops'?"));
	free(messages);
}

TEST(commits_are_found_as_git_keeps_them)
{
	static const char hash[] = "0123456789abcdef0123456789abcdef01234567";
	char path[300];
	struct arena arena = {0};

	unsetenv("GITHUB_SHA");
	unsetenv("CI_COMMIT_SHA");
	snprintf(path, sizeof(path), "%s/.git", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)put(".git/HEAD", "ref: refs/heads/main\n");
	snprintf(path, sizeof(path), "# pack-refs\n%s refs/heads/main\n", hash);
	(void)put(".git/packed-refs", path);
	assert_string_equal(commit_find(folder, &arena), hash);
	(void)put(".git/HEAD", hash);
	assert_string_equal(commit_find(folder, &arena), hash);
	setenv("CI_COMMIT_SHA", "ffffffffffffffffffffffffffffffffffffffff", 1);
	assert_string_equal(
		commit_find(folder, &arena), "ffffffffffffffffffffffffffffffffffffffff");
	unsetenv("CI_COMMIT_SHA");
	arena_free(&arena);
}

/* A branch whose name is another's beginning, or end, is another branch. */
TEST(the_ref_is_looked_up_by_its_whole_name)
{
	char text[400];
	struct arena arena = {0};

	(void)put(".git/HEAD", "ref: refs/heads/main\n");
	snprintf(text, sizeof(text), "%064d refs/heads/mainframe\n%064d refs/heads/main\n", 1, 2);
	(void)put(".git/packed-refs", text);
	snprintf(text, sizeof(text), "%064d", 2); /* a repository of SHA-256 */
	assert_string_equal(commit_find(folder, &arena), text);
	/* One that stands by itself is newer than a packed one. */
	snprintf(text, sizeof(text), "%s/.git/refs", folder);
	assert_int_equal(mkdir(text, 0700), 0);
	snprintf(text, sizeof(text), "%s/.git/refs/heads", folder);
	assert_int_equal(mkdir(text, 0700), 0);
	snprintf(text, sizeof(text), "%040d\n", 3);
	(void)put(".git/refs/heads/main", text);
	text[40] = '\0';
	assert_string_equal(commit_find(folder, &arena), text);
	arena_free(&arena);
}

TEST(folders_below_and_worktrees_have_their_commit)
{
	char below[300], expected[64];
	struct arena arena = {0};

	snprintf(expected, sizeof(expected), "%040d", 3);
	snprintf(below, sizeof(below), "%s/below", folder);
	assert_int_equal(mkdir(below, 0700), 0);
	assert_string_equal(commit_find(below, &arena), expected);
	/* It becomes a worktree with a HEAD of its own, and the refs of the first. */
	(void)put("below/.git", "gitdir: ../.git/below\n");
	snprintf(below, sizeof(below), "%s/.git/below", folder);
	assert_int_equal(mkdir(below, 0700), 0);
	(void)put(".git/below/HEAD", "ref: refs/heads/topic\n");
	(void)put(".git/below/commondir", "..\n");
	snprintf(expected, sizeof(expected), "%040d", 4);
	(void)put(".git/refs/heads/topic", expected);
	snprintf(below, sizeof(below), "%s/below", folder);
	assert_string_equal(commit_find(below, &arena), expected);
	(void)put(".git/below/commondir", arena_printf(&arena, "%s/.git", folder));
	assert_string_equal(commit_find(below, &arena), expected);
	arena_free(&arena);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

TEST_MAIN(make_folder, remove_folder);
