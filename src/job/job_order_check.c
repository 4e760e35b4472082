/* SPDX-License-Identifier: MIT */
/* Who waits for whom: names that there are once, before the job that waits. */
#include "job/job_order_check.h"

#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "job/job_say.h"

/* Of random streams: a clone's other draws are run/worker_prepare.c's. */
enum { STREAM_DELAY = 1 << 20 };

static const char write_range[] = "write 2s, or a range: 1s-3s";

int job_startdelay_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	size_t split = strcspn(value, "-,:");
	struct job_range range;
	const char *what;

	if (units_parse_time(arena_strndup(arena, value, split), NS_PER_S, &range.min, &what) < 0)
		return job_refuse(problem, what, write_range, 0, split);
	range.max = range.min;
	if (value[split] && units_parse_time(value + split + 1, NS_PER_S, &range.max, &what) < 0)
		return job_refuse(problem, what, write_range, split + 1, 0);
	if (range.min > range.max)
		range = (struct job_range){range.max, range.min};
	*(struct job_range *)field = range;
	return 0;
}

const char *job_startdelay_print(const void *field, struct arena *arena)
{
	const struct job_range *range = field;
	char least[UNITS_TEXT_BYTES], most[UNITS_TEXT_BYTES];

	units_format_exact_time(least, range->min);
	if (range->min == range->max)
		return arena_strdup(arena, least);
	return arena_printf(arena, "%s-%s", least, units_format_exact_time(most, range->max));
}

static unsigned count_named(const struct job *jobs, size_t count, const char *name)
{
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += strcmp(jobs[i].name, name) == 0;
	return found;
}

static void check_wait(const struct job *jobs, size_t index, size_t count, struct diag *diag)
{
	const struct job *job = &jobs[index];
	const char *name = job->order.wait_for;
	unsigned before = count_named(jobs, index, name);

	if (strcmp(job->name, name) == 0) {
		diag_error(diag, job_place(job, "wait_for"), "job '%s' waits for itself", name);
		diag_hint(diag, "name a job before it");
	} else if (before > 1) {
		diag_error(diag, job_place(job, "wait_for"), "%u jobs before are called '%s'",
			before, name);
		diag_hint(diag, "give the one to be waited for a name of its own");
	} else if (before == 0 && count_named(jobs, count, name) > 0) {
		diag_error(diag, job_place(job, "wait_for"),
			"job '%s' stands after the one that waits for it", name);
		diag_hint(diag, "put it before: so no two jobs wait for each other");
	} else if (before == 0) {
		diag_error(diag, job_place(job, "wait_for"), "there is no job '%s'", name);
	}
}

static void note_command(const struct job *job, const char *option, const char *command,
	const char *when, struct diag *diag)
{
	if (!command)
		return;
	job_say(diag_note, job, diag, option, RULE_OWN_WAY,
		"%s: a run gives this to the shell %s the job; its output goes to %s.%s.txt",
		option, when, job->name, option + strlen("exec_"));
}

bool job_order_continues(const struct job *job, const struct job *before)
{
	const char *name = job->order.contender, *last = before->order.contender;

	return name && last && strcmp(name, last) == 0;
}

static void check_contender(const struct job *jobs, size_t index, struct diag *diag)
{
	if (index == 0 || !jobs[index].order.contender ||
		job_order_continues(&jobs[index], &jobs[index - 1]))
		return;
	for (size_t i = 0; i + 1 < index; i++) {
		if (!job_order_continues(&jobs[index], &jobs[i]))
			continue;
		diag_error(diag, job_place(&jobs[index], "contender"),
			"another contender stands between job '%s' and the others of contender "
			"'%s'",
			jobs[index].name, jobs[i].order.contender);
		diag_hint(diag, "put the sections of a contender one behind the other");
		return;
	}
}

void job_order_note_contenders(const struct job *jobs, size_t count, struct diag *diag)
{
	for (size_t i = 1; i < count; i++) {
		const struct job *job = &jobs[i], *before = &jobs[i - 1];
		bool has_contender = job->order.contender || before->order.contender;

		if (job->wave != before->wave || job->clone > 0 || !has_contender ||
			job_order_continues(job, before))
			continue;
		diag_note(diag, job_place(job, "contender"),
			"'%s' and '%s' run at once here, and one after the other in a comparison",
			before->order.contender ? before->order.contender : before->name,
			job->order.contender ? job->order.contender : job->name);
		diag_hint(diag, "stonewall in [global] runs one contender after the other");
		return;
	}
}

void job_order_check(const struct job *jobs, size_t count, struct diag *diag)
{
	for (size_t i = 0; i < count; i++) {
		const struct job_order *order = &jobs[i].order;

		if (order->wait_for)
			check_wait(jobs, i, count, diag);
		check_contender(jobs, i, diag);
		note_command(&jobs[i], "exec_prerun", order->exec_prerun, "before", diag);
		note_command(&jobs[i], "exec_postrun", order->exec_postrun, "after", diag);
	}
}

void job_order_draw_delay(struct job *clone)
{
	const struct job_range *range = &clone->order.startdelay;
	struct random random;

	random_init(&random, random_mix_seed(clone->randseed, STREAM_DELAY));
	clone->startdelay_ns = range->min;
	if (range->max > range->min)
		clone->startdelay_ns += random_below(&random, range->max - range->min + 1);
}
