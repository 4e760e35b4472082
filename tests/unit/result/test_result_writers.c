/* SPDX-License-Identifier: MIT */
/* The formats by name. */
#include <string.h>

#include "result/result.h"
#include "test.h"

TEST(every_format_is_found_by_its_name)
{
	static const char *const names[] = {
		"text", "summary", "json", "markdown", "csv", "fio-json", "hdr-log"};
	size_t count = 0;

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

TEST(other_names_are_no_formats)
{
	assert_null(result_writer_find("xml"));
	assert_null(result_writer_find(""));
	assert_null(result_writer_find("JSON"));
}

TEST(each_writes_its_own)
{
	assert_true(result_writer_find("json")->write == result_write_json);
	assert_true(result_writer_find("fio-json")->write == write_fio_json);
	assert_true(result_writer_find("hdr-log")->write == write_hdr_log);
	assert_true(result_writer_find("csv")->write == write_csv);
	assert_true(result_writer_find("text")->write == write_text);
	assert_true(result_writer_find("summary")->write == write_summary);
	assert_true(result_writer_find("markdown")->write == write_markdown);
}

TEST_MAIN(NULL, NULL);
