/* SPDX-License-Identifier: MIT */
/* The process before and after a command. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_memory.h"
#include "command/command.h"
#include "session/child.h"

/* In ringside-mpi the process is one of many; a call of it there is none in the plain program. */
#ifdef RINGSIDE_MPI
#include "cluster/cluster.h"
#else
static int cluster_open(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return EXIT_DONE;
}

static int cluster_close(int code)
{
	return code;
}
#endif

/*
 * Where a caller closed one of them, the next file that is opened would get its number, and what is
 * printed would be written to a target. The descriptor that takes its place refuses writes, so that
 * a result that goes nowhere is still an error.
 */
static void hold_standard_descriptors(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		/* Without /dev/null there is nothing better to hold it by. */
		if (fcntl(i, F_GETFD) < 0)
			(void)open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

/*
 * What is large is mapped by itself and comes zeroed: of histograms, of which a job has many, only
 * the pages that latencies fall into take memory. Left alone, malloc() stops doing so once such a
 * block is freed. opendir() has 32 KiB and a head, for each folder that is read: they are not
 * large. And jobs have no heap each, as none of them allocates while it is measured.
 */
static void tune_memory(void)
{
	enum { LARGE_BYTES = 33 << 10 };

	/* Refused, memory is used as before. */
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_ARENA_MAX, 1);
}

int main(int argc, char **argv)
{
	int code;

	tune_memory();
	json_memory_use_blocks();
	hold_standard_descriptors();
	/* The write that is too much fails with EFBIG, and is reported. */
	signal(SIGXFSZ, SIG_IGN);
	clock_init();
	/* A trial follows its rank, and is none itself. */
	code = getenv(CHILD_VARIABLE) ? EXIT_DONE : cluster_open(&argc, &argv);
	if (code == EXIT_DONE)
		code = command_dispatch(argc, argv);
	/* What could not be written is gone from the buffer: then there is nothing to flush. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_DONE) {
		fprintf(stderr, "ringside: cannot write to stdout: %s\n", strerror(errno));
		code = EXIT_RUN_FAILED;
	}
	return cluster_close(code);
}
