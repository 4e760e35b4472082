/* SPDX-License-Identifier: MIT */
/* Zones that workers share: which one an I/O goes to. */
#include "load/zone_table.h"

#include <errno.h>

#include "base/futex.h"

struct zone_table *zone_table_new(struct arena *arena, uint64_t zone_bytes, uint32_t zone_count)
{
	struct zone_table *table = ARENA_NEW(arena, struct zone_table);

	table->zone_bytes = zone_bytes;
	table->zone_count = zone_count;
	table->zones = arena_alloc_array(arena, zone_count, sizeof(*table->zones));
	table->open_zones = arena_alloc_array(arena, ZONE_OPEN_LIMIT, sizeof(*table->open_zones));
	table->writes_to_reset = UINT32_MAX;
	pthread_mutex_init(&table->mutex, NULL); /* Cannot fail for a default mutex. */
	return table;
}

struct zone_table *zone_table_emulate(
	struct arena *arena, uint64_t target_bytes, uint64_t zone_bytes, uint64_t capacity_bytes)
{
	uint32_t count = (uint32_t)((target_bytes + zone_bytes - 1) / zone_bytes);
	struct zone_table *table = zone_table_new(arena, zone_bytes, count);

	for (uint32_t i = 0; i < count; i++) {
		uint64_t start = i * zone_bytes;

		table->zones[i] = (struct zone){
			.start = start,
			.end = start + zone_bytes,
			.capacity_end = start + capacity_bytes,
			.pointer = start,
			.written = start,
			.has_pointer = true,
		};
	}
	return table;
}

uint32_t zone_table_index(const struct zone_table *table, uint64_t offset)
{
	uint64_t index = offset / table->zone_bytes;

	return index < table->zone_count ? (uint32_t)index : table->zone_count;
}

bool zone_table_has_pointers(const struct zone_table *table, uint64_t offset, uint64_t bytes)
{
	uint32_t end = bytes > 0 ? zone_table_index(table, offset + bytes - 1) + 1 : 0;

	for (uint32_t i = zone_table_index(table, offset); i < end && i < table->zone_count; i++) {
		if (table->zones[i].has_pointer)
			return true;
	}
	return false;
}

uint64_t zone_use_written(const struct zone_use *use, const struct zone *zone)
{
	uint64_t written;

	pthread_mutex_lock(&use->table->mutex);
	written = zone->written;
	pthread_mutex_unlock(&use->table->mutex);
	return written;
}

bool zone_use_has_data(const struct zone_use *use)
{
	bool has_data;

	pthread_mutex_lock(&use->table->mutex);
	has_data = use->data_bytes > 0;
	pthread_mutex_unlock(&use->table->mutex);
	return has_data;
}

static bool is_in(const struct zone_use *use, uint32_t index)
{
	return index >= use->first_zone && index < use->end_zone;
}

static uint32_t index_of(const struct zone_use *use, const struct zone *zone)
{
	return (uint32_t)(zone - use->table->zones);
}

/* Data came into a zone, or left it: all whose region it is in are told. */
static void note_data(struct zone_table *table, const struct zone *zone, int64_t bytes)
{
	uint32_t index = (uint32_t)(zone - table->zones);

	for (struct zone_use *use = table->uses; use; use = use->next) {
		if (!is_in(use, index))
			continue;
		use->data_bytes += (uint64_t)bytes;
		if (zone->has_pointer)
			use->pointer_data_bytes += (uint64_t)bytes;
	}
}

/* Lets a zone be opened in its place. */
static void close_zone(struct zone_table *table, struct zone *zone)
{
	uint32_t index = (uint32_t)(zone - table->zones);
	uint32_t at = 0;

	if (!zone->is_open)
		return;
	while (at < table->open_count && table->open_zones[at] != index)
		at++;
	table->open_count--;
	for (; at < table->open_count; at++)
		table->open_zones[at] = table->open_zones[at + 1];
	zone->is_open = false;
	if (zone->opener)
		zone->opener->open_count--;
	zone->opener = NULL;
}

static void let_go(struct zone_table *table, struct zone *zone)
{
	if (zone->in_flight == 0)
		zone->owner = NULL;
	atomic_fetch_add(&table->changes, 1);
	if (table->waiters > 0)
		futex_wake(&table->changes, INT32_MAX);
}

void zone_use_detach(struct zone_use *use)
{
	struct zone_table *table = use->table;
	struct zone_use **link = &table->uses;

	pthread_mutex_lock(&table->mutex);
	while (*link && *link != use)
		link = &(*link)->next;
	if (*link)
		*link = use->next;
	for (uint32_t i = 0; i < table->zone_count; i++) {
		struct zone *zone = &table->zones[i];

		if (zone->opener == use)
			zone->opener = NULL;
		if (zone->owner != use)
			continue;
		table->writes_in_flight -= zone->writes_in_flight;
		zone->in_flight = zone->writes_in_flight = 0;
		zone->is_resetting = false;
		let_go(table, zone);
	}
	pthread_mutex_unlock(&table->mutex);
}

static enum zone_choice fail(struct zone_use *use, int error, const char *problem)
{
	use->error = error;
	use->problem = problem;
	return ZONE_FAILED;
}

/* What the next write to a zone may have. */
static uint64_t room_in(const struct zone_use *use, const struct zone *zone)
{
	uint64_t least = use->least_bytes[DIRECTION_WRITE];
	uint64_t rest = zone->capacity_end - zone->pointer;

	if (rest < least)
		return use->writes_rests ? rest : 0;
	return rest / least * least;
}

static bool is_full(const struct zone_use *use, const struct zone *zone)
{
	return zone->has_pointer && room_in(use, zone) == 0;
}

static bool is_limited(const struct zone_use *use)
{
	return use->table->open_limit != 0;
}

/* False: no more may be open, or the zone will be full when its writes are done. */
static bool try_to_open(struct zone_use *use, struct zone *zone)
{
	struct zone_table *table = use->table;

	if (zone->is_offline)
		return false;
	if (!is_limited(use))
		return true;
	if (zone->is_open)
		return zone->pointer < zone->capacity_end;
	if ((use->open_limit != 0 && use->open_count >= use->open_limit) ||
		table->open_count >= table->open_limit)
		return false;
	table->open_zones[table->open_count++] = index_of(use, zone);
	use->open_count++;
	zone->is_open = true;
	zone->opener = use;
	return true;
}

/* 0 or -errno. */
static int adopt(struct zone_use *use, struct zone *zone)
{
	int error;

	if (!zone->was_open || !use->writes)
		return 0;
	zone->was_open = false;
	if (try_to_open(use, zone))
		return 0;
	error = use->finish(use->context, zone);
	if (error == 0)
		zone->pointer = zone->written = zone->capacity_end;
	return error;
}

int zone_use_attach(struct zone_use *use)
{
	struct zone_table *table = use->table;
	int error = 0;

	use->open_count = 0;
	use->data_bytes = use->pointer_data_bytes = 0;
	pthread_mutex_lock(&table->mutex);
	use->next = table->uses;
	table->uses = use;
	for (uint32_t i = use->first_zone; i < use->end_zone && error == 0; i++) {
		struct zone *zone = &table->zones[i];

		error = adopt(use, zone);
		use->data_bytes += zone->pointer - zone->start;
		if (zone->has_pointer)
			use->pointer_data_bytes += zone->pointer - zone->start;
	}
	if (use->reset_interval != 0)
		table->writes_to_reset = use->reset_interval;
	pthread_mutex_unlock(&table->mutex);
	return error;
}

/* The open zone of its region that an offset stands for, or one after it in the list. */
static struct zone *open_zone_for(const struct zone_use *use, uint64_t offset)
{
	const struct zone_table *table = use->table;
	uint64_t at = (uint64_t)((unsigned __int128)(offset - use->region_offset) *
				 table->open_count / use->region_bytes);

	for (uint32_t i = 0; i < table->open_count; i++, at++) {
		if (at >= table->open_count)
			at = 0;
		if (is_in(use, table->open_zones[at]))
			return &table->zones[table->open_zones[at]];
	}
	return NULL;
}

/* The first behind `zone` that may be opened, going round the region; NULL: none. */
static struct zone *open_another(struct zone_use *use, struct zone *zone)
{
	struct zone_table *table = use->table;
	uint32_t index = index_of(use, zone);

	for (uint32_t i = use->first_zone; i < use->end_zone; i++) {
		index = index + 1 >= use->end_zone ? use->first_zone : index + 1;
		zone = &table->zones[index];
		if (zone->has_pointer && !zone->is_open && try_to_open(use, zone))
			return zone;
	}
	return NULL;
}

static struct zone *open_zone_with_room(const struct zone_use *use)
{
	const struct zone_table *table = use->table;

	for (uint32_t i = 0; i < table->open_count; i++) {
		struct zone *zone = &table->zones[table->open_zones[i]];

		if (is_in(use, table->open_zones[i]) && !is_full(use, zone))
			return zone;
	}
	return NULL;
}

/* A write to a zone that cannot be opened: the zone that it goes to instead. */
static enum zone_choice convert(struct zone_use *use, uint64_t offset, struct zone **zone)
{
	struct zone_table *table = use->table;
	struct zone *chosen = is_limited(use) ? open_zone_for(use, offset) : *zone;

	if (is_limited(use) && table->open_count > 0 && !chosen)
		return ZONE_ENDS; /* all that may be open are in the regions of others */
	if (chosen && !chosen->is_offline && !is_full(use, chosen)) {
		*zone = chosen;
		return ZONE_TAKEN;
	}
	/* Those that are being filled close when their writes are done. */
	if (is_limited(use) && table->writes_in_flight > 0 &&
		(table->open_count == table->open_limit ||
			(use->open_limit != 0 && use->open_count >= use->open_limit)))
		return ZONE_WAITS;
	chosen = open_another(use, chosen ? chosen : *zone);
	if (!chosen)
		chosen = open_zone_with_room(use);
	if (!chosen)
		return table->writes_in_flight > 0 ? ZONE_WAITS : ZONE_ENDS;
	*zone = chosen;
	return ZONE_TAKEN;
}

static bool is_anothers(const struct zone_use *use, const struct zone *zone)
{
	return zone->is_resetting || (zone->owner && zone->owner != use);
}

/* zone_reset_frequency: every so many writes one resets its zone, where there are enough data. */
static void count_to_reset(struct zone_use *use, struct zone *zone)
{
	struct zone_table *table = use->table;

	if (use->reset_interval == 0 || use->has_counted)
		return;
	use->has_counted = true;
	if ((double)use->pointer_data_bytes < (double)use->region_bytes * use->reset_threshold)
		return;
	if (--table->writes_to_reset > 0)
		return;
	table->writes_to_reset = use->reset_interval;
	zone->must_reset = true;
}

static void set_empty(struct zone_table *table, struct zone *zone)
{
	note_data(table, zone, -(int64_t)(zone->pointer - zone->start));
	zone->pointer = zone->written = zone->start;
}

/* Nothing is in flight in it. */
static enum zone_choice empty_zone(struct zone_use *use, struct zone *zone)
{
	struct zone_table *table = use->table;
	uint64_t data_bytes = zone->pointer - zone->start;
	int error = 0;

	zone->must_reset = false;
	if (data_bytes > 0) {
		/* The call takes its time. */
		zone->is_resetting = true;
		zone->owner = use;
		pthread_mutex_unlock(&table->mutex);
		error = use->reset(use->context, zone);
		pthread_mutex_lock(&table->mutex);
		zone->is_resetting = false;
		let_go(table, zone);
	}
	if (error != 0)
		return fail(use, -error, "a zone cannot be reset");
	set_empty(table, zone);
	return is_full(use, zone) ? fail(use, EINVAL, "the capacity of a zone is less than a block")
				  : ZONE_TAKEN;
}

static void hold(struct zone_use *use, struct zone *zone)
{
	zone->owner = use;
	zone->in_flight++;
}

/* A write to a zone without a write pointer stops where one with a pointer begins. */
static enum zone_choice place_conventional(
	const struct zone_use *use, const struct zone *zone, uint64_t *offset, uint64_t *bytes)
{
	uint64_t least = use->least_bytes[IO_WRITE];
	bool is_last = index_of(use, zone) + 1 >= use->table->zone_count;

	if (is_last || !zone[1].has_pointer || *offset + *bytes <= zone->end)
		return ZONE_TAKEN;
	if (*offset + least > zone->end)
		*offset = zone->start + (zone->end - *offset);
	if (*bytes > zone->end - *offset)
		*bytes = zone->end - *offset;
	*bytes = *bytes / least * least;
	return ZONE_TAKEN;
}

static enum zone_choice place_write(
	struct zone_use *use, struct zone *zone, uint64_t *offset, uint64_t *bytes)
{
	enum zone_choice choice = ZONE_TAKEN;
	uint64_t room;

	if (!zone->has_pointer)
		return place_conventional(use, zone, offset, bytes);
	if (*bytes > use->table->zone_bytes)
		return fail(use, EINVAL, "a block is larger than a zone");
	if (!try_to_open(use, zone))
		choice = convert(use, *offset, &zone);
	if (choice != ZONE_TAKEN)
		return choice;
	if (is_anothers(use, zone) || (use->table->is_ordered && zone->writes_in_flight > 0))
		return ZONE_WAITS;
	count_to_reset(use, zone);
	if (zone->must_reset || is_full(use, zone)) {
		if (zone->in_flight > 0)
			return ZONE_WAITS;
		choice = empty_zone(use, zone);
		if (choice != ZONE_TAKEN)
			return choice;
	}
	room = room_in(use, zone);
	*offset = zone->pointer;
	if (*bytes > room)
		*bytes = room;
	hold(use, zone);
	zone->writes_in_flight++;
	use->table->writes_in_flight++;
	zone->pointer += *bytes;
	note_data(use->table, zone, (int64_t)*bytes);
	use->has_counted = false;
	return ZONE_TAKEN;
}

static bool has_data(const struct zone *zone, uint64_t bytes)
{
	return !zone->is_offline && zone->start + bytes <= zone->written;
}

/* One behind it that has so much to read, or at random the nearest; NULL: none. */
static struct zone *find_data(const struct zone_use *use, const struct zone *zone, uint64_t bytes)
{
	struct zone *zones = use->table->zones;
	int64_t up = (int64_t)index_of(use, zone) + 1, down = up - 2;

	for (; up < use->end_zone || (use->is_random && down >= use->first_zone); up++, down--) {
		if (up < use->end_zone && has_data(&zones[up], bytes))
			return &zones[up];
		if (use->is_random && down >= use->first_zone && has_data(&zones[down], bytes))
			return &zones[down];
	}
	return NULL;
}

static enum zone_choice place_read(
	struct zone_use *use, struct zone *zone, uint64_t *offset, uint64_t *bytes)
{
	uint64_t least = use->least_bytes[IO_READ], in_zone = *offset - zone->start, data_bytes;

	if (!zone->has_pointer || (use->reads_beyond && !zone->is_offline))
		return ZONE_TAKEN;
	if (!has_data(zone, least) || (!use->is_random && *offset + least > zone->written)) {
		zone = find_data(use, zone, least);
		if (!zone)
			return use->table->writes_in_flight > 0 ? ZONE_WAITS : ZONE_ENDS;
		if (!use->is_random)
			*offset = zone->start;
	}
	if (is_anothers(use, zone) && zone->has_pointer)
		return ZONE_WAITS;
	data_bytes = zone->written - zone->start;
	if (data_bytes <= *bytes)
		*offset = zone->start;
	else if (use->is_random)
		*offset = zone->start + in_zone % (data_bytes - *bytes) / least * least;
	if (*bytes > zone->written - *offset)
		*bytes = (zone->written - *offset) / least * least;
	if (zone->has_pointer)
		hold(use, zone);
	return ZONE_TAKEN;
}

static enum zone_choice place_trim(
	struct zone_use *use, struct zone *zone, uint64_t *offset, uint64_t bytes)
{
	if (!zone->has_pointer)
		return ZONE_TAKEN;
	if (use->is_random && zone->pointer == zone->start) {
		zone = find_data(use, zone, 1);
		if (!zone)
			return use->table->writes_in_flight > 0 ? ZONE_WAITS : ZONE_ENDS;
		*offset = zone->start;
		if (!zone->has_pointer)
			return ZONE_TAKEN;
	}
	if (*offset != zone->start || bytes != use->table->zone_bytes)
		return fail(use, EINVAL, "a trim is of a whole zone");
	if (is_anothers(use, zone) || zone->in_flight > 0)
		return ZONE_WAITS;
	hold(use, zone);
	zone->is_resetting = true;
	return ZONE_TAKEN;
}

enum zone_choice zone_use_place(
	struct zone_use *use, enum io_direction direction, uint64_t *offset, uint64_t *bytes)
{
	struct zone_table *table = use->table;
	uint32_t index = zone_table_index(table, *offset);
	struct zone *zone = &table->zones[index];
	enum zone_choice choice;

	if (index == table->zone_count)
		return ZONE_ENDS;
	pthread_mutex_lock(&table->mutex);
	use->changes = atomic_load(&table->changes);
	if (direction == DIRECTION_READ)
		choice = place_read(use, zone, offset, bytes);
	else if (direction == DIRECTION_WRITE)
		choice = place_write(use, zone, offset, bytes);
	else
		choice = place_trim(use, zone, offset, *bytes);
	pthread_mutex_unlock(&table->mutex);
	return choice;
}

/* No more is written to it. A drive counts it as open as long as it is not full. */
static void leave_zone(struct zone_use *use, struct zone *zone)
{
	bool has_rest = zone->pointer < zone->capacity_end;

	close_zone(use->table, zone);
	/* Where it fails the zone stays open, as it would without. */
	if (use->table->is_ordered && has_rest)
		(void)use->finish(use->context, zone);
}

/* A write from `offset` on has failed: the drive's own pointer has stayed there, or it is asked. */
static void move_back(struct zone_use *use, struct zone *zone, uint64_t offset)
{
	uint64_t pointer = offset;

	if (use->table->is_ordered && use->recover &&
		(use->recover(use->context, zone, &pointer) != 0 || pointer < zone->start ||
			pointer > zone->capacity_end))
		pointer = offset;
	note_data(use->table, zone, (int64_t)(pointer - zone->pointer));
	zone->pointer = pointer;
}

static void release_write(
	struct zone_use *use, struct zone *zone, uint64_t offset, uint64_t bytes, bool is_done)
{
	struct zone_table *table = use->table;

	zone->writes_in_flight--;
	table->writes_in_flight--;
	if (!is_done && zone->pointer == offset + bytes)
		move_back(use, zone, offset);
	if (zone->writes_in_flight == 0)
		zone->written = zone->pointer;
	if (is_done && zone->pointer == offset + bytes && is_full(use, zone))
		leave_zone(use, zone);
}

bool zone_use_release(struct zone_use *use, enum io_direction direction, uint64_t offset,
	uint64_t bytes, bool was_sent, bool is_done)
{
	struct zone_table *table = use->table;
	struct zone *zone = &table->zones[zone_table_index(table, offset)];
	bool has_reset = false;

	if (!zone->has_pointer || (direction == DIRECTION_READ && use->reads_beyond))
		return false;
	pthread_mutex_lock(&table->mutex);
	if (zone->owner == use && zone->in_flight > 0) {
		zone->in_flight--;
		if (direction == DIRECTION_WRITE) {
			release_write(use, zone, offset, bytes, was_sent && is_done);
		} else if (direction == DIRECTION_TRIM) {
			has_reset = was_sent && is_done && zone->pointer > zone->start;
			zone->is_resetting = false;
			if (has_reset)
				set_empty(table, zone);
		}
		let_go(table, zone);
	}
	pthread_mutex_unlock(&table->mutex);
	return has_reset;
}

void zone_use_wait(struct zone_use *use, uint64_t limit_ns)
{
	struct zone_table *table = use->table;
	struct timespec until = futex_time_after(limit_ns);

	pthread_mutex_lock(&table->mutex);
	table->waiters++;
	pthread_mutex_unlock(&table->mutex);
	futex_wait(&table->changes, use->changes, &until);
	pthread_mutex_lock(&table->mutex);
	table->waiters--;
	pthread_mutex_unlock(&table->mutex);
}

enum zone_trim zone_table_trim(const struct zone_table *table, uint64_t offset)
{
	const struct zone *zone = &table->zones[zone_table_index(table, offset)];

	if (!zone->has_pointer)
		return ZONE_DISCARDS;
	return table->is_ordered && zone->pointer > zone->start ? ZONE_RESETS : ZONE_IS_EMPTY;
}
