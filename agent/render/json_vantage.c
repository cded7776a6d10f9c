/* SPDX-License-Identifier: MIT */
/* From where a processor was seen and through which hypervisor, in a report's JSON. */
#include "json.h"

#include "describe.h"
#include "escape.h"

static json_t *string_or_null(const char *string)
{
	return string ? json_string(string) : json_null();
}

static void put_version(struct cpc_json *json, json_t *object, const struct cpc_hypervisor_version *version)
{
	if (!version->major && !version->build) {
		cpc_json_put(json, object, "version", json_null());
		return;
	}
	object = cpc_json_object(json, object, "version");
	cpc_json_put(json, object, "major", json_integer(version->major));
	cpc_json_put(json, object, "minor", json_integer(version->minor));
	cpc_json_put(json, object, "build", json_integer(version->build));
	cpc_json_put(json, object, "service_pack", json_integer(version->service_pack));
	cpc_json_put(json, object, "service_branch", json_integer(version->service_branch));
	cpc_json_put(json, object, "service_number", json_integer(version->service_number));
}

static void put_hypervisor(struct cpc_json *json, const struct cpc_hypervisor *hypervisor)
{
	const struct cpc_hyperv_build *build = hypervisor->build;
	json_t *object = cpc_json_object(json, json->root, "hypervisor");
	char signature[CPC_VENDOR_TEXT_SIZE];
	char release[CPC_LINE_SIZE];

	cpc_vendor_text(hypervisor->signature, signature);
	cpc_json_put(json, object, "name", json_string(hypervisor->name));
	cpc_json_put(json, object, "signature", json_string(signature));
	cpc_json_put(json, object, "release",
		     string_or_null(cpc_hypervisor_release(hypervisor, release) ? release : NULL));
	cpc_json_put(json, object, "release_exact", build ? json_boolean(hypervisor->build_exact) : json_null());
	cpc_json_put(json, object, "release_sure", string_or_null(build ? cpc_sureness_name(build->sure) : NULL));
	put_version(json, object, &hypervisor->version);
	cpc_json_put(json, object, "id", json_string(hypervisor->id));
	cpc_json_put(json, object, "hyperv_interface", json_boolean(hypervisor->hv1));
	cpc_json_put(json, object, "partition", string_or_null(cpc_partition_name(hypervisor->partition)));
	cpc_json_put(json, object, "domain", cpc_json_number(hypervisor->domain));
	cpc_json_put(json, object, "nested", cpc_json_tristate(hypervisor->nested));
	cpc_json_put(json, object, "level", cpc_json_number(hypervisor->level));
	cpc_json_put(json, object, "shows_virtualization", cpc_json_tristate(hypervisor->shows_virt));
	cpc_json_put(json, object, "isolation", string_or_null(cpc_isolation_name(hypervisor->isolation)));
	cpc_json_put(json, object, "paravisor", json_boolean(hypervisor->paravisor));
}

void cpc_json_vantage(struct cpc_json *json, const struct cpc_report *report)
{
	json_t *mode;

	cpc_json_put(json, json->root, "vantage", json_string(cpc_vantage_name(report->vantage)));
	cpc_json_put(json, json->root, "taken_in",
		     report->taken == CPC_DUMP ? json_null() : json_string(cpc_vantage_name(report->taken)));
	if (report->hypervisor.present)
		put_hypervisor(json, &report->hypervisor);
	else
		cpc_json_put(json, json->root, "hypervisor", json_null());
	if (report->compatibility_mode == CPC_UNKNOWN) {
		cpc_json_put(json, json->root, "compatibility_mode", json_null());
		return;
	}
	mode = cpc_json_object(json, json->root, "compatibility_mode");
	cpc_json_put(json, mode, "in", cpc_json_tristate(report->compatibility_mode));
	cpc_json_put(json, mode, "sure", json_string(cpc_sureness_name(CPC_SURE_INFERRED)));
}
