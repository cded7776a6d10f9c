/* SPDX-License-Identifier: MIT */
/* One line on a terminal that says how far it is, for those who wait longer than a second; nothing anywhere else. */
#ifndef CPC_PROGRESS_H
#define CPC_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cli_progress {
	bool wanted; /**< standard error is a terminal that can take a line back */
	bool shown;
	int64_t begin_ms;
	int64_t last_ms;
};

/** Begin to count the time. */
void cli_progress_start(struct cli_progress *progress);

/** Whether it is time for a line: a second after the start, and then four times a second. */
bool cli_progress_due(struct cli_progress *progress);

/** Show a line, in place of the last one, cut to the width of the terminal. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void cli_progress_show(struct cli_progress *progress, const char *format, ...);

/** Take the line back, if there is one. Before anything else is written. */
void cli_progress_erase(struct cli_progress *progress);

#endif
