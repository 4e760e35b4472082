/* SPDX-License-Identifier: MIT */
/*
 * A worker reads its own thread's clock; any thread of the process may read the helpers'. Helpers
 * are found by their names in /proc/self/task.
 */
#include "host/cpu_account.h"

#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

enum {
	PROC_TEXT_BYTES = 16384, /* a status with the masks of thousands of CPUs */
	NAME_TEXT_BYTES = 64,    /* workers look for names: a large one would be of their stacks */
	STAT_PROCESSOR_FIELD = 39, /* proc(5), /proc/pid/stat */
	USAGE_BLOCK_BYTES = 512,   /* of ru_inblock, whatever the device's */
};

/* linux/nsfs.h: PROC_PID_INIT_INO, the number of the first PID namespace. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

/* The clock id that the kernel makes of a thread's number: CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED,
 * include/linux/posix-timers_types.h in the kernel. */
static clockid_t thread_clock(int tid)
{
	return (clockid_t)((~(unsigned)tid << 3) | 6);
}

bool cpu_helper_ns(int tid, uint64_t *ns)
{
	struct timespec now;

	if (clock_gettime(thread_clock(tid), &now) < 0)
		return false;
	*ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	return true;
}

/* Text of /proc/self/task/TID/NAME; false when the thread is gone. */
static bool read_task_file(int tid, const char *name, char *text, size_t bytes)
{
	char path[64];
	AUTO_FCLOSE FILE *stream = NULL;
	size_t length;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, name);
	stream = fopen(path, "re");
	if (!stream)
		return false;
	length = fread(text, 1, bytes - 1, stream);
	text[length] = '\0';
	return length > 0;
}

static uint64_t status_number(const char *text, const char *key)
{
	const char *place = strstr(text, key);

	return place ? strtoull(place + strlen(key), NULL, 10) : 0;
}

static int read_processor(int tid, char text[PROC_TEXT_BYTES])
{
	const char *field;

	if (!read_task_file(tid, "stat", text, PROC_TEXT_BYTES))
		return -1;
	field = strrchr(text, ')'); /* the end of field 2, which may hold anything */
	for (int i = 2; field && i < STAT_PROCESSOR_FIELD; i++)
		field = strchr(field + 1, ' ');
	return field ? (int)strtol(field, NULL, 10) : -1;
}

bool cpu_helper_reading(int tid, struct helper_reading *reading)
{
	char text[PROC_TEXT_BYTES];

	reading->cpu = read_processor(tid, text);
	if (!read_task_file(tid, "status", text, sizeof(text)) ||
		!cpu_helper_ns(tid, &reading->cpu_ns))
		return false;
	reading->voluntary = status_number(text, "\nvoluntary_ctxt_switches:");
	reading->involuntary = status_number(text, "\nnonvoluntary_ctxt_switches:");
	return true;
}

static bool read_name(int tid, struct helper_thread *thread)
{
	char text[NAME_TEXT_BYTES];

	*thread = (struct helper_thread){.tid = tid};
	if (!read_task_file(tid, "comm", text, sizeof(text)))
		return false;
	if (sscanf(text, "iou-sqp-%d", &thread->owner) == 1)
		thread->kind = HELPER_SQPOLL;
	else if (sscanf(text, "iou-wrk-%d", &thread->owner) == 1)
		thread->kind = HELPER_IO_WORKER;
	else if (sscanf(text, "rs-io-%d", &thread->owner) == 1)
		thread->kind = HELPER_OF_ENGINE;
	else
		return false;
	return true;
}

static int order_of_numbers(const void *a, const void *b)
{
	const struct helper_thread *left = a, *right = b;

	return left->tid < right->tid ? -1 : left->tid > right->tid;
}

/* An SQPOLL thread that owns io-wq workers is itself owned by a worker. */
static void find_workers(struct helper_thread *threads, size_t count)
{
	qsort(threads, count, sizeof(*threads), order_of_numbers);
	for (size_t i = 0; i < count; i++) {
		const struct helper_thread key = {.tid = threads[i].owner};
		const struct helper_thread *owner = NULL;

		if (threads[i].kind == HELPER_IO_WORKER)
			owner = bsearch(&key, threads, count, sizeof(*threads), order_of_numbers);
		if (owner && owner->kind == HELPER_SQPOLL)
			threads[i].owner = owner->owner;
	}
}

size_t cpu_helper_list(bool (*is_worker)(int tid), struct helper_thread **threads)
{
	DIR *tasks = opendir("/proc/self/task");
	size_t count = 0, room = 0;

	*threads = NULL;
	if (!tasks)
		return 0;
	for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks)) {
		int tid = (int)strtol(entry->d_name, NULL, 10);
		struct helper_thread thread;

		if (!isdigit((unsigned char)entry->d_name[0]) || tid == getpid() ||
			is_worker(tid) || !read_name(tid, &thread))
			continue;
		if (count == room) {
			struct helper_thread *longer;

			room = room ? 2 * room : 64;
			longer = reallocarray(*threads, room, sizeof(**threads));
			if (!longer)
				break;
			*threads = longer;
		}
		(*threads)[count++] = thread;
	}
	closedir(tasks);
	if (count > 0 && cpu_helper_owners_are_known())
		find_workers(*threads, count);
	return count;
}

bool cpu_helper_owners_are_known(void)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/pid", link, sizeof(link));

	return length == (ssize_t)strlen(FIRST_PID_NAMESPACE) &&
	       memcmp(link, FIRST_PID_NAMESPACE, (size_t)length) == 0;
}

struct helper {
	int tid;
	enum helper_kind kind;
	struct helper_reading base; /* at the start of the window */
	struct helper_reading last;
	struct helper_reading past; /* of earlier threads with the same number */
};

struct cpu_account {
	int tid;

	pthread_mutex_t lock; /* for what follows: the owner against the supervisor */
	bool is_started;
	bool is_stopped; /* CPU times are final: a late reading may only add helpers */
	struct helper_reading at_stop; /* the worker's own, since its thread began */
	struct helper *helpers;
	size_t helper_count;
	size_t helper_room;

	bool has_passing_helpers; /* with accounts_lock */

	/* The owner's. */
	uint64_t start_cpu_ns;
	struct perf_counter counter;
	struct perf_counts start_counts;
	struct helper_reading start_unseen;
	struct rusage start_usage;
};

/* Every open account, by thread number; the lock is taken before an account's own. */
static struct cpu_account **accounts;
static size_t account_count;
static size_t account_room;
static pthread_mutex_t accounts_lock = PTHREAD_MUTEX_INITIALIZER;

/* Counts the listings that were begun, under the lock; read without it. */
static _Atomic uint64_t listings;

/* Where the account of thread `tid` is, or would be. */
static size_t place_of(int tid)
{
	size_t low = 0, high = account_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (accounts[middle]->tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct cpu_account *account_of(int tid)
{
	size_t place = place_of(tid);

	return place < account_count && accounts[place]->tid == tid ? accounts[place] : NULL;
}

/* False when memory is out. */
static bool enter(struct cpu_account *account)
{
	size_t place = place_of(account->tid);

	if (account_count == account_room) {
		size_t room = account_room ? 2 * account_room : 64;
		struct cpu_account **longer = reallocarray(accounts, room, sizeof(*accounts));

		if (!longer)
			return false;
		accounts = longer;
		account_room = room;
	}
	memmove(&accounts[place + 1], &accounts[place],
		(account_count - place) * sizeof(*accounts));
	accounts[place] = account;
	account_count++;
	return true;
}

struct cpu_account *cpu_account_open(void)
{
	struct cpu_account *account = calloc(1, sizeof(*account));
	bool is_entered;

	if (!account)
		return NULL;
	account->tid = gettid();
	pthread_mutex_init(&account->lock, NULL);
	pthread_mutex_lock(&accounts_lock);
	is_entered = enter(account);
	pthread_mutex_unlock(&accounts_lock);
	if (is_entered)
		return account;
	pthread_mutex_destroy(&account->lock);
	free(account);
	return NULL;
}

void cpu_account_close(struct cpu_account *account)
{
	size_t place;

	if (!account)
		return;
	pthread_mutex_lock(&accounts_lock);
	place = place_of(account->tid);
	while (accounts[place] != account)
		place++;
	account_count--;
	memmove(&accounts[place], &accounts[place + 1],
		(account_count - place) * sizeof(*accounts));
	pthread_mutex_unlock(&accounts_lock);
	pthread_mutex_destroy(&account->lock);
	perf_counter_close(&account->counter);
	free(account->helpers);
	free(account);
}

void cpu_account_expect_passing_helpers(struct cpu_account *account)
{
	pthread_mutex_lock(&accounts_lock);
	account->has_passing_helpers = true;
	pthread_mutex_unlock(&accounts_lock);
}

void cpu_account_count(
	struct cpu_account *account, const struct perf_source *sources, size_t source_count)
{
	perf_counter_open(&account->counter, sources, source_count);
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
		(struct helper){.tid = tid, .kind = kind, .last.cpu = -1};
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
		helper->base = helper->last = (struct helper_reading){.cpu = -1};
	}
	helper->last.cpu_ns = cpu_ns;
}

static void note_helper(struct cpu_account *account, const struct helper_thread *thread)
{
	struct helper_reading reading;
	struct helper *helper;
	bool is_new;

	if (!cpu_helper_reading(thread->tid, &reading))
		return;
	pthread_mutex_lock(&account->lock);
	helper = find_helper(account, thread->tid);
	is_new = !helper;
	if (is_new)
		helper = add_helper(account, thread->tid, thread->kind);
	if (helper) {
		if (is_new || !account->is_stopped)
			update_clock(helper, reading.cpu_ns);
		helper->last.voluntary = reading.voluntary;
		helper->last.involuntary = reading.involuntary;
		helper->last.cpu = reading.cpu;
	}
	pthread_mutex_unlock(&account->lock);
}

static int order_of_owners(const void *a, const void *b)
{
	const struct helper_thread *left = a, *right = b;

	return left->owner < right->owner ? -1 : left->owner > right->owner;
}

/*
 * In another PID namespace: numbers are given out in the same order in both, so the n-th owner is
 * the n-th account, as long as all of them have helpers. Names that ringside gave bear numbers of
 * this namespace.
 */
static void note_by_order(struct helper_thread *threads, size_t count)
{
	int last_owner = 0; /* no thread has this number */
	size_t owner_count = 0;

	if (count == 0)
		return;
	qsort(threads, count, sizeof(*threads), order_of_owners);
	for (size_t i = 0; i < count; i++) {
		if (threads[i].kind == HELPER_OF_ENGINE)
			continue;
		owner_count += threads[i].owner != last_owner;
		last_owner = threads[i].owner;
		if (account_count > 0)
			note_helper(accounts[(owner_count - 1) % account_count], &threads[i]);
	}
}

static bool is_worker(int tid)
{
	return account_of(tid) != NULL;
}

/* Lists the threads and notes the helpers among them. With the lock. */
static void watch(void)
{
	bool are_known = cpu_helper_owners_are_known();
	struct helper_thread *threads;
	size_t count;

	atomic_fetch_add(&listings, 1);
	count = cpu_helper_list(is_worker, &threads);
	if (!are_known)
		note_by_order(threads, count);
	for (size_t i = 0; i < count; i++) {
		struct cpu_account *account = account_of(threads[i].owner);

		if (account && (are_known || threads[i].kind == HELPER_OF_ENGINE))
			note_helper(account, &threads[i]);
	}
	free(threads);
}

/*
 * A listing is of all accounts: of a thousand workers that stop together the first lists, and one
 * more for those that came while it did. One that began after the call tells the caller all.
 */
void cpu_account_watch(void)
{
	uint64_t before = atomic_load(&listings);

	pthread_mutex_lock(&accounts_lock);
	if (atomic_load(&listings) == before)
		watch();
	pthread_mutex_unlock(&accounts_lock);
}

/* The clocks of helpers that are known; one that is gone keeps its last reading. */
static void read_helper_clocks(struct cpu_account *account)
{
	for (size_t i = 0; i < account->helper_count; i++) {
		uint64_t cpu_ns;

		if (cpu_helper_ns(account->helpers[i].tid, &cpu_ns))
			update_clock(&account->helpers[i], cpu_ns);
	}
}

static bool peek(struct cpu_account *account, uint64_t *worker_ns, uint64_t *helper_ns)
{
	bool is_there = cpu_helper_ns(account->tid, worker_ns);

	*helper_ns = 0;
	pthread_mutex_lock(&account->lock);
	if (!account->is_stopped)
		read_helper_clocks(account);
	for (size_t i = 0; i < account->helper_count; i++)
		*helper_ns += account->helpers[i].last.cpu_ns + account->helpers[i].past.cpu_ns;
	pthread_mutex_unlock(&account->lock);
	return is_there;
}

bool cpu_account_peek(int tid, uint64_t *worker_ns, uint64_t *helper_ns)
{
	struct cpu_account *account;
	bool is_there;

	pthread_mutex_lock(&accounts_lock);
	account = account_of(tid);
	is_there = account && peek(account, worker_ns, helper_ns);
	pthread_mutex_unlock(&accounts_lock);
	return is_there;
}

static void add(struct helper_reading *sum, const struct helper_reading *reading)
{
	sum->cpu_ns += reading->cpu_ns;
	sum->voluntary += reading->voluntary;
	sum->involuntary += reading->involuntary;
}

static void add_thread(struct helper_reading *sum, int tid)
{
	struct helper_reading reading;

	if (cpu_helper_reading(tid, &reading))
		add(sum, &reading);
}

static void add_account(struct helper_reading *sum, struct cpu_account *account)
{
	pthread_mutex_lock(&account->lock);
	if (account->is_stopped) {
		add(sum, &account->at_stop);
	} else {
		add_thread(sum, account->tid);
		read_helper_clocks(account);
	}
	for (size_t i = 0; i < account->helper_count; i++)
		add(sum, &account->helpers[i].last);
	pthread_mutex_unlock(&account->lock);
}

/* None is less than none: clocks of threads that run now are read one after the other. */
static uint64_t difference(uint64_t all, uint64_t part)
{
	return all > part ? all - part : 0;
}

/*
 * What the process used, and none of the first thread (the supervisor's), the workers and the
 * helpers that were seen: the use of threads that came and went. The process's clock is read last,
 * because it has of running threads only what their own clocks, or a tick, have told.
 */
static struct helper_reading unseen_use(void)
{
	struct helper_reading seen = {0};
	struct rusage usage;

	pthread_mutex_lock(&accounts_lock);
	if (!account_of(getpid()))
		add_thread(&seen, getpid());
	for (size_t i = 0; i < account_count; i++)
		add_account(&seen, accounts[i]);
	pthread_mutex_unlock(&accounts_lock);
	getrusage(RUSAGE_SELF, &usage);
	return (struct helper_reading){
		.cpu_ns = difference(clock_read(CLOCK_PROCESS_CPUTIME_ID), seen.cpu_ns),
		.voluntary = difference((uint64_t)usage.ru_nvcsw, seen.voluntary),
		.involuntary = difference((uint64_t)usage.ru_nivcsw, seen.involuntary),
	};
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
	if (account->has_passing_helpers)
		account->start_unseen = unseen_use();
	getrusage(RUSAGE_THREAD, &account->start_usage);
	account->start_cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID);
	perf_counter_read(&account->counter, &account->start_counts);
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
	usage->device_read_bytes =
		(uint64_t)(now->ru_inblock - before->ru_inblock) * USAGE_BLOCK_BYTES;
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
		usage->sqpoll_cpu = helper->last.cpu;
	}
}

/* Nobody knows whose they were: each that has such helpers gets an equal share. */
static void use_of_passing_helpers(const struct cpu_account *account, struct cpu_usage *usage)
{
	const struct helper_reading *before = &account->start_unseen;
	struct helper_reading now = unseen_use();
	uint64_t sharers = 0;

	pthread_mutex_lock(&accounts_lock);
	for (size_t i = 0; i < account_count; i++)
		sharers += accounts[i]->has_passing_helpers;
	pthread_mutex_unlock(&accounts_lock);
	usage->helper_ns += difference(now.cpu_ns, before->cpu_ns) / sharers;
	usage->voluntary_switches += difference(now.voluntary, before->voluntary) / sharers;
	usage->involuntary_switches += difference(now.involuntary, before->involuntary) / sharers;
}

/* The calling thread's, as cpu_helper_reading reads others': without /proc, whose texts would be in
 * the stacks of thousands. */
static struct helper_reading own_reading(void)
{
	struct rusage now;

	getrusage(RUSAGE_THREAD, &now);
	return (struct helper_reading){
		.cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID),
		.voluntary = (uint64_t)now.ru_nvcsw,
		.involuntary = (uint64_t)now.ru_nivcsw,
		.cpu = sched_getcpu(),
	};
}

void cpu_account_stop(struct cpu_account *account, struct cpu_usage *usage)
{
	struct rusage now;
	struct perf_counts counts;
	uint64_t cpu_ns;

	/* First, as it was last at the start: this function's own work is not counted. */
	perf_counter_read(&account->counter, &counts);
	perf_counts_since(&counts, &account->start_counts);
	cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID);
	*usage = (struct cpu_usage){.sqpoll_cpu = -1, .counts = counts};
	getrusage(RUSAGE_THREAD, &now);
	pthread_mutex_lock(&account->lock);
	read_helper_clocks(account);
	account->at_stop = own_reading();
	account->is_stopped = true;
	pthread_mutex_unlock(&account->lock);

	cpu_account_watch(); /* helpers that came since, and the switches of all */
	use_of_worker(account, cpu_ns - account->start_cpu_ns, &now, usage);
	pthread_mutex_lock(&account->lock);
	use_of_helpers(account, usage);
	pthread_mutex_unlock(&account->lock);
	if (account->has_passing_helpers)
		use_of_passing_helpers(account, usage);
	usage->knows_device_reads = usage->helper_ns == 0;
}
