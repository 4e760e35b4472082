/* SPDX-License-Identifier: MIT */
/* covers: src/check/check_schema.c */
/* A report as a document, and the schema that it keeps. */
#include "check/check.h"
#include "test.h"

#include "check_report.h"

TEST(the_json_document_keeps_its_schema)
{
	struct check report;
	char *document, *both = NULL;

	report_fill(&report);
	document = report_text(&report, check_write_json);
	assert_true(asprintf(&both, "[%s,%s]", check_schema(), document) > 0);
	report_python("import json, jsonschema, sys\n"
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

/* All that the schema has, by name; what is not known is null. */
TEST(figures_stand_under_their_names)
{
	struct check report;
	char *text;

	report_fill_small(&report);
	text = report_text(&report, check_write_json);
	report_python(
		"import json, sys\n"
		"document = json.load(open(sys.argv[1]))\n"
		"assert document[\"schema\"] == \"ringside-check/1\"\n"
		"assert document[\"verdict\"] == \"regression\"\n"
		"assert document[\"policy\"] == dict(inconclusive=\"3\", improved=\"pass\")\n"
		"assert document[\"today\"] is None and document[\"notes\"] == [\"a note\"]\n"
		"assert document[\"changes_soft\"] == [dict(key=\"kernel\", before=\"6.6\", "
		"now=None, allowed=False)]\n"
		"gates = document[\"gates\"]\n"
		"assert gates[1] == dict(name=\"rr.read.lat.p99 (anchor)\", arm=\"rr\", "
		"metric=\"read.lat.p99\", unit=\"ns\", better=\"lower\", kind=\"absolute\", "
		"outcome=\"inconclusive\", reason=\"too noisy\", anchor=True, threshold=0.05, "
		"threshold_absolute=0, before=90000, now=82980, change=-0.078, "
		"change_lo=-0.091, change_hi=-0.064, p_worse=0.0001, smallest_loss=0.031, "
		"small_loss=False, before_count=5, now_count=12, relation=None, limit=None)\n"
		"assert gates[0][\"better\"] == \"higher\"\n"
		"assert gates[2][\"change_lo\"] is None\n"
		"assert (gates[3][\"relation\"], gates[3][\"limit\"]) == (\"<=\", 200000)\n",
		text);
	free(text);
	check_free(&report);
}

/* A schema that takes anything would tell nothing: each of these edits breaks it. */
TEST(the_schema_refuses_what_is_none)
{
	struct check report;
	char *document, *both = NULL;

	report_fill(&report);
	document = report_text(&report, check_write_json);
	assert_true(asprintf(&both, "[%s,%s]", check_schema(), document) > 0);
	report_python("import copy, json, jsonschema, sys\n"
		      "schema, document = json.load(open(sys.argv[1]))\n"
		      "check = jsonschema.Draft202012Validator(schema)\n"
		      "def breaks(edit):\n"
		      "    other = copy.deepcopy(document)\n"
		      "    edit(other)\n"
		      "    assert not check.is_valid(other), other\n"
		      "def every(node):\n"
		      "    if isinstance(node, dict):\n"
		      "        yield node\n"
		      "    for inner in node.values() if isinstance(node, dict) else node:\n"
		      "        if isinstance(inner, (dict, list)):\n"
		      "            yield from every(inner)\n"
		      "assert len(list(every(document))) == 12\n"
		      "for index, node in enumerate(every(document)):\n"
		      "    breaks(lambda d: list(every(d))[index].update(surplus=1))\n"
		      "    for key in list(node):\n"
		      "        breaks(lambda d: list(every(d))[index].pop(key))\n"
		      "        breaks(lambda d: list(every(d))[index].update({key: [[]]}))\n",
		both);
	free(both);
	free(document);
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
