/* SPDX-License-Identifier: MIT */
/*
 * Everything that is read of disk images, a fact a line, for tests/e2e/disks.sh and for looking at:
 *
 *	disk_facts FILE...
 */
#include <inttypes.h>
#include <stdio.h>

#include "disk_file.h"

static void print_faults(const struct cpc_disk *disk)
{
	for (size_t i = 0; i < disk->fault_count; i++) {
		const struct cpc_disk_fault *fault = &disk->faults[i];

		printf("%s %s %s %" PRIu64 "\n", fault->fatal ? "fatal" : "fault", cpc_disk_part_name(fault->part),
		       cpc_disk_fault_name(fault->code), fault->offset);
	}
	if (disk->faults_left_out)
		printf("left_out %zu\n", disk->faults_left_out);
}

static void print(const struct cpc_disk *disk)
{
	printf("format %s\nkind %s\ncipher %s\nfile_size %" PRIu64 "\n", cpc_disk_format_name(disk->format),
	       cpc_disk_kind_name(disk->kind), cpc_disk_cipher_name(disk->cipher), disk->file_size);
	if (disk->size.known)
		printf("size %" PRIu64 "\n", disk->size.bytes);
	if (disk->version)
		printf("version %" PRIu32 "\n", disk->version);
	if (disk->block_size)
		printf("block_size %" PRIu32 "\n", disk->block_size);
	if (disk->logical_sector)
		printf("sectors %" PRIu32 " %" PRIu32 "\n", disk->logical_sector, disk->physical_sector);
	for (enum cpc_disk_state i = 0; i < CPC_DISK_STATE_COUNT; i++)
		if (disk->states[i])
			printf("state %s\n", cpc_disk_state_name(i));
	for (enum cpc_disk_text i = 0; i < CPC_DISK_TEXT_COUNT; i++)
		if (disk->texts[i][0])
			printf("text %s %s\n", cpc_disk_text_name(i), disk->texts[i]);
	for (enum cpc_disk_id i = 0; i < CPC_DISK_ID_COUNT; i++)
		if (disk->ids[i][0])
			printf("id %s %s\n", cpc_disk_id_name(i), disk->ids[i]);
	for (enum cpc_disk_part i = 0; i < CPC_DISK_PART_COUNT; i++)
		if (disk->checks[i])
			printf("check %s %s\n", cpc_disk_part_name(i), cpc_disk_check_name(disk->checks[i]));
	print_faults(disk);
}

int main(int argc, char **argv)
{
	int code = 0;

	for (int i = 1; i < argc; i++) {
		struct cpc_disk_file file;
		struct cpc_disk disk;
		struct cpc_error error;

		if (argc > 2)
			printf("file %s\n", argv[i]);
		if (cpc_disk_file_open(argv[i], &file, &error)) {
			fprintf(stderr, "%s: %s\n", argv[i], error.what);
			code = (int)error.status;
			continue;
		}
		cpc_disk_read(&file.source, &disk);
		cpc_disk_file_close(&file);
		if (file.device)
			printf("device\n");
		print(&disk);
	}
	return code;
}
