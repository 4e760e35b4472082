/* SPDX-License-Identifier: MIT */
/*
 * Names of threads that an engine has work for it. CPU accounts find a worker's helpers by name:
 * the kernel names its own "iou-wrk-TID", ours are "rs-io-TID", TID being the worker's thread.
 */
#ifndef ENGINE_HELPER_THREAD_H
#define ENGINE_HELPER_THREAD_H

enum { THREAD_NAME_BYTES = 16 };

/* The name for helpers of the calling thread. */
void helper_thread_name(char name[THREAD_NAME_BYTES]);

#endif
