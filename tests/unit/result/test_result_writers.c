/* SPDX-License-Identifier: MIT */
/* The formats by name. */
#include <string.h>

#include "result/result_fields.h"
#include "test.h"

TEST(each_format_has_a_name_and_its_own_writer)
{
	static const struct {
		const char *name;
		int (*write)(const struct result *result, FILE *stream);
		bool has_file;
	} formats[] = {
		{"text", write_text, false},
		{"summary", write_summary, false},
		{"heatmap", write_heat_map, false},
		{"json", result_write_json, true},
		{"csv", write_csv, true},
		{"csv-series", write_csv_series, true},
		{"jsonl", result_write_lines, true},
		{"json-line", result_write_line, false},
		{"markdown", write_markdown, true},
		{"fio-json", write_fio_json, true},
		{"hdr-log", write_hdr_log, true},
	};
	const struct document_writer *writer = result_formats.writers;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++, writer++) {
		assert_string_equal(writer->name, formats[i].name);
		assert_true(DOCUMENT_FUNCTION(const struct result, writer) == formats[i].write);
		assert_int_equal(writer->as != NULL, formats[i].has_file);
	}
	assert_null(writer->name);
}

TEST_MAIN(NULL, NULL);
