/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "describe.h"
#include "escape.h"

/** One side of a finding. */
struct value {
	uint64_t value;
	uint64_t size;
	bool unknown;
	const struct cpc_fingerprint *fingerprint;
};

static json_t *component_value(struct cpc_json *json, const struct value *value)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "offset", json_integer((json_int_t)value->value));
	cpc_json_put(json, object, "size", json_integer((json_int_t)value->size));
	return object;
}

static json_t *scalar_value(const struct cpc_finding *finding, const struct value *value)
{
	char text[CPC_FINGERPRINT_SIZE];

	if (cpc_scalars[finding->scalar].rule != CPC_SCALAR_LAYOUT)
		return cpc_json_number((struct cpc_number){ .unknown = value->unknown, .value = value->value });
	return cpc_layout_text(value->fingerprint, text) ? json_string(text) : json_null();
}

static json_t *vendor_value(const struct value *value)
{
	char text[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(value->fingerprint->vendor, text);
	return json_string(text);
}

static json_t *value_of(struct cpc_json *json, const struct cpc_finding *finding, const struct value *value)
{
	switch (finding->about) {
	case CPC_ABOUT_BIT:
		return json_string(cpc_tristate_name(value->unknown ? CPC_UNKNOWN
						     : value->value ? CPC_SET
								    : CPC_CLEAR));
	case CPC_ABOUT_WORD:
		return value->unknown ? json_string("unknown") : cpc_json_hex(value->fingerprint->words[finding->word]);
	case CPC_ABOUT_SCALAR:
		return scalar_value(finding, value);
	case CPC_ABOUT_COMPONENT:
		return value->unknown ? json_null() : component_value(json, value);
	case CPC_ABOUT_REQUIREMENT:
		return json_string(cpc_requirement_status_name((enum cpc_requirement_status)value->value));
	case CPC_ABOUT_VENDOR:
		return vendor_value(value);
	case CPC_ABOUT_FOREIGN:
		return cpc_json_text(value->fingerprint->foreign);
	}
	return json_null();
}

static const char *rule_of(const struct cpc_finding *finding)
{
	switch (finding->about) {
	case CPC_ABOUT_BIT:
		/* What is missing was needed by the platform, whatever the bit's own rule. */
		if (finding->feature && finding->code != CPC_FINDING_MISSING)
			return cpc_rule_name(finding->feature->rule);
		return cpc_rule_name(CPC_RULE_NEED);
	case CPC_ABOUT_SCALAR:
		return cpc_scalar_rule_name(cpc_scalars[finding->scalar].rule);
	case CPC_ABOUT_COMPONENT:
		return cpc_scalar_rule_name(CPC_SCALAR_LAYOUT);
	case CPC_ABOUT_WORD:
		return cpc_rule_name(finding->word < CPC_WORD_COUNT ? cpc_registers[finding->word].unnamed
								    : CPC_RULE_NEED);
	case CPC_ABOUT_REQUIREMENT:
		return cpc_rule_name(CPC_RULE_NEED);
	case CPC_ABOUT_VENDOR:
	case CPC_ABOUT_FOREIGN:
		break;
	}
	return cpc_rule_name(CPC_RULE_EQUAL);
}

json_t *cpc_json_finding(struct cpc_json *json, const struct cpc_finding *finding, const struct cpc_policy *policy,
			 const struct cpc_direction *direction, bool swapped)
{
	const struct value source = { finding->a, finding->a_size, finding->a_unknown, direction->from };
	const struct value destination = { finding->b, finding->b_size, finding->b_unknown, direction->to };
	const struct cpc_subject subject = cpc_subject_of(finding, direction->to->vendor);
	json_t *object = json_object();

	cpc_json_put(json, object, "code", json_string(cpc_finding_code_name(finding->code)));
	cpc_json_put(json, object, "name", json_string(subject.name));
	cpc_json_put(json, object, "where", json_string(subject.where));
	cpc_json_put(json, object, "rule", json_string(rule_of(finding)));
	cpc_json_put(json, object, "weight", json_string(cpc_weight_name(finding->weight)));
	cpc_json_put(json, object, "mitigation", json_boolean(finding->mitigation));
	if (finding->feature)
		cpc_json_put(json, object, "sure",
			     cpc_json_text(cpc_sureness_name(cpc_policy_sure_of(policy, finding->feature))));
	cpc_json_put(json, object, "a", value_of(json, finding, swapped ? &destination : &source));
	cpc_json_put(json, object, "b", value_of(json, finding, swapped ? &source : &destination));
	return object;
}
