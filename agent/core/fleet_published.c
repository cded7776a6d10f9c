/* SPDX-License-Identifier: MIT */
/* The fleet that an agent sees: itself, and the peers that answer it. */
#include <cpucompat/fleet.h>

static enum cpc_status add_peer(struct cpc_fleet *fleet, const struct cpc_peer *peer, struct cpc_error *reterr)
{
	struct cpc_fingerprint cpuid;
	struct cpc_fingerprint kvm;
	struct cpc_side side;
	enum cpc_status status = cpc_peer_side(peer->host, &cpuid, &kvm, &side, reterr);

	return status ? status : cpc_fleet_add(fleet, peer->name, &side, reterr);
}

enum cpc_status cpc_fleet_add_published(struct cpc_fleet *fleet, const struct cpc_published *published,
					struct cpc_error *reterr)
{
	const char *name = published->report->capture->host_name;
	const struct cpc_peers *peers = published->peers;
	const struct cpc_side self = cpc_side_of(published->report);
	enum cpc_status status = cpc_fleet_add(fleet, *name ? name : "self", &self, reterr);

	for (size_t i = 0; peers && i < peers->count && !status; i++)
		if (peers->items[i].state == CPC_PEER_UP && peers->items[i].host)
			status = add_peer(fleet, &peers->items[i], reterr);
	return status;
}
