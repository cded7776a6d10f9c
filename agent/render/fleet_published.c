/* SPDX-License-Identifier: MIT */
/* The fleet document over an agent and its peers. */
#include "fleet_published.h"

#include <stdlib.h>

#include "renderers.h"

/** A row for each peer that does not answer. NULL without memory. */
static struct cpc_unreadable *list_unreadable(const struct cpc_peers *peers, size_t *ret_count)
{
	const size_t room = peers && peers->count ? peers->count : 1;
	struct cpc_unreadable *rows = calloc(room, sizeof(*rows));

	*ret_count = 0;
	for (size_t i = 0; rows && peers && i < peers->count; i++) {
		const struct cpc_peer *peer = &peers->items[i];

		if (peer->state != CPC_PEER_UP)
			rows[(*ret_count)++] = (struct cpc_unreadable){
				.source = peer->name,
				.error = peer->error ? peer->error : "not asked yet",
			};
	}
	return rows;
}

static enum cpc_status ask(const struct cpc_published *published, size_t max, struct cpc_fleet *fleet,
			   struct cpc_fleet_answers *ret_answers, struct cpc_error *reterr)
{
	const char *policy = CPC_POLICY_DEFAULT;
	enum cpc_status status = cpc_fleet_add_published(fleet, published, reterr);

	if (status)
		return status;
	if (fleet->count > max)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%zu different hosts", fleet->count);
	if (published->peers && published->peers->policy)
		policy = published->peers->policy->name;
	return cpc_fleet_ask(fleet, cpc_policy_named(policy), ret_answers, reterr);
}

enum cpc_status cpc_fleet_of_published(const struct cpc_published *published, size_t max, struct cpc_fleet *ret_fleet,
				       struct cpc_fleet_answers *ret_answers, struct cpc_error *reterr)
{
	struct cpc_fleet fleet = { .count = 0 };
	const enum cpc_status status = ask(published, max, &fleet, ret_answers, reterr);

	if (status)
		cpc_fleet_free(&fleet);
	else
		*ret_fleet = fleet;
	return status;
}

enum cpc_status cpc_render_fleet(const struct cpc_published *published, struct cpc_buffer *out,
				 struct cpc_error *reterr)
{
	const struct cpc_style style = { .width = 120 };
	struct cpc_fleet fleet;
	struct cpc_fleet_answers answers;
	struct cpc_fleet_view view = { .fleet = &fleet, .answers = &answers };
	struct cpc_unreadable *unreadable;
	enum cpc_status status = cpc_fleet_of_published(published, CPC_FLEET_PUBLISHED_MAX, &fleet, &answers, reterr);

	if (status)
		return status;
	unreadable = list_unreadable(published->peers, &view.unreadable_count);
	view.unreadable = unreadable;
	status = unreadable ? cpc_fleet_json(&view, &style, out, reterr) : cpc_out_of_memory(reterr);
	free(unreadable);
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
	return status;
}
