/* SPDX-License-Identifier: MIT */
#include <cpucompat/peer.h>

#include <stdlib.h>
#include <string.h>

const char *cpc_peer_state_name(enum cpc_peer_state state)
{
	static const char *const names[CPC_PEER_STATE_COUNT] = {
		[CPC_PEER_NEVER] = "never",
		[CPC_PEER_UP] = "up",
		[CPC_PEER_DOWN] = "down",
	};

	return names[state];
}

enum cpc_status cpc_peer_side(const struct cpc_peer_host *host, struct cpc_fingerprint *ret_cpuid,
			      struct cpc_fingerprint *ret_kvm, struct cpc_side *ret_side, struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	if (host->partial)
		*ret_cpuid = *host->partial;
	else
		status = cpc_fingerprint_parse(host->cpuid.text, strlen(host->cpuid.text), ret_cpuid, reterr);
	if (!status && host->kvm.text)
		status = cpc_fingerprint_parse(host->kvm.text, strlen(host->kvm.text), ret_kvm, reterr);
	if (status)
		return status;
	*ret_side = (struct cpc_side){
		.fingerprint = ret_cpuid,
		.kvm = host->kvm.text ? ret_kvm : NULL,
		.vantage = host->vantage,
		.dumped = host->dumped,
	};
	memcpy(ret_side->requirements, host->requirements, sizeof(ret_side->requirements));
	return CPC_OK;
}

enum cpc_status cpc_peer_relate(const struct cpc_report *self, const struct cpc_peer_host *host,
				const struct cpc_policy *policy, struct cpc_peer_relation *ret_relation,
				struct cpc_error *reterr)
{
	const struct cpc_side own = cpc_side_of(self);
	struct cpc_fingerprint cpuid;
	struct cpc_fingerprint kvm;
	struct cpc_comparison comparison;
	struct cpc_side side;
	enum cpc_status status = cpc_peer_side(host, &cpuid, &kvm, &side, reterr);

	if (status)
		return status;
	status = cpc_compare(&own, &side, policy, &comparison, reterr);
	if (!status)
		*ret_relation = (struct cpc_peer_relation){
			.relation = comparison.relation,
			.to_peer = comparison.a_to_b.verdict,
			.from_peer = comparison.b_to_a.verdict,
		};
	cpc_comparison_free(&comparison);
	return status;
}

void cpc_peer_host_free(struct cpc_peer_host *host)
{
	if (!host)
		return;
	free(host->cpuid.text);
	free(host->kvm.text);
	free(host->partial);
	free(host);
}
