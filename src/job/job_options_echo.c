/* SPDX-License-Identifier: MIT */
/* Options of rw=echo. */

#include "base/clock.h"
#include "engine/echo.h"
#include "job/job_option_rows.h"

static const struct option_choice checks[] = {
	{"stamps", ECHO_CHECKS_STAMPS,
		"the first and the last 8 bytes, which no other exchange has"},
	{"all", ECHO_CHECKS_ALL, "every byte"},
	{NULL, 0, NULL},
};

const struct option job_options_echo[] = {
	RARE(CUSTOM, "server_cpus", echo.server_cpus, WORKLOAD, NULL,
		"rw=echo: CPUs that the server may run on", VALUE(cpus), .syntax = "N[-N][,...]",
		.detail = "cpus_allowed are the client's. Where neither is set the client has the\n"
			  "last CPU, and the server all others."),
	RARE_TIME("echo_timeout", echo.timeout_ns, WORKLOAD, "5s",
		"rw=echo: an exchange that takes longer is an error", .min = NS_PER_MS,
		.max = 3600 * NS_PER_S,
		.detail =
			"Its connection is closed and made again. It ends within a quarter more."),
	RARE(CHOICE, "echo_check", echo.check, WORKLOAD, "stamps",
		"rw=echo: what is compared of each exchange", .choices = checks),
	{.name = NULL},
};
