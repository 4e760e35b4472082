/* SPDX-License-Identifier: MIT */
/* Options of recording and replay. */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "job/job_option_rows.h"

/* replay_skip: "write,sync". */
static int parse_skips(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	uint32_t *skips = field, found = 0;
	char **words;
	size_t count = text_split(arena, value, ',', &words);

	for (size_t i = 0; i < count; i++) {
		int direction = 0;

		while (direction < DIRECTION_COUNT &&
			strcmp(words[i], io_direction_name((enum io_direction)direction)) != 0)
			direction++;
		if (direction == DIRECTION_COUNT)
			return job_refuse(problem, "no such kind of I/O",
				"a list of read, write, trim and sync", 0, 0);
		found |= IO_BIT(direction);
	}
	*skips = found;
	return 0;
}

static const char *print_skips(const void *field, struct arena *arena)
{
	const uint32_t skips = *(const uint32_t *)field;
	const char *text = NULL;

	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const char *name = io_direction_name((enum io_direction)i);

		if (skips & IO_BIT(i))
			text = text ? arena_printf(arena, "%s,%s", text, name) : name;
	}
	return text;
}

static int parse_align(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	const char *what;
	uint64_t align;

	(void)arena;
	if (units_parse_size(value, &align, &what) < 0)
		return job_refuse(problem, what, "replay_align=4k", 0, 0);
	if (align & (align - 1))
		return job_refuse(problem, "no power of 2", "replay_align=4k", 0, 0);
	*(uint64_t *)field = align;
	return 0;
}

static const char *print_align(const void *field, struct arena *arena)
{
	const uint64_t align = *(const uint64_t *)field;
	char text[UNITS_TEXT_BYTES];

	return align == 0 ? NULL : arena_strdup(arena, units_format_exact_size(text, align));
}

/* "50:100.5" */
static int parse_numbers(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_numbers *numbers = field;
	char **words;
	size_t count = text_split(arena, value, ':', &words);
	double *items = arena_alloc_array(arena, count, sizeof(*items));

	for (size_t i = 0; i < count; i++) {
		char *end;

		items[i] = strtod(words[i], &end);
		if (end == words[i] || *end || !(items[i] > 0) || items[i] > 1e9)
			return job_refuse(problem, "no number above 0",
				"one for each file, a colon between them: 50:100", 0, 0);
	}
	*numbers = (struct job_numbers){count, items};
	return 0;
}

static const char *print_numbers(const void *field, struct arena *arena)
{
	const struct job_numbers *numbers = field;
	const char *text = NULL;

	for (size_t i = 0; i < numbers->count; i++)
		text = arena_printf(
			arena, "%s%s%.15g", text ? text : "", text ? ":" : "", numbers->items[i]);
	return text;
}

const struct option job_options_replay[] = {
	/* Replay */
	RARE(TEXT, "write_iolog", replay.write_iolog, JOB, NULL, "record each I/O in this file",
		.syntax = "FILE",
		.detail =
			"A log of fio's version 3, which read_iolog and fio replay: time in us "
			"since\n"
			"the start, file, action, offset, length. It is written when the run is\n"
			"over, in place of what was there (fio appends to it). Jobs that name the\n"
			"same file have one log, in the order of time."),
	RARE(CUSTOM, "read_iolog", replay.read_iolog, JOB, NULL,
		"replay the I/O that a file has recorded", VALUE(names), .syntax = "FILE[:FILE...]",
		.detail =
			"A log of write_iolog (fio's versions 2 and 3) or a binary file of "
			"blktrace\n"
			"(blkparse -i TRACE -o /dev/null -d FILE); - is stdin. Clones take\n"
			"several files in turn. The log decides on files, operations, offsets and\n"
			"sizes, in place of filename, rw, bs and size, and is replayed once. Each\n"
			"I/O is due at its recorded time, from which its latency counts; one that\n"
			"is held up is sent late, never left out, and the result says how late. "
			"Of\n"
			"version 2 only a wait has a time: ms since the start."),
	RARE(BOOL, "read_iolog_chunked", replay.is_chunked, JOB, "0",
		"keep the log in a file while it is replayed, not in memory",
		.detail = "An I/O takes about 8 bytes, in memory or in an unlinked file in $TMPDIR "
			  "or\n"
			  "/var/tmp. All of the log is read before the start either way, so that\n"
			  "each file it names is looked at; fio reads it as it goes."),
	RARE(BOOL, "replay_no_stall", replay.no_stall, JOB, "0",
		"replay as fast as possible, in the recorded order"),
	RARE(TEXT, "replay_redirect", replay.redirect, JOB, NULL,
		"replay all I/O onto this file or device", .syntax = "FILE"),
	RARE(COUNT, "replay_scale", replay.scale, JOB, "1", "divide all offsets by this number",
		.detail = "Without replay_align they are no longer multiples of a block."),
	RARE(COUNT, "replay_time_scale", replay.time_scale, JOB, "100",
		"replay at so many percent of the recorded speed", .min = 1,
		.detail = "50 takes twice the time, 200 half of it."),
	RARE(CUSTOM, "replay_skip", replay.skips, JOB, NULL, "leave out these kinds of I/O",
		.parse = parse_skips, .print = print_skips, .syntax = "KIND[,KIND...]",
		.detail = "A list of read, write, trim and sync. fio 3.33 skips in blktrace files "
			  "only."),
	RARE(CUSTOM, "replay_align", replay.align, JOB, NULL,
		"round offsets down to a multiple of this", .parse = parse_align,
		.print = print_align, .syntax = "SIZE",
		.detail =
			"A power of 2. Sizes of a blktrace file are rounded up to it, as in fio."),
	RARE(TEXT, "merge_blktrace_file", replay.merge.path, JOB, NULL,
		"merge the traces of read_iolog into this file, and replay that", .syntax = "FILE",
		.detail =
			"I/Os of all traces in the order of their times; all clones replay them. "
			"The\n"
			"file is written when the run is over. fio 3.33 ends with an error here."),
	RARE(CUSTOM, "merge_blktrace_scalars", replay.merge.scalars, JOB, NULL,
		"percent of its times for each trace that is merged", .parse = parse_numbers,
		.print = print_numbers, .syntax = "PERCENT[:PERCENT...]",
		.detail = "50 is in half the time."),
	RARE(CUSTOM, "merge_blktrace_iters", replay.merge.passes, JOB, NULL,
		"how often each trace that is merged is repeated", .parse = parse_numbers,
		.print = print_numbers, .syntax = "N[:N...]"),
	{.name = NULL},
};
