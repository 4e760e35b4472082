/* SPDX-License-Identifier: MIT */
/*
 * Loop devices for tests that need a block device of their own, made by losetup(8) on a temporary
 * file. Only root can; others skip, with the reason.
 */
#ifndef TESTS_UNIT_HOST_LOOP_DEVICE_H
#define TESTS_UNIT_HOST_LOOP_DEVICE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct loop_device {
	char file[64];
	char path[64]; /* "/dev/loop3" */
	dev_t number;
};

/* Runs a shell command; true when it succeeds. */
static inline bool run_command(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline bool run_command(const char *format, ...)
{
	char command[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	return system(command) == 0;
}

/* Attaches `backing`, a file or another block device. */
static inline bool loop_device_attach(struct loop_device *loop, const char *backing)
{
	char command[256];
	struct stat status;
	FILE *output;
	bool is_read;

	snprintf(command, sizeof(command), "losetup --find --show --partscan %s 2>/dev/null",
		backing);
	output = popen(command, "re");
	if (!output)
		return false;
	is_read = fgets(loop->path, sizeof(loop->path), output) != NULL;
	if (pclose(output) != 0 || !is_read)
		return false;
	loop->path[strcspn(loop->path, "\n")] = '\0';
	if (stat(loop->path, &status) < 0)
		return false;
	loop->number = status.st_rdev;
	return true;
}

/* On a new, empty file of `bytes`. */
static inline bool loop_device_open(struct loop_device *loop, off_t bytes)
{
	int descriptor;

	*loop = (struct loop_device){.file = "/tmp/ringside-loop-XXXXXX"};
	descriptor = mkstemp(loop->file);
	if (descriptor < 0 || ftruncate(descriptor, bytes) < 0)
		abort();
	close(descriptor);
	return geteuid() == 0 && loop_device_attach(loop, loop->file);
}

static inline void loop_device_detach(struct loop_device *loop)
{
	if (loop->path[0] && !run_command("losetup --detach %s", loop->path))
		abort();
	loop->path[0] = '\0';
}

static inline void loop_device_close(struct loop_device *loop)
{
	loop_device_detach(loop);
	unlink(loop->file);
}

#define SKIP_WITHOUT_LOOP_DEVICES()                                                                \
	do {                                                                                       \
		print_message("skipped: loop devices need root and losetup\n");                    \
		skip();                                                                            \
	} while (0)

#endif
