/* SPDX-License-Identifier: MIT */
/* The agent's command line, from the table of settings. */
#include "settings.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/** Flags beyond the settings; a setting's own value for getopt is its row. */
enum { HELP = 1 << 16, VERSION };

#define OPTIONS_MAX 64

/** Width of the column of flags in the help. */
#define FLAG_WIDTH 20

static bool list_options(struct option options[static OPTIONS_MAX])
{
	if (cpc_setting_count + 3 > OPTIONS_MAX)
		return false;
	for (size_t i = 0; i < cpc_setting_count; i++)
		options[i] = (struct option){ .name = cpc_setting_rows[i].name,
					      .has_arg = cpc_setting_rows[i].argument ? required_argument : no_argument,
					      .val = (int)i };
	options[cpc_setting_count] = (struct option){ .name = "help", .val = HELP };
	options[cpc_setting_count + 1] = (struct option){ .name = "version", .val = VERSION };
	options[cpc_setting_count + 2] = (struct option){ .name = NULL };
	return true;
}

static enum cpc_status refuse(struct cpc_error *reterr, const char *what, const char *which)
{
	return cpc_fail(reterr, CPC_USAGE, 0, "%s %.80s; see cpucompatd --help", what, which);
}

enum cpc_status cpc_settings_parse(int argc, char **argv, struct cpc_settings *settings,
				   enum cpc_command_line *ret_command, struct cpc_error *reterr)
{
	struct option options[OPTIONS_MAX];
	enum cpc_status status = CPC_OK;

	if (!list_options(options))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "more settings than options");
	/* 0 begins anew, in glibc and musl alike, and stands for 1 until the first call. */
	optind = 0;
	opterr = 0;
	while (!status) {
		const int at = optind ? optind : 1;
		const int option = getopt_long(argc, argv, "+:", options, NULL);

		if (option == -1)
			break;
		if (option == '?' || option == ':')
			return refuse(reterr, option == ':' ? "no value for" : "bad option", argv[at]);
		if (option == HELP || option == VERSION) {
			*ret_command = option == HELP ? CPC_PRINT_HELP : CPC_PRINT_VERSION;
			return CPC_OK;
		}
		status = cpc_settings_take(settings, &cpc_setting_rows[option], optarg ? optarg : "yes", reterr);
	}
	if (!status && optind < argc)
		return refuse(reterr, "unexpected", argv[optind]);
	if (!status)
		*ret_command = CPC_RUN;
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
	add_row(out, "help", NULL, "print this");
	add_row(out, "version", NULL, "print the version");
	cpc_buffer_puts(out, "\nSIGHUP probes again, SIGTERM and SIGINT stop.\n");
}
