/* SPDX-License-Identifier: MIT */
#include "host/cpu_idle.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* proc(5): user nice system idle iowait irq softirq steal; guests are in user and nice. */
enum { FIELDS = 8, FIELD_IDLE = 3, FIELD_WAIT = 4 };

static bool parse_line(const char *line, struct cpu_idle_cpu *cpu)
{
	uint64_t ticks[FIELDS];

	*cpu = (struct cpu_idle_cpu){0};
	/* "cpu " is the line of all together. */
	if (strncmp(line, "cpu", 3) != 0 || !isdigit((unsigned char)line[3]) ||
		sscanf(line,
			"cpu%u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
			" %" SCNu64 " %" SCNu64,
			&cpu->number, &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4],
			&ticks[5], &ticks[6], &ticks[7]) != FIELDS + 1)
		return false;
	for (int i = 0; i < FIELDS; i++)
		cpu->all += ticks[i];
	cpu->idle = ticks[FIELD_IDLE] + ticks[FIELD_WAIT];
	return true;
}

struct cpu_idle cpu_idle_parse(const char *text, struct arena *arena)
{
	struct cpu_idle idle = {0};
	size_t lines = 1;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	idle.cpus = arena_alloc_array(arena, lines, sizeof(*idle.cpus));
	while (text) {
		if (parse_line(text, &idle.cpus[idle.count]))
			idle.count++;
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return idle;
}

struct cpu_idle cpu_idle_read(struct arena *arena)
{
	const char *text = text_read_file(arena, "/proc/stat");

	return text ? cpu_idle_parse(text, arena) : (struct cpu_idle){0};
}

/* The kernel's idle counters can go back a little; then nothing is taken from them. */
static uint64_t growth(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

struct cpu_idle cpu_idle_between(
	const struct cpu_idle *before, const struct cpu_idle *after, struct arena *arena)
{
	struct cpu_idle idle = {.cpus = arena_alloc_array(arena, after->count, sizeof(*idle.cpus))};

	for (size_t i = 0, k = 0; i < after->count; i++) {
		const struct cpu_idle_cpu *now = &after->cpus[i];

		while (k < before->count && before->cpus[k].number < now->number)
			k++;
		if (k == before->count || before->cpus[k].number != now->number)
			continue;
		idle.cpus[idle.count++] = (struct cpu_idle_cpu){
			.number = now->number,
			.idle = growth(before->cpus[k].idle, now->idle),
			.all = growth(before->cpus[k].all, now->all),
		};
	}
	return idle;
}

double cpu_idle_percent(const struct cpu_idle_cpu *cpu)
{
	if (cpu->all == 0)
		return 0;
	return cpu->idle < cpu->all ? 100 * (double)cpu->idle / (double)cpu->all : 100;
}

double cpu_idle_percent_of_all(const struct cpu_idle *idle)
{
	struct cpu_idle_cpu sum = {0};

	for (size_t i = 0; i < idle->count; i++) {
		sum.idle += idle->cpus[i].idle;
		sum.all += idle->cpus[i].all;
	}
	return cpu_idle_percent(&sum);
}
