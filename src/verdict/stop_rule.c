/* SPDX-License-Identifier: MIT */
/* Stops on precision at fixed looks. */
#include "verdict/stop_rule.h"

static const size_t default_looks[] = {6, 9, 13, 20};

const struct stop_rule stop_rule_default = {
	.half_width = 0.01,
	.look_count = sizeof(default_looks) / sizeof(*default_looks),
	.looks = default_looks,
};

static bool is_look(const struct stop_rule *rule, size_t block_count)
{
	for (size_t i = 0; i < rule->look_count; i++) {
		if (rule->looks[i] == block_count)
			return true;
	}
	return false;
}

static bool is_precise(const struct stop_rule *rule, const struct stop_view *view)
{
	for (size_t i = 0; i < view->width_count; i++) {
		/* Written so that "no interval yet" is not precise. */
		if (!(view->half_widths[i] <= rule->half_width))
			return false;
	}
	return view->width_count > 0;
}

enum stop_decision stop_rule_decide(const struct stop_rule *rule, const struct stop_view *view)
{
	if (is_look(rule, view->block_count) && is_precise(rule, view))
		return STOP_PRECISE;
	if (stop_rule_next_look(rule, view->block_count) == 0)
		return STOP_BLOCK_LIMIT;
	return view->is_out_of_time ? STOP_OUT_OF_TIME : STOP_NOT_YET;
}

size_t stop_rule_next_look(const struct stop_rule *rule, size_t block_count)
{
	for (size_t i = 0; i < rule->look_count; i++) {
		if (rule->looks[i] > block_count)
			return rule->looks[i];
	}
	return 0;
}

bool stop_rule_is_adaptive(const struct stop_rule *rule)
{
	return rule->look_count > 1;
}
