/* SPDX-License-Identifier: MIT */
/* The formats by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "result/result.h"

static void every_format_is_found_by_its_name(void **state)
{
	static const char *const names[] = {
		"text", "summary", "json", "markdown", "csv", "fio-json", "hdr-log"};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct result_writer *writer = result_writer_find(names[i]);

		assert_non_null(writer);
		assert_string_equal(writer->name, names[i]);
		assert_true(strlen(writer->help) > 10);
	}
	for (const struct result_writer *writer = result_writers; writer->name; writer++)
		count++;
	assert_int_equal(count, sizeof(names) / sizeof(names[0]));
}

static void other_names_are_no_formats(void **state)
{
	(void)state;
	assert_null(result_writer_find("xml"));
	assert_null(result_writer_find(""));
	assert_null(result_writer_find("JSON"));
}

static void each_writes_its_own(void **state)
{
	(void)state;
	assert_true(result_writer_find("json")->write == write_json);
	assert_true(result_writer_find("fio-json")->write == write_fio_json);
	assert_true(result_writer_find("hdr-log")->write == write_hdr_log);
	assert_true(result_writer_find("csv")->write == write_csv);
	assert_true(result_writer_find("text")->write == write_text);
	assert_true(result_writer_find("summary")->write == write_summary);
	assert_true(result_writer_find("markdown")->write == write_markdown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_is_found_by_its_name),
		cmocka_unit_test(other_names_are_no_formats),
		cmocka_unit_test(each_writes_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
