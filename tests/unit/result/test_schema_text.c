/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "result/schema_text.h"

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

static void pieces_become_one_text(void **state)
{
	char *printed = NULL;
	const char *text = schema_text_print(pieces, &printed);

	(void)state;
	assert_string_equal(text,
		"{\n  \"title\": \"in three pieces\",\n  \"list\": [\"a\", \"b\"],\n"
		"  \"pattern\": \"\\\\d\"\n}\n");
	assert_ptr_equal(schema_text_print(pieces, &printed), text);
	free(printed);
}

static void definitions_stand_at_the_end(void **state)
{
	char *printed = NULL;
	const char *text = schema_text_print_with(
		"{\"$defs\": {\"a\": 1}, \"b\": 2}", "{\"c\": \"3\" \"4\", \"d\": 5}", &printed);

	(void)state;
	assert_string_equal(text,
		"{\n  \"$defs\": {\n    \"a\": 1,\n    \"c\": \"34\",\n    \"d\": 5\n  },\n"
		"  \"b\": 2\n}\n");
	free(printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_become_one_text),
		cmocka_unit_test(definitions_stand_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
