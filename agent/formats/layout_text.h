/* SPDX-License-Identifier: MIT */
/* A layout in one word: HOSTSxSOCKETSxMEMORY[xCORES], as 6x2x32GiB or 6x2x32GiBx16. */
#ifndef CPC_LAYOUT_TEXT_H
#define CPC_LAYOUT_TEXT_H

#include <cpucompat/layout.h>

/**
 * Read one: hosts, sockets of each host, memory of each host, cores of each socket, which are 0 where they are not
 * there. `text` is borrowed as its name; `threads` is 1. CPC_USAGE says what is wrong.
 */
enum cpc_status cpc_layout_read(const char *text, struct cpc_layout *ret_layout, struct cpc_error *reterr);

#endif
