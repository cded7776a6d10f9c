/* SPDX-License-Identifier: MIT */
/* What the documents of design section 7 hold, for those who read them; ready_schema.c has the requirement table. */
#include "schema.h"

#include <cpucompat/compare.h>
#include <cpucompat/peer.h>
#include <cpucompat/policy.h>
#include <cpucompat/report.h>

#include "describe.h"
#include "openapi.h"
#include "ready_schema.h"
#include "shapes.h"

NAMES(verdict, cpc_verdict)
NAMES(relation, cpc_relation)
NAMES(finding_code, cpc_finding_code)
NAMES(sureness, cpc_sureness)
NAMES(view, cpc_view)
NAMES(weight, cpc_weight)
NAMES(rule, cpc_rule)
NAMES(scalar_rule, cpc_scalar_rule)
NAMES(vantage, cpc_vantage)
NAMES(origin, cpc_origin)
NAMES(partition, cpc_partition)
NAMES(isolation, cpc_isolation)
NAMES(requirement_status, cpc_requirement_status)
NAMES(evidence_source, cpc_evidence_source)
NAMES(probe_status, cpc_probe_status)
NAMES(tristate, cpc_tristate)
NAMES(peer_state, cpc_peer_state)

static const char *requirement_of(unsigned int id)
{
	return cpc_requirement_key((enum cpc_requirement_id)id);
}

static const char *letter_of(unsigned int verdict)
{
	return cpc_verdict_letter((enum cpc_verdict)verdict);
}

static const char *peers_format_of(unsigned int index)
{
	static const char *const names[] = { "json", "http_sd" };

	return names[index];
}

static const char *policy_of(unsigned int id)
{
	return cpc_policies[id].name;
}

static const char *scalar_of(unsigned int id)
{
	return cpc_scalars[id].name;
}

static const char *module_of(unsigned int id)
{
	return cpc_kvm_modules[id];
}

/** A finding's rule is a bit's or a scalar's: the one table behind the other. */
static const char *any_rule_of(unsigned int value)
{
	return value <= CPC_RULE_NOISE ? rule_of(value) : scalar_rule_of(value - CPC_RULE_NOISE);
}

/* clang-format off */
#define VIEW NAME(view, CPC_VIEW_CPUID, CPC_VIEW_KVM)
#define SURENESS NAME(sureness, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY)
#define SURENESS_OR_NULL NAME_OR_NULL(sureness, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY)
#define FINDING_CODE NAME(finding_code, CPC_FINDING_CANNOT_HOST, CPC_FINDING_CODE_COUNT - 1)
#define VANTAGE NAME(vantage, 0, CPC_VANTAGE_COUNT - 1)

static const struct cpc_schema cpc_schema_id = {
	.name = "id", .what = "The first 128 bits of SHA-256 over a fingerprint without family, model and stepping.",
	.shape = MATCHING("^[0-9a-f]{32}$"),
};

static const struct cpc_schema cpc_schema_hex = {
	.name = "hex", .what = "A register.", .shape = MATCHING("^0x[0-9a-f]{1,16}$"),
};

#define PARTIAL LIST(ROW(3, EITHER({ .shape = INTEGER }, { .shape = REFERENCE(hex) })))

static const struct cpc_schema cpc_schema_fingerprint = {
	.name = "fingerprint", .what = "A view of a host that may be compared; complete where nothing in it is unread.",
	.shape = OBJECT(
		HAS("id", REFERENCE(id)),
		HAS("silicon", REFERENCE(id)),
		HAS("text", MATCHING("^cpc1:")),
		HAS("complete", BOOLEAN),
		MAY("partial", PARTIAL)),
};

static const struct cpc_schema cpc_schema_leaves = {
	.name = "leaves", .what = "CPUID answers: leaf, subleaf, eax, ebx, ecx, edx.",
	.shape = LIST(ROW(6, REFERENCE(hex))),
};

static const struct cpc_schema cpc_schema_msr = {
	.name = "msr", .what = "Address and value; null where it could not be read.",
	.shape = ROW(2, REFERENCE_OR_NULL(hex)),
};

static const struct cpc_schema cpc_schema_requirement = {
	.name = "requirement", .what = "What a host of live migration must have, and what says whether it has it.",
	.shape = OBJECT(
		HAS("name", TEXT),
		HAS("status", NAME(requirement_status, 0, CPC_REQUIREMENT_STATUS_COUNT - 1)),
		HAS("disputed", BOOLEAN),
		HAS("evidence", LIST(OBJECT(
			HAS("source", NAME(evidence_source, 0, CPC_EVIDENCE_SOURCE_COUNT - 1)),
			HAS("where", TEXT),
			HAS("name", TEXT),
			HAS("value", NAME(tristate, CPC_UNKNOWN, CPC_SET)),
			HAS("cpus", TEXT_OR_NULL),
			HAS("inferred", BOOLEAN),
			HAS("disputed", BOOLEAN))))),
};

static const struct cpc_schema cpc_schema_hypervisor = {
	.name = "hypervisor", .what = "Through which hypervisor the processor was seen.",
	.shape = OBJECT(
		HAS("name", TEXT),
		HAS("signature", TEXT),
		HAS("release", TEXT_OR_NULL),
		HAS("release_exact", BOOLEAN_OR_NULL),
		HAS("release_sure", SURENESS_OR_NULL),
		HAS("version", OBJECT_OR_NULL(
			HAS("major", INTEGER),
			HAS("minor", INTEGER),
			HAS("build", INTEGER),
			HAS("service_pack", INTEGER),
			HAS("service_branch", INTEGER),
			HAS("service_number", INTEGER))),
		HAS("id", TEXT),
		HAS("hyperv_interface", BOOLEAN),
		HAS("partition", NAME_OR_NULL(partition, 0, CPC_PARTITION_COUNT - 1)),
		HAS("domain", INTEGER_OR_NULL),
		HAS("nested", BOOLEAN_OR_NULL),
		HAS("level", INTEGER_OR_NULL),
		HAS("shows_virtualization", BOOLEAN_OR_NULL),
		HAS("isolation", NAME_OR_NULL(isolation, 0, CPC_ISOLATION_COUNT - 1)),
		HAS("paravisor", BOOLEAN)),
};

static const struct cpc_schema cpc_schema_cpu = {
	.name = "cpu", .what = "The processor, and its CPUs by kind.",
	.shape = OBJECT(
		HAS("vendor", TEXT),
		HAS("family", INTEGER),
		HAS("model", INTEGER),
		HAS("stepping", INTEGER),
		HAS("brand", TEXT),
		HAS("microarchitecture", TEXT),
		HAS("microcode", TEXT),
		HAS("logical_cpus", INTEGER),
		HAS("libcpuid", OBJECT_OR_NULL(HAS("brand", TEXT), HAS("codename", TEXT))),
		HAS("microcodes", LIST(OBJECT(HAS("version", TEXT), HAS("cpus", TEXT)))),
		HAS("kinds", LIST(OBJECT(
			HAS("cpus", TEXT),
			HAS("layout_unknown", BOOLEAN),
			MAY("leaves", REFERENCE(leaves)),
			HAS("msrs", LIST(REFERENCE(msr))),
			HAS("costs", LIST(OBJECT(
				HAS("code", FINDING_CODE),
				HAS("name", TEXT),
				HAS("where", TEXT))))))),
		HAS("odd_msrs", LIST(OBJECT(HAS("cpus", TEXT), HAS("msr", REFERENCE(msr)))))),
};

#define TIME_OR_NULL SHAPE(.kind = CPC_SHAPE_TEXT, .nullable = true, .format = "date-time")

static const struct cpc_schema cpc_schema_view_history = {
	.name = "view_history", .what = "How often a view's fingerprint has changed, when it last did, and its id before that.",
	.shape = OBJECT(
		HAS("changes", INTEGER),
		HAS("changed_at", TIME_OR_NULL),
		HAS("previous_id", REFERENCE_OR_NULL(id))),
};

static const struct cpc_schema cpc_schema_history = {
	.name = "history", .what = "What the agent remembers since it started; failing_since: the report is older than it should be.",
	.shape = OBJECT(
		HAS("since", SHAPE(.kind = CPC_SHAPE_TEXT, .format = "date-time")),
		HAS("failures", INTEGER),
		HAS("failing_since", TIME_OR_NULL),
		HAS("views", OBJECT(
			HAS("cpuid", REFERENCE_OR_NULL(view_history)),
			HAS("kvm", REFERENCE_OR_NULL(view_history))))),
};

const struct cpc_schema cpc_schema_report = {
	.name = "report", .what = "What an agent knows of its host.",
	.shape = OBJECT(
		HAS("schema", CONSTANT("cpucompat/report/1")),
		HAS("agent", OBJECT(HAS("version", TEXT))),
		HAS("host", OBJECT(HAS("name", TEXT), HAS("machine_id", MATCHING("^([0-9a-f]{32})?$")))),
		HAS("collected_at", EITHER(
			{ .shape = SHAPE(.kind = CPC_SHAPE_TEXT, .format = "date-time") },
			{ .shape = CONSTANT("") })),
		HAS("source", NAME(origin, CPC_ORIGIN_LIVE, CPC_ORIGIN_FINGERPRINT)),
		HAS("vantage", VANTAGE),
		HAS("taken_in", NAME_OR_NULL(vantage, 0, CPC_VANTAGE_COUNT - 1)),
		HAS("hypervisor", REFERENCE_OR_NULL(hypervisor)),
		HAS("compatibility_mode", OBJECT_OR_NULL(HAS("in", BOOLEAN), HAS("sure", SURENESS))),
		HAS("cpu", REFERENCE(cpu)),
		HAS("requirements", RECORD(requirement, CPC_REQUIREMENT_COUNT - 1, REFERENCE(requirement))),
		HAS("fingerprints", OBJECT(
			HAS("cpuid", REFERENCE(fingerprint)),
			HAS("kvm", REFERENCE_OR_NULL(fingerprint)))),
		HAS("features", OBJECT(HAS("cpuid", LIST(TEXT)), HAS("kvm", LIST_OR_NULL(TEXT)))),
		HAS("unknown", LIST(TEXT)),
		HAS("history", REFERENCE_OR_NULL(history)),
		HAS("scalars", RECORD(scalar, CPC_SCALAR_COUNT - 1,
			EITHER({ .shape = INTEGER_OR_NULL }, { .shape = MATCHING("^([0-9a-f]+(\\.[0-9a-f]+)*(\\+|$))*$") }))),
		HAS("probes", MAP(NAME(probe_status, CPC_PROBE_OK, CPC_PROBE_FAILED))),
		HAS("cpuinfo", OBJECT(
			HAS("vmx", BOOLEAN_OR_NULL),
			HAS("svm", BOOLEAN_OR_NULL),
			HAS("ept", BOOLEAN_OR_NULL),
			HAS("npt", BOOLEAN_OR_NULL),
			HAS("vmx_ept", BOOLEAN_OR_NULL))),
		HAS("modules", RECORD(module, CPC_KVM_MODULE_COUNT - 1, MAP(BOOLEAN_OR_NULL))),
		HAS("leaves", OBJECT(HAS("cpuid", REFERENCE(leaves)), HAS("kvm", REFERENCE_OR_NULL(leaves)))),
		MAY("msrs", OBJECT(HAS("kvm", LIST(REFERENCE(msr)))))),
};

static const struct cpc_schema cpc_schema_side = {
	.name = "side", .what = "One side of a comparison.",
	.shape = OBJECT(HAS("name", TEXT), HAS("id", REFERENCE(id)), HAS("cpu", TEXT)),
};

#define FINDING_VALUE EITHER({ .shape = TEXT }, { .shape = INTEGER_OR_NULL }, \
			     { .shape = OBJECT(HAS("offset", INTEGER), HAS("size", INTEGER)) })

static const struct cpc_schema cpc_schema_finding = {
	.name = "finding", .what = "One reason: what it is about, where that lives, and what both sides have.",
	.shape = OBJECT(
		HAS("code", FINDING_CODE),
		HAS("name", TEXT),
		HAS("where", TEXT),
		HAS("rule", NAME(any_rule, CPC_RULE_NEED, (unsigned int)CPC_RULE_NOISE + CPC_SCALAR_REPORT)),
		HAS("weight", NAME(weight, CPC_NOTE, CPC_REFUSAL)),
		HAS("mitigation", BOOLEAN),
		MAY("sure", SURENESS),
		HAS("a", FINDING_VALUE),
		HAS("b", FINDING_VALUE)),
};

static const struct cpc_schema cpc_schema_direction = {
	.name = "direction", .what = "Whether a VM that runs on the one moves to the other.",
	.shape = OBJECT(
		HAS("verdict", NAME(verdict, 0, CPC_VERDICT_COUNT - 1)),
		HAS("views", OBJECT(HAS("a", VIEW), HAS("b", VIEW), HAS("fallback", BOOLEAN))),
		HAS("only_mitigations", BOOLEAN),
		HAS("findings", LIST(REFERENCE(finding))),
		HAS("compatibility_mode", OBJECT_OR_NULL(HAS("works", BOOLEAN), HAS("guest_loses", LIST(TEXT)))),
		HAS("after_power_cycle", OBJECT(HAS("gains", LIST(TEXT)), HAS("can_return", BOOLEAN)))),
};

const struct cpc_schema cpc_schema_comparison = {
	.name = "comparison", .what = "Whether VMs move between two hosts, each way, and what decides it.",
	.shape = OBJECT(
		HAS("schema", CONSTANT("cpucompat/comparison/1")),
		HAS("policy", NAME(policy, 0, CPC_POLICY_COUNT - 1)),
		HAS("policy_sure", OBJECT(HAS("compared", SURENESS), HAS("mode", SURENESS_OR_NULL))),
		HAS("a", REFERENCE(side)),
		HAS("b", REFERENCE(side)),
		HAS("relation", NAME(relation, 0, CPC_RELATION_COUNT - 1)),
		HAS("a_to_b", REFERENCE(direction)),
		HAS("b_to_a", REFERENCE(direction))),
};

#define RELATION_OR_NULL NAME_OR_NULL(relation, 0, CPC_RELATION_COUNT - 1)
#define VERDICT_OR_NULL NAME_OR_NULL(verdict, 0, CPC_VERDICT_COUNT - 1)
#define TIME_OR_NULL SHAPE(.kind = CPC_SHAPE_TEXT, .nullable = true, .format = "date-time")

static const struct cpc_schema cpc_schema_peer = {
	.name = "peer", .what = "Another agent: whether it answers, and how its host and this one relate. The relation is "
				"null unless it is up; `last` is what it told at answered_at, and what followed from that.",
	.shape = OBJECT(
		HAS("name", TEXT),
		HAS("address", TEXT),
		HAS("up", BOOLEAN),
		HAS("state", NAME(peer_state, 0, CPC_PEER_STATE_COUNT - 1)),
		HAS("since", TIME_OR_NULL),
		HAS("checked_at", TIME_OR_NULL),
		HAS("answered_at", TIME_OR_NULL),
		HAS("error", TEXT_OR_NULL),
		HAS("relation", RELATION_OR_NULL),
		HAS("to_peer", VERDICT_OR_NULL),
		HAS("from_peer", VERDICT_OR_NULL),
		HAS("last", OBJECT_OR_NULL(
			HAS("host", TEXT),
			HAS("id", REFERENCE(id)),
			HAS("cpu", TEXT),
			HAS("brand", TEXT),
			HAS("microcode", TEXT),
			HAS("logical_cpus", INTEGER),
			HAS("kinds", INTEGER),
			HAS("fingerprints", OBJECT(HAS("cpuid", REFERENCE(fingerprint)),
						   HAS("kvm", REFERENCE_OR_NULL(fingerprint)))),
			HAS("relation", NAME(relation, 0, CPC_RELATION_COUNT - 1)),
			HAS("to_peer", NAME(verdict, 0, CPC_VERDICT_COUNT - 1)),
			HAS("from_peer", NAME(verdict, 0, CPC_VERDICT_COUNT - 1))))),
};

static const struct cpc_schema cpc_schema_target = {
	.name = "target", .what = "A peer as Prometheus' http_sd has it.",
	.shape = OBJECT(HAS("targets", ROW(1, TEXT)),
			HAS("labels", OBJECT(HAS("__scheme__", MATCHING("^https?$")),
					     HAS("__meta_cpucompat_peer", TEXT)))),
};

const struct cpc_schema cpc_schema_peers = {
	.name = "peers", .what = "The configured peers, in the format that the query asks for.",
	.shape = EITHER(
		{ .shape = OBJECT(
			HAS("schema", CONSTANT("cpucompat/peers/1")),
			HAS("policy", NAME(policy, 0, CPC_POLICY_COUNT - 1)),
			HAS("self", OBJECT(HAS("name", TEXT), HAS("id", REFERENCE(id)))),
			HAS("peers", LIST(REFERENCE(peer)))) },
		{ .shape = LIST(REFERENCE(target)) }),
};

static const struct cpc_schema cpc_schema_class = {
	.name = "class", .what = "Hosts between which nothing that decides a move differs. `hosts` are those with a name.",
	.shape = OBJECT(
		HAS("id", REFERENCE(id)),
		HAS("fingerprint", MATCHING("^cpc1:")),
		MAY("partial", PARTIAL),
		HAS("kvm", REFERENCE_OR_NULL(fingerprint)),
		HAS("cpu", TEXT),
		HAS("vantage", VANTAGE),
		HAS("dumped", BOOLEAN),
		HAS("requirements", RECORD(requirement, CPC_REQUIREMENT_COUNT - 1,
					   NAME(requirement_status, 0, CPC_REQUIREMENT_STATUS_COUNT - 1))),
		HAS("count", INTEGER),
		HAS("hosts", LIST(TEXT))),
};

static const struct cpc_schema cpc_schema_baseline = {
	.name = "baseline", .what = "The most that moves to every host of a vendor, and what the others could have without the "
				    "class of each host. Without a fingerprint `error` says why.",
	.shape = OBJECT(
		HAS("vendor", TEXT),
		HAS("view", VIEW),
		HAS("fingerprint", REFERENCE_OR_NULL(fingerprint)),
		HAS("error", TEXT_OR_NULL),
		MAY("lost_by_host", MAP(LIST(TEXT)))),
};

const struct cpc_schema cpc_schema_fleet = {
	.name = "fleet", .what = "Many hosts: classes, numbered from 0; who moves to whom, rows to columns; pools of classes; "
			     "chains of pools in which VMs move right and not back, null where there are too many.",
	.shape = OBJECT(
		HAS("schema", CONSTANT("cpucompat/fleet/1")),
		HAS("policy", NAME(policy, 0, CPC_POLICY_COUNT - 1)),
		HAS("hosts", INTEGER),
		HAS("classes", LIST(REFERENCE(class))),
		HAS("matrix", LIST(LIST(NAME(letter, 0, CPC_VERDICT_COUNT - 1)))),
		HAS("pools", LIST(LIST(INTEGER))),
		HAS("chains", LIST_OR_NULL(LIST(INTEGER))),
		HAS("baseline", REFERENCE_OR_NULL(baseline)),
		HAS("baselines", LIST(REFERENCE(baseline))),
		HAS("unreadable_count", INTEGER),
		HAS("unreadable", LIST(OBJECT(HAS("source", TEXT), HAS("error", TEXT))))),
};

const struct cpc_schema cpc_schema_problem = {
	.name = "problem", .what = "RFC 9457; its type is about:blank.",
	.shape = OBJECT(HAS("title", TEXT), HAS("status", INTEGER), HAS("detail", TEXT)),
};

/* The specification has its own schema, which says the rest. */
const struct cpc_schema cpc_schema_openapi = {
	.name = "openapi", .what = "This contract, as OpenAPI has it.",
	.shape = OBJECT(HAS("openapi", MATCHING("^3\\.1\\.")), HAS("info", MAP(SHAPE(.kind = CPC_SHAPE_ANY))),
			HAS("paths", MAP(SHAPE(.kind = CPC_SHAPE_ANY))), HAS("components", MAP(SHAPE(.kind = CPC_SHAPE_ANY)))),
};
/* clang-format on */

const struct cpc_shape cpc_shape_policy = { .kind = CPC_SHAPE_NAME, RANGE(policy, 0, CPC_POLICY_COUNT - 1) };
const struct cpc_shape cpc_shape_peers_format = { .kind = CPC_SHAPE_NAME, RANGE(peers_format, 0, 1) };
const struct cpc_shape cpc_shape_fingerprint = { .kind = CPC_SHAPE_TEXT, .pattern = "^cpc1:" };

const struct cpc_schema *const cpc_schemas[] = {
	&cpc_schema_id,		  &cpc_schema_hex,	     &cpc_schema_fingerprint,
	&cpc_schema_leaves,	  &cpc_schema_msr,	     &cpc_schema_requirement,
	&cpc_schema_hypervisor,	  &cpc_schema_cpu,	     &cpc_schema_view_history,
	&cpc_schema_history,	  &cpc_schema_report,	     &cpc_schema_side,
	&cpc_schema_finding,	  &cpc_schema_direction,     &cpc_schema_comparison,
	&cpc_schema_peer,	  &cpc_schema_target,	     &cpc_schema_peers,
	&cpc_schema_class,	  &cpc_schema_baseline,	     &cpc_schema_fleet,
	&cpc_schema_ready,	  &cpc_schema_ready_row,     &cpc_schema_ready_fact,
	&cpc_schema_ready_reason, &cpc_schema_ready_caution, &cpc_schema_site,
	&cpc_schema_problem,	  &cpc_schema_openapi,	     NULL,
};
