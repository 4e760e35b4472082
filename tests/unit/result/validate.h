/* SPDX-License-Identifier: MIT */
/* Validation by an implementation that is not ours: python3's jsonschema. After cmocka.h. */
#ifndef TESTS_UNIT_RESULT_VALIDATE_H
#define TESTS_UNIT_RESULT_VALIDATE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "result/result_fields.h"
#include "schema_text.h"
#include "test.h"

enum { VALIDATE_MISSING = 77 };

static inline void validate_put(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Whether our schema is one, and `document` is as it says. Skips where there is no jsonschema. */
static inline bool is_valid(const char *document)
{
	static const char script[] =
		"import json, sys\n"
		"try:\n"
		"    import jsonschema\n"
		"except ImportError:\n"
		"    sys.exit(77)\n"
		"schema, document = (json.load(open(path)) for path in sys.argv[1:])\n"
		"validator = jsonschema.Draft202012Validator\n"
		"validator.check_schema(schema)\n"
		"errors = list(validator(schema).iter_errors(document))\n"
		"for error in errors:\n"
		"    print(error.json_path, error.message[:200])\n"
		"sys.exit(1 if errors else 0)\n";
	char folder[] = "/tmp/ringside-validate-XXXXXX";
	char command[256];
	char *schema = schema_text(&result_document);
	int status;

	assert_non_null(mkdtemp(folder));
	validate_put(folder, "script", script);
	validate_put(folder, "schema", schema);
	validate_put(folder, "document", document);
	free(schema);
	snprintf(command, sizeof(command),
		"cd %s && { [ -x /usr/bin/python3 ] || exit 77; } && "
		"/usr/bin/python3 script schema document >errors",
		folder);
	status = system(command);
	snprintf(command, sizeof(command), "cat %s/errors; rm -r %s", folder, folder);
	assert_int_equal(system(command), 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == VALIDATE_MISSING) {
		print_message("skipped: /usr/bin/python3 has no jsonschema\n");
		skip();
	}
	return WEXITSTATUS(status) == 0;
}

#endif
