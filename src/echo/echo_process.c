/* SPDX-License-Identifier: MIT */
#include "echo/echo_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"
#include "echo/echo_shared.h"

enum {
	PAGE_BYTES = 4096,
	SPARE_CONNECTIONS = 16, /* above twice the client's: it may be faster to connect again */
	SPARE_DESCRIPTORS = 64, /* than the server is to close */
	START_LIMIT_S = 10,
	END_LIMIT_S = 3,
	LOOK_LIMIT_S = 1,
	ORPHAN_LIMIT_S = 5,
	LAST_PLAIN_SIGNAL = 31,
	LOOK_NS = 50000000,
	FIRST_NAP_NS = 200000,
};

/* What the child needs of its parent. */
struct child {
	const struct echo_process_spec *spec;
	struct echo_server server;
	int *given;
	pid_t parent;
};

/* The one of the process that is a server. */
static struct echo_shared *own_shared;

static void on_stop(int number)
{
	(void)number;
	atomic_store_explicit(&own_shared->must_stop, true, memory_order_relaxed);
	/* Without a parent nobody else would end one that hangs. */
	alarm(ORPHAN_LIMIT_S);
}

static uint64_t in_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_usec * NS_PER_US;
}

/* Two system calls of its own, which no count has. */
static void on_look(int number)
{
	struct echo_usage *usage = &own_shared->usage;
	int error = errno;
	struct timespec cpu;
	struct rusage used;

	(void)number;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	getrusage(RUSAGE_SELF, &used);
	*usage = (struct echo_usage){
		.cpu_ns = (uint64_t)cpu.tv_sec * NS_PER_S + (uint64_t)cpu.tv_nsec,
		.user_ns = in_ns(&used.ru_utime),
		.system_ns = in_ns(&used.ru_stime),
		.voluntary_switches = (uint64_t)used.ru_nvcsw,
		.involuntary_switches = (uint64_t)used.ru_nivcsw,
	};
	atomic_fetch_add(&own_shared->looks, 1);
	futex_wake(&own_shared->looks, INT_MAX);
	errno = error;
}

/* Its own group, so that Ctrl-C is the client's to handle. */
static void take_signals(void)
{
	struct sigaction stop = {.sa_handler = on_stop};
	struct sigaction look = {.sa_handler = on_look, .sa_flags = SA_RESTART};
	sigset_t none;

	for (int i = 1; i <= LAST_PLAIN_SIGNAL; i++)
		(void)signal(i, i == SIGPIPE ? SIG_IGN : SIG_DFL); /* SIGKILL, SIGSTOP refuse */
	sigaction(SIGTERM, &stop, NULL);
	/* What a stopped process gets when its parent is gone. */
	sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGUSR1, &look, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* It fails where it leads one already. */
	(void)setpgid(0, 0);
}

static void close_between(unsigned first, unsigned last)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
	for (unsigned i = first; i <= last && i < USHRT_MAX; i++)
		close((int)i);
}

static int by_number(const void *one, const void *other)
{
	return *(const int *)one - *(const int *)other;
}

/* All but stderr and these; those become as low as they can: select(2) takes no high ones. */
static void keep_descriptors(int *kept, unsigned count)
{
	unsigned first = STDERR_FILENO + 1;
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)dup2(nothing, STDIN_FILENO);
	(void)dup2(nothing, STDOUT_FILENO);
	qsort(kept, count, sizeof(*kept), by_number);
	for (unsigned i = 0; i < count; i++) {
		if ((unsigned)kept[i] > first)
			close_between(first, (unsigned)kept[i] - 1);
		first = (unsigned)kept[i] + 1;
	}
	close_between(first, UINT_MAX);
	for (unsigned i = 0; i < count; i++) {
		int low = fcntl(kept[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		if (low >= 0 && low < kept[i]) {
			close(kept[i]);
			kept[i] = low;
		} else if (low >= 0) {
			close(low);
		}
	}
}

/* Its parent, which removes the socket too, may be gone. */
static _Noreturn void leave(const struct child *child, int code)
{
	echo_address_remove(child->spec->address);
	_exit(code);
}

static _Noreturn void be_server(struct child *child)
{
	struct echo_server *server = &child->server;
	int error;

	own_shared = server->shared;
	take_signals();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_NAME, "rs-echo");
	while (!atomic_load(&own_shared->may_run) && !echo_server_must_stop(server) &&
		getppid() == child->parent)
		futex_wait(&own_shared->may_run, 0, NULL);
	/* A parent that was gone before prctl(2) has sent no signal. */
	if (getppid() != child->parent || echo_server_must_stop(server))
		leave(child, 1);
	if (server->listener >= 0)
		keep_descriptors(&server->listener, 1);
	else
		keep_descriptors(child->given, server->given_count);
	error = child->spec->cpus ? sched_setaffinity(0, sizeof(cpu_set_t), child->spec->cpus) : 0;
	if (error != 0)
		error = echo_server_fail(server, -errno, "name other server_cpus",
			"server_cpus: %s", strerror(errno));
	if (error == 0)
		error = server->class->run(server);
	if (error != 0)
		echo_server_ready(server);
	leave(child, error == 0 ? 0 : 1);
}

static int fail(struct echo_process *process, int error, const char *hint, const char *problem)
{
	snprintf(process->problem, sizeof(process->problem), "%s", problem);
	snprintf(process->hint, sizeof(process->hint), "%s", hint ? hint : "");
	return error;
}

/* As many more as are needed: others have their own. Where it cannot be, the call that needs them
 * says so. */
static void raise_file_limit(unsigned more)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	limit.rlim_cur =
		limit.rlim_cur + more < limit.rlim_max ? limit.rlim_cur + more : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void close_all(int *descriptors, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (descriptors[i] >= 0)
			close(descriptors[i]);
		descriptors[i] = -1;
	}
}

static int make_pairs(struct echo_process *process, struct child *child)
{
	unsigned count = process->connections;
	int error = 0;

	process->pair_ends = malloc(count * sizeof(int));
	child->given = malloc(count * sizeof(int));
	if (!process->pair_ends || !child->given)
		return fail(process, -ENOMEM, NULL, "no memory for connections");
	for (unsigned i = 0; i < count; i++)
		process->pair_ends[i] = child->given[i] = -1;
	for (unsigned i = 0; i < count && error == 0; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) {
			error = fail(process, -errno, echo_socket_hint(errno), strerror(errno));
			continue;
		}
		process->pair_ends[i] = ends[0];
		child->given[i] = ends[1];
	}
	child->server.given = child->given;
	child->server.given_count = count;
	return error;
}

static int make_sockets(struct echo_process *process, struct child *child)
{
	const char *problem, *hint;

	if (process->address->kind == ECHO_PAIR)
		return make_pairs(process, child);
	child->server.listener = echo_address_listen(
		process->address, (int)process->connections + 1, &problem, &hint);
	if (child->server.listener >= 0)
		return 0;
	return fail(process, child->server.listener, hint, problem);
}

static int share_memory(struct echo_process *process, struct child *child)
{
	unsigned limit = child->server.connection_limit + 1;

	process->shared_bytes = sizeof(struct echo_shared) + limit * sizeof(struct echo_counts);
	process->shared = mmap(NULL, process->shared_bytes, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (process->shared == MAP_FAILED) {
		process->shared = NULL;
		return fail(process, -ENOMEM, NULL, "no memory for the server's counts");
	}
	process->shared->count_limit = child->server.count_limit = limit;
	child->server.shared = process->shared;
	return 0;
}

/* Whether it has ended; says why where it should not have. */
static bool has_ended(struct echo_process *process, int *error)
{
	int status;

	if (process->pid == 0 || waitpid(process->pid, &status, WNOHANG) != process->pid)
		return process->pid == 0;
	process->pid = 0;
	*error = process->shared->error;
	if (*error != 0) {
		fail(process, *error, process->shared->hint, process->shared->problem);
	} else if (WIFSIGNALED(status)) {
		*error = fail(process, -ECHILD, NULL, "");
		snprintf(process->problem, sizeof(process->problem),
			"the server's process was ended by signal %d", WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0) {
		*error = fail(process, -ECHILD, NULL, "the server's process ended");
	}
	return true;
}

static int await_ready(struct echo_process *process)
{
	uint64_t limit_ns = clock_now() + START_LIMIT_S * NS_PER_S;
	int error = 0;

	while (!atomic_load(&process->shared->is_ready)) {
		struct timespec until = futex_time_after(LOOK_NS);

		if (has_ended(process, &error))
			return error ? error
				     : fail(process, -ECHILD, NULL, "the server's process ended");
		if (clock_now() > limit_ns)
			return fail(process, -ETIMEDOUT, NULL, "the server does not get ready");
		futex_wait(&process->shared->is_ready, 0, &until);
	}
	if (process->shared->error != 0)
		return fail(process, process->shared->error, process->shared->hint,
			process->shared->problem);
	return 0;
}

static void let_run(struct echo_process *process, const struct echo_process_spec *spec)
{
	if (spec->attach)
		spec->attach(spec->context, process->pid);
	atomic_store(&process->shared->may_run, 1);
	futex_wake(&process->shared->may_run, INT_MAX);
}

int echo_process_start(struct echo_process *process, const struct echo_process_spec *spec)
{
	bool is_pair = spec->address->kind == ECHO_PAIR;
	struct child child = {
		.spec = spec,
		.parent = getpid(),
		.server =
			{
				.class = spec->class,
				.options = spec->options,
				.listener = -1,
				.connections = spec->connections,
				.connection_limit =
					is_pair ? spec->connections
						: 2 * spec->connections + SPARE_CONNECTIONS,
				.exchange_bytes = spec->exchange_bytes,
				.buffer_bytes =
					(spec->exchange_bytes + PAGE_BYTES) & -(uint32_t)PAGE_BYTES,
			},
	};
	int error;

	*process =
		(struct echo_process){.address = spec->address, .connections = spec->connections};
	raise_file_limit(2 * spec->connections + SPARE_CONNECTIONS + SPARE_DESCRIPTORS);
	error = share_memory(process, &child);
	if (error == 0)
		error = make_sockets(process, &child);
	if (error == 0) {
		process->pid = fork();
		if (process->pid == 0)
			be_server(&child);
		if (process->pid > 0)
			let_run(process, spec);
		if (process->pid < 0) {
			error = fail(process, -errno, NULL, strerror(errno));
			process->pid = 0;
		}
	}
	if (child.server.listener >= 0)
		close(child.server.listener);
	if (child.given)
		close_all(child.given, spec->connections);
	free(child.given);
	if (error == 0)
		error = await_ready(process);
	if (error != 0) {
		/* The first reason is the one that counts. */
		char problem[ECHO_TEXT_BYTES], hint[ECHO_TEXT_BYTES];

		memcpy(problem, process->problem, sizeof(problem));
		memcpy(hint, process->hint, sizeof(hint));
		(void)echo_process_stop(process);
		echo_process_free(process);
		fail(process, error, hint, problem);
	}
	return error;
}

void echo_process_counts(const struct echo_process *process, struct echo_counts *sum)
{
	_Atomic uint64_t *to = (_Atomic uint64_t *)sum;
	const unsigned words = sizeof(*sum) / sizeof(uint64_t);

	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; process->shared && i < process->shared->count_limit; i++) {
		const _Atomic uint64_t *from =
			(const _Atomic uint64_t *)&process->shared->counts[i];

		for (unsigned j = 0; j < words; j++)
			echo_count(&to[j], atomic_load_explicit(&from[j], memory_order_relaxed));
	}
}

bool echo_process_usage(const struct echo_process *process, struct echo_usage *usage)
{
	uint64_t limit_ns = clock_now() + LOOK_LIMIT_S * NS_PER_S;
	uint32_t before;

	if (process->pid == 0)
		return false;
	before = atomic_load(&process->shared->looks);
	if (kill(process->pid, SIGUSR1) < 0)
		return false;
	while (atomic_load(&process->shared->looks) == before) {
		struct timespec until = futex_time_after(LOOK_NS);

		if (clock_now() > limit_ns)
			return false;
		futex_wait(&process->shared->looks, before, &until);
	}
	*usage = process->shared->usage;
	return true;
}

const struct echo_fact *echo_process_fact(const struct echo_process *process, unsigned index)
{
	if (!process->shared || index >= atomic_load(&process->shared->fact_count))
		return NULL;
	return &process->shared->facts[index];
}

const char *echo_process_failure(const struct echo_process *process, const char **hint)
{
	const struct echo_shared *shared = process->shared;

	if (!shared || atomic_load(&shared->error) == 0)
		return NULL;
	*hint = shared->hint[0] ? shared->hint : NULL;
	return shared->problem;
}

int echo_process_stop(struct echo_process *process)
{
	uint64_t limit_ns = clock_now() + END_LIMIT_S * NS_PER_S;
	struct timespec nap = {.tv_nsec = FIRST_NAP_NS};
	int error = 0;

	if (process->pid == 0)
		return 0;
	if (!has_ended(process, &error)) {
		atomic_store(&process->shared->must_stop, true);
		/* One that comes just before it waits is lost, so there are more. */
		do {
			kill(process->pid, clock_now() < limit_ns ? SIGTERM : SIGKILL);
			nanosleep(&nap, NULL);
			if (nap.tv_nsec < LOOK_NS)
				nap.tv_nsec *= 2;
		} while (!has_ended(process, &error));
	} else if (error == 0) {
		error = fail(process, -ECHILD, NULL, "the server's process ended by itself");
	}
	if (process->pair_ends)
		close_all(process->pair_ends, process->connections);
	echo_address_remove(process->address);
	return error;
}

void echo_process_free(struct echo_process *process)
{
	if (process->shared)
		munmap(process->shared, process->shared_bytes);
	free(process->pair_ends);
	process->shared = NULL;
	process->pair_ends = NULL;
}
