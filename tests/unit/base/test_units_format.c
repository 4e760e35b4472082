/* SPDX-License-Identifier: MIT */
/* Numbers as they are written: rounded with three digits, or exact. */
#include <float.h>
#include <math.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/units.h"
#include "test.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define ROUND_TRIPS     100000

struct sample {
	double value;
	const char *text;
};

typedef char *formatter(char text[UNITS_TEXT_BYTES], double value);

static void check_samples(formatter *format, const struct sample *samples, size_t count)
{
	char text[UNITS_TEXT_BYTES];

	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(format(text, samples[i].value), text);
		assert_string_equal(text, samples[i].text);
	}
}

TEST(bytes)
{
	static const struct sample samples[] = {
		{0, "0B"},
		{1, "1B"},
		{512, "512B"},
		{1023, "1023B"},
		{1024, "1.00KiB"},
		{4096, "4.00KiB"},
		{10 * 1024, "10.0KiB"},
		{1023.9 * 1024, "1.00MiB"},
		{1023 * 1024, "1023KiB"},
		{1.5 * 1024 * 1024 * 1024, "1.50GiB"},
		{0x1p40, "1.00TiB"},
		{0x1p50, "1.00PiB"},
		{0x1p60, "1.00EiB"},
		{0x1p64, "16.0EiB"},
		{37.5, "37.5B"},
		{0.25, "0.25B"},
		{-2048, "-2.00KiB"},
		{NAN, "-"},
		{INFINITY, "-"},
		{1e300, "8.67e+281EiB"},
	};

	check_samples(units_format_bytes, samples, COUNT_OF(samples));
}

TEST(counts)
{
	static const struct sample samples[] = {
		{0, "0"},
		{37, "37"},
		{999, "999"},
		{999.4, "999"},
		{999.6, "1.00k"},
		{1000, "1.00k"},
		{9994, "9.99k"},
		{9996, "10.0k"},
		{99960, "100k"},
		{804000, "804k"},
		{999499, "999k"},
		{999500, "1.00M"},
		{1.24e6, "1.24M"},
		{2.5e9, "2.50G"},
		{1.84e19, "18.4E"},
		{3.14159, "3.14"},
	};

	check_samples(units_format_count, samples, COUNT_OF(samples));
}

TEST(times)
{
	static const struct sample samples[] = {
		{0, "0ns"},
		{812, "812ns"},
		{812.4, "812ns"},
		{33100, "33.1us"},
		{1.2e6, "1.20ms"},
		{999.7e6, "1.00s"},
		{2e9, "2.00s"},
		{90e9, "90.0s"},
		{3600e9, "3600s"},
	};

	check_samples(units_format_time, samples, COUNT_OF(samples));
}

TEST(exact_sizes)
{
	static const struct {
		uint64_t value;
		const char *text;
	} samples[] = {
		{0, "0"},
		{1, "1"},
		{1000, "1000"},
		{1024, "1k"},
		{1025, "1025"},
		{4096, "4k"},
		{1536 * 1024, "1536k"},
		{1ull << 20, "1m"},
		{3ull << 30, "3g"},
		{1ull << 40, "1t"},
		{1ull << 50, "1p"},
		{1ull << 63, "8192p"},
		{UINT64_MAX, "18446744073709551615"},
	};
	char text[UNITS_TEXT_BYTES];

	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		units_format_exact_size(text, samples[i].value);
		assert_string_equal(text, samples[i].text);
	}
}

TEST(exact_times)
{
	static const struct {
		uint64_t value;
		const char *text;
	} samples[] = {
		{0, "0s"},
		{1, "1ns"},
		{250 * NS_PER_US, "250us"},
		{1500 * NS_PER_US, "1500us"},
		{30 * NS_PER_MS, "30ms"},
		{5 * NS_PER_S, "5s"},
		{90 * NS_PER_S, "90s"},
		{120 * NS_PER_S, "2m"},
		{7200 * NS_PER_S, "2h"},
		{86400 * NS_PER_S, "1d"},
		{UINT64_MAX, "18446744073709551615ns"},
	};
	char text[UNITS_TEXT_BYTES];

	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		units_format_exact_time(text, samples[i].value);
		assert_string_equal(text, samples[i].text);
	}
}

/* A number with a random count of factors 2 and 5 at its end, so that every unit occurs. */
static uint64_t draw(struct random *random)
{
	uint64_t value = random_next(random) >> random_below(random, 64);

	for (uint64_t i = random_below(random, 20); i > 0 && value < UINT64_MAX / 1000; i--)
		value *= random_below(random, 2) ? 1000 : 1024;
	return value;
}

TEST(exact_text_reads_back)
{
	struct random random;
	char text[UNITS_TEXT_BYTES];
	const char *problem;
	uint64_t again;

	random_init(&random, 1);
	for (int i = 0; i < ROUND_TRIPS; i++) {
		uint64_t value = draw(&random);

		units_format_exact_size(text, value);
		assert_int_equal(units_parse_size(text, &again, &problem), 0);
		assert_int_equal(again, value);
		units_format_exact_time(text, value);
		assert_int_equal(units_parse_time(text, NS_PER_US, &again, &problem), 0);
		assert_int_equal(again, value);
	}
}

TEST(doubles_are_the_shortest_text_that_reads_back)
{
	char text[UNITS_TEXT_BYTES];

	assert_string_equal(units_format_exact_double(text, 0.1), "0.1");
	assert_string_equal(units_format_exact_double(text, 1.0 / 3), "0.3333333333333333");
	assert_string_equal(units_format_exact_double(text, 0.1 + 0.2), "0.30000000000000004");
	assert_string_equal(units_format_exact_double(text, -DBL_MAX), "-1.7976931348623157e+308");
}

TEST_MAIN(NULL, NULL);
