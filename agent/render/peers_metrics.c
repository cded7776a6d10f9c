/* SPDX-License-Identifier: MIT */
/* The metrics of design section 9 that are about peers. */
#include "metrics.h"

static void add_up(struct cpc_metrics *metrics, const struct cpc_peers *peers)
{
	static const struct cpc_family family = { .name = "cpucompat_peer_up",
						  .help = "Whether the last answer of the peer was good." };

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < peers->count; i++) {
		const struct cpc_label labels[] = { { "peer", peers->items[i].name }, { NULL, NULL } };

		cpc_metrics_sample(metrics, &family, labels, "%d", peers->items[i].state == CPC_PEER_UP);
	}
}

static void add_relations(struct cpc_metrics *metrics, const struct cpc_peers *peers)
{
	static const struct cpc_family family = {
		.name = "cpucompat_peer_relation",
		.help = "1 for how the hosts of this agent and of the peer relate, 0 for the others; none while it is "
			"not up.",
	};

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < peers->count; i++) {
		const struct cpc_peer *peer = &peers->items[i];

		for (unsigned int relation = 0; relation < CPC_RELATION_COUNT && peer->state == CPC_PEER_UP;
		     relation++) {
			const struct cpc_label labels[] = { { "peer", peer->name },
							    { "policy", peers->policy->name },
							    { "relation",
							      cpc_relation_name((enum cpc_relation)relation) },
							    { NULL, NULL } };

			cpc_metrics_sample(metrics, &family, labels, "%d", peer->relation.relation == relation);
		}
	}
}

void cpc_metrics_peers(struct cpc_metrics *metrics, const struct cpc_peers *peers)
{
	if (!peers || !peers->count)
		return;
	add_up(metrics, peers);
	add_relations(metrics, peers);
}
