/* SPDX-License-Identifier: MIT */
/*
 * Abilities of the kernel that no flag of the ring shows: each is tried once, on sockets of its
 * own, before the server takes connections. An old kernel answers EINVAL.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/uring_abi.h"
#include "engine/uring_echo_parts.h"

enum { TRIAL_ENTRIES = 8, TRIAL_WAIT_S = 1 };

/* Sends what is in the SQ, waits for one completion. 0 or -errno, the call's or the request's. */
static int try_one(struct io_uring *ring, struct io_uring_cqe *answer)
{
	struct __kernel_timespec limit = {.tv_sec = TRIAL_WAIT_S};
	struct io_uring_cqe *cqe;
	int result = io_uring_submit(ring);

	if (result >= 0)
		result = io_uring_wait_cqe_timeout(ring, &cqe, &limit);
	if (result < 0)
		return result;
	*answer = *cqe;
	io_uring_cqe_seen(ring, cqe);
	return answer->res < 0 ? answer->res : 0;
}

/* *client is connected to what listens there. 0 or -errno. */
static int connect_to(const struct sockaddr *address, socklen_t length, int *client)
{
	*client = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*client < 0)
		return -errno;
	return connect(*client, address, length) == 0 ? 0 : -errno;
}

/* A socket that listens at an address that the kernel chooses, which is left in *address. */
static int listen_anywhere(int family, struct sockaddr_storage *address, socklen_t *length)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in four = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0)
		return -errno;
	*address = (struct sockaddr_storage){.ss_family = (sa_family_t)family};
	*length = sizeof(sa_family_t); /* a Unix socket without a name: autobind, see unix(7) */
	if (family == AF_INET)
		memcpy(address, &four, *length = sizeof(four));
	else if (family == AF_INET6)
		memcpy(address, &six, *length = sizeof(six));
	if (bind(listener, (struct sockaddr *)address, *length) == 0 && listen(listener, 1) == 0) {
		*length = sizeof(*address);
		if (getsockname(listener, (struct sockaddr *)address, length) == 0)
			return listener;
	}
	close(listener);
	return -errno;
}

/* What a trial works on: a client that is connected to what listens, and a ring. 0 or -errno; the
 * descriptors are the caller's to close in any case. */
static int open_trial(int family, int *listener, int *client, struct io_uring *ring)
{
	struct sockaddr_storage address;
	socklen_t length;
	int result = *listener = listen_anywhere(family, &address, &length);

	if (result >= 0)
		result = connect_to((struct sockaddr *)&address, length, client);
	return result < 0 ? result : io_uring_queue_init(TRIAL_ENTRIES, ring, 0);
}

/* A connection waits at a socket of its own; `file_index` above 0: for a registered file. */
static int try_accept(unsigned ioprio, unsigned file_index)
{
	AUTO_CLOSE int listener = -1;
	AUTO_CLOSE int client = -1;
	struct io_uring_cqe cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;
	int result = open_trial(AF_UNIX, &listener, &client, &ring);

	if (result < 0)
		return result;
	if (file_index > 0)
		result = io_uring_register_files_sparse(&ring, 1);
	if (result >= 0) {
		sqe = io_uring_get_sqe(&ring);
		io_uring_prep_accept(sqe, listener, NULL, NULL, file_index ? 0 : SOCK_CLOEXEC);
		sqe->ioprio = (uint16_t)ioprio;
		sqe->file_index = file_index;
		result = try_one(&ring, &cqe);
		if (result >= 0 && file_index == 0)
			close(cqe.res);
		if (result >= 0 && ioprio && !(cqe.flags & IORING_CQE_F_MORE))
			result = -EINVAL;
		/* Kernels before 5.19 take the index for a wish, and open a descriptor. */
		if (result >= 0 && file_index > 0 && cqe.res != 0)
			result = -EINVAL;
	}
	io_uring_queue_exit(&ring);
	return result;
}

static int try_accept_multishot(void)
{
	return try_accept(IORING_ACCEPT_MULTISHOT, 0);
}

static int try_accept_direct(void)
{
	return try_accept(0, IORING_FILE_INDEX_ALLOC);
}

static int try_recv_multishot(void)
{
	struct uring uring = {0};
	struct uring_pool pool = {0};
	struct io_uring_cqe cqe;
	struct io_uring_sqe *sqe;
	int pair[2];
	int result;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -errno;
	result = io_uring_queue_init(TRIAL_ENTRIES, &uring.ring, 0);
	if (result == 0) {
		result = uring_pool_open(&pool, &uring, 2, 64);
		if (result == 0 && write(pair[1], "?", 1) != 1)
			result = -errno;
		if (result == 0) {
			sqe = io_uring_get_sqe(&uring.ring);
			io_uring_prep_recv_multishot(sqe, pair[0], NULL, 0, 0);
			sqe->flags |= IOSQE_BUFFER_SELECT;
			result = try_one(&uring.ring, &cqe);
		}
		if (result == 0 && !(cqe.flags & IORING_CQE_F_BUFFER))
			result = -EINVAL;
		uring_pool_close(&pool, &uring);
		io_uring_queue_exit(&uring.ring);
	}
	close(pair[0]);
	close(pair[1]);
	return result;
}

static int try_send_zc(int family, unsigned flags)
{
	AUTO_CLOSE int listener = -1;
	AUTO_CLOSE int client = -1;
	struct io_uring_cqe cqe;
	struct io_uring ring;
	char byte = '?';
	int result = open_trial(family, &listener, &client, &ring);

	if (result < 0)
		return result;
	io_uring_prep_send_zc(io_uring_get_sqe(&ring), client, &byte, 1, MSG_NOSIGNAL, flags);
	result = try_one(&ring, &cqe);
	/* The byte must last until its notification. */
	if (result == 0 && (cqe.flags & IORING_CQE_F_MORE))
		result = try_one(&ring, &cqe) < 0 && !(cqe.flags & IORING_CQE_F_NOTIF) ? -ETIME : 0;
	io_uring_queue_exit(&ring);
	return result;
}

const struct uring_echo_trials uring_echo_kernel = {
	.accept_multishot = try_accept_multishot,
	.accept_direct = try_accept_direct,
	.recv_multishot = try_recv_multishot,
	.send_zc = try_send_zc,
};

static int explain(int error, const char *option, const char *since, struct engine_report *report)
{
	if (error == 0)
		return 0;
	if (error == -EINVAL)
		return engine_refuse(report, -EOPNOTSUPP,
			arena_printf(
				report->arena, "leave out %s, or run on a newer kernel", option),
			"%s: this kernel has no such request (needs Linux %s)", option, since);
	return engine_refuse(report, error, arena_printf(report->arena, "leave out %s", option),
		"%s: %s", option, strerror(-error));
}

static int try_zero_copy(const struct uring_echo_trials *trials, int family, unsigned *zc_flags,
	struct engine_report *report)
{
	int result = trials->send_zc(family, URING_SEND_ZC_REPORT_USAGE);

	*zc_flags = URING_SEND_ZC_REPORT_USAGE;
	if (result == -EINVAL) {
		*zc_flags = 0;
		result = trials->send_zc(family, 0);
		if (result == 0)
			engine_report_refused(report, "send_zc_report_usage", "1",
				"how many sends the kernel copied all the same stays unknown "
				"(needs Linux 6.2)");
	}
	if (result == -EOPNOTSUPP && family == AF_UNIX)
		return engine_refuse(report, result,
			"use filename=tcp:127.0.0.1, or leave out "
			"send_zc",
			"send_zc: Unix sockets have no sends without a copy");
	return explain(result, "send_zc", "6.0", report);
}

int uring_echo_try(const struct uring_options *options, const struct uring_echo_trials *trials,
	int family, unsigned *zc_flags, struct engine_report *report)
{
	int result = 0;

	if (options->multishot_accept)
		result = explain(trials->accept_multishot(), "multishot_accept", "5.19", report);
	if (result == 0 && options->registerfiles)
		result = explain(trials->accept_direct(), "registerfiles", "5.19", report);
	if (result == 0 && options->multishot_recv)
		result = explain(trials->recv_multishot(), "multishot_recv", "6.0", report);
	if (result == 0 && options->send_zc)
		result = try_zero_copy(trials, family, zc_flags, report);
	return result;
}
