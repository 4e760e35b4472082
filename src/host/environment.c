/* SPDX-License-Identifier: MIT */
/* The parts of the environment, one after the other. */
#include "host/environment.h"

#include "host/environment_facts.h"

void environment_read(struct environment *environment, const struct environment_target *targets,
	size_t target_count, struct arena *arena)
{
	struct fact_list list = {.arena = arena};

	environment_read_machine(&list);
	environment_read_limits(&list);
	environment_read_files(&list, targets, target_count);
	environment_read_storage(&list, targets, target_count);
	*environment = (struct environment){
		.hard_count = list.counts[FACT_HARD],
		.hard = list.facts[FACT_HARD],
		.soft_count = list.counts[FACT_SOFT],
		.soft = list.facts[FACT_SOFT],
	};
}
