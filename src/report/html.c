/* SPDX-License-Identifier: MIT */
/* The file: its head, its policy, its documents, its scripts. */
#include "report/html.h"

#include <errno.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/stream.h"
#include "base/version.h"
#include "report/html_page.h"

enum { TEXT_COLUMNS = 100 }; /* of the text output in words */

bool html_is_available(const char **cure)
{
	*cure = "install node-d3 (tools/install-deps does), or name another place of d3.min.js "
		"with `make D3=PATH`, and build again";
	return html_page_d3[0] != '\0';
}

/* In an element or an attribute. */
static void put_escaped(const char *text, FILE *stream)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		case '&':
			fputs("&amp;", stream);
			break;
		case '"':
			fputs("&quot;", stream);
			break;
		default:
			fputc(*text, stream);
		}
	}
}

/* '<', '>' and '&' stand in strings only, as do U+2028 and U+2029 (E2 80 A8 and A9). */
static void put_json(const char *text, FILE *stream)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(stream, "\\u%04x", (unsigned)*text);
		else if (memcmp(text, "\xe2\x80\xa8", strnlen(text, 3)) == 0)
			text += fputs("\\u2028", stream) < 0 ? 0 : 2;
		else if (memcmp(text, "\xe2\x80\xa9", strnlen(text, 3)) == 0)
			text += fputs("\\u2029", stream) < 0 ? 0 : 2;
		else
			fputc(*text, stream);
	}
}

/* `bytes` of data as base64; malloc'd, caller frees. */
static char *base64_of(const uint8_t *data, size_t bytes)
{
	size_t length = BASE64_ENCODE_RAW_LENGTH(bytes);
	char *text = malloc(length + 1);

	if (!text)
		arena_exhausted();
	base64_encode_raw(text, bytes, data);
	text[length] = '\0';
	return text;
}

/* gzip in base64; malloc'd, caller frees. */
static char *packed(const char *text)
{
	enum { GZIP_WINDOW = 15 + 16, MEMORY = 9 }; /* zlib.h, deflateInit2 */
	size_t length = strlen(text);
	z_stream gzip = {.next_in = (Bytef *)text, .avail_in = (uInt)length};
	uint8_t *data;
	char *encoded;

	if (deflateInit2(&gzip, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		arena_exhausted();
	gzip.avail_out = (uInt)deflateBound(&gzip, length);
	data = malloc(gzip.avail_out);
	if (!data)
		arena_exhausted();
	gzip.next_out = data;
	/* The room is enough for all of it: it ends in one call. */
	(void)deflate(&gzip, Z_FINISH);
	encoded = base64_of(data, gzip.total_out);
	(void)deflateEnd(&gzip);
	free(data);
	return encoded;
}

static void put_words(const cJSON *words, FILE *stream)
{
	AUTO_FREE char *text = words ? json_print_line(words) : NULL;

	if (!text)
		return;
	fputs("<script type=\"application/json\" class=\"words\">", stream);
	put_json(text, stream);
	fputs("</script>\n", stream);
}

/* Within `limit` where that is possible: plain, packed, or shortened and packed. */
static void put_document(const struct html_document *document, size_t limit, FILE *stream)
{
	enum { HOPELESS = 16 }; /* no JSON of ours packs as well */
	AUTO_FREE char *plain = json_print_line(document->json);
	AUTO_FREE char *data = NULL;
	const char *schema = json_get_text(document->json, "schema");
	bool is_packed = strlen(plain) > HTML_PLAIN_LIMIT;
	bool is_long = strlen(plain) / HOPELESS > limit;

	if (is_packed && !is_long) {
		data = packed(plain);
		is_long = strlen(data) > limit;
	}
	if (is_long && html_shorten(document->json)) {
		free(plain);
		free(data);
		plain = json_print_line(document->json);
		data = NULL;
	}
	if (is_packed && !data)
		data = packed(plain);
	fprintf(stream, "<script type=\"%s\" class=\"document\" data-name=\"",
		is_packed ? "application/gzip" : "application/json");
	put_escaped(document->name ? document->name : schema ? schema : "document", stream);
	fputs("\">", stream);
	if (is_packed)
		fputs(data, stream);
	else
		put_json(plain, stream);
	fputs("</script>\n", stream);
	put_words(document->words, stream);
}

static void put_hash(const char *content, FILE *stream)
{
	struct sha256_ctx hash;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char *text;

	sha256_init(&hash);
	sha256_update(&hash, strlen(content), (const uint8_t *)content);
	sha256_digest(&hash, sizeof(digest), digest);
	text = base64_of(digest, sizeof(digest));
	fprintf(stream, "'sha256-%s'", text);
	free(text);
}

static void put_head(const char *title, FILE *stream)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "script-src ",
		stream);
	put_hash(html_page_d3, stream);
	fputc(' ', stream);
	put_hash(html_page_script, stream);
	fputs("; style-src ", stream);
	put_hash(html_page_style, stream);
	fputs("; img-src data: blob:; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n",
		stream);
	fprintf(stream, "<meta name=\"generator\" content=\"ringside %s\">\n<title>",
		version_number);
	put_escaped(title, stream);
	fprintf(stream, "</title>\n<style>%s</style>\n</head>\n", html_page_style);
}

int html_write(const char *title, const struct html_document *documents, size_t count, FILE *stream)
{
	errno = 0;
	put_head(title, stream);
	fputs("<body>\n<noscript><p>This report is drawn by the script in it, and scripts are off "
	      "here. The figures stand in the file as JSON; <code>ringside report</code> shows "
	      "the same as text.</p></noscript>\n<main id=\"report\"></main>\n",
		stream);
	for (size_t i = 0; i < count; i++)
		put_document(&documents[i], HTML_DATA_LIMIT / count, stream);
	fprintf(stream, "<script>%s</script>\n<script>%s</script>\n</body>\n</html>\n",
		html_page_d3, html_page_script);
	return stream_finish(stream);
}

int html_write_kind(
	const struct document_kind *kind, const void *structure, cJSON *words, FILE *stream)
{
	struct html_document document = {.json = document_make(kind, structure), .words = words};
	struct arena arena = {0};
	int error =
		html_write(arena_printf(&arena, "ringside: %s", kind->noun), &document, 1, stream);

	cJSON_Delete(document.json);
	cJSON_Delete(words);
	arena_free(&arena);
	return error;
}

void html_add_output(cJSON *words, html_text_writer *write, const void *structure)
{
	const struct page_options options = {.is_utf8 = true, .columns = TEXT_COLUMNS};
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream || write(structure, &options, stream) != 0 || fclose(stream) != 0)
		arena_exhausted();
	json_add_text(words, "text", text);
	free(text);
}

void html_add_texts(cJSON *words, const char *key, const char *const *texts)
{
	cJSON *list = json_add_array(words, key);

	for (; *texts; texts++)
		json_add_text(list, NULL, *texts);
}
