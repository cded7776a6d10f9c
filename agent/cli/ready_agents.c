/* SPDX-License-Identifier: MIT */
/* Agents that are asked for their requirement tables: beside each other, so that one that is away delays no other. */
#include "cli_inside.h"

#include <stdlib.h>

#include "client.h"

/** The questions, and whose sources they are. */
struct asking {
	struct cpc_fetch_target *targets;
	size_t *source_of;
	size_t count;
	void (*take)(void *context, size_t source, const struct cpc_buffer *body, const struct cpc_error *error);
	void *context;
};

static bool answered(void *context, size_t target, const struct cpc_buffer *body, const struct cpc_error *error)
{
	const struct asking *asking = context;

	asking->take(asking->context, asking->source_of[target], body, error);
	return true;
}

static enum cpc_status ask(struct asking *asking, const struct cpc_client *client, struct cpc_error *reterr)
{
	const struct cpc_fetching fetching = { .client = client,
					       .targets = asking->targets,
					       .count = asking->count,
					       .what = CPC_FETCH_READY,
					       .most = cli_fetches_most(),
					       .answered = answered,
					       .context = asking };

	/* Without an address libcurl is not loaded. */
	return asking->count ? cpc_fetch_reports(&fetching, reterr) : CPC_OK;
}

enum cpc_status cli_fetch_tables(const struct cpc_client *client, char *const *sources, size_t count,
				 void (*take)(void *context, size_t source, const struct cpc_buffer *body,
					      const struct cpc_error *error),
				 void *context, struct cpc_error *reterr)
{
	struct asking asking = { .targets = calloc(count, sizeof(*asking.targets)),
				 .source_of = calloc(count, sizeof(*asking.source_of)),
				 .take = take,
				 .context = context };
	enum cpc_status status = asking.targets && asking.source_of ? CPC_OK : cpc_out_of_memory(reterr);

	for (size_t i = 0; i < count && !status; i++) {
		if (!cpc_is_address(sources[i]))
			continue;
		asking.targets[asking.count].address = sources[i];
		asking.source_of[asking.count++] = i;
	}
	if (!status)
		status = ask(&asking, client, reterr);
	free(asking.targets);
	free(asking.source_of);
	return status;
}
