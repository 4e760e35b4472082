/* SPDX-License-Identifier: MIT */
/* What an option table says of itself: list, help page, man page. */
#ifndef OPTION_OPTION_PRINT_H
#define OPTION_OPTION_PRINT_H

#include <stdio.h>

#include "option/option.h"

/* One line an option, the groups that have any under their names. */
void option_print_list(const struct option_table *table, FILE *stream);

/* All about one option: syntax, alias, type, default, bounds, choices, help, detail. */
void option_print_help(const struct option *option, FILE *stream);

/* The options as subsections (.SS) of a man page, in man(7) macros. */
void option_print_man(const struct option_table *table, FILE *stream);

/* Options of a command, "--name=SYNTAX", which all have a syntax: lines of help, the manual's. */
void option_print_flags(const struct option *options, FILE *stream);
void option_print_man_flags(const struct option *options, FILE *stream);

/* Text as roff wants it: backslashes, hyphens and a leading dot or quote mean something to it. */
void option_print_roff(const char *text, FILE *stream);

#endif
