/* SPDX-License-Identifier: MIT */
/* An entry for each unit of a worker's targets: what was written there last, as far as is known. */
#include "run/verify_log.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum { PLACE_MASK = STATE_IS_HEAD | STATE_IS_START };

static uint32_t number_mask(const struct verify_log *log)
{
	return (1u << (log->is_narrow ? STATE_NARROW_NUMBER_BITS : STATE_WIDE_NUMBER_BITS)) - 1;
}

static uint32_t make_entry(const struct verify_log *log, enum state_entry state, uint64_t number)
{
	return ((uint32_t)number & number_mask(log)) << STATE_NUMBER_SHIFT | (uint32_t)state;
}

static enum state_entry state_of(uint32_t entry)
{
	return (enum state_entry)(entry & STATE_MASK);
}

static bool is_settled(enum state_entry state)
{
	return state == STATE_WRITTEN || state == STATE_TRIMMED || state == STATE_WRITTEN_CHECKED ||
	       state == STATE_TRIMMED_CHECKED;
}

static bool is_written(enum state_entry state)
{
	return state == STATE_WRITTEN || state == STATE_WRITTEN_CHECKED;
}

static bool is_due(enum state_entry state)
{
	return state == STATE_WRITTEN || state == STATE_TRIMMED;
}

static uint32_t get(const struct verify_log *log, unsigned target, uint64_t unit)
{
	const void *entries = log->targets[target].entries;

	return log->is_narrow ? ((const uint8_t *)entries)[unit]
			      : ((const uint32_t *)entries)[unit];
}

static void put(struct verify_log *log, unsigned target, uint64_t unit, uint32_t entry)
{
	void *entries = log->targets[target].entries;

	if (log->is_narrow)
		((uint8_t *)entries)[unit] = (uint8_t)entry;
	else
		((uint32_t *)entries)[unit] = entry;
}

uint64_t verify_log_bytes(uint64_t region_bytes, uint32_t unit_bytes, bool is_narrow)
{
	return region_bytes / unit_bytes * (is_narrow ? sizeof(uint8_t) : sizeof(uint32_t));
}

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
}

static uint64_t target_bytes(const struct verify_log_spec *spec, unsigned target)
{
	return round_up(
		verify_log_bytes(spec->regions[target].bytes, spec->unit_bytes, spec->is_narrow));
}

static void use_section(struct verify_log *log, const struct state_section *section)
{
	log->live = section->live;
	log->flights = section->flights;
	log->before = section->before;
	for (unsigned i = 0; i < log->target_count; i++)
		log->targets[i].entries = section->targets[i].entries;
}

static int map_memory(struct verify_log *log, const struct verify_log_spec *spec)
{
	uint64_t flights_bytes = log->slot_count * sizeof(*log->flights);
	uint64_t before_bytes =
		round_up((uint64_t)log->slot_count * log->slot_units * sizeof(*log->before));
	char *memory;

	log->memory_bytes = sizeof(*log->live) + flights_bytes + before_bytes;
	for (unsigned i = 0; i < log->target_count; i++)
		log->memory_bytes += target_bytes(spec, i);
	memory = mmap(NULL, log->memory_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	log->memory = memory;
	log->live = (struct state_live *)memory;
	log->flights = (struct state_flight *)(memory + sizeof(*log->live));
	log->before = (uint32_t *)(memory + sizeof(*log->live) + flights_bytes);
	memory += sizeof(*log->live) + flights_bytes + before_bytes;
	for (unsigned i = 0; i < log->target_count; i++) {
		log->targets[i].entries = memory;
		memory += target_bytes(spec, i);
	}
	return 0;
}

int verify_log_open(struct verify_log *log, struct arena *arena, const struct verify_log_spec *spec)
{
	*log = (struct verify_log){
		.unit_bytes = spec->unit_bytes,
		.block_units = spec->block_bytes / spec->unit_bytes,
		.is_narrow = spec->is_narrow,
		.needs_start = spec->needs_start,
		.target_count = spec->target_count,
		.targets = arena_alloc_array(arena, spec->target_count, sizeof(*log->targets)),
		.slot_count = spec->slot_count,
		.slot_units = (unsigned)(spec->largest_io_bytes / spec->unit_bytes),
	};
	for (unsigned i = 0; i < spec->target_count; i++) {
		log->targets[i].offset = spec->regions[i].offset;
		log->targets[i].unit_count = spec->regions[i].bytes / spec->unit_bytes;
	}
	if (!spec->section)
		return map_memory(log, spec);
	use_section(log, spec->section);
	return 0;
}

void verify_log_close(struct verify_log *log)
{
	if (log->memory)
		munmap(log->memory, log->memory_bytes);
	log->memory = NULL;
}

/* The stores before it are there before those behind it, where the process is killed between. */
static void in_order(void)
{
	atomic_signal_fence(memory_order_acq_rel);
}

static uint32_t loaded_entry(uint32_t entry)
{
	uint32_t place = entry & ~(uint32_t)STATE_MASK;

	switch (state_of(entry)) {
	case STATE_WRITTEN_CHECKED:
		return place | STATE_WRITTEN;
	case STATE_TRIMMED_CHECKED:
		return place | STATE_TRIMMED;
	case STATE_PENDING:
	case STATE_CONTESTED:
		return (entry & PLACE_MASK) | STATE_UNKNOWN;
	default:
		return entry;
	}
}

void verify_log_load(struct verify_log *log, const struct state_section *section)
{
	log->live->newest = section->live->newest;
	for (unsigned target = 0; target < log->target_count; target++) {
		for (uint64_t unit = 0; unit < log->targets[target].unit_count; unit++)
			put(log, target, unit,
				loaded_entry(state_file_entry(
					section, &section->targets[target], unit)));
	}
}

/* The units that an I/O covers. */
struct span {
	unsigned target;
	uint64_t first, end;
};

static struct span span_of(
	const struct verify_log *log, unsigned target, uint64_t offset, uint32_t length)
{
	uint64_t at = offset - log->targets[target].offset;

	return (struct span){target, at / log->unit_bytes,
		(at + length + log->unit_bytes - 1) / log->unit_bytes};
}

/* The rest of a block whose beginning or end is written over. */
static void take_away(struct verify_log *log, unsigned target, uint64_t unit)
{
	uint32_t entry = get(log, target, unit);

	if (is_settled(state_of(entry)))
		put(log, target, unit, (entry & PLACE_MASK) | STATE_UNKNOWN);
}

static void take_away_parts(struct verify_log *log, const struct span *span)
{
	uint64_t count = log->targets[span->target].unit_count;

	for (uint64_t unit = span->first;
		unit > 0 && !(get(log, span->target, unit) & STATE_IS_HEAD);) {
		if (state_of(get(log, span->target, unit)) == STATE_UNTOUCHED)
			break;
		take_away(log, span->target, --unit);
	}
	for (uint64_t unit = span->end;
		unit < count && !(get(log, span->target, unit) & STATE_IS_HEAD) &&
		state_of(get(log, span->target, unit)) != STATE_UNTOUCHED;
		unit++)
		take_away(log, span->target, unit);
}

/* Behind this write may be the rest of an older one that has lost its beginning, and whose number
 * ends alike: it would pass for the end of this one. */
static void take_away_alike(struct verify_log *log, const struct span *span, uint64_t number)
{
	uint32_t entry;

	if (span->end == log->targets[span->target].unit_count)
		return;
	entry = get(log, span->target, span->end);
	if (is_written(state_of(entry)) && !(entry & STATE_IS_START) &&
		verify_log_is_number(log, entry >> STATE_NUMBER_SHIFT, number))
		take_away(log, span->target, span->end);
}

static uint32_t place_of(const struct verify_log *log, const struct span *span, uint64_t unit)
{
	uint64_t at = unit - span->first;
	bool is_head = log->block_units <= 1 || at % log->block_units == 0;

	return (is_head ? STATE_IS_HEAD : 0) | (at == 0 ? STATE_IS_START : 0);
}

/* The flight, before any of its blocks changes. */
static void remember(struct verify_log *log, unsigned slot, const struct state_flight *from,
	const struct span *span)
{
	uint32_t *before = log->before + (size_t)slot * log->slot_units;
	struct state_flight *flight = &log->flights[slot];

	for (uint64_t unit = span->first; unit < span->end; unit++)
		*before++ = get(log, span->target, unit);
	flight->offset = from->offset;
	flight->number = from->number;
	flight->target = from->target;
	flight->is_trim = from->is_trim;
	if (log->live->newest < from->number)
		log->live->newest = from->number;
	in_order();
	flight->length = from->length;
	in_order();
}

void verify_log_begin(struct verify_log *log, unsigned slot, const struct state_flight *from)
{
	struct span span = span_of(log, from->target, from->offset, from->length);
	uint32_t fresh = make_entry(log, STATE_PENDING, from->number);
	uint32_t shared = make_entry(log, STATE_CONTESTED, from->number);

	remember(log, slot, from, &span);
	if (log->block_units > 1)
		take_away_parts(log, &span);
	if (log->needs_start && !from->is_trim)
		take_away_alike(log, &span, from->number);
	for (uint64_t unit = span.first; unit < span.end; unit++) {
		enum state_entry state = state_of(get(log, span.target, unit));
		bool is_out = state == STATE_PENDING || state == STATE_CONTESTED;

		put(log, span.target, unit, place_of(log, &span, unit) | (is_out ? shared : fresh));
	}
}

/* Whether an I/O of another slot covers this unit. */
static bool is_covered(const struct verify_log *log, unsigned slot, unsigned target, uint64_t unit)
{
	for (unsigned i = 0; i < log->slot_count; i++) {
		const struct state_flight *flight = &log->flights[i];
		struct span span;

		if (i == slot || flight->length == 0 || flight->target != target)
			continue;
		span = span_of(log, target, flight->offset, flight->length);
		if (unit >= span.first && unit < span.end)
			return true;
	}
	return false;
}

/* One of several that were in flight together is not any more. */
static void leave_contested(
	struct verify_log *log, unsigned slot, unsigned target, uint64_t unit, uint32_t entry)
{
	if (is_covered(log, slot, target, unit))
		return;
	put(log, target, unit, (entry & PLACE_MASK) | STATE_UNKNOWN);
	log->live->unordered++;
}

void verify_log_undo(struct verify_log *log, unsigned slot)
{
	struct state_flight *flight = &log->flights[slot];
	struct span span;
	const uint32_t *before = log->before + (size_t)slot * log->slot_units;

	if (flight->length == 0)
		return;
	span = span_of(log, flight->target, flight->offset, flight->length);
	for (uint64_t unit = span.first; unit < span.end; unit++, before++) {
		uint32_t entry = get(log, span.target, unit);

		if (state_of(entry) == STATE_PENDING && log->block_units > 1)
			put(log, span.target, unit, (entry & PLACE_MASK) | STATE_UNKNOWN);
		else if (state_of(entry) == STATE_PENDING)
			put(log, span.target, unit, *before);
		else if (state_of(entry) == STATE_CONTESTED)
			leave_contested(log, slot, span.target, unit, entry);
	}
	in_order();
	flight->length = 0;
}

/* Whether no other I/O has touched the block that begins at this unit while its write was out. */
static bool is_alone(const struct verify_log *log, unsigned target, uint64_t first)
{
	for (uint32_t i = 0; i < log->block_units; i++) {
		if (state_of(get(log, target, first + i)) != STATE_PENDING)
			return false;
	}
	return true;
}

void verify_log_end(struct verify_log *log, unsigned slot, uint64_t done_bytes)
{
	struct state_flight *flight = &log->flights[slot];
	enum state_entry state = flight->is_trim ? STATE_TRIMMED : STATE_WRITTEN;
	uint32_t done, whole;
	bool is_known = false;
	struct span span;

	if (flight->length == 0)
		return;
	span = span_of(log, flight->target, flight->offset, flight->length);
	done = make_entry(log, state, flight->number);
	whole = (uint32_t)(done_bytes / log->unit_bytes / log->block_units * log->block_units);
	for (uint64_t unit = span.first; unit < span.end; unit++) {
		uint32_t entry = get(log, span.target, unit);

		if ((unit - span.first) % log->block_units == 0)
			is_known = unit - span.first < whole && is_alone(log, span.target, unit);
		if (state_of(entry) == STATE_CONTESTED)
			leave_contested(log, slot, span.target, unit, entry);
		else if (is_known)
			put(log, span.target, unit, (entry & PLACE_MASK) | done);
		else
			put(log, span.target, unit, (entry & PLACE_MASK) | STATE_UNKNOWN);
	}
	in_order();
	flight->length = 0;
}

/* A whole block of `block_units` begins at this unit. */
static bool is_whole_block(
	const struct verify_log *log, unsigned target, uint64_t unit, uint32_t entry)
{
	if (!(entry & STATE_IS_HEAD) || unit + log->block_units > log->targets[target].unit_count)
		return false;
	for (uint32_t i = 1; i < log->block_units; i++) {
		if (get(log, target, unit + i) != (entry & ~(uint32_t)PLACE_MASK))
			return false;
	}
	return true;
}

/* The first unit from `unit` on at which a whole block begins that is to be verified. */
static uint64_t find_due(const struct verify_log *log, unsigned target, uint64_t unit)
{
	uint64_t count = log->targets[target].unit_count;

	for (; unit < count; unit++) {
		uint32_t entry = get(log, target, unit);

		if (is_due(state_of(entry)) && is_whole_block(log, target, unit, entry))
			return unit;
	}
	return count;
}

/* Where the blocks end that one write, or trim, made from `first` on. */
static uint64_t find_end(
	const struct verify_log *log, unsigned target, uint64_t first, uint64_t limit)
{
	uint32_t entry = get(log, target, first) & ~(uint32_t)STATE_IS_START;
	uint64_t count = log->targets[target].unit_count;
	uint64_t end = first + log->block_units;

	while (end < count && end - first + log->block_units <= limit &&
		get(log, target, end) == entry && is_whole_block(log, target, end, entry))
		end += log->block_units;
	return end;
}

bool verify_log_next(struct verify_log *log, struct verify_cursor *cursor, uint64_t limit_bytes,
	struct verify_run *run)
{
	for (; cursor->target < log->target_count; cursor->target++, cursor->unit = 0) {
		const struct verify_log_target *target = &log->targets[cursor->target];
		uint64_t first = find_due(log, cursor->target, cursor->unit);
		uint32_t entry;

		if (first == target->unit_count)
			continue;
		entry = get(log, cursor->target, first);
		cursor->unit = find_end(log, cursor->target, first, limit_bytes / log->unit_bytes);
		*run = (struct verify_run){
			.offset = target->offset + first * log->unit_bytes,
			.length = (uint32_t)((cursor->unit - first) * log->unit_bytes),
			.target = cursor->target,
			.kept = entry >> STATE_NUMBER_SHIFT,
			.is_trimmed = state_of(entry) == STATE_TRIMMED,
			.is_from_start = entry & STATE_IS_START,
		};
		return true;
	}
	return false;
}

static struct span run_span(const struct verify_log *log, const struct verify_run *run)
{
	return span_of(log, run->target, run->offset, run->length);
}

bool verify_log_holds(const struct verify_log *log, const struct verify_run *run)
{
	struct span span = run_span(log, run);
	uint32_t rest = make_entry(log, run->is_trimmed ? STATE_TRIMMED : STATE_WRITTEN, run->kept);
	uint32_t wanted = rest | (run->is_from_start ? STATE_IS_START : 0);

	for (uint64_t unit = span.first; unit < span.end; unit++, wanted = rest) {
		if ((get(log, span.target, unit) & ~(uint32_t)STATE_IS_HEAD) != wanted)
			return false;
	}
	return true;
}

void verify_log_note_checked(struct verify_log *log, const struct verify_run *run)
{
	uint32_t state = run->is_trimmed ? STATE_TRIMMED_CHECKED : STATE_WRITTEN_CHECKED;
	struct span span = run_span(log, run);

	for (uint64_t unit = span.first; unit < span.end; unit++)
		put(log, span.target, unit,
			(get(log, span.target, unit) & ~(uint32_t)STATE_MASK) | state);
}

uint64_t verify_log_kept(const struct verify_log *log, uint64_t number)
{
	return number & number_mask(log);
}

uint64_t verify_log_number(const struct verify_log *log, uint64_t kept)
{
	return log->is_narrow ? VERIFY_LOG_UNSURE
			      : log->live->newest - ((log->live->newest - kept) & number_mask(log));
}

bool verify_log_is_number(const struct verify_log *log, uint64_t kept, uint64_t found)
{
	return ((kept ^ found) & number_mask(log)) == 0;
}

uint64_t verify_log_last(const struct verify_log *log, unsigned target, uint64_t offset)
{
	const struct verify_log_target *region = &log->targets[target];
	uint64_t unit = (offset - region->offset) / log->unit_bytes;

	if (offset < region->offset || unit >= region->unit_count ||
		!is_written(state_of(get(log, target, unit))))
		return 0;
	return verify_log_number(log, get(log, target, unit) >> STATE_NUMBER_SHIFT);
}

struct verify_log_census verify_log_count(const struct verify_log *log)
{
	uint64_t units[STATE_MASK + 1] = {0};

	for (unsigned target = 0; target < log->target_count; target++) {
		for (uint64_t i = 0; i < log->targets[target].unit_count; i++)
			units[state_of(get(log, target, i))]++;
	}
	return (struct verify_log_census){
		.written = units[STATE_WRITTEN] / log->block_units,
		.trimmed = units[STATE_TRIMMED] / log->block_units,
		.checked = (units[STATE_WRITTEN_CHECKED] + units[STATE_TRIMMED_CHECKED]) /
			   log->block_units,
		.unknown = (units[STATE_UNKNOWN] + units[STATE_PENDING] + units[STATE_CONTESTED] +
				   log->block_units - 1) /
			   log->block_units,
	};
}
