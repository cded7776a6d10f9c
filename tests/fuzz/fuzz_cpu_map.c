/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a file of a CPU map, and whatever map comes of it under every row of the
 * catalogue: names that need no quoting, and a model, if any, that may be used.
 */
#include <stdlib.h>
#include <string.h>

#include <cpucompat/catalogue.h>
#include <cpucompat/guest_cpu.h>

#include "libvirt_map.h"
#include "render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const struct cpc_cpu_map *map, const struct cpc_map_files *files)
{
	for (size_t i = 0; i < map->bit_count; i++)
		if (!cpc_map_name_is_plain(map->bits[i].name) || (map->bits[i].placed && map->bits[i].bit > 31))
			abort();
	for (size_t i = 0; i < map->model_count; i++)
		if (!cpc_map_name_is_plain(map->models[i].name) || map->models[i].vendor > map->vendor_count)
			abort();
	for (size_t i = 0; i < files->count; i++)
		if (!cpc_map_name_is_plain(files->names[i]) || files->names[i][0] == '.')
			abort();
}

static void render(const struct cpc_cpu_map *map, const char *fingerprint)
{
	static const char *const formats[] = { "libvirt", "qemu" };
	struct cpc_report report = { 0 };
	const struct cpc_report *const hosts[] = { &report };
	const struct cpc_baseline_view view = {
		.meet = &report.fingerprint, .view = CPC_VIEW_CPUID, .hosts = hosts, .count = 1, .cpu_map = map
	};
	const struct cpc_style style = { .width = 80 };

	if (cpc_fingerprint_parse(fingerprint, strlen(fingerprint), &report.fingerprint, NULL))
		abort();
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct cpc_buffer out = { 0 };
		struct cpc_error error = { 0 };

		if (cpc_baseline_format_named(formats[i])->render(&view, &style, &out, &error) && !error.what[0])
			abort();
		if (i == 1 && (!out.length || strcspn(out.bytes, "\n") != out.length - 1))
			abort();
		cpc_buffer_free(&out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_map_files files = { 0 };
	struct cpc_cpu_map map = { 0 };
	struct cpc_error error = { 0 };
	const enum cpc_status status = cpc_map_read((const char *)data, size, &map, &files, &error);

	if (status && (error.status != status || !error.what[0]))
		abort();
	for (const char *c = error.what; *c; c++)
		if (*c < ' ' || *c > '~')
			abort();
	check_names(&map, &files);
	for (size_t i = 0; i < cpc_catalogue_count && map.model_count; i += 7)
		render(&map, cpc_catalogue[i].fingerprint);
	cpc_map_files_free(&files);
	cpc_cpu_map_free(&map);
	return 0;
}
