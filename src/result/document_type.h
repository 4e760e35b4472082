/* SPDX-License-Identifier: MIT */
/* What a file is, whatever it was taken for, and what can be done with it. */
#ifndef RESULT_DOCUMENT_TYPE_H
#define RESULT_DOCUMENT_TYPE_H

#include <stddef.h>

#include "base/diag.h"
#include "base/json.h"

enum document_type {
	DOCUMENT_UNKNOWN,
	DOCUMENT_RESULT,
	DOCUMENT_COMPARISON,
	DOCUMENT_CHECK,
	DOCUMENT_BASELINE,
	DOCUMENT_HISTORY,
	DOCUMENT_PROBE,
	DOCUMENT_FIO,
	DOCUMENT_JOB_FILE,
};

/* By its schema, its "fio version", or its first section. */
enum document_type document_type_of(const char *text, size_t length);
enum document_type document_type_of_json(const cJSON *root);

/* Reports that it is not what is needed here ("a ringside result"), and what to do with it. */
void document_type_refuse(
	enum document_type type, const char *path, const char *needed, struct diag *diag);

#endif
