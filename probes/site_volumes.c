/* SPDX-License-Identifier: MIT */
/*
 * Disks: /sys/block. What they say of themselves is read from the answers that the kernel keeps of them, so nothing is
 * sent to a device, but for the question for persistent reservations, which is asked only where that is wanted.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_inside.h"
#include "scsi.h"
#include "site_entry.h"
#include "site_nvme.h"
#include "site_transport.h"

#define BLOCK "/sys/block"
#define SECTOR 512 /* in /sys/block/NAME/size, whatever the device's own are */
#define MULTIPATH "mpath-"
/* A device that does not answer takes as long as its timeout is: not many of them are waited for. */
#define ASKING_NANOSECONDS_MAX UINT64_C(10000000000)

struct search {
	const struct cpc_site_env *env;
	struct cpc_site *site;
	bool out_of_memory;
	struct cpc_volume *volume; /* of the multipath that is read now */
};

static bool is_disk_type(uint8_t type)
{
	return type == CPC_SCSI_DISK || type == CPC_SCSI_OPTICAL || type == CPC_SCSI_REDUCED_BLOCK ||
	       type == CPC_SCSI_ZONED;
}

/* The kernel's scsi_level is INQUIRY's version plus one, but for the oldest devices (scsi_probe_lun). */
static struct cpc_measurement version_by_level(const struct cpc_entry *disk)
{
	struct cpc_measurement level;

	(void)cpc_entry_number(disk, "device/scsi_level", &level);
	if (!level.known || level.value < 3 || level.value > 0x10)
		return (struct cpc_measurement){ .known = false };
	return (struct cpc_measurement){ .known = true, .value = level.value - 1 };
}

/* false where it is something else than a disk: a DVD drive, an enclosure. */
static bool read_inquiry(const struct cpc_entry *disk, struct cpc_volume *volume)
{
	uint8_t bytes[CPC_SCSI_INQUIRY_SIZE];
	struct cpc_scsi_inquiry inquiry;
	struct cpc_measurement type;
	const int length = cpc_entry_bytes(disk, "device/inquiry", bytes, sizeof(bytes));

	if (length > 0 && cpc_scsi_inquiry_read(bytes, (size_t)length, &inquiry) == 0) {
		volume->spc = (struct cpc_measurement){ .known = true, .value = inquiry.version };
		return is_disk_type(inquiry.type);
	}
	volume->spc = version_by_level(disk);
	(void)cpc_entry_number(disk, "device/type", &type);
	return !type.known || (type.value <= UINT8_MAX && is_disk_type((uint8_t)type.value));
}

/* A name whose end is missing is nobody's: it would be that of another one, too. */
static void read_wwid(const struct cpc_entry *disk, struct cpc_volume *volume)
{
	static const char *const files[] = { "device/wwid", "wwid" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !volume->identity[0]; i++) {
		const int length = cpc_entry_word(disk, files[i], volume->identity, sizeof(volume->identity));

		if (length == (int)sizeof(volume->identity) - 1)
			volume->identity[0] = '\0';
	}
}

static void read_identity(const struct cpc_entry *disk, struct cpc_volume *volume)
{
	uint8_t bytes[CPC_SCSI_VPD_SIZE];
	const int length = cpc_entry_bytes(disk, "device/vpd_pg83", bytes, sizeof(bytes));

	if (length <= 0 || cpc_scsi_identity(bytes, (size_t)length, volume->identity))
		read_wwid(disk, volume);
}

/* "running" of SCSI and "live" of NVMe are the only states in which a device takes commands; and its port of the target
 * may still refuse them (asymmetric access, SPC-6, 5.18). UNKNOWN where the device says neither. */
static enum cpc_tristate path_usable(const struct cpc_entry *disk)
{
	char word[CPC_SHORT_SIZE];

	if (cpc_entry_word(disk, "device/state", word, sizeof(word)) <= 0)
		return CPC_UNKNOWN;
	if (strcmp(word, "running") != 0 && strcmp(word, "live") != 0)
		return CPC_CLEAR;
	if (cpc_entry_word(disk, "device/access_state", word, sizeof(word)) > 0 &&
	    (strcmp(word, "unavailable") == 0 || strcmp(word, "offline") == 0))
		return CPC_CLEAR;
	return CPC_SET;
}

static void add_path(const struct cpc_entry *disk, struct cpc_volume *volume)
{
	const enum cpc_tristate usable = path_usable(disk);

	volume->paths.value++;
	volume->paths_usable.value += usable == CPC_SET;
	if (usable == CPC_UNKNOWN)
		volume->paths_usable = (struct cpc_measurement){ .known = false };
}

/* A disk that a multipath is made of: what they have in common is read of the first that tells it. */
static void add_slave(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_volume *volume = search->volume;
	struct cpc_volume slave = { .transport = CPC_TRANSPORT_UNKNOWN };
	struct cpc_entry disk;

	if (!cpc_entry_of(&disk, search->env->sysroot, BLOCK, name))
		return;
	add_path(&disk, volume);
	if (cpc_site_is_nvme(name)) {
		search->out_of_memory |= cpc_site_read_nvme(&disk, &slave) != 0;
	} else {
		(void)read_inquiry(&disk, &slave);
		read_identity(&disk, &slave);
		slave.transport = cpc_site_transport_of(&disk);
	}
	if (!volume->identity[0])
		memcpy(volume->identity, slave.identity, sizeof(volume->identity));
	if (volume->transport == CPC_TRANSPORT_UNKNOWN)
		volume->transport = slave.transport;
	if (!volume->spc.known)
		volume->spc = slave.spc;
}

/* "mpath-3600a0b80...": multipath's own name for a disk begins with the type of the designator (scsi_id). */
static void identity_by_uuid(const char *uuid, struct cpc_volume *volume)
{
	const char *name = uuid + strlen(MULTIPATH);
	const char *prefix = name[0] == '3' ? "naa." : name[0] == '2' ? "eui." : NULL;
	const size_t length = strspn(name, "0123456789abcdef");

	if (!volume->identity[0] && prefix && !name[length] && (length == 1 + 16 || length == 1 + 32))
		(void)snprintf(volume->identity, sizeof(volume->identity), "%s%s", prefix, name + 1);
}

static void read_multipath(struct search *search, const struct cpc_entry *disk, const char *uuid)
{
	struct cpc_volume *volume = search->volume;
	int count;

	volume->paths = volume->paths_usable = (struct cpc_measurement){ .known = true };
	count = cpc_entry_each(disk, "slaves", add_slave, search);
	search->out_of_memory |= count == -ENOMEM;
	if (count < 0)
		volume->paths = volume->paths_usable = (struct cpc_measurement){ .known = false };
	identity_by_uuid(uuid, volume);
}

static bool is_multipath(const struct cpc_entry *disk, char ret_uuid[static CPC_SHORT_SIZE])
{
	return cpc_entry_word(disk, "dm/uuid", ret_uuid, CPC_SHORT_SIZE) > 0 &&
	       strncmp(ret_uuid, MULTIPATH, strlen(MULTIPATH)) == 0;
}

struct holders {
	const char *sysroot;
	bool multipath;
};

static void look_at_holder(void *context, const char *name)
{
	struct holders *holders = context;
	char uuid[CPC_SHORT_SIZE];
	struct cpc_entry holder;

	if (cpc_entry_of(&holder, holders->sysroot, BLOCK, name))
		holders->multipath |= is_multipath(&holder, uuid);
}

/* A path of a multipath is listed with it, not by itself. */
static bool is_path(struct search *search, const struct cpc_entry *disk)
{
	struct holders holders = { .sysroot = disk->sysroot };

	search->out_of_memory |= cpc_entry_each(disk, "holders", look_at_holder, &holders) == -ENOMEM;
	return holders.multipath;
}

static bool read_disk(struct search *search, const struct cpc_entry *disk, const char *name)
{
	struct cpc_volume *volume = search->volume;

	if (cpc_site_is_nvme(name)) {
		search->out_of_memory |= cpc_site_read_nvme(disk, volume) != 0;
		return true;
	}
	if (!read_inquiry(disk, volume))
		return false;
	read_identity(disk, volume);
	volume->transport = cpc_site_transport_of(disk);
	volume->paths = volume->paths_usable = (struct cpc_measurement){ .known = true };
	add_path(disk, volume);
	return true;
}

static void read_size(const struct cpc_entry *disk, struct cpc_volume *volume)
{
	(void)cpc_entry_number(disk, "size", &volume->bytes);
	if (volume->bytes.known && volume->bytes.value <= UINT64_MAX / SECTOR)
		volume->bytes.value *= SECTOR;
	else
		volume->bytes = (struct cpc_measurement){ .known = false };
}

static void keep(struct search *search, const struct cpc_volume *volume)
{
	const size_t left_out = search->site->volumes_left_out;
	struct cpc_volume *kept = cpc_site_add_volume(search->site);

	if (kept)
		*kept = *volume;
	else
		search->out_of_memory |= search->site->volumes_left_out == left_out;
}

/* Loops, RAM disks and what is made of disks have no device; a multipath is the exception. */
static void add_volume(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_volume volume = { .transport = CPC_TRANSPORT_UNKNOWN };
	char uuid[CPC_SHORT_SIZE];
	struct cpc_entry disk;

	if (!cpc_entry_of(&disk, search->env->sysroot, BLOCK, name))
		return;
	search->volume = &volume;
	if (is_multipath(&disk, uuid))
		read_multipath(search, &disk, uuid);
	else if (!cpc_entry_has(&disk, "device") || cpc_entry_flag(&disk, "hidden") == CPC_SET ||
		 is_path(search, &disk) || !read_disk(search, &disk, name))
		return;
	cpc_text_clean(volume.name, sizeof(volume.name), name, strlen(name));
	read_size(&disk, &volume);
	keep(search, &volume);
}

/* Whether others could reach it at all, only then is it of interest who may write to it; and by commands that have
 * words for that. */
static bool may_be_reserved(const struct cpc_volume *volume)
{
	return volume->transport == CPC_TRANSPORT_NVME_FABRICS ||
	       (volume->transport != CPC_TRANSPORT_LOCAL && volume->spc.known);
}

struct asking {
	const struct cpc_site_env *env;
	struct cpc_site_result *result;
	uint64_t start;
	int answer; /* of the volume that is asked now */
};

/* A command for a path that is lost for now is kept by the kernel until the path is back or given up: minutes, in which
 * nothing ends the one who waits, and which no timeout of the command's counts. */
static void ask_path(void *context, const char *name)
{
	struct asking *asking = context;
	const struct cpc_site_env *env = asking->env;
	struct cpc_entry disk;

	if (asking->answer >= 0 || !cpc_entry_of(&disk, env->sysroot, BLOCK, name) || path_usable(&disk) == CPC_CLEAR ||
	    env->now(env->context) - asking->start > ASKING_NANOSECONDS_MAX)
		return;
	asking->answer = env->reservations(env->context, name);
	if (asking->answer == -EACCES || asking->answer == -EPERM)
		(void)snprintf(asking->result->needs, sizeof(asking->result->needs), "/dev/%.58s", name);
}

/* A multipath sends a question to any path, and one that may wait for paths to come back does so for ever. */
static enum cpc_tristate ask_volume(struct asking *asking, const struct cpc_volume *volume)
{
	struct cpc_entry disk;
	char uuid[CPC_SHORT_SIZE];

	asking->answer = -ENODEV;
	if (cpc_entry_of(&disk, asking->env->sysroot, BLOCK, volume->name) && is_multipath(&disk, uuid))
		(void)cpc_entry_each(&disk, "slaves", ask_path, asking);
	else
		ask_path(asking, volume->name);
	if (asking->answer < 0)
		return CPC_UNKNOWN;
	return asking->answer ? CPC_SET : CPC_CLEAR;
}

static void ask_for_reservations(const struct cpc_site_env *env, struct cpc_site *site, struct cpc_site_result *result)
{
	struct asking asking = { .env = env, .result = result, .start = env->now(env->context) };

	for (size_t i = 0; i < site->volume_count; i++) {
		struct cpc_volume *volume = &site->volumes[i];

		if (!may_be_reserved(volume))
			continue;
		if (!env->active) {
			(void)snprintf(result->needs, sizeof(result->needs), "--active");
			return;
		}
		volume->reservations = ask_volume(&asking, volume);
	}
}

enum cpc_probe_status cpc_site_volumes(const struct cpc_site_env *env, struct cpc_site *site,
				       struct cpc_site_result *result)
{
	struct search search = { .env = env, .site = site };
	const int count = cpc_sysroot_each(env->sysroot, BLOCK, add_volume, &search);

	if (count < 0) {
		(void)snprintf(result->needs, sizeof(result->needs), BLOCK);
		return cpc_probe_status_of(count);
	}
	if (count == CPC_FOLDER_ENTRIES_MAX)
		site->volumes_left_out++;
	ask_for_reservations(env, site, result);
	return search.out_of_memory ? CPC_PROBE_FAILED : CPC_PROBE_OK;
}
