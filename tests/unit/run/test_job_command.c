/* SPDX-License-Identifier: MIT */
/* Commands before and after jobs: their output, their ends, and who ends them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/job_command.h"
#include "test.h"

static char path[64];
static _Atomic bool is_over;

static int set_up(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/ringside-command.%d", (int)getpid());
	atomic_store(&is_over, false);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return 0;
}

TEST_FIXTURE(set_up, tear_down);

static void expect_output(const char *text)
{
	char found[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	(void)fread(found, 1, sizeof(found) - 1, file);
	fclose(file);
	assert_string_equal(found, text);
}

TEST(both_outputs_are_in_the_file)
{
	assert_int_equal(job_command_run("echo one; echo two >&2", path, &is_over), 0);
	expect_output("one\ntwo\n");
	/* The last one's, as fio: none before it. */
	assert_int_equal(job_command_run("echo three", path, &is_over), 0);
	expect_output("three\n");
}

TEST(exit_codes_and_signals_are_told)
{
	assert_int_equal(job_command_run("exit 3", path, &is_over), 3);
	assert_int_equal(job_command_run("kill -TERM $$", path, &is_over), 128 + SIGTERM);
	assert_int_equal(job_command_run("true", "/nowhere/at.all", &is_over), -ENOENT);
	(void)unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(job_command_run("true", path, &is_over), -ELOOP);
}

/* Workers block the signals that end a run: their commands do not. */
TEST(a_command_blocks_no_signal)
{
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &blocked, &before);
	assert_int_equal(job_command_run("kill -INT $$; sleep 10", path, &is_over), 128 + SIGINT);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_alarm(int number)
{
	(void)number;
}

TEST(a_command_is_killed_when_its_job_is_over)
{
	struct sigaction action = {.sa_handler = on_alarm};

	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	atomic_store(&is_over, true);
	ualarm(50000, 50000);
	assert_int_equal(
		job_command_run("sleep 100 & sleep 100; true", path, &is_over), 128 + SIGKILL);
	ualarm(0, 0);
}

TEST_MAIN(NULL, NULL);
