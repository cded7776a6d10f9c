/* SPDX-License-Identifier: MIT */
/* Options are rows: which commands have them, how a value is taken and where it goes, and what --help says. */
#include "cli_inside.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "layout_text.h"
#include "matchers.h"
#include "quantity.h"

/** Longest --timeout: an hour. */
#define TIMEOUT_MAX 3600

/** What getopt_long() returns for the first row; above any character. */
#define FIRST_VALUE 0x100

static enum cpc_status take_text(const char *name, const char *text, void *field)
{
	(void)name;
	*(const char **)field = text;
	return CPC_OK;
}

/** Options that are taken by it have no value. */
static enum cpc_status take_flag(const char *name, const char *text, void *field)
{
	(void)name;
	(void)text;
	*(bool *)field = true;
	return CPC_OK;
}

static enum cpc_status take_policy(const char *name, const char *text, void *field)
{
	const struct cpc_policy *policy = cpc_policy_named(text);

	if (!policy)
		return (enum cpc_status)cli_unknown(name, text, cli_policy_names());
	*(const struct cpc_policy **)field = policy;
	return CPC_OK;
}

static enum cpc_status take_one_more(const char *name, const char *text, void *field)
{
	struct cli_values *values = field;

	if (values->count == CLI_VALUES_MAX)
		return (enum cpc_status)cli_complain(CPC_USAGE, "--%s is given more than %d times", name,
						     CLI_VALUES_MAX);
	values->items[values->count++] = text;
	return CPC_OK;
}

static enum cpc_status take_matchers(const char *name, const char *text, void *field)
{
	const struct cli_values *values = field;
	struct cpc_error error;

	if (values->count == CLI_MATCHES_MAX)
		return (enum cpc_status)cli_complain(CPC_USAGE, "more than %d times --%s; join some with a comma",
						     CLI_MATCHES_MAX, name);
	if (cpc_matchers_check(text, &error))
		return (enum cpc_status)cli_complain(CPC_USAGE, "--%s: %s", name, error.what);
	return take_one_more(name, text, field);
}

static enum cpc_status take_ready_row(const char *name, const char *text, void *field)
{
	const enum cpc_ready_row_id row = cpc_ready_row_named(text);

	if (row == CPC_ROW_COUNT)
		return (enum cpc_status)cli_unknown("row", text, cli_ready_row_names());
	(void)name;
	*(uint32_t *)field |= UINT32_C(1) << row;
	return CPC_OK;
}

static enum cpc_status take_seconds(const char *name, const char *text, void *field)
{
	char *end;
	const long seconds = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || seconds < 1 || seconds > TIMEOUT_MAX)
		return (enum cpc_status)cli_complain(CPC_USAGE, "--%s takes seconds, from 1 to %d, not '%s'", name,
						     TIMEOUT_MAX, text);
	*(long *)field = seconds * 1000;
	return CPC_OK;
}

/** What the option of a name does not take. */
static enum cpc_status refuse_value(const char *name, const struct cpc_error *error)
{
	return (enum cpc_status)cli_complain(CPC_USAGE, "--%s: %s", name, error->what);
}

static struct cpc_span span_of(const char *text)
{
	return (struct cpc_span){ text, strlen(text) };
}

static enum cpc_status take_memory(const char *name, const char *text, void *field)
{
	struct cpc_measurement bytes = { .known = true };
	struct cpc_error error;

	if (cpc_quantity_bytes(span_of(text), 0, CPC_LAYOUT_MEMORY_MAX, &bytes.value, &error))
		return refuse_value(name, &error);
	*(struct cpc_measurement *)field = bytes;
	return CPC_OK;
}

/** Thousandths. */
static enum cpc_status take_ratio(const char *name, const char *text, void *field)
{
	struct cpc_measurement ratio = { .known = true };
	struct cpc_error error;

	if (cpc_quantity_decimal(span_of(text), 1000, 100, 100000, &ratio.value, &error))
		return refuse_value(name, &error);
	*(struct cpc_measurement *)field = ratio;
	return CPC_OK;
}

static enum cpc_status take_price(const char *name, const char *text, void *field)
{
	struct cpc_measurement price = { .known = true };
	struct cpc_error error;

	if (cpc_quantity_decimal(span_of(text), CPC_MONEY_UNIT, 0, CPC_PRICE_MAX, &price.value, &error))
		return refuse_value(name, &error);
	*(struct cpc_measurement *)field = price;
	return CPC_OK;
}

static enum cpc_status take_count(const char *name, const char *text, const char *what, uint32_t max, void *field)
{
	struct cpc_error error;
	uint32_t count;

	if (cpc_quantity_whole(span_of(text), what, 1, max, &count, &error))
		return refuse_value(name, &error);
	*(struct cpc_measurement *)field = (struct cpc_measurement){ true, count };
	return CPC_OK;
}

static enum cpc_status take_cores(const char *name, const char *text, void *field)
{
	return take_count(name, text, "cores of a socket", CPC_LAYOUT_CORES_MAX, field);
}

static enum cpc_status take_threads(const char *name, const char *text, void *field)
{
	return take_count(name, text, "threads of a core", CPC_LAYOUT_THREADS_MAX, field);
}

static enum cpc_status take_layout(const char *name, const char *text, void *field)
{
	struct cpc_layout layout;
	struct cpc_error error;

	if (cpc_layout_read(text, &layout, &error))
		return refuse_value(name, &error);
	return take_one_more(name, text, field);
}

#define FIELD(name) offsetof(struct cli_options, name)

static const struct row {
	unsigned int accepted; /**< enum cli_option; 0: always */
	const char *name;
	char letter; /**< '\0': none */
	enum cpc_status (*take)(const char *name, const char *text, void *field);
	size_t field;
	const char *help; /**< lines of the command's --help, of the rows behind it too that have none; or NULL */
} rows[] = {
	{ .accepted = CLI_FORMAT, .name = "format", .take = take_text, .field = FIELD(format) },
	{ .accepted = CLI_POLICY, .name = "policy", .take = take_policy, .field = FIELD(policy) },
	{ .accepted = CLI_FROM, .name = "from", .take = take_text, .field = FIELD(from) },
	{ .accepted = CLI_ACCEPTS, .name = "accepts", .take = take_text, .field = FIELD(accepts) },
	{ .accepted = CLI_ACCEPTS, .name = "accepted-by", .take = take_text, .field = FIELD(accepted_by) },
	{ .accepted = CLI_CPU_MAP,
	  .name = "cpu-map",
	  .take = take_text,
	  .field = FIELD(cpu_map),
	  .help = "--cpu-map FOLDER has the models for libvirt and qemu: a copy of a host's\n"
		  "  /usr/share/libvirt/cpu_map, or `none`.\n" },
	{ .accepted = CLI_PLAN,
	  .name = "since",
	  .take = take_text,
	  .field = FIELD(since),
	  .help = "--since FILE tells what changed since a fleet was saved with --format json.\n" },
	{ .accepted = CLI_PLAN,
	  .name = "add",
	  .take = take_one_more,
	  .field = FIELD(add),
	  .help = "--add SOURCE and --remove NAME tell what would change if hosts came or went.\n" },
	{ .accepted = CLI_PLAN, .name = "remove", .take = take_one_more, .field = FIELD(remove) },
	{ .accepted = CLI_PLAN,
	  .name = "order",
	  .take = take_flag,
	  .field = FIELD(order),
	  .help = "--order tells in which order hosts can be drained so that every VM always has\n"
		  "  somewhere to go: those to remove, or each once. Exit code 0 with an order, 20\n"
		  "  where there is none, 30 where that depends on what was not read.\n" },
	{ .accepted = CLI_READY,
	  .name = "assume",
	  .take = take_ready_row,
	  .field = FIELD(assumed),
	  .help = "--assume ROW vouches for a row: it does not count for the exit code.\n" },
	{ .accepted = CLI_READY,
	  .name = "disk",
	  .take = take_one_more,
	  .field = FIELD(disks),
	  .help = "--disk FILE shows a VM's virtual disk.\n" },
	{ .accepted = CLI_READY,
	  .name = "sysroot",
	  .take = take_text,
	  .field = FIELD(sysroot),
	  .help = "--sysroot FOLDER has another host's /proc, /sys, /etc and /var; its processor is\n"
		  "  the SOURCE, or the folder's /proc/cpuinfo.\n" },
	{ .accepted = CLI_READY,
	  .name = "active",
	  .take = take_flag,
	  .field = FIELD(active),
	  .help = "--active asks devices and servers what files do not tell; nothing is changed,\n"
		  "  but for a record of NAME that is added to DNS and taken away again.\n" },
	{ .accepted = CLI_READY, .name = "update-name", .take = take_text, .field = FIELD(update_name) },
	{ .accepted = CLI_LAYOUT,
	  .name = "hosts",
	  .take = take_layout,
	  .field = FIELD(layouts),
	  .help = "--hosts HOSTSxSOCKETSxMEMORY[xCORES] is a layout, as 6x2x32GiB: 6 hosts, each of\n"
		  "  2 sockets and 32 GiB. CORES are those of a socket.\n" },
	{ .accepted = CLI_LAYOUT,
	  .name = "cores-per-socket",
	  .take = take_cores,
	  .field = FIELD(cores),
	  .help = "--cores-per-socket CORES are those of layouts that name none, and\n"
		  "  --threads-per-core THREADS are its logical CPUs (1).\n" },
	{ .accepted = CLI_LAYOUT, .name = "threads-per-core", .take = take_threads, .field = FIELD(threads) },
	{ .accepted = CLI_LAYOUT,
	  .name = "license-per-host",
	  .take = take_price,
	  .field = FIELD(prices[CPC_LICENSE_HOST]),
	  .help = "--license-per-host COST, --license-per-socket COST and --license-per-core COST\n"
		  "  are what one licence costs, in any currency; they add up.\n" },
	{ .accepted = CLI_LAYOUT,
	  .name = "license-per-socket",
	  .take = take_price,
	  .field = FIELD(prices[CPC_LICENSE_SOCKET]) },
	{ .accepted = CLI_LAYOUT,
	  .name = "license-per-core",
	  .take = take_price,
	  .field = FIELD(prices[CPC_LICENSE_CORE]) },
	{ .accepted = CLI_VMS,
	  .name = "vms",
	  .take = take_text,
	  .field = FIELD(vms),
	  .help = "--vms FILE names the VMs that are to fit with one host gone, one a line:\n"
		  "  NAME MEMORY VCPUS [xCOUNT], as `web 4GiB 2 x10`; # begins a comment.\n" },
	{ .accepted = CLI_VMS,
	  .name = "host-reserve",
	  .take = take_memory,
	  .field = FIELD(host_keeps),
	  .help = "--host-reserve MEMORY is what a host keeps for itself, --vcpus-per-cpu RATIO how\n"
		  "  many virtual CPUs share a logical one; the policy has both, with sources.\n" },
	{ .accepted = CLI_VMS, .name = "vcpus-per-cpu", .take = take_ratio, .field = FIELD(vcpus_per_cpu) },
	{ .accepted = CLI_MATCH,
	  .name = "match",
	  .take = take_matchers,
	  .field = FIELD(matches),
	  .help = "--match MATCHERS takes those series of a Prometheus whose labels match, as\n"
		  "  'cluster=\"a\",job=~\"x.*\"'.\n" },
	{ .accepted = CLI_CLIENT,
	  .name = "token-file",
	  .take = take_text,
	  .field = FIELD(token_file),
	  .help = "--token-file FILE has the token that is shown to every address, --ca FILE who\n"
		  "  signs their certificates; --timeout SECONDS bounds each answer.\n" },
	{ .accepted = CLI_CLIENT, .name = "ca", .take = take_text, .field = FIELD(ca) },
	{ .accepted = CLI_CLIENT, .name = "timeout", .take = take_seconds, .field = FIELD(client.timeout_ms) },
	{ .accepted = CLI_TIMING,
	  .name = "timing",
	  .take = take_flag,
	  .field = FIELD(timing),
	  .help = "--timing adds what each probe cost.\n" },
	{ .accepted = CLI_VERBOSE,
	  .name = "verbose",
	  .letter = 'v',
	  .take = take_flag,
	  .field = FIELD(verbose),
	  .help = "--verbose shows whole lists.\n" },
	{ .accepted = 0, .name = "help", .letter = 'h', .take = take_flag, .field = FIELD(help) },
};

#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static bool accepts(const struct cli_command *command, const struct row *row)
{
	return !row->accepted || row->accepted & command->accepts;
}

void cli_options_help(const struct cli_command *command, struct cpc_buffer *out)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].help && accepts(command, &rows[i]))
			cpc_buffer_puts(out, rows[i].help);
}

/** As getopt_long() wants them: those of one subcommand, ended by a zero row, and their letters. */
static void select_options(const struct cli_command *command, struct option ret_options[static ROW_COUNT + 1],
			   char ret_letters[static ROW_COUNT + 2])
{
	size_t count = 0;

	*ret_letters++ = ':';
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (!accepts(command, &rows[i]))
			continue;
		ret_options[count++] =
			(struct option){ .name = rows[i].name,
					 .has_arg = rows[i].take == take_flag ? no_argument : required_argument,
					 .val = FIRST_VALUE + (int)i };
		if (rows[i].letter)
			*ret_letters++ = rows[i].letter;
	}
	ret_options[count] = (struct option){ 0 };
	*ret_letters = '\0';
}

static const struct row *row_of(int answer)
{
	const struct row *row = rows;

	if (answer >= FIRST_VALUE)
		return &rows[answer - FIRST_VALUE];
	while (row->letter != answer)
		row++;
	return row;
}

/** What getopt_long() refused, as the user wrote it, and what is accepted. */
static enum cpc_status refuse(const struct cli_command *command, const struct option *options, int answer, char **argv)
{
	const char *word = argv[optind - 1];
	struct cpc_buffer list = { 0 };

	for (const struct option *option = options; option->name; option++)
		cpc_buffer_printf(&list, "%s--%s", option == options ? "" : ", ", option->name);
	if (answer == ':')
		cli_complain(CPC_USAGE, "%s: option '%s' needs a value", command->name, word);
	else if (optopt > 0xFF)
		cli_complain(CPC_USAGE, "%s: option '%.*s' takes no value", command->name, (int)strcspn(word, "="),
			     word);
	else if (optopt)
		cli_complain(CPC_USAGE, "%s: unknown option '-%c'; use one of: %s", command->name, optopt,
			     list.bytes ? list.bytes : "");
	else
		cli_complain(CPC_USAGE, "%s: unknown option '%.*s'; use one of: %s", command->name,
			     (int)strcspn(word, "="), word, list.bytes ? list.bytes : "");
	cpc_buffer_free(&list);
	return CPC_USAGE;
}

enum cpc_status cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_options *ret_options)
{
	struct option options[ROW_COUNT + 1];
	char letters[ROW_COUNT + 2];
	int answer;

	*ret_options = (struct cli_options){ .format = "text", .policy = cpc_policy_named(CPC_POLICY_DEFAULT) };
	select_options(command, options, letters);
	/* 0 rather than 1 makes glibc forget an earlier scan, musl likewise. */
	optind = 0;
	opterr = 0;
	while ((answer = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		const struct row *row;
		enum cpc_status status;

		if (answer == '?' || answer == ':')
			return refuse(command, options, answer, argv);
		row = row_of(answer);
		status = row->take(row->name, optarg, (char *)ret_options + row->field);
		if (status)
			return status;
	}
	ret_options->arguments = argv + optind;
	ret_options->argument_count = (size_t)(argc - optind);
	return CPC_OK;
}
