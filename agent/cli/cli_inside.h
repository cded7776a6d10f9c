/* SPDX-License-Identifier: MIT */
/*
 * The subcommands, one file each, and what they share. A subcommand builds its
 * whole output first and writes it once, so that a failure leaves nothing on
 * standard output; all but fleet, whose output may be larger than memory.
 */
#ifndef CPC_CLI_INSIDE_H
#define CPC_CLI_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/layout.h>
#include <cpucompat/nearest.h>
#include <cpucompat/policy.h>
#include <cpucompat/report.h>

#include "client.h"
#include "formats.h"
#include "render.h"

struct cli_options;

/** A row of the table of subcommands (commands.c). */
struct cli_command {
	const char *name;
	int (*run)(const struct cli_options *options); /**< options are parsed, and the format is one of `formats` */
	int (*become)(char **argv);		       /**< instead of `run`: another program takes argv as it stands */
	const char *usage;			       /**< its arguments */
	const char *summary;			       /**< one line */
	const char *help;			       /**< more lines for its own --help, or "" */
	unsigned int accepts;			       /**< a bit per enum cli_option */
	struct cpc_names (*formats)(void);	       /**< with CLI_FORMAT: those that it prints */
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

/** One row each: probe.c, compare.c, baseline.c, fleet.c, ready.c, plan.c, catalogue.c, serve.c, list.c. They return
 * exit codes. */
int cli_probe(const struct cli_options *options);
int cli_compare(const struct cli_options *options);
int cli_baseline(const struct cli_options *options);
int cli_fleet(const struct cli_options *options);
int cli_catalogue(const struct cli_options *options);
int cli_ready(const struct cli_options *options);
int cli_plan(const struct cli_options *options);
int cli_list(const struct cli_options *options);
int cli_serve(char **argv);

/* Options (options.c) */

enum cli_option {
	CLI_FORMAT = 1U << 0,
	CLI_POLICY = 1U << 1,
	CLI_FROM = 1U << 2,
	CLI_TIMING = 1U << 3,
	CLI_VERBOSE = 1U << 4,
	CLI_CPU_MAP = 1U << 5,
	CLI_ACCEPTS = 1U << 6,
	CLI_MATCH = 1U << 7,
	CLI_CLIENT = 1U << 8, /**< --token-file, --ca, --timeout: whatever takes a SOURCE */
	CLI_PLAN = 1U << 9,
	CLI_READY = 1U << 10,
	CLI_VMS = 1U << 11,
	CLI_LAYOUT = 1U << 12,
};

/** Lists of label matchers that one command line may have. */
#define CLI_MATCHES_MAX 16

/** How often an option that may be given several times may be. */
#define CLI_VALUES_MAX 256

/** Values of an option that may be given several times. */
struct cli_values {
	const char *items[CLI_VALUES_MAX];
	size_t count;
};

/** What the command line said; texts point into argv. */
struct cli_options {
	const char *format;	   /**< "text" where none was given */
	const char *from;	   /**< NULL where none was given */
	const char *cpu_map;	   /**< NULL where none was given */
	const char *accepts;	   /**< --accepts, or NULL */
	const char *accepted_by;   /**< --accepted-by, or NULL */
	struct cli_values matches; /**< --match: at most CLI_MATCHES_MAX, each a list of label matchers */
	const char *token_file;	   /**< NULL where none was given */
	const char *ca;		   /**< NULL where none was given */
	struct cpc_client client; /**< who asks agents; its token is that of the file, once cli_client_open() read it */
	const char *since;	  /**< --since, or NULL */
	struct cli_values add;	  /**< --add */
	struct cli_values remove; /**< --remove */
	const struct cpc_policy *policy;
	uint32_t assumed;				  /**< --assume: a bit per row of the requirement table */
	struct cli_values disks;			  /**< --disk */
	const char *sysroot;				  /**< --sysroot, or NULL */
	const char *update_name;			  /**< --update-name, or NULL */
	const char *vms;				  /**< --vms, or NULL */
	struct cpc_measurement host_keeps;		  /**< --host-reserve: bytes */
	struct cpc_measurement vcpus_per_cpu;		  /**< --vcpus-per-cpu: thousandths */
	struct cli_values layouts;			  /**< --hosts: each was read once without an error */
	struct cpc_measurement prices[CPC_LICENSE_COUNT]; /**< --license-per-host, ...: see CPC_MONEY_UNIT */
	struct cpc_measurement cores;			  /**< --cores-per-socket */
	struct cpc_measurement threads;			  /**< --threads-per-core */
	bool active;
	bool order;
	bool timing;
	bool verbose;
	bool help;
	char **arguments; /**< what is not an option, in argv */
	size_t argument_count;
};

/**
 * Parse what `command` accepts. CPC_USAGE, with the error already on standard error,
 * for an unknown option or policy; reorders argv. Not thread-safe (getopt).
 */
enum cpc_status cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_options *ret_options);

/** The lines of a command's --help about its options. */
void cli_options_help(const struct cli_command *command, struct cpc_buffer *out);

/**
 * Read what the client shows and whom it believes (client_options.c). CPC_OK, or an exit code with the error already on
 * standard error, where a warning is, too, of a token that others can read. Release it in any case.
 */
int cli_client_open(struct cli_options *options);
void cli_client_close(struct cli_options *options);

/** Warn, on standard error, that the token goes to that address in the clear. Returns whether it does. */
bool cli_warn_of_plain_text(const struct cpc_client *client, const char *address);

/* Names (names.c) */

struct cpc_names cli_policy_names(void);
struct cpc_names cli_report_format_names(void);
struct cpc_names cli_comparison_format_names(void);
struct cpc_names cli_baseline_format_names(void);
struct cpc_names cli_fleet_format_names(void);
struct cpc_names cli_ready_format_names(void);
struct cpc_names cli_plan_format_names(void);
struct cpc_names cli_ready_row_names(void);
struct cpc_names cli_command_names(void);
struct cpc_names cli_catalogue_format_names(void);
struct cpc_names cli_catalogue_names(void);

/** Say on standard error that `word` is no `what`, which are valid, and which is near; returns CPC_USAGE. */
int cli_unknown(const char *what, const char *word, struct cpc_names names);

/* Sources (source.c) */

#define CLI_NAME_SIZE 128

/** What a SOURCE turned out to be. */
struct cli_source {
	struct cpc_captures captures;
	struct cpc_report *reports;   /**< one a capture */
	char (*names)[CLI_NAME_SIZE]; /**< one a capture */
};

/**
 * Read a SOURCE and derive its reports. On failure nothing is left to free and
 * `reterr` says what, without the name of the source.
 */
enum cpc_status cli_source_open(const struct cpc_client *client, const char *source, struct cli_source *ret_source,
				struct cpc_error *reterr);
void cli_source_close(struct cli_source *source);

/** How many agents may be asked at once: each takes descriptors (fleet_agents.c). */
size_t cli_fetches_most(void);

/**
 * Ask those of the sources that are agents for their requirement tables, all at once (ready_agents.c). `take` gets each
 * source's answer, or NULL and why there is none, in their order. Fails only without memory or libcurl.
 */
enum cpc_status cli_fetch_tables(const struct cpc_client *client, char *const *sources, size_t count,
				 void (*take)(void *context, size_t source, const struct cpc_buffer *body,
					      const struct cpc_error *error),
				 void *context, struct cpc_error *reterr);

/** Whether a SOURCE is a file or standard input, and not one of the words, names and addresses. */
bool cli_is_input(const char *source);

/** The same as cli_source_open() of a file whose bytes were read. */
enum cpc_status cli_source_of_bytes(const char *source, const struct cpc_buffer *bytes, struct cli_source *ret_source,
				    struct cpc_error *reterr);

/** The same, but it must hold exactly one capture. */
enum cpc_status cli_source_open_one(const struct cpc_client *client, const char *source, struct cli_source *ret_source,
				    struct cpc_error *reterr);

/** Whether a SOURCE is a fingerprint of some version: `cpc`, a number, and a colon. */
bool cli_is_fingerprint(const char *source);

/** Name a host by its SOURCE as it was given, cut to fit and without a password. */
void cli_name_source(const char *source, char ret_name[static CLI_NAME_SIZE]);

/** Name a host by the file that it was read from: its last part, without the extension. */
void cli_name_input(const char *path, char ret_name[static CLI_NAME_SIZE]);

/** Whether more than one of the sources is standard input, which can be read only once. */
bool cli_stdin_twice(char *const *sources, size_t count);

/**
 * libvirt's CPU map from a folder (cpu_map.c): that of this machine where `folder` is
 * NULL, none where it is "none". `ret_found` says whether there is one; release it with
 * cpc_cpu_map_free(). An exit code; the error is already on standard error.
 */
int cli_cpu_map_open(const char *folder, struct cpc_cpu_map *ret_map, bool *ret_found);

/**
 * The VMs of --vms (vms_file.c), and what is reckoned beside them: the policy's, or what the options say. CPC_OK, or an
 * exit code with the error already on standard error. Release the VMs with cpc_vms_free().
 */
int cli_vms_open(const struct cli_options *options, struct cpc_vms *ret_vms);
struct cpc_overhead cli_overhead(const struct cli_options *options);

/** The bytes of a regular file, or of standard input where `path` is "-" (input.c). At most CPC_INPUT_MAX. */
enum cpc_status cli_read_input(const char *path, struct cpc_buffer *ret_bytes, struct cpc_error *reterr);
/** Likewise those of a file of the folder that stands for another machine's root, which no link in it leads out of. */
enum cpc_status cli_read_below(const char *folder, const char *path, struct cpc_buffer *ret_bytes,
			       struct cpc_error *reterr);

/** The same in two steps; standard input is not closed. */
enum cpc_status cli_open_input(const char *path, int *ret_fd, struct cpc_error *reterr);
void cli_close_input(int fd);

/** Append what is left to read. */
enum cpc_status cli_read_rest(int fd, struct cpc_buffer *bytes, struct cpc_error *reterr);

/* Output (output.c) */

/** Whether it is a terminal that can do more than show text. */
bool cli_is_terminal(int fd);

/** Colour and width of standard output. */
struct cpc_style cli_style(const struct cli_options *options);

/** Write a buffer to standard output, whole, and free it. Returns `code`, or CPC_INTERNAL where it could not be
 * written. */
int cli_write(struct cpc_buffer *out, int code);

/** Have a buffer written as it grows; cli_write() then writes the rest, whatever became of it. `error`, 0 at first,
 * is where it is kept why that failed, and outlives the buffer. */
void cli_write_through(struct cpc_buffer *out, int *error);

/** An address without the password that it may hold between `://` and `@`; other texts as they are. Cut to `size`. */
void cli_print_address(const char *address, char *ret_text, size_t size);

/** Print `cpucompat: WHERE:LINE: what` on standard error and return the status. `where` may be NULL. */
int cli_fail(const char *where, const struct cpc_error *error);

/** Print a message of one line on standard error; returns `status`. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int cli_complain(enum cpc_status status, const char *format, ...);

#endif
