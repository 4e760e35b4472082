/* SPDX-License-Identifier: MIT */
/*
 * Reads a target back and holds it against a state: each acknowledged write has to be there; of a
 * write in flight the block may have the content before it, its own, or a part of each; no other
 * block may have content of the run.
 */
#ifndef VERIFY_AUDIT_H
#define VERIFY_AUDIT_H

#include "verify/diagnosis.h"
#include "verify/state_file.h"

struct audit_source {
	/* Reads all of it; 0 or -errno, -ENXIO where the target ends before. Offsets and sizes
	 * are multiples of unit_bytes. */
	int (*read)(void *context, void *buffer, size_t bytes, uint64_t offset);
	void *context;
};

/* Blocks. */
struct audit_counts {
	uint64_t right; /* as the state says */
	/* Of writes in flight: as before them, as after them, parts of both. */
	uint64_t flown_before, flown_after, flown_between;
	/* Younger than the state says, which a machine that went down did not write in time. */
	uint64_t later;
	uint64_t unjudged;  /* written, and the state does not know what has to be there */
	uint64_t untouched; /* units: never written by the run, and nothing of it has gone there */
	uint64_t wrong;     /* by kind: */
	uint64_t of_kind[DIAGNOSIS_KIND_COUNT];
	uint64_t stray;  /* of `wrong`: where the run wrote nothing */
	uint64_t unread; /* could not be read */
};

struct audit_finding {
	struct diagnosis diagnosis;
	bool is_stray;
	int error; /* -errno: it could not be read; then of the diagnosis offset and bytes only */
};

enum { AUDIT_FINDING_LIMIT = 1000 };

struct audit {
	struct audit_counts counts; /* added to */
	struct audit_finding *findings;
	size_t finding_count; /* at most AUDIT_FINDING_LIMIT are kept; the counts have all */
	uint64_t bytes_read;
};

/* Holds one target of a section against the state. Findings are of `arena`. */
void audit_target(const struct state_file *file, const struct state_section *section,
	const struct state_target *target, const struct audit_source *source, struct arena *arena,
	struct audit *audit);

/* Whether what was judged is all right. */
bool audit_is_right(const struct audit_counts *counts);

/* Something was written, and nothing of it can be judged. */
bool audit_is_blind(const struct audit_counts *counts);

#endif
