/* SPDX-License-Identifier: MIT */
/* A connection of the echo server, from its first byte to its end. */
#include <errno.h>
#include <sys/socket.h>

#include "engine/uring_abi.h"
#include "engine/uring_echo_parts.h"

static unsigned index_of(const struct uring_echo *echo, const struct uring_connection *connection)
{
	return (unsigned)(connection - echo->connections);
}

static struct io_uring_sqe *request(struct uring_echo *echo, struct uring_connection *connection,
	enum uring_echo_request kind, unsigned opcode, unsigned piece)
{
	struct io_uring_sqe *sqe = uring_echo_sqe(echo, kind, index_of(echo, connection), piece);

	connection->pending++;
	sqe->opcode = (uint8_t)opcode;
	sqe->fd = connection->descriptor;
	if (echo->is_direct)
		sqe->flags = IOSQE_FIXED_FILE;
	return sqe;
}

static void receive(struct uring_echo *echo, struct uring_connection *connection)
{
	struct io_uring_sqe *sqe =
		request(echo, connection, URING_ECHO_RECV, IORING_OP_RECV, URING_ECHO_NONE);

	connection->is_receiving = true;
	if (connection->buffer) {
		sqe->addr = (uintptr_t)connection->buffer;
		sqe->len = echo->server->buffer_bytes;
		return;
	}
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->ioprio = IORING_RECV_MULTISHOT;
}

static void starve(struct uring_echo *echo, struct uring_connection *connection)
{
	unsigned at = (echo->starved_first + echo->starved_count++) % echo->limit;

	echo->starved[at] = index_of(echo, connection);
	connection->is_starved = true;
}

static void forget_starved(struct uring_echo *echo, struct uring_connection *connection)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < echo->starved_count; i++) {
		uint32_t index = echo->starved[(echo->starved_first + i) % echo->limit];

		if (index != index_of(echo, connection))
			echo->starved[(echo->starved_first + kept++) % echo->limit] = index;
	}
	echo->starved_count = kept;
	connection->is_starved = false;
}

void uring_connection_feed(struct uring_echo *echo)
{
	unsigned available = echo->pool.count - echo->pool.out;

	while (echo->starved_count > 0 && available-- > 0 &&
		uring_echo_room(echo) >= URING_ECHO_SQES_EACH) {
		uint32_t index = echo->starved[echo->starved_first];

		echo->starved_first = (echo->starved_first + 1) % echo->limit;
		echo->starved_count--;
		echo->connections[index].is_starved = false;
		echo_count(&echo->counts->rearms, 1);
		receive(echo, &echo->connections[index]);
	}
}

static bool has_bytes(const struct uring_connection *connection)
{
	return connection->first != URING_ECHO_NONE || connection->filled > 0;
}

static void line_up(struct uring_echo *echo, struct uring_connection *connection, unsigned piece)
{
	if (connection->first == URING_ECHO_NONE)
		connection->first = (uint16_t)piece;
	else
		echo->pool.pieces[connection->last].next = (uint16_t)piece;
	connection->last = (uint16_t)piece;
}

/* The buffer that is sent from is done with. */
static void step_on(struct uring_echo *echo, struct uring_connection *connection)
{
	unsigned piece = connection->first;

	connection->sent = 0;
	connection->filled = 0;
	if (piece == URING_ECHO_NONE)
		return;
	connection->first = echo->pool.pieces[piece].next;
	connection->held -= uring_pool_release(&echo->pool, piece);
}

static void send_back(struct uring_echo *echo, struct uring_connection *connection)
{
	unsigned piece = connection->first;
	bool is_own = piece == URING_ECHO_NONE;
	bool is_zero_copy = echo->uring.options.send_zc && !connection->copies_next;
	struct io_uring_sqe *sqe = request(echo, connection, URING_ECHO_SEND,
		is_zero_copy ? IORING_OP_SEND_ZC : IORING_OP_SEND, piece);
	const uint8_t *start = is_own ? connection->buffer : uring_pool_at(&echo->pool, piece);
	uint32_t length = is_own ? connection->filled : echo->pool.pieces[piece].length;

	connection->is_sending = true;
	connection->copies_next = false;
	sqe->addr = (uintptr_t)(start + connection->sent);
	sqe->len = length - connection->sent;
	sqe->msg_flags = MSG_NOSIGNAL;
	if (is_zero_copy)
		sqe->ioprio = (uint16_t)echo->zc_flags;
	if (!echo->uring.options.link_recv || connection->is_ended)
		return;
	/* A send that fails or comes short keeps the receive from being begun, and that from
	 * having a CQE; one that goes as asked has none of its own. */
	sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	sqe->msg_flags |= MSG_WAITALL;
	connection->is_linked = true;
	receive(echo, connection);
}

/* SEND_ZC has sent from buffers that its peer has not taken. */
static bool is_read_by_network(const struct uring_connection *connection)
{
	return connection->held > 0 || connection->notices > 0;
}

/* A slot is free again when nothing that bears its number is in the kernel. */
static void leave(struct uring_echo *echo, struct uring_connection *connection)
{
	if (connection->descriptor >= 0 || connection->pending > 0)
		return;
	connection->is_used = false;
	echo->free_slots[echo->free_count++] = index_of(echo, connection);
	echo_count(&echo->counts->closes, 1);
}

/*
 * Kernels before 6.10 keep a registered file until every request that is older than its close has
 * ended, of any connection: the peer would not see the end before. So it is shut down first.
 *
 * What SEND_ZC has sent, and the peer not taken, would be kept and read for as long as that. A
 * socket that is disconnected (AF_UNSPEC, see connect(2)) forgets it.
 */
static void close_socket(struct uring_echo *echo, struct uring_connection *connection)
{
	static const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	struct io_uring_sqe *sqe = NULL;
	int descriptor = connection->descriptor;

	if (is_read_by_network(connection)) {
		sqe = request(
			echo, connection, URING_ECHO_CANCEL, IORING_OP_CONNECT, URING_ECHO_NONE);
		sqe->addr = (uintptr_t)&nowhere;
		sqe->off = sizeof(nowhere);
	} else if (echo->is_direct) {
		sqe = request(
			echo, connection, URING_ECHO_CANCEL, IORING_OP_SHUTDOWN, URING_ECHO_NONE);
		sqe->len = SHUT_RDWR;
	}
	if (sqe)
		sqe->flags |= IOSQE_IO_HARDLINK;
	sqe = request(echo, connection, URING_ECHO_CLOSE, IORING_OP_CLOSE, URING_ECHO_NONE);
	sqe->flags = 0;
	sqe->fd = echo->is_direct ? 0 : descriptor;
	sqe->file_index = echo->is_direct ? (uint32_t)descriptor + 1 : 0;
	connection->is_shut = true;
}

/* Goes on with its end as far as the requests under way allow. */
static void end_on(struct uring_echo *echo, struct uring_connection *connection)
{
	if (connection->is_receiving || connection->is_sending)
		return;
	while (has_bytes(connection))
		step_on(echo, connection);
	if (is_read_by_network(connection) && !connection->is_dropped)
		return;
	if (!connection->is_shut)
		close_socket(echo, connection);
	leave(echo, connection);
}

static void cancel(struct uring_echo *echo, struct uring_connection *connection,
	enum uring_echo_request kind, unsigned piece)
{
	struct io_uring_sqe *sqe = request(
		echo, connection, URING_ECHO_CANCEL, IORING_OP_ASYNC_CANCEL, URING_ECHO_NONE);

	sqe->fd = -1;
	sqe->flags = 0;
	sqe->addr = uring_echo_name(kind, index_of(echo, connection), piece);
}

void uring_connection_end(struct uring_echo *echo, struct uring_connection *connection)
{
	if (connection->is_closing)
		return;
	connection->is_closing = true;
	if (connection->is_starved)
		forget_starved(echo, connection);
	if (connection->is_receiving)
		cancel(echo, connection, URING_ECHO_RECV, URING_ECHO_NONE);
	if (connection->is_sending)
		cancel(echo, connection, URING_ECHO_SEND, connection->first);
	end_on(echo, connection);
}

void uring_connection_drop(struct uring_echo *echo, struct uring_connection *connection)
{
	connection->is_dropped = true;
	if (connection->is_closing)
		end_on(echo, connection);
	else
		uring_connection_end(echo, connection);
}

/* What comes next, after whatever happened. */
static void go_on(struct uring_echo *echo, struct uring_connection *connection)
{
	if (connection->is_closing) {
		end_on(echo, connection);
		return;
	}
	if (has_bytes(connection)) {
		if (!connection->is_sending)
			send_back(echo, connection);
	} else if (connection->is_ended) {
		uring_connection_end(echo, connection);
		return;
	}
	if (connection->is_receiving || connection->is_ended || connection->is_starved)
		return;
	if (!connection->buffer || (!has_bytes(connection) && connection->notices == 0))
		receive(echo, connection);
}

static void fail(struct uring_echo *echo, struct uring_connection *connection)
{
	if (connection->is_closing)
		return;
	echo_count(&echo->counts->resets, 1);
	uring_connection_drop(echo, connection);
}

static void received(struct uring_echo *echo, struct uring_connection *connection,
	const struct io_uring_cqe *cqe)
{
	unsigned piece = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
	uint32_t bytes = cqe->res > 0 ? (uint32_t)cqe->res : 0;

	if (!(cqe->flags & IORING_CQE_F_MORE))
		connection->is_receiving = false;
	if (cqe->flags & IORING_CQE_F_BUFFER) {
		uring_pool_take(&echo->pool, piece, bytes);
		connection->held++;
		if (bytes > 0)
			line_up(echo, connection, piece);
		else
			connection->held -= uring_pool_release(&echo->pool, piece);
	} else if (bytes > 0) {
		connection->filled = bytes;
	}
	if (bytes > 0) {
		echo_count(&echo->counts->receives, 1);
		echo_count(&echo->counts->bytes_received, bytes);
		/* The CQ was full, or the kernel had another reason. */
		if (!connection->buffer && !connection->is_receiving && !connection->is_closing)
			echo_count(&echo->counts->rearms, 1);
	} else if (cqe->res == 0) {
		connection->is_ended = true;
	} else if (cqe->res == -ENOBUFS) {
		echo_count(&echo->counts->no_buffers, 1);
		if (!connection->is_closing)
			starve(echo, connection);
	} else if (cqe->res != -EINTR && cqe->res != -EAGAIN) {
		fail(echo, connection);
	}
}

static void noticed(struct uring_echo *echo, struct uring_connection *connection, unsigned piece,
	const struct io_uring_cqe *cqe)
{
	echo_count(&echo->counts->zero_copies, 1);
	if ((uint32_t)cqe->res & URING_NOTIF_ZC_COPIED)
		echo_count(&echo->counts->copied, 1);
	if (piece == URING_ECHO_NONE)
		connection->notices--;
	else
		connection->held -= uring_pool_noticed(&echo->pool, piece);
}

static void sent(struct uring_echo *echo, struct uring_connection *connection, unsigned piece,
	const struct io_uring_cqe *cqe)
{
	bool is_own = piece == URING_ECHO_NONE;
	uint32_t length = is_own ? connection->filled : echo->pool.pieces[piece].length;

	connection->is_sending = false;
	if (cqe->flags & IORING_CQE_F_MORE)
		(*(is_own ? &connection->notices : &echo->pool.pieces[piece].notices))++;
	if (cqe->res > 0) {
		echo_count_sent(echo->counts, &connection->left, (uint32_t)cqe->res,
			echo->server->exchange_bytes);
		connection->sent += (uint32_t)cqe->res;
		if (connection->sent < length)
			echo->short_sends++;
		else
			step_on(echo, connection);
	} else if (echo->uring.options.send_zc && (cqe->res == -ENOBUFS || cqe->res == -ENOMEM)) {
		/* Its pages cannot be locked in memory (ulimit -l). */
		echo->sent_plainly++;
		connection->copies_next = true;
	} else if (cqe->res != -EINTR && cqe->res != -EAGAIN) {
		fail(echo, connection);
	}
}

/* Both of a chain have ended: a receive's CQE says that the send went well. */
static void unlink_pair(struct uring_echo *echo, struct uring_connection *connection,
	enum uring_echo_request answered)
{
	connection->is_linked = false;
	connection->pending--;
	echo->uring.in_flight--;
	if (answered == URING_ECHO_SEND) {
		connection->is_receiving = false;
		return;
	}
	connection->is_sending = false;
	echo_count_sent(echo->counts, &connection->left, connection->filled - connection->sent,
		echo->server->exchange_bytes);
	step_on(echo, connection);
}

void uring_connection_answer(struct uring_echo *echo, enum uring_echo_request kind, unsigned index,
	unsigned piece, const struct io_uring_cqe *cqe)
{
	struct uring_connection *connection = &echo->connections[index];

	if (!(cqe->flags & IORING_CQE_F_MORE))
		connection->pending--;
	if (connection->is_linked && (kind == URING_ECHO_RECV || kind == URING_ECHO_SEND))
		unlink_pair(echo, connection, kind);
	if (kind == URING_ECHO_RECV)
		received(echo, connection, cqe);
	else if (cqe->flags & IORING_CQE_F_NOTIF)
		noticed(echo, connection, piece, cqe);
	else if (kind == URING_ECHO_SEND)
		sent(echo, connection, piece, cqe);
	else if (kind == URING_ECHO_CLOSE)
		connection->descriptor = -1;
	/* The end may have come within, and with it the slot's next use. */
	if (connection->is_used)
		go_on(echo, connection);
}

void uring_connection_begin(struct uring_echo *echo, int descriptor)
{
	unsigned index = echo->free_slots[--echo->free_count];
	struct uring_connection *connection = &echo->connections[index];
	uint8_t *buffer = connection->buffer;

	*connection = (struct uring_connection){
		.buffer = buffer,
		.descriptor = descriptor,
		.first = URING_ECHO_NONE,
		.last = URING_ECHO_NONE,
		.is_used = true,
	};
	echo_count(&echo->counts->accepts, 1);
	receive(echo, connection);
}
