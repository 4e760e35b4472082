/* SPDX-License-Identifier: MIT */
/* From sections, files, engines, the ladder and values to vary to points and their contenders. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine_list.h"
#include "session/contender.h"
#include "test.h"
#include "unit/host/fake_tree.h"

/* One job; and two sections, the first of them of three clones. */
static const char *const job[] = {"--filename=/dev/zero", "--size=1m", "--rw=randread"};
static const char *const sections[] = {"--filename=/dev/zero", "--size=1m", "--rw=randread",
	"--name=a", "--numjobs=3", "--name=b"};

static struct fake_tree folder;
static struct contender_plan plan;
static struct contender_request request;
static struct diag diag;
static struct arena arena;
static char *said;
static size_t said_bytes;

/* What is said from now on, nothing yet. */
static void listen_again(void)
{
	FILE *stream;

	if (diag.stream)
		fclose(diag.stream);
	free(said);
	stream = open_memstream(&said, &said_bytes);
	assert_non_null(stream);
	diag_init(&diag, stream);
}

static int set_up(void **state)
{
	(void)state; /* cmocka's signature */
	listen_again();
	fake_tree_open(&folder);
	request = (struct contender_request){.job = {.options = job, .option_count = 3}};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	contender_plan_free(&plan);
	fake_tree_close(&folder, NULL);
	arena_free(&arena);
	return 0;
}

/* The plan of `request`; what was said about it, or NULL where it was made. */
static const char *refusal(void)
{
	int error;

	contender_plan_free(&plan);
	listen_again();
	error = contender_plan_make(&plan, &request, &diag);
	fflush(diag.stream);
	assert_int_equal(error, diag.error_count > 0 ? -EINVAL : 0);
	return error == 0 ? NULL : said;
}

static void assert_says(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		print_error("missing: %s\n%s\n", part, text ? text : "(nothing)");
	assert_non_null(text);
	assert_non_null(strstr(text, part));
}

/* "a, b#2; c": the contenders of the points, which have their names before them: "bs=4k: a". */
static const char *table(void)
{
	const char *text = "";

	for (size_t p = 0; p < plan.point_count; p++) {
		const struct contender_point *point = &plan.points[p];

		text = arena_printf(&arena, "%s%s%s%s", text, p ? "; " : "", point->name,
			*point->name ? ": " : "");
		for (size_t c = 0; c < point->count; c++)
			text = arena_printf(
				&arena, "%s%s%s", text, c ? ", " : "", point->contenders[c].name);
	}
	return text;
}

static void assert_table(const char *expected)
{
	assert_null(refusal());
	assert_string_equal(table(), expected);
}

static const struct contender_setup *contender(size_t point, size_t index)
{
	return &plan.points[point].contenders[index];
}

static const char *file_named(const char *name, const char *text)
{
	fake_file(&folder, name, text);
	return arena_printf(&arena, "%s/%s", folder.folder, name);
}

TEST_FIXTURE(set_up, tear_down);

TEST(each_section_is_a_contender)
{
	request.job.options = sections;
	request.job.option_count = 6;
	request.program = "/bin/ringside";
	assert_table("a, b"); /* not its clones */
	assert_int_equal(contender(0, 0)->job->numjobs, 3);
	assert_int_equal(contender_job_count(contender(0, 0)), 1);
	assert_string_equal(contender(0, 1)->program, "/bin/ringside");
	assert_false(contender(0, 1)->is_optional);
	assert_true(plan.points[0].reference == SIZE_MAX);
}

TEST(contenders_of_one_name_are_numbered)
{
	request.engines = "psync,psync+iodepth=1,psync,psync";
	assert_table("psync, psync+iodepth=1, psync#2, psync#3");
}

TEST(each_file_is_a_contender_of_all_its_jobs)
{
	const char *const files[] = {
		file_named("mixed.job",
			"[global]\nfilename=/dev/zero\nsize=1m\n"
			"[reads]\nrw=read\nnumjobs=2\n[log]\nrw=write\n[more]\nrw=read\n"),
		file_named(".hidden", "[x]\nfilename=/dev/zero\nsize=1m\nrw=read\n"),
	};

	request = (struct contender_request){.groups = files, .group_count = 2};
	assert_table("mixed, .hidden");
	assert_int_equal(contender_job_count(contender(0, 0)), 3);
	assert_string_equal(contender_job(contender(0, 0), 0)->name, "reads");
	assert_string_equal(contender_job(contender(0, 0), 1)->name, "log");
	assert_true(contender_writes(contender(0, 0)));
	assert_false(contender_writes(contender(0, 1)));
	request.vary = (const char *const[]){"bs=4k,8k"};
	request.vary_count = 1;
	assert_table("bs=4k: mixed, .hidden; bs=8k: mixed, .hidden");
	request.job.file_count = 1;
	request.job.files = files;
	assert_says(refusal(), "--contender excludes --engines, --ladder and other job files");
}

TEST(jobs_that_a_stonewall_parts_do_not_run_together)
{
	const char *const files[] = {file_named("walled.job",
		"[global]\nfilename=/dev/zero\nsize=1m\n[a]\nrw=read\n[b]\nstonewall\nrw=read\n")};

	request = (struct contender_request){.groups = files, .group_count = 1};
	assert_says(refusal(), "so stonewall is not possible");
}

/* Sections of one contender=, of which the second has clones; and one that is alone. */
static const char contenders[] =
	"[global]\nfilename=/dev/zero\nsize=1m\nrw=read\nstonewall\n"
	"[data]\ncontender=base\n[log]\ncontender=base\nrw=write\nnumjobs=2\n"
	"[alone]\n[last]\ncontender=other\n";

TEST(sections_of_one_contender_run_together)
{
	const char *const files[] = {file_named("both.job", contenders),
		file_named("again.job", "[z]\ncontender=other\nfilename=/dev/zero\nsize=1m\n")};

	request.job = (struct job_request){.files = files, .file_count = 1};
	assert_table("base, alone, other");
	assert_int_equal(contender_job_count(contender(0, 0)), 2);
	assert_string_equal(contender_job(contender(0, 0), 0)->name, "data");
	assert_string_equal(contender_job(contender(0, 0), 1)->name, "log");
	assert_int_equal(contender_job_count(contender(0, 1)), 1);
	assert_true(contender_writes(contender(0, 0)));
	assert_false(contender_writes(contender(0, 1)));
	request.reference = "other";
	assert_table("base, alone, other");
	assert_int_equal(plan.points[0].reference, 2);
	request.reference = "log"; /* a section of one */
	assert_says(refusal(), "--ref=log: there is no such contender");
	/* Two files run one after the other. */
	request.reference = NULL;
	request.job.file_count = 2;
	assert_table("base, alone, other, other#2");
}

TEST(engines_and_values_are_those_of_all_its_jobs)
{
	const char *const files[] = {file_named("both.job", contenders)};

	request.job = (struct job_request){.files = files, .file_count = 1};
	request.vary = (const char *const[]){"bs=4k,8k"};
	request.vary_count = 1;
	assert_table("bs=4k: base, alone, other; bs=8k: base, alone, other");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(job_block_range(contender_job(contender(1, 0), i)).min, 8192);
	request.vary_count = 0;
	request.engines = "psync,libaio";
	assert_table("base: psync, libaio; alone: psync, libaio; other: psync, libaio");
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(contender_job(contender(0, 1), i)->ioengine, "libaio");
}

TEST(contenders_that_are_split_or_doubled_are_refused)
{
	const char *const split[] = {file_named("split.job",
		"[global]\nfilename=/dev/zero\nsize=1m\n[a]\ncontender=x\n[b]\n"
		"[c]\ncontender=x\n")};
	const char *const whole[] = {file_named("both.job", contenders)};

	request.job = (struct job_request){.files = split, .file_count = 1};
	assert_says(refusal(), "another contender stands between job 'c' and the others of "
			       "contender 'x'");
	request = (struct contender_request){.groups = whole, .group_count = 1};
	assert_says(refusal(), "all of its jobs are one contender, so contender= is not possible");
}

TEST(engines_are_variants_of_each_section)
{
	request.engines = "psync,io_uring+fixedbufs+iodepth=8";
	assert_table("psync, io_uring+fixedbufs+iodepth=8");
	assert_string_equal(contender(0, 0)->job->ioengine, "psync");
	assert_string_equal(contender(0, 1)->job->ioengine, "io_uring");
	assert_int_equal(contender(0, 1)->job->iodepth, 8);
	assert_true(job_sets(contender(0, 1)->job, "fixedbufs"));
	request.job.options = sections;
	request.job.option_count = 6;
	request.engines = "psync,sync";
	assert_table("a: psync, sync; b: psync, sync");
	assert_string_equal(contender(1, 1)->job->name, "b");
	assert_string_equal(contender(1, 1)->job->ioengine, "sync");
}

TEST(all_are_the_engines_and_two_modes)
{
	const struct contender_point *point;
	size_t known = 0;

	while (engines[known])
		known++;
	request.engines = "all";
	assert_null(refusal());
	point = &plan.points[0];
	assert_int_equal(point->count, known + 2);
	for (size_t c = 0; c < point->count; c++) {
		assert_true(point->contenders[c].is_optional);
		assert_int_equal(
			point->contenders[c].job == NULL, point->contenders[c].refusal != NULL);
		if (strcmp(point->contenders[c].name, "null") == 0)
			assert_says(point->contenders[c].refusal, "it moves no data");
		if (strcmp(point->contenders[c].name, "psync") == 0)
			assert_null(point->contenders[c].refusal);
	}
	assert_string_equal(
		point->contenders[point->count - 2].name, "io_uring+fixedbufs+registerfiles");
	assert_string_equal(point->contenders[point->count - 1].name, "io_uring+sqthread_poll");
}

/* Options that two jobs of a plan have with other values. */
static size_t differences(const struct contender_setup *a, const struct contender_setup *b)
{
	struct settings of_a = job_settings(a->job, &arena), of_b = job_settings(b->job, &arena);
	size_t count = 0;

	for (size_t i = 0; i < of_a.count; i++) {
		for (size_t k = 0; k < of_b.count; k++)
			count += strcmp(of_a.items[i].key, of_b.items[k].key) == 0 &&
				 strcmp(of_a.items[i].value, of_b.items[k].value) != 0;
	}
	return count;
}

TEST(each_rung_adds_one_thing)
{
	static const char *const drive[] = {
		"--filename=/dev/nvme77n12", "--size=1m", "--rw=randread", "--direct=1"};

	request.job.options = drive;
	request.job.option_count = 4;
	request.is_ladder = true;
	assert_table("plain, +registered files, +fixed buffers, +deferred task run, "
		     "deferred, IOPOLL, deferred, passthrough, passthrough, IOPOLL, fixed, SQPOLL");
	for (size_t c = 0; c < 8; c++)
		assert_null(contender(0, c)->refusal);
	assert_int_equal(differences(contender(0, 0), contender(0, 1)), 1); /* registerfiles */
	assert_int_equal(differences(contender(0, 1), contender(0, 2)), 1); /* fixedbufs */
	assert_int_equal(differences(contender(0, 2), contender(0, 3)), 2); /* wants one issuer */
	assert_int_equal(differences(contender(0, 3), contender(0, 4)), 1); /* hipri */
	assert_int_equal(differences(contender(0, 3), contender(0, 5)), 2); /* engine, its node */
	assert_int_equal(differences(contender(0, 5), contender(0, 6)), 1); /* hipri */
	assert_int_equal(differences(contender(0, 4), contender(0, 6)), 2); /* engine, its node */
	assert_int_equal(differences(contender(0, 2), contender(0, 7)), 1); /* SQPOLL */
	request.engines = "psync";
	assert_says(refusal(), "--engines and --ladder exclude each other");
}

/* The node that an engine gets for the one that was named. */
static const char *node(const char *filename, const char *engine)
{
	const char *const options[] = {
		arena_printf(&arena, "--filename=%s", filename), "--size=1m", "--rw=randread"};

	request.job.options = options;
	request.engines = engine;
	assert_null(refusal());
	assert_string_equal(contender(0, 0)->job->given.filename.texts[0],
		contender(0, 0)->job->filename.texts[0]);
	return contender(0, 0)->job->filename.texts[0];
}

TEST(each_contender_has_the_node_of_its_engine)
{
	assert_string_equal(node("/dev/nvme77n12", "io_uring_cmd"), "/dev/ng77n12");
	assert_string_equal(node("/dev/nvme77n12", "io_uring"), "/dev/nvme77n12");
	assert_string_equal(node("/dev/ng77n12", "io_uring"), "/dev/nvme77n12");
	assert_string_equal(node("/dev/ng77n12", "io_uring_cmd"), "/dev/ng77n12");
	assert_string_equal(node("/dev/nvme77n12p1", "io_uring_cmd"), "/dev/nvme77n12p1");
	assert_string_equal(node("/dev/nvme77", "io_uring_cmd"), "/dev/nvme77");
	assert_string_equal(node("/dev/sda", "io_uring_cmd"), "/dev/sda");
}

/* Sections say themselves what they want. */
TEST(sections_keep_the_node_they_name)
{
	static const char *const options[] = {
		"--filename=/dev/ng77n12", "--size=1m", "--rw=randread", "--ioengine=psync"};

	request.job.options = options;
	request.job.option_count = 4;
	assert_null(refusal());
	assert_string_equal(contender(0, 0)->job->filename.texts[0], "/dev/ng77n12");
}

TEST(values_are_crossed)
{
	static const char *const vary[] = {"bs=4k, 8k", "iodepth=1,2"};

	request.vary = vary;
	request.vary_count = 2;
	request.engines = "psync";
	assert_table("bs=4k iodepth=1: psync; bs=4k iodepth=2: psync; bs=8k iodepth=1: psync; "
		     "bs=8k iodepth=2: psync");
	assert_int_equal(contender(2, 0)->job->block_sizes.of[DIRECTION_READ].min_bytes, 8192);
	assert_int_equal(contender(2, 0)->job->iodepth, 1);
	assert_int_equal(contender(1, 0)->job->iodepth, 2);
	request.job.options = sections;
	request.job.option_count = 6;
	request.vary_count = 1;
	assert_table("a bs=4k: psync; b bs=4k: psync; a bs=8k: psync; b bs=8k: psync");
	request.engines = NULL;
	request.vary = (const char *const[]){"bs=4k\\,8k"};
	assert_table("bs=4k,8k: a, b"); /* one value, of reads and writes */
}

TEST(values_that_are_none_are_refused)
{
	static const char *const nothing[] = {"iodepth", "iodepth=", "=1"};
	char many[2048] = "iodepth=1";

	request.vary_count = 1;
	for (size_t i = 0; i < 3; i++) {
		request.vary = &nothing[i];
		assert_says(refusal(), "no values");
	}
	for (size_t i = 0; i < 255; i++)
		strncat(many, ",1", sizeof(many) - strlen(many) - 1);
	request.vary = (const char *const[]){many};
	assert_null(refusal()); /* 256 */
	assert_int_equal(plan.point_count, 256);
	strncat(many, ",1", sizeof(many) - strlen(many) - 1);
	assert_says(refusal(), "more than 256 tables");
}

TEST(a_key_is_set_once)
{
	static const char *const twice[] = {"iodepth=1,2", "iodepth=4"};

	request.vary = twice;
	request.vary_count = 2;
	assert_says(refusal(), "--vary=iodepth=4: another --vary sets iodepth as well");
	request.vary_count = 1;
	request.engines = "psync,io_uring+iodepth=8";
	assert_says(refusal(), "--engines sets iodepth as well");
	request.engines = NULL;
	request.is_ladder = true;
	request.vary = (const char *const[]){"registerfiles=0,1"};
	assert_says(refusal(), "--ladder sets registerfiles as well");
	request.vary = (const char *const[]){"register=0,1"}; /* it is no other key's beginning */
	assert_null(strstr(refusal(), "--ladder sets"));
}

TEST(more_contenders_than_a_table_holds_are_refused)
{
	char many[2048] = "psync";

	for (size_t i = 1; i < 60; i++)
		strncat(many, ",psync", sizeof(many) - strlen(many) - 1);
	request.engines = many;
	assert_null(refusal());
	strncat(many, ",psync", sizeof(many) - strlen(many) - 1);
	assert_says(refusal(), "61 contenders are more than 60");
}

TEST(the_reference_is_found_by_its_name)
{
	request.engines = "psync,sync";
	request.reference = "sync";
	assert_null(refusal());
	assert_int_equal(plan.points[0].reference, 1);
	request.reference = "libaio";
	assert_says(refusal(), "--ref=libaio: there is no such contender");
	assert_says(said, "one of psync, sync");
}

/* What was asked for by name has to be right; of a preset a part may be missing. */
TEST(a_contender_that_cannot_be_is_an_error_where_it_was_named)
{
	request.engines = "psync,psync+no_such_option=1";
	assert_says(refusal(), "no_such_option");
	request.engines = "all";
	request.vary = (const char *const[]){"registerring=0"};
	request.vary_count = 1;
	assert_null(refusal());
	for (size_t c = 0; c < plan.points[0].count; c++) {
		if (strcmp(contender(0, c)->name, "psync") == 0)
			assert_says(contender(0, c)->refusal, "registerring");
		if (strcmp(contender(0, c)->name, "io_uring+sqthread_poll") == 0)
			assert_non_null(contender(0, c)->job);
	}
	assert_string_equal(said, ""); /* nothing was said about those */
}

/* A misspelt option is no trait of the engines: it must not get lost among refusals. */
TEST(what_no_contender_can_is_an_error)
{
	request.engines = "all";
	request.vary = (const char *const[]){"no_such_option=1"};
	request.vary_count = 1;
	assert_says(refusal(), "no_such_option");
	assert_says(said, "no contender can run it");
	assert_int_equal(diag.error_count, 1);
}

/* Notes about the jobs are given once, not by each variant. */
TEST(notes_are_given_once)
{
	static const char *const odd[] = {
		"--filename=/dev/zero", "--size=1m", "--rw=randread", "--iodepth_batch_submit=64"};
	const char *first;

	request.job.options = odd;
	request.job.option_count = 4;
	request.engines = "io_uring,libaio";
	assert_null(refusal());
	first = strstr(said, "is cut to iodepth");
	assert_non_null(first);
	assert_null(strstr(first + 1, "is cut to iodepth"));
	request.is_repeated = true;
	assert_null(refusal());
	assert_string_equal(said, "");
}

/* A set that was asked about already says nothing of one that writes, or of other files. */
TEST(the_guard_is_asked_about_each_kind_of_jobs)
{
	static const char *const ways[][2] = {
		{"rw=read,write", "/proc/self/comm"},
		{"filename=/dev/zero,/proc/self/comm", "/dev/zero"},
	};
	const struct write_guard nothing = {0};

	for (size_t i = 0; i < 2; i++) {
		const char *const options[] = {arena_printf(&arena, "--filename=%s", ways[i][1]),
			"--size=4k", i == 0 ? "--rw=read" : "--rw=write"};

		request.job.options = options;
		request.vary = &ways[i][0];
		request.vary_count = 1;
		assert_null(refusal());
		assert_int_equal(contender_plan_guard(&plan, &nothing, &diag), -EINVAL);
		fflush(diag.stream); /* it wrote `said` */
		assert_says(said, "would write to /proc/self/comm");
	}
	request.job.options = job;
	request.vary_count = 0;
	assert_null(refusal());
	assert_int_equal(contender_plan_guard(&plan, &nothing, &diag), 0);
}

/* What the job files took out of the environment stands before the arguments, each once. */
TEST(the_command_has_its_variables)
{
	const char *const files[] = {file_named("var.job",
		"[global]\nfilename=${RINGSIDE_TEST_TARGET}\nsize=${RINGSIDE_TEST_SIZE}\n"
		"[a]\nrw=read\n")};
	static const char *const arguments[] = {"--engines=psync,sync", "var.job"};
	const char **words;
	size_t count;

	setenv("RINGSIDE_TEST_TARGET", "/dev/zero", 1);
	setenv("RINGSIDE_TEST_SIZE", "1m", 1);
	request = (struct contender_request){
		.job = {.files = files, .file_count = 1}, .engines = "psync,sync"};
	assert_table("psync, sync");
	words = contender_command(&plan, arguments, 2, &arena, &count);
	assert_int_equal(count, 4);
	assert_string_equal(words[0], "RINGSIDE_TEST_TARGET=/dev/zero");
	assert_string_equal(words[1], "RINGSIDE_TEST_SIZE=1m");
	assert_ptr_equal(words[2], arguments[0]);
	assert_ptr_equal(words[3], arguments[1]);
}

TEST_MAIN(NULL, NULL);
