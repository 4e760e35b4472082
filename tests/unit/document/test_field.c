/* SPDX-License-Identifier: MIT */
/* Tables: what is written by one is read by it, and is as its schema says. */
/* covers: src/document/field_schema.c */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/document.h"
#include "document/field_row.h"
#include "test.h"

struct corner {
	double x, y;
	const char *label;
	struct corner *next;
};

struct drawing {
	struct arena arena;
	const char *title, *comment;
	uint64_t seed, bytes;
	unsigned layers;
	int signal;
	int64_t level;
	double scale, rate, share, angle;
	bool is_final, has_costs;
	uint64_t cost;
	unsigned shape;
	struct timespec made;
	size_t word_count;
	const char **words;
	size_t corner_count;
	struct corner *corners;
	size_t named_count;
	struct corner *named;
	struct corner centre;
	struct corner *focus;
	struct corner *list;
};

static const char *shape_name(unsigned shape)
{
	return shape == 0 ? "line" : "circle";
}

static const struct field_table place_table =
	FIELD_TABLE_OF("place", struct corner, {"x", FIELD_NUMBER(struct corner, x)},
		{"y", FIELD_NUMBER(struct corner, y), .null = FIELD_NULL});

/* A corner has the title of its drawing, which is the owner. */
static void write_title(const struct field_spot *spot)
{
	json_add_text(spot->object, spot->name, ((const struct drawing *)spot->owner)->title);
}

static const struct field_custom title_field = {write_title, NULL, FIELD_JSON({"type" : "string"})};

static void check_corner(const struct json_node *node, void *structure)
{
	const struct drawing *drawing = node->owner;

	if (((struct corner *)structure)->x > drawing->scale)
		json_node_fail(node, "x", "is outside");
}

static const struct field_table corner_table = FIELD_TABLE_WITH("corner", struct corner,
	(.check = check_corner), {NULL, FIELD_GROUP(struct corner, &place_table)},
	{"label", FIELD_TEXT(struct corner, label), .presence = FIELD_LATER},
	{"of", FIELD_CUSTOM_OF(&title_field)});

static void write_angle(const struct field_spot *spot)
{
	json_add_text(
		spot->object, spot->name, *(const double *)spot->member > 90 ? "wide" : "narrow");
}

static void read_angle(const struct json_node *object, const char *name, void *member)
{
	*(double *)member = strcmp(json_node_text(object, name), "wide") == 0 ? 180 : 0;
}

static const struct field_custom angle_field = {
	.write = write_angle,
	.read = read_angle,
	.schema = FIELD_JSON({"enum" : [ "wide", "narrow" ]}),
};

static bool lacks_cost(const void *structure)
{
	return !((const struct drawing *)structure)->has_costs;
}

static double half_cost(const void *structure, const void *member, const void *owner)
{
	(void)owner;
	return lacks_cost(structure) ? NAN : (double)*(const uint64_t *)member / 2;
}

static uint64_t corner_count(const void *structure)
{
	return ((const struct drawing *)structure)->corner_count;
}

static const void *find_most(const void *structure, const void *owner, struct arena *arena)
{
	const struct drawing *drawing = structure;
	struct corner *most = ARENA_NEW(arena, struct corner);

	assert_null(owner);
	if (drawing->corner_count == 0)
		return NULL;
	*most = drawing->corners[drawing->corner_count - 1];
	return most;
}

static void check_drawing(const struct json_node *node, void *structure)
{
	((struct drawing *)structure)->has_costs = !json_node_is_null(node, "cost");
}

static const struct field_table table = FIELD_TABLE_WITH(NULL, struct drawing,
	(.is_owner = true, .check = check_drawing, .help = "A drawing."),
	{"title", FIELD_TEXT(struct drawing, title), .help = "Over it."},
	{"comment", FIELD_TEXT(struct drawing, comment), .null = FIELD_NULL},
	{"seed", FIELD_COUNT(struct drawing, seed)},
	{"bytes", FIELD_COUNT(struct drawing, bytes), .null = FIELD_NULL_LARGEST},
	{"layers", FIELD_COUNT(struct drawing, layers), .least = 1},
	{"signal", FIELD_INTEGER(struct drawing, signal), .null = FIELD_NULL_ZERO},
	{"level", FIELD_INTEGER(struct drawing, level)},
	{"scale", FIELD_NUMBER(struct drawing, scale)},
	{"rate", FIELD_AMOUNT(struct drawing, rate), .null = FIELD_NULL_ZERO},
	{"share", FIELD_AMOUNT(struct drawing, share), .null = FIELD_NULL_NEGATIVE,
		.schema = FIELD_JSON({"maximum" : 1})},
	{"angle", FIELD_CUSTOM(struct drawing, angle, &angle_field)},
	{"is_final", FIELD_BOOL(struct drawing, is_final)},
	{"cost", FIELD_COUNT(struct drawing, cost), .lacks = lacks_cost},
	{"half_cost", FIELD_AMOUNT_OF_MEMBER(struct drawing, cost, half_cost)},
	{"shape", FIELD_CHOICE(struct drawing, shape, 2, shape_name)},
	{"made", FIELD_TIME(struct drawing, made)},
	{"words", FIELD_TEXTS(struct drawing, word_count, words)},
	{"count", FIELD_COUNT_OF(corner_count)},
	{"corners", FIELD_ARRAY(struct drawing, corner_count, corners, &corner_table)},
	{"centre", FIELD_OBJECT(struct drawing, centre, &corner_table),
		FIELD_IF(struct drawing, centre.label), .presence = FIELD_RARE},
	{"focus", FIELD_POINTER(struct drawing, focus, &corner_table), .null = FIELD_NULL},
	{"named",
		FIELD_MAP(struct drawing, named_count, named, &place_table, struct corner, label)},
	{"most", FIELD_POINTER_OF(&corner_table, find_most)},
	{"list", FIELD_LIST(struct drawing, list, &corner_table, struct corner, next)});
static const struct document_kind kind = {"drawing", "drawing/1", &table};

static struct corner two_corners[] = {{.x = 1, .y = 0.5, .label = "a"}, {.x = 2, .y = NAN}};
static const char *words[] = {"one", "two"};

static struct drawing full_drawing(void)
{
	two_corners[1].label = "b";
	two_corners[0].next = &two_corners[1];
	return (struct drawing){
		.title = "D",
		.comment = "c",
		.seed = UINT64_MAX,
		.bytes = 7,
		.layers = 3,
		.signal = 2,
		.level = 1ll << 40,
		.scale = 2.5,
		.rate = 9,
		.share = 0,
		.angle = 180,
		.is_final = true,
		.has_costs = true,
		.cost = 5,
		.shape = 1,
		.made = {1767323045, 250000000},
		.word_count = 2,
		.words = words,
		.corner_count = 2,
		.corners = two_corners,
		.named_count = 2,
		.named = two_corners,
		.centre = {.label = "m"},
		.focus = &two_corners[0],
		.list = two_corners,
	};
}

static const char full_text[] =
	"{\"schema\":\"drawing/1\",\"title\":\"D\",\"comment\":\"c\","
	"\"seed\":18446744073709551615,\"bytes\":7,\"layers\":3,\"signal\":2,"
	"\"level\":1099511627776,\"scale\":2.5,\"rate\":9,\"share\":0,\"angle\":\"wide\","
	"\"is_final\":true,\"cost\":5,\"half_cost\":2.5,\"shape\":\"circle\","
	"\"made\":\"2026-01-02T03:04:05.250000000Z\",\"words\":[\"one\",\"two\"],\"count\":2,"
	"\"corners\":[{\"x\":1,\"y\":0.5,\"label\":\"a\",\"of\":\"D\"},"
	"{\"x\":2,\"y\":null,\"label\":\"b\",\"of\":\"D\"}],"
	"\"centre\":{\"x\":0,\"y\":0,\"label\":\"m\",\"of\":\"D\"},"
	"\"focus\":{\"x\":1,\"y\":0.5,\"label\":\"a\",\"of\":\"D\"},"
	"\"named\":{\"a\":{\"x\":1,\"y\":0.5},\"b\":{\"x\":2,\"y\":null}},"
	"\"most\":{\"x\":2,\"y\":null,\"label\":\"b\",\"of\":\"D\"},"
	"\"list\":[{\"x\":1,\"y\":0.5,\"label\":\"a\",\"of\":\"D\"},"
	"{\"x\":2,\"y\":null,\"label\":\"b\",\"of\":\"D\"}]}\n";

static char *line_of(const struct drawing *drawing)
{
	cJSON *document = document_make(&kind, drawing);
	char *text = json_print_line(document);

	cJSON_Delete(document);
	return text;
}

static char *messages;

/* Reads `text` as a drawing; what is reported stands in `messages`. */
static int read_text(const char *text, struct drawing *drawing)
{
	size_t bytes;
	struct diag diag;
	int error;

	free(messages);
	diag_init(&diag, open_memstream(&messages, &bytes));
	*drawing = (struct drawing){0};
	error = document_read(&kind, "d.json", text, strlen(text), &drawing->arena, drawing, &diag);
	fclose(diag.stream);
	return error;
}

/* `text` with the first `old` made `new`; malloc'd. */
static char *with(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);
	char *changed = NULL;

	assert_non_null(at);
	assert_true(
		asprintf(&changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) >= 0);
	return changed;
}

TEST(every_type_is_written_and_read)
{
	struct drawing drawing = full_drawing(), again;
	char *text = line_of(&drawing), *second;

	assert_string_equal(text, full_text);
	assert_int_equal(read_text(text, &again), 0);
	assert_string_equal(messages, "");
	assert_true(again.seed == UINT64_MAX);
	assert_int_equal(again.shape, 1);
	assert_string_equal(again.words[1], "two");
	assert_true(isnan(again.corners[1].y));
	assert_int_equal(again.named_count, 2);
	assert_string_equal(again.named[1].label, "b");
	assert_true(again.named[0].y == 0.5);
	assert_true(again.list == NULL); /* lists are not read: */
	again.list = drawing.list;
	second = line_of(&again);
	assert_string_equal(second, full_text);
	free(second);
	free(text);
	arena_free(&again.arena);
}

/* Printed, it is made piece by piece; as a tree, at once. */
TEST(the_text_of_a_document_is_that_of_its_tree)
{
	struct drawing drawings[] = {full_drawing(), {.title = "D", .bytes = UINT64_MAX}};

	for (size_t i = 0; i < sizeof(drawings) / sizeof(drawings[0]); i++) {
		cJSON *tree = document_make(&kind, &drawings[i]);
		char *whole = json_print(tree), *text = document_print(&kind, &drawings[i]);
		char *written = NULL;
		size_t length;
		FILE *stream = open_memstream(&written, &length);

		assert_int_equal(document_write(&kind, &drawings[i], stream), 0);
		fclose(stream);
		assert_string_equal(text, whole);
		assert_string_equal(written, whole);
		free(written);
		free(text);
		free(whole);
		cJSON_Delete(tree);
	}
}

/* Of the blocks that cJSON's memory is of. */
static size_t peak_bytes, bytes_in_use;

/* A block's size is kept in front of it; it is aligned as little as json_memory.h has it. */
static void *count_taken(size_t bytes)
{
	size_t *memory = malloc(sizeof(*memory) + bytes);

	assert_non_null(memory);
	*memory = bytes;
	bytes_in_use += bytes;
	if (bytes_in_use > peak_bytes)
		peak_bytes = bytes_in_use;
	return memory + 1;
}

static void count_freed(void *pointer)
{
	size_t *memory = pointer;

	if (!memory)
		return;
	bytes_in_use -= memory[-1];
	free(memory - 1);
}

static size_t peak_of(const struct drawing *drawing)
{
	cJSON_Hooks hooks = {count_taken, count_freed};
	char *text;

	cJSON_InitHooks(&hooks);
	peak_bytes = bytes_in_use = 0;
	text = document_print(&kind, drawing);
	cJSON_InitHooks(NULL);
	assert_int_equal(bytes_in_use, 0);
	free(text);
	return peak_bytes;
}

TEST(printing_needs_the_memory_of_one_element)
{
	enum { COUNT = 1000, PLACEHOLDER_BYTES = 128 };
	static struct corner corners[COUNT];
	struct drawing drawing = {.title = "D"};
	size_t one, all;

	for (int i = 0; i < COUNT; i++)
		corners[i] = (struct corner){.x = (unsigned)i + 1, .label = "a label"};
	drawing.corners = corners;
	drawing.corner_count = 1;
	one = peak_of(&drawing);
	drawing.corner_count = COUNT;
	all = peak_of(&drawing);
	assert_true(all < one + COUNT * PLACEHOLDER_BYTES);
}

TEST(null_stands_for_the_value_that_the_row_says)
{
	struct drawing drawing = {.title = "D", .bytes = UINT64_MAX, .share = -1}, again;
	char *text = line_of(&drawing);

	assert_non_null(strstr(text, "\"comment\":null"));
	assert_non_null(strstr(text, "\"bytes\":null"));
	assert_non_null(strstr(text, "\"signal\":null"));
	assert_non_null(strstr(text, "\"rate\":null,\"share\":null"));
	assert_non_null(strstr(text, "\"cost\":null,\"half_cost\":null"));
	assert_non_null(strstr(text, "\"focus\":null"));
	assert_non_null(strstr(text, "\"named\":{},\"most\":null"));
	assert_null(strstr(text, "centre"));
	free(text);
	drawing.layers = 1;
	text = line_of(&drawing);
	again.cost = 1;
	assert_int_equal(read_text(text, &again), 0);
	assert_null(again.comment);
	assert_true(again.bytes == UINT64_MAX);
	assert_int_equal(again.signal, 0);
	assert_true(again.rate == 0 && again.share == -1);
	assert_false(again.has_costs);
	assert_int_equal(again.cost, 0);
	assert_null(again.focus);
	free(text);
	arena_free(&again.arena);
}

TEST(what_may_be_missing_may_and_nothing_else)
{
	struct drawing again;
	char *text = with(full_text, "\"label\":\"a\",", "");

	assert_int_equal(read_text(text, &again), 0);
	assert_null(again.corners[0].label);
	arena_free(&again.arena);
	free(text);
	text = with(full_text, "\"comment\":\"c\",", "");
	assert_int_equal(read_text(text, &again), 0);
	arena_free(&again.arena);
	free(text);
	text = with(full_text, "\"x\":1,", "");
	assert_int_equal(read_text(text, &again), -EINVAL);
	assert_string_equal(messages, "d.json: error: corners[0]: 'x' is missing or no number\n");
	arena_free(&again.arena);
	free(text);
}

TEST(times_have_offsets_and_fractions)
{
	static const char *const same[] = {"2026-01-02T03:04:05.25Z",
		"2026-01-02T05:34:05.25+02:30", "2026-01-01T21:34:05.2500000001-05:30"};
	static const char *const bad[] = {"yesterday", "2026-01-02", "2026-01-02T05:34:05",
		"2026-01-02T05:34:05+99:00", "2026-01-02T05:34:05+02:3x"};
	struct drawing again;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		char *text = with(full_text, "2026-01-02T03:04:05.250000000Z", same[i]);

		assert_int_equal(read_text(text, &again), 0);
		assert_int_equal(again.made.tv_sec, 1767323045);
		assert_int_equal(again.made.tv_nsec, 250000000);
		arena_free(&again.arena);
		free(text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = with(full_text, "2026-01-02T03:04:05.250000000Z", bad[i]);

		assert_int_equal(read_text(text, &again), -EINVAL);
		assert_string_equal(messages, "d.json: error: 'made' is no RFC 3339 time\n");
		arena_free(&again.arena);
		free(text);
	}
}

TEST(what_is_misshapen_is_refused_with_its_place)
{
	static const struct {
		const char *old, *new, *message;
	} cases[] = {
		{"\"seed\":18446744073709551615", "\"seed\":-1", "'seed' is missing or no whole"},
		{"\"layers\":3", "\"layers\":4294967296", "'layers' is too large"},
		{"\"layers\":3", "\"layers\":0", "'layers' is 0"},
		{"\"signal\":2", "\"signal\":2147483648", "'signal' is too large"},
		{"\"rate\":9", "\"rate\":-9", "'rate' is below 0"},
		{"\"is_final\":true", "\"is_final\":1", "'is_final' is missing or neither"},
		{"\"circle\"", "\"square\"", "'shape' is none of line, circle"},
		{"[\"one\"", "[1", "'words' holds something that is no text"},
		{"[{\"x\":1,", "[7,{\"x\":1,", "corners[0] is no object"},
		{"\"x\":2,", "\"x\":3,", "corners[1]: 'x' is outside"},
		{"\"a\":{\"x\":1,", "\"a\":{\"x\":\"1\",", "named.a: 'x' is missing or no number"},
		{"\"named\":{", "\"named\":{\"c\":1,", "named: 'c' is missing or no object"},
		{"\"centre\":{\"x\":0", "\"centre\":{\"x\":[]", "centre: 'x' is missing or no"},
		{"\"focus\":{", "\"focus\":[], \"f\":{", "'focus' is missing or no object"},
		{"drawing/1", "drawing/2",
			"a drawing of another version, drawing/2: this ringside reads drawing/1"},
		{"drawing/1", "poem/1", "no drawing of ringside: it has no \"schema\""},
		{"drawing/1", "ringside-baseline/1",
			"this is a baseline; a ringside drawing is needed here"},
		{"\"schema\":\"drawing/1\"", "\"fio version\":\"fio-3.33\"",
			"this is a fio result; a ringside drawing is needed here"},
		{"}]}\n", "}]\n", "the document ends here, unfinished"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = with(full_text, cases[i].old, cases[i].new);
		struct drawing again;

		if (read_text(text, &again) != -EINVAL || !strstr(messages, cases[i].message))
			fail_msg("%s\nlacks: %s", messages, cases[i].message);
		arena_free(&again.arena);
		free(text);
	}
}

TEST(the_schema_has_every_row)
{
	cJSON *schema = field_schema("drawing/1", &place_table);
	char *text = json_print_line(schema);

	assert_string_equal(text,
		"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
		"\"title\":\"drawing/1\",\"type\":\"object\",\"additionalProperties\":false,"
		"\"required\":[\"schema\",\"x\",\"y\"],\"properties\":{"
		"\"schema\":{\"const\":\"drawing/1\"},\"x\":{\"type\":\"number\"},"
		"\"y\":{\"$ref\":\"#/$defs/number_or_null\"}},"
		"\"$defs\":{\"number_or_null\":{\"type\":[\"number\",\"null\"]}}}\n");
	free(text);
	cJSON_Delete(schema);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s\nlacks: %s", text, part);
}

TEST(the_schema_has_what_the_rows_say)
{
	cJSON *schema = field_schema("drawing/1", &table);
	char *text = json_print_line(schema);

	assert_has(text, "\"description\":\"A drawing.\"");
	assert_has(text, "\"title\":{\"type\":\"string\",\"description\":\"Over it.\"}");
	assert_has(text, "\"layers\":{\"$ref\":\"#/$defs/count\",\"minimum\":1}");
	assert_has(text, "\"share\":{\"$ref\":\"#/$defs/amount_or_null\",\"maximum\":1}");
	assert_has(text, "\"shape\":{\"enum\":[\"line\",\"circle\"]}");
	assert_has(text, "\"angle\":{\"enum\":[\"wide\",\"narrow\"]}");
	assert_has(
		text, "\"corners\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/corner\"}}");
	assert_has(
		text, "\"most\":{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/$defs/corner\"}]}");
	assert_has(text, "\"centre\":{\"$ref\":\"#/$defs/corner\"}");
	assert_has(
		text, "\"focus\":{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/$defs/corner\"}]}");
	assert_has(text, "\"corner\":{\"type\":\"object\",\"additionalProperties\":false,"
			 "\"required\":[\"x\",\"y\",\"of\"]");
	assert_has(text, "18446744073709551615");
	assert_null(strstr(text, "\"centre\",\"focus\""));
	free(text);
	cJSON_Delete(schema);
}

static int free_messages(void **state)
{
	(void)state;
	free(messages);
	return 0;
}

TEST_MAIN(NULL, free_messages);
