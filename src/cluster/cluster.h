/* SPDX-License-Identifier: MIT */
/*
 * Many processes as one run: fills in base/peers.h by MPI. Only in ringside-mpi.
 *
 *     rank 0                                   the others
 *     reads jobs, includes, variables   ->     read what it read               (share)
 *     plans                                    plan: their own targets         (agree)
 *     lays out                                 lay out                         (agree)
 *     prepares threads, files, rings           prepare                         (start, of each
 * wave) chooses a time                    ->     start then, by their own clocks live line <- twice
 * a second: sums            (look) one result                        <-     results, merged along
 * the tree  (merge)
 */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

/*
 * Joins the others; all must be of the same version and have the same words on their command line.
 * An exit code: EXIT_DONE, or that with which all end, reported.
 */
int cluster_open(int *argc, char ***argv);

/* Leaves them; the process's exit code. */
int cluster_close(int code);

#endif
