/* SPDX-License-Identifier: MIT */
/*
 * Every server against plain clients: bytes, counts, faults of peers, descriptors.
 * covers: src/echo/echo_connection.c src/echo/echo_server.c src/echo/server_epoll.c
 * covers: src/echo/server_sync.c src/echo/server_select.c src/echo/server_poll.c
 * covers: src/echo/echo_process.c src/echo/echo_address.c
 */
#include "echo_rig.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "echo/server_epoll.h"
#include "engine/uring_echo.h"
#include "engine/uring_options.h"

struct variant {
	const char *name;
	const struct echo_server_class *class;
	const void *options;
	const char *settings; /* io_uring's, as a job gives them; the options are made of them */
};

static const struct variant variants[] = {
	{"sync", &echo_server_sync, NULL, NULL},
	{"select", &echo_server_select, NULL, NULL},
	{"poll", &echo_server_poll, NULL, NULL},
	{"epoll level", &echo_server_epoll, NULL, NULL},
	{"epoll edge", &echo_server_epoll, &(const struct echo_epoll_options){.is_edge = true},
		NULL},
	{"io_uring", &uring_echo_server, NULL, ""},
	{"io_uring multishot", &uring_echo_server, NULL, "multishot_recv"},
	{"io_uring linked", &uring_echo_server, NULL, "link_recv"},
};

/* What a server takes as its options: for the ring made in `ring`. */
static const void *options_of(const struct variant *variant, struct uring_options *ring)
{
	struct option_problem problem = {0};
	struct arena arena = {0};
	int error = 0;

	if (!variant->settings)
		return variant->options;
	option_set_defaults(&uring_option_table, ring, &arena);
	if (variant->settings[0])
		error = option_read(option_find(&uring_option_table, variant->settings), "1", ring,
			&arena, &problem);
	assert_int_equal(error, 0);
	arena_free(&arena);
	return ring;
}

#define EACH_VARIANT(variant)                                                                      \
	for (const struct variant *variant = variants;                                             \
		variant < variants + sizeof(variants) / sizeof(variants[0]); variant++)

static const char *const kinds[] = {"unix", "tcp:127.0.0.1:0", "pair:"};

TEST(bytes_come_back_as_they_were_sent)
{
	static const uint32_t sizes[] = {1, 64, 4096, 100000};

	EACH_VARIANT(variant)
	{
		for (size_t k = 0; k < 3; k++) {
			for (size_t s = 0; s < 4; s++) {
				struct echo_counts counts;
				struct uring_options ring;
				struct rig rig;
				int descriptor;

				rig_start(&rig, kinds[k], variant->class,
					options_of(variant, &ring), 1, sizes[s]);
				descriptor = rig_connect(&rig, 0);
				for (unsigned i = 0; i < 20; i++)
					rig_exchange(descriptor, sizes[s], i);
				/* A linked send counts when its receive has ended: at last then. */
				close(descriptor);
				assert_int_equal(rig_stop(&rig), 0);
				rig_counts(&rig, &counts);
				assert_int_equal(counts.bytes_sent, 20 * sizes[s]);
				assert_int_equal(counts.bytes_received, 20 * sizes[s]);
				assert_int_equal(counts.requests, 20);
				assert_int_equal(counts.accepts, 1);
				echo_process_free(&rig.process);
			}
		}
	}
}

/* The server that a filter of system calls keeps from accepting. */
static const struct echo_server_class *forbidden_class;

static int forbidden_run(struct echo_server *server)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_accept4, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return echo_server_fail(server, -ENOTSUP, NULL, "no seccomp filter for this user");
	return forbidden_class->run(server);
}

/* It says so, and does not try for as long as it lives: when it begins, or when somebody comes. */
static void check_forbidden(const struct variant *variant)
{
	static const struct echo_server_class class = {.name = "no accept", .run = forbidden_run};
	const char *problem, *hint;
	int left = RIG_WAIT_MS;
	struct rig rig;
	int descriptor;

	forbidden_class = variant->class;
	rig_address(&rig, "unix");
	if (echo_process_start(&rig.process, &(struct echo_process_spec){.class = &class,
						     .options = variant->options,
						     .address = &rig.address,
						     .connections = 1,
						     .exchange_bytes = 64}) == 0) {
		descriptor = echo_address_connect(&rig.address);
		while (!(problem = echo_process_failure(&rig.process, &hint))) {
			assert_true(left-- > 0);
			usleep(1000);
		}
		assert_string_equal(problem, "accept: Operation not permitted");
		assert_non_null(strstr(hint, "sandbox"));
		if (descriptor >= 0)
			close(descriptor);
		assert_int_equal(rig_stop(&rig), -EPERM);
		echo_process_free(&rig.process);
		return;
	}
	rmdir(rig.folder);
	if (strstr(rig.process.problem, "no seccomp")) {
		print_message("skipped: %s\n", rig.process.problem);
		skip();
	}
	assert_string_equal(rig.process.problem, "accept: Operation not permitted");
}

TEST(a_server_that_may_not_accept_ends_and_says_why)
{
	EACH_VARIANT(variant)
	{
		/* io_uring makes no call that a filter could see. */
		if (!variant->settings)
			check_forbidden(variant);
	}
}

/* As the kernel does where its parent is gone while it is stopped. */
TEST(a_server_that_is_hung_up_removes_its_socket)
{
	int left = RIG_WAIT_MS;
	struct rig rig;

	rig_start(&rig, "unix", &echo_server_epoll, NULL, 1, 64);
	assert_int_equal(access(rig.address.path, F_OK), 0);
	kill(rig.process.pid, SIGHUP);
	while (access(rig.address.path, F_OK) == 0) {
		assert_true(left-- > 0);
		usleep(1000);
	}
	(void)rig_stop(&rig); /* it may not be gone yet */
	echo_process_free(&rig.process);
}

TEST_MAIN(NULL, NULL);
