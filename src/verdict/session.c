/* SPDX-License-Identifier: MIT */
/* Values and paired differences of a comparison. */
#include "verdict/session.h"

#include <math.h>
#include <string.h>

size_t session_find(const struct contender *contenders, size_t count, const char *name)
{
	for (size_t c = 0; name && c < count; c++) {
		if (strcmp(contenders[c].name, name) == 0)
			return c;
	}
	return SESSION_NONE;
}

const struct trial *session_trial(const struct session *session, size_t block, size_t contender)
{
	return session->trials[block * session->contender_count + contender];
}

double session_value(const struct session *session, size_t metric, size_t block, size_t contender)
{
	const struct trial *trial = session_trial(session, block, contender);

	if (!trial || !trial->counts)
		return NAN;
	return metric_scaled(&session->metrics[metric], trial->values[metric]);
}

size_t session_values(
	const struct session *session, size_t metric, size_t contender, double *values)
{
	size_t count = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		double value = session_value(session, metric, b, contender);

		if (!isnan(value))
			values[count++] = value;
	}
	return count;
}

size_t session_differences(const struct session *session, size_t metric, size_t contender,
	size_t other, double *differences)
{
	size_t count = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		double difference = session_value(session, metric, b, contender) -
				    session_value(session, metric, b, other);

		if (!isnan(difference))
			differences[count++] = difference;
	}
	return count;
}

static bool is_whole(const struct session *session, size_t metric, size_t block)
{
	for (size_t c = 0; c < session->contender_count; c++) {
		if (!session->contenders[c].problem &&
			isnan(session_value(session, metric, block, c)))
			return false;
	}
	return true;
}

size_t session_whole_blocks(const struct session *session, size_t metric)
{
	size_t count = 0;

	for (size_t b = 0; b < session->block_count; b++)
		count += is_whole(session, metric, b);
	return count;
}
