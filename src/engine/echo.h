/* SPDX-License-Identifier: MIT */
/*
 * rw=echo: an I/O is one exchange of bytes with a server, by the connection of its slot. The class
 * is found by the ioengine that the job asks for, which names the server: a process of its own, and
 * what is measured. The worker is the client, always the same one, on other CPUs where there are
 * some; class->account has the server's costs.
 */
#ifndef ENGINE_ECHO_H
#define ENGINE_ECHO_H

#include <sched.h>

#include "engine/engine.h"
#include "host/cpu_account.h"

enum engine_echo_check { ECHO_CHECKS_STAMPS, ECHO_CHECKS_ALL };

/* What the job says of both sides: engine_setup.echo. The address is the target's path. */
struct engine_echo_setup {
	cpu_set_t server_cpus; /* empty: not said */
	bool has_client_cpus;  /* the job has said on which CPUs its thread runs */
	uint32_t exchange_bytes;
	uint64_t timeout_ns; /* of an exchange */
	int check;           /* enum engine_echo_check */
};

struct engine_server {
	pid_t pid;                  /* 0: it is gone */
	const char *problem, *hint; /* why it failed, and what to try; NULL: not known.
				     * They last until the engine is closed. */
};

/* What the server has cost in a window. */
struct engine_account {
	bool is_known; /* false: it was gone */
	struct cpu_usage cpu;
	uint64_t syscalls;
};

/* The class of the server that the engine of this name is; NULL: it cannot be one. */
const struct engine_class *engine_echo_find(const char *name);

/* All of them, NULL-terminated. */
extern const struct engine_class *const engine_echo_classes[];

/* By name: of the first engine that has it, also as the server of rw=echo; NULL: none has. */
const struct option *engine_option_find(const char *name);

#endif
