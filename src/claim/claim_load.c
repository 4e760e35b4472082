/* SPDX-License-Identifier: MIT */
#include "claim/claim_load.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "session/rate.h"

/* "80%" or "80 %" as a fraction. */
static bool read_share(const char *text, double *share, struct arena *arena)
{
	size_t length = strlen(text);
	const char *why;

	if (length == 0 || text[length - 1] != '%')
		return false;
	if (units_parse_double(text_trimmed(arena, text, length - 1), share, &why) != 0)
		return false;
	*share /= 100;
	return *share > 0 && *share <= 1;
}

bool claim_load_read(
	struct claim_loads *loads, const char *text, struct arena *arena, const char **what)
{
	const char *of = strstr(text, " of ");
	size_t count;
	char **pieces;

	*what = "shares and a contender are wanted";
	if (!of)
		return false;
	loads->of = text_trimmed(arena, of + strlen(" of "), strlen(of + strlen(" of ")));
	count = text_split(arena, text_trimmed(arena, text, (size_t)(of - text)), ',', &pieces);
	if (*loads->of == '\0' || count == 0)
		return false;
	*what = "too many shares";
	if (count > CLAIM_LOADS_LIMIT)
		return false;
	loads->shares = arena_alloc_array(arena, count, sizeof(*loads->shares));
	for (size_t i = 0; i < count; i++) {
		*what = "a share is a percentage from above 0 % to 100 %";
		if (!pieces[i] || !read_share(pieces[i], &loads->shares[i], arena))
			return false;
		*what = "shares ascend";
		if (i > 0 && loads->shares[i] <= loads->shares[i - 1])
			return false;
	}
	loads->count = count;
	return true;
}

static int check_job(
	const struct claim *claim, const struct contender_setup *setup, struct diag *diag)
{
	const struct job *job = setup->job;
	const char *what = NULL, *key = job ? job_pacing_option(job) : NULL;

	if (!job)
		return 0;
	if (setup->together_count > 0) {
		what = "has several jobs: of which the load is, is not known";
		key = "contender";
	} else if (key) {
		what = "sets its own pace";
	} else if (job_sets(job, "rate_process")) {
		what = "sets how requests arrive: those of a load are due at random";
		key = "rate_process";
	} else if (job_trims_and_writes(job)) {
		what = "trims what it writes: there is no rate of that";
		key = "rw";
	}
	if (!what)
		return 0;
	diag_error(diag, job_place(job, key), "contender '%s' %s", setup->name, what);
	diag_hint(diag, "load=%s sets the rate of all contenders", claim->loads.text);
	return -EINVAL;
}

/* All jobs of a point at this load. */
static struct contender_point at_load(
	const struct contender_point *base, double iops, struct arena *arena)
{
	struct contender_point point = *base;

	point.contenders = arena_alloc_array(arena, base->count, sizeof(*point.contenders));
	for (size_t i = 0; i < base->count; i++) {
		struct contender_setup *setup = &point.contenders[i];

		*setup = base->contenders[i];
		if (setup->job) {
			struct job *job = ARENA_NEW(arena, struct job);

			*job = rate_job_at(
				setup->job, fmax(iops, rate_job_least(setup->job)), true);
			setup->job = job;
		}
	}
	return point;
}

int claim_load_expand(const struct claim *claim, struct contender_plan *plan, struct diag *diag)
{
	size_t each = 1 + claim->loads.count;
	const struct contender_point *bases = plan->points;
	int error = 0;

	if (claim->loads.count == 0)
		return 0;
	for (size_t p = 0; p < plan->point_count; p++) {
		for (size_t i = 0; i < bases[p].count; i++)
			error |= check_job(claim, &bases[p].contenders[i], diag);
	}
	if (error != 0)
		return -EINVAL;
	plan->points =
		arena_alloc_array(&plan->arena, plan->point_count * each, sizeof(*plan->points));
	for (size_t i = 0; i < plan->point_count * each; i++) {
		/* Of the smallest rate until the maximum is known. */
		plan->points[i] = i % each == 0 ? bases[i / each]
						: at_load(&bases[i / each], 0, &plan->arena);
		plan->points[i].name = claim->points[i].name;
	}
	plan->point_count *= each;
	return 0;
}

/*
 * What the contender did without a rate, by its trials that count: the level that tables show,
 * which is a geometric mean. NAN: it did not run.
 */
static double maximum_of(const struct record *record, const char *point_name, const char *name)
{
	double sum = 0;
	size_t count = 0;

	for (size_t p = 0; p < record->point_count; p++) {
		const struct record_point *point = &record->points[p];
		size_t c = session_find(point->contenders, point->contender_count, name);

		if (strcmp(point->name, point_name) != 0)
			continue;
		for (size_t t = 0; t < point->trial_count; t++) {
			const struct trial *trial = &point->trials[t];

			if (trial->contender != c || !trial->counts)
				continue;
			sum += log(trial->values[VALUE_IOPS]);
			count++;
		}
	}
	return exp(sum / (double)count);
}

bool claim_load_set(const struct claim *claim, const struct contender_plan *plan, size_t index,
	const struct record *record, struct arena *arena, struct contender_point *point)
{
	size_t each = 1 + claim->loads.count, base = index - index % each;
	double maximum;

	*point = plan->points[index];
	if (index == base)
		return true;
	maximum = maximum_of(record, plan->points[base].name, claim->loads.of);
	if (!(maximum > 0))
		return false;
	*point = at_load(
		&plan->points[base], round(maximum * claim->loads.shares[index - base - 1]), arena);
	point->name = plan->points[index].name;
	return true;
}
