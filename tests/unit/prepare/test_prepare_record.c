/* SPDX-License-Identifier: MIT */
/* covers: src/prepare/prepare_text.c */
/* A preparation as a document, and as the state that it is continued from. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prepare/prepare_record.h"
#include "test.h"

static struct arena arena;
static struct prepare_pass passes[] = {{1 << 20, 0.5}, {1 << 19, 0.25}};

static struct prepare_record half_done(void)
{
	return (struct prepare_record){
		.started = {.tv_sec = 1700000000},
		.path = "/dev/x",
		.kind = "block",
		.identity = "xxh64:0123456789abcdef",
		.is_direct = true,
		.plan = {.order = PREPARE_RANDOM,
			.pass_count = 2,
			.block_bytes = 4096,
			.bytes = 1 << 20,
			.seed = 137},
		.runs = 1,
		.stage = PREPARE_FILLS,
		.pass_count = 2,
		.passes = passes,
		.settling = {.iops = NAN, .drift = NAN},
		.arena = &arena,
	};
}

/* load()'s answer about `record`; what is said goes to `said`. */
static int load(const struct prepare_record *record, const char *path, struct prepare_record *saved,
	char said[2048])
{
	FILE *stream = fmemopen(said, 2048, "w");
	struct diag diag;
	int found;

	assert_non_null(stream);
	diag_init(&diag, stream);
	found = prepare_state_load(path, record, saved, &diag);
	fclose(stream);
	return found;
}

static void write_text(const char *path, const char *text, size_t bytes)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, bytes, stream), bytes);
	fclose(stream);
}

/* Puts `to` in place of `from` in what is saved of `record`, and loads it. */
static int load_changed(
	const struct prepare_record *record, const char *from, const char *to, char said[2048])
{
	char *text = document_print(&prepare_document, record), changed[8192];
	char *found = strstr(text, from);
	struct prepare_record saved;
	int answer;

	assert_non_null(found);
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(found - text), text, to,
		found + strlen(from));
	write_text("/tmp/ringside-state-test.json", changed, strlen(changed));
	answer = load(record, "/tmp/ringside-state-test.json", &saved, said);
	unlink("/tmp/ringside-state-test.json");
	free(text);
	return answer;
}

TEST(what_is_saved_is_read_back)
{
	struct prepare_record record = half_done(), saved;
	char said[2048] = "";
	struct diag diag;
	char path[] = "/tmp/ringside-state-XXXXXX";

	close(mkstemp(path));
	diag_init(&diag, stderr);
	assert_int_equal(prepare_state_save(path, &record, &diag), 0);
	assert_int_equal(load(&record, path, &saved, said), 1);
	assert_int_equal(saved.pass_count, 2);
	assert_int_equal(saved.passes[0].bytes, 1 << 20);
	assert_int_equal(saved.passes[1].bytes, 1 << 19);
	assert_true(saved.passes[1].elapsed_s == 0.25);
	assert_int_equal(saved.stage, PREPARE_FILLS);
	assert_int_equal(saved.plan.seed, 137);
	assert_int_equal(saved.runs, 1);
	assert_string_equal(saved.identity, record.identity);
	prepare_state_remove(path);
	assert_int_equal(load(&record, path, &saved, said), 0);
	assert_string_equal(said, "");
	arena_free(&arena);
}

TEST(a_state_that_cannot_be_trusted_is_refused)
{
	static const struct {
		const char *from, *to, *said;
	} rows[] = {
		{"ringside-prepare/1", "ringside-prepare/2", "of another version"},
		{"0123456789abcdef", "ffffffffffffffff", "another target, /dev/x"},
		{"\"bytes\": 524288", "\"bytes\": 2097152", "does not add up"},
		{"\"bytes\": 1048576,\n      \"elapsed", "\"bytes\": 4096,\n      \"elapsed",
			"does not add up"},
		{"\"runs\": 1", "\"runs\": 0", "does not add up"},
		{"\"fill\": \"rand\"", "\"fill\": \"seq\"", "prepared otherwise"},
		{"\"next\": \"fill\"", "\"next\": \"wash\"", "next"},
		{"\"passes\": [", "\"passes\": ", ""},
	};
	struct prepare_record record = half_done();
	char said[2048];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(said, 0, sizeof(said));
		assert_int_equal(load_changed(&record, rows[i].from, rows[i].to, said), -EINVAL);
		if (!strstr(said, rows[i].said))
			fail_msg("row %zu lacks '%s': %s", i, rows[i].said, said);
		assert_non_null(strstr(said, "hint: "));
	}
	arena_free(&arena);
}

TEST(a_state_that_is_cut_short_is_refused_at_every_length)
{
	struct prepare_record record = half_done(), saved;
	char *text = document_print(&prepare_document, &record);
	size_t length = strlen(text);
	char path[] = "/tmp/ringside-state-XXXXXX", said[2048];

	close(mkstemp(path));
	while (length > 0 && text[length - 1] != '}')
		length--;
	for (size_t cut = 0; cut < length; cut += 37) {
		write_text(path, text, cut);
		assert_int_equal(load(&record, path, &saved, said), -EINVAL);
	}
	unlink(path);
	free(text);
	arena_free(&arena);
}

TEST(the_text_says_what_was_done_and_what_is_left)
{
	struct prepare_record record = half_done();
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	record.signal = 2;
	record.hole_bytes = 4096;
	assert_int_equal(prepare_write_text(&record, stream), 0);
	fclose(stream);
	assert_non_null(strstr(text, "pass 1/2"));
	assert_non_null(strstr(text, "512 KiB so far"));
	assert_non_null(strstr(text, "each block once at random"));
	assert_non_null(strstr(text, "2.00 MiB/s"));
	assert_non_null(strstr(text, "incomplete, broken off by signal 2"));
	assert_non_null(strstr(text, "4.00 KiB of it never written"));
	free(text);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
