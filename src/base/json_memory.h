/* SPDX-License-Identifier: MIT */
/*
 * Memory of JSON documents. cJSON asks for each node and each text by itself, a million times for a
 * result of 1,000 jobs, and a document is deleted as a whole. So its parts stand side by side in
 * blocks, without malloc()'s words between them, and a block is freed when the last of them is
 * deleted. Parts may go one by one, and from one document to another: their block stays as long.
 */
#ifndef BASE_JSON_MEMORY_H
#define BASE_JSON_MEMORY_H

/*
 * From now on; before the first document. The thread that calls it is the only one that makes,
 * reads and deletes documents. Tests do without it: there the address sanitizer sees each part.
 */
void json_memory_use_blocks(void);

#endif
