/* SPDX-License-Identifier: MIT */
/* Files that check judges: results of ringside and of fio, comparisons, baselines. */
#ifndef CHECK_INPUT_H
#define CHECK_INPUT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "check/baseline.h"
#include "check/check_session.h"

struct input {
	bool is_baseline;
	struct baseline baseline;     /* where it is one; freed by input_free */
	struct check_session session; /* else; its texts lie in the arena */
};

/* True of a path that looks like one of these files, not like a job file: its text starts so. */
bool input_is_document(const char *path);

/* 0, or -EINVAL or -errno, reported. input_free in either case. */
int input_read(const char *path, struct input *input, struct arena *arena, struct diag *diag);
void input_free(struct input *input);

/*
 * The baseline out of its file, or out of results, each of which is a session: freed by
 * baseline_free. 0, or -EINVAL or -errno, reported.
 */
int input_read_baseline(
	const char *const *paths, size_t count, struct baseline *baseline, struct diag *diag);

#endif
