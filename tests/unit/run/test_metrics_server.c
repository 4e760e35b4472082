/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Scrapes answered by the thread while the supervisor looks: pages that are whole and fresh. */
#include "run/metrics_server.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "test.h"

#define METRICS "GET /metrics HTTP/1.1\r\n\r\n"
#define OTHER   "GET / HTTP/1.1\r\n\r\n" /* is answered at once */

enum { SCRAPER_COUNT = 4, SCRAPES = 25, ANSWER_BYTES = 8192 };

static struct metrics_server *server;
static _Atomic unsigned over_count;

static void open_server(void)
{
	struct metrics_address address;
	struct diag diag;

	diag_init(&diag, NULL);
	assert_int_equal(metrics_address_parse(&address, "0", false, &diag), 0);
	server = metrics_server_open(&address, &diag);
	assert_non_null(server);
}

static int connect_client(void)
{
	const struct metrics_address *to = metrics_server_address(server);
	int descriptor = socket(to->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(descriptor, (const struct sockaddr *)&to->address, to->length) == 0)
		return descriptor;
	close(descriptor);
	return -1;
}

static bool ask(int descriptor, const char *request)
{
	return send(descriptor, request, strlen(request), MSG_NOSIGNAL) > 0;
}

/* To the end of the answer; false: there was none. */
static bool receive(int descriptor, char answer[ANSWER_BYTES])
{
	size_t length = 0;
	ssize_t count;

	while ((count = read(descriptor, answer + length, ANSWER_BYTES - 1 - length)) > 0)
		length += (size_t)count;
	answer[length] = '\0';
	return count == 0 && length > 0;
}

static bool scrape(char answer[ANSWER_BYTES])
{
	int descriptor = connect_client();
	bool is_answered =
		descriptor >= 0 && ask(descriptor, METRICS) && receive(descriptor, answer);

	close(descriptor);
	return is_answered;
}

static bool is_whole(const char *answer)
{
	const char *body = strstr(answer, "\r\n\r\n");
	const char *length = strstr(answer, "Content-Length: ");

	return strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0 && body && length &&
	       strtoul(length + 16, NULL, 10) == strlen(body + 4) && strstr(body, "\n# EOF\n");
}

static void look(uint64_t elapsed_ns, unsigned running)
{
	struct series_figures all[DIRECTION_COUNT] = {0};
	struct live_job job = {.name = "a", .running_count = running, .all = all};
	struct live_jobs now = {.elapsed_ns = elapsed_ns, .count = 1, .jobs = &job};
	struct live_viewer *viewer = metrics_server_viewer(server);

	viewer->look(viewer->context, &now);
}

static void *scrape_often(void *context)
{
	char answer[ANSWER_BYTES];
	uintptr_t bad = 0;

	(void)context;
	for (int i = 0; i < SCRAPES; i++)
		bad += !scrape(answer) || !is_whole(answer);
	atomic_fetch_add(&over_count, 1);
	return (void *)bad;
}

TEST(scrapes_of_several_are_whole_while_pages_change)
{
	pthread_t scrapers[SCRAPER_COUNT];
	void *bad;

	open_server();
	for (int i = 0; i < SCRAPER_COUNT; i++)
		assert_int_equal(pthread_create(&scrapers[i], NULL, scrape_often, NULL), 0);
	for (uint64_t i = 1; atomic_load(&over_count) < SCRAPER_COUNT; i++) {
		look(i * NS_PER_MS, 1);
		sched_yield();
	}
	for (int i = 0; i < SCRAPER_COUNT; i++) {
		pthread_join(scrapers[i], &bad);
		assert_null(bad);
	}
	metrics_server_close(server);
}

/* No look comes any more: what is answered is the last, which was taken though nobody asked. */
TEST(the_end_of_a_wave_stays)
{
	char answer[ANSWER_BYTES];

	open_server();
	look(1 * NS_PER_S, 1); /* nobody asked for it */
	look(2 * NS_PER_S, 0);
	look(3 * NS_PER_S, 1);
	assert_true(scrape(answer));
	assert_true(is_whole(answer));
	assert_non_null(strstr(answer, "\nringside_run_elapsed_seconds 2.0\n"));
	metrics_server_close(server);
}

TEST(who_asked_before_the_end_gets_the_last_page)
{
	char answer[ANSWER_BYTES];
	int client;

	for (uint64_t i = 0; i < 50; i++) {
		open_server();
		client = connect_client();
		assert_true(client >= 0 && ask(client, METRICS));
		look((1 + i) * NS_PER_S, 0);
		metrics_server_close(server);
		assert_true(receive(client, answer));
		assert_true(is_whole(answer));
		assert_non_null(strstr(answer, "\nringside_run_elapsed_seconds "));
		close(client);
	}
}

/* Those who were answered and stay give way, not one who is about to ask. */
TEST(a_new_client_has_its_place_before_those_who_were_answered)
{
	enum { PLACES = 16 };
	char answer[ANSWER_BYTES];
	int stays[PLACES - 1], one, other;

	open_server();
	for (int i = 0; i < PLACES - 1; i++) {
		stays[i] = connect_client();
		assert_true(stays[i] >= 0 && ask(stays[i], OTHER));
		assert_true(receive(stays[i], answer));
	}
	one = connect_client();
	other = connect_client();
	assert_true(ask(other, OTHER));
	assert_true(receive(other, answer)); /* So both were taken. */
	assert_true(ask(one, OTHER));
	assert_true(receive(one, answer));
	assert_non_null(strstr(answer, " 404 "));
	for (int i = 0; i < PLACES - 1; i++)
		close(stays[i]);
	close(one);
	close(other);
	metrics_server_close(server);
}

TEST(who_waits_for_a_page_keeps_its_place)
{
	enum { PLACES = 16 };
	char answer[ANSWER_BYTES];
	int others[PLACES], first;

	open_server();
	first = connect_client();
	assert_true(first >= 0 && ask(first, METRICS));
	for (int i = 0; i < PLACES; i++) {
		others[i] = connect_client();
		assert_true(others[i] >= 0 && ask(others[i], OTHER));
		assert_true(receive(others[i], answer));
	}
	look(1 * NS_PER_S, 0);
	assert_true(receive(first, answer));
	assert_true(is_whole(answer));
	for (int i = 0; i < PLACES; i++)
		close(others[i]);
	close(first);
	metrics_server_close(server);
}

TEST(a_server_that_nobody_asked_ends)
{
	open_server();
	metrics_server_close(server);
	metrics_server_close(NULL);
}

TEST_MAIN(NULL, NULL);
