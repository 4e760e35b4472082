/* SPDX-License-Identifier: MIT */
/*
 * A target that takes so long for each I/O, and as many at a time as it has places: what stands in
 * for the trials of a session. I/Os are due by the job's own schedule (load/pacer.h). Of a file
 * that includes this the linker takes the functions here instead of those of session/trial.c and
 * session/contest_contender.c. Nothing is run and no time goes by, but for what world.now_s says.
 */
#ifndef TESTS_QUEUE_WORLD_H
#define TESTS_QUEUE_WORLD_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/pacer.h"
#include "no_trial_processes.h"
#include "noise.h"
#include "session/contest.h"
#include "session/trial.h"
#include "test.h"

enum { QUEUE_PLACES_LIMIT = 64 };

static struct {
	double service_ns; /* of each I/O, */
	double noise;      /* in each trial longer by this deviation (a logarithm) */
	double fails_from; /* a load from which on trials fail; 0: none do */
	unsigned trial_count;
	struct random random;
	void (*on_trial)(const struct trial_request *request); /* or NULL */
} world;

void contest_contender_watch(struct contest_contender *contender, const struct result_job *result,
	const struct job_cpus *cpus, struct arena *arena)
{
	(void)contender, (void)result, (void)cpus, (void)arena; /* nothing disturbs */
}

void contest_contender_flush(const struct contest_contender *contender, uint64_t cooldown_ns)
{
	(void)contender, (void)cooldown_ns; /* nothing was written */
}

/* A trial while it is worked out. */
struct queue_trial {
	double ramp_ns, end_ns, last_ns, service_ns;
	double free_ns[QUEUE_PLACES_LIMIT]; /* when each place is free */
	unsigned places;
	struct histogram *lat, *lag, *service;
};

static inline unsigned queue_first_free(const struct queue_trial *trial)
{
	unsigned first = 0;

	for (unsigned i = 1; i < trial->places; i++)
		first = trial->free_ns[i] < trial->free_ns[first] ? i : first;
	return first;
}

/* One that is due then (negative: as soon as there is room). */
static inline void queue_serve(struct queue_trial *trial, double due_ns)
{
	unsigned place = queue_first_free(trial);
	double start_ns = fmax(due_ns, trial->free_ns[place]);
	double done_ns = start_ns + trial->service_ns;

	trial->free_ns[place] = done_ns;
	if (due_ns < 0)
		due_ns = start_ns;
	if (done_ns < trial->ramp_ns)
		return;
	trial->last_ns = fmax(trial->last_ns, done_ns);
	histogram_record(trial->lat, (uint64_t)llround(done_ns - due_ns), 1);
	histogram_record(trial->lag, (uint64_t)llround(start_ns - due_ns), 1);
	histogram_record(trial->service, (uint64_t)llround(trial->service_ns), 1);
}

static inline void queue_run(struct queue_trial *trial, const struct job *job,
	enum io_direction direction, uint64_t seed)
{
	struct pacer_spec spec = job_pace_of(job, direction);
	struct pacer pacer;

	spec.seed = random_mix_seed(seed, (uint64_t)direction);
	pacer_init(&pacer, &spec);
	if (!job_does(job, direction))
		return;
	if (!job_has_rate(job, direction)) {
		while (trial->free_ns[queue_first_free(trial)] < trial->end_ns)
			queue_serve(trial, -1);
		return;
	}
	for (; pacer.due_ns < trial->end_ns; pacer_advance(&pacer, 4096))
		queue_serve(trial, pacer.due_ns);
}

static struct histogram queue_histograms[DATA_DIRECTION_COUNT][3];

/* The load of all directions; 0: none. */
static inline double queue_load(const struct job *job)
{
	double load = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		load += job_pace_of(job, (enum io_direction)d).ios_per_second;
	return load * job->numjobs;
}

static inline struct result_job queue_result(const struct trial_request *request)
{
	const struct job *job = request->job;
	struct result_job result = {.numjobs = 1, .depth_asked = job->iodepth};
	struct queue_trial trial = {
		.ramp_ns = (double)request->ramp_ns,
		.end_ns = (double)(request->ramp_ns + request->runtime_ns),
		.last_ns = (double)(request->ramp_ns + request->runtime_ns),
		.service_ns = world.service_ns * exp(world.noise * noise_normal(&world.random)),
		.places = job->iodepth < QUEUE_PLACES_LIMIT ? job->iodepth : QUEUE_PLACES_LIMIT,
	};

	memset(queue_histograms, 0, sizeof(queue_histograms));
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		struct histogram *own = queue_histograms[d];
		struct result_direction *direction = &result.directions[d];

		trial.lat = &own[0];
		trial.lag = &own[1];
		trial.service = &own[2];
		queue_run(&trial, job, (enum io_direction)d, request->seed);
		direction->ios = own[0].summary.count;
		direction->bytes = direction->ios * 4096;
		direction->lat = (struct result_latency){own[0].summary, &own[0], NULL};
		if (!job_has_rate(job, (enum io_direction)d))
			continue;
		direction->pace.iops_asked = job_pace_of(job, (enum io_direction)d).ios_per_second;
		direction->pace.lag = (struct result_latency){own[1].summary, &own[1], NULL};
		direction->pace.service = (struct result_latency){own[2].summary, &own[2], NULL};
	}
	result.elapsed_ns = (uint64_t)(trial.last_ns - trial.ramp_ns);
	result.cpu.user_ns = result.cpu.total_ns = result.elapsed_ns / 10;
	return result;
}

void trial_run(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome)
{
	static struct result_job job;

	world.trial_count++;
	if (world.on_trial)
		world.on_trial(request);
	*outcome = (struct trial_outcome){.early_excess = NAN, .carry_over = NAN};
	for (int i = 0; i < VALUE_COUNT; i++)
		outcome->values[i] = NAN;
	if (world.fails_from > 0 && queue_load(request->job) >= world.fails_from) {
		outcome->exit_code = EXIT_RUN_FAILED;
		outcome->problem = arena_strdup(arena, "the drive is gone");
		return;
	}
	job = queue_result(request);
	outcome->has_result = true;
	outcome->result.job_count = 1;
	outcome->result.jobs = &job;
	outcome->window_s = (double)job.elapsed_ns / 1e9;
	trial_values_take(&job, outcome->values);
}

#endif
