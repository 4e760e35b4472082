/* SPDX-License-Identifier: MIT */
/* Errors of workers, in words and as exit codes. */
#include "run/wave_outcome.h"

#include <string.h>

#include "host/host_limits.h"

void wave_outcome_report_threads(const struct crew *crew, int error, struct diag *diag)
{
	AUTO_ARENA struct arena arena = {0};

	diag_error(diag, NULL, "cannot make %u threads, only %u: %s", crew->count,
		crew->thread_count, strerror(-error));
	diag_hint(diag, "lower numjobs, or raise what limits threads: %s",
		host_limits_of_threads(&arena));
}

/* How many from `first` on failed in the same way; 0 when one before has said it. */
static unsigned count_alike(const struct crew *crew, unsigned first)
{
	const char *name = crew->members[first].worker.task.job->name;
	const char *message = crew_outcome(&crew->members[first])->error_message;
	unsigned count = 0;

	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker_outcome *other = crew_outcome(&crew->members[i]);

		if (other->error == 0 ||
			strcmp(crew->members[i].worker.task.job->name, name) != 0 ||
			strcmp(other->error_message, message) != 0)
			continue;
		if (i < first)
			return 0;
		count++;
	}
	return count;
}

void wave_outcome_report(const struct crew *crew, struct diag *diag)
{
	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker_outcome *outcome = crew_outcome(&crew->members[i]);
		const char *name = crew->members[i].worker.task.job->name;
		unsigned alike = outcome->error != 0 ? count_alike(crew, i) : 0;

		if (alike == 0)
			continue;
		if (alike == 1)
			diag_error(diag, NULL, "job '%s': %s", name, outcome->error_message);
		else
			diag_error(diag, NULL, "job '%s': %s (%u of its workers)", name,
				outcome->error_message, alike);
		if (outcome->error_hint)
			diag_hint(diag, "%s", outcome->error_hint);
	}
}

int wave_outcome_worse(int a, int b)
{
	if (a == EXIT_RUN_FAILED || b == EXIT_RUN_FAILED)
		return EXIT_RUN_FAILED;
	return a != EXIT_DONE ? a : b;
}

/* That the write guard refuses is the request's fault, however late it is found out. */
int wave_outcome_code(const struct crew_member *member)
{
	if (crew_outcome(member)->error == 0 && !member->was_refused)
		return EXIT_DONE;
	if (member->worker.task.guard.path)
		return EXIT_BAD_REQUEST;
	return member->was_refused ? EXIT_INCOMPARABLE : EXIT_RUN_FAILED;
}
