/* SPDX-License-Identifier: MIT */
/*
 * scripted_ringside.h with turns: as `run --turns=FD ...` it plays by its job's description, more
 * words of the script: turn_iops=110000, odd=4 (each fourth turn has half of it; user= and kernel=
 * are of its turns, too), die=3, hang=3 (at
 * that turn), afterglow=0.5 (half after a turn of one without it; who had the last turn is kept
 * in the file ALTERNATION_LAST), slow=30 (ms until it is back), restless=1, refuse=1, late=1 (never
 * ready), linger=1 (never ends).
 */
#ifndef TESTS_SCRIPTED_TURNS_H
#define TESTS_SCRIPTED_TURNS_H

#include <sys/mman.h>

#include "base/clock.h"
#include "base/futex.h"
#include "run/turns.h"
#include "scripted_ringside.h"

static inline void scripted_sleep_ms(unsigned ms)
{
	const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&pause, NULL);
}

/* Whether the turn before this one was one of another kind; all kinds are told by a file. */
static inline bool scripted_follows_another(bool glows)
{
	const char *path = getenv("ALTERNATION_LAST");
	int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	char last = 'a', own = glows ? 'a' : 'o';

	if (file < 0)
		return false;
	if (pread(file, &last, 1, 0) < 0 || pwrite(file, &own, 1, 0) != 1)
		abort();
	close(file);
	return last != own;
}

static inline void scripted_play_turn(struct turns_board *board, const char *script, uint32_t turn)
{
	double iops = scripted_number(script, "turn_iops=", 100000);
	double afterglow = scripted_number(script, "afterglow=", 0);
	uint32_t odd = (uint32_t)scripted_number(script, "odd=", 0);

	if (turn == (uint32_t)scripted_number(script, "die=", 0))
		_exit(EXIT_RUN_FAILED);
	if (turn == (uint32_t)scripted_number(script, "hang=", 0))
		scripted_sleep_ms(60000);
	scripted_sleep_ms((unsigned)scripted_number(script, "slow=", 0));
	if (odd > 0 && turn % odd == 0)
		iops /= 2;
	if (scripted_follows_another(afterglow > 0) && afterglow > 0)
		iops *= afterglow;
	board->figures = (struct turns_figures){
		.window_ns = NS_PER_S,
		.turn_ios = (uint64_t)iops,
		.cpu_ns = NS_PER_S,
		.counts = {{(uint64_t)(iops * scripted_number(script, "user=", 0)), NS_PER_S},
			{(uint64_t)(iops * scripted_number(script, "kernel=", 0)), NS_PER_S}},
		.parked_ns = NS_PER_MS,
		.parked_cpu_ns = scripted_number(script, "restless=", 0) > 0 ? NS_PER_MS : 0,
	};
	board->figures.directions[DIRECTION_READ].ios = (uint64_t)iops;
	board->figures.directions[DIRECTION_READ].bytes = (uint64_t)iops * 4096;
	board->figures.directions[DIRECTION_READ].p50_ns = (uint64_t)(1e9 / iops);
	board->figures.directions[DIRECTION_READ].p99_ns = (uint64_t)(2e9 / iops);
}

static inline void scripted_play(struct turns_board *board, const char *script)
{
	uint32_t turn = 0, called;

	if (scripted_number(script, "late=", 0) > 0)
		scripted_sleep_ms(60000);
	atomic_store(&board->answer, 0);
	futex_wake(&board->answer, 1);
	for (;;) {
		while ((called = atomic_load(&board->call)) == turn)
			futex_wait(&board->call, called, NULL);
		if (called == TURNS_END && scripted_number(script, "linger=", 0) > 0)
			scripted_sleep_ms(60000);
		if (called == TURNS_END)
			return;
		turn = called;
		scripted_play_turn(board, script, turn);
		atomic_store(&board->answer, turn);
		futex_wake(&board->answer, 1);
	}
}

static inline int scripted_turns_main(int argc, char **argv)
{
	const char *files[] = {argv[argc - 1]};
	const struct job_request request = {.files = files, .file_count = 1};
	struct job_set set;
	struct diag diag;
	void *board = MAP_FAILED;

	diag_init(&diag, stderr);
	if (job_set_read(&set, &request, &diag) != 0)
		return EXIT_BAD_REQUEST;
	if (scripted_number(set.jobs[0].description, "refuse=", 0) > 0) {
		diag_error(&diag, NULL, "unknown option '--turns'");
		return EXIT_BAD_REQUEST;
	}
	for (int i = 0; i < argc; i++) {
		if (text_starts_with(argv[i], "--turns="))
			board = mmap(NULL, sizeof(struct turns_board), PROT_READ | PROT_WRITE,
				MAP_SHARED, (int)strtol(argv[i] + strlen("--turns="), NULL, 10), 0);
	}
	if (board != MAP_FAILED)
		scripted_play(board, set.jobs[0].description);
	job_set_free(&set);
	return scripted_main(argc, argv);
}

#endif
