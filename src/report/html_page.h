/* SPDX-License-Identifier: MIT */
/* What the build embeds for pages: scripts and style (src/report/page/), and d3. */
#ifndef REPORT_HTML_PAGE_H
#define REPORT_HTML_PAGE_H

/* Each text ends with a NUL. That of d3 is empty in a build that did not have it. */
extern const char html_page_d3[], html_page_script[], html_page_style[];

#endif
