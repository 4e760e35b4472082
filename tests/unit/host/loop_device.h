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

#include "test.h"
#include "unit/wait_until.h"

struct loop_device {
	char file[64];
	char backing[64]; /* `file`, or another device */
	char path[64];    /* "/dev/loop3" */
	dev_t number;
};

/* Runs a shell command; true when it succeeds. */
static inline bool run_command(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline bool run_command(const char *format, ...)
{
	char command[1024] = "PATH=$PATH:/usr/sbin:/sbin; ";
	size_t length = strlen(command);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command + length, sizeof(command) - length, format, arguments);
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

	snprintf(command, sizeof(command),
		"PATH=$PATH:/usr/sbin:/sbin losetup --find --show --partscan %s 2>/dev/null",
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
	snprintf(loop->backing, sizeof(loop->backing), "%s", backing);
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

/* Whether the device is still on what it was attached to. */
static inline bool loop_device_is_attached(const struct loop_device *loop)
{
	char path[128], file[256] = "";
	FILE *stream;

	snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file",
		loop->path + strlen("/dev/"));
	stream = fopen(path, "re");
	if (!stream)
		return false;
	if (!fgets(file, sizeof(file), stream))
		file[0] = '\0';
	fclose(stream);
	return strncmp(file, loop->backing, strlen(loop->backing)) == 0;
}

/*
 * The kernel detaches a device only when nobody, such as another losetup, has it open or mounted.
 * A test that failed may have: the kernel then detaches it when this program ends.
 */
static inline void loop_device_detach(struct loop_device *loop)
{
	char what[128];

	if (!loop->path[0])
		return;
	snprintf(what, sizeof(what), "%s is detached: who has it open or mounted?", loop->path);
	if (!run_command("losetup --detach %s", loop->path))
		fprintf(stderr, "losetup cannot detach %s\n", loop->path);
	else
		(void)WAIT_UNTIL(!loop_device_is_attached(loop), what);
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
