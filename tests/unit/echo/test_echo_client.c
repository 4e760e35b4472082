/* SPDX-License-Identifier: MIT */
/* The client against servers that do wrong: each fault is one result, and the next one connects. */
#include "echo_rig.h"

#include "echo/echo_client.h"

enum { BYTES = 64 };
#define TIMEOUT_NS 400000000ull

enum fault { CLOSES, RESETS, SENDS_HALF, STALLS, SENDS_OTHER, NO_FAULT };

static void serve_one(enum fault fault, int descriptor)
{
	const struct linger now = {1, 0};
	char bytes[BYTES];

	rig_receive(descriptor, bytes, sizeof(bytes));
	if (fault == RESETS)
		setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (fault == SENDS_HALF)
		rig_send(descriptor, bytes, sizeof(bytes) / 2);
	if (fault == SENDS_OTHER)
		bytes[BYTES - 1] ^= 1;
	if (fault == SENDS_OTHER || fault == NO_FAULT)
		rig_send(descriptor, bytes, sizeof(bytes));
	if (fault == STALLS || fault == SENDS_OTHER || fault == NO_FAULT)
		(void)!read(descriptor, bytes, sizeof(bytes)); /* until the client closes */
	close(descriptor);
}

/* One connection with the fault, and the next one without. */
static int faulty_run(struct echo_server *server)
{
	const enum fault *fault = server->options;

	echo_server_ready(server);
	for (unsigned i = 0; i < 2; i++) {
		struct pollfd wait = {.fd = server->listener, .events = POLLIN};

		if (poll(&wait, 1, RIG_WAIT_MS) != 1)
			return 0;
		serve_one(i == 0 ? *fault : NO_FAULT, accept(server->listener, NULL, NULL));
	}
	while (!echo_server_must_stop(server))
		pause();
	return 0;
}

static const struct echo_server_class faulty = {.name = "faulty", .run = faulty_run};

static int exchange(struct echo_client *client, char *bytes)
{
	unsigned ended = 9;
	int tries = 100;

	echo_client_send(client, 0, bytes, BYTES);
	while (echo_client_wait(client, &ended, 1, 1, (int64_t)TIMEOUT_NS) == 0)
		assert_true(tries-- > 0);
	assert_int_equal(ended, 0);
	return client->connections[0].result;
}

static void check_fault(const char *kind, enum fault fault, int expected)
{
	char bytes[BYTES] = "to be sent back";
	struct echo_client client;
	const char *problem;
	unsigned before = rig_descriptors(getpid());
	struct rig rig;

	rig_start(&rig, kind, &faulty, &fault, 1, BYTES);
	assert_int_equal(echo_client_open(&client,
				 &(struct echo_client_spec){.address = &rig.address,
					 .connections = 1,
					 .exchange_bytes = BYTES,
					 .timeout_ns = TIMEOUT_NS},
				 &problem),
		0);
	assert_int_equal(exchange(&client, bytes), expected);
	assert_int_equal(exchange(&client, bytes), BYTES);
	assert_int_equal(client.counts.exchanges, 1);
	assert_int_equal(client.counts.connects, 2);
	echo_client_close(&client);
	assert_int_equal(client.counts.closes, 2);
	assert_int_equal(rig_stop(&rig), 0);
	echo_process_free(&rig.process);
	assert_int_equal(rig_descriptors(getpid()), before);
}

TEST(a_peer_that_closes_is_an_error_and_the_next_exchange_connects)
{
	check_fault("unix", CLOSES, -ECONNABORTED);
}

TEST(a_peer_that_resets_is_an_error)
{
	check_fault("tcp:127.0.0.1:0", RESETS, -ECONNRESET);
}

TEST(a_peer_that_sends_half_is_an_error)
{
	check_fault("unix", SENDS_HALF, -ECONNABORTED);
}

TEST(a_peer_that_stalls_is_an_error_in_a_bounded_time)
{
	check_fault("unix", STALLS, -ETIMEDOUT);
}

TEST(bytes_that_were_not_sent_are_an_error)
{
	check_fault("unix", SENDS_OTHER, -EBADMSG);
}

TEST_MAIN(NULL, NULL);
