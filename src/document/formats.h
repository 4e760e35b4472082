/* SPDX-License-Identifier: MIT */
/*
 * Formats of documents. Each kind of document (a result, a comparison, a check, …) has a list of
 * its writers (RESULT_WRITER_LIST), and a line there is all that a format needs: --format=NAME,
 * --NAME=FILE, help, the manual and the completion follow.
 */
#ifndef DOCUMENT_FORMATS_H
#define DOCUMENT_FORMATS_H

#include <stdio.h>

struct document_writer {
	const char *name;    /* --format=NAME */
	const char *as;      /* --NAME=FILE writes it as …; NULL: there is no such option */
	void (*write)(void); /* DOCUMENT_WRITE of a function */
};

/* A writer of this type of document; one of another type does not compile. */
#define DOCUMENT_WRITE(type, function)                                                             \
	((void (*)(void)) _Generic((function), int (*)(type *, FILE *) : (function)))

/* The function of a writer, of the type that it has: what `write` below calls. */
#define DOCUMENT_FUNCTION(type, writer) ((int (*)(type *, FILE *))(writer)->write)

struct document_formats {
	const char *name;                      /* of what: "a comparison" */
	const struct document_writer *writers; /* the default first; ends with name NULL */
	/* By one of `writers`. 0 or -errno of the stream. */
	int (*write)(const struct document_writer *writer, void *document, FILE *stream);
};

#endif
