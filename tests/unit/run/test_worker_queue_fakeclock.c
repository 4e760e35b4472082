/* SPDX-License-Identifier: MIT */
/* covers: src/run/worker_fill.c */
/*
 * Random arrivals at an engine that takes 100 us for each I/O, one at a time, are an M/D/1 queue:
 * what the worker measures is held against the formula.
 */
#include <math.h>

#include "fake_worker.h"
#include "near.h"

#include "run/worker_fill.h"

#define SERVICE_NS 100000
#define SECONDS    10

/* Response and service time, means of 10 s. */
static void measure(double rho, double *mean_ns, double *service_ns)
{
	double due = SECONDS * rho * 1e9 / SERVICE_NS;
	const struct worker_direction *reads;

	set_up(&fake_class, 1024 * BLOCK);
	script.service_ns = SERVICE_NS;
	script.look_ns = SERVICE_NS / 100;
	job.rate_iops.value[DIRECTION_READ] = (uint64_t)(rho * 1e9 / SERVICE_NS);
	job.rate_process = RATE_POISSON;
	job.runtime_ns = SECONDS * NS_PER_S;
	job.time_based = true;
	worker.task.wraps = true;
	worker.task.pass_bytes = UINT64_MAX;
	reads = run(DIRECTION_READ);
	*mean_ns = histogram_summary_mean(&reads->lat->summary);
	*service_ns = histogram_summary_mean(&reads->service->summary);
	assert_near((double)reads->ios, due, 4 * sqrt(due));
	tear_down();
}

/* The mean wait is rho / (2 (1 - rho)) services. */
TEST(response_times_are_those_of_an_md1_queue)
{
	static const double loads[] = {0.2, 0.5, 0.8};

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		double rho = loads[i], mean_ns, service_ns;

		measure(rho, &mean_ns, &service_ns);
		assert_near(service_ns, SERVICE_NS, 0.01 * SERVICE_NS);
		assert_near(mean_ns, SERVICE_NS * (1 + rho / 2 / (1 - rho)), 0.08 * mean_ns);
	}
}

TEST_MAIN(NULL, NULL);
