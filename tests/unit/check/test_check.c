/* SPDX-License-Identifier: MIT */
/* covers: src/check/write_text.c src/check/write_json.c */
/* covers: src/check/write_junit.c src/check/write_markdown.c src/check/write_github.c */
/* covers: src/check/write_metrics.c src/check/escape.c src/check/check_schema.c */
/* Reports as other programs read them: validated, parsed, and escaped exactly. */
#include "check/check.h"
#include "test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "check/escape.h"
#include "check/words.h"
#include "check_rig.h"

#define NASTY "a&b<c>\"d\",:%\n\x01|\xff"

static char *written(const struct check *report, int (*write)(const struct check *, FILE *))
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(write(report, stream), 0);
	fclose(stream);
	return text;
}

static struct check_gate *add(struct check *report, const char *name, enum outcome outcome)
{
	struct check_gate *gate = check_add_gate(report);

	gate->arm = name;
	gate->metric = &trial_value_metrics[VALUE_READ_IOPS];
	gate->name = arena_printf(&report->arena, "%s.%s", name, gate->metric->name);
	gate->kind = GATE_ABSOLUTE;
	gate->outcome = outcome;
	gate->threshold = 0.05;
	gate->before = 804000;
	gate->now = 741288;
	gate->change = -0.078;
	gate->change_lo = -0.091;
	gate->change_hi = -0.064;
	gate->p_worse = 0.0001;
	gate->smallest_loss = 0.031;
	gate->before_count = 5;
	gate->now_count = 12;
	return gate;
}

static void fill(struct check *report)
{
	const struct outcome_policy policy = {0};
	const struct rig_arm arms[] = {{"rr", 100000, 0.01}};
	struct random random;
	struct check_gate *gate;

	random_init(&random, 1);
	check_init(report);
	report->title = "night" NASTY;
	report->baseline = "b" NASTY ".json";
	report->session_count = 5;
	report->host = "ci&7";
	report->elapsed_s = 70;
	report->today = rig_sample(&report->arena, 1, arms, 1, 7, &random);
	report->today->environment.soft.items[0].value = NASTY;
	add(report, "rr" NASTY, OUTCOME_FAIL);
	add(report, "pass", OUTCOME_PASS);
	add(report, "unsure", OUTCOME_INCONCLUSIVE)->reason = "losses are seen from 9 % on only";
	gate = add(report, "limit", OUTCOME_FAIL);
	gate->kind = GATE_ASSERTED;
	gate->metric = &trial_value_metrics[VALUE_READ_P99];
	gate->relation = GATE_AT_MOST;
	gate->limit = 200000;
	gate->before = gate->change = NAN;
	gate = add(report, "counts", OUTCOME_PASS);
	gate->kind = GATE_EXACT;
	gate->metric = &trial_value_metrics[VALUE_SYSCALLS_PER_IO];
	gate->before = gate->now = 1;
	gate->change = 0;
	gate->smallest_loss = gate->change_lo = gate->change_hi = NAN;
	add(report, "skipped", OUTCOME_SKIPPED)->now = NAN;
	gate = add(report, "broken", OUTCOME_ERROR);
	gate->name = gate->arm; /* the job as a whole */
	gate->reason = "EIO";
	check_note(report, "a note, %d %%", 5);
	check_conclude(report, &policy);
}

/* Runs a Python script with the text in the file it is given. */
static void python(const char *script, const char *text)
{
	char path[] = "/tmp/ringside-check-XXXXXX", *command = NULL;
	int descriptor = mkstemp(path);
	int status;

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
	close(descriptor);
	assert_true(asprintf(&command, "/usr/bin/python3 -c '%s' %s", script, path) > 0);
	status = system(command);
	free(command);
	unlink(path);
	assert_int_equal(status, 0);
}

TEST(the_json_document_keeps_its_schema)
{
	struct check report;
	char *document, *both = NULL;

	fill(&report);
	document = written(&report, check_write_json);
	assert_true(asprintf(&both, "[%s,%s]", check_schema(), document) > 0);
	python("import json, jsonschema, sys\n"
	       "schema, document = json.load(open(sys.argv[1]))\n"
	       "jsonschema.Draft202012Validator.check_schema(schema)\n"
	       "jsonschema.Draft202012Validator(schema).validate(document)\n"
	       "assert document[\"verdict\"] == \"error\" and document[\"exit_code\"] == 5\n"
	       "assert len(document[\"gates\"]) == 7\n"
	       "assert document[\"gates\"][0][\"change\"] == -0.078\n"
	       "assert document[\"gates\"][3][\"relation\"] == \"<=\"\n",
		both);
	free(both);
	free(document);
	check_free(&report);
}

TEST(junit_is_xml_with_the_right_counts)
{
	struct check report;
	char *text;

	fill(&report);
	text = written(&report, check_write_junit);
	python("import sys, xml.etree.ElementTree as tree\n"
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

TEST(openmetrics_is_parsed_and_has_three_digits)
{
	struct check report;
	char *text;

	fill(&report);
	text = written(&report, check_write_openmetrics);
	python("import re, sys\n"
	       "lines = open(sys.argv[1], errors=\"replace\").read().split(\"\\n\")\n"
	       "assert lines[-2:] == [\"# EOF\", \"\"], lines[-2:]\n"
	       "family, seen = None, set()\n"
	       "label = \"[a-z]+=\\\"(?:[^\\\"\\\\\\\\\\n]|\\\\\\\\[\\\\\\\\n\\\"])*\\\"\"\n"
	       "for line in lines[:-2]:\n"
	       "    kind = re.fullmatch(r\"# TYPE ([a-z_0-9]+) gauge\", line)\n"
	       "    if kind:\n"
	       "        family = kind.group(1)\n"
	       "        assert family not in seen\n"
	       "        seen.add(family)\n"
	       "        continue\n"
	       "    sample = re.fullmatch(\"([a-z_0-9]+)[{]\" + label + \"(,\" + label + "
	       "\")*[}] ([-+.0-9e]+)\", line)\n"
	       "    assert sample and sample.group(1) == family, line\n"
	       "    digits = sample.group(3).split(\"e\")[0].replace(\".\", \"\").strip(\"-0\")\n"
	       "    assert len(digits) <= 3, line\n"
	       "assert \"ringside_read_iops_per_second\" in seen and "
	       "\"ringside_exit_code\" in seen\n",
		text);
	free(text);
	check_free(&report);
}

TEST(adapters_have_the_shape_that_their_readers_want)
{
	struct check report;
	char *text;

	fill(&report);
	text = written(&report, check_write_gab);
	python("import json, sys\n"
	       "rows = json.load(open(sys.argv[1], errors=\"replace\"))\n"
	       "assert all(isinstance(r[\"value\"], float) or isinstance(r[\"value\"], int) "
	       "for r in rows)\n"
	       "assert all(r[\"name\"] and r[\"unit\"] for r in rows)\n"
	       "assert rows[1][\"value\"] == 741288 and rows[1][\"unit\"] == \"/s\", rows[1]\n",
		text);
	free(text);
	text = written(&report, check_write_bencher);
	python("import json, sys\n"
	       "benches = json.load(open(sys.argv[1], errors=\"replace\"))\n"
	       "measure = benches[\"pass\"][\"read.iops\"]\n"
	       "assert measure[\"lower_value\"] < measure[\"value\"] < measure[\"upper_value\"]\n"
	       "assert benches[\"counts\"][\"syscalls_per_io\"] == {\"value\": 1}\n",
		text);
	free(text);
	check_free(&report);
}

TEST(text_and_markdown_tell_every_gate)
{
	struct check report;
	char *text;

	fill(&report);
	text = written(&report, check_write_text);
	assert_non_null(strstr(text, "-7.8 %"));
	assert_non_null(strstr(text, "[-9.1, -6.4]"));
	assert_non_null(strstr(text, "unsure.read.iops: losses are seen from 9 % on only"));
	assert_non_null(strstr(text, "error: 1 error, 2 regression, 1 inconclusive, 2 pass, "
				     "1 skipped"));
	assert_null(strchr(text, '\x01'));
	free(text);
	text = written(&report, check_write_markdown);
	/* Bad news first; a bar in a name does not end its cell. */
	assert_true(strstr(text, "| broken |") < strstr(text, "| pass.read.iops |"));
	assert_non_null(strstr(text, "\\|"));
	free(text);
	check_free(&report);
}

TEST(a_reason_of_many_gates_is_told_once)
{
	static const char *const names[] = {"a.x", "b.x", "c.x", "d.x", "e.x"};
	struct check report;
	char *text;

	check_init(&report);
	report.title = "many";
	for (int i = 0; i < 5; i++) {
		struct check_gate *gate = check_add_gate(&report);

		gate->name = names[i];
		gate->arm = "rr";
		gate->metric = &trial_value_metrics[VALUE_READ_IOPS];
		gate->outcome = OUTCOME_INCONCLUSIVE;
		gate->reason = "the session was disturbed";
	}
	text = written(&report, check_write_text);
	assert_non_null(strstr(text, "\n  notes     a.x, b.x, c.x and 2 more: the session "
				     "was disturbed\n"));
	assert_null(strstr(strstr(text, "was disturbed") + 1, "was disturbed"));
	free(text);
	check_free(&report);
}

TEST(long_markdown_is_cut_below_60_kib)
{
	struct check report;
	char *text;

	fill(&report);
	for (int i = 0; i < 2000; i++)
		add(&report, "a-rather-long-name-of-a-gate", OUTCOME_PASS);
	text = written(&report, check_write_markdown);
	assert_true(strlen(text) < 60 * 1024);
	assert_non_null(strstr(text, "rows omitted"));
	assert_non_null(strstr(text, "| broken |"));
	free(text);
	check_free(&report);
}

TEST(annotations_are_escaped_and_few)
{
	struct check report;
	char *text;
	size_t errors = 0;

	fill(&report);
	report.gate_count = 1;
	text = written(&report, check_write_annotations);
	assert_string_equal(text,
		"::error title=ringside regression::rra&b<c>\"d\",:%25%0A\x01|"
		"\xff.read.iops -7.8 %25 [-9.1, -6.4], limit -5 %25, sees 3.1 %25\n");
	free(text);
	for (int i = 0; i < 20; i++)
		add(&report, "slow", OUTCOME_FAIL);
	text = written(&report, check_write_annotations);
	for (const char *at = text; (at = strstr(at, "::error ")); at++)
		errors++;
	assert_int_equal(errors, 10);
	assert_non_null(strstr(text, "::and 12 more\n"));
	free(text);
	check_free(&report);
}

static void escape_to(
	char *into, size_t bytes, void (*escape)(FILE *, const char *), const char *text)
{
	FILE *stream = fmemopen(into, bytes, "w");

	escape(stream, text);
	fclose(stream);
}

TEST(escaping_is_exact)
{
	char text[256];

	escape_to(text, sizeof(text), escape_github_property, "50%, a:b\r\nc");
	assert_string_equal(text, "50%25%2C a%3Ab%0D%0Ac");
	escape_to(text, sizeof(text), escape_github_data, "50%, a:b\r\nc");
	assert_string_equal(text, "50%25, a:b%0D%0Ac");
	escape_to(text, sizeof(text), escape_openmetrics, "a\\b\"c\nd");
	assert_string_equal(text, "a\\\\b\\\"c\\nd");
	escape_to(text, sizeof(text), escape_xml, "<a b=\"c\">&\t\n\x02\xc3\xa9\xc3\xef\xbf\xbf");
	assert_string_equal(text, "&lt;a b=&quot;c&quot;&gt;&amp;&#9;&#10;\xef\xbf\xbd\xc3\xa9"
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
		escape_to(text, sizeof(text), escape_xml, cases[i].text);
		if (strcmp(text, expected) != 0)
			fail_msg("case %zu: %s", i, text);
	}
}

TEST(policies_change_the_exit_code)
{
	const struct outcome_policy passes = {.inconclusive = INCONCLUSIVE_PASSES};
	const struct outcome_policy fails = {.inconclusive = INCONCLUSIVE_FAILS};
	const struct outcome_policy strict = {.improved_fails = true};
	const struct outcome_policy usual = {0};
	struct check report;
	char *text;

	check_init(&report);
	report.title = "policies";
	check_conclude(&report, &usual);
	assert_int_equal(report.exit_code, EXIT_INCOMPARABLE);
	add(&report, "a", OUTCOME_INCONCLUSIVE);
	check_conclude(&report, &usual);
	assert_int_equal(report.exit_code, EXIT_INCONCLUSIVE);
	check_conclude(&report, &passes);
	assert_int_equal(report.exit_code, EXIT_DONE);
	assert_string_equal(check_verdict(&report), "inconclusive");
	assert_string_equal(words_counts(&report, &report.arena),
		"1 inconclusive; exit code 0 by --inconclusive=pass");
	assert_false(check_gate_fails(&report, &report.gates[0]));
	check_conclude(&report, &fails);
	assert_int_equal(report.exit_code, EXIT_REGRESSION);
	assert_string_equal(check_verdict(&report), "inconclusive");
	assert_string_equal(words_counts(&report, &report.arena),
		"1 inconclusive; exit code 1 by --inconclusive=fail");
	assert_true(check_gate_fails(&report, &report.gates[0]));
	text = written(&report, check_write_junit);
	assert_non_null(strstr(text, "failures=\"1\" errors=\"0\" skipped=\"0\""));
	assert_non_null(strstr(text, "<failure type=\"inconclusive\""));
	free(text);
	text = written(&report, check_write_annotations);
	assert_non_null(strstr(text, "::error title=ringside inconclusive::"));
	assert_null(strstr(text, "::warning"));
	free(text);
	report.gates[0].outcome = OUTCOME_IMPROVED;
	check_conclude(&report, &usual);
	assert_string_equal(check_verdict(&report), "improved");
	assert_int_equal(report.note_count, 0);
	report.can_be_updated = true;
	check_conclude(&report, &usual);
	assert_int_equal(report.note_count, 1);
	assert_non_null(strstr(report.notes[0], "baseline update"));
	/* Not where other gates leave the session in doubt. */
	add(&report, "b", OUTCOME_INCONCLUSIVE);
	check_conclude(&report, &usual);
	assert_int_equal(report.note_count, 1);
	report.gate_count = 1;
	check_conclude(&report, &strict);
	assert_int_equal(report.exit_code, EXIT_REGRESSION);
	assert_string_equal(check_verdict(&report), "improved");
	assert_string_equal(
		words_counts(&report, &report.arena), "1 improved; exit code 1 by --improved=fail");
	text = written(&report, check_write_markdown);
	assert_non_null(strstr(text, "❌ improved"));
	free(text);
	report.exit_code = 130;
	assert_string_equal(check_verdict(&report), "interrupted");
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
