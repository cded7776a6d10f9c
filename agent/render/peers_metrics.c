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

/** What a sentence about a peer needs: where it is asked. */
static void add_addresses(struct cpc_metrics *metrics, const struct cpc_peers *peers)
{
	static const struct cpc_family family = { .name = "cpucompat_peer_info",
						  .type = CPC_INFO,
						  .help = "The address at which the peer is asked." };

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < peers->count; i++) {
		const struct cpc_label labels[] = { { "peer", peers->items[i].name },
						    { "address", peers->items[i].address },
						    { NULL, NULL } };

		cpc_metrics_sample(metrics, &family, labels, "1");
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

/**
 * A relation does not say which way. Only the verdict that holds has a sample: all of them would be ten a peer, in a
 * cluster whose hosts all ask each other.
 */
static void add_verdicts(struct cpc_metrics *metrics, const struct cpc_peers *peers)
{
	static const struct cpc_family family = {
		.name = "cpucompat_peer_verdict",
		.help = "1 for the verdict on a VM that moves to the peer or from it; none while it is not up.",
	};

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < peers->count; i++) {
		const struct cpc_peer *peer = &peers->items[i];
		const struct {
			const char *direction;
			enum cpc_verdict verdict;
		} ways[] = { { "to_peer", peer->relation.to_peer }, { "from_peer", peer->relation.from_peer } };

		for (size_t way = 0; way < sizeof(ways) / sizeof(*ways) && peer->state == CPC_PEER_UP; way++) {
			const struct cpc_label labels[] = { { "peer", peer->name },
							    { "policy", peers->policy->name },
							    { "direction", ways[way].direction },
							    { "verdict", cpc_verdict_name(ways[way].verdict) },
							    { NULL, NULL } };

			cpc_metrics_sample(metrics, &family, labels, "1");
		}
	}
}

void cpc_metrics_peers(struct cpc_metrics *metrics, const struct cpc_peers *peers)
{
	if (!peers || !peers->count)
		return;
	add_up(metrics, peers);
	add_addresses(metrics, peers);
	add_relations(metrics, peers);
	add_verdicts(metrics, peers);
}
