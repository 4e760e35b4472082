/* SPDX-License-Identifier: MIT */
/*
 * Every server against plain clients: bytes, counts, faults of peers, descriptors.
 * covers: src/echo/echo_connection.c src/echo/echo_server.c src/echo/server_epoll.c
 * covers: src/echo/server_sync.c src/echo/server_select.c src/echo/server_poll.c
 * covers: src/echo/echo_process.c src/echo/echo_address.c
 */
#include "echo_rig.h"

#include "echo/server_epoll.h"

struct variant {
	const char *name;
	const struct echo_server_class *class;
	const void *options;
};

static const struct variant variants[] = {
	{"sync", &echo_server_sync, NULL},
	{"select", &echo_server_select, NULL},
	{"poll", &echo_server_poll, NULL},
	{"epoll level", &echo_server_epoll, NULL},
	{"epoll edge", &echo_server_epoll, &(const struct echo_epoll_options){.is_edge = true}},
};

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
				struct rig rig;
				int descriptor;

				rig_start(&rig, kinds[k], variant->class, variant->options, 1,
					sizes[s]);
				descriptor = rig_connect(&rig, 0);
				for (unsigned i = 0; i < 20; i++)
					rig_exchange(descriptor, sizes[s], i);
				RIG_AWAIT(&rig, &counts, counts.requests == 20);
				assert_int_equal(counts.bytes_sent, 20 * sizes[s]);
				assert_int_equal(counts.bytes_received, 20 * sizes[s]);
				assert_int_equal(counts.requests, 20);
				assert_int_equal(counts.accepts, 1);
				close(descriptor);
				assert_int_equal(rig_stop(&rig), 0);
				echo_process_free(&rig.process);
			}
		}
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
