/* SPDX-License-Identifier: MIT */
/* SIGBUS of a copy becomes its result: the handler jumps back to where the copy began. */
#include "engine/bus_guard.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

static _Thread_local sigjmp_buf *volatile escape;
static struct sigaction handler_before;

static void on_bus_error(int signal_number)
{
	(void)signal_number;
	if (escape)
		siglongjmp(*escape, 1);
	/* Not ours. The access is tried again when we return, and then goes where it went. */
	(void)sigaction(SIGBUS, &handler_before, NULL);
}

void bus_guard_install(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	/* NODEFER: the handler is left by a jump, which would leave the signal blocked. */
	struct sigaction action = {.sa_handler = on_bus_error, .sa_flags = SA_NODEFER};
	struct sigaction current;

	pthread_mutex_lock(&lock);
	/* sigaction fails only for numbers that are no signals. */
	(void)sigaction(SIGBUS, NULL, &current);
	if (current.sa_handler != on_bus_error) {
		handler_before = current;
		(void)sigaction(SIGBUS, &action, NULL);
	}
	pthread_mutex_unlock(&lock);
}

bool bus_guard_copy(void *to, const void *from, size_t bytes)
{
	sigjmp_buf here;

	if (sigsetjmp(here, 0) != 0) {
		escape = NULL;
		return false;
	}
	escape = &here;
	atomic_signal_fence(memory_order_seq_cst); /* The copy stays between the two stores. */
	memcpy(to, from, bytes);
	atomic_signal_fence(memory_order_seq_cst);
	escape = NULL;
	return true;
}
