/* SPDX-License-Identifier: MIT */
/* A server in its process, and plain blocking clients that know nothing of echo_client. */
#ifndef TESTS_ECHO_RIG_H
#define TESTS_ECHO_RIG_H

#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "echo/echo_process.h"

enum { RIG_WAIT_MS = 20000 };

struct rig {
	char folder[64], text[128];
	struct echo_address address;
	struct echo_process process;
};

static inline void rig_address(struct rig *rig, const char *kind)
{
	const char *hint;

	*rig = (struct rig){0};
	snprintf(rig->folder, sizeof(rig->folder), "/tmp/ringside-echo-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	if (strcmp(kind, "unix") == 0)
		snprintf(rig->text, sizeof(rig->text), "unix:%s/socket", rig->folder);
	else
		snprintf(rig->text, sizeof(rig->text), "%s", kind);
	assert_null(echo_address_parse(&rig->address, rig->text, &hint));
}

static inline void rig_start(struct rig *rig, const char *kind,
	const struct echo_server_class *class, const void *options, unsigned connections,
	uint32_t bytes)
{
	int error;

	rig_address(rig, kind);
	error = echo_process_start(&rig->process, &(struct echo_process_spec){.class = class,
							  .options = options,
							  .address = &rig->address,
							  .connections = connections,
							  .exchange_bytes = bytes});
	if (error != 0)
		print_error("%s: %s\n", class->name, rig->process.problem);
	assert_int_equal(error, 0);
}

/* Returns what stop does. The folder is empty then: the socket's file is gone. */
static inline int rig_stop(struct rig *rig)
{
	int error = echo_process_stop(&rig->process);

	assert_int_equal(rmdir(rig->folder), 0);
	return error;
}

static inline void rig_counts(struct rig *rig, struct echo_counts *counts)
{
	echo_process_counts(&rig->process, counts);
}

/* Number `index` of the client's ends; blocking from now on. */
static inline int rig_connect(struct rig *rig, unsigned index)
{
	int descriptor = rig->process.pair_ends ? dup(rig->process.pair_ends[index])
						: echo_address_connect(&rig->address);

	assert_true(descriptor >= 0);
	fcntl(descriptor, F_SETFL, 0);
	return descriptor;
}

static inline void rig_send(int descriptor, const void *bytes, size_t length)
{
	assert_int_equal(send(descriptor, bytes, length, MSG_NOSIGNAL), length);
}

/* All of `length`, in a bounded time. */
static inline void rig_receive(int descriptor, void *bytes, size_t length)
{
	for (size_t got = 0; got < length;) {
		struct pollfd poll_for = {.fd = descriptor, .events = POLLIN};
		ssize_t count;

		assert_int_equal(poll(&poll_for, 1, RIG_WAIT_MS), 1);
		count = recv(descriptor, (char *)bytes + got, length - got, 0);
		assert_true(count > 0);
		got += (size_t)count;
	}
}

/* Sends `length` bytes that follow from `seed`, and finds the same again. */
static inline void rig_exchange(int descriptor, size_t length, unsigned seed)
{
	unsigned char *sent = malloc(length), *got = malloc(length);

	for (size_t i = 0; i < length; i++)
		sent[i] = (unsigned char)(seed + i * 7 + (i >> 8));
	rig_send(descriptor, sent, length);
	rig_receive(descriptor, got, length);
	assert_memory_equal(sent, got, length);
	free(sent);
	free(got);
}

/* Waits until `condition` of fresh `counts` holds. */
#define RIG_AWAIT(rig, counts, condition)                                                          \
	do {                                                                                       \
		int left = RIG_WAIT_MS;                                                            \
		while (rig_counts(rig, counts), !(condition)) {                                    \
			assert_true(left-- > 0);                                                   \
			usleep(1000);                                                              \
		}                                                                                  \
	} while (0)

/* Open descriptors of a process. */
static inline unsigned rig_descriptors(pid_t pid)
{
	char path[64];
	unsigned count = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	folder = opendir(path);
	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

#endif
