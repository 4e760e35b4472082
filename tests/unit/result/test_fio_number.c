/* SPDX-License-Identifier: MIT */
/* Numbers as fio 3.33 has printed them. */
#include "result/fio_number.h"
#include "test.h"

TEST(numbers_are_fios)
{
	static const struct {
		uint64_t value;
		int digits;
		enum fio_number_base base;
		const char *unit, *text;
	} samples[] = {
		{0, 4, FIO_NUMBER_DECIMAL, "", "0"},
		{49, 4, FIO_NUMBER_DECIMAL, "", "49"},
		{9999, 4, FIO_NUMBER_DECIMAL, "", "9999"},
		{10000, 4, FIO_NUMBER_DECIMAL, "", "10.0k"},
		{12400, 4, FIO_NUMBER_DECIMAL, "", "12.4k"},
		{68266, 4, FIO_NUMBER_DECIMAL, "", "68.3k"},
		{256000, 4, FIO_NUMBER_DECIMAL, "", "256k"},
		{256500, 4, FIO_NUMBER_DECIMAL, "", "257k"},
		{256499, 4, FIO_NUMBER_DECIMAL, "", "256k"},
		{1234567, 4, FIO_NUMBER_DECIMAL, "", "1235k"},
		{12345678, 4, FIO_NUMBER_DECIMAL, "", "12.3M"},
		{4096, 4, FIO_NUMBER_BINARY, "B", "4096B"},
		{8192, 4, FIO_NUMBER_BINARY, "B", "8192B"},
		{10240, 4, FIO_NUMBER_BINARY, "B", "10.0KiB"},
		{528 << 10, 4, FIO_NUMBER_BINARY, "B", "528KiB"},
		{1984 << 10, 4, FIO_NUMBER_BINARY, "B", "1984KiB"},
		{8192 << 10, 4, FIO_NUMBER_BINARY, "B", "8192KiB"},
		{50790400, 4, FIO_NUMBER_BINARY, "B/s", "48.4MiB/s"},
		{50790400, 4, FIO_NUMBER_DECIMAL, "B/s", "50.8MB/s"},
		{2031616, 4, FIO_NUMBER_DECIMAL, "B", "2032kB"},
		{204698, 4, FIO_NUMBER_BINARY, "B/s", "200KiB/s"},
		{204698, 4, FIO_NUMBER_DECIMAL, "B/s", "205kB/s"},
		{99990000, 4, FIO_NUMBER_DECIMAL, "", "100.0M"},
		{318, 6, FIO_NUMBER_DECIMAL, "", "318"},
		{1234567, 6, FIO_NUMBER_DECIMAL, "", "1234.6k"},
		{UINT64_MAX, 4, FIO_NUMBER_BINARY, "B", "16384PiB"},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		char text[FIO_NUMBER_BYTES];

		assert_string_equal(fio_number(text, samples[i].value, samples[i].digits,
					    samples[i].base, samples[i].unit),
			samples[i].text);
	}
}

TEST_MAIN(NULL, NULL);
