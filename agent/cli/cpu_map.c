/* SPDX-License-Identifier: MIT */
/* libvirt's CPU map: a folder with an index, which names the files beside it. */
#include "cli_inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libvirt_map.h"

#define FOLDER_DEFAULT "/usr/share/libvirt/cpu_map"

/* In the schemas that are installed beside the map: what this libvirt takes as a <cpu>. */
#define SCHEMA "../schemas/cputypes.rng"

static int read_file(const char *folder, const char *name, struct cpc_buffer *bytes, char *ret_path, size_t size)
{
	struct cpc_error error;

	if ((size_t)snprintf(ret_path, size, "%s/%s", folder, name) >= size)
		return cli_complain(CPC_USAGE, "the folder of --cpu-map has too long a name");
	if (access(ret_path, F_OK))
		return cli_complain(CPC_NO_INPUT, "%s: %s; --cpu-map takes a copy of libvirt's folder cpu_map, or none",
				    ret_path, strerror(errno));
	if (cli_read_input(ret_path, bytes, &error))
		return cli_fail(ret_path, &error);
	return CPC_OK;
}

static int add_file(const char *folder, const char *name, struct cpc_cpu_map *map, struct cpc_map_files *files)
{
	struct cpc_buffer bytes = { 0 };
	struct cpc_error error;
	char path[4096];
	int code = read_file(folder, name, &bytes, path, sizeof(path));

	if (!code && cpc_map_read(bytes.bytes ? bytes.bytes : "", bytes.length, map, files, &error))
		code = cli_fail(path, &error);
	cpc_buffer_free(&bytes);
	return code;
}

/* libvirt 8.7 brought the element; where no schema is installed nobody would refuse it either. */
static void look_at_schema(const char *folder, struct cpc_cpu_map *map)
{
	struct cpc_buffer bytes = { 0 };
	struct cpc_error error;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, SCHEMA);
	if (access(path, R_OK) || cli_read_input(path, &bytes, &error))
		return;
	map->no_maxphysaddr = !memmem(bytes.bytes ? bytes.bytes : "", bytes.length, "maxphysaddr", 11);
	cpc_buffer_free(&bytes);
}

int cli_cpu_map_open(const char *folder, struct cpc_cpu_map *ret_map, bool *ret_found)
{
	struct cpc_map_files files = { 0 };
	struct cpc_cpu_map map = { 0 };
	int code;

	*ret_found = false;
	if (folder && !strcmp(folder, "none"))
		return CPC_OK;
	if (!folder && access(FOLDER_DEFAULT "/index.xml", F_OK))
		return CPC_OK;
	if (!folder)
		folder = FOLDER_DEFAULT;
	code = add_file(folder, "index.xml", &map, &files);
	for (size_t i = 0; i < files.count && !code; i++)
		code = add_file(folder, files.names[i], &map, NULL);
	cpc_map_files_free(&files);
	if (code) {
		cpc_cpu_map_free(&map);
		return code;
	}
	look_at_schema(folder, &map);
	*ret_map = map;
	*ret_found = true;
	return CPC_OK;
}
