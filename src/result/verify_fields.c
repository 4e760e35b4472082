/* SPDX-License-Identifier: MIT */
/* What came of a job's verification, as a part of the document. */
#include "document/field_row.h"
#include "result/result_fields.h"

#define KIND(key, kind, ...)                                                                       \
	{                                                                                          \
		key, FIELD_COUNT(struct result_verify, kinds[kind]), __VA_ARGS__                   \
	}

static const struct field_table kind_table = FIELD_TABLE_OF("wrong_kinds", struct result_verify,
	KIND("flipped_bits", DIAGNOSIS_FLIPPED_BITS, .help = "At most 4 of a block."),
	KIND("zeros", DIAGNOSIS_ZEROS),
	KIND("older", DIAGNOSIS_OLDER, .help = "An older write of this block: one was lost."),
	KIND("younger", DIAGNOSIS_YOUNGER, .help = "A later write than the last that is known."),
	KIND("other_block", DIAGNOSIS_OTHER_BLOCK, .help = "Content of another block."),
	KIND("torn", DIAGNOSIS_TORN, .help = "A part of it is another write's, or zeros."),
	KIND("other_writer", DIAGNOSIS_OTHER_WRITER, .help = "Of another run or job, or of fio."),
	KIND("corrupt", DIAGNOSIS_CORRUPT, .help = "None of these."),
	{"missing", FIELD_COUNT(struct result_verify, missing), .help = "The target ends before."});

static const struct field_table unjudged_table = FIELD_TABLE_OF("unjudged", struct result_verify,
	{"unordered", FIELD_COUNT(struct result_verify, unordered),
		.help = "Writes in flight overlapped there, or one failed or was short."},
	{"superseded", FIELD_COUNT(struct result_verify, superseded),
		.help = "Written anew while they were read."},
	{"unread", FIELD_COUNT(struct result_verify, unread), .help = "Their read failed."},
	{"unplaced", FIELD_COUNT(struct result_verify, unplaced),
		.help = "Of a pattern whose beginning was written over."},
	{"left", FIELD_COUNT(struct result_verify, left), .help = "The job ended before."});

static const struct field_table wrong_block_table = FIELD_TABLE_OF("wrong_block",
	struct result_wrong_block, {"path", FIELD_TEXT(struct result_wrong_block, path)},
	{"offset", FIELD_COUNT(struct result_wrong_block, offset)},
	{"bytes", FIELD_COUNT(struct result_wrong_block, bytes)},
	{"kind", FIELD_TEXT(struct result_wrong_block, kind), .help = "A key of wrong_kinds."},
	{"text", FIELD_TEXT(struct result_wrong_block, text), .help = "What it is instead."});

const struct field_table result_verify_table = FIELD_TABLE_WITH("verify", struct result_verify,
	(.help = "Blocks are of verify_interval bytes."),
	{"blocks", FIELD_COUNT(struct result_verify, blocks),
		.help = "That were read and judged, each time."},
	{"bytes", FIELD_COUNT(struct result_verify, bytes)},
	{"wrong", FIELD_COUNT(struct result_verify, wrong)},
	{"wrong_kinds", FIELD_GROUP(struct result_verify, &kind_table),
		.help = "They add up to wrong."},
	{"unjudged", FIELD_GROUP(struct result_verify, &unjudged_table),
		.help = "Blocks that were written and not judged, and why."},
	{"elapsed_ns", FIELD_COUNT(struct result_verify, elapsed_ns),
		.help = "Part of the job's window that was spent on reading back alone."},
	{"wrong_blocks",
		FIELD_ARRAY(
			struct result_verify, wrong_block_count, wrong_blocks, &wrong_block_table),
		.help = "The first 100 of each clone."});
