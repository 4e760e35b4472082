/* SPDX-License-Identifier: MIT */
/* The memory that a server's process (echo_server.c) and the client's (echo_process.c) see. */
#ifndef ECHO_ECHO_SHARED_H
#define ECHO_ECHO_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	ECHO_TEXT_BYTES = 160,
	ECHO_FACT_LIMIT = 32,
};

/* Counted by one thread of the server, read by others at any time. */
struct echo_counts {
	_Atomic uint64_t syscalls; /* all of them from echo_server_ready on; before each call */
	_Atomic uint64_t waits;    /* of syscalls: those that wait for several connections */
	_Atomic uint64_t accepts;  /* connections: accepted, or given */
	_Atomic uint64_t closes;   /* connections: closed by the server, for whatever reason */
	_Atomic uint64_t resets;   /* of closes: ECONNRESET, EPIPE and other errors of the peer */
	_Atomic uint64_t turned_away; /* of closes: connections above the limit */
	_Atomic uint64_t receives;    /* that brought bytes */
	_Atomic uint64_t bytes_received;
	_Atomic uint64_t sends; /* that took bytes */
	_Atomic uint64_t bytes_sent;
	_Atomic uint64_t requests;    /* whole exchanges sent back: see echo_count_sent */
	_Atomic uint64_t in_vain;     /* receives, sends and accepts that met EAGAIN */
	_Atomic uint64_t no_buffers;  /* ENOBUFS of provided buffers */
	_Atomic uint64_t rearms;      /* multishot requests that had to be sent again */
	_Atomic uint64_t zero_copies; /* notifications of SEND_ZC, */
	_Atomic uint64_t copied;      /* and of them: the kernel copied all the same */
} __attribute__((aligned(64)));

/* What the result says of the server. */
enum echo_fact_kind { ECHO_EFFECTIVE, ECHO_REFUSED, ECHO_PROOF };

struct echo_fact {
	enum echo_fact_kind kind;
	char name[40];
	char value[ECHO_TEXT_BYTES];
	char why[ECHO_TEXT_BYTES]; /* of ECHO_REFUSED */
};

/* What the process has used since it began, all of its threads, those that have ended too. */
struct echo_usage {
	uint64_t cpu_ns;             /* exact */
	uint64_t user_ns, system_ns; /* as getrusage(2) splits it */
	uint64_t voluntary_switches, involuntary_switches;
};

struct echo_shared {
	_Atomic uint32_t may_run;  /* a futex: the client is ready to count */
	_Atomic uint32_t is_ready; /* a futex: 1: it serves, or has failed */
	_Atomic uint32_t looks;    /* a futex: how often `usage` was brought up to date */
	struct echo_usage usage;
	_Atomic bool must_stop;
	_Atomic int error; /* -errno, after the next two; 0: none */
	char problem[ECHO_TEXT_BYTES];
	char hint[ECHO_TEXT_BYTES];
	_Atomic unsigned fact_count; /* those below it are complete */
	struct echo_fact facts[ECHO_FACT_LIMIT];
	unsigned count_limit;
	struct echo_counts counts[];
};

#endif
