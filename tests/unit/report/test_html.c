/* SPDX-License-Identifier: MIT */
/* The HTML report: what stands in it, how it is escaped, what its policy allows. */
/* covers: src/report/html_page.c */
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "report/html.h"
#include "report/html_page.h"
#include "test.h"

/* The page of one document, from its JSON; malloc'd, caller frees. */
static char *page_of(const char *title, const char *name, const char *json)
{
	size_t problem, bytes = 0;
	struct html_document document = {name, json_parse(json, strlen(json), &problem), NULL};
	char *text = NULL;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(document.json);
	assert_int_equal(html_write(title, &document, 1, stream), 0);
	fclose(stream);
	cJSON_Delete(document.json);
	return text;
}

/* What stands between two marks, malloc'd; NULL: nothing does. */
static char *between(const char *text, const char *start, const char *end)
{
	const char *from = strstr(text, start);
	const char *to = from ? strstr(from + strlen(start), end) : NULL;

	return to ? strndup(from + strlen(start), (size_t)(to - from) - strlen(start)) : NULL;
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

static cJSON *parsed(const char *text)
{
	size_t problem;
	cJSON *json = json_parse(text, strlen(text), &problem);

	assert_non_null(json);
	return json;
}

TEST(words_stand_behind_their_document_and_are_escaped)
{
	const char *const texts[] = {"faster</script>", "second", NULL};
	struct html_document document = {
		"one", parsed("{\"schema\":\"ringside-curve/1\"}"), json_object()};
	char *text = NULL, *words;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	cJSON *json;

	html_add_texts(document.words, "found", texts);
	assert_int_equal(html_write("t", &document, 1, stream), 0);
	fclose(stream);
	words = between(
		text, "</script>\n<script type=\"application/json\" class=\"words\">", "</script>");
	assert_non_null(words);
	json = parsed(words);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "found")), 2);
	assert_string_equal(
		cJSON_GetArrayItem(cJSON_GetObjectItem(json, "found"), 0)->valuestring, texts[0]);
	cJSON_Delete(json);
	cJSON_Delete(document.json);
	cJSON_Delete(document.words);
	free(words);
	free(text);
}

TEST(no_text_of_a_document_ends_its_element)
{
	const char *json = "{\"schema\":\"ringside-result/1\",\"name\":"
			   "\"</script><img onerror=x><!-- ]]> & \xe2\x80\xa8\xe2\x80\xa9\"}";
	char *plain = page_of("t", "n", "{}");
	char *page = page_of("t", "n", json);
	char *data = between(page, "class=\"document\" data-name=\"n\">", "</script>");
	cJSON *read = parsed(data);

	assert_int_equal(count_of(page, "</script"), count_of(plain, "</script"));
	assert_int_equal(count_of(page, "<!--"), count_of(plain, "<!--"));
	assert_null(strpbrk(data, "<>&"));
	assert_null(strstr(data, "\xe2\x80\xa8"));
	assert_null(strstr(data, "\xe2\x80\xa9"));
	assert_string_equal(json_get_text(read, "name"),
		"</script><img onerror=x><!-- ]]> & \xe2\x80\xa8\xe2\x80\xa9");
	cJSON_Delete(read);
	free(data);
	free(page);
	free(plain);
}

TEST(title_and_name_are_escaped)
{
	char *page = page_of("</title><b>&", "\"><i>", "{}");
	char *title = between(page, "<title>", "</title>");

	assert_string_equal(title, "&lt;/title&gt;&lt;b&gt;&amp;");
	assert_non_null(strstr(page, "data-name=\"&quot;&gt;&lt;i&gt;\""));
	free(title);
	free(page);
}

/* The hash in the policy of what the element has, which browsers make of its text. */
static void assert_hashed(const char *policy, const char *content)
{
	struct sha256_ctx hash;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = {0};

	assert_non_null(content);
	sha256_init(&hash);
	sha256_update(&hash, strlen(content), (const uint8_t *)content);
	sha256_digest(&hash, sizeof(digest), digest);
	base64_encode_raw(text, sizeof(digest), digest);
	assert_non_null(strstr(policy, text));
}

TEST(the_policy_allows_what_stands_in_the_file_and_nothing_else)
{
	char *page = page_of("t", "n", "{}");
	char *policy = between(page, "Content-Security-Policy\" content=\"", "\"");
	char *style = between(page, "<style>", "</style>");
	char *d3 = between(page, "<script>", "</script>");
	char *script = between(strstr(page, d3) + strlen(d3), "<script>", "</script>");

	assert_int_equal(strncmp(policy, "default-src 'none';", 19), 0);
	assert_null(strstr(policy, "unsafe"));
	assert_null(strstr(policy, "http"));
	assert_hashed(policy, style);
	assert_hashed(policy, d3);
	assert_hashed(policy, script);
	assert_string_equal(script, html_page_script);
	assert_int_equal(count_of(page, "<script"), 3);
	free(policy);
	free(style);
	free(d3);
	free(script);
	free(page);
}

TEST(scripts_do_not_end_their_element_themselves)
{
	const char *const texts[] = {html_page_d3, html_page_script};

	for (size_t i = 0; i < 2; i++) {
		assert_null(strstr(texts[i], "</script"));
		assert_null(strstr(texts[i], "<!--"));
	}
	assert_null(strstr(html_page_style, "</style"));
}

/* malloc'd: what is in the page's packed document. */
static char *unpacked(const char *page)
{
	char *text = between(
		page, "type=\"application/gzip\" class=\"document\" data-name=\"n\">", "</script>");
	size_t room = (size_t)1 << 24, bytes;
	char *plain = calloc(1, room);
	struct base64_decode_ctx base64;
	z_stream gzip = {0};
	uint8_t *data;

	assert_non_null(text);
	bytes = BASE64_DECODE_LENGTH(strlen(text));
	data = malloc(bytes);
	base64_decode_init(&base64);
	assert_true(base64_decode_update(&base64, &bytes, data, strlen(text), text));
	assert_int_equal(inflateInit2(&gzip, 15 + 16), Z_OK);
	gzip.next_in = data;
	gzip.avail_in = (uInt)bytes;
	gzip.next_out = (Bytef *)plain;
	gzip.avail_out = (uInt)room - 1;
	assert_int_equal(inflate(&gzip, Z_FINISH), Z_STREAM_END);
	inflateEnd(&gzip);
	free(data);
	free(text);
	return plain;
}

TEST(large_documents_are_packed)
{
	size_t bytes = 0;
	char *json = NULL;
	FILE *stream = open_memstream(&json, &bytes);
	char *page, *plain;

	fputs("{\"schema\":\"x\",\"values\":[0", stream);
	for (unsigned i = 1; i < HTML_PLAIN_LIMIT; i++)
		fprintf(stream, ",%u", i);
	fputs("]}\n", stream);
	fclose(stream);
	page = page_of("t", "n", json);
	plain = unpacked(page);
	assert_string_equal(plain, json);
	free(plain);
	free(page);
	free(json);
}

/* An hour of eight jobs at 1 s, of numbers that pack badly: 2,000 intervals each, as many as a
 * series has. */
static char *long_result(void)
{
	size_t bytes = 0;
	char *json = NULL;
	FILE *stream = open_memstream(&json, &bytes);
	uint64_t random = 88172645463325252u;

	fputs("{\"schema\":\"ringside-result/1\",\"jobs\":[", stream);
	for (int job = 0; job < 8; job++) {
		fprintf(stream, "%s{\"series\":{\"interval_ns\":1,\"longest_gap\":null,",
			job ? "," : "");
		fputs("\"intervals\":[", stream);
		for (int i = 0; i < 2000; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			fprintf(stream, "%s{\"duration_ns\":2000000000,\"in_flight\":16,\"read\":{",
				i ? "," : "");
			fprintf(stream, "\"ios\":%u,\"bytes\":%u,\"errors\":0,\"lat_ns\":{",
				(unsigned)(random % 100000), (unsigned)(random % 100000) * 4096);
			fprintf(stream, "\"min\":%u,\"max\":%u,\"p50\":%u,\"p99\":%u,\"p99_9\":%u,",
				(unsigned)(random >> 50), (unsigned)(random >> 35),
				(unsigned)(random >> 20) % 4096 * 128,
				(unsigned)(random >> 9) % 4096 * 1024,
				(unsigned)random % 4096 * 2048);
			fputs("\"sum_of_squares\":12345678901234567890,\"counts\":[", stream);
			for (unsigned k = 0; k < 48; k++)
				fprintf(stream, "%s[%u,%u]", k ? "," : "",
					1000 + k * 37 + (unsigned)(random >> k) % 37,
					1 + (unsigned)(random >> k) % 200);
			fputs("]}}}", stream);
		}
		fputs("]}}", stream);
	}
	fputs("]}", stream);
	fclose(stream);
	return json;
}

TEST(an_hour_of_eight_jobs_stays_below_2_mb)
{
	char *json = long_result();
	char *page = page_of("t", "n", json);
	char *plain = unpacked(page);

	assert_true(strlen(json) > (size_t)8 << 20);
	assert_true(strlen(page) < 2000000);
	assert_int_equal(count_of(plain, "\"series\":null"), 8);
	assert_int_equal(count_of(plain, "\"map_step\":9"), 8);
	free(plain);
	free(page);
	free(json);
}

TEST(a_page_that_has_no_d3_says_how_to_have_it)
{
	const char *cure = NULL;

	assert_int_equal(html_is_available(&cure), html_page_d3[0] != '\0');
	assert_non_null(strstr(cure, "node-d3"));
}

TEST_MAIN(NULL, NULL);
