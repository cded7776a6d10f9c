/* SPDX-License-Identifier: MIT */
/*
 * Virtual disk images: the names in disks.def, and the list of faults.
 */
#include <cpucompat/disk.h>

const char *cpc_disk_format_name(enum cpc_disk_format format)
{
	static const char *const names[] = {
#define CPC_DISK_FORMAT(id, name) [CPC_DISK_FORMAT_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_FORMAT
	};

	return names[format];
}

const char *cpc_disk_kind_name(enum cpc_disk_kind kind)
{
	static const char *const names[] = {
#define CPC_DISK_KIND(id, name) [CPC_DISK_KIND_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_KIND
	};

	return names[kind];
}

const char *cpc_disk_part_name(enum cpc_disk_part part)
{
	static const char *const names[] = {
#define CPC_DISK_PART(id, name, what) [CPC_DISK_PART_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_PART
	};

	return names[part];
}

const char *cpc_disk_fault_name(enum cpc_disk_fault_code code)
{
	static const char *const names[] = {
#define CPC_DISK_FAULT(id, name, what) [CPC_DISK_FAULT_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_FAULT
	};

	return names[code];
}

const char *cpc_disk_state_name(enum cpc_disk_state state)
{
	static const char *const names[] = {
#define CPC_DISK_STATE(id, name, what) [CPC_DISK_STATE_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_STATE
	};

	return names[state];
}

const char *cpc_disk_text_name(enum cpc_disk_text text)
{
	static const char *const names[] = {
#define CPC_DISK_TEXT(id, name, what) [CPC_DISK_TEXT_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_TEXT
	};

	return names[text];
}

const char *cpc_disk_id_name(enum cpc_disk_id id)
{
	static const char *const names[] = {
#define CPC_DISK_ID(id, name, what) [CPC_DISK_ID_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_ID
	};

	return names[id];
}

const char *cpc_disk_cipher_name(enum cpc_disk_cipher cipher)
{
	static const char *const names[] = {
#define CPC_DISK_CIPHER(id, name) [CPC_DISK_CIPHER_##id] = (name),
#include <cpucompat/disks.def>
#undef CPC_DISK_CIPHER
	};

	return names[cipher];
}

const char *cpc_disk_check_name(enum cpc_disk_check check)
{
	static const char *const names[] = {
		[CPC_DISK_UNCHECKED] = "unchecked",
		[CPC_DISK_GOOD] = "good",
		[CPC_DISK_PARTLY] = "partly",
		[CPC_DISK_BAD] = "bad",
	};

	return names[check];
}

void cpc_disk_add_fault(struct cpc_disk *disk, const struct cpc_disk_fault *fault)
{
	disk->checks[fault->part] = CPC_DISK_BAD;
	disk->fatal |= fault->fatal;
	if (disk->fault_count < CPC_DISK_FAULTS_MAX)
		disk->faults[disk->fault_count++] = *fault;
	else
		disk->faults_left_out++;
}

bool cpc_disk_damaged(const struct cpc_disk *disk)
{
	return disk->fault_count > 0;
}
