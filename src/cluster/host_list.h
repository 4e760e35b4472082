/* SPDX-License-Identifier: MIT */
/* What each rank's host is called, known to all of them. */
#ifndef CLUSTER_HOST_LIST_H
#define CLUSTER_HOST_LIST_H

/*
 * All ranks at once: the names of their hosts in the order of ranks, for as long as the process
 * lives. Of N ranks each gets N names; they go up and down the tree once, at the start.
 */
const char *const *host_list_make(void);

#endif
