/* SPDX-License-Identifier: MIT */
#include "engine/echo.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "echo/echo_client.h"
#include "echo/echo_process.h"
#include "echo/server_epoll.h"
#include "engine/engine_kit.h"
#include "engine/uring_echo.h"
#include "engine/uring_options.h"
#include "host/process_helpers.h"

struct echo_engine {
	struct engine engine;
	struct slot *slots; /* a slot's connection has its number */
	unsigned *ended;
	struct echo_address address;
	struct echo_process process;
	struct echo_client client;
	struct perf_counter counter;

	/* When the window began. */
	struct echo_usage start_usage;
	struct process_helpers start_helpers;
	struct perf_counts start_counts;
	uint64_t start_syscalls;
	bool has_start;
	struct engine_server server;
};

static void list_cpus(const cpu_set_t *cpus, struct arena *arena, const char **text)
{
	*text = "";
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		int last = cpu;

		if (!CPU_ISSET(cpu, cpus))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, cpus))
			last++;
		*text = arena_printf(arena, last > cpu ? "%s%s%d-%d" : "%s%s%d", *text,
			**text ? "," : "", cpu, last);
		cpu = last;
	}
}

static void subtract(cpu_set_t *cpus, const cpu_set_t *others)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, others))
			CPU_CLR(cpu, cpus);
	}
}

static void keep_last(cpu_set_t *cpus)
{
	int last = CPU_SETSIZE - 1;

	while (last > 0 && !CPU_ISSET(last, cpus))
		last--;
	CPU_ZERO(cpus);
	CPU_SET(last, cpus);
}

/*
 * Each side on CPUs of its own, as far as there are any: what the job says goes first, then the
 * client gets the last CPU and the server all others.
 */
static void choose_cpus(const struct engine_echo_setup *asked, cpu_set_t *client, cpu_set_t *server)
{
	cpu_set_t all, rest;

	/* Neither fails: the sets are large enough for any kernel that glibc's calls are for. */
	(void)sched_getaffinity(getpid(), sizeof(all), &all);
	(void)sched_getaffinity(0, sizeof(*client), client);
	*server = asked->server_cpus;
	if (CPU_COUNT(server) > 0) {
		rest = all;
		subtract(&rest, server);
		if (!asked->has_client_cpus && CPU_COUNT(&rest) > 0)
			*client = rest;
		return;
	}
	*server = all;
	if (!asked->has_client_cpus)
		keep_last(client);
	subtract(server, client);
	if (CPU_COUNT(server) == 0)
		*server = all;
}

static void place_both(
	const struct engine_setup *setup, cpu_set_t *server, struct engine_report *report)
{
	const char *client_text, *server_text;
	cpu_set_t client, both;

	choose_cpus(setup->echo, &client, server);
	if (!setup->echo->has_client_cpus)
		(void)sched_setaffinity(0, sizeof(client), &client); /* or it stays where it is */
	CPU_AND(&both, &client, server);
	list_cpus(&client, setup->arena, &client_text);
	list_cpus(server, setup->arena, &server_text);
	engine_report_effective(report, "client_cpus", "%s", client_text);
	engine_report_effective(report, "server_cpus", "%s%s", server_text,
		CPU_COUNT(&both) == 0 ? "" : ", shared with the client");
	if (CPU_COUNT(&both) > 0)
		engine_report_refused(report, "client on CPUs of its own", client_text,
			"client and server share CPUs: each has the other's time in its latencies");
}

static void attach(void *context, pid_t pid)
{
	struct echo_engine *echo = context;
	struct perf_source sources[PERF_SOURCE_LIMIT];

	perf_counter_open_of(&echo->counter, pid, sources, perf_source_list(sources));
}

static void report_facts(
	const struct echo_engine *echo, struct engine_report *report, bool is_proof)
{
	const struct echo_fact *fact;

	for (unsigned i = 0; (fact = echo_process_fact(&echo->process, i)); i++) {
		if ((fact->kind == ECHO_PROOF) != is_proof)
			continue;
		if (fact->kind == ECHO_REFUSED)
			engine_report_refused(report, fact->name, fact->value, "%s", fact->why);
		else if (is_proof)
			engine_report_proof(report, fact->name, "%s", fact->value);
		else
			engine_report_effective(report, fact->name, "%s", fact->value);
	}
}

static int start_server(struct echo_engine *echo, const struct echo_server_class *class,
	const void *options, const struct engine_setup *setup, struct engine_report *report)
{
	cpu_set_t server_cpus;
	struct echo_process_spec spec = {
		.class = class,
		.options = options,
		.address = &echo->address,
		.connections = setup->slot_count,
		.exchange_bytes = setup->echo->exchange_bytes,
		.cpus = &server_cpus,
		.attach = attach,
		.context = echo,
	};
	int error;

	place_both(setup, &server_cpus, report);
	error = echo_process_start(&echo->process, &spec);
	if (error == 0)
		return 0;
	return engine_refuse(report, error,
		echo->process.hint[0] ? arena_strdup(setup->arena, echo->process.hint) : NULL,
		"%s: %s", setup->targets[0].path, echo->process.problem);
}

static int start_client(
	struct echo_engine *echo, const struct engine_setup *setup, struct engine_report *report)
{
	const struct echo_client_spec spec = {
		.address = &echo->address,
		.pair_ends = echo->process.pair_ends,
		.connections = setup->slot_count,
		.exchange_bytes = setup->echo->exchange_bytes,
		.timeout_ns = setup->echo->timeout_ns,
		.compares_all = setup->echo->check == ECHO_CHECKS_ALL,
	};
	const char *problem, *failure, *hint;
	int error = echo_client_open(&echo->client, &spec, &problem);

	if (error == 0)
		return 0;
	failure = echo_process_failure(&echo->process, &hint);
	if (failure)
		return engine_refuse(report, error, hint ? arena_strdup(setup->arena, hint) : NULL,
			"%s: the server failed: %s", setup->targets[0].path, failure);
	return engine_refuse(report, error,
		error == -EMFILE ? "raise the limit of open files (ulimit -n), or lower iodepth"
				 : NULL,
		"%s: %s: %s", setup->targets[0].path, problem, strerror(-error));
}

static void echo_close(struct engine *engine)
{
	struct echo_engine *echo = (struct echo_engine *)engine;

	if (!echo)
		return;
	echo_client_close(&echo->client);
	(void)echo_process_stop(&echo->process); /* prove has told how it ended */
	echo_process_free(&echo->process);
	perf_counter_close(&echo->counter);
}

static int open_as(const struct engine_class *class, const struct echo_server_class *server,
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct echo_engine *echo = ARENA_NEW(setup->arena, struct echo_engine);
	const char *hint, *problem;
	int error;

	echo->engine.class = class;
	echo->slots = setup->slots;
	echo->ended = arena_alloc_array(setup->arena, setup->slot_count, sizeof(*echo->ended));
	echo->client.epoll = echo->client.timer = -1;
	problem = echo_address_parse(&echo->address, setup->targets[0].path, &hint);
	if (problem)
		return engine_refuse(
			report, -EINVAL, hint, "%s: %s", setup->targets[0].path, problem);
	error = start_server(echo, server, setup->options, setup, report);
	if (error == 0)
		error = start_client(echo, setup, report);
	if (error < 0) {
		echo_close(&echo->engine);
		return error;
	}
	report_facts(echo, report, false);
	*engine = &echo->engine;
	return 0;
}

static int echo_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct echo_engine *echo = (struct echo_engine *)engine;

	for (unsigned i = 0; i < count; i++)
		echo_client_send(
			&echo->client, slots[i]->index, slots[i]->buffer, slots[i]->length);
	engine->syscalls = echo->client.counts.syscalls;
	return (int)count;
}

static int echo_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct echo_engine *echo = (struct echo_engine *)engine;
	int count = echo_client_wait(&echo->client, echo->ended, min, max, timeout_ns);

	for (int i = 0; i < count; i++) {
		done[i] = &echo->slots[echo->ended[i]];
		done[i]->result = echo->client.connections[echo->ended[i]].result;
	}
	engine->syscalls = echo->client.counts.syscalls;
	return count;
}

static uint64_t server_syscalls(const struct echo_engine *echo)
{
	struct echo_counts counts;

	echo_process_counts(&echo->process, &counts);
	return counts.syscalls;
}

static void begin_account(struct echo_engine *echo)
{
	process_helpers_read(echo->process.pid, &echo->start_helpers);
	echo->start_syscalls = server_syscalls(echo);
	perf_counter_read(&echo->counter, &echo->start_counts);
	echo->has_start = echo_process_usage(&echo->process, &echo->start_usage);
}

static void split_cpu(const struct echo_usage *since, uint64_t helper_ns, struct cpu_usage *cpu)
{
	uint64_t own_ns = since->cpu_ns > helper_ns ? since->cpu_ns - helper_ns : 0;
	/* Helpers are the kernel's. */
	uint64_t system_ns = since->system_ns > helper_ns ? since->system_ns - helper_ns : 0;
	double user = (double)since->user_ns, all = user + (double)system_ns;

	cpu->helper_ns = since->cpu_ns - own_ns;
	cpu->user_ns = all > 0 ? (uint64_t)((double)own_ns * (user / all)) : 0;
	cpu->system_ns = own_ns - cpu->user_ns;
}

static void end_account(struct echo_engine *echo, struct engine_account *account)
{
	struct echo_usage since;
	struct process_helpers helpers;

	*account = (struct engine_account){.cpu.sqpoll_cpu = -1};
	account->syscalls = server_syscalls(echo) - echo->start_syscalls;
	perf_counter_read(&echo->counter, &account->cpu.counts);
	perf_counts_since(&account->cpu.counts, &echo->start_counts);
	if (!echo->has_start || !echo_process_usage(&echo->process, &since))
		return; /* It is gone, and all exchanges with it have failed. */
	account->is_known = true;
	process_helpers_read(echo->process.pid, &helpers);
	since.cpu_ns -= echo->start_usage.cpu_ns;
	since.user_ns -= echo->start_usage.user_ns;
	since.system_ns -= echo->start_usage.system_ns;
	split_cpu(&since, helpers.cpu_ns - echo->start_helpers.cpu_ns, &account->cpu);
	account->cpu.sqpoll_ns = helpers.sqpoll_ns - echo->start_helpers.sqpoll_ns;
	account->cpu.sqpoll_tid = helpers.sqpoll_tid;
	account->cpu.sqpoll_cpu = helpers.sqpoll_cpu;
	account->cpu.io_worker_count = helpers.io_worker_count;
	account->cpu.voluntary_switches =
		since.voluntary_switches - echo->start_usage.voluntary_switches;
	account->cpu.involuntary_switches =
		since.involuntary_switches - echo->start_usage.involuntary_switches;
}

static void echo_account(struct engine *engine, struct engine_account *account)
{
	struct echo_engine *echo = (struct echo_engine *)engine;

	if (account)
		end_account(echo, account);
	else
		begin_account(echo);
}

static const struct engine_server *echo_server(struct engine *engine)
{
	struct echo_engine *echo = (struct echo_engine *)engine;

	echo->server = (struct engine_server){.pid = echo->process.pid};
	echo->server.problem = echo_process_failure(&echo->process, &echo->server.hint);
	return &echo->server;
}

/* Of both sides, which have ended. */
static void report_counts(const struct echo_engine *echo, struct engine_report *report)
{
	const struct echo_client_counts *client = &echo->client.counts;
	struct echo_counts server;

	echo_process_counts(&echo->process, &server);
	const struct engine_count served[] = {
		{"requests", server.requests},
		{"connections", server.accepts},
		{"closed", server.closes},
		{"turned away", server.turned_away},
		{"reset by the client", server.resets},
		{"bytes received", server.bytes_received},
		{"bytes sent", server.bytes_sent},
	};
	const struct engine_count calls[] = {
		{"all", server.syscalls},
		{"waits", server.waits},
		{"receives", server.receives},
		{"sends", server.sends},
		{"in vain (EAGAIN)", server.in_vain},
		{"no buffers (ENOBUFS)", server.no_buffers},
		{"rearmed", server.rearms},
		{"zero copies", server.zero_copies},
		{"copied all the same", server.copied},
	};
	const struct engine_count made[] = {
		{"exchanges", client->exchanges},
		{"connections", client->connects},
		{"closed by the server", client->ends},
		{"in the middle of an exchange", client->halves},
		{"reset", client->resets},
		{"stalled", client->stalls},
		{"not what was sent", client->mismatches},
		{"not connected again", client->refusals},
	};

	engine_report_counts(report, "server_counts", served, COUNT_OF(served));
	engine_report_counts(report, "server_calls", calls, COUNT_OF(calls));
	engine_report_counts(report, "client_counts", made, COUNT_OF(made));
}

static void echo_prove(struct engine *engine, struct engine_report *report)
{
	struct echo_engine *echo = (struct echo_engine *)engine;

	if (echo_process_stop(&echo->process) < 0)
		engine_report_refused(
			report, "server", engine->class->name, "%s", echo->process.problem);
	echo_client_close(&echo->client);
	report_counts(echo, report);
	report_facts(echo, report, true);
}

#define ECHO_CLASS(class_name, shown_name, kind, option_table, text)                               \
	static const struct engine_class class_name##_class;                                       \
	static int class_name##_open(const struct engine_setup *setup, struct engine **engine,     \
		struct engine_report *report)                                                      \
	{                                                                                          \
		return open_as(&class_name##_class, &kind, setup, engine, report);                 \
	}                                                                                          \
	static const struct engine_class class_name##_class = {                                    \
		.name = shown_name,                                                                \
		.summary = text,                                                                   \
		.op_mask = IO_BIT(IO_ECHO),                                                        \
		.traits = ENGINE_TAKES_NO_TARGET,                                                  \
		.depth_limit = ECHO_CONNECTION_LIMIT,                                              \
		.options = option_table,                                                           \
		.open = class_name##_open,                                                         \
		.submit = echo_submit,                                                             \
		.reap = echo_reap,                                                                 \
		.server = echo_server,                                                             \
		.account = echo_account,                                                           \
		.prove = echo_prove,                                                               \
		.close = echo_close,                                                               \
	}

static const struct option epoll_options[] = {
	ENGINE_NAMED_OPTION(FLAG, struct echo_epoll_options, is_edge, "epoll_edge", "0",
		.help = "rw=echo: the server is told once of what came (EPOLLET)"),
	{.name = NULL},
};
static const struct option_table epoll_table = {
	.options = epoll_options, .struct_bytes = sizeof(struct echo_epoll_options)};

ECHO_CLASS(sync, "sync", echo_server_sync, NULL, "a server with a thread for each connection");
ECHO_CLASS(psync, "psync", echo_server_sync, NULL, "as sync: sockets have no offsets");
ECHO_CLASS(select, "select", echo_server_select, NULL, "a server on select(2)");
ECHO_CLASS(poll, "poll", echo_server_poll, NULL, "a server on poll(2)");
ECHO_CLASS(epoll, "epoll", echo_server_epoll, &epoll_table, "a server on epoll(7)");
ECHO_CLASS(uring, "io_uring", uring_echo_server, &uring_option_table, "a server on io_uring(7)");

const struct engine_class *const engine_echo_classes[] = {
	&sync_class, &psync_class, &select_class, &poll_class, &epoll_class, &uring_class, NULL};

const struct engine_class *engine_echo_find(const char *name)
{
	const struct engine_class *engine = engine_find(name);

	for (const struct engine_class *const *class = engine_echo_classes; *class && engine;
		class ++) {
		if (strcmp((*class)->name, engine->name) == 0)
			return *class;
	}
	return NULL;
}

static const struct option *find_in(const struct engine_class *const *list, const char *name)
{
	const struct option *option = NULL;

	for (; *list && !option; list++)
		option = (*list)->options ? option_find((*list)->options, name) : NULL;
	return option;
}

const struct option *engine_option_find(const char *name)
{
	const struct option *option = find_in(engines, name);

	return option ? option : find_in(engine_echo_classes, name);
}
