/* SPDX-License-Identifier: MIT */
/* Many SOURCEs: folded into classes as they are read, and forgotten. One that cannot be read is named, not fatal. */
#include "cli_inside.h"
#include "fleet_inside.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cpucompat/fleet.h>

#include "client.h"
#include "fleet_document.h"

void cli_forget(struct cli_reading *reading)
{
	for (size_t i = 0; i < reading->unreadable_count; i++) {
		free((char *)reading->unreadable[i].source);
		free((char *)reading->unreadable[i].error);
	}
	free(reading->unreadable);
	cpc_fleet_free(&reading->fleet);
}

enum cpc_status cli_note_unreadable(struct cli_reading *reading, const char *source, const struct cpc_error *error)
{
	struct cpc_unreadable *grown;
	char name[CLI_NAME_SIZE];
	char why[sizeof(error->what) + 32];
	const char *what = error->what;
	struct cpc_unreadable *row;

	reading->worst = error->status;
	if (reading->unreadable_count == CLI_UNREADABLE_MAX) {
		reading->unreadable_more++;
		return CPC_OK;
	}
	grown = realloc(reading->unreadable, (reading->unreadable_count + 1) * sizeof(*grown));
	if (!grown)
		return CPC_INTERNAL;
	reading->unreadable = grown;
	row = &grown[reading->unreadable_count++];
	cli_name_source(source, name);
	/* The client names the address itself. */
	if (strncmp(what, name, strlen(name)) == 0 && strncmp(what + strlen(name), ": ", 2) == 0)
		what += strlen(name) + 2;
	if (error->line)
		snprintf(why, sizeof(why), "line %zu: %s", error->line, what);
	else
		snprintf(why, sizeof(why), "%s", what);
	*row = (struct cpc_unreadable){ .source = strdup(name), .error = strdup(why) };
	return row->source && row->error ? CPC_OK : CPC_INTERNAL;
}

enum cpc_status cli_fold_source(struct cli_reading *reading, struct cli_source *from)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < from->captures.count && !status; i++) {
		const struct cpc_side side = cpc_side_of(&from->reports[i]);

		status = cpc_fleet_add(&reading->fleet, from->names[i], &side, NULL);
	}
	cli_source_close(from);
	return status;
}

/** A saved fleet counts as a whole or not at all; what could not be read when it was saved still is missing. */
static enum cpc_status fold_document(struct cli_reading *reading, const char *source, const struct cpc_buffer *bytes,
				     struct cpc_error *reterr)
{
	const size_t unreadable = cpc_fleet_document_unreadable(bytes->bytes, bytes->length);
	struct cpc_error missing;
	const enum cpc_status status = cpc_fleet_document_read(bytes->bytes, bytes->length, &reading->fleet, reterr);

	if (status || !unreadable)
		return status;
	cpc_fail(&missing, CPC_UNAVAILABLE, 0, "a saved fleet that is not whole: %zu %s not read when it was saved",
		 unreadable, unreadable == 1 ? "source was" : "sources were");
	return cli_note_unreadable(reading, source, &missing);
}

/** A list as it is read, anything else when all of it was. */
static enum cpc_status read_input(struct cli_reading *reading, const char *source, struct cpc_error *reterr)
{
	struct cpc_buffer bytes = { 0 };
	struct cli_source from;
	bool list;
	int fd;
	enum cpc_status status = cli_open_input(source, &fd, reterr);

	if (status)
		return status;
	status = cli_fold_list(reading, source, fd, &list, &bytes);
	if (status)
		cpc_fail(reterr, status, 0, "out of memory");
	if (!status && !list)
		status = cli_read_rest(fd, &bytes, reterr);
	cli_close_input(fd);
	if (!status && !list && cli_is_host_list(bytes.bytes ? bytes.bytes : "", bytes.length)) {
		status = cli_fold_host_list(reading, source, &bytes);
	} else if (!status && !list && cpc_fleet_document_recognise(bytes.bytes, bytes.length)) {
		status = fold_document(reading, source, &bytes, reterr);
	} else if (!status && !list) {
		status = cli_source_of_bytes(source, &bytes, &from, reterr);
		if (!status)
			status = cli_fold_source(reading, &from);
	}
	cpc_buffer_free(&bytes);
	return status;
}

static enum cpc_status read_one(struct cli_reading *reading, const char *source)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cli_source from;
	enum cpc_status status;

	if (cpc_is_prometheus(source))
		return cli_fold_prometheus(reading, source);
	if (cli_is_input(source)) {
		status = read_input(reading, source, &error);
	} else {
		status = cli_source_open(&reading->options->client, source, &from, &error);
		if (!status)
			status = cli_fold_source(reading, &from);
	}
	return status && status != CPC_INTERNAL ? cli_note_unreadable(reading, source, &error) : status;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/** Every file of a folder, by name; folders within it are not entered. */
static enum cpc_status read_folder(struct cli_reading *reading, const char *folder)
{
	struct cpc_error error = { .status = CPC_NO_INPUT };
	struct dirent **entries;
	const int count = scandir(folder, &entries, is_visible, alphasort);
	enum cpc_status status = CPC_OK;
	size_t files = 0;

	if (count < 0) {
		cpc_fail(&error, CPC_DENIED, 0, "this folder cannot be read: %s", strerror(errno));
		return cli_note_unreadable(reading, folder, &error);
	}
	for (int i = 0; i < count; i++) {
		struct stat stat_of;
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (!status && (stat(path, &stat_of) || !S_ISDIR(stat_of.st_mode))) {
			status = read_one(reading, path);
			files++;
		}
		free(entries[i]);
	}
	free(entries);
	if (!status && files == 0) {
		cpc_fail(&error, CPC_NO_INPUT, 0, "a folder without files; folders within it are not entered");
		status = cli_note_unreadable(reading, folder, &error);
	}
	return status;
}

enum cpc_status cli_read_fleet(struct cli_reading *reading, const char *source)
{
	struct stat stat_of;

	if (*source && stat(source, &stat_of) == 0 && S_ISDIR(stat_of.st_mode))
		return read_folder(reading, source);
	return read_one(reading, source);
}

/** Sources in their order; addresses that follow each other are asked beside each other. */
static enum cpc_status read_sources(struct cli_reading *reading, char *const *sources, size_t count)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < count && !status;) {
		size_t end = i;

		while (end < count && cpc_is_address(sources[end]))
			end++;
		status = end > i ? cli_fold_agents(reading, sources + i, end - i) : cli_read_fleet(reading, sources[i]);
		i = end > i ? end : i + 1;
	}
	return status;
}

int cli_print_fleet(const struct cpc_fleet_view *view, const struct cli_options *options)
{
	const struct cpc_fleet_format *format = cpc_fleet_format_named(options->format);
	const struct cpc_style style = cli_style(options);
	struct cpc_buffer out = { 0 };
	int write_error = 0;
	struct cpc_error error;
	enum cpc_status status;

	cli_write_through(&out, &write_error);
	status = format->render(view, &style, &out, &error);
	if (!status || write_error)
		return cli_write(&out, CPC_OK);
	cpc_buffer_free(&out);
	return cli_fail("fleet", &error);
}

/** Ask everything of the fleet, and print it. */
static int render(struct cli_reading *reading, const struct cli_options *options)
{
	struct cpc_fleet_answers answers;
	const struct cpc_fleet_view view = { .fleet = &reading->fleet,
					     .answers = &answers,
					     .unreadable = reading->unreadable,
					     .unreadable_count = reading->unreadable_count,
					     .unreadable_more = reading->unreadable_more };
	struct cpc_error error;
	int code;
	enum cpc_status status = cpc_fleet_ask(&reading->fleet, options->policy, &answers, &error);

	cli_progress_erase(&reading->progress);
	if (status)
		return cli_fail("fleet", &error);
	code = cli_print_fleet(&view, options);
	cpc_fleet_answers_free(&answers);
	return code;
}

/** --match that nothing is asked about would be believed to have left hosts out. */
static bool matches_nothing(const struct cli_options *options)
{
	for (size_t i = 0; i < options->argument_count; i++)
		if (cpc_is_prometheus(options->arguments[i]))
			return false;
	for (size_t i = 0; i < options->add.count; i++)
		if (cpc_is_prometheus(options->add.items[i]))
			return false;
	return options->matches.count > 0;
}

int cli_fleet(const struct cli_options *options)
{
	struct cli_reading reading = { .options = options };
	enum cpc_status status = CPC_OK;
	int code;

	if (!options->argument_count)
		return cli_complain(CPC_USAGE, "fleet: at least one SOURCE or folder is wanted; for example: "
					       "cpucompat fleet self hosts/");
	if (cli_stdin_twice(options->arguments, options->argument_count))
		return cli_complain(CPC_USAGE,
				    "fleet: standard input can be read only once; save one of them to a file");
	if (matches_nothing(options))
		return cli_complain(CPC_USAGE, "fleet: --match leaves out series of a Prometheus server, and no SOURCE "
					       "here is one (prometheus+http://HOST:PORT)");
	if (cli_refuse_plan(options))
		return CPC_USAGE;
	cli_progress_start(&reading.progress);
	status = read_sources(&reading, options->arguments, options->argument_count);
	if (!status && cli_progress_due(&reading.progress))
		cli_progress_show(&reading.progress, CLI_PROGRESS "; comparing", CLI_PROGRESS_OF(&reading));
	if (status) {
		cli_progress_erase(&reading.progress);
		code = cli_complain(CPC_INTERNAL, "fleet: out of memory");
	} else {
		code = cli_wants_plan(options) ? cli_plan_fleet(&reading) : render(&reading, options);
	}
	/* Nobody could be read: that is no fleet of none. */
	if (!code && !reading.fleet.hosts)
		code = (int)reading.worst;
	cli_forget(&reading);
	return code;
}
