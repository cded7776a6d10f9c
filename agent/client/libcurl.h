/* SPDX-License-Identifier: MIT */
#ifndef CPC_LIBCURL_H
#define CPC_LIBCURL_H

/* With its type checks the header makes macros of the functions whose types are wanted here. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <cpucompat/status.h>

/** The functions of libcurl that are used, found at run time. */
struct cpc_curl {
	void *library;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
};

/**
 * Load the library, or find it where it was loaded before: it stays in the process,
 * for it cannot be unloaded safely. CPC_UNAVAILABLE where there is none.
 */
enum cpc_status cpc_curl_load(struct cpc_curl *ret_curl, struct cpc_error *reterr);

#endif
