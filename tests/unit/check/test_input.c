/* SPDX-License-Identifier: MIT */
/* Reading what check is given: documents of every kind. */
#include "check/input.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save_file.h"
#include "check_rig.h"
#include "result/result_fields.h"

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
	const struct contender *contender;

	read_path(&r, put("fio.json", FIO));
	assert_string_equal(r.messages, "");
	assert_int_equal(r.error, 0);
	assert_true(r.input.session.is_foreign);
	assert_int_equal(r.input.session.contender_count, 2);
	assert_string_equal(r.input.session.contenders[1].name, "a (2)");
	assert_string_equal(r.input.session.id, "2023-11-14T22:13:20Z");
	contender = &r.input.session.contenders[0];
	assert_true(contender->trials[0].values[VALUE_READ_IOPS] == 5.25);
	assert_true(contender->trials[0].values[VALUE_READ_BANDWIDTH] == 40960);
	assert_true(contender->trials[0].values[VALUE_READ_P50] == 201);
	assert_true(contender->trials[0].values[VALUE_READ_P99] == 980);
	assert_true(isnan(contender->trials[0].values[VALUE_READ_P999]));
	assert_true(isnan(contender->trials[0].values[VALUE_SYSCALLS_PER_IO]));
	assert_true(fabs(contender->trials[0].values[VALUE_CPU_PER_IO] - 4e7) < 1);
	end(&r);
}

TEST(ringsides_results_become_sessions)
{
	struct reading r;
	struct result result;
	struct setting facts[] = {
		{.key = "cpu_model", .value = "Z80"}, {.key = "now.load", .value = "1.5"}};
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
	result.environment.hard = (struct settings){.count = 2, .items = facts};
	assert_int_equal(result_write_json(&result, stream), 0);
	fclose(stream);
	read_path(&r, put("result.json", text));
	assert_string_equal(r.messages, "");
	assert_string_equal(r.input.session.contenders[0].problem, "broken");
	assert_true(r.input.session.contenders[0].trials[0].values[VALUE_WRITE_IOPS] == 5);
	assert_true(r.input.session.contenders[0].trials[0].values[VALUE_SYSCALLS_PER_IO] == 3);
	/* What differs each time is no fact about the machine. */
	assert_int_equal(r.input.session.environment.hard.count, 1);
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
