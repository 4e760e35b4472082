/* SPDX-License-Identifier: MIT */
/* fio's layout: to the letter, and as fio's own tool reads it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static int set_up(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return open_sample(state);
}

TEST_FIXTURE(set_up, close_sample);

TEST(a_document_is_as_it_should_be)
{
	assert_golden("fio.json", written(&result, format_named("fio-json")));
}

/* The document of a run of fio itself, or a skip. malloc'd. */
static char *fio_document(void)
{
	char *text = NULL;
	size_t limit = 0;
	ssize_t bytes;
	FILE *pipe;

	pipe = popen("command -v fio >/dev/null && exec fio --name=x --ioengine=null --size=1m "
		     "--rw=randrw --iodepth=4 --fsync=8 --slat_percentiles=1 --clat_percentiles=1 "
		     "--lat_percentiles=1 --output-format=json+ 2>/dev/null",
		"r");
	assert_non_null(pipe);
	bytes = getdelim(&text, &limit, '\0', pipe);
	pclose(pipe);
	if (bytes <= 0) {
		free(text);
		print_message("skipped: fio is not installed\n");
		skip();
	}
	return text;
}

/* Every key of fio's, in its order, with ours between them at most. */
static void assert_has_keys_of(const cJSON *ours, const cJSON *theirs)
{
	const cJSON *at = ours->child;

	for (const cJSON *item = theirs->child; item; item = item->next) {
		while (at && strcmp(at->string, item->string) != 0)
			at = at->next;
		if (!at)
			fail_msg("'%s' is missing or out of order", item->string);
		if ((at->type & 0xff) != (item->type & 0xff))
			fail_msg("'%s' is of another type", item->string);
		if (cJSON_IsObject(item) && strcmp(item->string, "job options") != 0 &&
			strcmp(item->string, "bins") != 0)
			assert_has_keys_of(at, item);
	}
}

TEST(keys_and_their_order_are_fios)
{
	char *their_text = fio_document();
	char *text = written(&result, write_fio_json);
	cJSON *theirs = cJSON_Parse(their_text);
	cJSON *ours = cJSON_Parse(text);
	const cJSON *our_job, *their_job;

	assert_non_null(theirs);
	assert_non_null(ours);
	our_job = cJSON_GetObjectItem(ours, "jobs")->child->next; /* with all latencies of reads */
	their_job = cJSON_GetObjectItem(theirs, "jobs")->child;
	cJSON_DeleteItemFromObject(cJSON_GetObjectItem((cJSON *)their_job, "write"), "slat_ns");
	assert_has_keys_of(our_job, their_job);
	cJSON_DeleteItemFromObject(theirs, "jobs");
	assert_has_keys_of(ours, theirs);
	cJSON_Delete(ours);
	cJSON_Delete(theirs);
	free(their_text);
	free(text);
}

/* There fio's bw_mean and iops_mean are whole numbers, and lists have the names of others. */
static bool is_of_steady_state(const char *text, const char *at)
{
	static const char data[] = "\"data\" : ";

	while (*at != '{' && *at != '}')
		at--;
	return *at == '{' && at - text >= (ptrdiff_t)strlen(data) &&
	       strncmp(at - strlen(data), data, strlen(data)) == 0;
}

/* Whether each number of `key` in `text`, up to what is ours, has decimals just as it should. */
static void assert_decimals(const char *text, const char *key, bool has_decimals)
{
	const char *end = strstr(text, "\"ringside\" : {");
	char start[80];

	snprintf(start, sizeof(start), "\"%s\" : ", key);
	for (const char *at = strstr(text, start); at && at < end; at = strstr(at, start)) {
		at += strlen(start);
		if (!is_of_steady_state(text, at) &&
			has_decimals != (at[strspn(at, "-0123456789")] == '.'))
			fail_msg("'%s': %.20s", key, at);
	}
}

/* Strict readers tell 0.000000 from 0. Keys that are numbers stand for both in fio. */
TEST(numbers_have_decimals_where_fios_have)
{
	char *their_text = fio_document();
	char *text = written(&result, write_fio_json);
	char *rest = NULL;
	int count = 0;

	for (char *line = strtok_r(their_text, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest)) {
		char key[64], value[64];

		if (sscanf(line, " \"%63[a-z_]\" : %63[-0-9.]", key, value) != 2)
			continue;
		assert_decimals(text, key, strchr(value, '.') != NULL);
		count++;
	}
	assert_true(count > 100);
	free(their_text);
	free(text);
}

TEST(fios_own_tool_reads_the_bins)
{
	char folder[] = "/tmp/ringside-fio-XXXXXX";
	char *text = written(&result, write_fio_json);
	char command[512];
	char path[64];
	FILE *file;
	int status;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/r.json", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	/* The last row's cumulative count of read clat is all reads. */
	snprintf(command, sizeof(command),
		"cd %s && { command -v fio_jsonplus_clat2csv || exit 77; } >/dev/null && "
		"fio_jsonplus_clat2csv r.json r.csv >/dev/null && "
		"awk -F', ' '$6 != \"\" { last = $6 } END { exit last != 100000 }' r_job0.csv && "
		"[ -s r_job1.csv ] && [ -s r_job2.csv ]",
		folder);
	status = system(command);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	free(text);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: fio_jsonplus_clat2csv is not installed\n");
		skip();
	}
	assert_int_equal(status, 0);
}

static void assert_split(const cJSON *jobs, int job, const char *direction, uint64_t slat_count,
	uint64_t least_clat_ns)
{
	const cJSON *item = cJSON_GetObjectItem(cJSON_GetArrayItem(jobs, job), direction);
	uint64_t value;

	assert_true(json_get_u64(cJSON_GetObjectItem(item, "slat_ns"), "N", &value));
	assert_int_equal(value, slat_count);
	assert_true(json_get_u64(cJSON_GetObjectItem(item, "clat_ns"), "min", &value));
	assert_int_equal(value, least_clat_ns);
}

TEST(slat_and_clat_are_of_all_ios_or_clat_is_lat)
{
	char *text = written(&result, write_fio_json);
	cJSON *document = cJSON_Parse(text);
	const cJSON *jobs = cJSON_GetObjectItem(document, "jobs");

	assert_split(jobs, 1, "read", 7000, 80000);
	assert_split(jobs, 0, "read", 0, 101000); /* a sample adds up to nothing that is shown */
	assert_split(jobs, 1, "write", 0, 35000); /* it has a rate: lat is from when it was due */
	cJSON_Delete(document);
	free(text);
}

static double level_of(const cJSON *job, const char *key, const char *level)
{
	return cJSON_GetObjectItem(cJSON_GetObjectItem(job, key), level)->valuedouble;
}

/* Each edge of fio's, and the shares of what was counted. */
TEST(levels_are_shares_of_what_was_counted)
{
	struct result_job *job = &result.jobs[0];
	cJSON *document, *item;
	char *text;

	job->depths = sample_tally(&result, {1, 10}, {2, 10}, {3, 10}, {4, 5}, {31, 15}, {32, 20},
		{63, 10}, {64, 15}, {500, 5});
	job->submit_sizes = sample_tally(&result, {1, 2}, {4, 1}, {5, 1}, {65, 4});
	job->reap_sizes = sample_tally(&result, {0, 9}, {33, 90}, {64, 1});
	text = written(&result, write_fio_json);
	document = cJSON_Parse(text);
	item = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "jobs"), 0);
	assert_true(level_of(item, "iodepth_level", "1") == 10);
	assert_true(level_of(item, "iodepth_level", "2") == 20);
	assert_true(level_of(item, "iodepth_level", "4") == 5);
	assert_true(level_of(item, "iodepth_level", "8") == 0);
	assert_true(level_of(item, "iodepth_level", "16") == 15);
	assert_true(level_of(item, "iodepth_level", "32") == 30);
	assert_true(level_of(item, "iodepth_level", ">=64") == 20);
	assert_true(level_of(item, "iodepth_submit", "0") == 0);
	assert_true(level_of(item, "iodepth_submit", "4") == 37.5);
	assert_true(level_of(item, "iodepth_submit", "8") == 12.5);
	assert_true(level_of(item, "iodepth_submit", ">=64") == 50);
	assert_true(level_of(item, "iodepth_complete", "0") == 9);
	assert_true(level_of(item, "iodepth_complete", "32") == 0);
	assert_true(level_of(item, "iodepth_complete", "64") == 91);
	/* Where nothing was counted there are no shares. */
	item = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "jobs"), 2);
	assert_true(level_of(item, "iodepth_level", "1") == 0);
	cJSON_Delete(document);
	free(text);
}

TEST(syncs_of_the_end_are_not_counted)
{
	char *text = written(&result, write_fio_json);
	cJSON *document = cJSON_Parse(text);
	const cJSON *jobs = cJSON_GetObjectItem(document, "jobs");
	const cJSON *sync = cJSON_GetObjectItem(cJSON_GetArrayItem(jobs, 1), "sync");
	uint64_t count;

	assert_true(json_get_u64(sync, "total_ios", &count));
	assert_int_equal(count, 28);
	assert_true(json_get_u64(cJSON_GetObjectItem(sync, "lat_ns"), "N", &count));
	assert_int_equal(count, 28);
	cJSON_Delete(document);
	free(text);
}

TEST_MAIN(NULL, NULL);
