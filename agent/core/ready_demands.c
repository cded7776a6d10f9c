/* SPDX-License-Identifier: MIT */
/* What each policy asks of a cluster, from ready.def. */
#include <cpucompat/ready.h>

#define ASKS(row, in, how_sure, by)                                                                                    \
	.rows[CPC_ROW_##row] = { .columns = (in), .sure = CPC_SURE_##how_sure, .source = (by) }
#define OVER(transport) (UINT32_C(1) << CPC_TRANSPORT_##transport)
#define FORMAT(format) (UINT32_C(1) << CPC_DISK_FORMAT_##format)
#define KIND(kind) (UINT32_C(1) << CPC_DISK_KIND_##kind)
#define CPC_DEMANDS(policy, ...) [CPC_P_##policy] = { __VA_ARGS__ },

static const struct cpc_demands demands[CPC_POLICY_COUNT] = {
#include <cpucompat/ready.def>
};

const struct cpc_demands *cpc_demands_of(const struct cpc_policy *policy)
{
	static const struct cpc_demands nothing;

	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		if (policy == &cpc_policies[i])
			return &demands[i];
	}
	return &nothing;
}

bool cpc_demanded(const struct cpc_demands *asks, enum cpc_ready_row_id row, enum cpc_ready_column column)
{
	/* What a processor must have is in the policy itself. */
	if (row == CPC_ROW_PROCESSOR)
		return column == CPC_MINIMUM || asks->processor_realistic;
	return asks->rows[row].columns >> column & 1;
}

struct cpc_demand cpc_demand_of(const struct cpc_policy *policy, enum cpc_ready_row_id row)
{
	const struct cpc_demands *asks = cpc_demands_of(policy);

	if (row != CPC_ROW_PROCESSOR)
		return asks->rows[row];
	return (struct cpc_demand){ .columns = asks->processor_realistic ? CPC_BOTH_COLUMNS : CPC_MINIMUM_ONLY,
				    .sure = cpc_policy_sure(policy),
				    .source = policy->sources };
}
