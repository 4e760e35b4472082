/* SPDX-License-Identifier: MIT */
/*
 * Many processes as one run: fills in base/peers.h by MPI. Only in ringside-mpi.
 *
 *     rank 0                                    the others
 *     reads job files, variables           ->   read what it has read            share
 *     plans                                     plan their own targets           agree_on_plan
 *     lays out files                            lay out theirs                   agree
 *     prepares threads, files, rings            prepare theirs                   start, of each
 *     chooses a time                       ->   begin then, by their own clocks    wave of jobs
 *     live line, by the sum of all         <-   what they have done              look
 *     one result                           <-   results, merged along the tree   merge
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
