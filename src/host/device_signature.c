/* SPDX-License-Identifier: MIT */
/* libblkid's answers in words. */
#include "host/device_signature.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <string.h>

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

int device_signature_read(int descriptor, const char **found, struct arena *arena)
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
