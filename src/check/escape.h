/* SPDX-License-Identifier: MIT */
/* Texts inside other languages, exactly as those want them. */
#ifndef CHECK_ESCAPE_H
#define CHECK_ESCAPE_H

#include <stdio.h>

/*
 * XML 1.0 text or attribute (in double quotes): & < > " are entities; newline, tab and CR are
 * references, so that attributes keep them; control characters, for which XML has no way at all,
 * and bytes that are not UTF-8 become U+FFFD.
 */
void escape_xml(FILE *stream, const char *text);

/*
 * GitHub's workflow commands: data after "::", and values of properties, in which , and : are
 * escaped as well. Source: actions/toolkit, packages/core/src/command.ts (escapeData,
 * escapeProperty).
 */
void escape_github_data(FILE *stream, const char *text);
void escape_github_property(FILE *stream, const char *text);

/* A label's value in OpenMetrics (in double quotes): \ " and newline. */
void escape_openmetrics(FILE *stream, const char *text);

#endif
