/* SPDX-License-Identifier: MIT */
/* A disk's interrupts: its PCI function's numbers in sysfs, their counts in /proc/interrupts. */
#include "host/interrupts.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { NUMBER_LIMIT = 1024 };

/* The folder msi_irqs of the nearest function above the disk's device; NULL: there is none. */
static DIR *open_numbers(const char *disk, struct arena *arena)
{
	char folder[PATH_MAX];
	DIR *entries = NULL;

	if (!realpath(arena_printf(arena, "/sys/block/%s/device", disk), folder))
		return NULL;
	for (char *slash = strrchr(folder, '/'); slash && !entries; slash = strrchr(folder, '/')) {
		entries = opendir(arena_printf(arena, "%s/msi_irqs", folder));
		*slash = '\0';
	}
	return entries;
}

/* "nvme0q0" and "virtio1-config": not for I/O. */
static bool is_for_io(const char *name, size_t length)
{
	static const char *const others[] = {"q0", "-config", "-control"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t bytes = strlen(others[i]);

		if (length >= bytes && strncmp(name + length - bytes, others[i], bytes) == 0)
			return false;
	}
	return true;
}

/* " 24:   12   33  PCI-MSIX-0000:00:04.0  1-edge  nvme0q1": 45. */
static int64_t sum_line(const char *counts, const char *end)
{
	const char *name = end;
	int64_t sum = 0;

	while (name > counts && name[-1] != ' ')
		name--;
	if (!is_for_io(name, (size_t)(end - name)))
		return 0;
	for (;;) {
		char *next;
		long long count = strtoll(counts, &next, 10);

		if (next == counts || next > end || (*next != ' ' && next != end))
			return sum;
		sum += count;
		counts = next;
	}
}

static bool is_listed(const char *const *numbers, const char *number, size_t length)
{
	for (; *numbers; numbers++) {
		if (strlen(*numbers) == length && strncmp(*numbers, number, length) == 0)
			return true;
	}
	return false;
}

int64_t interrupts_sum(const char *table, const char *const *numbers)
{
	int64_t sum = 0;

	while (*table) {
		const char *number = table + strspn(table, " ");
		const char *end = table + strcspn(table, "\n");
		size_t length = strcspn(number, ":\n");

		if (number[length] == ':' && is_listed(numbers, number, length))
			sum += sum_line(number + length + 1, end);
		table = *end ? end + 1 : end;
	}
	return sum;
}

int64_t interrupts_of_disk(const char *disk, struct arena *arena)
{
	DIR *entries = open_numbers(disk, arena);
	const char **numbers = arena_alloc_array(arena, NUMBER_LIMIT + 1, sizeof(*numbers));
	const char *table = text_read_file(arena, "/proc/interrupts");
	size_t count = 0;

	if (!entries)
		return INTERRUPTS_UNKNOWN;
	for (struct dirent *entry = readdir(entries); entry && count < NUMBER_LIMIT;
		entry = readdir(entries)) {
		if (entry->d_name[0] != '.')
			numbers[count++] = arena_strdup(arena, entry->d_name);
	}
	closedir(entries);
	return table && count > 0 ? interrupts_sum(table, numbers) : INTERRUPTS_UNKNOWN;
}
