/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a block that is not what it has to be: whose content it is, and which. Slow:
 * for blocks that a check has found wrong. No memory is allocated.
 */
#ifndef VERIFY_DIAGNOSIS_H
#define VERIFY_DIAGNOSIS_H

#include "base/arena.h"
#include "verify/verify_block.h"

enum diagnosis_kind {
	DIAGNOSIS_FLIPPED_BITS, /* at most DIAGNOSIS_FLIP_LIMIT of them */
	DIAGNOSIS_ZEROS,
	DIAGNOSIS_OLDER,        /* an older write of this block: a later one was lost */
	DIAGNOSIS_YOUNGER,      /* a later write of this block than the last that is known */
	DIAGNOSIS_OTHER_BLOCK,  /* another block's content: misdirected, here or when it was read */
	DIAGNOSIS_TORN,         /* a part of it is another write's, or zeros */
	DIAGNOSIS_OTHER_WRITER, /* of another run, another job, or fio */
	DIAGNOSIS_CORRUPT,      /* none of these */
	DIAGNOSIS_KIND_COUNT,
};

enum { DIAGNOSIS_FLIP_LIMIT = 4, DIAGNOSIS_SHOWN = 16 };

/* Where a torn block is torn, of the target. */
enum diagnosis_boundary {
	DIAGNOSIS_AT_PAGE,   /* a multiple of 4096 */
	DIAGNOSIS_AT_SECTOR, /* of 512 */
	DIAGNOSIS_AT_ODD,
};

/* Whose content something is. */
struct diagnosis_owner {
	bool is_known, is_zeros;
	struct stamp_source
		source;    /* run 0: fio, or one of which nothing but the content is left */
	uint64_t sequence; /* 0: unknown; of fio its numberio */
	uint64_t offset;   /* of the block that it was written for */
	/* Of DIAGNOSIS_OTHER_BLOCK: the last write of that block; 0: unknown. */
	uint64_t last_sequence;
	const char *target; /* of which it is; NULL: of this one */
};

struct diagnosis {
	enum diagnosis_kind kind;
	uint64_t offset; /* of the target */
	uint32_t bytes;
	struct diagnosis_owner expected, found; /* found: the other part, where it is torn */
	/* Of what is expected, if that is known (expected.is_known): */
	uint32_t first_difference,
		end_difference; /* in the block: first wrong byte, behind the last */
	uint32_t wrong_bytes, wrong_bits;
	uint8_t wanted[DIAGNOSIS_SHOWN], had[DIAGNOSIS_SHOWN]; /* from first_difference on */
	uint32_t shown;                                        /* bytes of them */
	/* Of a corrupt one whose sectors are all of what is expected: how many are in another one's
	 * place, the first of them (first_misplaced, in the block), and where that belongs. */
	uint32_t misplaced, first_misplaced, belongs_at;
	/* Of a torn one: */
	uint32_t torn_at; /* in the block */
	enum diagnosis_boundary boundary;
	bool expected_first;    /* before torn_at is what was expected, behind it the other */
	bool is_interleaved;    /* it changes more than once; torn_at is the first place */
	uint32_t foreign_bytes; /* of the other one, or of neither: those of wrong lines */
};

/* What is known beyond the block. All of it may be zero. */
struct diagnosis_context {
	/* Other blocks stand at `first`, and every interval_bytes from there on, up to `end`. */
	uint64_t first, end;
	uint64_t last_sequence; /* the highest number that was given */
	/* Number of the last write of the block at `offset`; 0: unknown. */
	uint64_t (*sequence_at)(const void *log, uint64_t offset);
	/* The other target of the job whose block at `offset` has this write as its last; NULL:
	 * there is none, or it is not known. */
	const char *(*target_with)(const void *log, uint64_t offset, uint64_t sequence);
	const void *log;
};

/*
 * Finds out about one block of `bytes` (interval_bytes, where that is not 0). `scratch`: as many
 * bytes, to work with. The block is put back as it was.
 */
void diagnosis_make(const struct verify_format *format, const struct verify_part *part, void *block,
	uint32_t bytes, void *scratch, const struct diagnosis_context *context,
	struct diagnosis *diagnosis);

/* "flipped_bits", as documents have it; and in words, without numbers: "a flipped bit". */
const char *diagnosis_kind_name(unsigned kind);
const char *diagnosis_kind_words(unsigned kind);
const char *diagnosis_boundary_name(unsigned boundary);

/* One sentence without its full stop: "a flipped bit: bit 3 of byte 17, 0x5a for 0x52". */
const char *diagnosis_text(const struct diagnosis *diagnosis, struct arena *arena);

#endif
