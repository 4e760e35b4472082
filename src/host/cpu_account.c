/* SPDX-License-Identifier: MIT */
/*
 * A worker reads its own thread's clock; the helpers' clocks are read by anybody in the process,
 * through the clock id that the kernel makes of a thread's number. Helpers are found by name.
 */
#include "host/cpu_account.h"

#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

enum {
	PROC_TEXT_BYTES = 16384,   /* a status with the masks of thousands of CPUs */
	STAT_PROCESSOR_FIELD = 39, /* proc(5), /proc/pid/stat */
};

/* linux/nsfs.h: PROC_PID_INIT_INO, the number of the first PID namespace. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

struct helper_reading {
	uint64_t cpu_ns;
	uint64_t voluntary;
	uint64_t involuntary;
};

enum helper_kind {
	HELPER_SQPOLL,
	HELPER_IO_WORKER, /* io-wq's */
	HELPER_OF_ENGINE, /* threads that an engine or a library has started */
};

struct helper {
	int tid;
	enum helper_kind kind;
	int cpu;
	struct helper_reading base; /* at the start of the window */
	struct helper_reading last;
	struct helper_reading past; /* of earlier threads with the same number */
};

struct cpu_account {
	struct cpu_account *next;
	int tid;

	pthread_mutex_t lock; /* for what follows: the owner against the supervisor */
	bool is_started;
	bool is_stopped; /* CPU times are final: a late reading may only add helpers */
	struct helper *helpers;
	size_t helper_count;
	size_t helper_room;

	/* The owner's. */
	uint64_t start_cpu_ns;
	struct rusage start_usage;
};

/* Every open account, the highest thread number first; the lock is taken before an account's own.
 */
static struct cpu_account *accounts;
static pthread_mutex_t accounts_lock = PTHREAD_MUTEX_INITIALIZER;

/* CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED, include/linux/posix-timers_types.h in the kernel. */
static clockid_t thread_clock(int tid)
{
	return (clockid_t)((~(unsigned)tid << 3) | 6);
}

/* False when the thread is gone. */
static bool read_clock(clockid_t clock, uint64_t *ns)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return false;
	*ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	return true;
}

static uint64_t own_cpu_ns(void)
{
	uint64_t ns = 0;

	/* Cannot fail: every thread has this clock. */
	(void)read_clock(CLOCK_THREAD_CPUTIME_ID, &ns);
	return ns;
}

struct cpu_account *cpu_account_open(void)
{
	struct cpu_account *account = calloc(1, sizeof(*account));
	struct cpu_account **link = &accounts;

	if (!account)
		return NULL;
	account->tid = gettid();
	pthread_mutex_init(&account->lock, NULL);
	pthread_mutex_lock(&accounts_lock);
	while (*link && (*link)->tid > account->tid)
		link = &(*link)->next;
	account->next = *link;
	*link = account;
	pthread_mutex_unlock(&accounts_lock);
	return account;
}

void cpu_account_close(struct cpu_account *account)
{
	struct cpu_account **link = &accounts;

	if (!account)
		return;
	pthread_mutex_lock(&accounts_lock);
	while (*link != account)
		link = &(*link)->next;
	*link = account->next;
	pthread_mutex_unlock(&accounts_lock);
	pthread_mutex_destroy(&account->lock);
	free(account->helpers);
	free(account);
}

/* Text of /proc/self/task/TID/NAME; false when the thread is gone. */
static bool read_task_file(int tid, const char *name, char text[PROC_TEXT_BYTES])
{
	char path[64];
	AUTO_FCLOSE FILE *stream = NULL;
	size_t length;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, name);
	stream = fopen(path, "re");
	if (!stream)
		return false;
	length = fread(text, 1, PROC_TEXT_BYTES - 1, stream);
	text[length] = '\0';
	return length > 0;
}

static uint64_t status_number(const char *text, const char *key)
{
	const char *place = strstr(text, key);

	return place ? strtoull(place + strlen(key), NULL, 10) : 0;
}

/* The CPU that the thread last ran on, or -1. */
static int read_processor(int tid, char text[PROC_TEXT_BYTES])
{
	const char *field;

	if (!read_task_file(tid, "stat", text))
		return -1;
	field = strrchr(text, ')'); /* the end of field 2, which may hold anything */
	for (int i = 2; field && i < STAT_PROCESSOR_FIELD; i++)
		field = strchr(field + 1, ' ');
	return field ? (int)strtol(field, NULL, 10) : -1;
}

static struct helper *find_helper(struct cpu_account *account, int tid)
{
	for (size_t i = 0; i < account->helper_count; i++) {
		if (account->helpers[i].tid == tid)
			return &account->helpers[i];
	}
	return NULL;
}

/* NULL when memory is out: that helper is then not counted. */
static struct helper *add_helper(struct cpu_account *account, int tid, enum helper_kind kind)
{
	if (account->helper_count == account->helper_room) {
		size_t room = account->helper_room ? 2 * account->helper_room : 16;
		struct helper *helpers =
			reallocarray(account->helpers, room, sizeof(*account->helpers));

		if (!helpers)
			return NULL;
		account->helpers = helpers;
		account->helper_room = room;
	}
	account->helpers[account->helper_count] =
		(struct helper){.tid = tid, .kind = kind, .cpu = -1};
	return &account->helpers[account->helper_count++];
}

static void add_reading(struct helper_reading *sum, const struct helper *helper)
{
	sum->cpu_ns += helper->last.cpu_ns - helper->base.cpu_ns;
	sum->voluntary += helper->last.voluntary - helper->base.voluntary;
	sum->involuntary += helper->last.involuntary - helper->base.involuntary;
}

/* A clock that went back is another thread's, which got the number of one that is gone. */
static void update_clock(struct helper *helper, uint64_t cpu_ns)
{
	if (cpu_ns < helper->last.cpu_ns) {
		add_reading(&helper->past, helper);
		helper->base = helper->last = (struct helper_reading){0};
	}
	helper->last.cpu_ns = cpu_ns;
}

static void note_helper(struct cpu_account *account, int tid, enum helper_kind kind)
{
	char text[PROC_TEXT_BYTES];
	int cpu = read_processor(tid, text);
	struct helper *helper;
	bool is_new;
	uint64_t cpu_ns;

	if (!read_task_file(tid, "status", text) || !read_clock(thread_clock(tid), &cpu_ns))
		return;
	pthread_mutex_lock(&account->lock);
	helper = find_helper(account, tid);
	is_new = !helper;
	if (is_new)
		helper = add_helper(account, tid, kind);
	if (helper) {
		if (is_new || !account->is_stopped)
			update_clock(helper, cpu_ns);
		helper->last.voluntary = status_number(text, "\nvoluntary_ctxt_switches:");
		helper->last.involuntary = status_number(text, "\nnonvoluntary_ctxt_switches:");
		helper->cpu = cpu;
	}
	pthread_mutex_unlock(&account->lock);
}

/* A thread named "iou-sqp-OWNER", "iou-wrk-OWNER" or "rs-io-OWNER". */
struct helper_name {
	int tid;
	int owner;
	enum helper_kind kind;
};

static bool read_helper_name(int tid, struct helper_name *name)
{
	char text[PROC_TEXT_BYTES];

	*name = (struct helper_name){.tid = tid};
	if (!read_task_file(tid, "comm", text))
		return false;
	if (sscanf(text, "iou-sqp-%d", &name->owner) == 1)
		name->kind = HELPER_SQPOLL;
	else if (sscanf(text, "iou-wrk-%d", &name->owner) == 1)
		name->kind = HELPER_IO_WORKER;
	else if (sscanf(text, "rs-io-%d", &name->owner) == 1)
		name->kind = HELPER_OF_ENGINE;
	else
		return false;
	return true;
}

static bool is_worker(int tid)
{
	for (const struct cpu_account *account = accounts; account; account = account->next) {
		if (account->tid == tid)
			return true;
	}
	return tid == getpid();
}

/* Of an io-wq worker the owner may be the SQPOLL thread of a worker. */
static struct cpu_account *owner_of(const struct helper_name *name)
{
	for (struct cpu_account *account = accounts; account; account = account->next) {
		const struct helper *helper;

		if (account->tid == name->owner)
			return account;
		helper = find_helper(account, name->owner);
		if (helper && helper->kind == HELPER_SQPOLL)
			return account;
	}
	return NULL;
}

static int order_of_owners(const void *a, const void *b)
{
	const struct helper_name *left = a, *right = b;

	return left->owner < right->owner ? -1 : left->owner > right->owner;
}

static bool is_in_first_pid_namespace(void)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/pid", link, sizeof(link));

	return length == (ssize_t)strlen(FIRST_PID_NAMESPACE) &&
	       memcmp(link, FIRST_PID_NAMESPACE, (size_t)length) == 0;
}

/*
 * In another PID namespace: numbers are given out in the same order in both, so the n-th owner is
 * the n-th account, as long as all of them have helpers. The list begins with the highest number.
 * Names that ringside gave bear numbers of this namespace.
 */
static void note_by_order(struct helper_name *names, size_t count)
{
	size_t account_count = 0, rank = 0;

	qsort(names, count, sizeof(*names), order_of_owners);
	for (const struct cpu_account *account = accounts; account; account = account->next)
		account_count++;
	for (size_t i = 0; i < count && account_count; i++) {
		struct cpu_account *account = accounts;

		if (i > 0 && names[i].owner != names[i - 1].owner)
			rank++;
		for (size_t k = rank % account_count + 1; k < account_count; k++)
			account = account->next;
		note_helper(account, names[i].tid, names[i].kind);
	}
}

static void note_by_name(const struct helper_name *names, size_t count)
{
	/* SQPOLL threads first: they own io-wq workers. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++) {
			struct cpu_account *account;

			if ((names[i].kind == HELPER_SQPOLL) != (pass == 0))
				continue;
			account = owner_of(&names[i]);
			if (account)
				note_helper(account, names[i].tid, names[i].kind);
		}
	}
}

/* The helper threads of this process; *names is the caller's to free. */
static size_t list_helpers(struct helper_name **names)
{
	DIR *tasks = opendir("/proc/self/task");
	size_t count = 0, room = 0;

	*names = NULL;
	if (!tasks)
		return 0;
	for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks)) {
		int tid = (int)strtol(entry->d_name, NULL, 10);
		struct helper_name name;

		if (!isdigit((unsigned char)entry->d_name[0]) || is_worker(tid) ||
			!read_helper_name(tid, &name))
			continue;
		if (count == room) {
			struct helper_name *longer;

			room = room ? 2 * room : 64;
			longer = reallocarray(*names, room, sizeof(**names));
			if (!longer)
				break; /* Those found so far are counted. */
			*names = longer;
		}
		(*names)[count++] = name;
	}
	closedir(tasks);
	return count;
}

/* Moves the kernel's own threads to the front; returns their number. */
static size_t part_kernel_threads(struct helper_name *names, size_t count)
{
	size_t kernel_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct helper_name name = names[i];

		if (name.kind == HELPER_OF_ENGINE)
			continue;
		names[i] = names[kernel_count];
		names[kernel_count++] = name;
	}
	return kernel_count;
}

void cpu_account_watch(void)
{
	struct helper_name *names;
	size_t count, kernel_count;

	pthread_mutex_lock(&accounts_lock);
	count = list_helpers(&names);
	kernel_count = part_kernel_threads(names, count);
	if (is_in_first_pid_namespace())
		note_by_name(names, kernel_count);
	else
		note_by_order(names, kernel_count);
	if (count > kernel_count)
		note_by_name(&names[kernel_count], count - kernel_count);
	pthread_mutex_unlock(&accounts_lock);
	free(names);
}

/* The clocks of helpers that are known; one that is gone keeps its last reading. */
static void read_helper_clocks(struct cpu_account *account)
{
	for (size_t i = 0; i < account->helper_count; i++) {
		uint64_t cpu_ns;

		if (read_clock(thread_clock(account->helpers[i].tid), &cpu_ns))
			update_clock(&account->helpers[i], cpu_ns);
	}
}

void cpu_account_start(struct cpu_account *account)
{
	pthread_mutex_lock(&account->lock);
	account->is_started = true;
	account->is_stopped = false;
	read_helper_clocks(account);
	for (size_t i = 0; i < account->helper_count; i++) {
		account->helpers[i].base = account->helpers[i].last;
		account->helpers[i].past = (struct helper_reading){0};
	}
	pthread_mutex_unlock(&account->lock);
	getrusage(RUSAGE_THREAD, &account->start_usage);
	account->start_cpu_ns = own_cpu_ns();
}

static uint64_t elapsed_ns(const struct timeval *from, const struct timeval *to)
{
	int64_t us = (int64_t)(to->tv_sec - from->tv_sec) * 1000000 + to->tv_usec - from->tv_usec;

	return (uint64_t)us * NS_PER_US;
}

static void use_of_worker(const struct cpu_account *account, uint64_t cpu_ns,
	const struct rusage *now, struct cpu_usage *usage)
{
	const struct rusage *before = &account->start_usage;
	uint64_t user_ns = elapsed_ns(&before->ru_utime, &now->ru_utime);
	uint64_t system_ns = elapsed_ns(&before->ru_stime, &now->ru_stime);
	double share = user_ns + system_ns ? (double)user_ns / (double)(user_ns + system_ns) : 1;

	usage->user_ns = (uint64_t)((double)cpu_ns * share);
	usage->system_ns = cpu_ns - usage->user_ns;
	usage->voluntary_switches = (uint64_t)(now->ru_nvcsw - before->ru_nvcsw);
	usage->involuntary_switches = (uint64_t)(now->ru_nivcsw - before->ru_nivcsw);
}

static void use_of_helpers(const struct cpu_account *account, struct cpu_usage *usage)
{
	for (size_t i = 0; i < account->helper_count; i++) {
		const struct helper *helper = &account->helpers[i];
		struct helper_reading used = helper->past;

		add_reading(&used, helper);
		usage->helper_ns += used.cpu_ns;
		usage->voluntary_switches += used.voluntary;
		usage->involuntary_switches += used.involuntary;
		/* The kernel keeps an idle one for the next ring of the thread. */
		usage->io_worker_count += helper->kind == HELPER_IO_WORKER && used.cpu_ns > 0;
		if (helper->kind != HELPER_SQPOLL)
			continue;
		usage->sqpoll_ns += used.cpu_ns;
		usage->sqpoll_tid = helper->tid;
		usage->sqpoll_cpu = helper->cpu;
	}
}

void cpu_account_stop(struct cpu_account *account, struct cpu_usage *usage)
{
	struct rusage now;
	uint64_t cpu_ns = own_cpu_ns();

	*usage = (struct cpu_usage){.sqpoll_cpu = -1};
	getrusage(RUSAGE_THREAD, &now);
	pthread_mutex_lock(&account->lock);
	read_helper_clocks(account);
	account->is_stopped = true;
	pthread_mutex_unlock(&account->lock);

	cpu_account_watch(); /* helpers that came since, and the switches of all */
	use_of_worker(account, cpu_ns - account->start_cpu_ns, &now, usage);
	pthread_mutex_lock(&account->lock);
	use_of_helpers(account, usage);
	pthread_mutex_unlock(&account->lock);
}
