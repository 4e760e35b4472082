/* SPDX-License-Identifier: MIT */
/* fio's state files, of version 3 and 7; layouts: its verify-state.h. */
#include "verify/fio_state.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "verify/checksum.h"

enum { FILE_LIMIT = 16 << 20 }; /* a depth of a million */

struct raw_head {
	uint64_t version, bytes, crc;
};

/* A generator of fio: whether it has 64 bits, and its state. */
struct raw_random {
	uint64_t is_64_bits, state[6];
};

struct raw_old {
	uint64_t completion_count;
	uint32_t depth, file_count;
	uint64_t issued, index;
	struct raw_random random;
	char name[FIO_STATE_NAME_BYTES];
	uint64_t completions[]; /* pairs */
};

struct raw_new {
	uint32_t depth, padding;
	uint64_t issued, index;
	struct raw_random random;
	char name[FIO_STATE_NAME_BYTES];
	uint64_t in_flight[];
};

static bool copy_name(struct fio_state *state, const char *name)
{
	if (!memchr(name, 0, FIO_STATE_NAME_BYTES))
		return false;
	memcpy(state->name, name, FIO_STATE_NAME_BYTES);
	return true;
}

static int parse_old(const struct raw_old *raw, size_t bytes, struct fio_state *state)
{
	uint64_t pairs;

	if (bytes < sizeof(*raw) || !copy_name(state, raw->name))
		return -EINVAL;
	pairs = (bytes - sizeof(*raw)) / (2 * sizeof(uint64_t));
	state->depth = le32toh(raw->depth);
	state->file_count = le32toh(raw->file_count);
	state->issued = le64toh(raw->issued);
	state->index = le64toh(raw->index);
	state->completion_count = le64toh(raw->completion_count);
	state->completions = raw->completions;
	if (state->completion_count > pairs || (uint64_t)state->depth * state->file_count != pairs)
		return -EINVAL;
	return 0;
}

static int parse_new(const struct raw_new *raw, size_t bytes, struct fio_state *state)
{
	if (bytes < sizeof(*raw) || !copy_name(state, raw->name))
		return -EINVAL;
	state->depth = le32toh(raw->depth);
	state->issued = le64toh(raw->issued);
	state->index = le64toh(raw->index);
	state->in_flight = raw->in_flight;
	return state->depth == (bytes - sizeof(*raw)) / sizeof(uint64_t) ? 0 : -EINVAL;
}

int fio_state_parse(const void *data, size_t bytes, struct fio_state *state)
{
	struct raw_head head;
	const void *body = (const char *)data + sizeof(head);

	*state = (struct fio_state){0};
	if (bytes < sizeof(head))
		return -EINVAL;
	memcpy(&head, data, sizeof(head));
	bytes -= sizeof(head);
	state->version = le64toh(head.version);
	if (le64toh(head.bytes) != bytes || le64toh(head.crc) != checksum_crc32c(body, bytes))
		return -EINVAL;
	if (state->version == FIO_STATE_VERSION_OLD)
		return parse_old(body, bytes, state);
	if (state->version == FIO_STATE_VERSION_NEW)
		return parse_new(body, bytes, state);
	return -EINVAL;
}

int fio_state_read(const char *path, struct fio_state *state)
{
	int descriptor AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *data = malloc(FILE_LIMIT);
	size_t bytes = 0;
	ssize_t got = 1;
	int error;

	if (descriptor < 0)
		return -errno;
	if (!data)
		return -ENOMEM;
	while (got > 0 && bytes < FILE_LIMIT) {
		got = read(descriptor, data + bytes, FILE_LIMIT - bytes);
		if (got < 0)
			return -errno;
		bytes += (size_t)got;
	}
	error = fio_state_parse(data, bytes, state);
	state->completions = state->in_flight = NULL;
	return error;
}
