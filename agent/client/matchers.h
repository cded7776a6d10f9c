/* SPDX-License-Identifier: MIT */
#ifndef CPC_MATCHERS_H
#define CPC_MATCHERS_H

#include <cpucompat/status.h>

/** Longest list. */
#define CPC_MATCHERS_MAX 1024

/**
 * Whether a text is a list of PromQL's label matchers and nothing else, so that it may stand between braces:
 * NAME="VALUE", and so on, with =, !=, =~ or !~. CPC_USAGE where not.
 */
enum cpc_status cpc_matchers_check(const char *text, struct cpc_error *reterr);

#endif
