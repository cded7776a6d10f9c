/* SPDX-License-Identifier: MIT */
/*
 * Readers of dumps and reports: bytes in, captures out. All bytes are foreign:
 * every reader is bounded in time and memory by the length of its input, believes
 * no count or size that it finds in it, and is fuzzed (tests/fuzz).
 */
#ifndef CPC_FORMATS_H
#define CPC_FORMATS_H

#include <stddef.h>

#include <cpucompat/capture.h>
#include <cpucompat/status.h>

/** Inputs above this are refused before anything is read of them. */
#define CPC_INPUT_MAX (64U << 20)

/** What one input held: one capture, or one per line where it held fingerprints. */
struct cpc_captures {
	struct cpc_capture *items;
	size_t count;
};

/** A format, recognised by content. */
struct cpc_format {
	const char *name; /**< "cpuid -r", for `list formats` */
	const char *meaning;
	/** Whether the first bytes look like this format. Looks at no more than the first 64 KiB. */
	bool (*recognise)(const char *bytes, size_t length);
	/** Read it. Appends to `captures` (which the caller frees, on failure too). */
	enum cpc_status (*read)(const char *bytes, size_t length, struct cpc_captures *captures,
				struct cpc_error *reterr);
};

/** The table, most specific first. */
extern const struct cpc_format cpc_formats[];
extern const size_t cpc_format_count;

/** The first format that the bytes look like, or NULL. */
const struct cpc_format *cpc_format_of(const char *bytes, size_t length);

/**
 * Recognise and read. Input that no format knows is CPC_BAD_DATA, and the error
 * says what it looks like (empty, binary, text that is none of ours).
 * `ret_captures` is zero or complete; release it with cpc_captures_free().
 */
enum cpc_status cpc_read(const char *bytes, size_t length, struct cpc_captures *ret_captures, struct cpc_error *reterr);

void cpc_captures_free(struct cpc_captures *captures);

/** For readers: a new zeroed capture at the end of the list, or NULL without memory. */
struct cpc_capture *cpc_captures_add(struct cpc_captures *captures);

#endif
