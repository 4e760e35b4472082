/* SPDX-License-Identifier: MIT */
/* fio's bins out of our buckets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "result/fio.h"
#include "test.h"

static struct result_job job;
static struct histogram histogram;

static void record_only(uint64_t latency_ns, uint64_t count)
{
	histogram = (struct histogram){0};
	job = (struct result_job){0};
	histogram_record(&histogram, latency_ns, count);
	job.directions[DIRECTION_READ].lat =
		(struct result_latency){histogram.summary, &histogram, NULL};
}

static cJSON *bins_of(cJSON *object)
{
	const struct fio_latency_parts all = {.percentiles = true, .bins = true};

	fio_latency_add(object, "lat_ns", &job, &job.directions[DIRECTION_READ].lat, all);
	return cJSON_GetObjectItem(cJSON_GetObjectItem(object, "lat_ns"), "bins");
}

/* By fio's plat_val_to_idx and plat_idx_to_val. */
TEST(bins_are_named_by_their_middle)
{
	static const struct {
		uint64_t latency_ns;
		const char *key;
	} samples[] = {
		{0, "0"}, {127, "127"}, {128, "129"}, {129, "129"}, {130, "131"}, {255, "255"},
		{256, "258"}, {259, "258"}, {260, "262"}, {38200, "38144"}, {38400, "38656"},
		{1000000, "1003520"}, {17112760319, "17112760320"},
		{60 * NS_PER_S, "17112760320"}, /* the last bin takes all above it */
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		cJSON *object = json_object();
		cJSON *bins;

		record_only(samples[i].latency_ns, 42);
		bins = bins_of(object);
		assert_int_equal(cJSON_GetArraySize(bins), 1);
		assert_string_equal(bins->child->string, samples[i].key);
		assert_true(bins->child->valuedouble == 42);
		cJSON_Delete(object);
	}
}

/* The bins of a run of fio itself are named as we would name them. */
TEST(bins_have_fios_names)
{
	char line[256];
	int count = 0;
	FILE *pipe;

	pipe = popen("command -v fio >/dev/null && exec fio --name=x --ioengine=null --size=64m "
		     "--rw=randrw --iodepth=64 --output-format=json+ 2>/dev/null | "
		     "sed -n '/\"bins\"/,/}/s/^ *\"\\([0-9]*\\)\" : .*/\\1/p'",
		"r");
	assert_non_null(pipe);
	for (; fgets(line, sizeof(line), pipe); count++) {
		cJSON *object = json_object();

		line[strcspn(line, "\n")] = '\0';
		record_only(strtoull(line, NULL, 10), 1);
		assert_string_equal(bins_of(object)->child->string, line);
		cJSON_Delete(object);
	}
	pclose(pipe);
	if (count == 0) {
		print_message("skipped: fio is not installed\n");
		skip();
	}
}

TEST(no_latency_is_lost_in_the_bins)
{
	cJSON *object = json_object();
	const cJSON *bin;
	uint64_t count = 0;

	record_only(1, 1);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		histogram_record(&histogram, histogram_lowest(i), i);
	cJSON_ArrayForEach (bin, bins_of(object))
		count += (uint64_t)bin->valuedouble;
	assert_int_equal(count, histogram.summary.count);
	cJSON_Delete(object);
}

TEST(an_empty_latency_has_neither_percentiles_nor_bins)
{
	cJSON *object = json_object();
	char *text;

	record_only(1, 0);
	assert_null(bins_of(object));
	text = json_print(object);
	assert_string_equal(text, "{\n"
				  "  \"lat_ns\": {\n"
				  "    \"min\": 0,\n"
				  "    \"max\": 1,\n"
				  "    \"mean\": 0.000000,\n"
				  "    \"stddev\": 0.000000,\n"
				  "    \"N\": 0\n"
				  "  }\n"
				  "}\n");
	free(text);
	cJSON_Delete(object);
}

TEST(what_was_not_asked_for_is_left_out)
{
	cJSON *object = json_object();
	const cJSON *latency;

	record_only(5000, 2);
	fio_latency_add(object, "json", &job, &job.directions[DIRECTION_READ].lat,
		(struct fio_latency_parts){.percentiles = true});
	fio_latency_add(object, "summary", &job, &job.directions[DIRECTION_READ].lat,
		(struct fio_latency_parts){.bins = true});
	latency = cJSON_GetObjectItem(object, "json");
	assert_non_null(cJSON_GetObjectItem(latency, "percentile"));
	assert_null(cJSON_GetObjectItem(latency, "bins"));
	latency = cJSON_GetObjectItem(object, "summary");
	assert_non_null(cJSON_GetObjectItem(latency, "N"));
	assert_null(cJSON_GetObjectItem(latency, "percentile"));
	assert_null(cJSON_GetObjectItem(latency, "bins"));
	cJSON_Delete(object);
}

TEST(a_part_is_taken_away_exactly)
{
	struct histogram all = {0}, part = {0}, buckets;
	struct result_latency rest;

	histogram_record(&part, 1000, 2);
	histogram_record(&part, 90000, 1);
	all = part;
	histogram_record(&all, 5000, 3);
	histogram_record(&all, 1000, 1);
	fio_latency_subtract(&rest, &buckets, &(struct result_latency){all.summary, &all, NULL},
		&(struct result_latency){part.summary, &part, NULL});
	assert_int_equal(rest.summary.count, 4);
	assert_true(rest.summary.sum_ns == 16000);
	assert_true(rest.summary.sum_squares_ns2 == 76e6);
	assert_int_equal(rest.summary.min_ns, 1000);
	assert_int_equal(rest.summary.max_ns, histogram_highest(histogram_index(5000)));
	assert_int_equal(rest.histogram->counts[histogram_index(1000)], 1);
	assert_int_equal(rest.histogram->counts[histogram_index(90000)], 0);
	/* Nothing is taken away, and all of it. */
	fio_latency_subtract(&rest, &buckets, &(struct result_latency){all.summary, &all, NULL},
		&(struct result_latency){0});
	assert_memory_equal(&rest.summary, &all.summary, sizeof(all.summary));
	fio_latency_subtract(&rest, &buckets, &(struct result_latency){part.summary, &part, NULL},
		&(struct result_latency){part.summary, &part, NULL});
	assert_int_equal(rest.summary.count, 0);
	assert_int_equal(rest.summary.max_ns, 0);
}

TEST_MAIN(NULL, NULL);
