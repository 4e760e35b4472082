/* SPDX-License-Identifier: MIT */
/* Names of threads that an engine has work for it. */
#include "engine/helper_thread.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

void helper_thread_name(char name[THREAD_NAME_BYTES])
{
	snprintf(name, THREAD_NAME_BYTES, "rs-io-%d", (int)gettid());
}

void helper_thread_borrow_name(char before[THREAD_NAME_BYTES])
{
	char name[THREAD_NAME_BYTES];

	/* Both fail only for bad pointers. */
	(void)prctl(PR_GET_NAME, before);
	helper_thread_name(name);
	(void)prctl(PR_SET_NAME, name);
}

void helper_thread_return_name(const char before[THREAD_NAME_BYTES])
{
	(void)prctl(PR_SET_NAME, before); /* It fails only for bad pointers. */
}
