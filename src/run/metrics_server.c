/* SPDX-License-Identifier: MIT */
/* The thread that answers scrapes, and the viewer that makes their text. */
#include "run/metrics_server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "run/metrics_text.h"
#include "run/stop_signal.h"

#define LOOK_NS     (100 * NS_PER_MS) /* how often the supervisor may be asked for a text */
#define FRESH_NS    (2 * NS_PER_S)    /* so long a scrape waits for it; between waves in vain */
#define PATIENCE_NS (10 * NS_PER_S)   /* with a client, from first to last byte */
#define LAST_NS     (200 * NS_PER_MS) /* for the rest of answers, when the run is over */

enum {
	CLIENT_LIMIT = 16,
	REQUEST_BYTES = 4096,
	HEAD_BYTES = 256,
	BUSY_MS = 100,
};

/* A text that the supervisor made, and all who send it share. */
struct metrics_page {
	unsigned user_count; /* under the server's lock */
	size_t length;
	char *text;
};

enum client_step {
	CLIENT_NONE,
	CLIENT_READS,   /* its request is not whole */
	CLIENT_WAITS,   /* for a fresh page */
	CLIENT_GETS,    /* head and page */
	CLIENT_LINGERS, /* was answered; what it still says is thrown away, until it closes */
};

struct client {
	enum client_step step;
	int descriptor;
	uint64_t since_ns; /* its connection */
	uint64_t asked_ns;
	size_t request_length;
	char request[REQUEST_BYTES];
	bool wants_body;
	size_t head_length;
	char head[HEAD_BYTES];
	struct metrics_page *page; /* NULL: head only */
	size_t sent;               /* of head and page */
};

struct metrics_server {
	struct metrics_address address;
	struct live_viewer viewer;
	int listener;
	int wake; /* eventfd: a new page, or the end */
	pthread_t thread;
	pthread_mutex_t lock; /* of page, its users, made_ns, is_wanted, is_over */
	struct metrics_page *page;
	uint64_t made_ns;
	bool is_wanted;
	bool is_over;
	struct client clients[CLIENT_LIMIT];
};

/* Of the server that listens: a signal that ends the program at once removes its file. */
static struct metrics_address *_Atomic listening;

static void remove_at_exit(void)
{
	const struct metrics_address *address = listening;

	if (address)
		metrics_address_remove(address);
}

static void wake_up(struct metrics_server *server)
{
	uint64_t one = 1;

	/* It fails only where it is full of wake-ups. */
	while (write(server->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static struct metrics_page *make_page(const struct live_jobs *now)
{
	struct metrics_page *page = calloc(1, sizeof(*page));
	FILE *stream = page ? open_memstream(&page->text, &page->length) : NULL;
	bool is_whole;

	if (!stream) {
		free(page);
		return NULL;
	}
	metrics_text_write(now, stream);
	is_whole = ferror(stream) == 0;
	if (fclose(stream) == 0 && is_whole) {
		page->user_count = 1;
		return page;
	}
	free(page->text);
	free(page);
	return NULL;
}

/* With the lock. */
static void drop_page(struct metrics_page *page)
{
	if (!page || --page->user_count > 0)
		return;
	free(page->text);
	free(page);
}

static bool is_wanted(struct metrics_server *server, const struct live_jobs *now)
{
	unsigned running = 0;
	bool wanted;

	for (size_t i = 0; i < now->count; i++)
		running += now->jobs[i].running_count;
	pthread_mutex_lock(&server->lock);
	wanted = server->is_wanted;
	pthread_mutex_unlock(&server->lock);
	return wanted || running == 0; /* A wave is over: what stays is its end. */
}

/* By the supervisor. Without memory for a new page the old one stays. */
static void look(void *context, const struct live_jobs *now)
{
	struct metrics_server *server = context;
	struct metrics_page *page;

	if (!is_wanted(server, now))
		return;
	page = make_page(now);
	if (!page)
		return;
	pthread_mutex_lock(&server->lock);
	drop_page(server->page);
	server->page = page;
	server->made_ns = clock_monotonic();
	server->is_wanted = false;
	pthread_mutex_unlock(&server->lock);
	wake_up(server);
}

static void forget_client(struct metrics_server *server, struct client *client)
{
	close(client->descriptor);
	pthread_mutex_lock(&server->lock);
	drop_page(client->page);
	pthread_mutex_unlock(&server->lock);
	client->page = NULL;
	client->step = CLIENT_NONE;
}

/* A free place, or that of the oldest who did not ask yet or was answered, else of the oldest. */
static struct client *find_place(struct metrics_server *server)
{
	struct client *oldest = NULL, *oldest_idle = NULL;

	for (unsigned i = 0; i < CLIENT_LIMIT; i++) {
		struct client *client = &server->clients[i];

		if (client->step == CLIENT_NONE)
			return client;
		if (!oldest || client->since_ns < oldest->since_ns)
			oldest = client;
		if ((client->step == CLIENT_READS || client->step == CLIENT_LINGERS) &&
			(!oldest_idle || client->since_ns < oldest_idle->since_ns))
			oldest_idle = client;
	}
	oldest = oldest_idle ? oldest_idle : oldest;
	forget_client(server, oldest);
	return oldest;
}

static void take_client(struct metrics_server *server)
{
	int descriptor = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	if (descriptor < 0) {
		/* It has gone again; or there is no descriptor left, and it stays in the queue. */
		if (errno != EAGAIN && errno != ECONNABORTED)
			(void)poll(NULL, 0, BUSY_MS);
		return;
	}
	client = find_place(server);
	client->step = CLIENT_READS;
	client->descriptor = descriptor;
	client->since_ns = clock_monotonic();
	client->request_length = client->head_length = client->sent = 0;
}

/* `more` are lines of the head, each with its end. */
static void answer(struct client *client, const char *status, const char *more, size_t length)
{
	client->head_length = (size_t)snprintf(client->head, sizeof(client->head),
		"HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n", status, more,
		length);
	client->step = CLIENT_GETS;
}

static bool is_path_of_metrics(const char *path, size_t length)
{
	static const char metrics[] = "/metrics";
	size_t own = sizeof(metrics) - 1;

	return length >= own && memcmp(path, metrics, own) == 0 &&
	       (length == own || path[own] == '?');
}

/* Its first line: METHOD PATH HTTP/1.x */
static void judge_request(struct metrics_server *server, struct client *client)
{
	const char *line = client->request;
	size_t length = strcspn(line, "\r\n"), method = strcspn(line, " \r\n");
	const char *path = line + method + (method < length);
	size_t path_length = strcspn(path, " \r\n");

	if (method == 0 || *path != '/' || !text_starts_with(path + path_length, " HTTP/1."))
		answer(client, "400 Bad Request", "", 0);
	else if (!text_starts_with(line, "GET ") && !text_starts_with(line, "HEAD "))
		answer(client, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", 0);
	else if (!is_path_of_metrics(path, path_length))
		answer(client, "404 Not Found", "", 0);
	else
		client->step = CLIENT_WAITS;
	if (client->step != CLIENT_WAITS)
		return;
	client->asked_ns = clock_monotonic();
	client->wants_body = *line == 'G';
	pthread_mutex_lock(&server->lock);
	server->is_wanted = true;
	pthread_mutex_unlock(&server->lock);
}

static void read_request(struct metrics_server *server, struct client *client)
{
	size_t room = sizeof(client->request) - 1 - client->request_length;
	ssize_t count = recv(
		client->descriptor, client->request + client->request_length, room, MSG_DONTWAIT);

	if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
		forget_client(server, client);
		return;
	}
	if (count < 0)
		return;
	client->request_length += (size_t)count;
	client->request[client->request_length] = '\0';
	if (memchr(client->request, '\0', client->request_length))
		answer(client, "400 Bad Request", "", 0);
	else if (strstr(client->request, "\r\n\r\n") || strstr(client->request, "\n\n"))
		judge_request(server, client);
	else if (client->request_length == sizeof(client->request) - 1)
		answer(client, "431 Request Header Fields Too Large", "", 0);
}

/* Once there is a page that was made after it was asked for, or none comes any more. */
static void give_page(struct metrics_server *server, struct client *client)
{
	uint64_t waited_ns = clock_monotonic() - client->asked_ns;
	size_t length;

	pthread_mutex_lock(&server->lock);
	if (server->made_ns >= client->asked_ns || waited_ns >= FRESH_NS || server->is_over) {
		length = server->page->length;
		if (client->wants_body) {
			client->page = server->page;
			client->page->user_count++;
		}
		answer(client, "200 OK",
			"Content-Type: application/openmetrics-text; version=1.0.0; "
			"charset=utf-8\r\n",
			length);
	}
	pthread_mutex_unlock(&server->lock);
}

static void send_more(struct metrics_server *server, struct client *client)
{
	size_t page_length = client->page ? client->page->length : 0;
	bool is_head = client->sent < client->head_length;
	size_t at = is_head ? client->sent : client->sent - client->head_length;
	const char *from = is_head ? client->head : client->page->text;
	size_t length = (is_head ? client->head_length : page_length) - at;
	ssize_t count = send(client->descriptor, from + at, length, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (count < 0 && errno != EAGAIN && errno != EINTR) {
		forget_client(server, client);
		return;
	}
	client->sent += count > 0 ? (size_t)count : 0;
	if (client->sent < client->head_length + page_length)
		return;
	/* Closed with bytes unread, the connection would lose what was sent. */
	(void)shutdown(client->descriptor, SHUT_WR);
	client->step = CLIENT_LINGERS;
}

static void throw_away(struct metrics_server *server, struct client *client)
{
	ssize_t count =
		recv(client->descriptor, client->request, sizeof(client->request), MSG_DONTWAIT);

	if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
		forget_client(server, client);
}

static void serve(struct metrics_server *server, struct client *client, bool is_ready)
{
	if (client->step == CLIENT_READS && is_ready)
		read_request(server, client);
	else if (client->step == CLIENT_GETS && is_ready)
		send_more(server, client);
	else if (client->step == CLIENT_LINGERS && is_ready)
		throw_away(server, client);
	if (client->step == CLIENT_WAITS)
		give_page(server, client);
	if (client->step != CLIENT_NONE && clock_monotonic() - client->since_ns > PATIENCE_NS)
		forget_client(server, client);
}

/* For poll: without clients until one comes. */
static int time_to_wait_ms(const struct metrics_server *server)
{
	int wait_ms = -1;

	for (unsigned i = 0; i < CLIENT_LIMIT; i++) {
		if (server->clients[i].step == CLIENT_WAITS)
			return 100;
		if (server->clients[i].step != CLIENT_NONE)
			wait_ms = 1000;
	}
	return wait_ms;
}

static void forget_wake_ups(struct metrics_server *server)
{
	uint64_t count;

	while (read(server->wake, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

/* How many were ready within that time. */
static int serve_ready(struct metrics_server *server, int wait_ms)
{
	struct pollfd polled[CLIENT_LIMIT + 2];
	int count;

	polled[0] = (struct pollfd){server->listener, POLLIN, 0};
	polled[1] = (struct pollfd){server->wake, POLLIN, 0};
	for (unsigned i = 0; i < CLIENT_LIMIT; i++) {
		const struct client *client = &server->clients[i];
		bool is_there = client->step != CLIENT_NONE;
		short events = client->step == CLIENT_GETS    ? POLLOUT
			       : client->step == CLIENT_WAITS ? 0
							      : POLLIN;

		polled[i + 2] = (struct pollfd){is_there ? client->descriptor : -1, events, 0};
	}
	count = poll(polled, CLIENT_LIMIT + 2, wait_ms);
	if (polled[1].revents)
		forget_wake_ups(server);
	for (unsigned i = 0; i < CLIENT_LIMIT; i++)
		serve(server, &server->clients[i], polled[i + 2].revents != 0);
	if (polled[0].revents)
		take_client(server);
	return count;
}

static bool is_sending(const struct metrics_server *server)
{
	for (unsigned i = 0; i < CLIENT_LIMIT; i++) {
		if (server->clients[i].step == CLIENT_GETS)
			return true;
	}
	return false;
}

/* Who asked before the end gets the last page, as far as it is read at once: nobody else would
 * ever see it. */
static void serve_last(struct metrics_server *server)
{
	uint64_t end_ns = clock_monotonic() + LAST_NS;
	int wait_ms = 0;

	while (clock_monotonic() < end_ns &&
		(serve_ready(server, wait_ms) > 0 || is_sending(server)))
		wait_ms = is_sending(server) ? LAST_NS / NS_PER_MS / 10 : 0;
}

static void *serve_all(void *context)
{
	struct metrics_server *server = context;
	bool is_over = false;

	(void)pthread_setname_np(pthread_self(), "metrics"); /* for top; 7 bytes fit */
	while (!is_over) {
		(void)serve_ready(server, time_to_wait_ms(server));
		pthread_mutex_lock(&server->lock);
		is_over = server->is_over;
		pthread_mutex_unlock(&server->lock);
	}
	serve_last(server);
	return NULL;
}

/* Signals are for the thread that waits for the run. */
static int start_thread(struct metrics_server *server)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&server->thread, NULL, serve_all, server);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void free_server(struct metrics_server *server)
{
	listening = NULL;
	metrics_address_remove(&server->address);
	if (server->listener >= 0)
		close(server->listener);
	if (server->wake >= 0)
		close(server->wake);
	drop_page(server->page);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

struct metrics_server *metrics_server_open(const struct metrics_address *address, struct diag *diag)
{
	struct metrics_server *server = calloc(1, sizeof(*server));
	int error;

	if (!server)
		arena_exhausted();
	server->address = *address;
	server->listener = metrics_address_listen(&server->address, diag);
	if (server->listener < 0) {
		free(server);
		return NULL;
	}
	listening = &server->address;
	stop_signal_before_exit(remove_at_exit);
	pthread_mutex_init(&server->lock, NULL);
	server->viewer =
		(struct live_viewer){.period_ns = LOOK_NS, .look = look, .context = server};
	server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = server->wake < 0 ? errno : 0;
	server->page = make_page(NULL);
	if (!server->page)
		error = ENOMEM;
	if (error == 0)
		error = start_thread(server);
	if (error == 0)
		return server;
	diag_error(diag, NULL, "--metrics: no thread to answer scrapes: %s", strerror(error));
	diag_hint(diag, "raise the limits of processes and open files (ulimit -u, ulimit -n)");
	free_server(server);
	return NULL;
}

const struct metrics_address *metrics_server_address(const struct metrics_server *server)
{
	return &server->address;
}

struct live_viewer *metrics_server_viewer(struct metrics_server *server)
{
	return &server->viewer;
}

void metrics_server_close(struct metrics_server *server)
{
	if (!server)
		return;
	pthread_mutex_lock(&server->lock);
	server->is_over = true;
	pthread_mutex_unlock(&server->lock);
	wake_up(server);
	pthread_join(server->thread, NULL);
	for (unsigned i = 0; i < CLIENT_LIMIT; i++) {
		if (server->clients[i].step != CLIENT_NONE)
			forget_client(server, &server->clients[i]);
	}
	free_server(server);
}
