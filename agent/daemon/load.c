/* SPDX-License-Identifier: MIT */
/*
 * Settings from all that says something, and again under a running agent: then all of a new file that can
 * apply, or nothing of it.
 */
#include "settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "log.h"

const char *cpc_settings_file(const struct cpc_settings *settings)
{
	if (!settings->config)
		return CPC_CONFIG_DEFAULT;
	return strcmp(settings->config, CPC_CONFIG_NONE) == 0 ? NULL : settings->config;
}

static enum cpc_status read_file(struct cpc_settings *settings, struct cpc_error *reterr)
{
	const char *path = cpc_settings_file(settings);
	struct cpc_buffer text = { .length = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status status;

	if (!path || (!settings->config && access(path, F_OK) != 0 && errno == ENOENT))
		return CPC_OK;
	status = cpc_file_read(path, CPC_CONFIG_MOST, &text, reterr);
	if (!status && text.length && cpc_settings_read_text(text.bytes, text.length, settings, &error))
		status = cpc_file_fail(reterr, path, &error);
	cpc_buffer_free(&text);
	return status;
}

static enum cpc_status take_fallbacks(struct cpc_settings *settings, struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; !status && i < cpc_setting_count; i++)
		if (cpc_setting_rows[i].fallback)
			status =
				cpc_settings_take(settings, &cpc_setting_rows[i], cpc_setting_rows[i].fallback, reterr);
	return status;
}

enum cpc_status cpc_settings_load(int argc, char **argv, struct cpc_settings *settings,
				  enum cpc_command_line *ret_command, struct cpc_error *reterr)
{
	enum cpc_command_line command = CPC_RUN;
	enum cpc_status status = take_fallbacks(settings, reterr);

	if (!status)
		status = cpc_settings_parse(argc, argv, settings, &command, reterr);
	if (!status && (command == CPC_RUN || command == CPC_CHECK)) {
		status = read_file(settings, reterr);
		if (!status)
			status = cpc_settings_check(settings, reterr);
	}
	if (status)
		return status;
	settings->argc = argc;
	settings->argv = argv;
	*ret_command = command;
	return CPC_OK;
}

static bool is_live(const struct cpc_setting *row)
{
	return row->reload == CPC_SETTING_LIVE;
}

/** The rules must hold between what is taken and what stays. Shallow copies own nothing. */
static enum cpc_status check_mixture(const struct cpc_settings *settings, const struct cpc_settings *fresh,
				     struct cpc_error *reterr)
{
	struct cpc_settings mixture = *settings;
	struct cpc_settings taken = *fresh;

	for (size_t i = 0; i < cpc_setting_count; i++)
		if (is_live(&cpc_setting_rows[i]))
			cpc_setting_swap(&cpc_setting_rows[i], &mixture, &taken);
	return cpc_settings_check(&mixture, reterr);
}

static void apply(struct cpc_settings *settings, struct cpc_settings *fresh)
{
	const char *file = cpc_settings_file(settings);

	for (size_t i = 0; i < cpc_setting_count; i++) {
		const struct cpc_setting *row = &cpc_setting_rows[i];

		if (cpc_setting_equal(row, settings, fresh))
			continue;
		if (is_live(row)) {
			cpc_setting_swap(row, settings, fresh);
			cpc_log_info("%s changed in %.200s", row->name, file);
		} else {
			cpc_log_notice("%s changed in %.200s; restart to apply", row->name, file);
		}
	}
}

void cpc_settings_reload(struct cpc_settings *settings)
{
	struct cpc_settings fresh = { .listen = { .count = 0 } };
	enum cpc_command_line command;
	struct cpc_error error = { .status = CPC_INTERNAL };

	if (!cpc_settings_file(settings))
		return;
	if (cpc_settings_load(settings->argc, settings->argv, &fresh, &command, &error) ||
	    check_mixture(settings, &fresh, &error))
		cpc_log_warning("%s; the settings stay as they were", error.what);
	else
		apply(settings, &fresh);
	cpc_settings_free(&fresh);
}
