/* SPDX-License-Identifier: MIT */
#ifndef CPC_LOG_H
#define CPC_LOG_H

/**
 * One line on standard error, in one write, so that lines of two threads do not mix. Where standard
 * error is no terminal the line begins with `<priority>`, as journald (sd-daemon(3)) and syslog(3)
 * number them. Control characters, of whatever was put into it, are escaped as \xNN; a line is
 * cut at 1,000 bytes, but for cpc_log_long(). errno is preserved. Safe from any thread, not from a
 * signal handler. A line that cannot be written at once is dropped: an agent does not stop for its log.
 */
__attribute__((format(printf, 1, 2))) void cpc_log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void cpc_log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void cpc_log_notice(const char *format, ...);
__attribute__((format(printf, 1, 2))) void cpc_log_info(const char *format, ...);

/** A notice that may be as long as all that changed in a fingerprint: cut at PIPE_BUF (4 KiB). */
__attribute__((format(printf, 1, 2))) void cpc_log_long(const char *format, ...);

#endif
