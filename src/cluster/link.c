/* SPDX-License-Identifier: MIT */
/* The link, by MPI. */
#include <mpi.h>

#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "cluster/link.h"

enum {
	ABORT_LIMIT_S = 5,
	FINALIZE_LIMIT_S = 8,
	FINALIZE_RANKS_A_S = 5, /* and so much longer: 256 ranks on 2 CPUs may take a minute */
};

/* On its way: the bytes are MPI's until the request is complete. */
struct parcel {
	MPI_Request request;
	unsigned to;
	struct parcel *next;
	char bytes[];
};

/* Large ones take a while, in which their sender may be lost. */
struct arrival {
	enum link_tag tag;
	struct link_message message;
	MPI_Request request;
	struct arrival *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* around each call of MPI */

static struct {
	int rank, count;
	char host[256];
	MPI_Comm comm;
	struct parcel *sent;    /* and not complete */
	struct arrival *coming; /* likewise */
} world;

static int say_nothing(const char *file, const char *topic, bool has_border, ...)
{
	(void)file, (void)topic, (void)has_border;
	return 0;
}

/*
 * Open MPI 4 explains in 20 lines that a process hung up, through mpirun, and waits for its answer:
 * which does not come while mpirun, because of that process, ends the others. So the time in which
 * they could write what they have is over before they know. What is lost we say ourselves.
 *
 * opal_show_help is a variable that Open MPI 4 and 5 export, and replace themselves. No other MPI
 * has it, nor a program that is linked statically: then, or where it is not data, all stays as it
 * is.
 */
static void hush(void)
{
	int (**show_help)(const char *, const char *, bool, ...) =
		dlsym(RTLD_DEFAULT, "opal_show_help");
	ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (show_help && dladdr1(show_help, &info, (void **)&symbol, RTLD_DL_SYMENT) != 0 &&
		symbol && ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT)
		*show_help = say_nothing;
}

int link_open(int *argc, char ***argv)
{
	int provided;

	if (MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS ||
		provided < MPI_THREAD_SERIALIZED) {
		fputs("ringside-mpi: error: this MPI does not work with threads "
		      "(MPI_THREAD_SERIALIZED)\n",
			stderr);
		return -1;
	}
	hush();
	/* Messages of others in this process (tools of MPI) are not ours. */
	MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_set_errhandler(world.comm, MPI_ERRORS_RETURN);
	MPI_Comm_rank(world.comm, &world.rank);
	MPI_Comm_size(world.comm, &world.count);
	if (gethostname(world.host, sizeof(world.host) - 1) != 0)
		snprintf(world.host, sizeof(world.host), "rank%d", world.rank);
	world.host[strcspn(world.host, ".")] = '\0';
	return 0;
}

/* Frees what has left. */
static void tidy_up(void)
{
	for (struct parcel **at = &world.sent; *at;) {
		struct parcel *parcel = *at;
		int is_done = 0;

		/* A failed send is complete, too: that its rank is lost shows when it is silent. */
		if (MPI_Test(&parcel->request, &is_done, MPI_STATUS_IGNORE) == MPI_SUCCESS &&
			!is_done) {
			at = &parcel->next;
			continue;
		}
		*at = parcel->next;
		free(parcel);
	}
}

static volatile sig_atomic_t code_of_end;

static void end(int number)
{
	(void)number;
	_exit(code_of_end);
}

/* Rank 0. The launcher ends what is left. */
static void end_all(int number)
{
	static const char said[] =
		"ringside-mpi: error: all ranks are done, but one does not end\n";

	(void)number;
	/* Where it cannot be written nobody reads it. */
	if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0 || code_of_end == 0)
		_exit(EXIT_RUN_FAILED);
	_exit(code_of_end);
}

void link_close(int code)
{
	/* MPI_Finalize waits for all ranks, and one may be lost after it was last heard. */
	code_of_end = code;
	signal(SIGALRM, world.rank == 0 ? end_all : end);
	/* Rank 0 first: the launcher has its code, and not that another left without a word. */
	alarm(FINALIZE_LIMIT_S + (unsigned)world.count / FINALIZE_RANKS_A_S +
		(world.rank == 0 ? 0 : 2));
	MPI_Finalize();
	alarm(0);
}

unsigned link_rank(void)
{
	return (unsigned)world.rank;
}

unsigned link_count(void)
{
	return (unsigned)world.count;
}

const char *link_host(void)
{
	return world.host;
}

bool link_send(unsigned to, enum link_tag tag, const void *bytes, size_t count)
{
	struct parcel *parcel = malloc(sizeof(*parcel) + count);
	bool is_sent;

	if (!parcel || count > INT_MAX)
		arena_exhausted();
	if (count > 0)
		memcpy(parcel->bytes, bytes, count);
	pthread_mutex_lock(&lock);
	tidy_up();
	is_sent = MPI_Isend(parcel->bytes, (int)count, MPI_BYTE, (int)to, (int)tag, world.comm,
			  &parcel->request) == MPI_SUCCESS;
	if (is_sent) {
		parcel->to = to;
		parcel->next = world.sent;
		world.sent = parcel;
	}
	pthread_mutex_unlock(&lock);
	if (!is_sent)
		free(parcel);
	return is_sent;
}

/* The one of this tag that is on its way here, begun where there is none. NULL: none has come. */
static struct arrival **find_arrival(unsigned from, enum link_tag tag)
{
	struct arrival **at = &world.coming;
	struct arrival *arrival;
	MPI_Message matched;
	MPI_Status status;
	int has_come = 0, count = 0;

	while (*at && ((*at)->tag != tag || (from != LINK_ANY && (*at)->message.from != from)))
		at = &(*at)->next;
	if (*at)
		return at;
	if (MPI_Improbe(from == LINK_ANY ? MPI_ANY_SOURCE : (int)from, (int)tag, world.comm,
		    &has_come, &matched, &status) != MPI_SUCCESS ||
		!has_come)
		return NULL;
	MPI_Get_count(&status, MPI_BYTE, &count);
	arrival = calloc(1, sizeof(*arrival));
	if (!arrival)
		arena_exhausted();
	arrival->tag = tag;
	arrival->message = (struct link_message){
		(unsigned)status.MPI_SOURCE, malloc((size_t)count + 1), (size_t)count};
	if (!arrival->message.bytes)
		arena_exhausted();
	arrival->message.bytes[count] = '\0';
	*at = arrival;
	MPI_Imrecv(arrival->message.bytes, count, MPI_BYTE, &matched, &arrival->request);
	return at;
}

static bool receive(unsigned from, enum link_tag tag, struct link_message *message)
{
	struct arrival **at = find_arrival(from, tag);
	struct arrival *arrival = at ? *at : NULL;
	int is_whole = 0;

	tidy_up();
	if (!arrival || MPI_Test(&arrival->request, &is_whole, MPI_STATUS_IGNORE) != MPI_SUCCESS ||
		!is_whole)
		return false;
	*message = arrival->message;
	*at = arrival->next;
	free(arrival);
	return true;
}

bool link_receive(unsigned from, enum link_tag tag, struct link_message *message)
{
	bool has_come;

	pthread_mutex_lock(&lock);
	has_come = receive(from, tag, message);
	pthread_mutex_unlock(&lock);
	return has_come;
}

void link_message_free(struct link_message *message)
{
	free(message->bytes);
	message->bytes = NULL;
}

void link_forget(unsigned rank)
{
	pthread_mutex_lock(&lock);
	/* Their memory stays: MPI may still have a use for it. */
	for (struct parcel **at = &world.sent; *at;) {
		if ((*at)->to == rank)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
	for (struct arrival **at = &world.coming; *at;) {
		if ((*at)->message.from == rank)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
	pthread_mutex_unlock(&lock);
}

bool link_has_sent_all(void)
{
	bool is_empty;

	pthread_mutex_lock(&lock);
	tidy_up();
	is_empty = !world.sent;
	pthread_mutex_unlock(&lock);
	return is_empty;
}

_Noreturn void link_abort(int code)
{
	/* Another thread may wait in MPI for ever. */
	signal(SIGALRM, end);
	code_of_end = code;
	alarm(ABORT_LIMIT_S);
	pthread_mutex_lock(&lock);
	MPI_Abort(world.comm, code);
	_exit(code);
}
