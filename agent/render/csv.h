/* SPDX-License-Identifier: MIT */
/*
 * Comma-separated values for spreadsheets and programs: RFC 4180, in UTF-8, and nothing that a
 * spreadsheet would run.
 */
#ifndef CPC_CSV_H
#define CPC_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>

/** A record that is being written. Set `out`, which is borrowed, and zero the rest. */
struct cpc_csv {
	struct cpc_buffer *out;
	bool begun; /**< it has a field already */
};

/**
 * The next field. Quoted where it holds anything that could part it. One that begins (after blanks) with `=`, `+`, `-`
 * or `@`, or with a control character, gets an apostrophe before it, for a spreadsheet would take it for a formula;
 * bytes of one that is not UTF-8 are escaped as %XX.
 */
void cpc_csv_text(struct cpc_csv *csv, const char *text);

void cpc_csv_count(struct cpc_csv *csv, size_t count);

/** So many fields with nothing in them. */
void cpc_csv_empty(struct cpc_csv *csv, size_t fields);

/** End the record, with CR and LF. */
void cpc_csv_end(struct cpc_csv *csv);

#endif
