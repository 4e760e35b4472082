/* SPDX-License-Identifier: MIT */
/* Escaping. */
#include "check/escape.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Bytes of the UTF-8 character that XML allows at `text`; 0: none. Unicode 15, table 3-7. */
static size_t xml_character(const unsigned char *text)
{
	unsigned char lowest = 0x80, highest = 0xbf;
	size_t length;

	if (text[0] < 0x80)
		return text[0] >= ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r';
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (text[0] == 0xe0)
		lowest = 0xa0;
	else if (text[0] == 0xed)
		highest = 0x9f;
	else if (text[0] == 0xf0)
		lowest = 0x90;
	else if (text[0] == 0xf4)
		highest = 0x8f;
	if (text[1] < lowest || text[1] > highest)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	}
	/* U+FFFE and U+FFFF are no characters of XML. */
	if (text[0] == 0xef && text[1] == 0xbf && text[2] >= 0xbe)
		return 0;
	return length;
}

static const char *xml_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\n':
		return "&#10;";
	case '\t':
		return "&#9;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

void escape_xml(FILE *stream, const char *text)
{
	while (*text) {
		size_t length = xml_character((const unsigned char *)text);
		const char *entity = xml_entity(*text);

		if (length == 0)
			fputs(REPLACEMENT, stream);
		else if (entity)
			fputs(entity, stream);
		else
			fwrite(text, 1, length, stream);
		text += length ? length : 1;
	}
}

static void escape_percent(FILE *stream, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			fprintf(stream, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, stream);
	}
}

void escape_github_data(FILE *stream, const char *text)
{
	escape_percent(stream, text, "%\r\n");
}

void escape_github_property(FILE *stream, const char *text)
{
	escape_percent(stream, text, "%\r\n:,");
}

void escape_openmetrics(FILE *stream, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", stream);
		else if (*text == '\\' || *text == '"')
			fprintf(stream, "\\%c", *text);
		else
			fputc(*text, stream);
	}
}
