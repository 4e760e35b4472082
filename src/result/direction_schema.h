/* SPDX-License-Identifier: MIT */
/*
 * What a job's directions have in the result document: definitions for result_schema.c, written as
 * those are. Whoever changes add_direction of write_json.c changes this.
 */
#ifndef RESULT_DIRECTION_SCHEMA_H
#define RESULT_DIRECTION_SCHEMA_H

extern const char direction_schema[]; /* of schema_text_print_with */

#endif
