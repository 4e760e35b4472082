/* SPDX-License-Identifier: MIT */
/* Parsing of numbers with units: tables of good and bad texts. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "test.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* error 0: the value; else the error. */
struct sample {
	const char *text;
	int error;
	uint64_t value;
	const char *problem;
};

typedef int parser(const char *text, uint64_t *value, const char **problem);

static int parse_seconds(const char *text, uint64_t *value, const char **problem)
{
	return units_parse_time(text, NS_PER_S, value, problem);
}

static int parse_microseconds(const char *text, uint64_t *value, const char **problem)
{
	return units_parse_time(text, NS_PER_US, value, problem);
}

static void check_samples(parser *parse, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct sample *sample = &samples[i];
		const char *problem = NULL;
		uint64_t value = 0xdead;
		int rc = parse(sample->text, &value, &problem);

		if (rc != sample->error || (rc == 0 && value != sample->value))
			fail_msg("'%s': %d, %llu", sample->text, rc, (unsigned long long)value);
		if (rc < 0) {
			assert_int_equal(value, 0xdead);
			assert_non_null(problem);
			assert_string_equal(problem, sample->problem);
		}
	}
}

static const char MISSING[] = "a number is missing";
static const char NO_NUMBER[] = "not a number";
static const char UNIT[] = "unknown unit";
static const char BLANK[] = "a blank stands inside the number";
static const char NEGATIVE[] = "must not be negative";
static const char LARGE[] = "too large";
static const char FRACTION[] = "not a whole number";
static const char POINT[] = "digits are missing after the point";

static const struct sample good_sizes[] = {
	{"0", 0, 0, NULL},
	{"1", 0, 1, NULL},
	{"512", 0, 512, NULL},
	{"007", 0, 7, NULL},
	{"010", 0, 10, NULL},
	{"4k", 0, 4096, NULL},
	{"4K", 0, 4096, NULL},
	{"4kb", 0, 4096, NULL},
	{"4KB", 0, 4096, NULL},
	{"4ki", 0, 4096, NULL},
	{"4KiB", 0, 4096, NULL},
	{"4kib", 0, 4096, NULL},
	{"512b", 0, 512, NULL},
	{"512B", 0, 512, NULL},
	{"1m", 0, 1048576, NULL},
	{"1MiB", 0, 1048576, NULL},
	{"10mb", 0, 10485760, NULL},
	{"2g", 0, 2147483648, NULL},
	{"2GiB", 0, 2147483648, NULL},
	{"1t", 0, 1099511627776, NULL},
	{"1TB", 0, 1099511627776, NULL},
	{"1p", 0, 1125899906842624, NULL},
	{"1.5g", 0, 1610612736, NULL},
	{"0.5k", 0, 512, NULL},
	{".5k", 0, 512, NULL},
	{"1.1g", 0, 1181116006, NULL},
	{"1.2k", 0, 1229, NULL},
	{"0.0001k", 0, 0, NULL},
	{"1.000000000000000000000001k", 0, 1024, NULL},
	{"1.0", 0, 1, NULL},
	{"0x1000", 0, 4096, NULL},
	{"0X10", 0, 16, NULL},
	{"0xfFk", 0, 261120, NULL},
	{"0x1b", 0, 27, NULL},
	{"  64k\t", 0, 65536, NULL},
	{"18446744073709551615", 0, UINT64_MAX, NULL},
	{"0xffffffffffffffff", 0, UINT64_MAX, NULL},
	{"16383p", 0, 16383ull << 50, NULL},
};

static const struct sample bad_sizes[] = {
	{"", -EINVAL, 0, MISSING},
	{"   ", -EINVAL, 0, MISSING},
	{"k", -EINVAL, 0, NO_NUMBER},
	{".", -EINVAL, 0, POINT},
	{"4.", -EINVAL, 0, POINT},
	{"4.k", -EINVAL, 0, POINT},
	{"x", -EINVAL, 0, NO_NUMBER},
	{"0x", -EINVAL, 0, NO_NUMBER},
	{"0xg", -EINVAL, 0, NO_NUMBER},
	{"4q", -EINVAL, 0, UNIT},
	{"4kk", -EINVAL, 0, UNIT},
	{"4kbi", -EINVAL, 0, UNIT},
	{"4e", -EINVAL, 0, UNIT},
	{"4i", -EINVAL, 0, UNIT},
	{"1e3", -EINVAL, 0, UNIT},
	{"1e30", -EINVAL, 0, UNIT},
	{"10mfoo", -EINVAL, 0, UNIT},
	{"10 m", -EINVAL, 0, BLANK},
	{"10\tm", -EINVAL, 0, BLANK},
	{"1 000", -EINVAL, 0, BLANK},
	{"1,000", -EINVAL, 0, UNIT},
	{"1_000", -EINVAL, 0, UNIT},
	{"4k;", -EINVAL, 0, UNIT},
	{"4k8k", -EINVAL, 0, UNIT},
	{"1.5.5g", -EINVAL, 0, UNIT},
	{"0x1.8k", -EINVAL, 0, UNIT},
	{"80%", -EINVAL, 0, UNIT},
	{"5s", -EINVAL, 0, UNIT},
	{"-1", -EINVAL, 0, NEGATIVE},
	{"-0", -EINVAL, 0, NEGATIVE},
	{" -4k", -EINVAL, 0, NEGATIVE},
	{"--1", -EINVAL, 0, NO_NUMBER},
	{"+1", -EINVAL, 0, NO_NUMBER},
	{"1.5", -EINVAL, 0, FRACTION},
	{"0.5b", -EINVAL, 0, FRACTION},
	{"18446744073709551616", -ERANGE, 0, LARGE},
	{"99999999999999999999999999", -ERANGE, 0, LARGE},
	{"0x10000000000000000", -ERANGE, 0, LARGE},
	{"16384p", -ERANGE, 0, LARGE},
	{"18446744073709551615k", -ERANGE, 0, LARGE},
	{"inf", -EINVAL, 0, NO_NUMBER},
	{"nan", -EINVAL, 0, NO_NUMBER},
	{"\xc2\xb5", -EINVAL, 0, NO_NUMBER},
};

TEST(the_greatest_divisor_divides_both)
{
	assert_int_equal(units_greatest_divisor(12 << 10, 8 << 10), 4 << 10);
	assert_int_equal(units_greatest_divisor(0, 4096), 4096);
	assert_int_equal(units_greatest_divisor(4096, 0), 4096);
	assert_int_equal(units_greatest_divisor(7, 5), 1);
}

TEST(sizes)
{
	check_samples(units_parse_size, good_sizes, COUNT_OF(good_sizes));
	check_samples(units_parse_size, bad_sizes, COUNT_OF(bad_sizes));
}

TEST(counts)
{
	static const struct sample samples[] = {
		{"0", 0, 0, NULL},
		{"32", 0, 32, NULL},
		{"4k", 0, 4096, NULL},
		{"1M", 0, 1048576, NULL},
		{"1.5k", 0, 1536, NULL},
		{"0x20", 0, 32, NULL},
		{" 7 ", 0, 7, NULL},
		{"32b", -EINVAL, 0, UNIT},
		{"4kb", -EINVAL, 0, UNIT},
		{"4KiB", -EINVAL, 0, UNIT},
		{"1.5", -EINVAL, 0, FRACTION},
		{"-3", -EINVAL, 0, NEGATIVE},
		{"many", -EINVAL, 0, NO_NUMBER},
		{"", -EINVAL, 0, MISSING},
		{"3 4", -EINVAL, 0, BLANK},
		{"18446744073709551616", -ERANGE, 0, LARGE},
	};

	check_samples(units_parse_count, samples, COUNT_OF(samples));
}

TEST(times_in_seconds)
{
	static const struct sample samples[] = {
		{"0", 0, 0, NULL},
		{"30", 0, 30 * NS_PER_S, NULL},
		{"1.5", 0, 1500 * NS_PER_MS, NULL},
		{"5s", 0, 5 * NS_PER_S, NULL},
		{"5S", 0, 5 * NS_PER_S, NULL},
		{"5sec", 0, 5 * NS_PER_S, NULL},
		{"5secs", 0, 5 * NS_PER_S, NULL},
		{"1second", 0, NS_PER_S, NULL},
		{"5seconds", 0, 5 * NS_PER_S, NULL},
		{"2m", 0, 120 * NS_PER_S, NULL},
		{"1min", 0, 60 * NS_PER_S, NULL},
		{"3mins", 0, 180 * NS_PER_S, NULL},
		{"1minute", 0, 60 * NS_PER_S, NULL},
		{"2minutes", 0, 120 * NS_PER_S, NULL},
		{"1h", 0, 3600 * NS_PER_S, NULL},
		{"1hour", 0, 3600 * NS_PER_S, NULL},
		{"2hours", 0, 7200 * NS_PER_S, NULL},
		{"1d", 0, 86400 * NS_PER_S, NULL},
		{"0.5d", 0, 43200 * NS_PER_S, NULL},
		{"1day", 0, 86400 * NS_PER_S, NULL},
		{"2days", 0, 172800 * NS_PER_S, NULL},
		{"250ms", 0, 250 * NS_PER_MS, NULL},
		{"250msec", 0, 250 * NS_PER_MS, NULL},
		{"10us", 0, 10 * NS_PER_US, NULL},
		{"10usec", 0, 10 * NS_PER_US, NULL},
		{"0.1us", 0, 100, NULL},
		{"7ns", 0, 7, NULL},
		{"7nsec", 0, 7, NULL},
		{"0.000000001", 0, 1, NULL},
		{"1.5s", 0, 1500 * NS_PER_MS, NULL},
		{" 5s ", 0, 5 * NS_PER_S, NULL},
		{"18446744073", 0, 18446744073 * NS_PER_S, NULL},
		{"5 s", -EINVAL, 0, BLANK},
		{"5x", -EINVAL, 0, UNIT},
		{"5k", -EINVAL, 0, UNIT},
		{"5seco", -EINVAL, 0, UNIT},
		{"1m30s", -EINVAL, 0, UNIT},
		{"1:30", -EINVAL, 0, UNIT},
		{"1e3", -EINVAL, 0, UNIT},
		{"0.5ns", -EINVAL, 0, FRACTION},
		{"-1s", -EINVAL, 0, NEGATIVE},
		{"s", -EINVAL, 0, NO_NUMBER},
		{"", -EINVAL, 0, MISSING},
		{"18446744074", -ERANGE, 0, LARGE},
		{"1000000d", -ERANGE, 0, LARGE},
		{"1000000000000000000000ns", -ERANGE, 0, LARGE},
	};

	check_samples(parse_seconds, samples, COUNT_OF(samples));
}

TEST(times_in_microseconds)
{
	static const struct sample samples[] = {
		{"100", 0, 100 * NS_PER_US, NULL},
		{"0.5", 0, 500, NULL},
		{"100us", 0, 100 * NS_PER_US, NULL},
		{"2s", 0, 2 * NS_PER_S, NULL},
	};

	check_samples(parse_microseconds, samples, COUNT_OF(samples));
}

TEST(extents)
{
	static const struct {
		const char *text;
		int error;
		bool is_percent;
		uint64_t bytes;
		double percent;
		const char *problem;
	} samples[] = {
		{"4k", 0, false, 4096, 0, NULL},
		{"1.5g", 0, false, 1610612736, 0, NULL},
		{"80%", 0, true, 0, 80, NULL},
		{" 0% ", 0, true, 0, 0, NULL},
		{"100%", 0, true, 0, 100, NULL},
		{"12.5%", 0, true, 0, 12.5, NULL},
		{"3z", 0, false, 3, 0, NULL},
		{" 0z ", 0, false, 0, 0, NULL},
		{"4294967296z", -ERANGE, false, 0, 0, LARGE},
		{"99999999999999999999z", -ERANGE, false, 0, 0, LARGE},
		{"z", -EINVAL, false, 0, 0, "not a count of zones"},
		{"1.5z", -EINVAL, false, 0, 0, "not a count of zones"},
		{"-1z", -EINVAL, false, 0, 0, "not a count of zones"},
		{"2kz", -EINVAL, false, 0, 0, "not a count of zones"},
		{"3Z", -EINVAL, false, 0, 0, UNIT},
		{"100.1%", -ERANGE, false, 0, 0, "more than 100%"},
		{"101%", -ERANGE, false, 0, 0, "more than 100%"},
		{"99999999999999999999%", -ERANGE, false, 0, 0, LARGE},
		{"%", -EINVAL, false, 0, 0, NO_NUMBER},
		{"-1%", -EINVAL, false, 0, 0, NEGATIVE},
		{"80 %", -EINVAL, false, 0, 0, "not a percentage"},
		{"80%%", -EINVAL, false, 0, 0, "not a percentage"},
		{"4k%", -EINVAL, false, 0, 0, "not a percentage"},
		{"80%k", -EINVAL, false, 0, 0, UNIT},
		{"", -EINVAL, false, 0, 0, MISSING},
	};

	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		struct extent extent = {.bytes = 0xdead};
		const char *problem = NULL;
		int rc = units_parse_extent(samples[i].text, &extent, &problem);

		if (rc != samples[i].error)
			fail_msg("'%s': %d", samples[i].text, rc);
		assert_int_equal(extent.is_set, rc == 0);
		assert_int_equal(extent.is_percent, samples[i].is_percent);
		assert_int_equal(extent.is_zones, rc == 0 && strchr(samples[i].text, 'z') != NULL);
		assert_int_equal(extent.bytes, rc == 0 ? samples[i].bytes : 0xdead);
		assert_true(extent.percent == samples[i].percent);
		if (rc < 0)
			assert_string_equal(problem, samples[i].problem);
	}
}

TEST(doubles)
{
	static const struct {
		const char *text;
		int error;
		double value;
		const char *problem;
	} samples[] = {
		{"0.99", 0, 0.99, NULL},
		{"1e3", 0, 1000, NULL},
		{"1e30", 0, 1e30, NULL},
		{"-2.5", 0, -2.5, NULL},
		{"+2.5", 0, 2.5, NULL},
		{" 1.2 ", 0, 1.2, NULL},
		{".5", 0, 0.5, NULL},
		{"1E-3", 0, 0.001, NULL},
		{"", -EINVAL, 0, MISSING},
		{"  ", -EINVAL, 0, MISSING},
		{"inf", -EINVAL, 0, NO_NUMBER},
		{"nan", -EINVAL, 0, NO_NUMBER},
		{"0x1p3", -EINVAL, 0, NO_NUMBER},
		{"0.5k", -EINVAL, 0, NO_NUMBER},
		{"1.2.3", -EINVAL, 0, NO_NUMBER},
		{"1e", -EINVAL, 0, NO_NUMBER},
		{"1 2", -EINVAL, 0, NO_NUMBER},
		{"50%", -EINVAL, 0, NO_NUMBER},
		{"-", -EINVAL, 0, NO_NUMBER},
		{"1e999", -ERANGE, 0, LARGE},
		{"-1e999", -ERANGE, 0, LARGE},
	};

	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		const char *problem = NULL;
		double value = -1;
		int rc = units_parse_double(samples[i].text, &value, &problem);

		if (rc != samples[i].error || value != (rc == 0 ? samples[i].value : -1))
			fail_msg("'%s': %d, %g", samples[i].text, rc, value);
		if (rc < 0)
			assert_string_equal(problem, samples[i].problem);
	}
}

static uint64_t size_of(const char *text)
{
	uint64_t bytes;
	const char *problem;

	assert_int_equal(units_parse_size(text, &bytes, &problem), 0);
	return bytes;
}

/* fio's kb_base=1000. */
TEST(decimal_units_are_the_threads_choice)
{
	uint64_t count;
	const char *problem;

	assert_false(units_use_decimal(true));
	assert_int_equal(size_of("4k"), 4000);
	assert_int_equal(size_of("1Mb"), 1000000);
	assert_int_equal(size_of("1ki"), 1000);
	assert_int_equal(size_of("1KiB"), 1024);
	assert_int_equal(size_of("1.5g"), 1500000000);
	assert_int_equal(units_parse_count("2k", &count, &problem), 0);
	assert_int_equal(count, 2000);
	assert_true(units_use_decimal(false));
	assert_int_equal(size_of("4k"), 4096);
	assert_int_equal(size_of("1ki"), 1024);
}

TEST_MAIN(NULL, NULL);
