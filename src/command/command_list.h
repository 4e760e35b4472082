/* SPDX-License-Identifier: MIT */
/* What each command's file exports, for the table in command.c. */
#ifndef COMMAND_COMMAND_LIST_H
#define COMMAND_COMMAND_LIST_H

struct command;

extern const struct command command_run;
extern const struct command command_compare;
extern const struct command command_plan;
extern const struct command command_report;
extern const struct command command_probe;
extern const struct command command_check;
extern const struct command command_history;
extern const struct command command_baseline;
extern const struct command command_help;

#endif
