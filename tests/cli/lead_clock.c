/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: the time of day is LEAD_S seconds ahead. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
	const char *lead = getenv("LEAD_S");
	int code = (int)syscall(SYS_clock_gettime, clock, now);

	if (code == 0 && clock == CLOCK_REALTIME && lead)
		now->tv_sec += strtol(lead, NULL, 10);
	return code;
}
