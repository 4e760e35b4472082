/* SPDX-License-Identifier: MIT */
/* Each source is read up to its next I/O; the earliest of them is written. */
#include "replay/blktrace_merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/blktrace.h"

struct source {
	const struct blktrace_source *asked;
	struct blktrace_reader reader;
	struct blk_io_trace next;
	bool has_next;
	unsigned pass;      /* from 0 */
	uint64_t last_ns;   /* of its last I/O, as it was recorded */
	uint64_t length_ns; /* of a pass; known after the first */
};

static int report(const struct source *source, int error, struct diag *diag)
{
	diag_error(diag, &(struct place){.file = source->asked->path}, "it cannot be read: %s",
		strerror(-error));
	return error;
}

/* fio: times of a further pass follow the last of the one before, and all are scaled. */
static uint64_t time_of(const struct source *source, uint64_t recorded_ns)
{
	double ns = (double)recorded_ns + (double)source->pass * (double)source->length_ns;

	return (uint64_t)(ns * source->asked->time_percent / 100);
}

/* 1: it starts again; 0: that was the last pass; or -errno, reported. */
static int next_pass(struct source *source, struct diag *diag)
{
	if (source->pass == 0)
		source->length_ns = source->last_ns;
	if (++source->pass >= source->asked->passes)
		return 0;
	if (fseek(source->reader.stream, 0, SEEK_SET) != 0)
		return report(source, -errno, diag);
	source->reader.event = 0;
	return 1;
}

/* 0 or -errno, reported. */
static int advance(struct source *source, struct diag *diag)
{
	int found;

	source->has_next = false;
	for (;;) {
		found = blktrace_next(&source->reader, &source->next);
		if (found == 0)
			found = next_pass(source, diag);
		else if (found > 0 && blktrace_is_queued(&source->next))
			break;
		if (found <= 0)
			return found;
	}
	source->has_next = true;
	source->last_ns = source->next.time;
	source->next.time = time_of(source, source->next.time);
	source->next.pdu_len = 0; /* What belongs to an event is no part of its I/O. */
	return 0;
}

static struct source *earliest(struct source *sources, size_t count)
{
	struct source *first = NULL;

	for (size_t i = 0; i < count; i++) {
		if (sources[i].has_next && (!first || sources[i].next.time < first->next.time))
			first = &sources[i];
	}
	return first;
}

static int open_source(
	struct source *source, const struct blktrace_source *asked, struct diag *diag)
{
	FILE *stream = fopen(asked->path, "re");
	int first;

	*source = (struct source){
		.asked = asked, .reader = {.stream = stream, .path = asked->path, .diag = diag}};
	if (!stream)
		return report(source, -errno, diag);
	first = getc(stream);
	ungetc(first, stream);
	if (blktrace_begins_with(first))
		return advance(source, diag);
	diag_error(diag, &(struct place){.file = asked->path},
		"this is no binary file of blktrace: no other can be merged");
	return -EINVAL;
}

int blktrace_merge(
	const struct blktrace_source *sources, size_t count, FILE *into, struct diag *diag)
{
	struct source *open = calloc(count, sizeof(*open));
	struct source *next;
	int error = 0;

	if (!open)
		arena_exhausted();
	for (size_t i = 0; i < count && error == 0; i++)
		error = open_source(&open[i], &sources[i], diag);
	while (error == 0 && (next = earliest(open, count))) {
		if (fwrite(&next->next, sizeof(next->next), 1, into) != 1) {
			diag_error(diag, NULL, "no memory for the merged traces");
			error = -ENOMEM;
		} else {
			error = advance(next, diag);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (open[i].reader.stream)
			fclose(open[i].reader.stream);
	}
	free(open);
	return error;
}
