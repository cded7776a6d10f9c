/* SPDX-License-Identifier: MIT */
/* The agent's command line, from the table of settings. */
#include "settings.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Flags beyond the settings; a setting's own value for getopt is its row. */
enum { CONFIG = 1 << 16, CHECK, HELP, VERSION };

static const struct {
	const char *name;
	const char *argument;
	const char *help;
	int value;
} own_rows[] = {
	{ "config", "FILE",
	  "read settings from FILE, or from \"" CPC_CONFIG_NONE "\" (default\n" CPC_CONFIG_DEFAULT ", if it exists)",
	  CONFIG },
	{ "check", NULL, "check the settings and the file, say so, and stop", CHECK },
	{ "help", NULL, "print this", HELP },
	{ "version", NULL, "print the version", VERSION },
};
#define OWN_COUNT (sizeof(own_rows) / sizeof(*own_rows))

#define OPTIONS_MAX (CPC_SETTINGS_MAX + OWN_COUNT + 1)

/** Width of the column of flags in the help. */
#define FLAG_WIDTH 20

bool cpc_command_line_only(const char *name)
{
	for (size_t i = 0; i < OWN_COUNT; i++)
		if (strcmp(own_rows[i].name, name) == 0)
			return true;
	return false;
}

/** A flag is yes where it has no value, and may have one, so that it can say no to the file. */
static void list_options(struct option options[static OPTIONS_MAX])
{
	struct option *next = options;

	for (size_t i = 0; i < cpc_setting_count; i++)
		*next++ = (struct option){ .name = cpc_setting_rows[i].name,
					   .has_arg =
						   cpc_setting_rows[i].argument ? required_argument : optional_argument,
					   .val = (int)i };
	for (size_t i = 0; i < OWN_COUNT; i++)
		*next++ = (struct option){ .name = own_rows[i].name,
					   .has_arg = own_rows[i].argument ? required_argument : no_argument,
					   .val = own_rows[i].value };
	*next = (struct option){ .name = NULL };
}

static enum cpc_status refuse(struct cpc_error *reterr, const char *what, const char *which)
{
	return cpc_fail(reterr, CPC_USAGE, 0, "%s %.80s; see cpucompatd --help", what, which);
}

static enum cpc_status take_config(struct cpc_settings *settings, struct cpc_error *reterr)
{
	if (*optarg == '\0')
		return cpc_fail(reterr, CPC_USAGE, 0, "config has no value");
	free(settings->config);
	settings->config = strdup(optarg);
	return settings->config ? CPC_OK : cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}

/** What getopt found: a row of the table, or one of our own. */
static enum cpc_status take_option(int option, struct cpc_settings *settings, enum cpc_command_line *command,
				   struct cpc_error *reterr)
{
	switch (option) {
	case CONFIG:
		return take_config(settings, reterr);
	case CHECK:
		*command = CPC_CHECK;
		return CPC_OK;
	case HELP:
		*command = CPC_PRINT_HELP;
		return CPC_OK;
	case VERSION:
		*command = CPC_PRINT_VERSION;
		return CPC_OK;
	default:
		settings->given[option] = true;
		return cpc_settings_take(settings, &cpc_setting_rows[option], optarg ? optarg : "yes", reterr);
	}
}

/** Whether nothing after it matters. */
static bool stops(enum cpc_command_line command)
{
	return command == CPC_PRINT_HELP || command == CPC_PRINT_VERSION;
}

enum cpc_status cpc_settings_parse(int argc, char **argv, struct cpc_settings *settings,
				   enum cpc_command_line *ret_command, struct cpc_error *reterr)
{
	struct option options[OPTIONS_MAX];
	enum cpc_command_line command = CPC_RUN;
	enum cpc_status status = CPC_OK;

	list_options(options);
	/* 0 begins anew, in glibc and musl alike, and stands for 1 until the first call. */
	optind = 0;
	opterr = 0;
	while (!status && !stops(command)) {
		const int at = optind ? optind : 1;
		const int option = getopt_long(argc, argv, "+:", options, NULL);

		if (option == -1)
			break;
		if (option == '?' || option == ':')
			return refuse(reterr, option == ':' ? "no value for" : "bad option", argv[at]);
		status = take_option(option, settings, &command, reterr);
	}
	if (!status && !stops(command) && optind < argc)
		return refuse(reterr, "unexpected", argv[optind]);
	if (!status)
		*ret_command = command;
	return status;
}

static void add_row(struct cpc_buffer *out, const char *name, const char *argument, const char *help)
{
	char flag[80];

	snprintf(flag, sizeof(flag), "--%s%s%s", name, argument ? " " : "", argument ? argument : "");
	cpc_buffer_printf(out, "  %-*s", FLAG_WIDTH, flag);
	if (strlen(flag) >= FLAG_WIDTH)
		cpc_buffer_printf(out, "\n%*s", FLAG_WIDTH + 2, "");
	for (const char *line = help; line;) {
		const char *end = strchr(line, '\n');

		cpc_buffer_add(out, line, end ? (size_t)(end - line) : strlen(line));
		cpc_buffer_puts(out, "\n");
		if (end)
			cpc_buffer_printf(out, "%*s", FLAG_WIDTH + 2, "");
		line = end ? end + 1 : NULL;
	}
}

void cpc_settings_help(struct cpc_buffer *out)
{
	cpc_buffer_puts(out, "Usage: cpucompatd [OPTION]...\n"
			     "       cpucompat serve [OPTION]...\n"
			     "Serve what this host's processor offers to virtual machines over HTTP.\n"
			     "\n");
	for (size_t i = 0; i < cpc_setting_count; i++)
		add_row(out, cpc_setting_rows[i].name, cpc_setting_rows[i].argument, cpc_setting_rows[i].help);
	cpc_buffer_puts(out, "\n");
	for (size_t i = 0; i < OWN_COUNT; i++)
		add_row(out, own_rows[i].name, own_rows[i].argument, own_rows[i].help);
	cpc_buffer_puts(out, "\nThe first group are also keys of the file, as lines of key = value; what a flag\n"
			     "says replaces what the file says. SIGHUP reads the file and probes again,\n"
			     "SIGTERM and SIGINT stop. See cpucompatd(8) and cpucompat.conf(5).\n");
}
