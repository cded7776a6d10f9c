/* SPDX-License-Identifier: MIT */
/* The requirement table of a host or cluster: processors from SOURCEs, the rest from this machine or a folder. */
#include "cli_inside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cpucompat/ready.h>

#include "client.h"
#include "disk.h"
#include "disk_file.h"
#include "ready_document.h"
#include "site.h"
#include "site_text.h"

/** A folder has its processor with it. */
#define CPUINFO "/proc/cpuinfo"

/** A disk of --disk. */
struct shown {
	struct cpc_disk disk;
	struct cpc_error error;
};

/** What an argument turned out to be: a table of ours with its hosts' sites, or a source of processors. */
struct given {
	struct cpc_ready_document document;
	struct cli_source *sources; /**< one a host of the document, or one of all */
	size_t source_count;
	bool here;		/**< what is beside its processor can be looked at from here */
	struct cpc_error error; /**< why an agent told nothing; its status is 0 where it did */
};

/** A cluster that is being read. */
struct gathering {
	const struct cli_options *options;
	char *const *sources; /**< the arguments */
	struct given *given;  /**< as many */
	size_t given_count;
	struct cpc_vms vms;    /**< of --vms */
	struct cpc_site *site; /**< of the one host that was looked at, or NULL */
	struct shown *shown;
	struct cpc_ready_disk *disks;
	struct cpc_ready_host *hosts;
	size_t host_count;
};

static void forget(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->given_count; i++) {
		struct given *given = &gathering->given[i];

		for (size_t n = 0; n < given->source_count; n++)
			cli_source_close(&given->sources[n]);
		free(given->sources);
		cpc_ready_document_free(&given->document);
	}
	cpc_vms_free(&gathering->vms);
	cpc_site_free(gathering->site);
	free(gathering->site);
	free(gathering->given);
	free(gathering->shown);
	free(gathering->disks);
	free(gathering->hosts);
}

static int out_of_memory(void)
{
	return cli_complain(CPC_INTERNAL, "ready: out of memory");
}

/** The processors of a table's hosts, whose reports are in it. */
static enum cpc_status read_reports(const char *source, struct given *given, struct cpc_error *reterr)
{
	const struct cpc_ready_document *document = &given->document;

	for (; given->source_count < document->count; given->source_count++) {
		const struct cpc_ready_document_host *host = &document->hosts[given->source_count];
		struct cli_source *from = &given->sources[given->source_count];
		enum cpc_status status = cli_source_of_bytes(source, &host->report, from, reterr);

		if (status)
			return status;
		/* A report is of one. Without a name it is called by its source. */
		if (*host->name)
			snprintf(from->names[0], CLI_NAME_SIZE, "%s", host->name);
	}
	return CPC_OK;
}

static enum cpc_status read_bytes(const char *source, const struct cpc_buffer *bytes, struct given *given,
				  struct cpc_error *reterr)
{
	enum cpc_status status;

	if (!cpc_ready_document_recognise(bytes->bytes ? bytes->bytes : "", bytes->length)) {
		given->sources = calloc(1, sizeof(*given->sources));
		status = given->sources ? cli_source_of_bytes(source, bytes, given->sources, reterr) : CPC_INTERNAL;
		given->source_count = !status;
		return status;
	}
	status = cpc_ready_document_read(bytes->bytes, bytes->length, &given->document, reterr);
	if (status)
		return status;
	given->sources = calloc(given->document.count, sizeof(*given->sources));
	return given->sources ? read_reports(source, given, reterr) : CPC_INTERNAL;
}

/** What an agent told, which is of one host: its own. */
static void take_answer(void *context, size_t n, const struct cpc_buffer *body, const struct cpc_error *why)
{
	const struct gathering *gathering = context;
	struct given *given = &gathering->given[n];

	given->error = *why;
	if (!body)
		return;
	given->error = (struct cpc_error){ .status = CPC_INTERNAL, .what = "out of memory" };
	given->error.status = read_bytes(gathering->sources[n], body, given, &given->error);
	if (given->error.status)
		return;
	if (given->source_count != 1 || given->sources->captures.count != 1)
		given->error.status =
			cpc_fail(&given->error, CPC_BAD_DATA, 0, "tells of several hosts; an agent has one");
}

static enum cpc_status read_given(const struct cli_options *options, const char *source, struct given *given,
				  struct cpc_error *reterr)
{
	const bool below = options->sysroot && !options->argument_count;
	struct cpc_buffer bytes = { 0 };
	enum cpc_status status;

	if (below || cli_is_input(source)) {
		status = below ? cli_read_below(options->sysroot, CPUINFO, &bytes, reterr)
			       : cli_read_input(source, &bytes, reterr);
		if (!status)
			status = read_bytes(source, &bytes, given, reterr);
		cpc_buffer_free(&bytes);
		return status;
	}
	if (cpc_is_address(source)) {
		*reterr = given->error;
		return given->error.status;
	}
	given->sources = calloc(1, sizeof(*given->sources));
	status = given->sources ? cli_source_open(&options->client, source, given->sources, reterr) : CPC_INTERNAL;
	given->source_count = !status;
	return status;
}

/** The host is the folder's, whatever its processor was read from: its own name is the report's, or the folder's. */
static void name_by_folder(const char *folder, struct cli_source *from)
{
	char name[PATH_MAX];
	size_t length;

	if (from->captures.count != 1 || *from->captures.items[0].host_name)
		return;
	snprintf(name, sizeof(name), "%s", folder);
	for (length = strlen(name); length > 1 && name[length - 1] == '/'; length--)
		name[length - 1] = '\0';
	cli_name_input(name, from->names[0]);
}

static int read_sources(struct gathering *gathering, char *const *sources, size_t count)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	size_t hosts = 0;

	gathering->given = calloc(count, sizeof(*gathering->given));
	if (!gathering->given)
		return out_of_memory();
	gathering->given_count = count;
	gathering->sources = sources;
	if (cli_fetch_tables(&gathering->options->client, sources, count, take_answer, gathering, &error))
		return cli_fail("ready", &error);
	for (size_t i = 0; i < count; i++) {
		struct given *given = &gathering->given[i];

		error = (struct cpc_error){ .status = CPC_INTERNAL, .what = "out of memory" };
		if (read_given(gathering->options, sources[i], given, &error))
			return cli_fail(sources[i], &error);
		if (gathering->options->sysroot && !given->document.count)
			name_by_folder(gathering->options->sysroot, given->sources);
		given->here = !strcmp(sources[i], "self") || (gathering->options->sysroot && !given->document.count);
		for (size_t n = 0; n < given->source_count; n++)
			hosts += given->sources[n].captures.count;
	}
	if (hosts > CPC_READY_HOSTS_MAX)
		return cli_complain(CPC_USAGE, "ready: %zu hosts are more than any cluster has; give %d at most", hosts,
				    CPC_READY_HOSTS_MAX);
	gathering->hosts = calloc(hosts, sizeof(*gathering->hosts));
	return gathering->hosts ? CPC_OK : out_of_memory();
}

static int look(struct gathering *gathering)
{
	const struct cli_options *options = gathering->options;
	struct cpc_site_env env;

	gathering->site = calloc(1, sizeof(*gathering->site));
	if (!gathering->site)
		return out_of_memory();
	if (options->sysroot)
		cpc_site_env_replay(&env, options->sysroot);
	else
		cpc_site_env_live(&env, options->active, options->update_name);
	cpc_probe_site(&env, gathering->site);
	return CPC_OK;
}

static void list_source(struct gathering *gathering, const struct given *given, size_t n)
{
	const struct cli_source *from = &given->sources[n];
	const struct cpc_site *site = given->here ? gathering->site : NULL;

	if (given->document.count && given->document.hosts[n].has_site)
		site = &given->document.hosts[n].site;
	for (size_t i = 0; i < from->captures.count; i++)
		gathering->hosts[gathering->host_count++] =
			(struct cpc_ready_host){ .name = from->names[i], .report = &from->reports[i], .site = site };
}

static int list_hosts(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->given_count; i++) {
		const struct given *given = &gathering->given[i];

		if (given->here && !gathering->site && look(gathering))
			return CPC_INTERNAL;
		for (size_t n = 0; n < given->source_count; n++)
			list_source(gathering, given, n);
	}
	return CPC_OK;
}

/** The first host stands for the cluster, whose VMs' disks they are. */
static int read_disks(struct gathering *gathering)
{
	const struct cli_values *paths = &gathering->options->disks;

	if (!paths->count)
		return CPC_OK;
	gathering->shown = calloc(paths->count, sizeof(*gathering->shown));
	gathering->disks = calloc(paths->count, sizeof(*gathering->disks));
	if (!gathering->shown || !gathering->disks)
		return out_of_memory();
	for (size_t i = 0; i < paths->count; i++) {
		struct shown *shown = &gathering->shown[i];
		struct cpc_ready_disk *disk = &gathering->disks[i];
		struct cpc_disk_file file;

		*disk = (struct cpc_ready_disk){ .name = paths->items[i], .error = shown->error.what };
		if (cpc_disk_file_open(paths->items[i], &file, &shown->error)) {
			/* A name that is wrong is no disk that cannot be seen. */
			if (shown->error.status != CPC_DENIED)
				return cli_fail(paths->items[i], &shown->error);
			continue;
		}
		cpc_disk_read(&file.source, &shown->disk);
		disk->disk = &shown->disk;
		disk->device = file.device;
		cpc_disk_file_close(&file);
	}
	gathering->hosts[0].disks = gathering->disks;
	gathering->hosts[0].disk_count = paths->count;
	return CPC_OK;
}

static int judge(const struct gathering *gathering)
{
	const struct cli_options *options = gathering->options;
	const struct cpc_ready_format *format = cpc_ready_format_named(options->format);
	const struct cpc_style style = cli_style(options);
	const struct cpc_overhead overhead = cli_overhead(options);
	const struct cpc_ready_load load = { .vms = &gathering->vms, .overhead = &overhead };
	struct cpc_buffer out = { 0 };
	struct cpc_ready ready;
	struct cpc_error error;
	const struct cpc_ready_view view = { .ready = &ready,
					     .hosts = gathering->hosts,
					     .count = gathering->host_count };
	int end;

	if (cpc_ready_judge_load(options->policy, gathering->hosts, gathering->host_count, options->assumed,
				 options->vms ? &load : NULL, &ready, &error))
		return cli_fail("ready", &error);
	end = (int)ready.end;
	if (format->render(&view, &style, &out, &error)) {
		cpc_buffer_free(&out);
		end = cli_fail("ready", &error);
	} else {
		end = cli_write(&out, end);
	}
	cpc_ready_free(&ready);
	return end;
}

/** Of a folder that is not there nothing could be seen, as of one that does not tell. */
static int check_sysroot(const char *path)
{
	struct stat found;

	if (!*path)
		return cli_complain(CPC_USAGE, "ready: --sysroot names no folder; / is this machine's");
	if (stat(path, &found))
		return cli_complain(errno == EACCES ? CPC_DENIED : CPC_NO_INPUT, "%s: %s", path,
				    errno == EACCES ? "not permitted to look into it" : "no such folder");
	if (!S_ISDIR(found.st_mode))
		return cli_complain(CPC_BAD_DATA,
				    "%s: is no folder; --sysroot takes a folder with another host's files", path);
	return CPC_OK;
}

static int refuse(const struct cli_options *options, size_t count)
{
	char name[256];

	if (options->sysroot && count > 1)
		return cli_complain(CPC_USAGE, "ready: --sysroot is the folder of one host; give one SOURCE with it");
	if (options->sysroot && options->active)
		return cli_complain(CPC_USAGE, "ready: a folder cannot be asked actively; leave --active out");
	if (!options->vms && (options->host_keeps.known || options->vcpus_per_cpu.known))
		return cli_complain(CPC_USAGE,
				    "ready: --host-reserve and --vcpus-per-cpu are about VMs; name them with "
				    "--vms FILE");
	if (options->update_name && !options->active)
		return cli_complain(CPC_USAGE, "ready: --update-name changes a name server's data for a moment; say so "
					       "with --active");
	/* A wildcard or a text with blanks in it would be asked for, and what comes of it would be laid at DNS's door.
	 */
	if (options->update_name && (!cpc_domain_name(options->update_name, name, sizeof(name)) || !strchr(name, '.')))
		return cli_complain(CPC_USAGE, "ready: --update-name takes the name of a record, such as "
					       "probe.example.com");
	return options->sysroot ? check_sysroot(options->sysroot) : CPC_OK;
}

static bool reads_input(char *const *sources, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(sources[i], "-"))
			return true;
	}
	return false;
}

int cli_ready(const struct cli_options *options)
{
	static char self[] = "self";
	struct gathering gathering = { .options = options };
	char cpuinfo[4096];
	char *only = self;
	char **sources = options->argument_count ? options->arguments : &only;
	const size_t count = options->argument_count ? options->argument_count : 1;
	int code = refuse(options, count);

	if (code)
		return code;
	if (cli_stdin_twice(sources, count) ||
	    (options->vms && !strcmp(options->vms, "-") && reads_input(sources, count)))
		return cli_complain(CPC_USAGE,
				    "ready: standard input can be read only once; save one of them to a file");
	if (options->sysroot && !options->argument_count) {
		snprintf(cpuinfo, sizeof(cpuinfo), "%s" CPUINFO, options->sysroot);
		only = cpuinfo;
	}
	if (options->vms)
		code = cli_vms_open(options, &gathering.vms);
	if (!code)
		code = read_sources(&gathering, sources, count);
	if (!code)
		code = list_hosts(&gathering);
	if (!code)
		code = read_disks(&gathering);
	if (!code)
		code = judge(&gathering);
	forget(&gathering);
	return code;
}
