/* SPDX-License-Identifier: MIT */
#ifndef CPC_PEER_CONFIG_H
#define CPC_PEER_CONFIG_H

#include <stdbool.h>

#include "peer_line.h"
#include "settings.h"

/** Whether every peer has a name of its own; the lines are checked already. CPC_USAGE where not. */
enum cpc_status cpc_peer_names_check(const struct cpc_settings *settings, struct cpc_error *reterr);

/** What the settings say of peers, tokens read. Owned; zero-initialise. */
struct cpc_peer_config {
	struct cpc_peer_line *lines;
	char **tokens; /**< one a line, or NULL */
	size_t count;
	unsigned int interval;
	char *ca_file; /**< NULL: those whom the system trusts */
};

/** Read it; warnings about tokens that others can see go to the log. On failure `ret_config` is untouched. */
enum cpc_status cpc_peer_config_read(const struct cpc_settings *settings, struct cpc_peer_config *ret_config,
				     struct cpc_error *reterr);

/** Whether the poller would do the same by both. */
bool cpc_peer_config_same(const struct cpc_peer_config *a, const struct cpc_peer_config *b);

void cpc_peer_config_free(struct cpc_peer_config *config);

#endif
