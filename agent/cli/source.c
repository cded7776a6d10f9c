/* SPDX-License-Identifier: MIT */
/* What a SOURCE means: design, section 6. */
#include "cli_inside.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/catalogue.h>

#include "client.h"
#include "probes.h"

static enum cpc_status read_bytes(const struct cpc_buffer *bytes, struct cpc_captures *captures,
				  struct cpc_error *reterr)
{
	return cpc_read(bytes->bytes ? bytes->bytes : "", bytes->length, captures, reterr);
}

static enum cpc_status open_self(struct cpc_captures *captures, struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_add(captures);
	struct cpc_env env;

	if (!capture)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	cpc_env_live(&env, NULL);
	return cpc_probe_all(&env, capture, reterr);
}

static enum cpc_status open_fingerprint(const char *text, struct cpc_captures *captures, struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_add(captures);

	if (!capture)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	capture->origin = CPC_ORIGIN_FINGERPRINT;
	return cpc_fingerprint_parse(text, strlen(text), &capture->fingerprint, reterr);
}

static enum cpc_status open_row(const struct cpc_catalogue_row *row, struct cpc_captures *captures,
				struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_add(captures);

	if (!capture)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	return cpc_catalogue_capture(row, capture, reterr);
}

static enum cpc_status open_catalogue(const char *name, struct cpc_captures *captures, struct cpc_error *reterr)
{
	const struct cpc_catalogue_row *row = cpc_catalogue_named(name);
	const char *nearest;

	if (row)
		return open_row(row, captures, reterr);
	nearest = cpc_nearest(name, cli_catalogue_names());
	if (nearest)
		return cpc_fail(reterr, CPC_NO_INPUT, 0, "not in the catalogue; did you mean @%s?", nearest);
	return cpc_fail(reterr, CPC_NO_INPUT, 0, "not in the catalogue; `cpucompat catalogue WORDS` searches it");
}

static enum cpc_status open_address(const struct cpc_client *client, const char *address, struct cpc_captures *captures,
				    struct cpc_error *reterr)
{
	struct cpc_buffer body = { 0 };
	enum cpc_status status = cpc_fetch_report(client, address, &body, reterr);

	if (!status)
		status = read_bytes(&body, captures, reterr);
	cpc_buffer_free(&body);
	return status;
}

static enum cpc_status open_input(const char *path, struct cpc_captures *captures, struct cpc_error *reterr)
{
	struct cpc_buffer bytes = { 0 };
	enum cpc_status status = cli_read_input(path, &bytes, reterr);

	if (!status)
		status = read_bytes(&bytes, captures, reterr);
	cpc_buffer_free(&bytes);
	return status;
}

bool cli_is_fingerprint(const char *source)
{
	size_t digits;

	if (strncmp(source, "cpc", 3))
		return false;
	digits = strspn(source + 3, "0123456789");
	return digits && source[3 + digits] == ':';
}

/** A SOURCE that was meant is nothing else: an empty one is refused, and a word stays a word. */
bool cli_is_input(const char *source)
{
	return *source && *source != '@' && strcmp(source, "self") != 0 && !cpc_is_address(source) &&
	       !cpc_is_prometheus(source) && !cli_is_fingerprint(source);
}

static enum cpc_status read_source(const struct cpc_client *client, const char *source, struct cpc_captures *captures,
				   struct cpc_error *reterr)
{
	if (!*source)
		return cpc_fail(reterr, CPC_USAGE, 0,
				"a SOURCE is empty; give self, a file, an address, a fingerprint or @NAME");
	if (!strcmp(source, "/dev/stdin"))
		source = "-";
	if (!strcmp(source, "self"))
		return open_self(captures, reterr);
	if (*source == '@')
		return open_catalogue(source + 1, captures, reterr);
	if (cpc_is_address(source))
		return open_address(client, source, captures, reterr);
	if (cpc_is_prometheus(source))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"a Prometheus server knows many hosts; `cpucompat fleet` takes them");
	if (cli_is_fingerprint(source))
		return open_fingerprint(source, captures, reterr);
	return open_input(source, captures, reterr);
}

/** A file's name may hold any byte; a document must not. */
static void make_printable(char *name)
{
	for (char *c = name; *c; c++) {
		if (!isprint((unsigned char)*c))
			*c = '?';
	}
}

/** The last part of a path, without its extension; a path that is all extension stays as it is. */
void cli_name_input(const char *path, char ret_name[static CLI_NAME_SIZE])
{
	const char *slash = strrchr(path, '/');
	char *dot;

	if (!strcmp(path, "-"))
		path = "stdin";
	snprintf(ret_name, CLI_NAME_SIZE, "%s", slash && slash[1] ? slash + 1 : path);
	dot = strrchr(ret_name, '.');
	if (dot && dot != ret_name)
		*dot = '\0';
	make_printable(ret_name);
}

void cli_name_source(const char *source, char ret_name[static CLI_NAME_SIZE])
{
	cli_print_address(source, ret_name, CLI_NAME_SIZE);
	make_printable(ret_name);
}

static void name_of_fingerprint(const struct cpc_report *report, char ret_name[static CLI_NAME_SIZE])
{
	char id[CPC_ID_SIZE];

	cpc_fingerprint_id(&report->fingerprint, id);
	snprintf(ret_name, CLI_NAME_SIZE, "%.8s", id);
}

static void name_capture(const char *source, const struct cli_source *from, size_t n,
			 char ret_name[static CLI_NAME_SIZE])
{
	const struct cpc_capture *capture = &from->captures.items[n];
	size_t length;

	if (*source == '@')
		snprintf(ret_name, CLI_NAME_SIZE, "%s", source);
	else if (*capture->host_name)
		snprintf(ret_name, CLI_NAME_SIZE, "%s", capture->host_name);
	else if (cli_is_fingerprint(source))
		name_of_fingerprint(&from->reports[n], ret_name);
	else if (cpc_is_address(source))
		cli_name_source(source, ret_name);
	else
		cli_name_input(source, ret_name);
	length = strlen(ret_name);
	if (from->captures.count > 1 && !*capture->host_name)
		snprintf(ret_name + length, CLI_NAME_SIZE - length, "#%zu", n + 1);
}

static enum cpc_status derive(const char *source, struct cli_source *from, struct cpc_error *reterr)
{
	const size_t count = from->captures.count;

	if (!count)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "holds no processor; give a report, a dump or fingerprints");
	from->reports = calloc(count, sizeof(*from->reports));
	from->names = calloc(count, sizeof(*from->names));
	if (!from->reports || !from->names)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		cpc_report_of(&from->captures.items[i], &from->reports[i]);
		name_capture(source, from, i, from->names[i]);
	}
	return CPC_OK;
}

enum cpc_status cli_source_open(const struct cpc_client *client, const char *source, struct cli_source *ret_source,
				struct cpc_error *reterr)
{
	struct cli_source from = { 0 };
	enum cpc_status status = read_source(client, source, &from.captures, reterr);

	if (!status)
		status = derive(source, &from, reterr);
	if (status)
		cli_source_close(&from);
	*ret_source = from;
	return status;
}

enum cpc_status cli_source_open_one(const struct cpc_client *client, const char *source, struct cli_source *ret_source,
				    struct cpc_error *reterr)
{
	enum cpc_status status = cli_source_open(client, source, ret_source, reterr);
	size_t count = ret_source->captures.count;

	if (status || count == 1)
		return status;
	cli_source_close(ret_source);
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "holds %zu processors and one is wanted here; give one of them",
			count);
}

enum cpc_status cli_source_of_bytes(const char *source, const struct cpc_buffer *bytes, struct cli_source *ret_source,
				    struct cpc_error *reterr)
{
	struct cli_source from = { 0 };
	enum cpc_status status = read_bytes(bytes, &from.captures, reterr);

	if (!status)
		status = derive(source, &from, reterr);
	if (status)
		cli_source_close(&from);
	*ret_source = from;
	return status;
}

void cli_source_close(struct cli_source *source)
{
	cpc_captures_free(&source->captures);
	free(source->reports);
	free(source->names);
	*source = (struct cli_source){ 0 };
}

bool cli_stdin_twice(char *const *sources, size_t count)
{
	size_t uses = 0;

	for (size_t i = 0; i < count; i++)
		uses += !strcmp(sources[i], "-");
	return uses > 1;
}
