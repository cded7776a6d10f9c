/* SPDX-License-Identifier: MIT */
#include "site_nvme.h"

#include <errno.h>
#include <string.h>

bool cpc_site_is_nvme(const char *name)
{
	return strncmp(name, "nvme", 4) == 0 && name[4] >= '0' && name[4] <= '9';
}

static enum cpc_transport transport_of(const struct cpc_entry *controller)
{
	char word[CPC_SHORT_SIZE];

	if (cpc_entry_word(controller, "transport", word, sizeof(word)) <= 0)
		return CPC_TRANSPORT_UNKNOWN;
	if (strcmp(word, "pcie") == 0 || strcmp(word, "apple-nvme") == 0 || strcmp(word, "loop") == 0)
		return CPC_TRANSPORT_LOCAL;
	return CPC_TRANSPORT_NVME_FABRICS;
}

struct search {
	const char *sysroot;
	struct cpc_volume *volume;
};

/* A path is a controller: "nvme1" in the folder of the subsystem. */
static void add_controller(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_volume *volume = search->volume;
	struct cpc_entry controller;
	char state[CPC_SHORT_SIZE];

	/* Not "nvme0n1" and "nvme0c1n1", which lie there too. */
	if (!cpc_site_is_nvme(name) || name[4 + strspn(name + 4, "0123456789")] != '\0' ||
	    !cpc_entry_of(&controller, search->sysroot, "/sys/class/nvme", name))
		return;
	if (volume->transport == CPC_TRANSPORT_UNKNOWN)
		volume->transport = transport_of(&controller);
	volume->paths.value++;
	if (cpc_entry_word(&controller, "state", state, sizeof(state)) <= 0)
		volume->paths_usable.known = false;
	else
		volume->paths_usable.value += strcmp(state, "live") == 0;
}

int cpc_site_read_nvme(const struct cpc_entry *disk, struct cpc_volume *volume)
{
	struct search search = { .sysroot = disk->sysroot, .volume = volume };
	char device[CPC_SHORT_SIZE];
	int count = 0;

	volume->transport = CPC_TRANSPORT_UNKNOWN;
	volume->paths = volume->paths_usable = (struct cpc_measurement){ .known = true };
	(void)cpc_entry_word(disk, "wwid", volume->identity, sizeof(volume->identity));
	/* The device is the controller itself, or the subsystem whose controllers are the paths. */
	if (cpc_entry_link(disk, "device", device, sizeof(device)) > 0 && strncmp(device, "nvme-subsys", 11) == 0)
		count = cpc_entry_each(disk, "device", add_controller, &search);
	else
		add_controller(&search, device);
	volume->paths.known = volume->paths.value > 0;
	if (!volume->paths.known || !volume->paths_usable.known)
		volume->paths_usable = (struct cpc_measurement){ .known = false };
	return count == -ENOMEM ? count : 0;
}
