/* SPDX-License-Identifier: MIT */
/* A command in a process of its own, that no signal for this one's threads reaches blocked. */
#include "run/job_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What this thread blocks, and what this process ignores, is not the command's. */
static void reset_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	/* These fail for bad arguments only. */
	(void)posix_spawnattr_setsigmask(attributes, &none);
	(void)posix_spawnattr_setsigdefault(attributes, &all);
	(void)posix_spawnattr_setpgroup(attributes, 0);
	(void)posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int spawn(const char *command, int output, pid_t *pid)
{
	char shell[] = "sh", option[] = "-c";
	char *const arguments[] = {shell, option, (char *)command, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return -error;
	error = posix_spawnattr_init(&attributes);
	if (error == 0) {
		reset_signals(&attributes);
		error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
		if (error == 0)
			error = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
		if (error == 0)
			error = posix_spawn(
				pid, "/bin/sh", &actions, &attributes, arguments, environ);
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return -error;
}

int job_command_run(const char *command, const char *path, _Atomic bool *is_over)
{
	int status, error;
	pid_t pid;
	int output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);

	if (output < 0)
		return -errno;
	error = spawn(command, output, &pid);
	close(output);
	if (error != 0)
		return error;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
		if (atomic_load(is_over))
			(void)kill(-pid, SIGKILL); /* The group may be gone already. */
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
