/* SPDX-License-Identifier: MIT */
/*
 * Foreign bytes made safe for each kind of document.
 */
#ifndef CPC_ESCAPE_H
#define CPC_ESCAPE_H

#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/snapshot.h>

/** Room for a vendor string each byte of which is escaped, and a NUL. */
#define CPC_VENDOR_TEXT_SIZE ((CPC_VENDOR_SIZE - 1) * 3 + 1)

/**
 * A vendor's or hypervisor's 12 raw bytes as printable ASCII: trailing NULs dropped,
 * other bytes that are not printable (and `%`) as %XX.
 */
void cpc_vendor_text(const char raw[static CPC_VENDOR_SIZE], char ret_text[static CPC_VENDOR_TEXT_SIZE]);

/** Append as the content or a quoted attribute of HTML. */
void cpc_add_html(struct cpc_buffer *out, const char *text);

/** Append as the inside of a Prometheus label value: backslash, quote and newline escaped. */
void cpc_add_label(struct cpc_buffer *out, const char *text);

#endif
