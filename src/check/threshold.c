/* SPDX-License-Identifier: MIT */
/* Reading thresholds. */
#include "check/threshold.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define PERCENT_LIMIT 1000.0

/* The metric that ends the name: "read.iops" of "randread.read.iops". */
static const struct metric *metric_of(const char *name)
{
	const struct metric *found = NULL;
	size_t length = strlen(name);

	for (int v = 0; v < VALUE_COUNT; v++) {
		const struct metric *metric = &trial_value_metrics[v];
		size_t own = strlen(metric->name);

		if (own > length || strcmp(name + length - own, metric->name) != 0)
			continue;
		if ((own == length || name[length - own - 1] == '.') &&
			(!found || own > strlen(found->name)))
			found = metric;
	}
	return found;
}

static int check_metric(const char *text, const char *name, double fraction, struct diag *diag)
{
	const struct metric *metric = metric_of(name);

	if (!metric) {
		diag_error(diag, NULL, "--threshold=%s: there is no metric '%s'", text, name);
		diag_hint(diag, "a metric such as read.iops, read.lat.p99, cpu_ns_per_io; or "
				"JOB.read.iops");
		return -EINVAL;
	}
	if (metric->class == METRIC_EXTREME || metric->class == METRIC_FAULTS) {
		diag_error(diag, NULL, "--threshold=%s: %s is %s", text, metric->name,
			metric->class == METRIC_FAULTS ? "an error wherever it is not 0"
						       : "never judged");
		return -EINVAL;
	}
	if (metric->sense == METRIC_HIGHER_IS_BETTER && fraction >= 1) {
		diag_error(diag, NULL, "--threshold=%s: no more than all of it can be lost", text);
		return -EINVAL;
	}
	return 0;
}

int threshold_parse(const char *text, struct baseline_threshold *threshold, struct arena *arena,
	struct diag *diag)
{
	const char *equals = strrchr(text, '=');
	size_t length = equals ? strlen(equals + 1) : 0;
	const char *problem;
	double percent;

	if (!equals || equals == text || length < 2 || equals[length] != '%') {
		diag_error(diag, NULL, "--threshold=%s: a threshold is METRIC=PERCENT%%", text);
		diag_hint(diag, "--threshold=read.iops=3%%");
		return -EINVAL;
	}
	if (units_parse_double(arena_strndup(arena, equals + 1, length - 1), &percent, &problem) !=
		0) {
		diag_error(diag, NULL, "--threshold=%s: %s", text, problem);
		return -EINVAL;
	}
	if (!(percent >= 0 && percent <= PERCENT_LIMIT)) {
		diag_error(diag, NULL, "--threshold=%s: not from 0 to 1000 percent", text);
		return -EINVAL;
	}
	threshold->name = arena_strndup(arena, text, (size_t)(equals - text));
	threshold->fraction = percent / 100;
	return check_metric(text, threshold->name, threshold->fraction, diag);
}
