/* SPDX-License-Identifier: MIT */
/*
 * The signals whose default action ends a program (but for its own faults, such as SIGSEGV): the
 * first asks the run to end well; a second SIGINT, SIGTERM, SIGHUP or SIGQUIT ends the program at
 * once; one that comes within 0.3 s is the first one sent again. Caught from stop_signal_catch to
 * stop_signal_release, which may stand within another such pair: a signal is then not forgotten
 * before the outermost. So long SIGPIPE is no signal to stop by: a run does not end because nobody
 * reads its live line any more.
 */
#ifndef RUN_STOP_SIGNAL_H
#define RUN_STOP_SIGNAL_H

#include <signal.h>

/* Free for threads of a run to be woken by: the one that nobody sends to a program. */
#define STOP_SIGNAL_NUDGE SIGRTMIN

void stop_signal_catch(void);
void stop_signal_release(void);

/* Those signals, for threads that are to leave them to the one that waits for the run. */
void stop_signal_set(sigset_t *set);

enum { STOP_SIGNAL_FUNCTIONS = 4 };

/*
 * Called by the signal that ends the program at once: nothing but what is safe in a handler. So
 * many functions, each once, however often it is named.
 */
typedef void stop_signal_function(void);
void stop_signal_before_exit(stop_signal_function *function);

/* One that came to another process of the same run, as if it had come to this one. */
void stop_signal_take(int number);

/* The signal that came, 0: none. */
int stop_signal_number(void);

#endif
