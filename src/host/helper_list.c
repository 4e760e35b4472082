/* SPDX-License-Identifier: MIT */
/*
 * Helpers are found by their names in /proc/self/task. Their CPU clocks are read through the clock
 * id that the kernel makes of a thread's number.
 */
#include "host/helper_list.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED, include/linux/posix-timers_types.h in the kernel. */
static clockid_t thread_clock(int tid)
{
	return (clockid_t)((~(unsigned)tid << 3) | 6);
}

bool helper_list_cpu_ns(int tid, uint64_t *ns)
{
	struct timespec now;

	if (clock_gettime(thread_clock(tid), &now) < 0)
		return false;
	*ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	return true;
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

bool helper_list_reading(int tid, struct helper_reading *reading)
{
	char text[PROC_TEXT_BYTES];

	reading->cpu = read_processor(tid, text);
	if (!read_task_file(tid, "status", text) || !helper_list_cpu_ns(tid, &reading->cpu_ns))
		return false;
	reading->voluntary = status_number(text, "\nvoluntary_ctxt_switches:");
	reading->involuntary = status_number(text, "\nnonvoluntary_ctxt_switches:");
	return true;
}

static bool read_name(int tid, struct helper_thread *thread)
{
	char text[PROC_TEXT_BYTES];

	*thread = (struct helper_thread){.tid = tid};
	if (!read_task_file(tid, "comm", text))
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

size_t helper_list_threads(bool (*is_worker)(int tid), struct helper_thread **threads)
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
	if (count > 0 && helper_list_owners_are_known())
		find_workers(*threads, count);
	return count;
}

bool helper_list_owners_are_known(void)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/pid", link, sizeof(link));

	return length == (ssize_t)strlen(FIRST_PID_NAMESPACE) &&
	       memcmp(link, FIRST_PID_NAMESPACE, (size_t)length) == 0;
}
