/* SPDX-License-Identifier: MIT */
/*
 * The parts of the page that have files of their own.
 */
#ifndef CPC_PAGE_SECTIONS_H
#define CPC_PAGE_SECTIONS_H

#include <cpucompat/buffer.h>
#include <cpucompat/peer.h>

/** The table of peers; nothing where there are none. */
void cpc_page_peers(struct cpc_buffer *out, const struct cpc_peers *peers);

/** The requirement table of the host; nothing where it was not judged. */
void cpc_page_ready(struct cpc_buffer *out, const struct cpc_published *published);

#endif
