/* SPDX-License-Identifier: MIT */
#include "fleet_pieces.h"

json_t *cpc_json_chains(struct cpc_json *json, const struct cpc_fleet_answers *answers)
{
	json_t *chains;

	if (!answers->chains_known)
		return json_null();
	chains = json_array();
	for (size_t i = 0; i < answers->chain_count; i++) {
		json_t *pools = json_array();

		for (size_t n = 0; n < answers->chains[i].length; n++)
			cpc_json_append(json, pools, cpc_json_count(answers->chains[i].pools[n]));
		cpc_json_append(json, chains, pools);
	}
	return chains;
}
