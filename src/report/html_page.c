/* SPDX-License-Identifier: MIT */
/* The embedded texts: the Makefile joins them in HTML_PAGE_FOLDER. */
#include "report/html_page.h"

#define EMBED(name, file)                                                                          \
	__asm__(".section .rodata\n"                                                               \
		".global " #name "\n" #name ":\n"                                                  \
		".incbin \"" HTML_PAGE_FOLDER "/" file "\"\n"                                      \
		".byte 0\n"                                                                        \
		".previous\n")

EMBED(html_page_d3, "d3.js");
EMBED(html_page_script, "page.js");
EMBED(html_page_style, "page.css");
