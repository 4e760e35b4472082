/* SPDX-License-Identifier: MIT */
/* Three significant digits, and units. */
#include <math.h>

#include "test.h"
#include "text/figure.h"

TEST(three_digits_whatever_the_size)
{
	static const struct {
		double value;
		const char *text;
	} samples[] = {
		{0, "0"},
		{1, "1.00"},
		{9.994, "9.99"},
		{9.996, "10.0"},
		{31.25, "31.2"},
		{99.96, "100"},
		{804.4, "804"},
		{999.6, "1000"},
		{12345, "12300"},
		{0.99951, "1.00"},
		{0.03125, "0.0312"},
		{0.00015, "0.000150"},
		{0.0000012, "0.000001"},
		{0.0000004, "<0.000001"},
		{-2.5, "-2.50"},
		{1e300, "1.00e+300"},
		{INFINITY, "–"},
		{NAN, "–"},
	};
	char text[FIGURE_BYTES_OF_TEXT];

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		assert_string_equal(figure_digits(text, samples[i].value), samples[i].text);
}

TEST(each_kind_has_its_units)
{
	static const struct {
		enum figure_kind kind;
		double value;
		const char *text;
	} samples[] = {
		{FIGURE_NUMBER, 12345, "12300"},
		{FIGURE_NUMBER, 2, "2.00"},
		{FIGURE_COUNT, 37, "37"},
		{FIGURE_COUNT, 999.4, "999"},
		{FIGURE_COUNT, 999.6, "1.00k"},
		{FIGURE_COUNT, 804000, "804k"},
		{FIGURE_COUNT, 1.5e13, "15.0T"},
		{FIGURE_BYTES, 512, "512 B"},
		{FIGURE_BYTES, 1000, "0.977 KiB"},
		{FIGURE_BYTES, 268435456, "256 MiB"},
		{FIGURE_BANDWIDTH, 3.0 * (1 << 30), "3.00 GiB/s"},
		{FIGURE_TIME, 0, "0 ns"},
		{FIGURE_TIME, 7, "7 ns"},
		{FIGURE_TIME, 7.25, "7.25 ns"},
		{FIGURE_TIME, 38200, "38.2 µs"},
		{FIGURE_TIME, 1040e6, "1.04 s"},
		{FIGURE_TIME, 36e11, "3600 s"},
		{FIGURE_TIME, NAN, "–"},
	};
	char text[FIGURE_BYTES_OF_TEXT];

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		assert_string_equal(
			figure_text(text, samples[i].kind, samples[i].value), samples[i].text);
}

TEST(a_common_unit_lies_in_the_middle)
{
	assert_string_equal(figure_unit_between(FIGURE_TIME, 33e3, 1.2e6).name, "µs");
	assert_string_equal(figure_unit_between(FIGURE_TIME, 900, 40e9).name, "ms");
	assert_string_equal(figure_unit_between(FIGURE_COUNT, 5, 5).name, "");
	assert_string_equal(figure_unit_between(FIGURE_BANDWIDTH, 0x1p20, 0x1p40).name, "GiB/s");
}

TEST(figures_are_divided_by_the_unit)
{
	struct figure_unit us = figure_unit_of(FIGURE_TIME, 5000);
	char text[FIGURE_BYTES_OF_TEXT];

	assert_string_equal(us.name, "µs");
	assert_string_equal(figure_in_unit(text, &us, 1234567), "1230");
	assert_string_equal(figure_in_unit(text, &us, 12), "0.0120");
	assert_string_equal(figure_in_unit(text, &us, 3000), "3.00");
}

TEST(units_of_metrics_have_a_kind)
{
	assert_int_equal(figure_kind_of("ns"), FIGURE_TIME);
	assert_int_equal(figure_kind_of("B/s"), FIGURE_BANDWIDTH);
	assert_int_equal(figure_kind_of("/s"), FIGURE_COUNT);
	assert_int_equal(figure_kind_of(""), FIGURE_NUMBER);
}

TEST_MAIN(NULL, NULL);
