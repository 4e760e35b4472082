/* SPDX-License-Identifier: MIT */
/* The echo server of io_uring: rw=echo with ioengine=io_uring. Its ways are in uring_options.c. */
#ifndef ENGINE_URING_ECHO_H
#define ENGINE_URING_ECHO_H

#include "echo/echo_server.h"
#include "engine/uring_echo_state.h"

/* Its options are a struct uring_options. */
extern const struct echo_server_class uring_echo_server;

/* As the class's run, on a kernel that may be a test's; `cq_entries` 0: enough. */
int uring_echo_run(
	struct echo_server *server, const struct uring_echo_trials *trials, unsigned cq_entries);

#endif
