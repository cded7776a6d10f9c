/* SPDX-License-Identifier: MIT */
#include "peer_row.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"

bool cpc_peer_row_fail(struct cpc_peer *peer, const char *error, int64_t at)
{
	const bool first = !peer->error;
	char *copy;

	peer->checked_at = at;
	if (!first && strcmp(peer->error, error) == 0)
		return false;
	copy = strdup(error);
	if (!copy && !first)
		return false;
	free(peer->error);
	peer->error = copy;
	if (peer->state == CPC_PEER_UP) {
		peer->state = CPC_PEER_DOWN;
		peer->since = at;
		cpc_log_warning("peer %s is down: %s", peer->name, error);
	} else if (first && peer->state == CPC_PEER_NEVER) {
		cpc_log_warning("peer %s does not answer: %s", peer->name, error);
	}
	return true;
}

static void log_relation(const struct cpc_peer *peer, enum cpc_relation before)
{
	if (peer->relation.relation != before)
		cpc_log_notice("peer %s: relation %s, was %s", peer->name, cpc_relation_name(peer->relation.relation),
			       cpc_relation_name(before));
}

/** A good answer; `relation` is of what it says. */
static bool come_up(struct cpc_peer *peer, const struct cpc_peer_relation *relation, int64_t at)
{
	const bool came_up = peer->state != CPC_PEER_UP;
	const enum cpc_relation before = peer->relation.relation;

	free(peer->error);
	peer->error = NULL;
	peer->relation = *relation;
	peer->checked_at = at;
	peer->answered_at = at;
	if (came_up) {
		peer->state = CPC_PEER_UP;
		peer->since = at;
		cpc_log_notice("peer %s is up, relation %s", peer->name, cpc_relation_name(relation->relation));
	} else {
		log_relation(peer, before);
	}
	return came_up;
}

/** Another processor, microcode or kernel: told where the relation is the same as before, too. */
static void log_view(const char *name, const char *view, const struct cpc_peer_view *before,
		     const struct cpc_peer_view *now)
{
	if (before->text && now->text && strcmp(before->text, now->text) != 0)
		cpc_log_notice("peer %s: the fingerprint of its %s view changed from %s to %s", name, view, before->id,
			       now->id);
}

static void log_change(const struct cpc_peer *peer, const struct cpc_peer_host *before)
{
	log_view(peer->name, cpc_view_name(CPC_VIEW_CPUID), &before->cpuid, &peer->host->cpuid);
	log_view(peer->name, cpc_view_name(CPC_VIEW_KVM), &before->kvm, &peer->host->kvm);
}

bool cpc_peer_row_answer(struct cpc_peer *peer, struct cpc_peer_host **host, const struct cpc_report *self,
			 const struct cpc_policy *policy, int64_t at)
{
	struct cpc_peer_host *before = peer->host;
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_peer_relation relation;

	if (cpc_peer_relate(self, *host, policy, &relation, &error))
		return cpc_peer_row_fail(peer, error.what, at);
	peer->host = *host;
	*host = NULL;
	come_up(peer, &relation, at);
	if (before)
		log_change(peer, before);
	cpc_peer_host_free(before);
	return true;
}

bool cpc_peer_row_same(struct cpc_peer *peer, int64_t at)
{
	const struct cpc_peer_relation relation = peer->relation;

	/* There was no memory for what it told. */
	if (!peer->host)
		return cpc_peer_row_fail(peer, "out of memory", at);
	return come_up(peer, &relation, at);
}

bool cpc_peer_row_relate(struct cpc_peer *peer, const struct cpc_report *self, const struct cpc_policy *policy)
{
	const enum cpc_relation before = peer->relation.relation;
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_peer_relation relation;

	if (!peer->host)
		return false;
	if (cpc_peer_relate(self, peer->host, policy, &relation, &error))
		return cpc_peer_row_fail(peer, error.what, peer->checked_at);
	peer->relation = relation;
	log_relation(peer, before);
	return true;
}
