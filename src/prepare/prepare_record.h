/* SPDX-License-Identifier: MIT */
/*
 * What is asked of a preparation and what it has done, plain data; its document, and the same as
 * the state file that it is continued from.
 */
#ifndef PREPARE_PREPARE_RECORD_H
#define PREPARE_PREPARE_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/diag.h"
#include "document/document.h"

enum prepare_order { PREPARE_SEQUENTIAL, PREPARE_RANDOM, PREPARE_NO_FILL };

enum prepare_stage {
	PREPARE_PURGES,
	PREPARE_FILLS,
	PREPARE_SETTLES, /* until steady */
	PREPARE_ENDED,   /* all that was asked for is done */
};

/* What can be said of the target afterwards. */
enum prepare_state {
	PREPARE_INCOMPLETE,
	PREPARE_PURGED,
	PREPARE_FILLED,      /* written once */
	PREPARE_CONDITIONED, /* written twice at least */
	PREPARE_STEADY,
};

/* What is asked for; a preparation that was broken off goes on only if it is the same. */
struct prepare_plan {
	bool purges;
	unsigned order; /* enum prepare_order */
	uint64_t pass_count;
	uint64_t block_bytes;
	uint64_t bytes; /* from the first on */
	bool settles;
	uint64_t seed;
};

struct prepare_pass {
	uint64_t bytes; /* written so far */
	double elapsed_s;
};

/* The search for a steady state; window_s is 0 until it has begun. */
struct prepare_settling {
	bool is_reached;
	uint64_t bytes;
	double elapsed_s;
	double iops;     /* mean of the last window; NAN: none */
	double window_s; /* the length of that window */
	double drift;    /* over it, as a share of the mean; NAN: not known */
};

struct prepare_record {
	struct timespec started;
	const char *path;
	const char *kind;
	const char *file_system; /* or NULL */
	const char *device;      /* the disk, or NULL */
	const char *model;       /* or NULL */
	const char *identity;    /* a hash: no other target has it */
	bool is_direct;
	struct prepare_plan plan;
	uint64_t runs;  /* how often it was begun and continued */
	unsigned stage; /* enum prepare_stage: the next one to be done */
	const char *purge_method;
	double purge_s;
	size_t pass_count; /* of those that have begun */
	struct prepare_pass *passes;
	struct prepare_settling settling;
	uint64_t hole_bytes; /* of a file: never written, when it ended */
	unsigned state;      /* enum prepare_state */
	int signal;          /* 0, or the one that broke it off */
	struct arena *arena; /* of the texts */
};

const char *prepare_order_name(unsigned order);
const char *prepare_stage_name(unsigned stage);
const char *prepare_state_name(unsigned state);

/* Mean of a pass so far; NAN: nothing of it. */
double prepare_pass_rate(const struct prepare_pass *pass);

/*
 * Where the state of a preparation of this target is kept: $XDG_STATE_HOME/ringside, else
 * ~/.local/state/ringside, else the folder for temporary files. The folder is made.
 */
const char *prepare_state_path(const char *identity, struct arena *arena);

/* Whole or not at all. 0, or -errno, reported. */
int prepare_state_save(const char *path, const struct prepare_record *record, struct diag *diag);

/*
 * Reads what was saved into `saved`. 1: there is one; 0: there is none; -EINVAL, reported: it is
 * damaged, of another version, of another target than `record` or of another plan.
 */
int prepare_state_load(const char *path, const struct prepare_record *record,
	struct prepare_record *saved, struct diag *diag);

/* It is not needed any more. */
void prepare_state_remove(const char *path);

extern const struct document_formats prepare_formats;
extern const struct document_kind prepare_document;

/* For people (prepare_text.c). 0 or -errno. */
int prepare_write_text(struct prepare_record *record, FILE *stream);

#endif
