/* SPDX-License-Identifier: MIT */
/* fio's state files of both versions; tests/cli/verify_state.bats has one of the real fio. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "verify/checksum.h"
#include "verify/fio_state.h"

static uint64_t words[64];

/* Writes the head over the body at words[3]. */
static size_t seal(uint64_t version, size_t body_words)
{
	words[0] = version;
	words[1] = body_words * 8;
	words[2] = checksum_crc32c(words + 3, body_words * 8);
	return (3 + body_words) * 8;
}

static size_t make_old(void)
{
	uint64_t *body = words + 3;

	memset(words, 0, sizeof(words));
	body[0] = 2;                     /* completions */
	body[1] = (uint64_t)1 << 32 | 4; /* a file, depth 4 */
	body[2] = 1000;                  /* issued */
	body[3] = 7;                     /* index */
	memcpy(body + 11, "job", 4);
	body[19] = 0;
	body[20] = 4096;
	return seal(FIO_STATE_VERSION_OLD, 19 + 8);
}

static size_t make_new(void)
{
	uint64_t *body = words + 3;

	memset(words, 0, sizeof(words));
	body[0] = 2;
	body[1] = 1000;
	body[2] = 7;
	memcpy(body + 10, "job", 4);
	body[18] = 998;
	body[19] = UINT64_MAX;
	return seal(FIO_STATE_VERSION_NEW, 18 + 2);
}

static void check_state(size_t bytes, uint32_t depth, struct fio_state *state)
{
	assert_int_equal(fio_state_parse(words, bytes, state), 0);
	assert_string_equal(state->name, "job");
	assert_int_equal(state->issued, 1000);
	assert_int_equal(state->index, 7);
	assert_int_equal(state->depth, depth);
}

TEST(both_versions_are_read)
{
	struct fio_state found;

	check_state(make_old(), 4, &found);
	assert_int_equal(found.completion_count, 2);
	assert_int_equal(found.completions[1], 4096);
	check_state(make_new(), 2, &found);
	assert_int_equal(found.in_flight[0], 998);
	assert_true(found.in_flight[1] == UINT64_MAX);
}

TEST(any_damage_is_seen)
{
	struct fio_state found;
	size_t bytes;

	for (int which = 0; which < 2; which++) {
		bytes = which ? make_new() : make_old();
		for (size_t at = 0; at < bytes; at++) {
			((uint8_t *)words)[at] ^= 4;
			assert_int_equal(fio_state_parse(words, bytes, &found), -EINVAL);
			((uint8_t *)words)[at] ^= 4;
		}
		for (size_t part = 0; part < bytes; part++)
			assert_int_equal(fio_state_parse(words, part, &found), -EINVAL);
	}
}

/* Sums are right, but what they are of is not. */
TEST(sizes_have_to_fit)
{
	struct fio_state found;

	make_old();
	words[3] = 5; /* more completions than there is room for */
	assert_int_equal(fio_state_parse(words, seal(3, 27), &found), -EINVAL);
	make_old();
	words[4]++;
	assert_int_equal(fio_state_parse(words, seal(3, 27), &found), -EINVAL);
	make_new();
	words[3]++;
	assert_int_equal(fio_state_parse(words, seal(7, 20), &found), -EINVAL);
	make_new();
	memset(words + 13, 'x', 64); /* a name without end */
	assert_int_equal(fio_state_parse(words, seal(7, 20), &found), -EINVAL);
	make_new();
	assert_int_equal(fio_state_parse(words, seal(8, 20), &found), -EINVAL);
	assert_int_equal(fio_state_read("/no/such/file", &found), -ENOENT);
}

TEST_MAIN(NULL, NULL);
