/* SPDX-License-Identifier: MIT */
/* The list of formats. That a name has the right writer is for the writer's own test to see. */
#include <stdlib.h>
#include <string.h>

#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

enum { FORMATS_LIMIT = 64 };

TEST_FIXTURE(open_sample, close_sample);

TEST(each_format_has_a_name_and_a_document_of_its_own)
{
	const struct document_writer *writers = result_formats.writers;
	char *documents[FORMATS_LIMIT];
	size_t count = 0;

	for (; writers[count].name; count++) {
		assert_true(count < FORMATS_LIMIT);
		documents[count] =
			written(&result, DOCUMENT_FUNCTION(const struct result, &writers[count]));
		for (size_t i = 0; i < count; i++) {
			assert_string_not_equal(writers[i].name, writers[count].name);
			assert_string_not_equal(documents[i], documents[count]);
		}
	}
	assert_true(count > 1);
	for (size_t i = 0; i < count; i++)
		free(documents[i]);
}

TEST_FIXTURE(NULL, NULL);

TEST(text_is_the_default_and_a_screen_is_no_file)
{
	assert_string_equal(result_formats.writers->name, "text");
	assert_null(result_formats.writers->as);
	assert_true(format_named("text") == write_text);
	assert_true(format_named("summary") == write_summary);
	assert_null(format_named("none"));
}

TEST_MAIN(NULL, NULL);
