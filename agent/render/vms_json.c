/* SPDX-License-Identifier: MIT */
#include "vms_json.h"

static void put_sourced(struct cpc_json *json, json_t *object, const char *key, const struct cpc_sourced *sourced)
{
	json_t *member = cpc_json_object(json, object, key);

	cpc_json_put(json, member, "value", cpc_json_count(sourced->value));
	cpc_json_put(json, member, "sure",
		     sourced->source ? json_string(cpc_sureness_name(sourced->sure)) : json_null());
	cpc_json_put(json, member, "source", sourced->source ? cpc_json_text(sourced->source) : json_null());
}

/** null where nobody says. */
static void put_limit(struct cpc_json *json, json_t *object, const char *key, const struct cpc_sourced *limit)
{
	if (limit->source)
		put_sourced(json, object, key, limit);
	else
		cpc_json_put(json, object, key, json_null());
}

void cpc_json_vms(struct cpc_json *json, json_t *object, const struct cpc_vms *vms, const struct cpc_overhead *overhead)
{
	json_t *member;

	if (!vms) {
		cpc_json_put(json, object, "vms", json_null());
		cpc_json_put(json, object, "reckoned", json_null());
		return;
	}
	member = cpc_json_object(json, object, "vms");
	cpc_json_put(json, member, "count", cpc_json_count(vms->total));
	cpc_json_put(json, member, "memory_bytes", cpc_json_count(vms->memory));
	cpc_json_put(json, member, "vcpus", cpc_json_count(vms->vcpus));
	member = cpc_json_object(json, object, "reckoned");
	put_sourced(json, member, "host_keeps_bytes", &overhead->host);
	put_sourced(json, member, "vm_takes_bytes", &overhead->vm);
	put_sourced(json, member, "vm_takes_bytes_per_further_gib", &overhead->vm_per_gib);
	put_sourced(json, member, "vcpus_per_cpu_thousandths", &overhead->vcpus_per_cpu);
	put_limit(json, member, "vm_vcpus_max", &overhead->vm_vcpus_max);
	put_limit(json, member, "vm_memory_bytes_max", &overhead->vm_memory_max);
	put_limit(json, member, "host_vms_max", &overhead->host_vms_max);
	put_limit(json, member, "cluster_vms_max", &overhead->cluster_vms_max);
}
