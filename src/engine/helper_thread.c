/* SPDX-License-Identifier: MIT */
/* Names of threads that an engine has work for it. */
#include "engine/helper_thread.h"

#include <stdio.h>
#include <unistd.h>

void helper_thread_name(char name[THREAD_NAME_BYTES])
{
	snprintf(name, THREAD_NAME_BYTES, "rs-io-%d", (int)gettid());
}
