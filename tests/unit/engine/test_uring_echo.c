/* SPDX-License-Identifier: MIT */
/*
 * The echo server of io_uring in each of its ways, against clients that know nothing of it: bytes,
 * peers that end badly, buffers that run out, completions that find no room, and what is left over.
 * Other servers stand beside it where a peer's fault is any server's.
 * covers: src/engine/uring_echo_connection.c src/engine/uring_echo_buffers.c
 * covers: src/engine/uring_echo_trial.c
 */
#include "engine/uring_echo.h"

#include <sys/syscall.h>

#include "echo/server_epoll.h"
#include "unit/echo/echo_rig.h"

enum { CLIENT_LIMIT = 1000 };

struct way {
	const char *name;
	const char *settings;
	const char *only;                      /* the kind of address that it is for; NULL: all */
	const struct echo_server_class *class; /* NULL: io_uring's */
	const void *options;                   /* of another's */
};

static const struct way ways[] = {
	{"plain", "", NULL, NULL, NULL},
	{"coop_taskrun", "defer_taskrun=0", NULL, NULL, NULL},
	{"neither", "defer_taskrun=0 coop_taskrun=0 single_issuer=0 registerring=0", NULL, NULL,
		NULL},
	{"multishot accept", "multishot_accept=1", "socket", NULL, NULL},
	{"registered files", "registerfiles=1", NULL, NULL, NULL},
	{"provided buffers", "multishot_recv=1", NULL, NULL, NULL},
	{"small buffers", "multishot_recv=1 recv_buffers=16 recv_buffer_size=100", NULL, NULL,
		NULL},
	{"all", "multishot_recv=1 multishot_accept=1 registerfiles=1", "socket", NULL, NULL},
	{"linked", "link_recv=1", NULL, NULL, NULL},
	{"linked, registered files", "link_recv=1 registerfiles=1", NULL, NULL, NULL},
	{"poll thread", "sqthread_poll=1 sqthread_poll_idle=1", NULL, NULL, NULL},
	{"zero copy", "send_zc=1", "tcp:127.0.0.1:0", NULL, NULL},
	{"all zero copy", "send_zc=1 multishot_recv=1 multishot_accept=1 registerfiles=1",
		"tcp:127.0.0.1:0", NULL, NULL},
	{"sync", "", NULL, &echo_server_sync, NULL},
	{"select", "", NULL, &echo_server_select, NULL},
	{"poll", "", NULL, &echo_server_poll, NULL},
	{"epoll", "", NULL, &echo_server_epoll, NULL},
	{"epoll, edge", "", NULL, &echo_server_epoll,
		&(const struct echo_epoll_options){.is_edge = true}},
};

static const char *const kinds[] = {"unix", "tcp:127.0.0.1:0", "pair:"};

#define EACH_WAY(way)                                                                              \
	for (const struct way *way = ways; way < ways + sizeof(ways) / sizeof(ways[0]); way++)

static bool goes_with(const struct way *way, const char *kind)
{
	if (!way->only)
		return true;
	if (strcmp(way->only, "socket") == 0)
		return strcmp(kind, "pair:") != 0;
	return strcmp(way->only, kind) == 0;
}

/* For the process that rig_start forks. */
static unsigned cq_entries;
static struct uring_echo_trials trials;

static int run_small(struct echo_server *server)
{
	return uring_echo_run(server, &trials, cq_entries);
}

static const struct echo_server_class small_class = {.name = "io_uring", .run = run_small};

static void set_options(struct uring_options *options, const char *settings)
{
	struct arena arena = {0};
	char *text = arena_strdup(&arena, settings);
	char *rest = text;

	option_set_defaults(&uring_option_table, options, &arena);
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		struct option_problem problem = {0};
		char *value = strchr(word, '=');

		if (!value)
			continue;
		*value++ = '\0';
		assert_int_equal(option_read(option_find(&uring_option_table, word), value, options,
					 &arena, &problem),
			0);
	}
	arena_free(&arena);
}

static void start(struct rig *rig, const char *kind, const char *settings, unsigned connections,
	uint32_t bytes)
{
	struct uring_options options = {0};

	set_options(&options, settings);
	rig_start(rig, kind, &uring_echo_server, &options, connections, bytes);
}

static void start_way(struct rig *rig, const char *kind, const struct way *way,
	unsigned connections, uint32_t bytes)
{
	if (way->class)
		rig_start(rig, kind, way->class, way->options, connections, bytes);
	else
		start(rig, kind, way->settings, connections, bytes);
}

static const char *fact(const struct rig *rig, enum echo_fact_kind kind, const char *name)
{
	const struct echo_fact *one;

	for (unsigned i = 0; (one = echo_process_fact(&rig->process, i)) != NULL; i++) {
		if (one->kind == kind && strcmp(one->name, name) == 0)
			return one->value;
	}
	return NULL;
}

/* Stops it, and finds that nothing is left over: connections, buffers, descriptors. */
static struct echo_counts finish(struct rig *rig)
{
	struct echo_counts counts;

	assert_int_equal(rig_stop(rig), 0);
	rig_counts(rig, &counts);
	assert_true(counts.closes <= counts.accepts);
	if (fact(rig, ECHO_EFFECTIVE, "setup_flags")) { /* others leave it to their exit */
		assert_int_equal(counts.accepts, counts.closes);
		assert_string_equal(fact(rig, ECHO_PROOF, "connections_lost"), "0");
	}
	if (fact(rig, ECHO_PROOF, "recv_buffers_lost"))
		assert_string_equal(fact(rig, ECHO_PROOF, "recv_buffers_lost"), "0");
	echo_process_free(&rig->process);
	return counts;
}

/* A client that sends and receives at the same time, as far as each goes; byte `at` is known. */
struct client {
	int descriptor;
	size_t sent, received;
};

static unsigned char byte_at(unsigned client, size_t at)
{
	return (unsigned char)(client * 31 + at + (at >> 8) * 3);
}

static void push(struct client *client, unsigned number, size_t total)
{
	unsigned char bytes[16384];
	size_t length = total - client->sent < sizeof(bytes) ? total - client->sent : sizeof(bytes);
	ssize_t count;

	for (size_t i = 0; i < length; i++)
		bytes[i] = byte_at(number, client->sent + i);
	count = send(client->descriptor, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (count > 0)
		client->sent += (size_t)count;
	else
		assert_int_equal(errno, EAGAIN);
}

static void pull(struct client *client, unsigned number)
{
	unsigned char bytes[16384];
	ssize_t count = recv(client->descriptor, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (count < 0) {
		assert_int_equal(errno, EAGAIN);
		return;
	}
	assert_true(count > 0);
	for (ssize_t i = 0; i < count; i++)
		assert_int_equal(bytes[i], byte_at(number, client->received + (size_t)i));
	client->received += (size_t)count;
	assert_true(client->received <= client->sent);
}

/* Each client's next bytes, up to `total`, and back. */
static void converse(struct client *clients, unsigned count, size_t total)
{
	struct pollfd entries[CLIENT_LIMIT];
	unsigned left = 1;

	while (left > 0) {
		left = 0;
		for (unsigned i = 0; i < count; i++) {
			short wanted = clients[i].received < total ? POLLIN : 0;

			if (clients[i].sent < total)
				wanted |= POLLOUT;
			entries[i] = (struct pollfd){
				.fd = wanted ? clients[i].descriptor : -1, .events = wanted};
			left += wanted != 0;
		}
		if (left == 0)
			break;
		assert_true(poll(entries, count, RIG_WAIT_MS) > 0);
		for (unsigned i = 0; i < count; i++) {
			if (entries[i].revents & POLLOUT)
				push(&clients[i], i, total);
			if (entries[i].revents & POLLIN)
				pull(&clients[i], i);
		}
	}
}

static void connect_all(struct rig *rig, struct client *clients, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		clients[i] = (struct client){.descriptor = rig_connect(rig, i)};
}

static void close_all(struct client *clients, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(clients[i].descriptor);
}

TEST(each_way_brings_back_what_was_sent)
{
	static const uint32_t sizes[] = {1, 300, 4096, 1 << 20};

	EACH_WAY(way)
	{
		for (size_t k = 0; k < 3; k++) {
			for (size_t s = 0; goes_with(way, kinds[k]) && s < 4; s++) {
				struct client clients[3];
				struct echo_counts counts;
				struct rig rig;

				start_way(&rig, kinds[k], way, 3, sizes[s]);
				connect_all(&rig, clients, 3);
				converse(clients, 2, sizes[s]);
				converse(clients, 3, 2 * (size_t)sizes[s]);
				rig_counts(&rig, &counts);
				assert_int_equal(counts.accepts, 3);
				assert_int_equal(counts.bytes_received, 6 * (uint64_t)sizes[s]);
				close_all(clients, 3);
				/* A linked send counts when its receive has ended: at last then. */
				counts = finish(&rig);
				assert_int_equal(counts.bytes_sent, 6 * (uint64_t)sizes[s]);
				assert_int_equal(counts.requests, 6);
				assert_int_equal(counts.resets, 0);
			}
		}
	}
}

TEST(a_thousand_connections_are_served)
{
	static struct client clients[CLIENT_LIMIT];
	static const char *const settings[] = {
		"", "multishot_recv=1 multishot_accept=1 registerfiles=1", "sqthread_poll=1"};

	for (size_t i = 0; i < 3; i++) {
		struct rig rig;

		start(&rig, "unix", settings[i], CLIENT_LIMIT, 700);
		connect_all(&rig, clients, CLIENT_LIMIT);
		converse(clients, CLIENT_LIMIT, 700);
		converse(clients, CLIENT_LIMIT, 1400);
		close_all(clients, CLIENT_LIMIT);
		finish(&rig);
	}
}

/* 16 buffers for 64 connections: most of them find none, wait, and are served all the same. */
TEST(buffers_that_run_out_are_waited_for)
{
	static struct client clients[64];
	struct echo_counts counts;
	struct rig rig;

	start(&rig, "unix", "multishot_recv=1 recv_buffers=16 recv_buffer_size=64", 64, 5000);
	connect_all(&rig, clients, 64);
	converse(clients, 64, 50000);
	rig_counts(&rig, &counts);
	assert_true(counts.no_buffers > 0);
	assert_true(counts.rearms >= 64);
	assert_int_equal(counts.resets, 0);
	close_all(clients, 64);
	finish(&rig);
}

TEST(a_half_closed_peer_gets_all_of_it_and_then_the_end)
{
	EACH_WAY(way)
	{
		const char *kind = way->only && way->only[0] == 't' ? way->only : "unix";
		struct client client;
		struct rig rig;
		char byte;

		start_way(&rig, kind, way, 1, 1000);
		client = (struct client){.descriptor = rig_connect(&rig, 0)};
		while (client.sent < 100000) {
			push(&client, 0, 100000);
			pull(&client, 0);
		}
		assert_int_equal(shutdown(client.descriptor, SHUT_WR), 0);
		while (client.received < 100000)
			pull(&client, 0);
		/* Blocks until the server closes it. */
		assert_int_equal(recv(client.descriptor, &byte, 1, 0), 0);
		close(client.descriptor);
		finish(&rig);
	}
}

/* Closed with a reset while the server has bytes for it. */
static void reset(int descriptor)
{
	const struct linger now = {.l_onoff = 1};

	assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	close(descriptor);
}

TEST(peers_that_reset_are_counted_and_do_no_harm)
{
	EACH_WAY(way)
	{
		struct echo_counts counts;
		struct client other;
		struct rig rig;

		start_way(&rig, "tcp:127.0.0.1:0", way, 8, 1000);
		other = (struct client){.descriptor = rig_connect(&rig, 0)};
		for (unsigned i = 0; i < 40; i++) {
			struct client rogue = {.descriptor = rig_connect(&rig, 0)};

			push(&rogue, 1, 5000);
			reset(rogue.descriptor);
			converse(&other, 1, (i + 1) * 1000);
		}
		RIG_AWAIT(&rig, &counts, counts.closes == 40);
		assert_true(counts.resets > 0);
		assert_int_equal(counts.accepts, 41);
		close(other.descriptor);
		finish(&rig);
	}
}

/* It sends and never reads, until the server's bytes for it fill all that there is. */
static void stall(struct client *client)
{
	struct pollfd entry = {.fd = client->descriptor, .events = POLLOUT};

	do
		push(client, 0, SIZE_MAX);
	while (poll(&entry, 1, 100) > 0);
}

TEST(a_peer_that_takes_nothing_holds_up_nobody)
{
	EACH_WAY(way)
	{
		const char *kind = way->only && way->only[0] == 't' ? way->only : "unix";
		struct client rogue, other;
		struct rig rig;

		start_way(&rig, kind, way, 2, 1000);
		rogue = (struct client){.descriptor = rig_connect(&rig, 0)};
		stall(&rogue);
		other = (struct client){.descriptor = rig_connect(&rig, 1)};
		converse(&other, 1, 3000);
		close(rogue.descriptor);
		close(other.descriptor);
		finish(&rig);
	}
}

/* What the server has for it fills its socket, until it reads. */
TEST(a_peer_that_takes_late_gets_all_of_it)
{
	EACH_WAY(way)
	{
		const char *kind = way->only && way->only[0] == 't' ? way->only : "unix";
		struct client late;
		struct rig rig;

		start_way(&rig, kind, way, 1, 300000);
		late = (struct client){.descriptor = rig_connect(&rig, 0)};
		for (unsigned i = 0; i < 2; i++) {
			stall(&late);
			converse(&late, 1, late.sent);
		}
		close(late.descriptor);
		finish(&rig);
	}
}

/* The server's end of its first connection. Skips where it cannot be had. */
static int borrow_end(const struct rig *rig)
{
	int process = (int)syscall(SYS_pidfd_open, rig->process.pid, 0);
	int end = (int)syscall(SYS_pidfd_getfd, process, STDERR_FILENO + 1, 0);

	close(process);
	return end;
}

/* Its socket takes 4 KiB at a time, and what is to be sent is longer. */
TEST(sends_that_come_short_go_on)
{
	EACH_WAY(way)
	{
		const int small = 4096;
		struct client client;
		struct rig rig;
		int end;

		/* A registered file is no descriptor. */
		if (!goes_with(way, "pair:") || strstr(way->settings, "registerfiles"))
			continue;
		start_way(&rig, "pair:", way, 1, 100000);
		end = borrow_end(&rig);
		if (end < 0) {
			rig_stop(&rig);
			echo_process_free(&rig.process);
			print_message("skipped: no pidfd_getfd here\n");
			skip();
		}
		assert_int_equal(setsockopt(end, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
		close(end);
		client = (struct client){.descriptor = rig_connect(&rig, 0)};
		converse(&client, 1, 100000);
		converse(&client, 1, 300000);
		close(client.descriptor);
		assert_int_equal(rig_stop(&rig), 0);
		if (strcmp(way->name, "plain") == 0)
			assert_non_null(fact(&rig, ECHO_PROOF, "short_sends"));
		echo_process_free(&rig.process);
	}
}

/* All of the shared buffers are its own: it is dropped for those who wait. */
TEST(a_stalled_peer_that_holds_all_buffers_is_dropped)
{
	struct client rogue, other;
	struct echo_counts counts;
	struct rig rig;

	start(&rig, "unix", "multishot_recv=1 recv_buffers=4 recv_buffer_size=512", 2, 1000);
	rogue = (struct client){.descriptor = rig_connect(&rig, 0)};
	stall(&rogue);
	other = (struct client){.descriptor = rig_connect(&rig, 1)};
	converse(&other, 1, 3000);
	rig_counts(&rig, &counts);
	assert_int_equal(counts.resets, 1);
	close(rogue.descriptor);
	close(other.descriptor);
	assert_int_equal(rig_stop(&rig), 0);
	assert_string_equal(fact(&rig, ECHO_PROOF, "stalled"), "1");
	assert_string_equal(fact(&rig, ECHO_PROOF, "recv_buffers_lost"), "0");
	echo_process_free(&rig.process);
}

TEST(connections_that_come_and_go_leave_nothing)
{
	EACH_WAY(way)
	{
		const char *kind = way->only && way->only[0] == 't' ? way->only : "unix";
		struct echo_counts counts;
		unsigned before;
		struct rig rig;

		start_way(&rig, kind, way, 4, 100);
		before = rig_descriptors(rig.process.pid);
		for (unsigned i = 0; i < 200; i++) {
			struct client client = {.descriptor = rig_connect(&rig, 0)};

			if (i % 3 != 0)
				converse(&client, 1, 100);
			close(client.descriptor);
			/* There are slots for 2 * 4 and some more. */
			RIG_AWAIT(&rig, &counts, counts.closes == i + 1);
		}
		assert_int_equal(counts.turned_away, 0);
		assert_int_equal(rig_descriptors(rig.process.pid), before);
		finish(&rig);
	}
}

TEST(more_connections_than_there_is_room_for_are_turned_away)
{
	static const char *const settings[] = {"", "registerfiles=1 multishot_accept=1"};

	for (size_t i = 0; i < 2; i++) {
		static struct client clients[60];
		struct echo_counts counts;
		struct rig rig;

		start(&rig, "unix", settings[i], 1, 100);
		connect_all(&rig, clients, 60);
		RIG_AWAIT(&rig, &counts, counts.accepts == 60);
		assert_true(counts.turned_away > 0);
		converse(clients, 1, 100);
		close_all(clients, 60);
		finish(&rig);
	}
}

/* The server stands still while 200 connections have something for it: more than its CQ takes. */
TEST(completions_that_find_no_room_are_not_lost)
{
	static const char *const settings[] = {"", "multishot_recv=1", "defer_taskrun=0"};

	for (size_t i = 0; i < 3; i++) {
		static struct client clients[200];
		struct uring_options options = {0};
		struct rig rig;

		cq_entries = 64;
		trials = uring_echo_kernel;
		set_options(&options, settings[i]);
		rig_start(&rig, "unix", &small_class, &options, 200, 100);
		assert_string_equal(fact(&rig, ECHO_EFFECTIVE, "cq_entries"), "64");
		connect_all(&rig, clients, 200);
		converse(clients, 200, 100);
		kill(rig.process.pid, SIGSTOP);
		for (unsigned j = 0; j < 200; j++)
			push(&clients[j], j, 200);
		kill(rig.process.pid, SIGCONT);
		converse(clients, 200, 200);
		close_all(clients, 200);
		assert_int_equal(rig_stop(&rig), 0);
		assert_non_null(fact(&rig, ECHO_PROOF, "cq_overflows"));
		assert_string_equal(fact(&rig, ECHO_PROOF, "connections_lost"), "0");
		echo_process_free(&rig.process);
	}
}

TEST(a_stop_ends_what_is_under_way)
{
	EACH_WAY(way)
	{
		const char *kind = way->only && way->only[0] == 't' ? way->only : "unix";
		struct client rogue, idle;
		struct rig rig;

		start_way(&rig, kind, way, 2, 1000);
		idle = (struct client){.descriptor = rig_connect(&rig, 0)};
		converse(&idle, 1, 1000);
		rogue = (struct client){.descriptor = rig_connect(&rig, 1)};
		stall(&rogue);
		finish(&rig);
		close(rogue.descriptor);
		close(idle.descriptor);
	}
}

/* All that it has sent is received, and what it does not take is still read when the end comes. */
TEST(a_zero_copy_send_that_nobody_takes_ends_with_the_stop)
{
	static const char *const settings[] = {"send_zc=1", "send_zc=1 registerfiles=1",
		"send_zc=1 multishot_recv=1 registerfiles=1"};

	for (size_t i = 0; i < 3; i++) {
		const int small = 1;
		struct echo_counts counts;
		struct client client = {0};
		struct rig rig;

		start(&rig, "tcp:127.0.0.1:0", settings[i], 1, 16384);
		client.descriptor = socket(rig.address.address.ss_family, SOCK_STREAM, 0);
		assert_int_equal(
			setsockopt(client.descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)),
			0);
		assert_int_equal(connect(client.descriptor, (struct sockaddr *)&rig.address.address,
					 rig.address.length),
			0);
		while (client.sent < 8192)
			push(&client, 0, 8192);
		RIG_AWAIT(&rig, &counts, counts.bytes_sent == 8192);
		assert_true(counts.zero_copies < counts.sends);
		finish(&rig);
		close(client.descriptor);
	}
}

TEST(what_zero_copy_sends_were_copied_is_told)
{
	struct echo_counts counts;
	struct client client;
	struct rig rig;

	start(&rig, "tcp:127.0.0.1:0", "send_zc=1", 1, 4096);
	client = (struct client){.descriptor = rig_connect(&rig, 0)};
	for (size_t turn = 1; turn <= 5; turn++)
		converse(&client, 1, turn * 4096);
	close(client.descriptor);
	assert_int_equal(rig_stop(&rig), 0);
	rig_counts(&rig, &counts);
	assert_true(counts.zero_copies >= 5);
	/* Loopback hands the pages to a reader, who must not see them change. */
	assert_int_equal(counts.copied, counts.zero_copies);
	assert_memory_equal(fact(&rig, ECHO_PROOF, "send_zc_copied"), "100.0 % of ", 11);
	echo_process_free(&rig.process);
}

/* What a server that does not start says of it. */
static void assert_refused(const char *kind, const struct echo_server_class *class,
	const char *settings, const char *words)
{
	struct uring_options options = {0};
	struct rig rig;
	int error;

	set_options(&options, settings);
	rig_address(&rig, kind);
	error = echo_process_start(&rig.process, &(struct echo_process_spec){.class = class,
							 .options = &options,
							 .address = &rig.address,
							 .connections = 1,
							 .exchange_bytes = 100});
	assert_true(error < 0);
	if (!strstr(rig.process.problem, words))
		fail_msg("'%s' is not in: %s", words, rig.process.problem);
	assert_true(rig.process.hint[0] != '\0');
	rmdir(rig.folder);
}

static int answer_invalid(void)
{
	return -EINVAL;
}

static int answer_no_usage(int family, unsigned flags)
{
	return flags ? -EINVAL : uring_echo_kernel.send_zc(family, flags);
}

static int answer_no_zc(int family, unsigned flags)
{
	(void)family;
	(void)flags;
	return -EINVAL;
}

TEST(an_old_kernel_is_told_by_name_and_release)
{
	trials = (struct uring_echo_trials){
		answer_invalid, answer_invalid, answer_invalid, answer_no_zc};
	cq_entries = 0;
	assert_refused("unix", &small_class, "multishot_accept=1",
		"multishot_accept: this kernel has no such request (needs Linux 5.19)");
	assert_refused("unix", &small_class, "registerfiles=1", "registerfiles: this kernel");
	assert_refused("unix", &small_class, "multishot_recv=1", "needs Linux 6.0");
	assert_refused("tcp:127.0.0.1:0", &small_class, "send_zc=1", "send_zc: this kernel");
}

/* With one CPU for both, looking for completions would keep the poll thread from making any. */
TEST(a_poll_thread_without_a_cpu_of_its_own_is_told)
{
	struct uring_options options = {0};
	struct client client;
	cpu_set_t all, one;
	struct rig rig;
	int cpu = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	set_options(&options, "sqthread_poll=1");
	rig_address(&rig, "unix");
	assert_int_equal(echo_process_start(&rig.process,
				 &(struct echo_process_spec){.class = &uring_echo_server,
					 .options = &options,
					 .address = &rig.address,
					 .connections = 1,
					 .exchange_bytes = 100,
					 .cpus = &one}),
		0);
	assert_non_null(fact(&rig, ECHO_REFUSED, "sqthread_poll_cpu"));
	client = (struct client){.descriptor = rig_connect(&rig, 0)};
	for (size_t turn = 1; turn <= 50; turn++)
		converse(&client, 1, turn * 100);
	close(client.descriptor);
	finish(&rig);
}

TEST(what_cannot_be_is_refused)
{
	assert_refused("unix", &uring_echo_server, "send_zc=1", "Unix sockets");
	assert_refused("pair:", &uring_echo_server, "multishot_accept=1", "nothing to accept");
	assert_refused("unix", &uring_echo_server, "recv_buffers=8", "multishot_recv");
	assert_refused("tcp:127.0.0.1:0", &uring_echo_server, "link_recv=1 send_zc=1", "link_recv");
	assert_refused("unix", &uring_echo_server, "fixedbufs=1", "are for files");
	assert_refused("unix", &uring_echo_server, "sqthread_poll=1 defer_taskrun=1",
		"do not go with sqthread_poll");
}

TEST(a_kernel_that_does_not_tell_of_copies_is_used_all_the_same)
{
	struct uring_options options = {0};
	struct client client;
	struct rig rig;

	trials = uring_echo_kernel;
	trials.send_zc = answer_no_usage;
	cq_entries = 0;
	set_options(&options, "send_zc=1");
	rig_start(&rig, "tcp:127.0.0.1:0", &small_class, &options, 1, 100);
	assert_non_null(fact(&rig, ECHO_REFUSED, "send_zc_report_usage"));
	client = (struct client){.descriptor = rig_connect(&rig, 0)};
	converse(&client, 1, 100);
	close(client.descriptor);
	finish(&rig);
}

TEST_MAIN(NULL, NULL);
