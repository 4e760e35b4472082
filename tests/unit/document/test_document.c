/* SPDX-License-Identifier: MIT */
/* Files of every kind: loaded, known by what they hold, and what is said of one in a wrong place.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "document/document.h"
#include "document/field_row.h"
#include "test.h"

TEST(what_cannot_be_read_is_said)
{
	char *messages = NULL;
	size_t bytes = 0, length;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_null(document_load("/nonexistent/file", &length, &diag));
	assert_int_equal(errno, ENOENT);
	assert_null(document_load("/", &length, &diag));
	assert_int_equal(errno, EISDIR);
	fclose(stream);
	assert_non_null(strstr(messages, "/nonexistent/file: error: cannot be read: No such file"));
	free(messages);
}

TEST(files_of_any_size_are_loaded_whole)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, (2 << 20) - 1, 2 << 20,
		(2 << 20) + 1, (4 << 20) - 1, 4 << 20, 5 << 20};
	char path[] = "/tmp/test_document.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	size_t written = 0, length;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *text;

		for (; written < sizes[i]; written++)
			fputc((int)(written % 251), file);
		fflush(file);
		text = document_load(path, &length, NULL);
		assert_non_null(text);
		assert_int_equal(length, sizes[i]);
		for (size_t k = 0; k < length; k++) {
			if ((unsigned char)text[k] != k % 251)
				fail_msg("byte %zu of %zu", k, length);
		}
		free(text);
	}
	fclose(file);
	unlink(path);
}

/* They have no size before they are read. */
TEST(files_without_a_size_are_loaded_whole)
{
	char *text;
	size_t length;
	struct diag diag;
	FILE *numbers = popen("seq 1 100000", "r");
	char path[64];

	diag_init(&diag, NULL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(numbers));
	text = document_load(path, &length, &diag);
	assert_non_null(text);
	assert_int_equal(length, 588895);
	assert_memory_equal(text + length - 7, "100000\n", 7);
	free(text);
	pclose(numbers);
}

TEST(the_line_of_a_syntax_error_is_said)
{
	const char *text = "{\n  \"a\": 1,\n  \"b\": oops\n}\n";
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_null(document_parse("x.json", text, strlen(text), &diag));
	fclose(stream);
	assert_non_null(strstr(messages, "x.json:3:"));
	assert_non_null(strstr(messages, "no JSON from here on"));
	free(messages);
}

static const struct {
	const char *text;
	enum document_type type;
	const char *noun, *use; /* what a report of it has; NULL: it is none that is known */
} cases[] = {
	{"{\"schema\": \"ringside-result/1\"}", DOCUMENT_RESULT, "a ringside result",
		"`ringside report F`"},
	{"{\"schema\": \"ringside-comparison/9\"}", DOCUMENT_COMPARISON, "a comparison",
		"`ringside report F`"},
	{"{\"schema\": \"ringside-check/1\"}", DOCUMENT_CHECK, "the report of a check",
		"`ringside report F`"},
	{"{\"seed\": 1, \"schema\": \"ringside-baseline/1\"}", DOCUMENT_BASELINE, "a baseline",
		"`ringside check JOB --baseline=F`"},
	{"{\"schema\": \"ringside-history/1\"}\n{\"schema\": \"ringside-history/1\"}\n",
		DOCUMENT_HISTORY, "a history of checks", "`ringside history F`"},
	{"{\"schema\": \"ringside-history/1\"}\n{\"sch", DOCUMENT_HISTORY, "a history of checks",
		"`ringside history F`"},
	{"{\"schema\": \"ringside-probe/1\"}", DOCUMENT_PROBE, "the document of a probe",
		"`ringside probe TARGET`"},
	{"fio: a note\n{\"fio version\": \"fio-3.33\"}", DOCUMENT_FIO, "a fio result",
		"`ringside report F`"},
	{"\n # nightly\n\t; old\n[global]\nrw=read\n", DOCUMENT_JOB_FILE, "a job file",
		"`ringside run F`"},
	{"{\"schema\": \"poem/1\"}", DOCUMENT_UNKNOWN, NULL, NULL},
	/* Its reader says why it is none. */
	{"{\"schema\": \"ringside-result/1\"", DOCUMENT_RESULT, "a ringside result",
		"`ringside report F`"},
	{"{\"seed\": 1, \"schema\": \"ringside-result/1\"", DOCUMENT_UNKNOWN, NULL, NULL},
	{"rw=read\n[a]\n", DOCUMENT_UNKNOWN, NULL, NULL},
	{"", DOCUMENT_UNKNOWN, NULL, NULL},
};

TEST(every_file_is_known_by_what_it_holds)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			document_type_of(cases[i].text, strlen(cases[i].text)), cases[i].type);
}

TEST(what_is_in_the_wrong_place_is_named_with_its_use)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t bytes;
		char *said;
		FILE *stream = open_memstream(&said, &bytes);
		struct diag diag;

		assert_non_null(stream);
		diag_init(&diag, stream);
		if (cases[i].noun)
			document_refuse(cases[i].type, "F", "a drawing", &diag);
		fclose(stream);
		if (cases[i].noun) {
			assert_int_equal(diag.error_count, 1);
			assert_non_null(strstr(said, "F: error: this is "));
			assert_non_null(strstr(said, cases[i].noun));
			assert_non_null(strstr(said, "; a drawing is needed here\nhint: "));
			assert_non_null(strstr(said, cases[i].use));
		}
		free(said);
	}
}

/* Arrays are read element by element where all is well; only `part_count` shows it. */

struct mark {
	uint64_t x;
};

struct page {
	uint64_t number;
	const char *name;
	size_t mark_count;
	struct mark *marks;
};

struct album {
	struct arena arena;
	unsigned checked_count; /* pages; no field */
	const char *title;
	size_t page_count;
	struct page *pages;
	size_t cover_count;
	struct page *covers;
};

static unsigned part_count, whole_count; /* of the pages that were read */

static void check_page(const struct json_node *node, void *structure)
{
	(void)structure;
	((struct album *)node->owner)->checked_count++;
	part_count += node->walk->parts != NULL;
	whole_count += node->walk->parts == NULL;
}

static const struct field_table mark_table =
	FIELD_TABLE_OF("mark", struct mark, {"x", FIELD_COUNT(struct mark, x)});

static const struct field_table page_table = FIELD_TABLE_WITH("page", struct page,
	(.check = check_page), {"number", FIELD_COUNT(struct page, number)},
	{"name", FIELD_TEXT(struct page, name)},
	{"marks", FIELD_ARRAY(struct page, mark_count, marks, &mark_table)});

static const struct field_table album_table = FIELD_TABLE_WITH(NULL, struct album,
	(.is_owner = true), {"title", FIELD_TEXT(struct album, title)},
	{"pages", FIELD_ARRAY(struct album, page_count, pages, &page_table)},
	{"covers", FIELD_ARRAY(struct album, cover_count, covers, &page_table)});

static const struct document_kind album_kind = {"album", "album/1", &album_table};

#define TITLE   "{\"schema\": \"album/1\", \"title\": \"]}\\\"[{\", "
#define FIRST   "{\"number\": 1, \"name\": \"a}\", \"marks\": [{\"x\": 2}, {\"x\": 3}]}"
#define SECOND  "{\"name\": \"\x01\", \"number\": 18446744073709551615, \"marks\": []}"
#define THIRD   "{\"number\": 9007199254740993,\n\"n\\u0061me\": \"\\u0007\", \"marks\": []}"
#define PAGES   "\"pages\": [" FIRST ",\n" SECOND "]"
#define COVERS  "\"covers\": [" THIRD "]"
#define UNKNOWN "\"unknown\": {\"pages\": [{}]}, \"numbers\": [1, 2]"

static const char good_album[] = TITLE PAGES ",\n" UNKNOWN ",\n" COVERS "}\n";

/* What came of reading: all that can be told from outside. */
struct outcome {
	int error;
	unsigned checked_count;
	char *messages, *written;
};

static void free_outcome(struct outcome *outcome)
{
	free(outcome->messages);
	free(outcome->written);
}

/* As it is read without parts. Documents of another schema end before that. */
static int read_whole(const char *text, size_t length, struct album *album, struct diag *diag)
{
	struct json_walk walk = {.arena = &album->arena, .diag = diag, .path = "a.json"};
	cJSON *root = document_parse("a.json", text, length, diag);
	struct json_node node = {.walk = &walk, .item = root, .where = ""};

	if (!root)
		return -EINVAL;
	field_read(&node, &album_table, album);
	cJSON_Delete(root);
	return walk.has_failed ? -EINVAL : 0;
}

static int read_album(const char *text, size_t length, struct album *album, struct diag *diag)
{
	return document_read(&album_kind, "a.json", text, length, &album->arena, album, diag);
}

static struct outcome outcome_of(
	int (*reader)(const char *text, size_t length, struct album *album, struct diag *diag),
	const char *text, size_t length)
{
	struct outcome outcome = {0};
	struct album album = {0};
	struct diag diag;
	size_t bytes;

	diag_init(&diag, open_memstream(&outcome.messages, &bytes));
	outcome.error = reader(text, length, &album, &diag);
	fclose(diag.stream);
	assert_int_equal(diag.error_count, outcome.error ? 1 : 0);
	outcome.checked_count = album.checked_count;
	outcome.written = document_print(&album_kind, &album);
	arena_free(&album.arena);
	return outcome;
}

static bool has_schema(const char *text, size_t length)
{
	size_t problem;
	cJSON *root = json_parse(text, length, &problem);
	const char *schema = json_get_text(root, "schema");
	bool is_ours = !root || (schema && strcmp(schema, album_kind.schema) == 0);

	cJSON_Delete(root);
	return is_ours;
}

/* 0 where it is read. */
static int check_same(const char *text, size_t length)
{
	/* Without a NUL, and with its end known to the sanitizer. */
	char *copy = memcpy(malloc(length + !length), text, length);
	struct outcome found = outcome_of(read_album, copy, length);
	struct outcome expected = {0};

	if (has_schema(copy, length)) {
		expected = outcome_of(read_whole, copy, length);
		assert_string_equal(found.messages, expected.messages);
		assert_string_equal(found.written, expected.written);
		assert_int_equal(found.checked_count, expected.checked_count);
		assert_int_equal(found.error, expected.error);
	} else {
		assert_int_equal(found.error, -EINVAL);
		assert_int_equal(found.checked_count, 0);
	}
	free_outcome(&found);
	free_outcome(&expected);
	free(copy);
	return found.error;
}

static unsigned parts_of(const char *text)
{
	struct outcome outcome;

	part_count = whole_count = 0;
	outcome = outcome_of(read_album, text, strlen(text));
	assert_int_equal(outcome.error, 0);
	free_outcome(&outcome);
	return whole_count == 0 ? part_count : 0;
}

TEST(long_arrays_are_read_in_parts)
{
	assert_int_equal(check_same(good_album, strlen(good_album)), 0);
	assert_int_equal(parts_of(good_album), 3);
	assert_int_equal(parts_of(TITLE COVERS "," PAGES "}"), 3);
	assert_int_equal(parts_of("\xef\xbb\xbf" TITLE PAGES ",\"covers\":[]} \r\n"), 2);
}

TEST(what_is_not_told_in_parts_is_read_whole)
{
	static const char *const texts[] = {
		TITLE PAGES "," COVERS "," PAGES "}",                /* the first of two */
		TITLE PAGES ",\"unknown\":[{\"a\":[]}]," COVERS "}", /* nobody asks for it */
		TITLE "\"pag\\u0065s\":[],\"pages\":[" FIRST "]," COVERS "}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(check_same(texts[i], strlen(texts[i])), 0);
		assert_int_equal(parts_of(texts[i]), 0);
	}
	assert_int_equal(check_same(TITLE "\"pages\":[]," COVERS "}", 0), -EINVAL);
}

TEST(the_first_problem_is_said_as_of_the_whole_document)
{
	static const struct {
		const char *text, *message;
	} misshapen[] = {
		/* No JSON comes before what is misshapen. */
		{TITLE "\"pages\":[{\"number\":-1}]," COVERS, "the document ends here"},
		{TITLE "\"pages\":[{\"number\":-1},\n{\"a\":]}]," COVERS "}", ":2:6: error: no J"},
		{"{\"schema\":\"poem/1\",\"pages\":[{]} ], 1}", "no JSON from here on"},
		{"{\"schema\":\"poem/1\",\"pages\":[" FIRST "]}", "no album of ringside"},
		{"{\"schema\":\"album/2\",\"pages\":[" FIRST "]}", "a album of another version"},
		{"{\"pages\":[" FIRST "]}", "no album of ringside"},
		{TITLE "\"pages\":[" FIRST ",7]," COVERS "}", "pages[1] is no object"},
		{TITLE "\"pages\":[" FIRST ",[]]," COVERS "}", "pages[1] is no object"},
		{TITLE "\"pages\":null," COVERS "}", "'pages' is missing or no array"},
		{TITLE "\"pages\":{\"a\":{}}," COVERS "}", "'pages' is missing or no array"},
		{TITLE COVERS "}", "'pages' is missing or no array"},
		{TITLE PAGES ",\"covers\":[{\"number\":-1}]}", "covers[0]: 'number' is missing"},
		{TITLE "\"pages\":[" FIRST "," FIRST "," FIRST ",{\"number\":1,\"name\":\"a\","
		       "\"marks\":[{\"x\":1},{\"x\":-1}]}]," COVERS "}",
			"pages[3].marks[1]: 'x' is missing"},
		{TITLE PAGES "," COVERS "}} x", "no JSON from here on"},
	};

	for (size_t i = 0; i < sizeof(misshapen) / sizeof(misshapen[0]); i++) {
		size_t length = strlen(misshapen[i].text);
		struct outcome found = outcome_of(read_album, misshapen[i].text, length);

		if (!strstr(found.messages, misshapen[i].message))
			fail_msg("%s\nlacks: %s", found.messages, misshapen[i].message);
		free_outcome(&found);
		assert_int_equal(check_same(misshapen[i].text, length), -EINVAL);
	}
}

TEST(a_document_cut_or_changed_anywhere_is_read_the_same)
{
	static const char others[] = "\"\\{}[],:-7n \n\0\x01\xff";
	size_t length = strlen(good_album);
	char *text = strdup(good_album);

	for (size_t at = 0; at < length; at++) {
		check_same(text, at);
		for (size_t i = 0; i < sizeof(others); i++) {
			text[at] = others[i];
			check_same(text, length);
		}
		text[at] = good_album[at];
	}
	free(text);
}

TEST_MAIN(NULL, NULL);
