/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/* What a check plans and runs by itself: who is paired with whom, which trials, and when. */
#include "check/trials.h"
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/save_file.h"
#include "check_rig.h"
#include "run/stop_signal.h"
#include "scripted_turns.h"

static char folder[] = "/tmp/ringside-check-trials-XXXXXX";
static char counter[64], saved[64];

struct bench {
	struct trials_check request;
	struct trials_plan plan;
	struct check report;
	struct diag diag;
	char *messages;
	size_t bytes;
	FILE *stream;
	const char *file;
	char path[128];
	int error;
};

/* Of a job file with this text. */
static void start(struct bench *b, const char *jobs, const char *const *references, size_t count)
{
	*b = (struct bench){.file = b->path};
	snprintf(b->path, sizeof(b->path), "%s/a.job", folder);
	assert_int_equal(save_file(b->path, jobs, strlen(jobs)), 0);
	b->request = (struct trials_check){
		.trials =
			{
				.job = {.files = &b->file, .file_count = 1},
				.reference_count = count,
				.references = references,
				.program = scripted_program(),
				.contest =
					{
						.trial_ns = NS_PER_MS,
						.limit_ns = 3600 * NS_PER_S,
						.rule = compare_stop_rule_default,
						.primary = VALUE_IOPS,
						.has_control = true,
						.is_quiet = true,
						.is_unguarded = true,
					},
				.seed = 7,
			},
		.settings = {.compares_jobs = true},
	};
	setenv("RINGSIDE_SCRIPT_SEED", "7", 1);
	assert_int_equal(save_file(counter, "", 0), 0);
	b->stream = open_memstream(&b->messages, &b->bytes);
	diag_init(&b->diag, b->stream);
	check_init(&b->report);
	b->report.title = "test";
}

#define DBG 1
static int plan(struct bench *b)
{
	b->error = trials_plan_make(&b->plan, &b->request.trials, &b->diag);
	fflush(b->stream);
	return b->error;
}

static int run(struct bench *b)
{
	assert_int_equal(plan(b), 0);
	assert_int_equal(trials_check(&b->report, &b->plan, &b->request, &b->diag), 0);
	fflush(b->stream);
	return b->report.exit_code;
}

static void end(struct bench *b)
{
	trials_plan_free(&b->plan);
	check_free(&b->report);
	fclose(b->stream);
	free(b->messages);
}

static void put(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(save_file(path, text, strlen(text)), 0);
}

/* Trials that ran, those that prime included. */
static size_t ran(void)
{
	struct stat status;

	return stat(counter, &status) == 0 ? (size_t)status.st_size : 0;
}

#define ZERO  "filename=/dev/zero\nsize=1m\nrw=randread\n"
#define TWO   "[global]\n" ZERO "[a]\nioengine=psync\n[b]\nioengine=io_uring\niodepth=4\n"
#define EQUAL "description=iops=100000 noise=1"

TEST(the_pause_between_sessions_is_as_long_as_was_asked)
{
	uint64_t started_ns = clock_now();

	assert_int_equal(trials_idle(0), 0);
	assert_int_equal(trials_idle(120 * NS_PER_MS), 0);
	assert_true(clock_now() - started_ns >= 120 * NS_PER_MS);
	/* A signal ends it: this one would take an hour. */
	stop_signal_catch();
	raise(SIGTERM);
	assert_int_equal(trials_idle(3600 * NS_PER_S), SIGTERM);
	stop_signal_release();
}

TEST(without_a_reference_all_sections_stand_alone)
{
	struct bench b;

	start(&b, TWO, NULL, 0);
	assert_int_equal(plan(&b), 0);
	assert_int_equal(b.plan.point.count, 2);
	assert_null(b.plan.point.contenders[0].reference);
	assert_string_equal(b.plan.point.contenders[1].program, scripted_program());
	end(&b);
}

TEST(a_section_is_the_reference_of_all_others)
{
	static const char *const reference[] = {"b"};
	struct bench b;

	start(&b, TWO, reference, 1);
	assert_int_equal(plan(&b), 0);
	assert_int_equal(b.plan.point.count, 2);
	assert_int_equal(b.plan.point.reference, 1);
	assert_false(b.plan.point.has_own_references);
	assert_null(b.plan.point.contenders[0].reference);
	end(&b);
}

TEST(each_section_stands_beside_its_reference)
{
	static const char *const options[] = {"libaio", "iodepth=2"};
	struct bench b;
	const struct contender_setup *setups;

	start(&b, TWO, options, 2);
	assert_int_equal(plan(&b), 0);
	setups = b.plan.point.contenders;
	assert_int_equal(b.plan.point.count, 4);
	assert_int_equal(b.plan.point.reference, 1);
	assert_true(b.plan.point.has_own_references);
	assert_string_equal(setups[0].name, "a");
	assert_string_equal(setups[1].name, "a (libaio iodepth=2)");
	assert_string_equal(setups[2].name, "b");
	assert_string_equal(setups[3].name, "b (libaio iodepth=2)");
	assert_string_equal(setups[0].reference, setups[1].name);
	assert_string_equal(setups[2].reference, setups[3].name);
	assert_null(setups[1].reference);
	assert_string_equal(setups[0].job->ioengine, "psync");
	assert_string_equal(setups[3].job->ioengine, "libaio");
	assert_int_equal(setups[2].job->iodepth, 4);
	assert_int_equal(setups[3].job->iodepth, 2);
	end(&b);
}

/* A path is a program; an option may have a path as its value. */
TEST(another_ringside_runs_the_same_jobs)
{
	static const char *const program[] = {"/bin/true"};
	static const char *const option[] = {"filename=/dev/null"};
	struct bench b;

	start(&b, TWO, program, 1);
	assert_int_equal(plan(&b), 0);
	assert_string_equal(b.plan.point.contenders[0].program, scripted_program());
	assert_string_equal(b.plan.point.contenders[1].program, "/bin/true");
	assert_string_equal(b.plan.point.contenders[1].job->ioengine, "psync");
	end(&b);
	start(&b, TWO, option, 1);
	assert_int_equal(plan(&b), 0);
	assert_string_equal(b.plan.point.contenders[1].program, scripted_program());
	end(&b);
}

TEST(a_reference_that_is_none_is_refused_with_a_way_out)
{
	static const struct {
		const char *references[2];
		const char *message;
	} cases[] = {
		{{"c"}, "--ref=c: it is neither a section of the jobs nor an engine"},
		{{"c"}, "or option=value, or the path of another ringside: ./c"},
		{{"psnc"}, "did you mean --ref=psync?"},
		{{"old"}, "for the program of this name: --ref=./old"},
		{{"./none"}, "--ref=./none: No such file or directory"},
		{{"./a.job"}, "--ref=./a.job: Permission denied"},
		{{"b", "iodepth=2"}, "--ref=b: neither option, engine nor program"},
		{{"nosuch=1"}, "nosuch"},
	};
	char *before = getcwd(NULL, 0);

	assert_int_equal(chdir(folder), 0);
	assert_int_equal(save_file("old", "", 0), 0);
	assert_int_equal(chmod("old", 0700), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;

		start(&b, TWO, cases[i].references, cases[i].references[1] ? 2 : 1);
		assert_true(plan(&b) != 0);
		if (!strstr(b.messages, cases[i].message))
			fail_msg("%s: %s", cases[i].message, b.messages);
		end(&b);
	}
	assert_int_equal(chdir(before), 0);
	free(before);
}

TEST(the_only_job_is_no_reference)
{
	static const char *const reference[] = {"a"};
	struct bench b;

	start(&b, "[a]\n" ZERO, reference, 1);
	assert_true(plan(&b) != 0);
	assert_non_null(strstr(b.messages, "--ref=a: the only job cannot be the reference"));
	end(&b);
}

static size_t count_trials(const struct record_point *point, const char *name, size_t first_block)
{
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++)
		count += point->trials[i].block >= first_block &&
			 strcmp(point->contenders[point->trials[i].contender].name, name) == 0;
	return count;
}

/* Only what looks like a loss runs again, with its reference and the control with its own. */
TEST(fresh_trials_are_of_candidates_alone)
{
	static const char *const reference[] = {EQUAL};
	static const char jobs[] = "[global]\n" ZERO "[a]\ndescription=iops=130000 noise=1\n"
				   "[b]\ndescription=iops=80000 noise=1\n";
	static const char *const arguments[] = {"a.job", "--ref"};
	const struct record_point *point;
	struct record record;
	struct bench b;
	size_t screened;

	start(&b, jobs, reference, 1);
	b.request.trials.contest.save_path = saved;
	b.request.trials.arguments = arguments;
	b.request.trials.argument_count = 2;
	b.request.commit = "c0ffee";
	b.request.trials.idle_ns = 3600 * NS_PER_S; /* of sessions, which there is one of */
	assert_int_equal(run(&b), EXIT_REGRESSION);
	assert_string_equal(b.report.today->commit, "c0ffee");
	assert_int_equal(rig_gate(&b.report, "b.read.iops")->now_count, 12);
	assert_non_null(b.report.host);
	assert_true(b.report.elapsed_s > 0);
	assert_int_equal(record_read(saved, &record, &b.diag), 0);
	assert_int_equal(record.seed, 7);
	assert_int_equal(record.argument_count, 2);
	assert_string_equal(record.arguments[1], "--ref");
	assert_true(record.trial_s == 0.001);
	point = &record.points[0];
	screened = count_trials(point, "a", 0);
	assert_true(screened == 7 || screened == 9 || screened == 13 || screened == 20);
	assert_int_equal(point->block_count, screened + 12);
	assert_int_equal(count_trials(point, "b", screened), 12);
	assert_int_equal(count_trials(point, "b (" EQUAL ")", screened), 12);
	assert_int_equal(count_trials(point, "a (" EQUAL ")", screened), 12); /* the control's */
	assert_int_equal(count_trials(point, point->contenders[point->control].name, screened), 12);
	assert_int_equal(ran(), 4 + 5 * screened + 4 * 12);
	record_free(&record);
	end(&b);
}

/* What is never settled is looked at until the last look. */
TEST(looks_go_on_from_where_the_last_one_was)
{
	static const char *const reference[] = {"description=iops=100000 noise=30"};
	struct bench b;

	start(&b, "[a]\n" ZERO "description=iops=100000 noise=30\n", reference, 1);
	assert_int_equal(run(&b), EXIT_INCONCLUSIVE);
	assert_int_equal(b.report.today->block_count, 20);
	assert_int_equal(ran(), 2 + 3 * 20);
	end(&b);
}

TEST(as_many_blocks_as_were_asked_for_and_no_more)
{
	static const char *const reference[] = {EQUAL};
	struct bench b;

	start(&b, "[a]\n" ZERO EQUAL "\n", reference, 1);
	b.request.blocks = 3;
	(void)run(&b);
	assert_int_equal(b.report.today->block_count, 3);
	assert_int_equal(ran(), 2 + 3 * 3);
	end(&b);
}

/* Blocks of turns that are given up are no blocks of the check. */
TEST(blocks_that_are_given_up_are_run_anew)
{
	static const char *const reference[] = {
		"description=iops=200000 turn_iops=200000 afterglow=0.8"};
	char last[64];
	struct bench b;

	snprintf(last, sizeof(last), "%s/last", folder);
	put("last", "a");
	setenv("ALTERNATION_LAST", last, 1);
	start(&b, "[a]\n" ZERO "description=iops=200000 turn_iops=200000\n", reference, 1);
	b.request.trials.contest.window_ns = NS_PER_MS;
	b.request.trials.contest.carry_limit = 0.025;
	b.request.blocks = 3;
	(void)run(&b);
	unsetenv("ALTERNATION_LAST");
	assert_int_equal(b.report.today->rounds, 0);
	assert_int_equal(b.report.today->block_count, 3);
	assert_int_equal(rig_gate(&b.report, "a.read.iops")->now_count, 3);
	assert_int_equal(ran(), 2 + 3 * 3 + 3 * 3); /* a process a block and contender of turns */
	end(&b);
}

static void make_baseline(struct baseline *baseline, struct bench *b, unsigned sessions)
{
	baseline_init(baseline);
	for (unsigned i = 0; i < sessions; i++) {
		struct check_session session;
		char seed[16];

		snprintf(seed, sizeof(seed), "%u", i);
		setenv("RINGSIDE_SCRIPT_SEED", seed, 1);
		assert_int_equal(trials_session(&b->plan, &b->request.trials, 3, &session,
					 &baseline->arena, &b->diag),
			EXIT_DONE);
		baseline_add(baseline, &session, false);
	}
	assert_int_equal(save_file(counter, "", 0), 0);
}

TEST(a_session_has_the_blocks_that_were_asked_for)
{
	struct bench b;
	struct check_session session;

	start(&b, TWO, NULL, 0);
	assert_int_equal(plan(&b), 0);
	assert_int_equal(
		trials_session(&b.plan, &b.request.trials, 3, &session, &b.report.arena, &b.diag),
		EXIT_DONE);
	assert_int_equal(session.block_count, 3);
	assert_int_equal(session.contender_count, 2);
	assert_int_equal(session.trial_count, 9);
	assert_true(session.contenders[1].trials[2].counts);
	assert_int_equal(ran(), 2 + 3 * 3); /* with the control */
	end(&b);
}

TEST(a_session_with_a_failed_trial_is_none)
{
	struct bench b;
	struct check_session session;

	start(&b, "[a]\n" ZERO "description=problem=5 problem_at=4\n", NULL, 0);
	assert_int_equal(plan(&b), 0);
	assert_int_equal(
		trials_session(&b.plan, &b.request.trials, 7, &session, &b.report.arena, &b.diag),
		EXIT_RUN_FAILED);
	fflush(b.stream);
	assert_non_null(strstr(b.messages, "error: a: "));
	assert_int_equal(ran(), 5); /* its block ends */
	end(&b);
}

TEST(a_baseline_of_another_job_is_seen_before_anything_runs)
{
	struct baseline baseline;
	struct bench b, other;

	start(&b, "[a]\n" ZERO EQUAL "\n", NULL, 0);
	assert_int_equal(plan(&b), 0);
	make_baseline(&baseline, &b, 1);
	start(&other, "[a]\n" ZERO "bs=8k\n" EQUAL "\n", NULL, 0);
	other.request.baseline = &baseline;
	assert_int_equal(run(&other), EXIT_INCOMPARABLE);
	assert_true(other.report.is_foreseen);
	assert_int_equal(ran(), 0);
	assert_non_null(strstr(other.report.notes[0], "nothing was run"));
	end(&other);
	/* Where another job is left it runs, and who waits knows what is missing. */
	start(&other, "[a]\n" ZERO EQUAL "\n[b]\n" ZERO EQUAL "\n", NULL, 0);
	other.request.baseline = &baseline;
	assert_int_not_equal(run(&other), EXIT_INCOMPARABLE);
	assert_false(other.report.is_foreseen);
	assert_int_equal(ran(), 2 + 3 * 7);
	end(&other);
	baseline_free(&baseline);
	end(&b);
}

/* One look: more blocks tell no more about how sessions differ. The fresh ones come after a pause.
 */
TEST(a_loss_against_a_baseline_is_confirmed_after_a_pause)
{
	struct baseline baseline;
	struct bench b, slow;

	start(&b, "[a]\n" ZERO EQUAL "\n", NULL, 0);
	assert_int_equal(plan(&b), 0);
	make_baseline(&baseline, &b, 5);
	start(&slow, "[a]\n" ZERO "description=iops=70000 noise=1\n", NULL, 0);
	slow.request.baseline = &baseline;
	slow.request.trials.idle_ns = 300 * NS_PER_MS;
	slow.request.trials.contest.is_quiet = false;
	slow.request.trials.contest.trial_ns = NS_PER_S;
	assert_int_equal(run(&slow), EXIT_REGRESSION);
	assert_true(slow.report.elapsed_s >= 0.3);
	assert_int_equal(ran(), 1 + 2 * (7 + 12));
	assert_non_null(strstr(slow.messages, "fresh trials in 0.3 s will decide"));
	assert_non_null(strstr(slow.messages, "about 0:16 min, up to 0:52 where more"));
	end(&slow);
	baseline_free(&baseline);
	end(&b);
}

/* Once all trials of the screening have run the check pauses: then it is asked to end. */
static void *interrupt(void *argument)
{
	const struct timespec step = {.tv_nsec = 20 * (long)NS_PER_MS};

	(void)argument;
	for (int i = 0; i < 500 && ran() < 15; i++)
		nanosleep(&step, NULL);
	for (int i = 0; i < 10; i++)
		nanosleep(&step, NULL);
	kill(getpid(), SIGTERM);
	return NULL;
}

TEST(a_signal_ends_the_pause)
{
	struct baseline baseline;
	struct bench b, slow;
	pthread_t thread;

	start(&b, "[a]\n" ZERO EQUAL "\n", NULL, 0);
	assert_int_equal(plan(&b), 0);
	make_baseline(&baseline, &b, 5);
	start(&slow, "[a]\n" ZERO "description=iops=70000 noise=1\n", NULL, 0);
	slow.request.baseline = &baseline;
	slow.request.trials.idle_ns = 3600 * NS_PER_S;
	assert_int_equal(pthread_create(&thread, NULL, interrupt, NULL), 0);
	assert_int_equal(run(&slow), 128 + SIGTERM);
	pthread_join(thread, NULL);
	assert_true(slow.report.elapsed_s < 60);
	assert_int_equal(ran(), 1 + 2 * 7);
	assert_non_null(strstr(slow.report.notes[slow.report.note_count - 1], "by signal 15"));
	end(&slow);
	baseline_free(&baseline);
	end(&b);
}

TEST(what_cannot_be_saved_is_kept_elsewhere)
{
	static const char *const reference[] = {EQUAL};
	struct bench b;
	const char *note;

	start(&b, "[a]\n" ZERO "description=iops=200000 noise=1\n", reference, 1);
	b.request.trials.contest.save_path = "/proc/nowhere.json";
	assert_int_equal(run(&b), EXIT_RUN_FAILED);
	note = b.report.notes[b.report.note_count - 1];
	assert_non_null(strstr(note, "could not be saved; it is kept in /"));
	assert_int_equal(unlink(strchr(note, '/')), 0);
	end(&b);
}

TEST(commits_are_found_as_git_keeps_them)
{
	static const char hash[] = "0123456789abcdef0123456789abcdef01234567";
	char path[300];
	struct arena arena = {0};

	unsetenv("GITHUB_SHA");
	unsetenv("CI_COMMIT_SHA");
	snprintf(path, sizeof(path), "%s/.git", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put(".git/HEAD", "ref: refs/heads/main\n");
	snprintf(path, sizeof(path), "# pack-refs\n%s refs/heads/main\n", hash);
	put(".git/packed-refs", path);
	assert_string_equal(trials_commit(folder, &arena), hash);
	put(".git/HEAD", hash);
	assert_string_equal(trials_commit(folder, &arena), hash);
	setenv("CI_COMMIT_SHA", "ffffffffffffffffffffffffffffffffffffffff", 1);
	assert_string_equal(
		trials_commit(folder, &arena), "ffffffffffffffffffffffffffffffffffffffff");
	setenv("CI_COMMIT_SHA", "main", 1); /* no commit's hash */
	assert_string_equal(trials_commit(folder, &arena), hash);
	unsetenv("CI_COMMIT_SHA");
	arena_free(&arena);
}

/* A branch whose name is another's beginning, or end, is another branch. */
TEST(the_ref_is_looked_up_by_its_whole_name)
{
	char text[400];
	struct arena arena = {0};

	put(".git/HEAD", "ref: refs/heads/main\n");
	snprintf(text, sizeof(text), "%064d refs/heads/mainframe\n%064d refs/heads/main\n", 1, 2);
	put(".git/packed-refs", text);
	snprintf(text, sizeof(text), "%064d", 2); /* a repository of SHA-256 */
	assert_string_equal(trials_commit(folder, &arena), text);
	/* One that stands by itself is newer than a packed one. */
	snprintf(text, sizeof(text), "%s/.git/refs", folder);
	assert_int_equal(mkdir(text, 0700), 0);
	snprintf(text, sizeof(text), "%s/.git/refs/heads", folder);
	assert_int_equal(mkdir(text, 0700), 0);
	snprintf(text, sizeof(text), "%040d\n", 3);
	put(".git/refs/heads/main", text);
	text[40] = '\0';
	assert_string_equal(trials_commit(folder, &arena), text);
	arena_free(&arena);
}

TEST(folders_below_and_worktrees_have_their_commit)
{
	char below[300], expected[64];
	struct arena arena = {0};

	snprintf(expected, sizeof(expected), "%040d", 3);
	snprintf(below, sizeof(below), "%s/below", folder);
	assert_int_equal(mkdir(below, 0700), 0);
	assert_string_equal(trials_commit(below, &arena), expected);
	/* It becomes a worktree with a HEAD of its own, and the refs of the first. */
	put("below/.git", "gitdir: ../.git/below\n");
	snprintf(below, sizeof(below), "%s/.git/below", folder);
	assert_int_equal(mkdir(below, 0700), 0);
	put(".git/below/HEAD", "ref: refs/heads/topic\n");
	put(".git/below/commondir", "..\n");
	snprintf(expected, sizeof(expected), "%040d", 4);
	put(".git/refs/heads/topic", expected);
	snprintf(below, sizeof(below), "%s/below", folder);
	assert_string_equal(trials_commit(below, &arena), expected);
	put(".git/below/commondir", arena_printf(&arena, "%s/.git", folder));
	assert_string_equal(trials_commit(below, &arena), expected);
	arena_free(&arena);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(counter, sizeof(counter), "%s/count", folder);
	snprintf(saved, sizeof(saved), "%s/saved.json", folder);
	return setenv("RINGSIDE_SCRIPT", counter, 1);
}

static int remove_folder(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return scripted_turns_main(argc, argv);
	return test_run_all(argc, argv, make_folder, remove_folder);
}
