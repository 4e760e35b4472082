/* SPDX-License-Identifier: MIT */
/*
 * What a run of job files would do, and what should be known before: plain data. Nothing is run,
 * opened for writing or created.
 */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/settings.h"
#include "document/document.h"
#include "job/job_set.h"
#include "run/plan.h"

enum lint_kind {
	LINT_ERROR,      /* it would not be run */
	LINT_DANGER,     /* data is lost, a disk is filled, commands are run */
	LINT_DIFFERENCE, /* fio does otherwise */
	LINT_WARNING,    /* it does not what it seems to, or measures something else */
	LINT_NOTE,
	LINT_KIND_COUNT
};

const char *lint_kind_name(unsigned kind); /* "error", "danger", "difference", … */

struct lint_finding {
	unsigned kind;    /* enum lint_kind */
	const char *file; /* NULL: none of its own, as is "command line" */
	uint64_t line;    /* 0: none */
	const char *job;  /* NULL: it is about the file */
	const char *text;
	const char *hint; /* NULL: none */
	struct lint_finding *next;
	struct lint_finding *first; /* of the same kind and text; NULL: it is the first */
	struct lint_finding *next_alike,
		*last_alike; /* those, from the first on; the first's end */
	struct lint_finding *next_found, *next_first; /* in the buckets below */
};

enum { LINT_BUCKETS = 1024 };

/* Where a file's findings and jobs end, and hashes of them: a file may have ten thousand jobs. */
struct lint_index {
	struct lint_job *last_job;
	struct lint_finding *last[LINT_KIND_COUNT];
	struct lint_finding *found[LINT_BUCKETS]; /* all, by all they say */
	struct lint_finding *first[LINT_BUCKETS]; /* of each kind and text */
};

/* A section; its clones are alike. */
struct lint_job {
	const char *name;
	unsigned clones, wave, group; /* wave, group: from 0 */
	const char *workload;         /* "randread 4k" */
	const char *engine;           /* "io_uring, depth 32, direct" */
	const char *amount;           /* "30s after 5s of ramp"; "1.00GiB" */
	size_t target_count;
	const char **targets;
	struct settings options; /* effective: all */
	struct lint_job *next;
};

struct lint_file {
	const char *path; /* "command line" where there is none */
	size_t job_count;
	struct lint_job *jobs;
	struct lint_finding *findings; /* in the order of their kinds */
	unsigned wave_count;
	uint64_t counts[LINT_KIND_COUNT];
	uint64_t least_ns;        /* so long it runs at least */
	bool ends_by_time;        /* then not longer, but for layout and drain */
	uint64_t write_bytes;     /* written or trimmed at most; UINT64_MAX: until time is over */
	int code;                 /* enum exit_code: what run would refuse it with, else 0 */
	struct lint_index *index; /* NULL: nothing was added yet */
};

struct lint {
	struct arena arena;
	size_t count;
	struct lint_file *files;
};

/*
 * Looks at each file of the request for itself, or, without files, at its options. Always fills
 * `lint`, which lint_free frees.
 */
void lint_read(
	struct lint *lint, const struct job_request *request, const struct write_guard *allowed);
void lint_free(struct lint *lint);

/* The worst exit code of its files. */
int lint_code(const struct lint *lint);

/* Adds a finding, unless the file has the same already. `place` and `job` may be NULL. */
struct lint_finding *lint_add(struct lint *lint, struct lint_file *file, enum lint_kind kind,
	const struct place *place, const char *job, const char *text);

/* lint_rules.c: findings about what is planned. */
void lint_rules_apply(struct lint *lint, struct lint_file *file, const struct plan *plan);

/* Documents: LINT_FORMATS of lint_fields.c. */
extern const struct document_kind lint_document;
extern const struct document_formats lint_formats;
int lint_write_json(struct lint *lint, FILE *stream);
int lint_write_text(struct lint *lint, FILE *stream); /* lint_text.c */

#endif
