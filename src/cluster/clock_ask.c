/* SPDX-License-Identifier: MIT */
/* Question and answer between a rank and its parent; then the rank answers its children. */
#include "cluster/clock_ask.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cluster/collective.h"
#include "cluster/tree.h"

/* What a parent answers. */
struct answer {
	uint64_t now_ns;
	struct clock_offset root; /* of the parent */
	int64_t root_day_ns;      /* CLOCK_REALTIME less clock_now(), of rank 0 */
};

static int64_t root_day_ns, root_offset_ns;

static int64_t day_ns(void)
{
	uint64_t before = clock_now();
	uint64_t day = clock_read(CLOCK_REALTIME);
	uint64_t after = clock_now();

	return (int64_t)(day - (before + (after - before) / 2));
}

static struct clock_offset ask_parent(unsigned parent)
{
	struct clock_sample samples[CLOCK_OFFSET_SAMPLES];
	struct clock_offset offset;
	struct answer answer = {0};

	for (size_t i = 0; i < CLOCK_OFFSET_SAMPLES; i++) {
		struct link_message message;

		samples[i].asked_ns = clock_now();
		link_send(parent, LINK_PING, NULL, 0);
		if (!collective_wait(parent, LINK_PONG, &message))
			return (struct clock_offset){0, UINT64_MAX / 2}; /* the run ends anyway */
		samples[i].answered_ns = clock_now();
		if (message.count == sizeof(answer))
			memcpy(&answer, message.bytes, sizeof(answer));
		samples[i].other_ns = answer.now_ns;
		link_message_free(&message);
	}
	offset = clock_offset_estimate(samples, CLOCK_OFFSET_SAMPLES);
	root_day_ns = answer.root_day_ns;
	return (struct clock_offset){
		offset.offset_ns + answer.root.offset_ns, offset.error_ns + answer.root.error_ns};
}

static void answer_child(unsigned child, const struct clock_offset *own)
{
	for (size_t i = 0; i < CLOCK_OFFSET_SAMPLES; i++) {
		struct answer answer = {.root = *own, .root_day_ns = root_day_ns};
		struct link_message message;

		if (!collective_wait(child, LINK_PING, &message))
			return;
		answer.now_ns = clock_now();
		link_send(child, LINK_PONG, &answer, sizeof(answer));
		link_message_free(&message);
	}
}

struct clock_offset clock_ask(void)
{
	unsigned children[TREE_CHILDREN_LIMIT];
	unsigned count = tree_children(link_rank(), link_count(), children);
	struct clock_offset own = {0, 0};

	root_day_ns = day_ns();
	if (link_rank() > 0)
		own = ask_parent(tree_parent(link_rank()));
	for (unsigned i = count; i-- > 0;) /* The one with most below it first. */
		answer_child(children[i], &own);
	root_offset_ns = own.offset_ns;
	return own;
}

int64_t clock_ask_lead(void)
{
	return link_rank() == 0 ? 0 : day_ns() - root_offset_ns - root_day_ns;
}
