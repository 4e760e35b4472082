/* SPDX-License-Identifier: MIT */
/* Typed access, and the place of what is wrong. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/json_node.h"
#include "test.h"

static struct arena arena;
static struct diag diag;
static struct json_walk walk;
static struct json_node root;
static cJSON *document;
static char *said;
static size_t said_bytes;

static void walk_begin(const char *text)
{
	size_t problem;

	document = json_parse(text, strlen(text), &problem);
	assert_non_null(document);
	diag_init(&diag, open_memstream(&said, &said_bytes));
	walk = (struct json_walk){.arena = &arena, .diag = &diag, .path = "file"};
	root = (struct json_node){.walk = &walk, .item = document, .where = ""};
}

/* `expected` is NULL where all was well. */
static void walk_end(const char *expected)
{
	fclose(diag.stream);
	assert_int_equal(walk.has_failed, expected != NULL);
	assert_string_equal(said, expected ? expected : "");
	free(said);
	cJSON_Delete(document);
	arena_free(&arena);
}

TEST(values_of_each_type)
{
	struct json_node inner;

	walk_begin("{\"u\": 18446744073709551615, \"n\": -2.5, \"t\": \"text\", \"z\": null,"
		   " \"o\": {\"small\": 7}, \"a\": [{\"x\": 1}]}");
	assert_true(json_node_u64(&root, "u") == UINT64_MAX);
	assert_true(json_node_number(&root, "n") == -2.5);
	assert_string_equal(json_node_text(&root, "t"), "text");
	assert_true(json_node_u64_or(&root, "z", 5) == 5);
	assert_true(json_node_u64_or(&root, "missing", 6) == 6);
	assert_true(isnan(json_node_number_or(&root, "z", NAN)));
	assert_true(json_node_number_or(&root, "n", 1) == -2.5);
	assert_null(json_node_text_or_null(&root, "z"));
	assert_string_equal(json_node_text_or_null(&root, "t"), "text");
	inner = json_node_object(&root, "o");
	assert_int_equal(json_node_unsigned(&inner, "small"), 7);
	assert_null(json_node_object_or_null(&root, "z").item);
	inner = json_node_array(&root, "a");
	inner = json_node_element(&inner, inner.item->child, 0);
	assert_int_equal(json_node_u64(&inner, "x"), 1);
	walk_end(NULL);
}

TEST(texts_that_come_again_are_one_and_others_are_not)
{
	static char again[3000][8];
	const char *copies[3000];

	walk_begin("{\"a\": \"same\", \"b\": \"same\", \"c\": \"other\"}");
	assert_ptr_equal(json_node_text(&root, "a"), json_node_text(&root, "b"));
	assert_string_equal(json_node_text(&root, "c"), "other");
	/* More than are remembered. */
	for (int i = 0; i < 3000; i++) {
		snprintf(again[i], sizeof(again[i]), "%d", i);
		copies[i] = json_walk_text(&walk, again[i]);
		assert_ptr_not_equal(copies[i], again[i]);
	}
	for (int i = 0; i < 3000; i++)
		assert_string_equal(copies[i], again[i]);
	walk_end(NULL);
}

/* As many as a job has, most of them in all jobs alike. */
TEST(texts_of_a_job_are_remembered_for_the_next)
{
	const char *copies[200];
	char text[16];

	walk_begin("{}");
	for (int job = 0; job < 3; job++) {
		for (int i = 0; i < 200; i++) {
			const char *copy;

			snprintf(text, sizeof(text), "option_%d", i);
			copy = json_walk_text(&walk, text);
			assert_string_equal(copy, text);
			if (job == 0)
				copies[i] = copy;
			else
				assert_ptr_equal(copy, copies[i]);
		}
	}
	walk_end(NULL);
}

TEST(what_is_wrong_has_its_place)
{
	struct json_node jobs, job, read;

	walk_begin("{\"jobs\": [{\"read\": {\"ios\": 1.5}}]}");
	jobs = json_node_array(&root, "jobs");
	job = json_node_element(&jobs, jobs.item->child, 0);
	read = json_node_object(&job, "read");
	assert_int_equal(json_node_u64(&read, "ios"), 0);
	walk_end("file: error: jobs[0].read: 'ios' is missing or no whole number from 0 to "
		 "2^64 - 1\n");
}

TEST(only_the_first_problem_is_said)
{
	struct json_node missing;

	walk_begin("{\"t\": 5}");
	missing = json_node_object(&root, "missing");
	assert_null(missing.item);
	assert_int_equal(json_node_u64(&missing, "x"), 0);
	assert_string_equal(json_node_text(&root, "t"), "");
	assert_null(json_node_array(&missing, "y").item);
	assert_null(json_node_text_or_null(&missing, "z"));
	walk_end("file: error: 'missing' is missing or no object\n");
	assert_int_equal(diag.error_count, 1);
}

TEST(wrong_types_are_problems)
{
	walk_begin("{\"x\": \"1\"}");
	assert_int_equal(json_node_u64_or(&root, "x", 3), 0);
	walk_end("file: error: 'x' is missing or no whole number from 0 to 2^64 - 1\n");
	walk_begin("{\"x\": 1e999}");
	assert_true(json_node_number(&root, "x") == 0);
	walk_end("file: error: 'x' is missing or no number\n");
	walk_begin("{\"x\": 4294967296}");
	assert_int_equal(json_node_unsigned(&root, "x"), 0);
	walk_end("file: error: 'x' is too large\n");
	walk_begin("{\"x\": {}}");
	assert_null(json_node_array(&root, "x").item);
	walk_end("file: error: 'x' is missing or no array\n");
	walk_begin("{\"x\": []}");
	assert_null(json_node_object_or_null(&root, "x").item);
	walk_end("file: error: 'x' is missing or no object\n");
	walk_begin("{\"x\": 1}");
	assert_string_equal(json_node_text_or_null(&root, "x"), "");
	walk_end("file: error: 'x' is missing or no text\n");
}

TEST(elements_must_be_objects)
{
	struct json_node list;

	walk_begin("{\"list\": [{}, 5]}");
	list = json_node_array(&root, "list");
	assert_non_null(json_node_element(&list, list.item->child, 0).item);
	assert_null(json_node_element(&list, list.item->child->next, 1).item);
	walk_end("file: error: list[1] is no object\n");
}

TEST_MAIN(NULL, NULL);
