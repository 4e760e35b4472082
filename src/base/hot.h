/* SPDX-License-Identifier: MIT */
/*
 * HOT: a function of the loop. They stand side by side in the program (.text.hot), so that a turn
 * needs few pages of code. A machine that empties its TLB at each system call looks each of them up
 * anew: a loop, and what a ring is sent and reaped by, begin a page (HOT_PAGE), where what they
 * need most follows in the order of the file (HOT_NEXT).
 */
#ifndef BASE_HOT_H
#define BASE_HOT_H

#define HOT __attribute__((hot))

#if defined(__has_attribute)
#if __has_attribute(no_reorder)
#define HOT_NEXT __attribute__((hot, no_reorder))
#endif
#endif
#if !defined(HOT_NEXT)
#define HOT_NEXT HOT
#endif
#define HOT_PAGE HOT_NEXT __attribute__((aligned(4096)))

/* A function that is rarely called: its calls stand apart in a hot function, too. */
#define COLD __attribute__((cold))

#endif
