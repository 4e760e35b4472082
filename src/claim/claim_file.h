/* SPDX-License-Identifier: MIT */
/*
 * Claim files: job files with one section [claim]. The section says what is claimed and which lines
 * (claim_line.h) test it; the other sections are the contenders.
 */
#ifndef CLAIM_CLAIM_FILE_H
#define CLAIM_CLAIM_FILE_H

#include "base/arena.h"
#include "claim/claim.h"
#include "job/job_entries.h"
#include "option/option.h"

/*
 * Reads the claim of the file at `path`, "-" is stdin. 0, or -EINVAL: every problem was reported,
 * with its place. Jobs are looked at for their names only: contender_plan_make reads them.
 */
int claim_file_read(struct claim *claim, const char *path, struct arena *arena, struct diag *diag);

/* The same for a file of this name that holds `text`: for tests and fuzzing. */
int claim_file_read_text(struct claim *claim, const char *name, const char *text, size_t length,
	job_file_load *load, struct arena *arena, struct diag *diag);

/* The options of [claim], for help: their names, syntax and help. */
extern const struct option claim_file_options[];

#endif
