/* SPDX-License-Identifier: MIT */
/* Ceilings out of the environment, and contenders that touch them. */
#include "session/ceiling.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "base/text.h"
#include "job/job_values.h"
#include "result/figure.h"

#define LINK_IS_FULL  0.85 /* packets' heads and flow control take the rest */
#define BEYOND_LINK   1.05
#define CPU_IS_FULL   0.95
#define FASTEST_8B10B 5.0 /* GT/s */

double ceiling_of_link(const char *link)
{
	double transfers;
	unsigned lanes;
	const char *width = strrchr(link, 'x');

	if (!width || sscanf(link, "%lf GT/s", &transfers) != 1 ||
		sscanf(width, "x%u", &lanes) != 1 || lanes == 0)
		return NAN;
	return transfers * 1e9 * (transfers > FASTEST_8B10B ? 128.0 / 130 : 0.8) / 8 * lanes;
}

/* All links together: which drive a contender used is not on record. */
static double sum_of_links(const struct record *record, const char **link)
{
	static const char suffix[] = ".pci_link";
	const struct result_settings *facts = &record->environment.soft;
	double sum = NAN;

	for (size_t i = 0; i < facts->count; i++) {
		size_t length = strlen(facts->items[i].key);
		const char *value = facts->items[i].value;

		if (!value || length < strlen(suffix) ||
			strcmp(facts->items[i].key + length - strlen(suffix), suffix) != 0 ||
			isnan(ceiling_of_link(value)))
			continue;
		sum = fmax(sum, 0) + ceiling_of_link(value);
		*link = value;
	}
	return sum;
}

static const char *link_sentence(const struct view *view, size_t c)
{
	double bandwidth = view_level(view, VALUE_BANDWIDTH, c);
	char text[FIGURE_BYTES_OF_TEXT], most_text[FIGURE_BYTES_OF_TEXT];
	const char *link = "";
	double most = sum_of_links(view->record, &link);

	if (!view->point->contenders[c].is_direct || !(bandwidth > LINK_IS_FULL * most))
		return NULL;
	figure_text(text, FIGURE_BANDWIDTH, bandwidth);
	figure_text(most_text, FIGURE_BANDWIDTH, most);
	return arena_printf(view->arena, "%s: %s moves %s, the link carries %s (%s)%s",
		bandwidth > BEYOND_LINK * most ? "warning: faster than the drive's PCIe link"
					       : "limited by the drive's PCIe link",
		view_name(view, c), text, most_text, link,
		bandwidth > BEYOND_LINK * most ? ": a cache took part" : "");
}

/* CPUs that contenders may use; 0: not known. */
static size_t count_cpus(const struct view *view)
{
	const char *text = view->record->cpus;
	struct job_cpus cpus = {0};
	struct option_problem problem = {0};

	if (!text)
		text = result_setting_value(&view->record->environment.soft, "cpus_allowed");
	if (!text || job_cpus_parse(text, &cpus, view->arena, &problem) != 0)
		return 0;
	return cpus.count;
}

/* Whether it uses a CPU up by its nature, waiting, too. */
static bool polls(const struct contender *contender)
{
	static const char *const options[] = {"sqthread_poll", "hipri"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *value = result_setting_value(&contender->options, options[i]);

		if (value && strcmp(value, "1") == 0)
			return true;
	}
	return false;
}

static const char *cpu_sentence(const struct view *view, size_t c)
{
	const struct contender *contender = &view->point->contenders[c];
	double cores = view_level(view, VALUE_CORES, c);
	size_t cpus = count_cpus(view);

	if (cpus > 0 && cores >= CPU_IS_FULL * (double)cpus)
		return arena_printf(view->arena,
			"limited by the CPUs: %s uses %.2f of %zu, so that this compares CPU cost",
			view_name(view, c), cores, cpus);
	if (!polls(contender) && cores >= CPU_IS_FULL * contender->numjobs)
		return arena_printf(view->arena,
			"limited by the CPU: %s's %s busy all the time; more of them (numjobs) "
			"may do more",
			view_name(view, c), contender->numjobs == 1 ? "thread is" : "threads are");
	return NULL;
}

const char *ceiling_sentence(const struct view *view, size_t contender)
{
	const char *limit = result_setting_value(&view->record->environment.soft, "cgroup.io_max");
	const char *sentence = link_sentence(view, contender);

	if (!sentence)
		sentence = cpu_sentence(view, contender);
	if (!sentence && limit && strcmp(limit, "none") != 0)
		sentence = arena_printf(
			view->arena, "perhaps limited by the cgroup's io.max: %s", limit);
	return sentence;
}
