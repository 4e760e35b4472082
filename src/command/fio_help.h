/* SPDX-License-Identifier: MIT */
/* fio's --cmdhelp and --enghelp, and the page about `ringside fio`. */
#ifndef COMMAND_FIO_HELP_H
#define COMMAND_FIO_HELP_H

/* The detail of the command's help: what is fio's, what is not. */
extern const char fio_help_detail[];

/* One option of jobs, or "all" of them. As in fio an unknown one is no error. */
void fio_help_option(const char *name);

/* "" lists the engines; "ENGINE" its options, "ENGINE,OPTION" one of them. 0, or -EINVAL: there is
 * no such engine, reported. */
int fio_help_engine(const char *name);

#endif
