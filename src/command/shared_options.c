/* SPDX-License-Identifier: MIT */
/* The arguments that compare, check, plan and baseline have in common. */
#include "command/shared_options.h"

#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"
#include "job/job_values.h"

#define LONGEST_NS (24 * 3600 * NS_PER_S)

int shared_refuse(
	struct arguments *arguments, const char *name, const char *value, const char *problem)
{
	diag_error(&arguments->diag, NULL, "--%s=%s: %s", name, value, problem);
	return -EINVAL;
}

int shared_time(struct arguments *arguments, const char *name, uint64_t *time_ns)
{
	const char *value = arguments_value(arguments, name);
	const char *problem;

	if (!value)
		return 0;
	if (units_parse_time(value, NS_PER_S, time_ns, &problem) != 0)
		return shared_refuse(arguments, name, value, problem);
	if (*time_ns > LONGEST_NS)
		return shared_refuse(arguments, name, value, "more than a day");
	return 0;
}

int shared_seed(struct arguments *arguments, uint64_t *seed)
{
	const char *value = arguments_value(arguments, "seed");
	const char *problem;
	struct timespec now;
	uint32_t fresh;

	if (value && units_parse_count(value, seed, &problem) != 0)
		return shared_refuse(arguments, "seed", value, problem);
	if (value)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists */
	*seed = (uint64_t)now.tv_nsec;
	if (getrandom(&fresh, sizeof(fresh), 0) == sizeof(fresh))
		*seed = fresh;
	return 0;
}

int shared_cpus(struct arguments *arguments, struct job_cpus *cpus)
{
	const char *value = arguments_value(arguments, "cpus");
	struct option_problem problem = {0};
	cpu_set_t allowed;

	if (!value)
		return 0;
	if (job_cpus_parse(value, cpus, &arguments->arena, &problem) != 0)
		return shared_refuse(arguments, "cpus", value, problem.what);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return 0; /* more CPUs than fit into a set: the trials will tell */
	for (size_t i = 0; i < cpus->count; i++) {
		if (!CPU_ISSET(cpus->cpus[i], &allowed))
			return shared_refuse(arguments, "cpus", value,
				arena_printf(&arguments->arena,
					"this process may not run on CPU %u", cpus->cpus[i]));
	}
	return 0;
}
