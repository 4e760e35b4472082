/* SPDX-License-Identifier: MIT */
/*
 * Records: how the statistics see them, and the way to a document and back.
 * covers: src/session/record_fields.c
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/save_file.h"
#include "sample_record.h"
#include "test.h"

TEST(discarded_trials_are_seen_as_such)
{
	struct record record;
	struct record_point *point;
	struct session session;
	struct arena arena = {0};

	sample_record(&record, 2);
	point = &record.points[0];
	point->trials[0].counts = false; /* the reference's first, which is run again: */
	sample_trial(&record, 0, SAMPLE_REF, 90000);
	point->trials[point->trial_count - 1].attempt = 2;
	point->trials[1].counts = false; /* and another's, which is not */
	record_session(point, &arena, &session);
	assert_int_equal(session.block_count, 2);
	assert_int_equal(session_trial(&session, 0, SAMPLE_REF)->attempt, 2);
	assert_true(session_trial(&session, 0, SAMPLE_REF)->counts);
	assert_true(session_trial(&session, 0, SAMPLE_REF)->values[VALUE_IOPS] == 90000);
	assert_false(session_trial(&session, 0, SAMPLE_FAST)->counts);
	assert_null(session_trial(&session, 0, SAMPLE_REFUSED));
	assert_ptr_equal(session.contenders, point->contenders);
	arena_free(&arena);
	record_free(&record);
}

TEST(the_level_of_tests_follows_the_looks)
{
	struct record record;

	sample_record(&record, 1);
	assert_true(record_rule(&record).alpha == contrast_alpha(true));
	record.is_adaptive = false;
	record.least_effect = 0.03;
	assert_true(record_rule(&record).alpha == contrast_alpha(false));
	assert_true(record_rule(&record).least_effect == 0.03);
	record_free(&record);
}

/* Reads `text` as a document; what is said goes to `said`. */
static int read_text(const char *text, struct record *record, char **said)
{
	char path[] = "/tmp/ringside-record-XXXXXX";
	int descriptor = mkstemp(path);
	size_t bytes;
	FILE *stream = open_memstream(said, &bytes);
	struct diag diag;
	int rc;

	assert_true(descriptor >= 0 && stream);
	close(descriptor);
	assert_int_equal(save_file(path, text, strlen(text)), 0);
	diag_init(&diag, stream);
	rc = record_read(path, record, &diag);
	fclose(stream);
	unlink(path);
	return rc;
}

TEST(what_is_written_is_read_back)
{
	struct record record, again;
	char *text, *text_again, *said;

	sample_record(&record, 7);
	record.points[0].trials[3].causes = 1u << GUARD_STEAL | 1u << GUARD_SWAP;
	record.points[0].trials[3].problem = "stolen";
	record.points[0].trials[3].mismatch = "it was a thread pool";
	record.points[0].contenders[SAMPLE_FAST].asked.iops = 8000;
	record.points[0].contenders[SAMPLE_FAST].asked.bandwidth = 8000 * 4096;
	record.signal = 2;
	text = record_print(&record);
	assert_int_equal(read_text(text, &again, &said), 0);
	assert_true(again.points[0].contenders[SAMPLE_FAST].asked.iops == 8000);
	assert_true(again.points[0].contenders[SAMPLE_FAST].asked.bandwidth == 8000 * 4096);
	assert_true(again.points[0].contenders[SAMPLE_REF].asked.iops == 0);
	assert_int_equal(again.points[0].trial_count, record.points[0].trial_count);
	assert_int_equal(again.points[0].trials[3].causes, record.points[0].trials[3].causes);
	assert_string_equal(again.points[0].trials[3].mismatch, "it was a thread pool");
	assert_null(again.points[0].trials[2].mismatch);
	assert_string_equal(again.points[0].contenders[SAMPLE_FAST].proof.items[0].value, "READ 7");
	assert_true(again.points[0].trials[3].seed == record.points[0].trials[3].seed);
	text_again = record_print(&again);
	assert_string_equal(text_again, text);
	free(text);
	free(text_again);
	free(said);
	record_free(&record);
	record_free(&again);
}

static void replace(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from);

	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
}

TEST(damaged_documents_are_refused_with_a_place)
{
	static const struct {
		const char *from, *to, *said;
	} cases[] = {
		{"ringside-comparison/1", "ringside-comparison/9", "another version"},
		{"ringside-comparison/1", "ringsidE-comparison/1", "no comparison of ringside"},
		{"\"reference\": 0", "\"reference\": 9", "points[0]: 'reference'"},
		{"\"reference\": null", "\"reference\": \"zz\"", "points[0]: 'contenders'"},
		{"\"block\": 0", "\"block\": 9", "points[0].trials[0]"},
		{"\"primary\": \"iops\"", "\"primary\": \"oops\"", "'primary'"},
		{"\"read.iops\": ", "\"read.iops\":-",
			"points[0].trials[0].values: 'read.iops' is below 0"},
		{"\"counts\": true", "\"counts\": 1234", "'counts'"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record record, again;
		char *text, *said;

		sample_record(&record, 2);
		text = record_print(&record);
		replace(text, cases[i].from, cases[i].to);
		assert_int_not_equal(read_text(text, &again, &said), 0);
		assert_non_null(strstr(said, cases[i].said));
		free(text);
		free(said);
		record_free(&record);
		record_free(&again);
	}
}

TEST_MAIN(NULL, NULL);
