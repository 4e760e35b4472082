/* SPDX-License-Identifier: MIT */
/*
 * Answers scrapes while a run goes on, by HTTP/1.1: GET and HEAD of /metrics. A thread of its own
 * sleeps until somebody asks; then the supervisor writes the text at its next look. It serves few
 * clients at a time, each for a few seconds: a new one takes the place of the oldest, so that
 * those who say nothing keep nobody out. Memory is a buffer a client and the last texts.
 *
 * open -> viewer to the run -> close, when the run is over
 */
#ifndef RUN_METRICS_SERVER_H
#define RUN_METRICS_SERVER_H

#include "run/live_jobs.h"
#include "run/metrics_address.h"

struct metrics_server;

/* Listens; NULL: reported. The address is copied, but not its path. */
struct metrics_server *metrics_server_open(
	const struct metrics_address *address, struct diag *diag);

/* Where it listens: the port that was chosen, too. */
const struct metrics_address *metrics_server_address(const struct metrics_server *server);

/* For run_options.viewers. */
struct live_viewer *metrics_server_viewer(struct metrics_server *server);

/* Ends the thread, in whatever it is, and removes the socket's file. NULL: nothing. */
void metrics_server_close(struct metrics_server *server);

#endif
