/* SPDX-License-Identifier: MIT */
/* The claim files of jobs/claims, which `make claims` runs. */
#include <glob.h>

#include "base/diag.h"
#include "claim/claim_file.h"
#include "test.h"

enum { FILES_LEAST = 13, BLOCKS_TO_CLAIM = 6 };

static glob_t files;

static int find_files(void **state)
{
	(void)state;
	return glob("jobs/claims/*.job", 0, NULL, &files);
}

static int forget_files(void **state)
{
	(void)state;
	globfree(&files);
	return 0;
}

TEST_FIXTURE(find_files, forget_files);

static bool is_filled(const char *text)
{
	return text && *text;
}

/* Lines have tags, which pages show; without six blocks nothing can be confirmed or refuted. */
static void check(const struct claim *claim)
{
	if (!is_filled(claim->title) || !is_filled(claim->statement) || !is_filled(claim->about))
		fail_msg("%s: a title, a statement and about are needed", claim->path);
	if (claim->blocks > 0 && claim->blocks < BLOCKS_TO_CLAIM)
		fail_msg("%s: fewer than 6 blocks make no claim", claim->path);
	if (claim->limit_ns == 0)
		fail_msg("%s: max-time is needed, since all of them take long", claim->path);
	for (size_t i = 0; i < claim->line_count; i++) {
		if (!claim->lines[i].is_tagged)
			fail_msg("%s: line %s has no tag", claim->path, claim->lines[i].name);
	}
}

TEST(every_claim_file_is_whole)
{
	assert_true(files.gl_pathc >= FILES_LEAST);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct arena arena = {0};
		struct diag diag = {.stream = stderr};
		struct claim claim;

		if (claim_file_read(&claim, files.gl_pathv[i], &arena, &diag) != 0)
			fail_msg("%s is no claim", files.gl_pathv[i]);
		assert_int_equal(diag.error_count + diag.warning_count, 0);
		check(&claim);
		arena_free(&arena);
	}
}

TEST_MAIN(NULL, NULL);
