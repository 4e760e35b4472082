/* SPDX-License-Identifier: MIT */
/* What the first rank has read, in the others. */
#include "base/shared_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static int be_off(void **state)
{
	(void)state;
	shared_text_set_mode(SHARED_TEXT_OFF);
	return 0;
}

TEST_FIXTURE(NULL, be_off);

TEST(a_record_says_the_same_where_it_is_unpacked)
{
	size_t bytes, length;
	char *packed;
	int error;

	shared_text_set_mode(SHARED_TEXT_RECORD);
	shared_text_add(SHARED_TEXT_FILE, "a", "one\0two", 7, 0);
	shared_text_add(SHARED_TEXT_FILE, "b", NULL, 0, EACCES);
	shared_text_add(SHARED_TEXT_VARIABLE, "a", "", 0, 0);
	shared_text_add(SHARED_TEXT_FILE, "a", "another", 7, 0);
	packed = shared_text_pack(&bytes);

	shared_text_set_mode(SHARED_TEXT_REPLAY);
	assert_null(shared_text_find(SHARED_TEXT_FILE, "a", &length, &error));
	assert_int_equal(shared_text_unpack(packed, bytes), 0);
	free(packed);
	assert_memory_equal(
		shared_text_find(SHARED_TEXT_FILE, "a", &length, &error), "one\0two", 8);
	assert_int_equal(length, 7);
	assert_null(shared_text_find(SHARED_TEXT_FILE, "b", &length, &error));
	assert_int_equal(error, EACCES);
	assert_string_equal(shared_text_find(SHARED_TEXT_VARIABLE, "a", &length, &error), "");
	assert_null(shared_text_find(SHARED_TEXT_VARIABLE, "b", &length, &error));
	assert_int_equal(error, ENOENT);
}

TEST(what_is_cut_off_is_no_record)
{
	size_t bytes;
	char *packed;

	shared_text_set_mode(SHARED_TEXT_RECORD);
	shared_text_add(SHARED_TEXT_FILE, "name", "text", 4, 0);
	packed = shared_text_pack(&bytes);
	for (size_t count = 1; count < bytes; count++) {
		shared_text_set_mode(SHARED_TEXT_REPLAY);
		assert_int_equal(shared_text_unpack(packed, count), -EPROTO);
	}
	free(packed);
}

TEST_MAIN(NULL, NULL);
