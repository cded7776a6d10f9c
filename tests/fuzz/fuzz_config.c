/* SPDX-License-Identifier: MIT */
/*
 * The configuration file. Whatever it says: an error has a line that is there and a text without control
 * characters, and a command line that has said everything keeps it all, by a file that is as good or bad as before.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines_in(const uint8_t *data, size_t size)
{
	size_t count = 1;

	for (size_t i = 0; i < size; i++)
		count += data[i] == '\n';
	return count;
}

static void check_error(const struct cpc_error *error, size_t lines)
{
	if (error->status != CPC_BAD_DATA || error->line == 0 || error->line > lines)
		abort();
	if (!memchr(error->what, '\0', sizeof(error->what)) || *error->what == '\0')
		abort();
	for (const char *c = error->what; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cpc_settings nothing = { .listen = { .count = 0 } };
	struct cpc_settings settings = { .listen = { .count = 0 } };
	struct cpc_settings given = { .listen = { .count = 0 } };
	struct cpc_error error = { .line = 0 };
	struct cpc_error again = { .line = 0 };

	memset(given.given, true, sizeof(given.given));
	const enum cpc_status status = cpc_settings_read_text((const char *)data, size, &settings, &error);
	if (cpc_settings_read_text((const char *)data, size, &given, &again) != status || again.line != error.line)
		abort();
	if (status)
		check_error(&error, lines_in(data, size));
	for (size_t i = 0; i < cpc_setting_count; i++)
		if (!cpc_setting_equal(&cpc_setting_rows[i], &given, &nothing))
			abort();
	cpc_settings_free(&settings);
	cpc_settings_free(&given);
	return 0;
}
