/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "result/schema_text.h"
#include "test.h"

#define JSON_TEXT(...) #__VA_ARGS__

/* clang-format off */
static const char pieces[] = JSON_TEXT({
	"title": "in "
		"three "
		"pieces",
	"list": ["a", "b"],
	"pattern": "\\d"
});
/* clang-format on */

TEST(pieces_become_one_text)
{
	char *printed = NULL;
	const char *text = schema_text_print(pieces, &printed);

	assert_string_equal(text,
		"{\n  \"title\": \"in three pieces\",\n  \"list\": [\"a\", \"b\"],\n"
		"  \"pattern\": \"\\\\d\"\n}\n");
	assert_ptr_equal(schema_text_print(pieces, &printed), text);
	free(printed);
}

TEST(definitions_stand_at_the_end)
{
	char *printed = NULL;
	const char *text = schema_text_print_with(
		"{\"$defs\": {\"a\": 1}, \"b\": 2}", "{\"c\": \"3\" \"4\", \"d\": 5}", &printed);

	assert_string_equal(text,
		"{\n  \"$defs\": {\n    \"a\": 1,\n    \"c\": \"34\",\n    \"d\": 5\n  },\n"
		"  \"b\": 2\n}\n");
	free(printed);
}

TEST_MAIN(NULL, NULL);
