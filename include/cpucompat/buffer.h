/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_BUFFER_H
#define CPUCOMPAT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Bytes that grow. Zero-initialise; release with cpc_buffer_free(). After a
 * failed allocation every further append does nothing and `failed` stays set, so
 * a writer appends freely and looks once, at the end. `bytes` is NUL-terminated
 * (beyond `length`) once anything was appended.
 */
struct cpc_buffer {
	char *bytes;
	size_t length;
	size_t room;
	bool failed;
	/** Where it is set: takes what was appended so far, whenever that is a mebibyte, and `length` is 0 again. False
	 * sets `failed`. What is left at the end is its owner's to take. */
	bool (*drain)(void *context, const char *bytes, size_t length);
	void *drain_context;
};

void cpc_buffer_add(struct cpc_buffer *buffer, const void *bytes, size_t length);
void cpc_buffer_puts(struct cpc_buffer *buffer, const char *text);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void cpc_buffer_printf(struct cpc_buffer *buffer, const char *format, ...);
/** Release the bytes and zero the struct. NULL is fine. */
void cpc_buffer_free(struct cpc_buffer *buffer);

#endif
