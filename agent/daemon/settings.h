/* SPDX-License-Identifier: MIT */
/*
 * What the agent can be told, on its command line and in its file: one row of
 * the table in settings.c each, which gives both the flag `--NAME` and the key `NAME`.
 */
#ifndef CPC_SETTINGS_H
#define CPC_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/status.h>

/** Texts in the order in which they were given. Owned. */
struct cpc_texts {
	char **items;
	size_t count;
};

/** Every setting's value. Zero-initialise, fill with cpc_settings_take(), release with cpc_settings_free(). Texts are
 * owned; NULL where the setting was not given. */
struct cpc_settings {
	struct cpc_texts listen; /**< addresses */
	char *replay;		 /**< a dump to probe instead of this machine */
};

/** How the value of a setting is written, and the type of its field. */
enum cpc_setting_kind {
	CPC_SETTING_TEXT,    /**< char * */
	CPC_SETTING_TEXTS,   /**< struct cpc_texts; may be given more than once */
	CPC_SETTING_FLAG,    /**< bool: a flag without a value; yes or no in the file */
	CPC_SETTING_SECONDS, /**< unsigned int: 90, 90s, 5min, 2h */
	CPC_SETTING_NUMBER,  /**< unsigned int */
};

/** When a changed value takes effect. */
enum cpc_setting_reload {
	CPC_SETTING_LIVE,    /**< on SIGHUP */
	CPC_SETTING_RESTART, /**< when the agent is started again */
};

/** A row of the table. */
struct cpc_setting {
	const char *name;
	enum cpc_setting_kind kind;
	enum cpc_setting_reload reload;
	size_t field;	      /**< offsetof in struct cpc_settings */
	size_t most;	      /**< TEXTS: how many; SECONDS, NUMBER: the largest value */
	size_t least;	      /**< SECONDS, NUMBER: the smallest value */
	const char *argument; /**< what stands for the value in the help; NULL for a flag */
	const char *help;     /**< lower case, without a full stop; a newline where the help breaks the line */
	/** Whether a text may be a value of this setting; NULL: every text that is not empty. CPC_USAGE where not. */
	enum cpc_status (*check)(const char *text, struct cpc_error *reterr);
};

extern const struct cpc_setting cpc_setting_rows[];
extern const size_t cpc_setting_count;

/** The row of that name, or NULL. */
const struct cpc_setting *cpc_setting_named(const char *name);

/**
 * Read a value of a setting: kept beside those that TEXTS already has, in the place of
 * that which any other kind has. CPC_USAGE where it is none, CPC_INTERNAL without memory.
 */
enum cpc_status cpc_settings_take(struct cpc_settings *settings, const struct cpc_setting *setting, const char *value,
				  struct cpc_error *reterr);

/** Release every text and zero the struct. */
void cpc_settings_free(struct cpc_settings *settings);

/** What a command line asks for besides the settings. */
enum cpc_command_line { CPC_RUN, CPC_PRINT_HELP, CPC_PRINT_VERSION };

/** Read the command line of the agent. CPC_USAGE for what it does not know. Not thread-safe (getopt). */
enum cpc_status cpc_settings_parse(int argc, char **argv, struct cpc_settings *settings,
				   enum cpc_command_line *ret_command, struct cpc_error *reterr);

/** Usage and every setting, for --help. */
void cpc_settings_help(struct cpc_buffer *out);

#endif
