/* SPDX-License-Identifier: MIT */
/* Reports of tests for GitLab and Jenkins. */
#include "check/check.h"
#include "test.h"

#include "check_report.h"

TEST(a_gate_is_a_test)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_junit,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"ringside\" tests=\"4\" failures=\"1\" errors="
		"\"0\" time=\"0.000\">\n"
		"  <testsuite name=\"night\" tests=\"4\" failures=\"1\" errors=\"0"
		"\" skipped=\"1\" time=\"0.000\">\n"
		"    <properties>\n"
		"      <property name=\"verdict\" value=\"regression\"/>\n"
		"      <property name=\"baseline\" value=\"b.json\"/>\n"
		"    </properties>\n"
		"    <testcase classname=\"ringside.night.rr\" name=\"read.iop"
		"s (relative) -5 %\" time=\"0.000\">\n"
		"      <failure type=\"regression\" message=\"rr.read.iops -7."
		"8 % [-9.1, -6.4], limit -5 %, sees 3.1 %\">before 2.00×, no"
		"w 1.84×, limit -5 %, sees 3.1 %; changed since the baselin"
		"e: kernel 6.6 -&gt; (unknown)</failure>\n"
		"    </testcase>\n"
		"    <testcase classname=\"ringside.night.rr\" name=\"read.lat"
		".p99 (anchor) (absolute) +5 %\" time=\"0.000\">\n"
		"      <skipped message=\"inconclusive: rr.read.lat.p99 (anc"
		"hor) -7.8 % [-9.1, -6.4], limit +5 %, sees 3.1 %: too nois"
		"y\"/>\n"
		"    </testcase>\n"
		"    <testcase classname=\"ringside.night.ww\" name=\"syscalls"
		"_per_io (exact) +5 % or 0.02\" time=\"0.000\"/>\n"
		"    <testcase classname=\"ringside.night.ww\" name=\"read.lat"
		".p99 (asserted) &lt;= 200 µs\" time=\"0.000\"/>\n"
		"    <system-out>another machine: cpu_model Z80 -&gt; 6502 "
		"(allowed)&#10;a note&#10;</system-out>\n"
		"  </testsuite>\n"
		"</testsuites>\n");
	check_free(&report);
}

TEST(junit_is_xml_with_the_right_counts)
{
	struct check report;
	char *text;

	report_fill(&report);
	text = report_text(&report, check_write_junit);
	report_python("import sys, xml.etree.ElementTree as tree\n"
		      "suites = tree.parse(sys.argv[1]).getroot()\n"
		      "assert suites.tag == \"testsuites\"\n"
		      "suite = suites.find(\"testsuite\")\n"
		      "counts = {k: int(suite.get(k)) for k in "
		      "(\"tests\", \"failures\", \"errors\", \"skipped\")}\n"
		      "assert counts == dict(tests=7, failures=2, errors=1, skipped=2), counts\n"
		      "cases = suite.findall(\"testcase\")\n"
		      "assert len(cases) == 7\n"
		      "assert len(suite.findall(\".//failure\")) == 2\n"
		      "assert len(suite.findall(\".//error\")) == 1\n"
		      "assert len(suite.findall(\".//skipped\")) == 2\n"
		      "name = \"a&b<c>\\\"d\\\",:%\\n\\ufffd|\\ufffd\"\n"
		      "assert suite.get(\"name\") == \"night\" + name, repr(suite.get(\"name\"))\n"
		      "properties = {p.get(\"name\"): p.get(\"value\") for p in "
		      "suite.iter(\"property\")}\n"
		      "assert properties[\"kernel_release\"] == name\n"
		      "assert suite.get(\"timestamp\") == \"2023-11-14T23:13:20\"\n"
		      "assert suite.get(\"hostname\") == \"ci&7\"\n"
		      "assert suite.get(\"time\") == \"70.000\", suite.get(\"time\")\n"
		      "assert {c.get(\"time\") for c in cases} == {\"10.000\"}\n"
		      "failure = cases[0].find(\"failure\")\n"
		      "assert failure.get(\"type\") == \"regression\"\n"
		      "assert \"-7.8 %% [-9.1, -6.4], limit -5 %%\" .replace(\"%%\", chr(37)) in "
		      "failure.get(\"message\"), failure.get(\"message\")\n",
		text);
	free(text);
	check_free(&report);
}

/* The title as the document has it. */
static void title_in_xml(char *into, size_t bytes, const char *title)
{
	static const char before[] = "<testsuite name=\"";
	struct check report;
	char *text, *start;

	check_init(&report);
	report.title = title;
	text = report_text(&report, check_write_junit);
	start = strstr(text, before);
	assert_non_null(start);
	start += strlen(before);
	snprintf(into, bytes, "%.*s", (int)(strstr(start, "\" tests=") - start), start);
	free(text);
	check_free(&report);
}

/* Stored results that do not say how long they measured. */
TEST(an_unknown_time_is_none)
{
	struct check report;

	report_fill_small(&report);
	report.elapsed_s = NAN;
	report_has(&report, check_write_junit, "name=\"read.iops (relative) -5 %\" time=\"0.000\"");
	check_free(&report);
}

TEST(xml_is_escaped_exactly)
{
	char text[256];

	title_in_xml(text, sizeof(text), "<a b=\"c\">&\t\r\n\x02\xc3\xa9\xc3\xef\xbf\xbf");
	assert_string_equal(text, "&lt;a b=&quot;c&quot;&gt;&amp;&#9;&#13;&#10;\xef\xbf\xbd\xc3\xa9"
				  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

/* The first and last characters of each row of Unicode's table 3-7, and their neighbours. */
TEST(xml_takes_utf8_and_nothing_else)
{
	static const struct {
		const char *text;
		unsigned replaced; /* bytes that are no part of a character */
	} cases[] = {
		{"\x7f", 0},
		{"\x80", 1},
		{"\xc1\xbf", 2},
		{"\xc2\x80", 0},
		{"\xdf\xbf", 0},
		{"\xdf\xc0", 2},
		{"\xe0\x9f\xbf", 3},
		{"\xe0\xa0\x80", 0},
		{"\xed\x9f\xbf", 0},
		{"\xed\xa0\x80", 3}, /* a surrogate */
		{"\xef\xbf\xbd", 0},
		{"\xef\xbf\xbe", 3}, /* no character */
		{"\xf0\x8f\xbf\xbf", 4},
		{"\xf0\x90\x80\x80", 0},
		{"\xf4\x8f\xbf\xbf", 0},
		{"\xf4\x90\x80\x80", 4},
		{"\xf5\x80\x80\x80", 4},
		{"\xe2\x82", 2}, /* it ends within */
		{"\x1f", 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const char replacements[] =
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd";
		char expected[64], text[64];

		snprintf(expected, sizeof(expected), "%.*s%s", (int)(3 * cases[i].replaced),
			replacements, cases[i].replaced ? "" : cases[i].text);
		title_in_xml(text, sizeof(text), cases[i].text);
		if (strcmp(text, expected) != 0)
			fail_msg("case %zu: %s", i, text);
	}
}

TEST_MAIN(NULL, NULL);
