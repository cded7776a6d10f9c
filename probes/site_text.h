/* SPDX-License-Identifier: MIT */
/* Readers of the texts and records that the probes of host system, guest system, directory and DNS find. Pure:
 * bytes in, texts out; whatever the bytes are. */
#ifndef CPC_SITE_TEXT_H
#define CPC_SITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes of a configuration file that are read; what is beyond does not count. */
#define CPC_CONFIGURATION_SIZE 65536

/** The next line at `*at`, without its end: false after the last. `*at` moves on. */
bool cpc_text_line(const char **at, const char **ret_line, size_t *ret_length);

/**
 * The value of a variable in os-release(5): the last assignment counts, quotes and backslashes are taken off as a
 * shell does. False where there is none or its quotes do not close; `ret_text` is then "".
 */
bool cpc_os_release_value(const char *text, const char *name, char *ret_text, size_t size);

/**
 * The value of a key in a section of a file of sections, as smb.conf(5) and krb5.conf(5) are: upper and lower case
 * and blanks in names are alike, lines from '#' or ';' are comments, the last value counts. False where there is
 * none; `ret_text` is then "".
 */
bool cpc_section_value(const char *text, const char *section, const char *key, char *ret_text, size_t size);

/** Whether a line begins with that word, as `includedir` does in krb5.conf. */
bool cpc_text_has_line(const char *text, const char *word);

/**
 * resolv.conf(5): how many name servers it has, of which the resolver asks the first three, and the first domain that
 * it searches, or "".
 */
size_t cpc_resolv_conf(const char *text, char *ret_domain, size_t size);

/** A domain's name for DNS: in lower case, without a dot at its end. False, and "", where it is none or does not fit.
 */
bool cpc_domain_name(const char *text, char *ret_name, size_t size);

/** A pool of Hyper-V's key-value pairs is a file of such records, NUL-padded (Linux tools/hv/hv_kvp_daemon.c). */
#define CPC_KVP_KEY_SIZE 512
#define CPC_KVP_VALUE_SIZE 2048
#define CPC_KVP_RECORD_SIZE (CPC_KVP_KEY_SIZE + CPC_KVP_VALUE_SIZE)

/** The value of a key, cleaned: UTF-8 is let in, and beyond ASCII it becomes '?'. A record that was cut off does not
 * count. False where there is none; `ret_text` is then "". */
bool cpc_kvp_value(const char *pool, size_t length, const char *key, char *ret_text, size_t size);

#endif
