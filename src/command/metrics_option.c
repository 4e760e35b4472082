/* SPDX-License-Identifier: MIT */
/* --metrics of the commands that have it. */
#include "command/metrics_option.h"

#include <errno.h>
#include <string.h>

#include "base/peers.h"

const struct option metrics_options[] = {
	{OPTION_BIND_TEXT(struct metrics_option, place), .name = "metrics", .syntax = "PLACE",
		.help = "be scraped there while it runs: unix:PATH, or a port of loopback; see "
			"'ringside help scraping'"},
	{OPTION_BIND_FLAG(struct metrics_option, allows_any), .name = "metrics-any-address",
		.help = "let --metrics=ADDRESS:PORT listen where the network can read it"},
	{.name = NULL},
};

static int refuse(struct arguments *arguments, const char *error, const char *hint)
{
	diag_error(&arguments->diag, NULL, "%s", error);
	diag_hint(&arguments->diag, "%s", hint);
	return -EINVAL;
}

int metrics_option_check(
	struct metrics_option *option, struct arguments *arguments, uint64_t interval_ns)
{
	if (!option->place && option->allows_any)
		return refuse(arguments, "--metrics-any-address without --metrics",
			"--metrics=ADDRESS:PORT says where to listen");
	if (!option->place)
		return 0;
	if (interval_ns == 0)
		return refuse(arguments,
			"--metrics with --interval=0: without intervals there is nothing to scrape",
			"leave out --interval=0");
	if (peers)
		return refuse(arguments,
			"--metrics: ranks of ringside-mpi are not scraped, each would know only "
			"of itself",
			"leave it out: the progress line of the first rank has the sum of all");
	return metrics_address_parse(
		&option->address, option->place, option->allows_any, &arguments->diag);
}

struct metrics_server *metrics_option_open(
	const struct metrics_option *option, struct arguments *arguments, bool is_quiet)
{
	struct metrics_server *server = metrics_server_open(&option->address, &arguments->diag);
	char asked[METRICS_URL_BYTES], url[METRICS_URL_BYTES];

	if (!server)
		return NULL;
	metrics_address_url(&option->address, asked);
	metrics_address_url(metrics_server_address(server), url);
	if (!is_quiet || strcmp(asked, url) != 0)
		diag_note(&arguments->diag, NULL, "scraped at %s", url);
	return server;
}
