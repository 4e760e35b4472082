/* SPDX-License-Identifier: MIT */
/*
 * A zram device of a test's own. It goes away with the test, however it ends, and no two tests have
 * the same one.
 */
#ifndef TESTS_ENGINE_ZRAM_DEVICE_H
#define TESTS_ENGINE_ZRAM_DEVICE_H

#include <signal.h>

#include "test.h"
#include "unit/engine/rig.h"

static inline bool zram_write(int number, const char *attribute, const char *text)
{
	char path[96];
	int descriptor;
	bool is_written;

	snprintf(path, sizeof(path), "/sys/block/zram%d/%s", number, attribute);
	descriptor = open(path, O_WRONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	is_written = write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
	close(descriptor);
	return is_written;
}

/* The kernel's next free number, so that nobody else has it; -errno. */
static inline int zram_add(void)
{
	int descriptor = open("/sys/class/zram-control/hot_add", O_RDONLY | O_CLOEXEC);
	char text[16] = "";

	if (descriptor < 0 || read(descriptor, text, sizeof(text) - 1) <= 0) {
		int error = errno;

		close(descriptor);
		return -error;
	}
	close(descriptor);
	return (int)strtol(text, NULL, 10);
}

static inline void zram_remove(int number)
{
	int descriptor = open("/sys/class/zram-control/hot_remove", O_WRONLY | O_CLOEXEC);
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", number);

	/* Busy as long as a test that failed has it open, or udev looks at it. */
	for (int attempt = 0; attempt < 500; attempt++) {
		if (zram_write(number, "reset", "1") && write(descriptor, text, (size_t)length) > 0)
			break;
		usleep(10000);
	}
	close(descriptor);
}

/* Keeps the device until the other end of the pipe is closed: by the end of the test. */
static inline void zram_keep(int number, const int pipe_ends[2])
{
	char byte;

	close(pipe_ends[1]);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	while (read(pipe_ends[0], &byte, 1) > 0)
		;
	zram_remove(number);
	_exit(0);
}

/*
 * A zram device of `bytes`, which is there as long as this program runs. 0 or -errno, where the
 * kernel has no zram or this user may not.
 */
static inline int device_make_zram(uint64_t bytes, char path[64])
{
	int pipe_ends[2];
	int number = zram_add();
	char text[32];
	pid_t keeper;

	if (number < 0)
		return number;
	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	fflush(NULL);
	keeper = fork();
	assert_true(keeper >= 0);
	if (keeper == 0)
		zram_keep(number, pipe_ends);
	close(pipe_ends[0]);
	snprintf(path, 64, "/dev/zram%d", number);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	if (!zram_write(number, "disksize", text))
		return -ENOMEM;
	return access(path, R_OK | W_OK) < 0 ? -errno : 0;
}

#endif
