/* SPDX-License-Identifier: MIT */
/*
 * Mounts, swap and holders of a block device, of its partitions and of its disk; the same for a
 * regular file; and the signatures on a device, by libblkid.
 */
#include "host/device_use.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "host/file_identity.h"
#include "host/mount_table.h"
#include "host/sysfs.h"

enum { DEPTH_LIMIT = 8 }; /* devices that stand on devices */

/* What one search works with. */
struct use_search {
	struct mount_table mounts;
	const char *const *swaps; /* nodes of the swap areas, NULL-terminated */
	dev_t besides;            /* is no use */
	struct arena *arena;
};

/* A device that is looked at, and what it is to the one that was asked about. */
struct relative {
	dev_t number;
	const char *node;     /* "/dev/sda1" */
	const char *relation; /* "a partition of it"; NULL: the device itself */
};

/* As the subject of a sentence, that goes on after it. */
static const char *subject(const struct relative *relative, struct arena *arena)
{
	if (!relative->relation)
		return relative->node;
	return arena_printf(arena, "%s, %s,", relative->node, relative->relation);
}

static const char *find_mount(const struct use_search *search, const struct relative *relative)
{
	for (size_t i = 0; i < search->mounts.count; i++) {
		const struct mount_point *mount = &search->mounts.points[i];

		if (mount->device == relative->number || mount->source_device == relative->number)
			return arena_printf(search->arena, "%s is mounted on %s",
				subject(relative, search->arena), mount->folder);
	}
	return NULL;
}

static bool is_node_of(const char *path, dev_t number)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISBLK(status.st_mode) && status.st_rdev == number;
}

static const char *find_swap(const struct use_search *search, const struct relative *relative)
{
	for (const char *const *node = search->swaps; *node; node++) {
		if (is_node_of(*node, relative->number))
			return arena_printf(search->arena, "%s is in use as swap space",
				subject(relative, search->arena));
	}
	return NULL;
}

/* The devices that stand on `number`, by sysfs name, NULL-terminated. */
static const char **list_holders(dev_t number, dev_t besides, struct arena *arena)
{
	size_t holder_count;
	char **names = sysfs_entries(
		arena, &holder_count, "%s/holders", sysfs_block_folder(number, arena));
	struct loop_device_name *loops;
	/* A loop device on a block device is no holder to the kernel, and claims nothing. */
	size_t loop_count = loop_devices_on_device(number, &loops, arena), count = 0;
	const char **holders =
		arena_alloc_array(arena, holder_count + loop_count + 1, sizeof(*holders));

	for (; count < holder_count; count++)
		holders[count] = names[count];
	for (size_t i = 0; i < loop_count; i++) {
		if (loops[i].number != besides)
			holders[count++] = loops[i].name;
	}
	return holders;
}

/* "/dev/dm-0 (vg-root)" */
static const char *holder_label(const char *name, struct arena *arena)
{
	const char *node = block_device_node(name, arena);
	const char *mapping = sysfs_text(arena, "/sys/block/%s/dm/name", name);

	return mapping ? arena_printf(arena, "%s (%s)", node, mapping) : node;
}

static const char *find_use(
	const struct use_search *search, const struct relative *relative, unsigned depth)
{
	struct arena *arena = search->arena;
	const char *use = find_mount(search, relative);
	const char **holders;

	if (!use)
		use = find_swap(search, relative);
	if (use || depth == DEPTH_LIMIT)
		return use;
	holders = list_holders(relative->number, search->besides, arena);
	if (!holders[0])
		return NULL;
	for (size_t i = 0; holders[i] && !use; i++) {
		struct relative holder = {
			.number = sysfs_device(arena, "/sys/block/%s/dev", holders[i]),
			.node = holder_label(holders[i], arena),
		};

		use = find_use(search, &holder, depth + 1);
	}
	if (!use)
		use = holder_label(holders[0], arena);
	else
		use = arena_printf(arena, "%s, and", use);
	return arena_printf(arena, "%s stands on %s%s%s", use, relative->node,
		relative->relation ? ", " : "", relative->relation ? relative->relation : "");
}

int device_use_find(
	const struct block_device *device, dev_t besides, const char **reason, struct arena *arena)
{
	struct use_search search = {.arena = arena, .besides = besides};
	struct relative itself = {device->number, block_device_node(device->name, arena), NULL};
	struct relative disk = {device->disk_number, block_device_node(device->disk, arena),
		"the disk it is part of"};
	struct block_device *partitions;
	size_t count;
	int error = mount_table_read(&search.mounts, arena);

	if (error == 0)
		error = mount_table_swaps(&search.swaps, arena);
	if (error < 0)
		return error;
	*reason = find_use(&search, &itself, 0);
	if (!*reason && device->is_partition)
		*reason = find_use(&search, &disk, 0);
	count = block_device_partitions(device, &partitions, arena);
	for (size_t i = 0; i < count && !*reason; i++) {
		struct relative partition = {partitions[i].number,
			block_device_node(partitions[i].name, arena), "a partition of it"};

		*reason = find_use(&search, &partition, 0);
	}
	return 0;
}

/* What is open is compared, not a name: a link, or the same file through an overlay, is the same.
 */
static enum file_likeness compare_with(const char *path, int descriptor)
{
	AUTO_CLOSE int other = -1;
	struct stat status;

	/* Most are devices, and some of the rest no paths at all. */
	if (path[0] != '/' || stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return FILE_IS_OTHER;
	other = open(path, O_PATH | O_CLOEXEC);
	if (other < 0 || fstat(other, &status) < 0 || !S_ISREG(status.st_mode))
		return FILE_IS_OTHER;
	return file_compare(descriptor, other);
}

/* "a is in use as swap space"; where it is not sure, "a cannot be told from /b, which is …". */
static const char *file_words(
	const char *path, const char *other, enum file_likeness likeness, struct arena *arena)
{
	if (likeness == FILE_IS_SAME)
		return path;
	return arena_printf(arena, "%s cannot be told from %s, which", path, other);
}

int device_use_of_file(int descriptor, const char *path, struct file_use *use, struct arena *arena)
{
	struct mount_table mounts;
	const char *const *swaps;
	enum file_likeness likeness;
	int error = mount_table_read(&mounts, arena);

	*use = (struct file_use){0};
	if (error == 0)
		error = mount_table_swaps(&swaps, arena);
	if (error < 0)
		return error;
	for (; *swaps && !use->reason; swaps++) {
		likeness = compare_with(*swaps, descriptor);
		if (likeness != FILE_IS_OTHER)
			use->reason = arena_printf(arena, "%s is in use as swap space",
				file_words(path, *swaps, likeness, arena));
	}
	/* Such as an erofs, which since Linux 6.12 needs no loop device. */
	for (size_t i = 0; i < mounts.count && !use->reason; i++) {
		const struct mount_point *mount = &mounts.points[i];

		likeness = compare_with(mount->source, descriptor);
		if (likeness != FILE_IS_OTHER)
			use->reason = arena_printf(arena, "%s is mounted on %s",
				file_words(path, mount->source, likeness, arena), mount->folder);
	}
	use->loop_count = loop_devices_on_file(descriptor, path, &use->loops, arena);
	return 0;
}

static const char *look_up(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) == 0 ? value : NULL;
}

/* The signature that the last step found. */
static const char *describe(blkid_probe probe, struct arena *arena)
{
	const char *type = look_up(probe, "TYPE"), *usage = look_up(probe, "USAGE");
	const char *label = look_up(probe, "LABEL"), *table = look_up(probe, "PTTYPE");
	const char *kind = "signature"; /* RAID and LVM members, LUKS, swap */

	if (!type)
		return table ? arena_printf(arena, "%s partition table", table) : NULL;
	if (usage && strcmp(usage, "filesystem") == 0)
		kind = "file system";
	return arena_printf(arena, "%s %s%s%s%s", type, kind, label ? " '" : "", label ? label : "",
		label ? "'" : "");
}

int device_use_signatures(int descriptor, const char **found, struct arena *arena)
{
	blkid_probe probe = blkid_new_probe();
	int result;

	*found = NULL;
	if (!probe)
		return -ENOMEM;
	errno = 0;
	result = blkid_probe_set_device(probe, descriptor, 0, 0);
	if (result == 0) {
		blkid_probe_enable_superblocks(probe, 1);
		/* A damaged file system is a file system; so is a GPT that lost its first copy. */
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE |
								 BLKID_SUBLKS_LABEL |
								 BLKID_SUBLKS_BADCSUM);
		blkid_probe_enable_partitions(probe, 1);
		blkid_probe_set_partitions_flags(probe, BLKID_PARTS_FORCE_GPT);
		for (result = blkid_do_probe(probe); result == 0; result = blkid_do_probe(probe)) {
			const char *words = describe(probe, arena);

			if (words && !*found)
				*found = words;
			else if (words && !strstr(*found, words))
				*found = arena_printf(arena, "%s, %s", *found, words);
		}
	}
	blkid_free_probe(probe);
	if (result < 0)
		return errno ? -errno : -EIO;
	return 0;
}
