/* SPDX-License-Identifier: MIT */
/* What the tests of the agent's settings share: the text of a file, and settings made from it. */
#ifndef CPC_TEST_SETTINGS_SUPPORT_H
#define CPC_TEST_SETTINGS_SUPPORT_H

#include "settings.h"
#include "support.h"

/** Settings of which nothing is said. */
#define NO_SETTINGS                                                                                                    \
	{                                                                                                              \
		.listen = {.count = 0 }                                                                                \
	}

/** Read a text into fresh settings, which the caller frees. */
static inline enum cpc_status read_bytes(const char *text, size_t length, struct cpc_settings *ret_settings,
					 struct cpc_error *reterr)
{
	/* From the heap and of just that length, so that a sanitizer sees every step too far. */
	char *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, text, length);
	*ret_settings = (struct cpc_settings)NO_SETTINGS;
	const enum cpc_status status = cpc_settings_read_text(copy, length, ret_settings, reterr);
	free(copy);
	return status;
}

static inline enum cpc_status read_text(const char *text, struct cpc_settings *ret_settings, struct cpc_error *reterr)
{
	return read_bytes(text, strlen(text), ret_settings, reterr);
}

#endif
