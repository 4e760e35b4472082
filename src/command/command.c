/* SPDX-License-Identifier: MIT */
/* The table of commands. */
#include "command/command.h"

#include <string.h>

#include "command/command_list.h"

const struct command *const commands[] = {
	&command_run,
	&command_compare,
	&command_plan,
	&command_check,
	&command_baseline,
	&command_history,
	&command_report,
	&command_probe,
	&command_help,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}
