/* SPDX-License-Identifier: MIT */
/*
 * The report as JUnit's XML, for the test reports of GitLab and Jenkins. They know no third state,
 * so what could not be judged is a skipped test with its reason.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/stream.h"
#include "check/check.h"
#include "check/check_text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static const char failure_element[] = "failure";
static const char error_element[] = "error";
static const char skipped_element[] = "skipped";

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

/*
 * XML 1.0 text or attribute (in double quotes): & < > " are entities; newline, tab and CR are
 * references, so that attributes keep them; control characters, which XML cannot express at all,
 * and bytes that are not UTF-8 become U+FFFD.
 */
static void print_xml(FILE *stream, const char *text)
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

static void print_attribute(FILE *stream, const char *name, const char *value)
{
	fprintf(stream, " %s=\"", name);
	print_xml(stream, value);
	fputc('"', stream);
}

static void print_time(FILE *stream, double seconds)
{
	fprintf(stream, " time=\"%.3f\"", isfinite(seconds) ? seconds : 0);
}

static void print_property(FILE *stream, const char *name, const char *value)
{
	if (!value)
		return;
	fputs("      <property", stream);
	print_attribute(stream, "name", name);
	print_attribute(stream, "value", value);
	fputs("/>\n", stream);
}

static void print_settings(FILE *stream, const struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++)
		print_property(stream, settings->items[i].key, settings->items[i].value);
}

static void print_properties(const struct check *report, FILE *stream)
{
	fputs("    <properties>\n", stream);
	print_property(stream, "verdict", check_verdict(report));
	print_property(stream, "baseline", report->baseline);
	if (report->today) {
		print_property(stream, "tool", report->today->tool);
		print_property(stream, "commit", report->today->commit);
		print_settings(stream, &report->today->environment.hard);
		print_settings(stream, &report->today->environment.soft);
	}
	fputs("    </properties>\n", stream);
}

static void print_failure(FILE *stream, const char *element, const struct check *report,
	const struct check_gate *gate)
{
	struct arena arena = {0};
	const char *changes =
		check_text_changes("changed since the baseline", &report->soft, &arena);

	fprintf(stream, "      <%s", element);
	print_attribute(stream, "type", outcome_name(gate->outcome));
	print_attribute(stream, "message", check_text_sentence(gate, &arena));
	fputc('>', stream);
	print_xml(stream, arena_printf(&arena, "before %s, now %s, limit %s, sees %s%s%s",
				  check_text_level(gate, gate->before, &arena),
				  check_text_level(gate, gate->now, &arena),
				  check_text_limit(gate, &arena), check_text_smallest(gate, &arena),
				  changes ? "; " : "", changes ? changes : ""));
	fprintf(stream, "</%s>\n", element);
	arena_free(&arena);
}

static void print_skipped(FILE *stream, const struct check_gate *gate)
{
	struct arena arena = {0};

	fputs("      <skipped", stream);
	print_attribute(stream, "message",
		arena_printf(&arena, "%s: %s", outcome_name(gate->outcome),
			check_text_sentence(gate, &arena)));
	fputs("/>\n", stream);
	arena_free(&arena);
}

/* The element within a test that did not just pass; NULL: it passed. */
static const char *element_of(const struct check *report, const struct check_gate *gate)
{
	if (check_gate_fails(report, gate))
		return failure_element;
	switch (gate->outcome) {
	case OUTCOME_PASS:
	case OUTCOME_IMPROVED:
		return NULL;
	case OUTCOME_ERROR:
		return error_element;
	default:
		return skipped_element;
	}
}

static void print_case(const struct check *report, const struct check_gate *gate, FILE *stream)
{
	struct arena arena = {0};
	const char *limit = check_text_limit(gate, &arena);
	const char *element = element_of(report, gate);

	fputs("    <testcase", stream);
	print_attribute(stream, "classname",
		arena_printf(&arena, "ringside.%s.%s", report->title, gate->contender));
	print_attribute(stream, "name",
		arena_printf(&arena, "%s%s (%s)%s%s", gate->metric->name,
			gate->is_anchor ? " (anchor)" : "", outcome_gate_kind_name(gate->kind),
			*limit ? " " : "", limit));
	/* All gates share the trials. Readers add up what cases took: each has its share. */
	print_time(stream, report->elapsed_s / (double)report->gate_count);
	arena_free(&arena);
	fputs(element ? ">\n" : "/>\n", stream);
	if (!element)
		return;
	if (strcmp(element, skipped_element) == 0)
		print_skipped(stream, gate);
	else
		print_failure(stream, element, report, gate);
	fputs("    </testcase>\n", stream);
}

static size_t count_elements(const struct check *report, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < report->gate_count; i++) {
		const char *element = element_of(report, &report->gates[i]);

		count += element && strcmp(element, name) == 0;
	}
	return count;
}

/* Both levels of elements have the counts. */
static void print_counts(const struct check *report, FILE *stream)
{
	fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", report->gate_count,
		count_elements(report, failure_element), count_elements(report, error_element));
}

/* Readers show it as the suite's output: what disturbed trials, which facts differ. */
static void print_notes(const struct check *report, FILE *stream)
{
	struct arena arena = {0};
	const char *changes = check_text_changes("another machine", &report->hard, &arena);

	fputs("    <system-out>", stream);
	if (changes)
		print_xml(stream, arena_printf(&arena, "%s\n", changes));
	for (size_t i = 0; i < report->note_count; i++)
		print_xml(stream, arena_printf(&arena, "%s\n", report->notes[i]));
	fputs("</system-out>\n", stream);
	arena_free(&arena);
}

int check_write_junit(const struct check *report, FILE *stream)
{
	errno = 0;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", stream);
	print_attribute(stream, "name", "ringside");
	print_counts(report, stream);
	print_time(stream, report->elapsed_s);
	fputs(">\n  <testsuite", stream);
	print_attribute(stream, "name", report->title);
	print_counts(report, stream);
	fprintf(stream, " skipped=\"%zu\"", count_elements(report, skipped_element));
	print_time(stream, report->elapsed_s);
	if (report->today)
		/* Schemas want a time without a zone: it is UTC. */
		fprintf(stream, " timestamp=\"%.19s\"", report->today->id);
	if (report->host)
		print_attribute(stream, "hostname", report->host);
	fputs(">\n", stream);
	print_properties(report, stream);
	for (size_t i = 0; i < report->gate_count; i++)
		print_case(report, &report->gates[i], stream);
	print_notes(report, stream);
	fputs("  </testsuite>\n</testsuites>\n", stream);
	return stream_finish(stream);
}
