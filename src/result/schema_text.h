/* SPDX-License-Identifier: MIT */
/* JSON Schemas that stand in the source as the preprocessor made one string of them. */
#ifndef RESULT_SCHEMA_TEXT_H
#define RESULT_SCHEMA_TEXT_H

/*
 * The schema as json_print has it; made once, and kept in *printed to the end of the program.
 * `text` is JSON but for one thing: long texts are in pieces, as in C.
 */
const char *schema_text_print(const char *text, char **printed);

/* The same, with the members of the object `definitions` at the end of its "$defs". */
const char *schema_text_print_with(const char *text, const char *definitions, char **printed);

#endif
