/* SPDX-License-Identifier: MIT */
/* lint.c: what is kept of a file. */
/* covers: src/lint/lint_rules.c src/lint/lint_text.c src/lint/lint_fields.c */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lint/lint.h"

/* The job file `text`, looked at; removed again. */
static void look(struct lint *lint, const char *text)
{
	char path[] = "/tmp/ringside-lint.XXXXXX";
	const char *files[] = {path};
	const struct job_request request = {.files = files, .file_count = 1};
	const struct write_guard allowed = {0};
	int descriptor = mkstemp(path);

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
	close(descriptor);
	lint_read(lint, &request, &allowed);
	unlink(path);
}

static const struct lint_finding *find(const struct lint *lint, const char *text)
{
	for (const struct lint_finding *f = lint->files[0].findings; f; f = f->next) {
		if (strstr(f->text, text))
			return f;
	}
	return NULL;
}

static char *print(struct lint *lint)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(lint_write_text(lint, stream), 0);
	fclose(stream);
	return text;
}

TEST(findings_stand_in_the_order_of_their_kinds_and_once)
{
	struct lint lint = {.count = 1};
	struct lint_file file = {.path = "f"};
	const struct place place = {.file = "f", .line = 3};

	assert_non_null(lint_add(&lint, &file, LINT_NOTE, &place, "a", "n"));
	assert_non_null(lint_add(&lint, &file, LINT_ERROR, NULL, NULL, "e"));
	assert_non_null(lint_add(&lint, &file, LINT_WARNING, &place, "a", "w"));
	assert_null(lint_add(&lint, &file, LINT_WARNING, &place, "a", "w"));
	assert_non_null(lint_add(&lint, &file, LINT_WARNING, &place, "b", "w"));
	assert_string_equal(file.findings->text, "e");
	assert_string_equal(file.findings->next->job, "a");
	assert_string_equal(file.findings->next->next->job, "b");
	assert_string_equal(file.findings->next->next->next->text, "n");
	assert_int_equal(file.counts[LINT_WARNING], 2);
	lint_free(&lint);
}

TEST(what_fio_does_otherwise_is_told_from_what_it_does_too)
{
	struct lint lint;

	look(&lint, "[a]\nrw=read\nsize=1KiB\nbs=512\nruntime=5sec\nfilename=/dev/zero\n"
		    "nrfiles=2\n");
	assert_int_equal(lint.files[0].code, EXIT_DONE);
	assert_int_equal(find(&lint, "5 microseconds")->kind, LINT_DIFFERENCE);
	assert_non_null(find(&lint, "5 microseconds")->hint);
	assert_int_equal(find(&lint, "powers of 1000")->kind, LINT_DIFFERENCE);
	assert_int_equal(find(&lint, "as in fio")->kind, LINT_NOTE);
	lint_free(&lint);
}

/* Whoever reports it says so: what is told of a job that is called "fio" is a note. */
TEST(names_make_no_difference)
{
	struct lint lint;

	look(&lint, "[fio]\nrw=read\nsize=1m\nfilename=/dev/zero\nthread=0\n"
		    "exec_prerun=true\n");
	assert_int_equal(lint.files[0].code, EXIT_DONE);
	assert_int_equal(find(&lint, "threads all the same")->kind, LINT_DIFFERENCE);
	assert_int_equal(find(&lint, "its output goes to fio.prerun.txt")->kind, LINT_NOTE);
	lint_free(&lint);
}

TEST(time_is_the_longest_of_a_wave_and_waves_add_up)
{
	struct lint lint;

	look(&lint, "[global]\nrw=randread\nfilename=/dev/zero\nsize=1m\ntime_based\nthread\n"
		    "[a]\nruntime=5s\n[b]\nruntime=7s\nramp_time=1s\n[c]\nstonewall\nruntime=2s\n");
	assert_int_equal(lint.files[0].least_ns, 10000000000);
	assert_true(lint.files[0].ends_by_time);
	assert_int_equal(lint.files[0].wave_count, 2);
	assert_int_equal(lint.files[0].write_bytes, 0);
	lint_free(&lint);
	look(&lint, "[a]\nrw=write\nfilename=/dev/zero\nsize=1m\nruntime=5s\nloops=3\n");
	assert_int_equal(lint.files[0].least_ns, 0);
	assert_false(lint.files[0].ends_by_time);
	assert_int_equal(lint.files[0].write_bytes, 3 << 20);
	assert_string_equal(lint.files[0].jobs->amount, "5s or 3.00 MiB");
	lint_free(&lint);
}

TEST(exchanges_have_no_pass_and_an_address_for_a_target)
{
	struct lint lint;

	look(&lint, "[a]\nrw=echo\nioengine=epoll\nfilename=pair:\nnumber_ios=500\n");
	assert_string_equal(lint.files[0].jobs->amount, "500 I/Os");
	assert_string_equal(lint.files[0].jobs->targets[0], "pair:");
	lint_free(&lint);
}

TEST(what_is_said_of_several_jobs_is_shown_once_with_their_names)
{
	struct lint lint;
	char *text;

	look(&lint, "[global]\nrw=read\nfilename=/dev/zero\nsize=1m\nthread\niodepth=4\n"
		    "ioengine=psync\n[a]\n[b]\n[c]\n[d]\n[e]\n[f]\n");
	text = print(&lint);
	assert_int_equal(lint.files[0].counts[LINT_WARNING], 6);
	assert_non_null(strstr(text, "[a, b, c, d, and 2 more]"));
	assert_null(strstr(strstr(text, "has no effect") + 1, "has no effect"));
	free(text);
	lint_free(&lint);
}

TEST(a_file_that_is_refused_has_no_jobs_and_all_of_its_errors)
{
	struct lint lint;
	char *text;

	look(&lint, "[a]\nrw=raed\niodpth=4\nfilename=/dev/zero\nsize=1m\n");
	assert_int_equal(lint_code(&lint), EXIT_BAD_REQUEST);
	assert_int_equal(lint.files[0].job_count, 0);
	assert_int_equal(lint.files[0].counts[LINT_ERROR], 2);
	text = print(&lint);
	assert_non_null(strstr(text, "would not run"));
	free(text);
	lint_free(&lint);
}

TEST_MAIN(NULL, NULL);
