/* SPDX-License-Identifier: MIT */
/* fork, exec, wait. */
#include "session/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/peers.h"
#include "base/text.h"
#include "run/stop_signal.h"

#define LOOK_NS  (100 * NS_PER_MS)
#define GRACE_NS (3 * NS_PER_S) /* from SIGTERM to SIGKILL */
#define START_NS (5 * NS_PER_S) /* for exec: it may be stopped, or wait for a file system */

/* 0 or -1 with errno set. */
static int bind_to(const struct job_cpus *cpus)
{
	cpu_set_t set;

	if (!cpus || cpus->count == 0)
		return 0;
	CPU_ZERO(&set);
	for (size_t i = 0; i < cpus->count; i++)
		CPU_SET(cpus->cpus[i], &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static void redirect(const char *path, int flags, int to)
{
	int descriptor = open(path, flags | O_CLOEXEC, 0600);

	if (descriptor >= 0)
		dup2(descriptor, to);
}

/* In the child. Tells `report` why it could not start. */
static _Noreturn void become(
	const struct child_request *request, const sigset_t *mask, int report, pid_t parent)
{
	int error;

	/* Its result is of no use when we are killed, also when we just have been. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	redirect("/dev/null", O_RDONLY, STDIN_FILENO);
	redirect("/dev/null", O_WRONLY, STDOUT_FILENO);
	redirect(request->messages_path, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (setenv(CHILD_VARIABLE, "1", true) == 0 && bind_to(request->cpus) == 0 &&
		(request->inherited == 0 || fcntl(request->inherited, F_SETFD, 0) == 0))
		execv(request->program, (char *const *)request->arguments);
	error = errno;
	if (write(report, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/* Bytes that a process, ended but not yet reaped, had moved from and to storage (proc(5)). */
static void read_storage_bytes(pid_t pid, struct child_end *end)
{
	struct arena arena = {0};
	const char *text = text_read_file(&arena, arena_printf(&arena, "/proc/%d/io", (int)pid));
	const char *read_at = text ? strstr(text, "\nread_bytes: ") : NULL;
	const char *write_at = text ? strstr(text, "\nwrite_bytes: ") : NULL;

	end->own.read_bytes = read_at ? strtod(read_at + strlen("\nread_bytes: "), NULL) : NAN;
	end->own.written_bytes =
		write_at ? strtod(write_at + strlen("\nwrite_bytes: "), NULL) : NAN;
	arena_free(&arena);
}

/* The second number of schedstat: ns for which the thread was ready to run and did not. */
static double read_wait_ns(int threads, const char *thread)
{
	char path[64], text[128];
	ssize_t bytes;
	const char *blank;

	snprintf(path, sizeof(path), "%.16s/schedstat", thread);
	{
		AUTO_CLOSE int file = openat(threads, path, O_RDONLY | O_CLOEXEC);

		bytes = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
	}
	if (bytes <= 0)
		return 0; /* it has ended, or this kernel does not count */
	text[bytes] = '\0';
	blank = strchr(text, ' ');
	return blank ? strtod(blank, NULL) : 0;
}

/*
 * Threads take their counters with them when they end, so this is read while they run; those of
 * the engine live as long as the run, poll threads of io_uring are among them.
 */
static double read_waited_s(pid_t pid)
{
	char path[64];
	double waited_ns = 0;
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	if (!threads)
		return 0;
	for (struct dirent *entry = readdir(threads); entry; entry = readdir(threads)) {
		if (entry->d_name[0] != '.')
			waited_ns += read_wait_ns(dirfd(threads), entry->d_name);
	}
	closedir(threads);
	return waited_ns / 1e9;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == pid;
}

/* Until it has ended, with our help when it is late. `sigchld` is blocked. */
static void wait_for(const struct child_request *request, pid_t pid, const sigset_t *sigchld,
	struct child_end *end)
{
	const struct timespec look = {.tv_nsec = LOOK_NS};
	uint64_t started_ns = clock_now();
	uint64_t told_ns = 0;

	while (!has_ended(pid)) {
		uint64_t now;
		bool is_asked;

		/* A signal that comes between the look and the wait stays pending. */
		(void)sigtimedwait(sigchld, NULL, &look);
		now = clock_now();
		end->own.waited_s = fmax(end->own.waited_s, read_waited_s(pid));
		if (request->on_wait)
			request->on_wait(request->context);
		is_asked = peers_have_lost() || stop_signal_number() != 0;
		if (told_ns == 0 && is_asked) {
			end->was_interrupted = true;
			told_ns = now;
			kill(pid, SIGTERM);
		} else if (told_ns == 0 && now - started_ns > request->timeout_ns) {
			end->was_late = true;
			told_ns = now;
			kill(pid, SIGTERM);
		} else if (told_ns != 0 && now - told_ns > GRACE_NS) {
			kill(pid, SIGKILL);
		}
	}
}

static void reap(pid_t pid, struct child_end *end)
{
	struct rusage usage;
	int status;

	read_storage_bytes(pid, end);
	if (wait4(pid, &status, 0, &usage) != pid) {
		end->start_error = errno;
		return;
	}
	end->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	end->own.cpu_s = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
			 (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
	end->own.preempted_count = (double)usage.ru_nivcsw;
	if (access("/proc/self/schedstat", R_OK) != 0)
		end->own.waited_s = NAN;
}

/* The pipe's end: an errno, or closed by exec; after some time its end is waited for as it is. */
static int read_start_error(const struct child_request *request, int report)
{
	uint64_t end_ns = clock_now() + MIN(request->timeout_ns, START_NS);
	struct pollfd reported = {.fd = report, .events = POLLIN};
	int error = 0;

	while (poll(&reported, 1, (int)(LOOK_NS / NS_PER_MS)) <= 0) {
		if (clock_now() > end_ns || stop_signal_number() != 0)
			return 0;
	}
	if (read(report, &error, sizeof(error)) < 0)
		return 0; /* a signal broke it off: the exit code will tell */
	return error;
}

/* Starts it; what it writes to the pipe before exec closes that is an errno. */
static pid_t start(const struct child_request *request, const sigset_t *mask, int *start_error)
{
	int ends[2];
	pid_t parent = getpid();
	pid_t pid;

	*start_error = 0;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		*start_error = errno;
		return -1;
	}
	pid = fork();
	if (pid == 0)
		become(request, mask, ends[1], parent);
	if (pid < 0)
		*start_error = errno;
	close(ends[1]);
	if (pid > 0)
		*start_error = read_start_error(request, ends[0]);
	close(ends[0]);
	return pid;
}

void child_start(struct child *child, const struct child_request *request, struct child_end *end)
{
	sigset_t sigchld;

	*end = (struct child_end){
		.exit_code = 127, .own.read_bytes = NAN, .own.written_bytes = NAN};
	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &sigchld, &child->mask);
	fflush(NULL); /* or the child would have our unwritten text as well */
	child->pid = start(request, &child->mask, &end->start_error);
}

bool child_has_ended(const struct child *child)
{
	return child->pid < 0 || has_ended(child->pid);
}

void child_wait(struct child *child, const struct child_request *request, struct child_end *end)
{
	sigset_t sigchld;

	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	if (child->pid > 0) {
		end->own.waited_s = read_waited_s(child->pid);
		wait_for(request, child->pid, &sigchld, end);
		reap(child->pid, end);
	}
	sigprocmask(SIG_SETMASK, &child->mask, NULL);
	if (stop_signal_number() != 0)
		end->was_interrupted = true;
}
