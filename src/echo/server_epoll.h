/* SPDX-License-Identifier: MIT */
/* The options of the epoll server. */
#ifndef ECHO_SERVER_EPOLL_H
#define ECHO_SERVER_EPOLL_H

#include <stdbool.h>

struct echo_epoll_options {
	bool is_edge; /* EPOLLET */
};

#endif
