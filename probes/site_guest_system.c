/* SPDX-License-Identifier: MIT */
/* Devices that a hypervisor gives its guest, the drivers that they want, and the programs that talk to it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_inside.h"
#include "site_inside.h"

#define PATH_SIZE 384

/** "{", 36 characters, "}" */
#define CLASS_ID_SIZE 48

/** What is found on the way through a folder. */
struct walk {
	const char *sysroot;
	struct cpc_guest_system *guest;
	size_t devices; /**< of the VMBus */
	bool unread;	/**< something could not be looked at */
};

/* Names in sysfs and /proc are the kernel's, and in a replayed folder anybody's. */
static bool path_of(char ret_path[static PATH_SIZE], const char *folder, const char *name, const char *file)
{
	const int length = snprintf(ret_path, PATH_SIZE, "%s/%s/%s", folder, name, file);

	return length > 0 && length < PATH_SIZE;
}

static void note_missing(struct cpc_guest_system *guest, const char *driver)
{
	if (!guest->missing[0])
		(void)snprintf(guest->missing, sizeof(guest->missing), "%s", driver);
}

/* A driver, whichever: some devices are given to programs on purpose. */
static enum cpc_tristate has_driver(const char *sysroot, const char *folder, const char *name)
{
	char path[PATH_SIZE];
	int there;

	if (!path_of(path, folder, name, "driver"))
		return CPC_UNKNOWN;
	there = cpc_sysroot_has(sysroot, path);
	return there < 0 ? CPC_UNKNOWN : there ? CPC_SET : CPC_CLEAR;
}

/* "{F8615163-...}" as the table has it. */
static void plain_class_id(char *text)
{
	size_t kept = 0;

	for (const char *at = text; *at; at++)
		if (*at != '{' && *at != '}')
			text[kept++] = (char)tolower((unsigned char)*at);
	text[kept] = '\0';
}

static void on_vmbus(void *context, const char *name)
{
	static const char folder[] = "/sys/bus/vmbus/devices";
	struct walk *walk = context;
	const struct cpc_vmbus_device *device;
	char path[PATH_SIZE];
	char class_id[CLASS_ID_SIZE];

	walk->devices++;
	if (!path_of(path, folder, name, "class_id") ||
	    cpc_sysroot_word(walk->sysroot, path, class_id, sizeof(class_id)) <= 0) {
		walk->unread = true;
		return;
	}
	plain_class_id(class_id);
	device = cpc_vmbus_device(class_id);
	if (!device || !device->driver[0])
		return;
	switch (has_driver(walk->sysroot, folder, name)) {
	case CPC_CLEAR:
		note_missing(walk->guest, device->driver);
		break;
	case CPC_UNKNOWN:
		walk->unread = true;
		break;
	default:
		break;
	}
}

/** Device types that a guest needs a driver for to reach its network and disks (Virtual I/O Device, section 5). */
static const struct {
	unsigned long type;
	const char *driver;
} virtio_drivers[] = { { 1, "virtio_net" }, { 2, "virtio_blk" }, { 8, "virtio_scsi" } };

static void on_virtio(void *context, const char *name)
{
	static const char folder[] = "/sys/bus/virtio/devices";
	struct walk *walk = context;
	char path[PATH_SIZE];
	char type[CLASS_ID_SIZE];

	if (!path_of(path, folder, name, "device") || cpc_sysroot_word(walk->sysroot, path, type, sizeof(type)) <= 0)
		return;
	for (size_t i = 0; i < sizeof(virtio_drivers) / sizeof(virtio_drivers[0]); i++)
		if (strtoul(type, NULL, 16) == virtio_drivers[i].type &&
		    has_driver(walk->sysroot, folder, name) == CPC_CLEAR)
			note_missing(walk->guest, virtio_drivers[i].driver);
}

static void take_vmbus(struct walk *walk)
{
	struct cpc_guest_system *guest = walk->guest;
	const int devices = cpc_sysroot_each(walk->sysroot, "/sys/bus/vmbus/devices", on_vmbus, walk);

	if (devices < 0) {
		guest->vmbus = cpc_probe_status_of(devices) == CPC_PROBE_ABSENT ? CPC_CLEAR : CPC_UNKNOWN;
		return;
	}
	guest->vmbus = CPC_SET;
	/* A bus without devices is one of a host that has just begun to tell of them. */
	if (guest->missing[0])
		guest->hyperv_drivers = CPC_CLEAR;
	else if (walk->devices && !walk->unread && devices < CPC_FOLDER_ENTRIES_MAX)
		guest->hyperv_drivers = CPC_SET;
}

static void take_virtio(struct walk *walk)
{
	const int devices = cpc_sysroot_each(walk->sysroot, "/sys/bus/virtio/devices", on_virtio, walk);

	if (devices >= 0)
		walk->guest->virtio = devices ? CPC_SET : CPC_CLEAR;
	else if (cpc_probe_status_of(devices) == CPC_PROBE_ABSENT)
		walk->guest->virtio = CPC_CLEAR;
}

/** Programs by the first 15 bytes of their name, which is what the kernel keeps. */
static const struct {
	const char *name;
	bool kvp;
} programs[] = {
	{ "hv_kvp_daemon", true }, { "hypervkvpd", true }, /* Red Hat's name of it */
	{ "qemu-ga", false },	   { "vmtoolsd", false },  { "xe-daemon", false },
};

static void on_process(void *context, const char *name)
{
	struct walk *walk = context;
	struct cpc_guest_system *guest = walk->guest;
	char path[PATH_SIZE];
	char comm[32];

	if (!isdigit((unsigned char)name[0]) || !path_of(path, "/proc", name, "comm"))
		return;
	/* Processes end while they are looked at. */
	if (cpc_sysroot_word(walk->sysroot, path, comm, sizeof(comm)) <= 0)
		return;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcmp(comm, programs[i].name) != 0)
			continue;
		if (programs[i].kvp)
			guest->kvp_daemon = CPC_SET;
		else
			(void)snprintf(guest->agent, sizeof(guest->agent), "%s", comm);
	}
}

/* Whom the kernel shows its own processes to, it shows all. */
static void take_programs(struct walk *walk)
{
	struct cpc_guest_system *guest = walk->guest;
	const int entries = cpc_sysroot_each(walk->sysroot, "/proc", on_process, walk);
	const bool all = entries >= 0 && entries < CPC_FOLDER_ENTRIES_MAX && cpc_sysroot_shows_kernel(walk->sysroot);

	if (guest->agent[0])
		guest->guest_agent = CPC_SET;
	else if (all)
		guest->guest_agent = CPC_CLEAR;
	if (guest->kvp_daemon != CPC_SET && all)
		guest->kvp_daemon = CPC_CLEAR;
}

enum cpc_probe_status cpc_site_guest_system(const struct cpc_site_env *env, struct cpc_site *site,
					    struct cpc_site_result *result)
{
	struct walk vmbus = { .sysroot = env->sysroot, .guest = &site->guest };
	struct walk virtio = vmbus;
	struct walk processes = vmbus;
	const int buses = cpc_sysroot_has(env->sysroot, "/sys/bus");

	take_programs(&processes);
	if (buses <= 0) {
		cpc_site_need(result, "/sys/bus");
		return buses ? cpc_probe_status_of(buses) : CPC_PROBE_ABSENT;
	}
	take_vmbus(&vmbus);
	take_virtio(&virtio);
	if (site->guest.vmbus == CPC_UNKNOWN || site->guest.virtio == CPC_UNKNOWN)
		cpc_site_need(result, "/sys/bus");
	else if (site->guest.kvp_daemon == CPC_UNKNOWN || site->guest.guest_agent == CPC_UNKNOWN)
		cpc_site_need(result, "/proc");
	return CPC_PROBE_OK;
}
