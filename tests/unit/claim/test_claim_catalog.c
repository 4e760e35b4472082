/* SPDX-License-Identifier: MIT */
/* Claims that come with the program: where they are found, and by which names. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "claim/claim_catalog.h"
#include "test.h"

static char folder[] = "/tmp/ringside-catalog.XXXXXX";
static struct arena arena;
static char *said;
static size_t said_bytes;
static struct diag diag;

static const char *in(const char *path)
{
	return arena_printf(&arena, "%s/%s", folder, path);
}

static void make_file(const char *path)
{
	FILE *stream = fopen(in(path), "we");

	assert_non_null(stream);
	assert_int_equal(fclose(stream), 0);
}

/* In an order that no folder has by itself. */
static const char *const names[] = {"sqpoll", "echo", "batching", "peak", "copy", "oltp", "ladder"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static const char *file_of(size_t i)
{
	return arena_printf(&arena, "jobs/claims/%s.job", names[i]);
}

/* A source tree: build/ and jobs/claims/ with claims and what is none. */
static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mkdir(in("build"), 0700), 0);
	assert_int_equal(mkdir(in("jobs"), 0700), 0);
	assert_int_equal(mkdir(in("jobs/claims"), 0700), 0);
	for (size_t i = 0; i < NAMES; i++)
		make_file(file_of(i));
	make_file("jobs/claims/README.md");
	make_file("jobs/claims/.hidden.job");
	diag_init(&diag, open_memstream(&said, &said_bytes));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(diag.stream);
	free(said);
	for (size_t i = 0; i < NAMES; i++)
		unlink(in(file_of(i)));
	unlink(in("jobs/claims/README.md"));
	unlink(in("jobs/claims/.hidden.job"));
	rmdir(in("jobs/claims"));
	rmdir(in("jobs"));
	rmdir(in("build"));
	rmdir(folder);
	arena_free(&arena);
	return 0;
}

static void expect_said(const char *part)
{
	fflush(diag.stream);
	if (!strstr(said, part))
		fail_msg("not said: %s\n%s", part, said);
}

TEST(claims_of_the_source_tree_are_found_beside_build_in_order_of_their_names)
{
	struct claim_catalog catalog;

	claim_catalog_read_of(&catalog, in("build/ringside"), &arena);
	assert_int_equal(catalog.count, NAMES);
	for (size_t i = 0; i + 1 < NAMES; i++)
		assert_true(strcmp(catalog.names[i], catalog.names[i + 1]) < 0);
	assert_string_equal(claim_catalog_find(&catalog, "sqpoll", &diag),
		arena_printf(&arena, "%s/sqpoll.job", catalog.folder));
	assert_int_equal(claim_catalog_check(&catalog, &diag), 0);
}

TEST(what_looks_like_a_file_is_one)
{
	struct claim_catalog catalog;

	claim_catalog_read_of(&catalog, in("build/ringside"), &arena);
	assert_string_equal(claim_catalog_find(&catalog, "./sqpoll", &diag), "./sqpoll");
	assert_string_equal(claim_catalog_find(&catalog, "mine.job", &diag), "mine.job");
	assert_string_equal(claim_catalog_find(&catalog, "-", &diag), "-");
}

TEST(a_folder_of_the_name_of_a_claim_does_not_hide_it)
{
	struct claim_catalog catalog;
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	claim_catalog_read_of(&catalog, in("build/ringside"), &arena);
	assert_int_equal(mkdir(in("sqpoll"), 0700), 0);
	make_file("echo");
	assert_int_equal(chdir(folder), 0);
	assert_string_equal(claim_catalog_find(&catalog, "sqpoll", &diag),
		arena_printf(&arena, "%s/sqpoll.job", catalog.folder));
	assert_string_equal(claim_catalog_find(&catalog, "echo", &diag), "echo");
	assert_int_equal(fchdir(before), 0);
	assert_int_equal(close(before), 0);
	unlink(in("echo"));
	rmdir(in("sqpoll"));
}

TEST(a_name_that_is_none_has_a_suggestion)
{
	struct claim_catalog catalog;

	claim_catalog_read_of(&catalog, in("build/ringside"), &arena);
	assert_null(claim_catalog_find(&catalog, "sqpol", &diag));
	expect_said("'sqpol' is neither a file nor a claim that comes with ringside");
	expect_said("did you mean 'sqpoll'?");
}

TEST(a_program_without_claims_says_where_they_were_looked_for)
{
	struct claim_catalog catalog;

	claim_catalog_read_of(&catalog, in("jobs/claims/deep/down/ringside"), &arena);
	assert_int_equal(catalog.count, 0);
	assert_int_not_equal(claim_catalog_check(&catalog, &diag), 0);
	expect_said("/jobs/claims/deep/down/../share/ringside/jobs/claims");
}

TEST_MAIN(set_up, tear_down);
