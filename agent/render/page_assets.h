/* SPDX-License-Identifier: MIT */
/*
 * The style and the script of the pages, made of the files in page/ by page/embed.cmake.
 */
#ifndef CPC_PAGE_ASSETS_H
#define CPC_PAGE_ASSETS_H

#include <stddef.h>

/** page/page.css and page/page.js: ASCII, NUL-terminated beyond their size. */
extern const char cpc_page_css[];
extern const size_t cpc_page_css_size;
extern const char cpc_page_js[];
extern const size_t cpc_page_js_size;

#endif
