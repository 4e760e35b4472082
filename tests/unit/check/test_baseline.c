/* SPDX-License-Identifier: MIT */
/* covers: src/check/baseline_fields.c */
#include "check/baseline.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save_file.h"
#include "check_report.h"
#include "check_rig.h"
#include "schema_text.h"

static const struct rig_contender quiet[] = {{"rr", 100000, 0.01}};

static void make(struct baseline *baseline, unsigned sessions)
{
	struct random random;

	random_init(&random, 3);
	rig_baseline(baseline, quiet, 1, sessions, &random);
}

static int read_text(const char *text, size_t length, struct baseline *baseline, char **messages)
{
	size_t bytes = 0;
	FILE *stream = open_memstream(messages, &bytes);
	struct diag diag;
	int error;

	diag_init(&diag, stream);
	error = baseline_read_memory("b.json", text, length, baseline, &diag);
	assert_int_equal(error != 0, diag.error_count != 0);
	fclose(stream);
	return error;
}

TEST(what_is_printed_reads_back_the_same)
{
	struct baseline baseline, again;
	struct baseline_threshold threshold = {"read.iops", 0.03};
	struct baseline_update update = {"2026-01-01T00:00:00Z", NULL, "new drive"};
	char *text, *second, *messages;

	make(&baseline, 3);
	baseline.thresholds = &threshold;
	baseline.threshold_count = 1;
	baseline.updates = &update;
	baseline.update_count = 1;
	baseline.job = "[rr]\nrw=randread\n";
	baseline.sessions[1].session.control = (struct check_control){true, 1.01, 0.98, 1.04};
	baseline.sessions[0].session.environment.soft.items[0].value = "5.4";
	for (size_t i = 0; i < baseline.session_count; i++)
		baseline.sessions[i].session.is_partial = true;
	baseline.sessions[2].session.seed = UINT64_MAX;
	baseline.sessions[2].session.disturbed_count = 5;
	baseline.sessions[2].session.contenders[0].trials[3].values[VALUE_READ_P99] = NAN;
	text = baseline_print(&baseline);
	assert_int_equal(read_text(text, strlen(text), &again, &messages), 0);
	assert_string_equal(messages, "");
	second = baseline_print(&again);
	assert_string_equal(text, second);
	assert_true(again.sessions[0].session.is_partial);
	assert_int_equal(again.sessions[1].session.disturbed_count, 0);
	assert_int_equal(again.sessions[2].session.disturbed_count, 5);
	assert_string_equal(again.sessions[0].session.environment.soft.items[0].value, "5.4");
	assert_string_equal(again.sessions[1].session.environment.soft.items[0].value, "6.6.10");
	assert_true(
		isnan(again.sessions[2].session.contenders[0].trials[3].values[VALUE_READ_P99]));
	free(second);
	free(text);
	free(messages);
	baseline_free(&again);
	baseline_free(&baseline);
}

/* Of a document and all that it contains. */
static void assert_sorted(const cJSON *document)
{
	for (const cJSON *item = document->child; item; item = item->next) {
		if (cJSON_IsObject(document) && item->next)
			assert_true(strcmp(item->string, item->next->string) < 0);
		assert_sorted(item);
	}
}

TEST(keys_are_sorted)
{
	struct baseline baseline;
	char *text;
	cJSON *document;

	make(&baseline, 1);
	text = baseline_print(&baseline);
	document = cJSON_Parse(text);
	assert_non_null(document->child);
	assert_sorted(document);
	cJSON_Delete(document);
	free(text);
	baseline_free(&baseline);
}

/* Each key that the schema needs, taken out, and one that it does not know break it. */
TEST(baselines_keep_their_schema)
{
	char *text, *schema = schema_text(&baseline_document), *both = NULL;
	struct baseline_update update = {"2026-01-01T00:00:00Z", NULL, "new drive"};
	struct baseline_threshold threshold = {"read.iops", 0.03};
	struct baseline baseline;

	make(&baseline, 3);
	baseline.updates = &update;
	baseline.update_count = 1;
	baseline.thresholds = &threshold;
	baseline.threshold_count = 1;
	baseline.sessions[1].session.control = (struct check_control){true, 1.01, 0.98, 1.04};
	baseline.sessions[1].session.disturbed_count = 2;
	baseline.sessions[0].session.environment.soft.items[0].value = "5.4";
	text = baseline_print(&baseline);
	assert_true(asprintf(&both, "[%s,%s]", schema, text) > 0);
	report_python("import copy, json, jsonschema, sys\n"
		      "schema, document = json.load(open(sys.argv[1]))\n"
		      "jsonschema.Draft202012Validator.check_schema(schema)\n"
		      "check = jsonschema.Draft202012Validator(schema)\n"
		      "check.validate(document)\n"
		      "for path in [[], [\"job\"], [\"env\"], [\"updates\", 0], "
		      "[\"sessions\", 1], [\"sessions\", 1, \"control\"], "
		      "[\"sessions\", 0, \"env\"], [\"noise\", \"rr.read.iops\"], "
		      "[\"sessions\", 0, \"arms\", \"rr\"]]:\n"
		      "    def broken(edit):\n"
		      "        other = node = copy.deepcopy(document)\n"
		      "        for step in path:\n"
		      "            node = node[step]\n"
		      "        edit(node)\n"
		      "        assert not check.is_valid(other), (path, other)\n"
		      "        return list(node)\n"
		      "    for key in broken(lambda node: node.update(surplus=1)):\n"
		      "        broken(lambda node: node.update({key: [[]]}))\n"
		      "        if key not in (\"surplus\", \"anchor\", \"disturbed\", \"env\", "
		      "\"foreign\", \"partial\") or path == [] and key == \"env\":\n"
		      "            broken(lambda node: node.pop(key))\n",
		both);
	free(both);
	free(schema);
	free(text);
	baseline_free(&baseline);
}

TEST(window_rolls_and_anchor_stays)
{
	struct baseline baseline;
	struct random random;
	double means[32];

	make(&baseline, 2);
	random_init(&random, 5);
	for (unsigned i = 0; i < 14; i++)
		baseline_add(&baseline, rig_session(&baseline.arena, 20 + i, quiet, 1, 7, &random),
			false);
	assert_int_equal(baseline.session_count, 12);
	assert_true(baseline.sessions[0].is_anchor && baseline.sessions[1].is_anchor);
	assert_false(baseline_is_in_window(&baseline, 1));
	assert_true(baseline_is_in_window(&baseline, 2));
	assert_int_equal(baseline_newest(&baseline)->seed, 33);
	assert_int_equal(baseline_means(&baseline, false, "rr", NULL, VALUE_READ_IOPS, means), 10);
	assert_int_equal(baseline_means(&baseline, true, "rr", NULL, VALUE_READ_IOPS, means), 2);
	assert_int_equal(baseline_means(&baseline, false, "rr", NULL, VALUE_WRITE_IOPS, means), 0);
	baseline_free(&baseline);
}

TEST(noise_is_told_within_and_between_sessions)
{
	struct baseline baseline;
	struct baseline_noise noise;

	make(&baseline, 10);
	noise = baseline_noise_of(&baseline, "rr", NULL, VALUE_READ_IOPS);
	assert_int_equal(noise.session_count, 10);
	assert_true(noise.within > 0.007 && noise.within < 0.013);
	assert_true(noise.between > 0.004 && noise.between < 0.02);
	/* (t(0.99, 9) + t(0.95, 9)) s sqrt(1 + 1/10) */
	assert_true(fabs(-log1p(-noise.smallest_loss) -
			    (2.8214 + 1.8331) * noise.between * sqrt(1.1)) < 1e-4);
	baseline_free(&baseline);
}

/* The document with `from` replaced. */
static char *edited(const struct baseline *baseline, const char *from, const char *to)
{
	char *text = baseline_print(baseline), *whole = NULL;
	char *at = strstr(text, from);

	assert_non_null(at);
	*at = '\0';
	assert_true(asprintf(&whole, "%s%s%s", text, to, at + strlen(from)) > 0);
	free(text);
	return whole;
}

TEST(damaged_and_foreign_documents_are_refused_with_the_reason)
{
	static const struct {
		const char *from;
		const char *to;
		const char *message;
	} cases[] = {
		{"ringside-baseline/1", "ringside-baseline/2", "of another version"},
		{"ringside-baseline/1", "else/1", "no baseline"},
		{"\"blocks\": 7", "\"blocks\": 8", "another number of values"},
		{"\"blocks\": 7", "\"blocks\": 0", "'blocks' is not 1 to 10000"},
		{"\"blocks\": 7", "\"blocks\": \"x\"", "'blocks'"},
		{"\"window\": 10", "\"window\": 0", "'window'"},
		{"\"arms\": [\"rr\"]", "\"arms\": [\"rr\", \"rr\"]", "'arms'"},
		{"\"arms\": [\"rr\"]", "\"arms\": []", "'arms' is empty"},
		{"\"ref\": null", "\"ref\": \"x\"", "'ref' is none of the arms"},
		{"\"pairs\": {}", "\"pairs\": {\"rr\": \"x\"}", "'pairs'"},
		{"\"window_s\": [10", "\"window_s\": [-10", "holds what is no number"},
		{"\"thresholds\": {}", "\"thresholds\": {\"a\": 11}", "no fraction"},
		{"\"control\": null", "\"control\": {\"ratio\":1,\"lo\":2,\"hi\":3}", "'control'"},
	};
	struct baseline baseline, again;

	make(&baseline, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = edited(&baseline, cases[i].from, cases[i].to);
		char *messages;

		assert_int_equal(read_text(text, strlen(text), &again, &messages), -EINVAL);
		if (!strstr(messages, cases[i].message))
			fail_msg("%s: %s", cases[i].to, messages);
		baseline_free(&again);
		free(messages);
		free(text);
	}
	baseline_free(&baseline);
}

TEST(a_document_cut_anywhere_is_refused)
{
	struct baseline baseline, again;
	char *text, *messages;
	size_t length;

	make(&baseline, 1);
	text = baseline_print(&baseline);
	length = strlen(text);
	for (size_t cut = 0; cut + 2 < length; cut += 37) {
		assert_int_equal(read_text(text, cut, &again, &messages), -EINVAL);
		baseline_free(&again);
		free(messages);
	}
	free(text);
	baseline_free(&baseline);
}

static int save(const struct baseline *baseline, const char *path)
{
	char *text = baseline_print(baseline);
	int error = save_file(path, text, strlen(text));

	free(text);
	return error;
}

TEST(a_full_disk_leaves_the_old_baseline_whole)
{
	char folder[] = "/tmp/ringside-baseline-XXXXXX";
	char path[128], filler[128];
	struct baseline baseline;
	struct stat before, after;
	FILE *stream;
	int error;

	assert_non_null(mkdtemp(folder));
	if (mount("none", folder, "tmpfs", 0, "size=64k") != 0) {
		rmdir(folder);
		print_message("skipped: tmpfs cannot be mounted: %s\n", strerror(errno));
		skip();
	}
	snprintf(path, sizeof(path), "%s/b.json", folder);
	snprintf(filler, sizeof(filler), "%s/filler", folder);
	make(&baseline, 1);
	assert_int_equal(save(&baseline, path), 0);
	assert_int_equal(stat(path, &before), 0);
	stream = fopen(filler, "w");
	while (fputc('x', stream) != EOF && fflush(stream) == 0)
		;
	fclose(stream);
	error = save(&baseline, path);
	assert_int_equal(stat(path, &after), 0);
	baseline_free(&baseline);
	umount(folder);
	rmdir(folder);
	assert_int_equal(error, -ENOSPC);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_ino, after.st_ino);
}

TEST(what_is_shown_ends_with_the_smallest_loss)
{
	struct baseline baseline;
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	make(&baseline, 5);
	assert_int_equal(baseline_show(&baseline, "x.json", stream), 0);
	fclose(stream);
	assert_non_null(strstr(text, "x.json: 5 sessions"));
	assert_non_null(strstr(text, "rr.read.iops"));
	assert_non_null(strstr(text, "in 95 % of cases: absolute "));
	assert_null(strstr(text, "unknown"));
	free(text);
	baseline_free(&baseline);
}

/* A job and its reference, of which a trial did not count; measured elsewhere than the newest. */
static void make_pair(struct baseline *baseline)
{
	static const struct rig_contender two[] = {{"rr", 100000, 0.01}, {"rr (old)", 90000, 0.01}};
	static const char *references[] = {"old"};
	struct check_session *first;
	struct random random;

	random_init(&random, 3);
	rig_baseline(baseline, two, 2, 3, &random);
	baseline->reference_count = 1;
	baseline->references = references;
	for (size_t i = 0; i < 3; i++)
		baseline->sessions[i].session.contenders[0].reference = "rr (old)";
	first = &baseline->sessions[0].session;
	first->environment.hard.items[0].value = "6502";
	first->contenders[0].trials[2].counts = false;
	first->contenders[0].trials[4].values[VALUE_DEPTH] = 8;
	for (size_t i = 0; i < 3; i++) /* figures that no gate is about */
		baseline->sessions[i].session.contenders[1].trials[4].values[VALUE_DEPTH] =
			baseline->sessions[i].session.contenders[1].trials[4].values[VALUE_CORES] =
				8;
}

TEST(pairs_and_what_did_not_count_read_back)
{
	struct baseline baseline, again;
	const struct check_session *first;
	char *text, *messages;

	make_pair(&baseline);
	text = baseline_print(&baseline);
	assert_int_equal(read_text(text, strlen(text), &again, &messages), 0);
	assert_string_equal(messages, "");
	assert_string_equal(again.references[0], "old");
	first = &again.sessions[0].session;
	assert_string_equal(first->contenders[0].reference, "rr (old)");
	assert_null(first->contenders[1].reference);
	assert_string_equal(first->environment.hard.items[0].value, "6502");
	assert_string_equal(again.sessions[1].session.environment.hard.items[0].value, "Z80");
	assert_false(first->contenders[0].trials[2].counts);
	assert_true(isnan(first->contenders[0].trials[2].window_s));
	assert_true(first->contenders[0].trials[4].counts);
	assert_true(first->contenders[0].trials[4].values[VALUE_DEPTH] == 8);
	assert_true(isnan(first->contenders[0].trials[3].values[VALUE_DEPTH]));
	assert_false(first->control.is_known);
	free(messages);
	free(text);
	baseline_free(&again);
	baseline_free(&baseline);
}

/* Noise is of ratios where there is a reference; neither of counts nor of what is never judged. */
TEST(noise_is_printed_with_what_it_lets_be_seen)
{
	struct baseline baseline;
	struct baseline_noise noise;
	const cJSON *object;
	cJSON *document;
	char *text;

	make_pair(&baseline);
	text = baseline_print(&baseline);
	document = cJSON_Parse(text);
	object = cJSON_GetObjectItem(document, "noise");
	assert_null(cJSON_GetObjectItem(object, "rr (old).depth"));
	assert_non_null(cJSON_GetObjectItem(object, "rr (old).cores"));
	assert_null(cJSON_GetObjectItem(object, "rr.syscalls_per_io"));
	object = cJSON_GetObjectItem(object, "rr.read.iops");
	noise = baseline_noise_of(&baseline, "rr", "rr (old)", VALUE_READ_IOPS);
	assert_true(cJSON_GetObjectItem(object, "mde95")->valuedouble == noise.smallest_loss);
	assert_true(cJSON_GetObjectItem(object, "sd_trial")->valuedouble == noise.within);
	assert_true(cJSON_GetObjectItem(object, "sd_session")->valuedouble == noise.between);
	assert_int_equal(cJSON_GetObjectItem(object, "m")->valueint, 3);
	/* In most sessions nothing was disturbed: it is left out. */
	object = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "sessions"), 0);
	assert_non_null(cJSON_GetObjectItem(object, "redone"));
	assert_null(cJSON_GetObjectItem(object, "disturbed"));
	cJSON_Delete(document);
	free(text);
	baseline_free(&baseline);
}

/* A later ringside may measure more; what contradicts itself was edited. */
TEST(unknown_metrics_are_left_out_and_impossible_ones_refused)
{
	static const char later[] = "\"values\": {\"zeal\": [1, 2], ";
	struct baseline baseline, again;
	char *text, *messages, *at;

	make(&baseline, 1);
	text = edited(&baseline, "\"values\": {", later);
	assert_int_equal(read_text(text, strlen(text), &again, &messages), 0);
	assert_true(again.sessions[0].session.contenders[0].trials[1].window_s == 10);
	baseline_free(&again);
	free(messages);
	free(text);
	text = baseline_print(&baseline);
	at = strstr(strstr(text, "\"read.lat.p99\": ["), "[") + 1;
	*at = '0'; /* 0…: less than the median */
	assert_int_equal(read_text(text, strlen(text), &again, &messages), -EINVAL);
	baseline_free(&again);
	free(messages);
	free(text);
	baseline_free(&baseline);
}

TEST(a_screen_shows_sessions_noise_and_what_is_seen)
{
	struct baseline_update update = {"2026-01-01T00:00:00Z", NULL, "new drive"};
	struct baseline baseline;
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	make_pair(&baseline);
	baseline.updates = &update;
	baseline.update_count = 1;
	baseline.window = 2;
	baseline.sessions[2].is_anchor = false;
	baseline.sessions[1].session.control = (struct check_control){true, 0.9, 0.88, 0.92};
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_int_equal(baseline_show(&baseline, "x.json", stream), 0);
	fclose(stream);
	assert_string_equal(text,
		"x.json: 3 sessions, the newest 2 count\n"
		"  2023-11-14T22:13:20Z  7 blocks  000000000000  anchor  outside the "
		"window\n"
		"  2023-11-14T23:13:20Z  7 blocks  000000000000  anchor  its control "
		"differed\n"
		"  2023-11-15T00:13:20Z  7 blocks  000000000000\n"
		"  updated 2026-01-01T00:00:00Z: new drive\n"
		"\n"
		"gate                         level     trials   sessions       sees\n"
		"rr.read.iops                 1.11×      1.1 %      0.1 %     11.1 %\n"
		"rr.read.lat.p50             0.899×      1.1 %      0.1 %     12.5 %\n"
		"rr.read.lat.p99             0.899×      1.1 %      0.1 %     12.5 %\n"
		"rr.cpu_ns_per_io            0.899×      1.1 %      0.1 %     12.5 %\n"
		"rr (old).read.iops         89.5k/s      0.6 %      0.4 %     11.2 %\n"
		"rr (old).read.lat.p50      11.2 µs      0.6 %      0.4 %     12.6 %\n"
		"rr (old).read.lat.p99      22.3 µs      0.6 %      0.4 %     12.6 %\n"
		"rr (old).cpu_ns_per_io     5.59 µs      0.6 %      0.4 %     12.6 %\n"
		"\n"
		"on this machine, the smallest loss of IOPS that a check finds in 95 % "
		"of cases: absolute 11.2 %, relative 11.1 %\n");
	free(text);
	baseline_free(&baseline);
}

TEST_MAIN(NULL, NULL);
