/* SPDX-License-Identifier: MIT */
/*
 * fio's I/O logs of versions 2 and 3: a heading, then lines of `[time] file action [offset length]`
 * with times in us. Source: fio's HOWTO, "Trace file format v2" and "v3"; what a `wait` of version
 * 2 means is by fio's behaviour: ms since the start.
 */
#ifndef REPLAY_IO_LOG_TEXT_H
#define REPLAY_IO_LOG_TEXT_H

#include <stdio.h>

#include "replay/io_log_fill.h"

/*
 * Reads it all into `log`, which is open and has a path for messages. 0, or -EINVAL when a line is
 * no line of such a log (each of them reported with its place), or -errno, reported.
 */
int io_log_text_read(
	FILE *stream, struct io_log *log, const struct io_log_changes *changes, struct diag *diag);

/* The heading, and a line for each entry of one that was recorded: what fio replays. */
void io_log_text_write_head(FILE *stream);
void io_log_text_write(FILE *stream, const struct io_log_entry *entry, const char *file);
void io_log_text_write_add(FILE *stream, const char *file);

#endif
