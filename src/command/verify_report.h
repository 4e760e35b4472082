/* SPDX-License-Identifier: MIT */
/* What `ringside verify` found: plain data, its document and its text. */
#ifndef COMMAND_VERIFY_REPORT_H
#define COMMAND_VERIFY_REPORT_H

#include <time.h>

#include "document/document.h"
#include "verify/audit.h"

enum verify_ended {
	VERIFY_ENDED,        /* the run ended, and closed its state */
	VERIFY_KILLED,       /* it was killed, or goes on: the state is exact */
	VERIFY_MACHINE_DOWN, /* the machine went down: the target may be younger than the state */
	VERIFY_ENDED_COUNT,
};

struct verify_report_finding {
	const char *target, *job;
	uint64_t offset, bytes;
	bool is_stray;
	bool has_kind; /* else it could not be read: */
	const char *error;
	unsigned kind;
	const char *text;
	bool has_difference; /* what was expected is known: */
	uint64_t first_difference, wrong_bytes, wrong_bits;
	const char *wanted, *had;             /* from there on, hexadecimal */
	uint64_t expected_write, found_write; /* 0: unknown */
	uint64_t found_offset;                /* UINT64_MAX: unknown */
	bool is_torn;
	uint64_t torn_at;
	unsigned boundary;
	bool expected_first;
};

struct verify_report_target {
	const char *path, *job;
	uint64_t bytes; /* that were read */
	struct audit_counts counts;
};

struct verify_report {
	const char *state_path;
	const char *run; /* hexadecimal */
	struct timespec made;
	unsigned ended;
	bool is_right;
	bool is_blind;              /* nothing could be judged */
	struct audit_counts counts; /* of all targets */
	uint64_t bytes;
	double elapsed_s;
	size_t target_count, finding_count, note_count;
	struct verify_report_target *targets;
	struct verify_report_finding *findings; /* AUDIT_FINDING_LIMIT a target at most */
	const char **notes;
};

extern const struct document_kind verify_document;
extern const struct document_formats verify_formats;

#endif
