/* SPDX-License-Identifier: MIT */
#include "result/fio.h"
#include "result/result_figures.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JSON_PLUS                                                                                  \
	"note: both iodepth >= 1 and synchronous I/O engine are selected\n"                        \
	"{\"fio version\":\"fio-3.42\",\"timestamp\":1700000000,"                                  \
	"\"global options\":{\"bs\":\"4k\",\"ioengine\":\"libaio\"},"                              \
	"\"jobs\":[{\"jobname\":\"j\",\"groupid\":0,\"error\":0,"                                  \
	"\"job options\":{\"rw\":\"randread\",\"bs\":\"8k\"},"                                     \
	"\"read\":{\"io_bytes\":81920,\"bw_bytes\":40960,\"iops\":5.0,\"runtime\":2000,"           \
	"\"total_ios\":10,\"short_ios\":1,"                                                        \
	"\"lat_ns\":{\"min\":100,\"max\":990,\"mean\":280.0,\"stddev\":240.0,\"N\":10,"            \
	"\"percentile\":{\"50.000000\":201,\"99.000000\":993},"                                    \
	"\"bins\":{\"100\":5,\"201\":4,\"993\":1}}},"                                              \
	"\"job_runtime\":2000,\"usr_cpu\":10.0,\"sys_cpu\":15.0,\"ctx\":12}]}"

struct reading {
	struct fio_document document;
	int error;
	char *messages;
	size_t bytes;
};

static void read_text(struct reading *reading, const char *text)
{
	FILE *stream = open_memstream(&reading->messages, &reading->bytes);
	struct diag diag;

	diag_init(&diag, stream);
	reading->error = fio_read_memory("f.json", text, strlen(text), &reading->document, &diag);
	fclose(stream);
}

static void end(struct reading *reading)
{
	fio_document_free(&reading->document);
	free(reading->messages);
}

TEST(json_plus_becomes_a_result)
{
	struct reading r;
	const struct result_job *job;
	const struct result_direction *read;

	read_text(&r, JSON_PLUS);
	assert_string_equal(r.messages, "");
	assert_int_equal(r.error, 0);
	assert_int_equal(r.document.result.job_count, 1);
	job = &r.document.result.jobs[0];
	read = &job->directions[DIRECTION_READ];
	assert_string_equal(job->name, "j");
	assert_string_equal(job->engine, "libaio");
	assert_string_equal(settings_value(&job->options, "bs"), "8k");
	assert_int_equal(job->elapsed_ns, 2000000000);
	assert_int_equal(read->ios, 10);
	assert_int_equal(read->short_ios, 1);
	assert_int_equal(job->cpu.total_ns, 500000000);
	assert_int_equal(job->voluntary_switches, 12);
	assert_true(r.document.jobs[0].directions[DIRECTION_READ].iops == 5);
	assert_true(isnan(r.document.jobs[0].directions[DIRECTION_WRITE].iops));
	end(&r);
}

TEST(bins_give_percentiles_within_the_exact_extremes)
{
	struct reading r;
	const struct result_latency *lat;

	read_text(&r, JSON_PLUS);
	lat = &r.document.result.jobs[0].directions[DIRECTION_READ].lat;
	assert_non_null(lat->histogram);
	assert_int_equal(histogram_percentile(lat->histogram, 50), 100);
	assert_int_equal(histogram_percentile(lat->histogram, 90), 201);
	/* The bin's middle is 993, the slowest I/O took 990. */
	assert_int_equal(histogram_percentile(lat->histogram, 99), 990);
	assert_int_equal(lat->summary.min_ns, 100);
	assert_true(fabs(histogram_summary_mean(&lat->summary) - 280) < 1e-9);
	assert_true(fabs(histogram_summary_stddev(&lat->summary) - 240) < 1e-6);
	end(&r);
}

TEST(stated_percentiles_are_kept)
{
	struct reading r;
	const struct fio_percentiles *lat;

	read_text(&r, JSON_PLUS);
	lat = &r.document.jobs[0].directions[DIRECTION_READ].lat;
	assert_true(fio_percentile_of(lat, 99) == 993);
	assert_true(isnan(fio_percentile_of(lat, 99.9)));
	end(&r);
}

TEST(clients_are_read_and_their_sum_is_not)
{
	struct reading r;

	read_text(&r, "{\"fio version\":\"x\",\"client_stats\":[{\"jobname\":\"a\",\"groupid\":0,"
		      "\"error\":5,\"total_err\":3},{\"jobname\":\"All clients\",\"groupid\":0}]}");
	assert_int_equal(r.error, 0);
	assert_int_equal(r.document.result.job_count, 1);
	assert_int_equal(r.document.result.jobs[0].error, 5);
	assert_int_equal(result_job_errors(&r.document.result.jobs[0]), 3);
	end(&r);
}

TEST(cpu_is_not_taken_where_fio_misses_the_polling_thread)
{
	struct reading r;

	read_text(&r, "{\"fio version\":\"x\",\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,"
		      "\"job options\":{\"sqthread_poll\":\"1\"},\"job_runtime\":1000,"
		      "\"usr_cpu\":50.0,\"sys_cpu\":10.0}]}");
	assert_int_equal(r.error, 0);
	assert_int_equal(r.document.result.jobs[0].cpu.total_ns, 0);
	end(&r);
}

TEST(what_is_wrong_is_said_with_its_place)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{"", "the document ends here"},
		{"hello\n", "the document ends here"},
		{"{\"fio version\":\"x\",\"jobs\":[", "the document ends here"},
		{"{\"a\":1}", "no \"fio version\""},
		{"{\"fio version\":\"x\"}", "'jobs' is missing"},
		{"{\"fio version\":\"x\",\"jobs\":[]}", "without any job"},
		{"{\"fio version\":\"x\",\"jobs\":[3]}", "jobs[0] is no object"},
		{"{\"fio version\":\"x\",\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,"
		 "\"read\":{\"total_ios\":-1}}]}",
			"jobs[0].read: 'total_ios'"},
		{"{\"fio version\":\"x\",\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,"
		 "\"read\":{\"lat_ns\":{\"N\":1,\"min\":2,\"max\":1}}}]}",
			"jobs[0].read.lat_ns: 'min' is above"},
		{"{\"fio version\":\"x\",\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,"
		 "\"read\":{\"lat_ns\":{\"N\":1,\"bins\":{\"x\":1}}}}]}",
			"'bins' holds a name that is no time"},
		{"{\"fio version\":\"x\",\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,"
		 "\"read\":{\"lat_ns\":{\"N\":1,\"percentile\":{\"101\":1}}}}]}",
			"'percentile' are not percentages"},
		{"{\"fio version\":\"x\",\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,"
		 "\"mixed\":{\"total_ios\":1}}]}",
			"jobs[0] has one figure for reads and writes together"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r;

		read_text(&r, cases[i].text);
		assert_int_equal(r.error, -EINVAL);
		if (!strstr(r.messages, cases[i].message))
			fail_msg("%s: %s", cases[i].text, r.messages);
		end(&r);
	}
}

TEST_MAIN(NULL, NULL);
