/* SPDX-License-Identifier: MIT */
#ifndef CPC_FLEET_INSIDE_H
#define CPC_FLEET_INSIDE_H

#include <cpucompat/fleet.h>

#include "cli_inside.h"
#include "progress.h"
#include "render.h"

/** What is kept of sources that gave nothing; more are counted. */
#define CLI_UNREADABLE_MAX 1000

/** A fleet that is being read, and the sources that gave nothing. Zero-initialise. */
struct cli_reading {
	const struct cli_options *options;
	struct cli_progress progress;
	struct cpc_fleet fleet;
	struct cpc_unreadable *unreadable; /**< texts are owned */
	size_t unreadable_count;
	size_t unreadable_more; /**< beyond those that are kept */
	enum cpc_status worst;	/**< of the last source that failed */
};

/** Read a source or a folder, and fold its hosts. CPC_INTERNAL without memory; all else is noted. */
enum cpc_status cli_read_fleet(struct cli_reading *reading, const char *source);

/** Release what was read. */
void cli_forget(struct cli_reading *reading);

/** Render in the format that the options name, and write it. An exit code; the error is already on standard error. */
int cli_print_fleet(const struct cpc_fleet_view *view, const struct cli_options *options);

/* Changes (fleet_plan.c) */

/** Whether --since, --add, --remove or --order was given. */
bool cli_wants_plan(const struct cli_options *options);

/** Whether they do not go together, or with the format; the error is then on standard error. */
bool cli_refuse_plan(const struct cli_options *options);

/** Ask what changed or would change, and print it. The same exit code; of --order how that ended. */
int cli_plan_fleet(struct cli_reading *reading);

/** Note that a source gave nothing. CPC_INTERNAL without memory. */
enum cpc_status cli_note_unreadable(struct cli_reading *reading, const char *source, const struct cpc_error *error);

/** A line that is none ends the list: hosts that come after it are not counted, and that is said. */
enum cpc_status cli_note_end(struct cli_reading *reading, const char *source, const struct cpc_error *error);

/** What a progress line begins with: what there is so far. */
#define CLI_PROGRESS "%zu hosts, %zu classes, %zu unreadable"
#define CLI_PROGRESS_OF(reading)                                                                                       \
	(reading)->fleet.hosts, (reading)->fleet.count, (reading)->unreadable_count + (reading)->unreadable_more

/** Count in what a source turned out to be, and close it. CPC_INTERNAL without memory. */
enum cpc_status cli_fold_source(struct cli_reading *reading, struct cli_source *from);

/** Ask agents, many at once, and fold them in their order. CPC_INTERNAL without memory; all else is noted. */
enum cpc_status cli_fold_agents(struct cli_reading *reading, char *const *addresses, size_t count);

/** Whether an input looks like a list of agents' addresses. Looks at its first line that is no comment. */
bool cli_is_host_list(const char *bytes, size_t length);

/** The same of a list, `[NAME] ADDRESS [token-file=FILE]` a line; a line that is none is noted. */
enum cpc_status cli_fold_host_list(struct cli_reading *reading, const char *source, const struct cpc_buffer *bytes);

/** Ask a Prometheus server, and fold the hosts that it knows. CPC_INTERNAL without memory; all else is noted. */
enum cpc_status cli_fold_prometheus(struct cli_reading *reading, const char *source);

/**
 * Fold a list of fingerprints from a descriptor, line by line, whatever its length. A line that is none is noted
 * as unreadable, and the others count. `*ret_list` false: it begins like no list, and `ret_begin` has what was read to
 * see that.
 */
enum cpc_status cli_fold_list(struct cli_reading *reading, const char *source, int descriptor, bool *ret_list,
			      struct cpc_buffer *ret_begin);

#endif
