/* SPDX-License-Identifier: MIT */
/* `ringside plan`: what a comparison would run, and how long it takes. */
#include <stdio.h>
#include <sys/param.h>

#include "command/session_options.h"
#include "session/contest_plan.h"

struct plan_request {
	struct comparison_request session;
};

static const struct command_part parts[] = {
	SESSION_OPTIONS_COMPARISON(struct plan_request, session),
	{.options = NULL},
};

static void print_duration(const char *what, double time_ns)
{
	unsigned seconds = (unsigned)(time_ns / 1e9 + 0.5);

	printf("  %-34s %u:%02u min\n", what, seconds / 60, seconds % 60);
}

static void print_contenders(const struct contender_point *point, bool has_control)
{
	for (size_t i = 0; i < point->count; i++) {
		const struct contender_setup *setup = &point->contenders[i];

		printf("  %-34s %s%s%s\n", setup->name, setup->job ? "" : "does not run: ",
			setup->job ? setup->job->ioengine : setup->refusal,
			setup->together_count > 0 ? ", … together" : "");
	}
	if (has_control)
		printf("  %-34s the reference a second time\n", "control");
}

/* At most so long: what was given is a limit for all of it, the default one for the blocks. */
static double most_of(const struct contest_options *options, const struct contest_time *time)
{
	const struct stop_rule *rule = &options->rule;
	double limit_ns = (double)contest_plan_limit_ns(options, time->contender_count);

	if (options->limit_ns == CONTEST_AUTO)
		limit_ns += (double)time->prime_ns;
	return MIN(limit_ns, (double)contest_plan_most_ns(time, rule->looks[rule->look_count - 1]));
}

/* Returns the longest it may take, in ns. */
static double print_point(const struct contender_point *point,
	const struct contest_options *options, const char *at_most)
{
	const struct stop_rule *rule = &options->rule;
	struct contest_time time;
	double most_ns;

	if (*point->name)
		printf("%s\n", point->name);
	print_contenders(point, options->has_control);
	contest_plan_time(options, point, &time);
	most_ns = most_of(options, &time);
	if (compare_stop_is_adaptive(rule))
		printf("  %zu to ", rule->looks[0]);
	else
		printf("  ");
	if (time.takes_turns)
		printf("%zu blocks of rounds, in which %zu take turns of milliseconds\n",
			rule->looks[rule->look_count - 1], time.contender_count);
	else
		printf("%zu blocks × %zu trials × %.3g s\n", rule->looks[rule->look_count - 1],
			time.contender_count, (double)options->trial_ns / 1e9);
	print_duration("a block", (double)time.block_ns);
	print_duration(
		"at least", MIN((double)contest_plan_least_ns(&time, rule->looks[0]), most_ns));
	print_duration(at_most, most_ns);
	return most_ns;
}

static int plan_main(struct arguments *arguments, void *asked)
{
	struct comparison_request *session = &((struct plan_request *)asked)->session;
	struct contender_plan plan = {0};
	double most_ns = 0;
	int code = EXIT_BAD_REQUEST;

	if (session_options_plan(arguments, session, &plan) == 0) {
		bool has_limit = session->has_limit;
		/* A drive may answer late. */
		const char *at_most = has_limit ? "at most" : "at most, by estimate";

		for (size_t i = 0; i < plan.point_count; i++)
			most_ns += print_point(&plan.points[i], &session->contest, at_most);
		if (plan.point_count > 1)
			print_duration(has_limit ? "all tables, at most"
						 : "all tables, at most, by estimate",
				most_ns);
		printf("  Priming, every contender once, is included; writing files that are "
		       "missing is%s.\n",
			has_limit ? ", too" : " not");
		if (!has_limit)
			printf("  Slow I/O (a sync of 100 ms) makes it longer; --max-time=TIME is "
			       "kept.\n");
		code = EXIT_DONE;
	}
	contender_plan_free(&plan);
	return code;
}

const struct command command_plan = {
	.name = "plan",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "what 'compare' would run, and how long that takes",
	.detail = "Takes the options of 'ringside compare' and runs nothing.",
	.parts = parts,
	.request_bytes = sizeof(struct plan_request),
	.takes_job_options = true,
	.run = plan_main,
};
