/* SPDX-License-Identifier: MIT */
/* Which jobs and machines are the same, and what is named where they are not. */
#include "check/judge.h"
#include "test.h"

#include <string.h>

#include "sample_record.h"

enum { SETTINGS_MOST = 8 };

static struct arena arena;

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* "bs=4k rw=read" as settings; "key" alone has no value. */
static struct settings settings(const char *text)
{
	struct settings made = {
		.items = arena_alloc_array(&arena, SETTINGS_MOST, sizeof(*made.items))};
	char *rest, *words = arena_strdup(&arena, text);

	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(word, '=');

		if (equals)
			*equals++ = '\0';
		made.items[made.count++] = (struct setting){.key = word, .value = equals};
	}
	return made;
}

/* A session with the job "a" of these options; "a (2)" too where there is a second row. */
static struct check_session session(const char *options, bool is_foreign, bool has_second)
{
	struct check_session session = {
		.is_foreign = is_foreign, .contender_count = 1 + has_second};

	session.contenders = arena_alloc_array(&arena, 2, sizeof(*session.contenders));
	session.contenders[0] = (struct contender){.name = "a", .options = settings(options)};
	session.contenders[1] = (struct contender){.name = "a (2)", .options = settings(options)};
	return session;
}

static const char *difference(const char *before, const char *now)
{
	const struct check_session old = session(before, false, false),
				   new = session(now, false, false);

	return comparable_jobs(&old, &new, "a", &arena);
}

TEST_FIXTURE(NULL, forget);

TEST(what_is_measured_makes_another_job)
{
	static const struct {
		const char *before, *now;
		const char *found; /* NULL: nothing */
	} cases[] = {
		{"rw=read bs=4k", "bs=4k rw=read", NULL},
		{"bs=4k", "bs=4096", NULL},
		{"bs=4k", "bs=8k", "another job: bs was 4k, is 8k"},
		{"bs=4k rw=read", "bs=8k rw=write",
			"another job: bs was 4k, is 8k, rw was read, is write"},
		/* Where, how long and what is printed may differ. */
		{"filename=a runtime=1 randseed=7 description=x", "filename=b runtime=2 loops=3",
			NULL},
		{"bs=4k", "bs=4k ramp_time=1s", NULL},
		/* One did not have the option: it did what is the default today. */
		{"bs=4k", "bs=4k thinktime=0s fsync=0", NULL},
		{"iodepth=1", "", NULL},
		{"iodepth=2", "", "another job: iodepth was 2, is not set"},
		{"", "iodepth=2", "another job: iodepth was not set, is 2"},
		/* It had, and nobody gave it a value. */
		{"openfiles", "openfiles=2", "another job: openfiles was not set, is 2"},
		{"openfiles=2", "openfiles", "another job: openfiles was 2, is not set"},
		{"openfiles", "", NULL},
		/* Options of the engine have defaults of theirs. */
		{"ioengine=io_uring", "ioengine=io_uring fixedbufs=0", NULL},
		{"ioengine=io_uring", "ioengine=io_uring fixedbufs=1",
			"another job: fixedbufs was not set, is 1"},
		{"ioengine=psync", "ioengine=psync fixedbufs=0",
			"another job: fixedbufs was not set, is 0"},
		{"", "no_such_option=0", "another job: no_such_option was not set, is 0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = difference(cases[i].before, cases[i].now);

		if (!cases[i].found ? found != NULL : !found || strcmp(found, cases[i].found) != 0)
			fail_msg("'%s', then '%s': %s", cases[i].before, cases[i].now,
				found ? found : "nothing");
	}
}

TEST(a_document_that_lists_a_part_is_held_to_that_part)
{
	struct check_session old = session("bs=4k iodepth=8", false, false);
	struct check_session new = session("bs=4k", false, false);

	new.is_partial = true;
	assert_null(comparable_jobs(&old, &new, "a", &arena));
	assert_null(comparable_jobs(&new, &old, "a", &arena));
	new.contenders[0].options = settings("bs=8k");
	assert_non_null(comparable_jobs(&old, &new, "a", &arena));
	/* Both leave out what is at its default: then it is a difference. */
	new.contenders[0].options = settings("bs=4k");
	old.is_partial = true;
	assert_non_null(comparable_jobs(&old, &new, "a", &arena));
}

TEST(a_session_of_a_comparison_lists_a_part)
{
	struct record record;
	struct check_session session;

	sample_record(&record, 3);
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_true(session.is_partial);
	record_free(&record);
}

TEST(a_part_of_the_clones_is_not_the_whole)
{
	const char *const apart = "numjobs=4 group_reporting=0",
			  *const together = "numjobs=4 group_reporting=1";
	struct check_session by_fio = session("numjobs=4", true, false);
	struct check_session rows_of_fio = session("numjobs=4", true, true);
	struct check_session whole = session(together, false, false);

	assert_null(difference(together, together));
	assert_null(difference(apart, apart));
	assert_non_null(
		strstr(difference(apart, together), "one result reports its clones together"));
	assert_non_null(difference(together, apart));
	assert_null(difference("numjobs=1 group_reporting=0", "numjobs=1 group_reporting=1"));
	/* fio does not say it, but a second row does. */
	assert_null(comparable_jobs(&by_fio, &whole, "a", &arena));
	assert_non_null(comparable_jobs(&rows_of_fio, &whole, "a", &arena));
	assert_null(comparable_jobs(&rows_of_fio, &rows_of_fio, "a (2)", &arena));
}

TEST(between_programs_what_both_say_counts)
{
	struct check_session fio = session("rw=randread bs=4k iodepth=8 size=1g", true, false);
	struct check_session ours =
		session("rw=randread bs=4096 direct=1 ioengine=psync", false, false);

	assert_null(comparable_jobs(&fio, &ours, "a", &arena));
	ours.contenders[0].options = settings("rw=randread bs=4k iodepth=16");
	assert_string_equal(
		comparable_jobs(&fio, &ours, "a", &arena), "another job: iodepth was 8, is 16");
}

/* "key: before -> now" of all that changed, "!" after what is allowed. */
static const char *changes_of(const char *before, const char *now)
{
	static const char *const allowed[] = {"kernel"};
	const struct settings old = settings(before), new = settings(now);
	struct check_changes changes;
	const char *text = "";

	comparable_environment(&old, &new, allowed, 1, &changes, &arena);
	for (size_t i = 0; i < changes.count; i++) {
		const struct check_change *c = &changes.items[i];

		text = arena_printf(&arena, "%s%s%s: %s -> %s%s", text, i ? ", " : "", c->key,
			c->before ? c->before : "?", c->now ? c->now : "?",
			c->is_allowed ? "!" : "");
	}
	return text;
}

TEST(facts_that_differ_are_listed)
{
	assert_string_equal(changes_of("cpu=Z80 kernel=6.6", "kernel=6.6 cpu=Z80"), "");
	assert_string_equal(changes_of("cpu=Z80 kernel=6.6", "cpu=6502 kernel=6.8"),
		"cpu: Z80 -> 6502, kernel: 6.6 -> 6.8!");
	/* What one side does not know differs; what neither knows does not. */
	assert_string_equal(
		changes_of("cpu=Z80 smt=on", "cpu=Z80 disk=x"), "smt: on -> ?, disk: ? -> x");
	assert_string_equal(changes_of("cpu=Z80 smt", "cpu=Z80 disk"), "");
	assert_string_equal(changes_of("smt", "smt=on"), "smt: ? -> on");
	/* Of a session without facts nothing is known. */
	assert_string_equal(changes_of("", "cpu=Z80"), "");
	assert_string_equal(changes_of("cpu=Z80", ""), "");
}

TEST_MAIN(NULL, NULL);
