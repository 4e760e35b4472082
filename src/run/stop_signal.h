/* SPDX-License-Identifier: MIT */
/*
 * SIGINT, SIGTERM and SIGHUP: the first asks the run to end well, the second ends the program at
 * once; one that comes within 0.3 s is the first one told again. Caught from stop_signal_catch to
 * stop_signal_release, which may stand within another such pair: a signal is then not forgotten
 * before the outermost. So long SIGPIPE is no signal to stop by: a run does not end because nobody
 * reads its live line any more.
 */
#ifndef RUN_STOP_SIGNAL_H
#define RUN_STOP_SIGNAL_H

void stop_signal_catch(void);
void stop_signal_release(void);

/* The signal that came, 0: none. */
int stop_signal_number(void);

#endif
