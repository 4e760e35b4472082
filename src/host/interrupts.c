/* SPDX-License-Identifier: MIT */
/* Interrupts: a PCI function's numbers in sysfs, their counts in /proc/interrupts. */
#include "host/interrupts.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/block_stack.h"

enum { NUMBER_LIMIT = 1024 };

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

struct number_list {
	const char *numbers[NUMBER_LIMIT + 1];
	size_t count;
	struct arena *arena;
};

/* Those of the PCI function that a controller is, or stands on. Whether it has any. */
static bool add_numbers(struct number_list *list, const char *controller)
{
	const char *function = block_stack_folder_above(controller, "msi_irqs", list->arena);
	DIR *entries =
		function ? opendir(arena_printf(list->arena, "%s/msi_irqs", function)) : NULL;
	size_t before = list->count;

	if (!entries)
		return false;
	for (struct dirent *entry = readdir(entries); entry && list->count < NUMBER_LIMIT;
		entry = readdir(entries)) {
		if (entry->d_name[0] != '.')
			list->numbers[list->count++] = arena_strdup(list->arena, entry->d_name);
	}
	closedir(entries);
	return list->count > before;
}

static bool add_disk(struct number_list *list, dev_t disk)
{
	const char *controllers[BLOCK_STACK_WIDTH_LIMIT];
	size_t count =
		block_stack_controllers(disk, controllers, BLOCK_STACK_WIDTH_LIMIT, list->arena);
	bool has_all = count > 0;

	for (size_t i = 0; i < count; i++)
		has_all = add_numbers(list, controllers[i]) && has_all;
	return has_all;
}

/* Those of all the disks that a device stands on, or none. */
static void add_device(struct number_list *list, dev_t device)
{
	struct block_device disks[BLOCK_STACK_WIDTH_LIMIT];
	size_t count = block_stack_disks(device, disks, BLOCK_STACK_WIDTH_LIMIT, list->arena);
	size_t before = list->count;
	bool has_all = true;

	for (size_t i = 0; i < count; i++)
		has_all = add_disk(list, disks[i].number) && has_all;
	if (!has_all)
		list->count = before;
	list->numbers[list->count] = NULL;
}

int64_t interrupts_of_devices(const dev_t *devices, size_t count, struct arena *arena)
{
	struct number_list *list = ARENA_NEW(arena, struct number_list);
	const char *table = text_read_file(arena, "/proc/interrupts");

	list->arena = arena;
	for (size_t i = 0; i < count; i++)
		add_device(list, devices[i]);
	return table && list->count > 0 ? interrupts_sum(table, list->numbers) : INTERRUPTS_UNKNOWN;
}
