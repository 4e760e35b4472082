/* SPDX-License-Identifier: MIT */
/* JSON Schemas that stand in the source as the preprocessor made one string of them. */
#ifndef RESULT_SCHEMA_TEXT_H
#define RESULT_SCHEMA_TEXT_H

/*
 * The schema as json_print has it; malloc'd. `text` is JSON but for one thing: long texts are in
 * pieces, as in C.
 */
char *schema_text_print(const char *text);

#endif
