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
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_poll) *multi_poll;
	__typeof__(curl_multi_wakeup) *multi_wakeup;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
};

/**
 * Load the library, or find it where it was loaded before: it stays in the process,
 * for it cannot be unloaded safely. CPC_UNAVAILABLE where there is none.
 */
enum cpc_status cpc_curl_load(struct cpc_curl *ret_curl, struct cpc_error *reterr);

#endif
