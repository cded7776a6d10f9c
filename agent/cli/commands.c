/* SPDX-License-Identifier: MIT */
/* The table of subcommands, which dispatches and prints the help. */
#include "cli.h"

#include <string.h>

#include "cli_inside.h"

#define SOURCE_HELP                                                                                                    \
	"A SOURCE is `self` (this machine), a file (its format is recognised), `http://`,\n"                           \
	"`https://` or `unix:` (an agent), a fingerprint (`cpc1:...`), `@NAME` (the\n"                                 \
	"catalogue), or `-` (standard input).\n"

#define EXIT_HELP                                                                                                      \
	"Exit code: 0 it moves as it is, 10 in compatibility mode, 20 impossible,\n"                                   \
	"30 unknown; 64 usage, 65 bad data, 66 no such input, 69 peer unavailable,\n"                                  \
	"70 internal, 77 not permitted.\n"

const struct cli_command cli_commands[] = {
	{ .name = "probe",
	  .run = cli_probe,
	  .usage = "[--from SOURCE] [--format FORMAT] [--timing] [--verbose]",
	  .summary = "show a host's processor, requirements and fingerprint",
	  .help = SOURCE_HELP,
	  .accepts = CLI_CLIENT | CLI_FROM | CLI_FORMAT | CLI_TIMING | CLI_VERBOSE,
	  .formats = cli_report_format_names },
	{ .name = "compare",
	  .run = cli_compare,
	  .usage = "SOURCE SOURCE [--policy POLICY]\n                         [--format FORMAT] [--verbose]",
	  .summary = "can a VM move from the first to the second, and back",
	  .help = SOURCE_HELP "\n" EXIT_HELP,
	  .accepts = CLI_CLIENT | CLI_POLICY | CLI_FORMAT | CLI_VERBOSE,
	  .formats = cli_comparison_format_names },
	{ .name = "baseline",
	  .run = cli_baseline,
	  .usage = "SOURCE... [--policy POLICY]\n                          [--format FORMAT] [--cpu-map FOLDER] "
		   "[--verbose]",
	  .summary = "the most that a VM may have and still move between all of them",
	  .help = SOURCE_HELP,
	  .accepts = CLI_CLIENT | CLI_POLICY | CLI_FORMAT | CLI_CPU_MAP | CLI_VERBOSE,
	  .formats = cli_baseline_format_names },
	{ .name = "fleet",
	  .run = cli_fleet,
	  .usage = "SOURCE|FOLDER... [--policy POLICY]\n                       [--format FORMAT] [--match MATCHERS] "
		   "[--verbose]\n                       [--since FILE] [--add SOURCE]... [--remove NAME]... [--order]",
	  .summary = "which of many hosts are interchangeable, and who moves where",
	  .help = "Every file of a FOLDER is a SOURCE. One that cannot be read is listed as such.\n"
		  "A file may also be a list of agents, `[NAME] ADDRESS [token-file=FILE]` a line,\n"
		  "and `prometheus+http://HOST:PORT[/PREFIX]` (or https) is every host whose agent\n"
		  "a Prometheus server scrapes.\n\n" SOURCE_HELP,
	  .accepts = CLI_CLIENT | CLI_POLICY | CLI_FORMAT | CLI_MATCH | CLI_PLAN | CLI_VERBOSE,
	  .formats = cli_fleet_format_names },
	{ .name = "ready",
	  .run = cli_ready,
	  .usage = "[SOURCE...] [--policy POLICY] [--format FORMAT]\n"
		   "                       [--assume ROW]... [--disk FILE]... [--sysroot FOLDER]\n"
		   "                       [--active [--update-name NAME]] [--verbose]\n"
		   "                       [--vms FILE] [--host-reserve MEMORY]\n"
		   "                       [--vcpus-per-cpu RATIO]",
	  .summary = "what a live migration cluster needs, row by row, and what is missing",
	  .help = "This machine where no SOURCE is named; several SOURCEs are a cluster.\n\n" SOURCE_HELP
		  "\nExit code: 0 ready, 10 the minimum alone is met, 20 it is not, 30 a row of it\n"
		  "cannot be seen from here.\n",
	  .accepts = CLI_CLIENT | CLI_POLICY | CLI_FORMAT | CLI_READY | CLI_VMS | CLI_VERBOSE,
	  .formats = cli_ready_format_names },
	{ .name = "plan",
	  .run = cli_plan,
	  .usage = "--hosts LAYOUT [--hosts LAYOUT]... [--vms FILE]\n"
		   "                      [--license-per-host COST] [--license-per-socket COST]\n"
		   "                      [--license-per-core COST] [--cores-per-socket CORES]\n"
		   "                      [--threads-per-core THREADS] [--host-reserve MEMORY]\n"
		   "                      [--vcpus-per-cpu RATIO] [--policy POLICY]\n"
		   "                      [--format FORMAT] [--verbose]",
	  .summary = "what few large hosts cost and lose beside many small ones",
	  .help = "Exit code: 0 all VMs fit on one of the layouts with one host gone, 20 on none,\n"
		  "30 that cannot be told.\n",
	  .accepts = CLI_POLICY | CLI_FORMAT | CLI_LAYOUT | CLI_VMS | CLI_VERBOSE,
	  .formats = cli_plan_format_names },
	{ .name = "catalogue",
	  .run = cli_catalogue,
	  .usage = "[WORD...] [--accepts SOURCE] [--accepted-by SOURCE]\n"
		   "                           [--policy POLICY] [--format FORMAT] [--verbose]",
	  .summary = "known processors, and which of them take a host's VMs",
	  .help = "Those whose name, brand, kind or vendor hold every WORD. Each can be a SOURCE,\n"
		  "as @NAME. --accepts SOURCE finds those that take its VMs as they are,\n"
		  "--accepted-by SOURCE those whose VMs it takes.\n\n" SOURCE_HELP,
	  .accepts = CLI_CLIENT | CLI_ACCEPTS | CLI_POLICY | CLI_FORMAT | CLI_VERBOSE,
	  .formats = cli_catalogue_format_names },
	{ .name = "serve",
	  .become = cli_serve,
	  .usage = "[OPTION...]",
	  .summary = "answer over HTTP (runs cpucompatd with these options)",
	  .help = "" },
	{ .name = "list",
	  .run = cli_list,
	  .usage = "policies|features|scalars|formats [--verbose]",
	  .summary = "what this program knows",
	  .help = "",
	  .accepts = CLI_VERBOSE },
};

const size_t cli_command_count = sizeof(cli_commands) / sizeof(*cli_commands);

/* Help is read in the narrowest of terminals. */
#define HELP_WIDTH 80

static void add_choices(struct cpc_buffer *out, const char *title, struct cpc_names names)
{
	size_t column = strlen(title) + 1;

	cpc_buffer_printf(out, "%s:", title);
	for (size_t i = 0; i < names.count; i++) {
		const size_t length = strlen(names.at(i)) + 1;

		if (column + length > HELP_WIDTH) {
			cpc_buffer_puts(out, "\n ");
			column = 1;
		}
		cpc_buffer_printf(out, " %s", names.at(i));
		column += length;
	}
	cpc_buffer_puts(out, "\n");
}

static void add_help(const struct cli_command *command, struct cpc_buffer *out)
{
	cpc_buffer_printf(out, "Usage: cpucompat %s %s\n\n%c%s.\n", command->name, command->usage,
			  command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->accepts || *command->help)
		cpc_buffer_puts(out, "\n");
	if (command->formats)
		add_choices(out, "FORMAT", command->formats());
	if (command->accepts & CLI_POLICY) {
		add_choices(out, "POLICY", cli_policy_names());
		cpc_buffer_puts(out, "  (" CPC_POLICY_DEFAULT " where none is named)\n");
	}
	if (command->accepts & CLI_READY)
		add_choices(out, "ROW", cli_ready_row_names());
	cli_options_help(command, out);
	if (command->accepts && *command->help)
		cpc_buffer_puts(out, "\n");
	cpc_buffer_puts(out, command->help);
}

static void add_program_help(struct cpc_buffer *out)
{
	cpc_buffer_puts(out, "Usage: cpucompat COMMAND [ARGUMENT...]\n\n"
			     "Can a running virtual machine move from host A to host B, and which CPU bit\n"
			     "decides it?\n\n");
	for (size_t i = 0; i < cli_command_count; i++)
		cpc_buffer_printf(out, "  %-10s %s\n", cli_commands[i].name, cli_commands[i].summary);
	cpc_buffer_puts(
		out, "\n`cpucompat COMMAND --help` tells more; `cpucompat --version` tells the version.\n\n" SOURCE_HELP
		     "\n" EXIT_HELP);
}

static const struct cli_command *find(const char *name)
{
	for (size_t i = 0; i < cli_command_count; i++) {
		if (!strcmp(cli_commands[i].name, name))
			return &cli_commands[i];
	}
	return NULL;
}

static bool holds(struct cpc_names names, const char *word)
{
	for (size_t i = 0; i < names.count; i++) {
		if (!strcmp(names.at(i), word))
			return true;
	}
	return false;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cpc_buffer out = { 0 };
	struct cli_options options;
	int code;

	if (command->become)
		return command->become(argv);
	if (cli_parse(command, argc, argv, &options))
		return CPC_USAGE;
	if (options.help) {
		add_help(command, &out);
		return cli_write(&out, CPC_OK);
	}
	if (command->formats && !holds(command->formats(), options.format))
		return cli_unknown("format", options.format, command->formats());
	code = cli_client_open(&options);
	if (!code)
		code = command->run(&options);
	cli_client_close(&options);
	return code;
}

static bool is_any(const char *word, const char *a, const char *b, const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

int cli_main(int argc, char **argv)
{
	const struct cli_command *command;
	struct cpc_buffer out = { 0 };

	if (argc < 2)
		return cli_complain(CPC_USAGE, "a command is wanted; `cpucompat --help` lists them");
	if (is_any(argv[1], "--help", "-h", "help")) {
		add_program_help(&out);
		return cli_write(&out, CPC_OK);
	}
	if (is_any(argv[1], "--version", "-V", "version")) {
		cpc_buffer_puts(&out, "cpucompat " CPC_VERSION "\n");
		return cli_write(&out, CPC_OK);
	}
	command = find(argv[1]);
	if (!command && argv[1][0] == '-')
		return cli_complain(CPC_USAGE, "unknown option '%s'; before a command, use --help or --version",
				    argv[1]);
	if (!command)
		return cli_unknown("command", argv[1], cli_command_names());
	return run(command, argc - 1, argv + 1);
}
