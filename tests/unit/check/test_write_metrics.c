/* SPDX-License-Identifier: MIT */
/* Figures for other programs. */
#include "check/check.h"
#include "test.h"

#include "check_report.h"

TEST(openmetrics_has_each_figure_once)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_openmetrics,
		"# TYPE ringside_read_iops_ratio gauge\n"
		"ringside_read_iops_ratio{job=\"night\",arm=\"rr\"} 1.84\n"
		"# TYPE ringside_syscalls_per_io gauge\n"
		"ringside_syscalls_per_io{job=\"night\",arm=\"ww\"} 0.5\n"
		"# TYPE ringside_read_lat_p99_ns gauge\n"
		"ringside_read_lat_p99_ns{job=\"night\",arm=\"ww\"} 8.3e+04\n"
		"# TYPE ringside_exit_code gauge\n"
		"ringside_exit_code{job=\"night\"} 1\n"
		"# EOF\n");
	check_free(&report);
}

TEST(github_action_benchmark_gets_what_is_better_when_bigger)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_gab,
		"[\n"
		"  {\n"
		"    \"name\": \"rr.read.iops\",\n"
		"    \"unit\": \"x\",\n"
		"    \"value\": 1.844,\n"
		"    \"range\": \"± 1.3%\",\n"
		"    \"extra\": \"relative, regression\"\n"
		"  },\n"
		"  {\n"
		"    \"name\": \"1 / ww.syscalls_per_io\",\n"
		"    \"unit\": \"1/1\",\n"
		"    \"value\": 2,\n"
		"    \"extra\": \"exact, improved\"\n"
		"  },\n"
		"  {\n"
		"    \"name\": \"1 / ww.read.lat.p99\",\n"
		"    \"unit\": \"1/ns\",\n"
		"    \"value\": 1.2051096649795132e-05,\n"
		"    \"extra\": \"asserted, pass\"\n"
		"  }\n"
		"]\n");
	check_free(&report);
}

TEST(bencher_gets_bounds_of_ratios)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_bencher,
		"{\n"
		"  \"rr\": {\n"
		"    \"read.iops.ratio\": {\n"
		"      \"value\": 1.844,\n"
		"      \"lower_value\": 1.818,\n"
		"      \"upper_value\": 1.8719999999999999\n"
		"    }\n"
		"  },\n"
		"  \"ww\": {\n"
		"    \"syscalls_per_io\": {\n"
		"      \"value\": 0.5\n"
		"    },\n"
		"    \"read.lat.p99\": {\n"
		"      \"value\": 82980\n"
		"    }\n"
		"  }\n"
		"}\n");
	check_free(&report);
}

TEST(openmetrics_is_parsed_and_has_three_digits)
{
	struct check report;
	char *text;

	report_fill(&report);
	text = report_text(&report, check_write_openmetrics);
	report_python(
		"import re, sys\n"
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

	report_fill(&report);
	text = report_text(&report, check_write_gab);
	report_python(
		"import json, sys\n"
		"rows = json.load(open(sys.argv[1], errors=\"replace\"))\n"
		"assert all(isinstance(r[\"value\"], float) or isinstance(r[\"value\"], int) "
		"for r in rows)\n"
		"assert all(r[\"name\"] and r[\"unit\"] for r in rows)\n"
		"assert rows[1][\"value\"] == 741288 and rows[1][\"unit\"] == \"/s\", rows[1]\n",
		text);
	free(text);
	text = report_text(&report, check_write_bencher);
	report_python(
		"import json, sys\n"
		"benches = json.load(open(sys.argv[1], errors=\"replace\"))\n"
		"measure = benches[\"pass\"][\"read.iops\"]\n"
		"assert measure[\"lower_value\"] < measure[\"value\"] < measure[\"upper_value\"]\n"
		"assert benches[\"counts\"][\"syscalls_per_io\"] == {\"value\": 1}\n",
		text);
	free(text);
	check_free(&report);
}

/* Bounds of a change are bounds of the figure only where the change is a share of it. */
TEST(bencher_gets_no_bounds_of_differences)
{
	struct check report;

	check_init(&report);
	report_add(&report, "a", OUTCOME_PASS)->metric = &trial_value_metrics[VALUE_PUNTS_PER_IO];
	report_is(&report, check_write_bencher,
		"{\n  \"a\": {\n    \"punts_per_io\": {\n      \"value\": 741288\n    }\n  }\n}\n");
	check_free(&report);
}

TEST(labels_are_escaped_as_openmetrics_wants_it)
{
	struct check report;

	check_init(&report);
	report.title = "a\\b\"c\nd";
	report_is(&report, check_write_openmetrics,
		"# TYPE ringside_exit_code gauge\n"
		"ringside_exit_code{job=\"a\\\\b\\\"c\\nd\"} 4\n# EOF\n");
	check_free(&report);
}

/* A family's sessions stand together; each figure once, though it is held against two things. */
TEST(a_figure_is_written_once)
{
	struct check report;

	check_init(&report);
	report.title = "t";
	report_add(&report, "a", OUTCOME_PASS);
	report_add(&report, "a", OUTCOME_PASS)->kind = GATE_RELATIVE;
	report_add(&report, "b", OUTCOME_PASS)->now = NAN;
	report_add(&report, "b", OUTCOME_PASS)->metric = &trial_value_metrics[VALUE_BANDWIDTH];
	report_add(&report, "a", OUTCOME_PASS)->kind = GATE_ASSERTED;
	report_add(&report, "c", OUTCOME_PASS);
	report_is(&report, check_write_openmetrics,
		"# TYPE ringside_read_iops_per_second gauge\n"
		"ringside_read_iops_per_second{job=\"t\",arm=\"a\"} 7.41e+05\n"
		"ringside_read_iops_per_second{job=\"t\",arm=\"c\"} 7.41e+05\n"
		"# TYPE ringside_read_iops_ratio gauge\n"
		"ringside_read_iops_ratio{job=\"t\",arm=\"a\"} 7.41e+05\n"
		"# TYPE ringside_bandwidth_bytes_per_second gauge\n"
		"ringside_bandwidth_bytes_per_second{job=\"t\",arm=\"b\"} 7.41e+05\n"
		"# TYPE ringside_exit_code gauge\n"
		"ringside_exit_code{job=\"t\"} 4\n# EOF\n");
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
