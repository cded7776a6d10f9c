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

/** Rows at most. */
#define CPC_SETTINGS_MAX 64

/** The file that is read where --config names none, if it exists. */
#define CPC_CONFIG_DEFAULT "/etc/cpucompat/cpucompat.conf"

/** As the value of --config: no file. */
#define CPC_CONFIG_NONE "none"

/** Bounds of the file and of a line in it. */
#define CPC_CONFIG_MOST (1U << 20)
#define CPC_CONFIG_LINE_MOST 1024

/** Peers that one agent may have. */
#define CPC_PEERS_MAX 4096

/** Texts in the order in which they were given. Owned. */
struct cpc_texts {
	char **items;
	size_t count;
};

/** Every setting's value. Zero-initialise, fill with cpc_settings_take(), release with cpc_settings_free(). Texts are
 * owned; NULL where the setting was not given. */
struct cpc_settings {
	struct cpc_texts listen; /**< addresses */
	char *socket_mode;	 /**< octal */
	char *socket_group;
	bool insecure;
	char *tls_certificate;
	char *tls_key;
	char *tls_client_ca;
	bool tls_client_required;
	char *tokens;
	struct cpc_texts public; /**< paths, all, none */
	bool log_requests;
	unsigned int interval;	    /**< seconds between two probes */
	char *replay;		    /**< a dump to probe instead of this machine */
	bool no_sandbox;	    /**< do not filter system calls */
	struct cpc_texts peer;	    /**< `NAME URL [token-file=FILE]`, as cpc_peer_line_parse() takes it */
	char *policy;		    /**< by which this host and its peers are compared */
	unsigned int peer_interval; /**< seconds */
	char *peer_ca;		    /**< who signs the certificates of peers; NULL: those whom the system trusts */
	char *peer_token;	    /**< the file with the token for peers that have none of their own */

	/* Where they came from, so that they can be read again. */
	int argc;
	char **argv;		      /**< main's; not owned */
	char *config;		      /**< --config, or NULL; owned */
	bool given[CPC_SETTINGS_MAX]; /**< by row: the command line says it, whatever the file says */
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
	const char *fallback; /**< what holds where nothing says it, as it would be written; not for TEXTS */
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
enum cpc_command_line { CPC_RUN, CPC_CHECK, CPC_PRINT_HELP, CPC_PRINT_VERSION };

/** Read the command line of the agent. CPC_USAGE for what it does not know. Not thread-safe (getopt). */
enum cpc_status cpc_settings_parse(int argc, char **argv, struct cpc_settings *settings,
				   enum cpc_command_line *ret_command, struct cpc_error *reterr);

/** Whether it is a flag that is no setting: --config, --check, --help, --version. */
bool cpc_command_line_only(const char *name);

/**
 * Read the text of a configuration file into settings that a command line has been read into: what that says stays, and
 * the file's value is only looked at. CPC_BAD_DATA, with the line, for what is no `key = value`, an unknown key, a
 * value that is none, and a key that is there twice and does not repeat. The settings are then half read: free them.
 */
enum cpc_status cpc_settings_read_text(const char *text, size_t length, struct cpc_settings *settings,
				       struct cpc_error *reterr);

/** The file that these settings come from, there or not; NULL where --config says none. */
const char *cpc_settings_file(const struct cpc_settings *settings);

/** What no setting can tell alone: the rules between them. CPC_USAGE where one is broken. */
enum cpc_status cpc_settings_check(const struct cpc_settings *settings, struct cpc_error *reterr);

/**
 * Read what neither the command line nor the file says, the command line, and, unless that asks for no more than a
 * text, the file; then look at the rules between settings. CPC_USAGE for the command line and the rules, CPC_BAD_DATA
 * for what the file says, CPC_NO_INPUT where the named file is missing, CPC_DENIED where it may not be read; an error
 * of the file begins with its name. `settings` is zeroed by the caller, and freed by it whatever is returned. Not
 * thread-safe (getopt).
 */
enum cpc_status cpc_settings_load(int argc, char **argv, struct cpc_settings *settings,
				  enum cpc_command_line *ret_command, struct cpc_error *reterr);

/**
 * Read again what cpc_settings_load() read. A CPC_SETTING_LIVE whose value has changed takes the new one; of a
 * CPC_SETTING_RESTART that has changed the old one stays, and a line in the log says so. Where anything is wrong the
 * settings stay as they were, and a line in the log says why. For the main thread: texts that change are freed.
 */
void cpc_settings_reload(struct cpc_settings *settings);

/** Whether a setting's value is the same in both. */
bool cpc_setting_equal(const struct cpc_setting *setting, const struct cpc_settings *a, const struct cpc_settings *b);

/** Exchange a setting's value between both. */
void cpc_setting_swap(const struct cpc_setting *setting, struct cpc_settings *a, struct cpc_settings *b);

/** Usage and every setting, for --help. */
void cpc_settings_help(struct cpc_buffer *out);

#endif
