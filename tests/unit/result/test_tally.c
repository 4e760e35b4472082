/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "document/field_row.h"
#include "result/result_fields.h"
#include "test.h"

static struct arena arena;

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void assert_items(const struct tally *tally, const struct tally_item *items, size_t count)
{
	assert_int_equal(tally->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(tally->items[i].value, items[i].value);
		assert_int_equal(tally->items[i].count, items[i].count);
	}
}

TEST(what_did_not_come_up_is_left_out)
{
	static const uint64_t counts[] = {0, 7, 0, 2};
	static const struct tally_item items[] = {{1, 7}, {3, 2}};
	struct tally tally = tally_make(counts, 4, &arena);

	assert_items(&tally, items, 2);
	tally = tally_make(counts, 1, &arena);
	assert_items(&tally, NULL, 0);
}

TEST(tallies_add_up_by_value)
{
	static const uint64_t few[] = {0, 7, 0, 2};
	static const uint64_t more[] = {1, 0, 5, 4, 0, 9};
	static const struct tally_item items[] = {{0, 1}, {1, 7}, {2, 5}, {3, 6}, {5, 9}};
	struct tally a = tally_make(few, 4, &arena), b = tally_make(more, 6, &arena);
	struct tally none = {0}, sum;

	sum = tally_merge(&a, &b, &arena);
	assert_items(&sum, items, 5);
	sum = tally_merge(&b, &a, &arena);
	assert_items(&sum, items, 5);
	sum = tally_merge(&sum, &none, &arena);
	assert_items(&sum, items, 5);
	sum = tally_merge(&none, &none, &arena);
	assert_int_equal(sum.count, 0);
}

/* Reads `text` as the value of "t". */
static struct tally read(const char *text, bool *has_failed)
{
	struct diag diag;
	FILE *nowhere = fopen("/dev/null", "we");
	struct json_walk walk = {.arena = &arena, .diag = &diag, .path = "r.json"};
	size_t problem;
	cJSON *document = json_parse(text, strlen(text), &problem);
	struct json_node node = {.walk = &walk, .where = "", .item = document};
	struct tally tally = {0};

	assert_non_null(nowhere);
	assert_non_null(document);
	diag_init(&diag, nowhere);
	tally_field.read(&node, "t", &tally);
	*has_failed = walk.has_failed;
	cJSON_Delete(document);
	fclose(nowhere);
	return tally;
}

TEST(what_is_written_is_read)
{
	static const struct tally_item items[] = {{0, 1}, {4096, 900719925474099}};
	static const uint64_t counts[] = {1};
	struct tally tally = tally_make(counts, 1, &arena), again;
	cJSON *object = json_object();
	bool has_failed;
	char *text;

	tally = (struct tally){2, (struct tally_item *)items};
	tally_field.write(&(struct field_spot){object, "t", &tally, NULL});
	text = json_print_line(object);
	assert_string_equal(text, "{\"t\":[[0,1],[4096,900719925474099]]}\n");
	again = read(text, &has_failed);
	assert_false(has_failed);
	assert_items(&again, items, 2);
	free(text);
	cJSON_Delete(object);
	object = json_object();
	tally = (struct tally){0};
	tally_field.write(&(struct field_spot){object, "t", &tally, NULL});
	assert_true(cJSON_IsNull(object->child));
	cJSON_Delete(object);
}

TEST(what_is_no_tally_is_refused)
{
	static const char *const bad[] = {"{\"t\": [[1, 2], [1, 2]]}", "{\"t\": [[2, 1], [1, 1]]}",
		"{\"t\": [[1, 0]]}", "{\"t\": [[1]]}", "{\"t\": [[1, 2, 3]]}", "{\"t\": [1, 2]}",
		"{\"t\": [[1, -2]]}", "{\"t\": [[1, 0.5]]}", "{\"t\": {}}", "{\"t\": 1}"};
	static const char *const empty[] = {"{\"t\": null}", "{}", "{\"t\": []}"};
	bool has_failed;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)read(bad[i], &has_failed);
		if (!has_failed)
			fail_msg("%s was taken", bad[i]);
	}
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		assert_int_equal(read(empty[i], &has_failed).count, 0);
		assert_false(has_failed);
	}
}

TEST_MAIN(NULL, tear_down);
