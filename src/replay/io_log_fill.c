/* SPDX-License-Identifier: MIT */
#include "replay/io_log_fill.h"

#include <errno.h>
#include <string.h>

/* recorded_ns * 100 / percent, without overflow. */
static uint64_t scale_time(uint64_t recorded_ns, uint64_t percent)
{
	if (percent == 0 || percent == 100)
		return recorded_ns;
	return recorded_ns / percent * 100 + recorded_ns % percent * 100 / percent;
}

void io_log_fill_time(struct io_log_fill *fill, uint64_t recorded_ns)
{
	if (fill->has_time && recorded_ns > fill->last_ns)
		fill->recorded_ns += recorded_ns - fill->last_ns;
	fill->last_ns = recorded_ns;
	fill->has_time = true;
	if (!fill->changes->drops_times)
		fill->at_ns = scale_time(fill->recorded_ns, fill->changes->time_scale_percent);
}

static int add(struct io_log_fill *fill, const struct io_log_entry *entry, unsigned line)
{
	int error = io_log_add(fill->log, entry, line);

	if (error == 0)
		return 0;
	diag_error(fill->diag, &(struct place){.file = fill->log->path}, "no room for the log: %s",
		strerror(-error));
	diag_hint(fill->diag, fill->log->spill < 0 ? "read_iolog_chunked=1 keeps it in a file"
						   : "name a folder with more room: TMPDIR");
	return error;
}

int io_log_fill_add(struct io_log_fill *fill, const struct io_log_entry *io, unsigned line)
{
	const struct io_log_changes *changes = fill->changes;
	struct io_log_entry entry = *io;

	entry.at_ns = fill->at_ns;
	if (entry.op <= IO_DATASYNC && changes->skips & IO_BIT(io_op_direction(entry.op)))
		return 0;
	if (entry.op <= IO_TRIM) {
		if (changes->scale > 1)
			entry.offset /= changes->scale;
		if (changes->align > 1)
			entry.offset &= ~(changes->align - 1);
	}
	return add(fill, &entry, line);
}

int io_log_fill_file(struct io_log_fill *fill, const char *name)
{
	int index = io_log_add_file(fill->log, name);

	if (index >= 0)
		return index;
	diag_error(fill->diag, &(struct place){.file = fill->log->path},
		"the log names more than %d files", IO_LOG_FILE_LIMIT);
	return -EMFILE;
}
