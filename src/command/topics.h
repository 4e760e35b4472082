/* SPDX-License-Identifier: MIT */
/* Pages of `ringside help TOPIC`, which the manual includes. */
#ifndef COMMAND_TOPICS_H
#define COMMAND_TOPICS_H

struct help_topic {
	const char *name;  /* "cost" */
	const char *title; /* one line */
	const char *text;  /* lines of at most 92 columns; those that are indented are kept as they
			      are */
};

extern const struct help_topic command_topics[]; /* ends with name NULL */

#endif
