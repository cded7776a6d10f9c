/* SPDX-License-Identifier: MIT */
/* The row of virtual disks: those that were shown. */
#include "ready_inside.h"

#include <stdio.h>

/** What one disk comes to in a column. */
struct outcome {
	enum cpc_ready_verdict verdict;
	enum cpc_ready_remedy remedy;
};

static struct outcome judge_kind(const struct cpc_disk *disk, uint32_t kinds)
{
	if (kinds >> disk->kind & 1)
		return (struct outcome){ CPC_MET, CPC_REMEDY_NONE };
	if (disk->kind == CPC_DISK_KIND_UNKNOWN)
		return (struct outcome){ CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN };
	if (disk->kind == CPC_DISK_KIND_DIFFERENCING)
		return (struct outcome){ CPC_NOT_MET, CPC_REMEDY_MERGE };
	return (struct outcome){ CPC_NOT_MET, CPC_REMEDY_CONVERT };
}

static struct outcome judge_disk(const struct cpc_demands *demands, enum cpc_ready_column column,
				 const struct cpc_ready_disk *shown)
{
	const struct cpc_disk *disk = shown->disk;

	if (!disk)
		return (struct outcome){ CPC_CANNOT_SEE, CPC_REMEDY_PERMIT };
	if (shown->device && !demands->disk_devices)
		return (struct outcome){ CPC_NOT_MET, CPC_REMEDY_IMAGE };
	if (disk->format == CPC_DISK_FORMAT_UNREAD)
		return (struct outcome){ CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN };
	/* One that is marked corrupt is opened for reading alone. */
	if (disk->fatal || disk->states[CPC_DISK_STATE_CORRUPT])
		return (struct outcome){ CPC_NOT_MET, CPC_REMEDY_MEND_DISK };
	if (!(demands->disk_formats[column] >> disk->format & 1))
		return (struct outcome){ CPC_NOT_MET, CPC_REMEDY_CONVERT };
	return judge_kind(disk, demands->disk_kinds[column]);
}

/** A text of the image's own, of which only ASCII is let through. */
static void note_own_text(struct cpc_judge *judge, enum cpc_ready_fact_id id, const struct cpc_ready_disk *shown,
			  enum cpc_disk_text which)
{
	char text[CPC_IDENTITY_SIZE];

	snprintf(text, sizeof(text), "%.*s", CPC_IDENTITY_SIZE - 1, shown->disk->texts[which]);
	for (char *c = text; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	if (*text)
		cpc_note_text(judge, id, text, shown->name, cpc_disk_text_name(which));
}

/** How it was left, and what it does not hold by itself. */
static void note_state(struct cpc_judge *judge, const struct cpc_ready_disk *shown)
{
	static const enum cpc_disk_text parents[] = { CPC_DISK_TEXT_PARENT_NAME, CPC_DISK_TEXT_PARENT_ABSOLUTE,
						      CPC_DISK_TEXT_PARENT_RELATIVE, CPC_DISK_TEXT_PARENT_VOLUME,
						      CPC_DISK_TEXT_PARENT_URL };

	for (unsigned int state = 0; state < CPC_DISK_STATE_COUNT; state++) {
		if (shown->disk->states[state] && state != CPC_DISK_STATE_CORRUPT)
			cpc_note_text(judge, CPC_FACT_DISK_STATE, cpc_disk_state_name(state), shown->name, NULL);
	}
	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++)
		note_own_text(judge, CPC_FACT_DISK_PARENT, shown, parents[i]);
	note_own_text(judge, CPC_FACT_DISK_DATA_FILE, shown, CPC_DISK_TEXT_DATA_FILE);
}

/** What does not keep it from moving: nobody can tell an image that a VM uses from one that a crash left behind. */
static void beware_of(struct cpc_judge *judge, const struct cpc_ready_disk *shown)
{
	static const char log[] = "[MS-VHDX] 2.3: a log that is not empty is replayed before anything else is believed";
	static const char dirty[] = "QEMU, docs/interop/qcow2.txt: with the dirty bit reference counts may be wrong";
	static const char other[] = "QEMU, docs/interop/qcow2.txt, and the specifications of VHD and VHDX: the other "
				    "file is part of the disk";
	const bool *states = shown->disk->states;

	if (states[CPC_DISK_STATE_LOG])
		(void)cpc_beware(judge, CPC_REMEDY_CLOSE_DISK, shown->name, log);
	if (states[CPC_DISK_STATE_DIRTY])
		(void)cpc_beware(judge, CPC_REMEDY_CLOSE_DISK, shown->name, dirty);
	if (states[CPC_DISK_STATE_EXTERNAL] ||
	    (shown->disk->kind == CPC_DISK_KIND_DIFFERENCING &&
	     judge->demands->disk_kinds[CPC_MINIMUM] >> CPC_DISK_KIND_DIFFERENCING & 1))
		(void)cpc_beware(judge, CPC_REMEDY_TAKE_ALONG, shown->name, other);
}

static void note_disk(struct cpc_judge *judge, const struct cpc_ready_disk *shown)
{
	const struct cpc_disk *disk = shown->disk;

	if (!disk) {
		cpc_note_text(judge, CPC_FACT_DISK_ERROR, shown->error, shown->name, NULL);
		cpc_found(judge);
		return;
	}
	cpc_note_text(judge, CPC_FACT_DISK_FORMAT, cpc_disk_format_name(disk->format), shown->name, NULL);
	cpc_found(judge);
	cpc_note_text(judge, CPC_FACT_DISK_KIND, cpc_disk_kind_name(disk->kind), shown->name, NULL);
	cpc_found(judge);
	if (shown->device)
		cpc_note_tristate(judge, CPC_FACT_DISK_DEVICE, CPC_SET, shown->name, NULL);
	note_state(judge, shown);
	beware_of(judge, shown);
	if (disk->states[CPC_DISK_STATE_CORRUPT])
		cpc_note_text(judge, CPC_FACT_DISK_FAULT, cpc_disk_state_name(CPC_DISK_STATE_CORRUPT), shown->name,
			      cpc_disk_part_name(CPC_DISK_PART_QCOW2_HEADER));
	for (size_t i = 0; i < disk->fault_count; i++)
		cpc_note_text(judge, CPC_FACT_DISK_FAULT, cpc_disk_fault_name(disk->faults[i].code), shown->name,
			      cpc_disk_part_name(disk->faults[i].part));
}

void cpc_judge_virtual_disks(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	for (size_t i = 0; i < host->disk_count; i++) {
		const struct cpc_ready_disk *shown = &host->disks[i];

		note_disk(judge, shown);
		for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
			const struct outcome outcome = judge_disk(judge->demands, column, shown);

			if (cpc_demanded(judge->demands, judge->id, column))
				(void)cpc_say(judge, column, outcome.verdict, outcome.remedy, shown->name);
		}
	}
}

void cpc_judge_disks_shown(struct cpc_judge *judge)
{
	size_t disks = 0;

	for (size_t i = 0; i < judge->count; i++)
		disks += judge->hosts[i].disk_count;
	if (!disks)
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_SHOW_DISKS, NULL);
}
