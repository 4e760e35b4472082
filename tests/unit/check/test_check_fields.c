/* SPDX-License-Identifier: MIT */
/* A check's document: by its schema, and read back: it says the same, or is refused. */
#include <errno.h>

#include "check/check.h"
#include "check_report.h"
#include "schema_text.h"
#include "test.h"

static struct check_gate *add(struct check *report, const char *metric, enum gate_kind kind)
{
	struct check_gate *gate = check_add_gate(report);

	gate->contender = "rr";
	gate->metric = &trial_value_metrics[trial_value_find(metric)];
	gate->name = arena_printf(&report->arena, "rr.%s", metric);
	gate->kind = kind;
	gate->threshold = 0.05;
	gate->before = 804000;
	gate->now = 741288;
	gate->before_count = 5;
	gate->now_count = 12;
	return gate;
}

static void fill(struct check *report)
{
	const struct outcome_policy policy = {0};
	const struct rig_contender contenders[] = {{"rr", 100000, 0.01}};
	static struct check_change change = {"kernel_release", "6.1", NULL, true};
	struct random random;
	struct check_gate *gate;

	random_init(&random, 1);
	check_init(report);
	report->title = "night";
	report->baseline = "b.json";
	report->session_count = 5;
	report->today = rig_session(&report->arena, 1, contenders, 1, 7, &random);
	report->soft = (struct check_changes){1, &change};
	gate = add(report, "read.iops", GATE_ABSOLUTE);
	gate->change = -0.078;
	gate->change_lo = -0.091;
	gate->change_hi = -0.064;
	gate->p_worse = 0.0001;
	gate->smallest_loss = 0.031;
	gate->is_anchor = true;
	gate->outcome = OUTCOME_FAIL;
	gate = add(report, "read.lat.p99", GATE_ASSERTED);
	gate->relation = GATE_AT_MOST;
	gate->limit = 200000;
	gate->outcome = OUTCOME_PASS;
	gate = add(report, "syscalls_per_io", GATE_EXACT);
	gate->before = gate->now = 1;
	gate->absolute = 0.02;
	gate->change = 0;
	gate->outcome = OUTCOME_INCONCLUSIVE;
	gate->reason = "nobody knows";
	check_note(report, "a note, %d %%", 5);
	check_conclude(report, &policy);
}

/* Reads `document` out of a file. */
static int read_back(const char *document, struct check *report, char **messages)
{
	char path[] = "/tmp/ringside-check-XXXXXX";
	int descriptor = mkstemp(path);
	size_t bytes;
	struct diag diag;
	int error;

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, document, strlen(document)), (ssize_t)strlen(document));
	close(descriptor);
	diag_init(&diag, open_memstream(messages, &bytes));
	error = check_read(path, report, &diag);
	fclose(diag.stream);
	unlink(path);
	return error;
}

TEST(what_was_saved_is_told_as_it_was)
{
	static int (*const writers[])(const struct check *, FILE *) = {
		check_write_text, check_write_markdown};
	const struct outcome_policy strict = {INCONCLUSIVE_FAILS, true};
	struct check report, again;
	char *document, *messages;

	fill(&report);
	report.baseline = NULL;
	report.today->contenders[0].reference = "psync";
	check_conclude(&report, &strict);
	report.exit_code = 130;
	document = report_text(&report, check_write_json);
	assert_int_equal(read_back(document, &again, &messages), 0);
	assert_int_equal(again.exit_code, 130);
	assert_int_equal(again.policy.inconclusive, INCONCLUSIVE_FAILS);
	assert_int_equal(again.policy.improved, IMPROVED_FAILS);
	for (size_t i = 0; i < 2; i++) {
		char *before = report_text(&report, writers[i]);
		char *after = report_text(&again, writers[i]);

		assert_string_equal(after, before);
		free(before);
		free(after);
	}
	free(messages);
	free(document);
	check_free(&again);
	check_free(&report);
}

TEST(what_is_no_check_is_refused_with_its_place)
{
	static const char *const bad[][3] = {
		{"\"kind\": \"absolute\"", "\"kind\": \"obsolete\"",
			"gates[0]: 'kind' is none of exact, paired, relative, absolute, asserted"},
		{"\"metric\": \"read.iops\"", "\"metric\": \"oops\"", "is no metric"},
		{"\"outcome\": \"pass\"", "\"outcome\": \"past\"",
			"gates[1]: 'outcome' is none of pass, improved, regression, "},
		{"ringside-check/1", "ringside-check/2", "of another version"},
		{"\"policy\"", "\"police\"", "'policy'"},
	};
	struct check report, again;
	char *document;

	fill(&report);
	document = report_text(&report, check_write_json);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *found = strstr(document, bad[i][0]);
		char *other, *messages;

		assert_non_null(found);
		assert_true(asprintf(&other, "%.*s%s%s", (int)(found - document), document,
				    bad[i][1], found + strlen(bad[i][0])) > 0);
		assert_int_equal(read_back(other, &again, &messages), -EINVAL);
		if (!strstr(messages, bad[i][2]))
			fail_msg("should say %s and says %s", bad[i][2], messages);
		free(messages);
		free(other);
		check_free(&again);
	}
	free(document);
	check_free(&report);
}

TEST(the_json_document_keeps_its_schema)
{
	struct check report;
	char *document, *schema = schema_text(&check_document), *both = NULL;

	report_fill(&report);
	document = report_text(&report, check_write_json);
	assert_true(asprintf(&both, "[%s,%s]", schema, document) > 0);
	report_python("import json, jsonschema, sys\n"
		      "schema, document = json.load(open(sys.argv[1]))\n"
		      "jsonschema.Draft202012Validator.check_schema(schema)\n"
		      "jsonschema.Draft202012Validator(schema).validate(document)\n"
		      "assert document[\"verdict\"] == \"error\" and document[\"exit_code\"] == 5\n"
		      "assert len(document[\"gates\"]) == 7\n"
		      "assert document[\"gates\"][0][\"change\"] == -0.078\n"
		      "assert document[\"gates\"][3][\"relation\"] == \"<=\"\n",
		both);
	free(schema);
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
	char *document, *schema = schema_text(&check_document), *both = NULL;

	report_fill(&report);
	document = report_text(&report, check_write_json);
	assert_true(asprintf(&both, "[%s,%s]", schema, document) > 0);
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
	free(schema);
	free(both);
	free(document);
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
