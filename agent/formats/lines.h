/* SPDX-License-Identifier: MIT */
/*
 * Walking through text that somebody else wrote: a cursor over lines that counts
 * them and refuses endless ones, and a scanner within one line. Neither copies,
 * and neither needs a NUL at the end.
 */
#ifndef CPC_LINES_H
#define CPC_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/status.h>

/** No line of a text format comes near this; a longer one is not of that format. */
#define CPC_LINE_MAX 65536

/** How far a recogniser may look. */
#define CPC_RECOGNISE_MAX 65536

/** A line without its newline. */
struct cpc_line {
	const char *text;
	size_t length;
	size_t number;	 /**< 1-based */
	bool terminated; /**< false: the input ends here without a newline, so the line may be cut short */
};

/** Set `next`, `end` and zero the rest. */
struct cpc_lines {
	const char *next;
	const char *end;
	size_t number;
	bool too_long;
};

/** A cursor at the start of `length` bytes. */
struct cpc_lines cpc_lines_of(const char *bytes, size_t length);

/** The next line; false at the end, and at a line above CPC_LINE_MAX. */
bool cpc_lines_next(struct cpc_lines *lines, struct cpc_line *ret_line);

/** Why cpc_lines_next() ended: CPC_OK, or CPC_BAD_DATA for a line that is too long. */
enum cpc_status cpc_lines_status(const struct cpc_lines *lines, struct cpc_error *reterr);

/** The next line of the first CPC_RECOGNISE_MAX bytes that is neither blank nor a `#` comment. */
bool cpc_lines_first(const char *bytes, size_t length, struct cpc_line *ret_line);

/** What is left of a line. */
struct cpc_scan {
	const char *at;
	const char *end;
};

/** A scanner at the first character of a line that is not blank. */
struct cpc_scan cpc_scan_of(const struct cpc_line *line);

/** Blank: space, tab, carriage return, form feed and the NULs that some dumps are strewn with. */
bool cpc_is_blank(char c);

/** Value of a hex digit of either case, or -1. */
int cpc_hex_digit(char c);

void cpc_scan_blanks(struct cpc_scan *scan);
/** Whether nothing but blanks is left. */
bool cpc_scan_done(struct cpc_scan *scan);
/** Step over `text` if it is what comes next. */
bool cpc_scan_text(struct cpc_scan *scan, const char *text);
/** Step over `min` to `max` (at most 16) hex digits that no further digit follows. `scan` may have moved on failure. */
bool cpc_scan_hex(struct cpc_scan *scan, unsigned int min, unsigned int max, uint64_t *ret_value);
/** Step over a decimal number of at most nine digits. */
bool cpc_scan_decimal(struct cpc_scan *scan, uint32_t *ret_value);

#endif
