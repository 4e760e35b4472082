/* SPDX-License-Identifier: MIT */
/*
 * HOT: a function of the loop. They stand side by side in the program (.text.hot), so that a turn
 * needs few pages of code.
 */
#ifndef BASE_HOT_H
#define BASE_HOT_H

#define HOT __attribute__((hot))

#endif
