/* SPDX-License-Identifier: MIT */
#include "host/process_helpers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum {
	TEXT_BYTES = 1024,
	STAT_PROCESSOR_FIELD = 39, /* proc(5), /proc/pid/stat */
};

/* The text of /proc/PID/task/TID/NAME; empty when the thread is gone. */
static const char *read_text(pid_t pid, int tid, const char *name, char text[TEXT_BYTES])
{
	char path[96];
	AUTO_FCLOSE FILE *stream = NULL;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", (int)pid, tid, name);
	stream = fopen(path, "re");
	text[stream ? fread(text, 1, TEXT_BYTES - 1, stream) : 0] = '\0';
	return text;
}

static int read_cpu(pid_t pid, int tid)
{
	char text[TEXT_BYTES];
	const char *field = strrchr(read_text(pid, tid, "stat", text), ')');

	for (int i = 2; field && i < STAT_PROCESSOR_FIELD; i++)
		field = strchr(field + 1, ' ');
	return field ? (int)strtol(field, NULL, 10) : -1;
}

static void add_thread(pid_t pid, int tid, struct process_helpers *helpers)
{
	char name[TEXT_BYTES], times[TEXT_BYTES];
	uint64_t cpu_ns;

	read_text(pid, tid, "comm", name);
	if (strncmp(name, "iou-", strlen("iou-")) != 0)
		return;
	/* Its first number: ns on a CPU (proc(5) has it of the process). */
	cpu_ns = strtoull(read_text(pid, tid, "schedstat", times), NULL, 10);
	helpers->cpu_ns += cpu_ns;
	if (strncmp(name, "iou-sqp", strlen("iou-sqp")) == 0) {
		helpers->sqpoll_ns += cpu_ns;
		helpers->sqpoll_tid = tid;
		helpers->sqpoll_cpu = read_cpu(pid, tid);
	} else if (cpu_ns > 0) {
		helpers->io_worker_count++;
	}
}

void process_helpers_read(pid_t pid, struct process_helpers *helpers)
{
	char path[64];
	DIR *tasks;

	*helpers = (struct process_helpers){.sqpoll_cpu = -1};
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (!tasks)
		return;
	for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks)) {
		int tid = (int)strtol(entry->d_name, NULL, 10);

		if (tid > 0)
			add_thread(pid, tid, helpers);
	}
	closedir(tasks);
}
