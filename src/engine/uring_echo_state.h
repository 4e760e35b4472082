/* SPDX-License-Identifier: MIT */
/*
 * The echo server of io_uring (echo/echo_server.h): one thread and one ring, by which connections
 * come, are received from and sent to, and end.
 *     uring_echo.c             set up, the loop, accepting, stop, proof
 *     uring_echo_connection.c  a connection, from its first byte to its end
 *     uring_echo_buffers.c     provided buffers (io_uring_register_buf_ring(3))
 *     uring_echo_trial.c       what this kernel has, tried before
 *
 * A connection receives into a buffer of its own, sends that back, and receives again. With
 * multishot_recv one request receives for as long as the connection lives, into buffers that all
 * connections share, and which stand in line until they are sent. One send of a connection is under
 * way at a time: that keeps its bytes in order.
 *
 * What is in the kernel is counted. A connection is over when the last completion of its requests
 * is there, notifications of SEND_ZC too, and a buffer is used again when nobody reads from it.
 */
#ifndef ENGINE_URING_ECHO_STATE_H
#define ENGINE_URING_ECHO_STATE_H

#include "echo/echo_server.h"
#include "engine/uring.h"

struct io_uring_buf_ring;

enum {
	URING_ECHO_NONE = UINT16_MAX, /* no provided buffer */
	/* Most SQEs that one completion asks for: a send and a receive, or two cancellations. */
	URING_ECHO_SQES_EACH = 4,
};

/* What a CQE answers: the low byte of its user_data. */
enum uring_echo_request {
	URING_ECHO_ACCEPT,
	URING_ECHO_RECV,
	URING_ECHO_SEND,
	URING_ECHO_CANCEL,
	URING_ECHO_CLOSE,
	URING_ECHO_TURN_AWAY, /* CLOSE of one for which there is no room */
	URING_ECHO_REQUEST_COUNT
};

struct uring_connection {
	uint8_t *buffer;      /* its own; NULL with provided buffers */
	uint32_t filled;      /* bytes in it */
	uint32_t sent;        /* of it, or of the first provided buffer in line */
	uint32_t left;        /* echo_count_sent's */
	int descriptor;       /* or its index among the registered files; -1: closed */
	uint32_t pending;     /* requests, and notifications, of which a CQE is to come */
	uint32_t notices;     /* of them: SEND_ZC of its own buffer, which must not change yet */
	uint32_t held;        /* provided buffers: in line, or read by the network */
	uint16_t first, last; /* provided buffers in line; URING_ECHO_NONE: none */
	bool is_used, is_receiving, is_sending;
	bool is_linked;  /* send and receive went as one: one CQE for both */
	bool is_starved; /* waits for a provided buffer */
	bool is_ended;   /* its peer sends no more */
	bool is_closing;
	bool is_dropped;  /* ends at once, and what it has sent is lost */
	bool is_shut;     /* its close was sent */
	bool copies_next; /* SEND, for SEND_ZC found no memory */
};

/* A provided buffer. */
struct uring_piece {
	uint32_t length;  /* received */
	uint32_t notices; /* of SEND_ZC, still to come */
	uint16_t next;    /* in its connection's line */
	bool is_out;      /* ours, not the kernel's */
	bool is_over;     /* nothing of it is to be sent any more */
};

struct uring_pool {
	struct io_uring_buf_ring *ring; /* NULL: none */
	uint8_t *memory;
	size_t ring_bytes, memory_bytes;
	struct uring_piece *pieces;
	unsigned count, out;
	uint32_t bytes;          /* of each */
	uint64_t last_return_ns; /* kept while somebody waits for one */
};

/* What this kernel can do, tried: 0 or -errno. A test's kernel may be older than its own. */
struct uring_echo_trials {
	int (*accept_multishot)(void);
	int (*accept_direct)(void);
	int (*recv_multishot)(void);
	int (*send_zc)(int family, unsigned flags);
};

extern const struct uring_echo_trials uring_echo_kernel;

struct uring_echo {
	struct uring uring; /* first: what engine/uring_*.c take */
	struct echo_server *server;
	struct echo_counts *counts;
	struct uring_connection *connections;
	uint32_t *free_slots; /* a stack */
	uint32_t *starved;    /* a ring of those that wait for a buffer, each once */
	unsigned limit, free_count, starved_first, starved_count;
	struct uring_pool pool;
	uint64_t requests[URING_ECHO_REQUEST_COUNT];
	uint64_t short_sends, sent_plainly, stalls, accept_failures, overflows;
	uint64_t accept_again_ns; /* after a failure; 0: none */
	unsigned published;       /* the SQ's tail that the kernel was shown */
	unsigned zc_flags;
	uint8_t *memory; /* of connections' own buffers */
	int failure;     /* -errno: it cannot go on */
	bool is_direct;  /* descriptors are indices among the registered files */
	bool is_accepting, is_stopping;
};

#endif
