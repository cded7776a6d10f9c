/* SPDX-License-Identifier: MIT */
/* The part of a report that the kernel of its host told: flags of /proc/cpuinfo, and modules. */
#include "report_cpus.h"

#include <stdio.h>

enum cpc_status cpc_report_object(const json_t *parent, const char *key, json_t **ret_object, struct cpc_error *reterr)
{
	json_t *object = json_object_get(parent, key);

	*ret_object = NULL;
	if (!cpc_report_has(object))
		return CPC_OK;
	if (!json_is_object(object))
		return cpc_report_bad(key, "an object", reterr);
	*ret_object = object;
	return CPC_OK;
}

/* A flag that may be missing or null: then it stays what it is, unknown. */
static enum cpc_status read_flag(const json_t *parent, const char *path, const char *key, enum cpc_tristate *flag,
				 struct cpc_error *reterr)
{
	const json_t *value = json_object_get(parent, key);
	char where[CPC_INDEXED_PATH_SIZE];

	if (!cpc_report_has(value))
		return CPC_OK;
	(void)snprintf(where, sizeof(where), "%.*s.%s", CPC_PATH_SIZE - 1, path, key);
	if (!json_is_boolean(value))
		return cpc_report_bad(where, "true, false or null", reterr);
	*flag = json_is_true(value) ? CPC_SET : CPC_CLEAR;
	return CPC_OK;
}

static enum cpc_status read_cpuinfo(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	const struct {
		const char *key;
		enum cpc_tristate *flag;
	} rows[] = {
		{ "vmx", &capture->cpuinfo_vmx },	  { "svm", &capture->cpuinfo_svm },
		{ "ept", &capture->cpuinfo_ept },	  { "npt", &capture->cpuinfo_npt },
		{ "vmx_ept", &capture->cpuinfo_vmx_ept },
	};
	json_t *cpuinfo;
	enum cpc_status status = cpc_report_object(root, "cpuinfo", &cpuinfo, reterr);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && status == CPC_OK; i++)
		status = read_flag(cpuinfo, "cpuinfo", rows[i].key, rows[i].flag, reterr);
	return status;
}

static enum cpc_status read_module(const json_t *modules, enum cpc_kvm_module module, struct cpc_capture *capture,
				   struct cpc_error *reterr)
{
	const char *name = cpc_kvm_modules[module];
	const json_t *object = json_object_get(modules, name);
	char path[CPC_PATH_SIZE];
	enum cpc_status status;

	(void)snprintf(path, sizeof(path), "modules.%s", name);
	if (!cpc_report_has(object))
		return CPC_OK;
	if (!json_is_object(object))
		return cpc_report_bad(path, "an object", reterr);
	status = read_flag(object, path, "live", &capture->modules[module], reterr);
	for (unsigned int i = 0; i < CPC_KVM_PARAMETER_COUNT && status == CPC_OK; i++)
		if (cpc_kvm_parameters[i].module == module)
			status = read_flag(object, path, cpc_kvm_parameters[i].name, &capture->parameters[i], reterr);
	return status;
}

enum cpc_status cpc_report_kernel(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	json_t *modules;
	enum cpc_status status = read_cpuinfo(root, capture, reterr);

	if (!status)
		status = cpc_report_object(root, "modules", &modules, reterr);
	for (unsigned int i = 0; i < CPC_KVM_MODULE_COUNT && status == CPC_OK; i++)
		status = read_module(modules, (enum cpc_kvm_module)i, capture, reterr);
	return status;
}
