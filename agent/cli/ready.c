/* SPDX-License-Identifier: MIT */
/* The requirement table of a host or cluster: processors from SOURCEs, the rest from this machine or a folder. */
#include "cli_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/ready.h>

#include "disk.h"
#include "disk_file.h"
#include "site.h"

/** A disk of --disk. */
struct shown {
	struct cpc_disk disk;
	struct cpc_error error;
};

/** A cluster that is being read. */
struct gathering {
	const struct cli_options *options;
	struct cli_source *sources; /**< as many as the arguments */
	size_t source_count;
	struct cpc_site *site; /**< of the one host that was looked at, or NULL */
	struct shown *shown;
	struct cpc_ready_disk *disks;
	struct cpc_ready_host *hosts;
	size_t host_count;
};

static void forget(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->source_count; i++)
		cli_source_close(&gathering->sources[i]);
	cpc_site_free(gathering->site);
	free(gathering->site);
	free(gathering->sources);
	free(gathering->shown);
	free(gathering->disks);
	free(gathering->hosts);
}

static int out_of_memory(void)
{
	return cli_complain(CPC_INTERNAL, "ready: out of memory");
}

static int read_sources(struct gathering *gathering, char *const *sources, size_t count)
{
	size_t hosts = 0;

	gathering->sources = calloc(count, sizeof(*gathering->sources));
	if (!gathering->sources)
		return out_of_memory();
	for (size_t i = 0; i < count; i++) {
		struct cpc_error error;

		if (cli_source_open(&gathering->options->client, sources[i], &gathering->sources[i], &error))
			return cli_fail(sources[i], &error);
		gathering->source_count++;
		hosts += gathering->sources[i].captures.count;
	}
	gathering->hosts = calloc(hosts, sizeof(*gathering->hosts));
	return gathering->hosts ? CPC_OK : out_of_memory();
}

/** Whether anything but the processor of a source can be looked at from here. */
static bool is_here(const struct cli_options *options, const char *source)
{
	return options->sysroot || !strcmp(source, "self");
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

static int list_hosts(struct gathering *gathering, char *const *sources)
{
	for (size_t i = 0; i < gathering->source_count; i++) {
		const struct cli_source *from = &gathering->sources[i];
		const bool here = is_here(gathering->options, sources[i]);

		if (here && !gathering->site && look(gathering))
			return CPC_INTERNAL;
		for (size_t n = 0; n < from->captures.count; n++)
			gathering->hosts[gathering->host_count++] =
				(struct cpc_ready_host){ .name = from->names[n],
							 .report = &from->reports[n],
							 .site = here ? gathering->site : NULL };
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
	struct cpc_buffer out = { 0 };
	struct cpc_ready ready;
	struct cpc_error error;
	const struct cpc_ready_view view = { .ready = &ready,
					     .hosts = gathering->hosts,
					     .count = gathering->host_count };
	int end;

	if (cpc_ready_judge(options->policy, gathering->hosts, gathering->host_count, options->assumed, &ready, &error))
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

static int refuse(const struct cli_options *options, size_t count)
{
	if (options->sysroot && count > 1)
		return cli_complain(CPC_USAGE, "ready: --sysroot is the folder of one host; give one SOURCE with it");
	if (options->sysroot && options->active)
		return cli_complain(CPC_USAGE, "ready: a folder cannot be asked actively; leave --active out");
	if (options->update_name && !options->active)
		return cli_complain(CPC_USAGE, "ready: --update-name changes a name server's data for a moment; say so "
					       "with --active");
	return CPC_OK;
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
	if (cli_stdin_twice(sources, count))
		return cli_complain(CPC_USAGE,
				    "ready: standard input can be read only once; save one of them to a file");
	/* A folder has its processor with it. */
	if (options->sysroot && !options->argument_count) {
		snprintf(cpuinfo, sizeof(cpuinfo), "%s/proc/cpuinfo", options->sysroot);
		only = cpuinfo;
	}
	code = read_sources(&gathering, sources, count);
	if (!code)
		code = list_hosts(&gathering, sources);
	if (!code)
		code = read_disks(&gathering);
	if (!code)
		code = judge(&gathering);
	forget(&gathering);
	return code;
}
