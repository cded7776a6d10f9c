/* SPDX-License-Identifier: MIT */
/*
 * libcurl and what it links take longer to load than all the rest of a command
 * that needs no network, and are more to go wrong in an agent than all the rest of it, so it is
 * loaded when a source is an address, or an agent has peers, and not before.
 */
#include "libcurl.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{ "curl_easy_init", offsetof(struct cpc_curl, easy_init) },
	{ "curl_easy_setopt", offsetof(struct cpc_curl, easy_setopt) },
	{ "curl_easy_perform", offsetof(struct cpc_curl, easy_perform) },
	{ "curl_easy_getinfo", offsetof(struct cpc_curl, easy_getinfo) },
	{ "curl_easy_strerror", offsetof(struct cpc_curl, easy_strerror) },
	{ "curl_easy_cleanup", offsetof(struct cpc_curl, easy_cleanup) },
	{ "curl_global_init", offsetof(struct cpc_curl, global_init) },
	{ "curl_multi_init", offsetof(struct cpc_curl, multi_init) },
	{ "curl_multi_add_handle", offsetof(struct cpc_curl, multi_add_handle) },
	{ "curl_multi_remove_handle", offsetof(struct cpc_curl, multi_remove_handle) },
	{ "curl_multi_perform", offsetof(struct cpc_curl, multi_perform) },
	{ "curl_multi_poll", offsetof(struct cpc_curl, multi_poll) },
	{ "curl_multi_wakeup", offsetof(struct cpc_curl, multi_wakeup) },
	{ "curl_multi_info_read", offsetof(struct cpc_curl, multi_info_read) },
	{ "curl_multi_cleanup", offsetof(struct cpc_curl, multi_cleanup) },
	{ "curl_slist_append", offsetof(struct cpc_curl, slist_append) },
	{ "curl_slist_free_all", offsetof(struct cpc_curl, slist_free_all) },
};

/** Debian's two builds, OpenSSL's and GnuTLS's; other systems have the first. */
static void *open_library(void)
{
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	return library ? library : dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

enum cpc_status cpc_curl_load(struct cpc_curl *ret_curl, struct cpc_error *reterr)
{
	struct cpc_curl curl = { .library = open_library() };

	if (!curl.library)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"asking an agent needs libcurl.so.4; install libcurl4, or fetch /v1/report otherwise");
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		void *function = dlsym(curl.library, functions[i].name);
		if (!function)
			return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "this libcurl has no %s; install another",
					functions[i].name);
		/* ISO C knows no cast from an object's address to a function's; POSIX promises that the bytes do. */
		memcpy((char *)&curl + functions[i].offset, &function, sizeof(function));
	}
	*ret_curl = curl;
	return CPC_OK;
}
