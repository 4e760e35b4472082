/* SPDX-License-Identifier: MIT */
/* The pages of `ringside help` about things that are no option, command or engine. */
#ifndef COMMAND_HELP_TOPICS_H
#define COMMAND_HELP_TOPICS_H

#include "document/document.h"

/* One of text, print and document. */
struct help_page {
	const char *name;
	const char *title; /* one line */
	const char *text;  /* a topic: lines of at most 92 columns */
	void (*print)(void);
	const struct document_kind *document; /* its schema is printed */
};

/* Those of text alone; ends with name NULL. */
extern const struct help_page help_topics[];

#endif
