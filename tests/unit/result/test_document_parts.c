/* SPDX-License-Identifier: MIT */
/* What all documents share, and whose document a text is. */
/* covers: src/result/result_json.c */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/document_parts.h"
#include "test.h"

struct parts {
	struct result_settings settings, refused;
	struct result_environment environment;
	const char **command;
	size_t command_count;
	struct timespec started;
	int signal;
};

static struct arena arena;
static struct parts parts;
static char *messages;

static void read_parts(const struct json_node *document, void *into)
{
	struct parts *p = into;

	document_settings(document, "options", &p->settings);
	document_refused(document, &p->refused);
	document_environment(document, "env", &p->environment);
	p->command = document_command(document, &p->command_count);
	p->started = document_started(document);
	p->signal = document_signal(document);
}

/* Reads `text`; what is reported stands in `messages`. */
static int read_text(const char *text)
{
	static const struct document_parts_kind kind = {
		.noun = "drawing",
		.schema = "drawing/1",
		.family_bytes = sizeof("drawing/") - 1,
		.read = read_parts,
	};
	size_t size;
	FILE *stream = open_memstream(&messages, &size);
	struct diag diag = {.stream = stream};
	int error = document_parts_read("d.json", text, strlen(text), &kind, &arena, &parts, &diag);

	fclose(stream);
	return error;
}

static int start(void **state)
{
	(void)state;
	arena = (struct arena){0};
	parts = (struct parts){0};
	messages = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	free(messages);
	return 0;
}

#define DRAWING(started, signal)                                                                   \
	"{\"schema\": \"drawing/1\", \"options\": {\"bs\": \"4k\", \"direct\": null},"             \
	"\"refused\": [{\"setting\": \"hipri\", \"value\": \"1\", \"reason\": \"no queue\"}],"     \
	"\"env\": {\"hard\": {\"cpu\": \"x\"}, \"soft\": {}}, \"command\": [\"ringside\", "        \
	"\"run\"],"                                                                                \
	"\"started\": \"" started "\", \"signal\": " signal "}"

TEST_FIXTURE(start, end);

TEST(every_part_is_read)
{
	assert_int_equal(read_text(DRAWING("2026-01-02T03:04:05.25Z", "15")), 0);
	assert_int_equal(parts.settings.count, 2);
	assert_string_equal(parts.settings.items[0].key, "bs");
	assert_string_equal(parts.settings.items[0].value, "4k");
	assert_null(parts.settings.items[1].value);
	assert_int_equal(parts.refused.count, 1);
	assert_string_equal(parts.refused.items[0].reason, "no queue");
	assert_int_equal(parts.environment.hard.count, 1);
	assert_int_equal(parts.environment.soft.count, 0);
	assert_int_equal(parts.command_count, 2);
	assert_string_equal(parts.command[1], "run");
	assert_int_equal(parts.started.tv_sec, 1767323045);
	assert_int_equal(parts.started.tv_nsec, 250000000);
	assert_int_equal(parts.signal, 15);
}

TEST(offsets_from_utc_are_taken_off)
{
	assert_int_equal(read_text(DRAWING("2026-01-02T05:34:05+02:30", "0")), 0);
	assert_int_equal(parts.started.tv_sec, 1767323045);
}

TEST(what_is_misshapen_is_refused_with_its_place)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{DRAWING("yesterday", "0"), "d.json: error: 'started' is no RFC 3339 time"},
		{DRAWING("2026-01-02T05:34:05+99:00", "0"), "'started' is no RFC 3339 time"},
		{DRAWING("2026-01-02T05:34:05Z", "5000000000"), "'signal' is too large"},
		{"{\"schema\": \"drawing/2\"}",
			"a drawing of another version, drawing/2: this ringside reads drawing/1"},
		{"{\"schema\": \"poem/1\"}", "no drawing of ringside"},
		{"{\"schema\": \"ringside-baseline/1\"}",
			"this is a baseline; a ringside drawing is needed here"},
		{"{\"fio version\": \"fio-3.33\"}",
			"this is a fio result; a ringside drawing is needed here"},
		{"{\"schema\": ", "the document ends here, unfinished"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(state);
		assert_int_equal(read_text(cases[i].text), -EINVAL);
		if (!strstr(messages, cases[i].message))
			fail_msg("%s\nlacks: %s", messages, cases[i].message);
		if (i + 1 < sizeof(cases) / sizeof(cases[0]))
			end(state);
	}
}

TEST_MAIN(NULL, NULL);
