/* SPDX-License-Identifier: MIT */
/* Addresses of scrapes: what is one, and which are refused. */
#include "run/metrics_address.h"

#include <string.h>

#include "test.h"

static char said[1024];

/* What parsing it says; "" where it is taken. */
static const char *parse(const char *text, bool allows_any, struct metrics_address *address)
{
	FILE *stream = fmemopen(said, sizeof(said), "w");
	struct diag diag;
	int error;

	assert_non_null(stream);
	*said = '\0';
	diag_init(&diag, stream);
	error = metrics_address_parse(address, text, allows_any, &diag);
	fclose(stream);
	assert_int_equal(error != 0, diag.error_count > 0);
	return said;
}

static void expect_url(const char *text, bool allows_any, const char *expected)
{
	struct metrics_address address;
	char url[METRICS_URL_BYTES];

	assert_string_equal(parse(text, allows_any, &address), "");
	metrics_address_url(&address, url);
	assert_string_equal(url, expected);
}

TEST(ports_are_of_loopback)
{
	expect_url("9464", false, "http://127.0.0.1:9464/metrics");
	expect_url("0", false, "http://127.0.0.1:0/metrics");
	expect_url("65535", false, "http://127.0.0.1:65535/metrics");
	expect_url("127.0.0.1:80", false, "http://127.0.0.1:80/metrics");
	expect_url("127.3.2.1:80", false, "http://127.3.2.1:80/metrics");
	expect_url("[::1]:9464", false, "http://[::1]:9464/metrics");
	expect_url("unix:a/b:9", false, "unix:a/b:9");
}

TEST(other_addresses_are_allowed_by_name_only)
{
	const char *others[] = {"0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "128.0.0.1:1",
		"126.255.255.255:1", "[2001:db8::1]:9464", "[::ffff:127.0.0.1]:1"};
	struct metrics_address address;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_non_null(strstr(parse(others[i], false, &address),
			"the network could read the figures there"));
		assert_string_equal(parse(others[i], true, &address), "");
	}
	expect_url("0.0.0.0:9464", true, "http://0.0.0.0:9464/metrics");
}

TEST(what_is_no_address_is_refused)
{
	const char *none[] = {"", ":", ":1", "x", "65536", "-1", "+1", "1e3", " 1", "1 ", "123456",
		"localhost:1", "127.0.0.1", "127.0.0.1:", "127.1:1", "::1:1", "[::1]",
		"[::1]:", "[::1:1", "[]:1", "[:1", "unix", "http://127.0.0.1:1"};
	struct metrics_address address;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_non_null(strstr(
			parse(none[i], true, &address), "no address to be scraped at\nhint: "));
	assert_non_null(strstr(parse("unix:", false, &address), "no path"));
}

TEST(the_path_of_a_socket_has_a_longest)
{
	char text[128] = "unix:";
	struct metrics_address address;

	memset(text + 5, 'x', 108);
	assert_non_null(strstr(parse(text, false, &address), "at most 107 bytes"));
	text[5 + 107] = '\0';
	assert_string_equal(parse(text, false, &address), "");
}

TEST_MAIN(NULL, NULL);
