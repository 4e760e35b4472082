/* SPDX-License-Identifier: MIT */
/*
 * Whether anything was mounted, taken as swap space, or attached since the last look: cheap, so
 * that what was found out before need not be found out again for each of thousands of files.
 */
#ifndef HOST_STORAGE_CHANGES_H
#define HOST_STORAGE_CHANGES_H

#include <stdint.h>

/*
 * A number that is another one after each change, of a device (uevent), of the mounts of this
 * namespace, of swap space. Never 0; where changes cannot be seen it is another one each time.
 * From any thread.
 */
uint64_t storage_changes(void);

#endif
