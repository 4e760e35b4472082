/* SPDX-License-Identifier: MIT */
/* Memory of an arena: zeroed, aligned, whole, and given up loudly. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "test.h"

#define PIECES 20000

TEST(pieces_are_zeroed_aligned_and_apart)
{
	struct arena arena = {0};
	unsigned char **pieces = calloc(PIECES, sizeof(*pieces));
	static const unsigned char zero[256];

	assert_non_null(pieces);
	for (size_t i = 0; i < PIECES; i++) {
		size_t bytes = i % sizeof(zero);

		pieces[i] = arena_alloc(&arena, bytes);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		assert_memory_equal(pieces[i], zero, bytes ? bytes : 1);
		memset(pieces[i], (int)(i % 251) + 1, bytes);
	}
	for (size_t i = 0; i < PIECES; i++) {
		for (size_t j = 0; j < i % sizeof(zero); j++)
			assert_int_equal(pieces[i][j], i % 251 + 1);
	}
	arena_free(&arena);
	free(pieces);
}

TEST(large_pieces_do_not_disturb_small_ones)
{
	struct arena arena = {0};
	char *first = arena_alloc(&arena, 1 << 20); /* large is the first of all */
	char *before = arena_alloc(&arena, 32);
	char *large = arena_alloc(&arena, 1 << 20);
	char *after = arena_alloc(&arena, 32);

	assert_ptr_equal(after, before + 32);
	memset(first, 1, 1 << 20);
	memset(large, 2, 1 << 20);
	for (int i = 0; i < 32; i++) {
		assert_int_equal(before[i], 0);
		assert_int_equal(after[i], 0);
	}
	arena_free(&arena);
}

/* A mapping for each would take most of the time in which a long result is read. */
TEST(many_histograms_share_chunks)
{
	enum { COUNT = 200, BYTES = 34864 };
	struct arena arena = {0};
	char *last = arena_alloc(&arena, BYTES);
	int apart = 0;

	for (int i = 0; i < COUNT; i++) {
		char *next = arena_alloc(&arena, BYTES);

		apart += next != last + BYTES;
		last = next;
	}
	assert_in_range(apart, 1, 40);
	arena_free(&arena);
}

TEST(strings_are_copied)
{
	struct arena arena = {0};
	char text[] = "name=value";
	char *whole = arena_strdup(&arena, text);
	char *part = arena_strndup(&arena, text, 4);
	char *short_text = arena_strndup(&arena, "ab", 100);

	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(whole, "name=value");
	assert_string_equal(part, "name");
	assert_string_equal(short_text, "ab");
	assert_string_equal(arena_strdup(&arena, ""), "");
	assert_null(arena_strdup(&arena, NULL));
	arena_free(&arena);
}

TEST(printf_takes_any_length)
{
	struct arena arena = {0};
	char *text = arena_printf(&arena, "%s-%d", "bs", 4096);
	char *wide = arena_printf(&arena, "%100000d", 7);

	assert_string_equal(text, "bs-4096");
	assert_int_equal(strlen(wide), 100000);
	assert_int_equal(wide[99999], '7');
	arena_free(&arena);
}

TEST(freed_arena_is_empty_and_usable)
{
	struct arena arena = {0};

	arena_free(&arena);
	assert_non_null(ARENA_NEW(&arena, int));
	arena_free(&arena);
	assert_null(arena.chunks);
	assert_int_equal(*ARENA_NEW(&arena, int), 0);
	arena_free(&arena);
	arena_free(&arena);
}

/* Runs `call` in a child whose stderr is read; returns its wait status. */
static int run_child(void (*call)(struct arena *), char *said, size_t room)
{
	int pipes[2], status;
	ssize_t length;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct arena arena = {0};

		dup2(pipes[1], STDERR_FILENO);
		call(&arena);
		_exit(0);
	}
	close(pipes[1]);
	length = read(pipes[0], said, room - 1);
	assert_true(length >= 0);
	said[length] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void ask_for_overflow(struct arena *arena)
{
	arena_alloc_array(arena, SIZE_MAX / 4, 8);
}

static void ask_for_too_much(struct arena *arena)
{
	arena_alloc(arena, SIZE_MAX);
}

/* What is lent is used first, then comes memory of its own; only that is freed. */
TEST(lent_memory_comes_first_and_stays_the_lenders)
{
	static _Alignas(64) char room[256];
	struct arena arena = {0};
	char *first, *second, *third;

	arena_lend(&arena, room, sizeof(room));
	first = arena_alloc(&arena, 100);
	second = arena_alloc(&arena, 32);
	third = arena_alloc(&arena, 200);
	assert_true(first >= room && first + 100 <= second && second + 32 <= room + sizeof(room));
	assert_true(third + 200 <= room || third >= room + sizeof(room));
	memset(third, 1, 200);
	arena_free(&arena);
	assert_null(arena.chunks);
	assert_non_null(arena_alloc(&arena, 8));
	arena_free(&arena);
}

TEST(too_little_is_not_borrowed)
{
	static _Alignas(64) char room[16];
	struct arena arena = {0};

	arena_lend(&arena, room, sizeof(room));
	assert_null(arena.chunks);
	assert_non_null(arena_alloc(&arena, 8));
	arena_free(&arena);
}

TEST(exhaustion_is_said_and_ends_with_code_5)
{
	void (*const calls[])(struct arena *) = {ask_for_overflow, ask_for_too_much};
	char said[200];

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int status = run_child(calls[i], said, sizeof(said));

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EXIT_RUN_FAILED);
		assert_string_equal(said, "ringside: error: out of memory\n");
	}
}

TEST_MAIN(NULL, NULL);
