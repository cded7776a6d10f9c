/* SPDX-License-Identifier: MIT */
/*
 * libvirt's CPU map (/usr/share/libvirt/cpu_map): an index that names files, and in
 * each of them vendors, features and models. Opening the files is the caller's.
 */
#ifndef CPC_LIBVIRT_MAP_H
#define CPC_LIBVIRT_MAP_H

#include <cpucompat/cpu_map.h>

/** Files above this are refused; libvirt's largest has some 60 KiB. */
#define CPC_MAP_FILE_MAX (1U << 20)

/** Files that an index may name; libvirt 11 names some 200. */
#define CPC_MAP_FILES_MAX 1024

/** What an index names, in its order: plain file names, to be looked for beside it. Release with cpc_map_files_free().
 */
struct cpc_map_files {
	char (*names)[CPC_MAP_NAME_SIZE];
	size_t count;
};

/**
 * Read one file of `length` bytes into a map: what it says of x86, and nothing of
 * other architectures. Files come in the order of the index, for a model is made of
 * vendors, features and models that came before it. With `files` the file is the
 * index, and the names of those that it includes are appended; without, it may
 * include none. CPC_BAD_DATA, with the line, for what is no such file or names
 * what no file before it has described; the map then holds what came before that
 * line, and is still to be freed.
 */
enum cpc_status cpc_map_read(const char *bytes, size_t length, struct cpc_cpu_map *map, struct cpc_map_files *files,
			     struct cpc_error *reterr);

/** Release and zero. NULL is fine. */
void cpc_map_files_free(struct cpc_map_files *files);

#endif
