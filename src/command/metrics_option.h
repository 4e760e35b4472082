/* SPDX-License-Identifier: MIT */
/* --metrics: where a run is scraped while it goes on. */
#ifndef COMMAND_METRICS_OPTION_H
#define COMMAND_METRICS_OPTION_H

#include "command/command.h"
#include "run/metrics_server.h"

struct metrics_option {
	const char *place; /* NULL: it is not */
	bool allows_any;
	struct metrics_address address;
};

/* --metrics, --metrics-any-address; bound to struct metrics_option. */
extern const struct option metrics_options[];

#define METRICS_PART(request, member)                                                              \
	COMMAND_PART(request, member, struct metrics_option, metrics_options)

/* Before anything is done: 0 or -EINVAL, reported. Intervals of 0 have nothing to be scraped. */
int metrics_option_check(
	struct metrics_option *option, struct arguments *arguments, uint64_t interval_ns);

/* Listens, and says where: a quiet command only where it was not asked for (port 0). NULL:
 * reported. */
struct metrics_server *metrics_option_open(
	const struct metrics_option *option, struct arguments *arguments, bool is_quiet);

#endif
