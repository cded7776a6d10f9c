/* SPDX-License-Identifier: MIT */
/* cpucompat/report/1: design, section 7. The order of the keys is the order of reading. */
#include "renderers.h"

#include <stdio.h>
#include <stdlib.h>

#include "describe.h"
#include "escape.h"
#include "json.h"

/** A growing array, for the walks of describe.h. */
struct list {
	struct cpc_json *json;
	json_t *array;
};

static json_t *vendor_text(const char *raw)
{
	char text[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(raw, text);
	return json_string(text);
}

static void put_head(struct cpc_json *json, const struct cpc_report *report)
{
	const struct cpc_capture *capture = report->capture;
	json_t *object = cpc_json_object(json, json->root, "agent");

	cpc_json_put(json, object, "version", json_string(CPC_VERSION));
	object = cpc_json_object(json, json->root, "host");
	cpc_json_put(json, object, "name", cpc_json_text(capture->host_name));
	cpc_json_put(json, object, "machine_id", cpc_json_text(capture->machine_id));
	cpc_json_put(json, json->root, "collected_at", cpc_json_text(capture->collected_at));
	cpc_json_put(json, json->root, "source", json_string(cpc_origin_name(capture->origin)));
	cpc_json_vantage(json, report);
}

static json_t *leaves_of(struct cpc_json *json, const struct cpc_snapshot *snapshot)
{
	json_t *leaves = json_array();

	for (size_t i = 0; i < snapshot->leaf_count; i++) {
		const struct cpc_leaf *leaf = &snapshot->leaves[i];
		json_t *row = json_array();

		cpc_json_append(json, row, cpc_json_hex(leaf->leaf));
		cpc_json_append(json, row, cpc_json_hex(leaf->subleaf));
		for (int reg = 0; reg < CPC_REG_COUNT; reg++)
			cpc_json_append(json, row, cpc_json_hex(leaf->regs[reg]));
		cpc_json_append(json, leaves, row);
	}
	return leaves;
}

static json_t *msr_row(struct cpc_json *json, const struct cpc_msr *msr)
{
	json_t *row = json_array();

	cpc_json_append(json, row, cpc_json_hex(msr->address));
	cpc_json_append(json, row, msr->readable ? cpc_json_hex(msr->value) : json_null());
	return row;
}

static json_t *msrs_of(struct cpc_json *json, const struct cpc_snapshot *snapshot)
{
	json_t *msrs = json_array();

	for (size_t i = 0; i < snapshot->msr_count; i++)
		cpc_json_append(json, msrs, msr_row(json, &snapshot->msrs[i]));
	return msrs;
}

static bool has_cpu(const struct cpc_cpu_set *set, unsigned int cpu)
{
	return cpu < CPC_CPUS_MAX && (set->bits[cpu / 64] >> (cpu % 64) & 1U);
}

/** The whole list, however long: cpc_cpu_set_print() is for people, and cuts. */
static json_t *cpu_list(const struct cpc_cpu_set *set)
{
	struct cpc_buffer list = { 0 };
	json_t *value = NULL;

	cpc_buffer_puts(&list, "");
	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX; cpu++) {
		unsigned int first = cpu;

		if (!has_cpu(set, cpu))
			continue;
		while (has_cpu(set, cpu + 1))
			cpu++;
		cpc_buffer_printf(&list, "%s%u", list.length ? "," : "", first);
		if (cpu > first)
			cpc_buffer_printf(&list, "-%u", cpu);
	}
	if (!list.failed)
		value = json_string(list.length ? list.bytes : "");
	cpc_buffer_free(&list);
	return value;
}

/** What this kind costs the host, as a comparison from the other kinds to it would tell. */
static void put_costs(struct cpc_json *json, json_t *object, const struct cpc_capture *capture, size_t kind)
{
	json_t *list = cpc_json_array(json, object, "costs");
	struct cpc_findings costs = { 0 };

	if (cpc_kind_costs(capture, kind, &costs, NULL)) {
		json->failed = true;
		return;
	}
	for (size_t i = 0; i < costs.count; i++) {
		const struct cpc_subject subject = cpc_subject_of(&costs.items[i], "");
		json_t *item = json_object();

		cpc_json_put(json, item, "code", json_string(cpc_finding_code_name(costs.items[i].code)));
		cpc_json_put(json, item, "name", json_string(subject.name));
		cpc_json_put(json, item, "where", json_string(subject.where));
		cpc_json_append(json, list, item);
	}
	free(costs.items);
}

static void put_microcodes(struct cpc_json *json, json_t *cpu, const struct cpc_capture *capture)
{
	json_t *list = cpc_json_array(json, cpu, "microcodes");

	for (size_t i = 0; i < capture->microcode_count; i++) {
		json_t *object = json_object();

		cpc_json_put(json, object, "version", cpc_json_text(capture->microcodes[i].version));
		cpc_json_put(json, object, "cpus", cpu_list(&capture->microcodes[i].cpus));
		cpc_json_append(json, list, object);
	}
}

static void put_kinds(struct cpc_json *json, json_t *cpu, const struct cpc_capture *capture)
{
	json_t *kinds = cpc_json_array(json, cpu, "kinds");

	for (size_t i = 0; i < capture->kind_count; i++) {
		const struct cpc_kind *kind = &capture->kinds[i];
		json_t *object = json_object();

		cpc_json_put(json, object, "cpus", cpu_list(&kind->cpus));
		cpc_json_put(json, object, "layout_unknown", json_boolean(kind->snapshot.layout_unknown));
		/* Those of the first kind are the document's `leaves.cpuid`, and are not written twice. */
		if (i > 0)
			cpc_json_put(json, object, "leaves", leaves_of(json, &kind->snapshot));
		cpc_json_put(json, object, "msrs", msrs_of(json, &kind->snapshot));
		put_costs(json, object, capture, i);
		cpc_json_append(json, kinds, object);
	}
}

/** What single CPUs say of an MSR of their kind's. */
static void put_odd_msrs(struct cpc_json *json, json_t *cpu, const struct cpc_capture *capture)
{
	json_t *list = cpc_json_array(json, cpu, "odd_msrs");

	for (size_t i = 0; i < capture->odd_msr_count; i++) {
		json_t *object = json_object();

		cpc_json_put(json, object, "cpus", cpu_list(&capture->odd_msrs[i].cpus));
		cpc_json_put(json, object, "msr", msr_row(json, &capture->odd_msrs[i].msr));
		cpc_json_append(json, list, object);
	}
}

static void put_cpu(struct cpc_json *json, const struct cpc_report *report)
{
	const struct cpc_capture *capture = report->capture;
	json_t *cpu = cpc_json_object(json, json->root, "cpu");

	cpc_json_put(json, cpu, "vendor", vendor_text(report->signature.vendor));
	cpc_json_put(json, cpu, "family", json_integer(report->signature.family));
	cpc_json_put(json, cpu, "model", json_integer(report->signature.model));
	cpc_json_put(json, cpu, "stepping", json_integer(report->signature.stepping));
	cpc_json_put(json, cpu, "brand", cpc_json_text(report->brand));
	cpc_json_put(json, cpu, "microarchitecture", json_string(report->microarchitecture));
	cpc_json_put(json, cpu, "microcode", cpc_json_text(capture->microcode));
	cpc_json_put(json, cpu, "logical_cpus", json_integer((json_int_t)report->logical_cpus));
	if (*capture->libcpuid_brand || *capture->libcpuid_codename) {
		json_t *libcpuid = cpc_json_object(json, cpu, "libcpuid");

		cpc_json_put(json, libcpuid, "brand", cpc_json_text(capture->libcpuid_brand));
		cpc_json_put(json, libcpuid, "codename", cpc_json_text(capture->libcpuid_codename));
	} else {
		cpc_json_put(json, cpu, "libcpuid", json_null());
	}
	put_microcodes(json, cpu, capture);
	put_kinds(json, cpu, capture);
	put_odd_msrs(json, cpu, capture);
}

static void put_evidence(struct cpc_json *json, json_t *object, const struct cpc_requirement *requirement)
{
	json_t *list = cpc_json_array(json, object, "evidence");

	for (size_t i = 0; i < requirement->evidence_count; i++) {
		const struct cpc_evidence *evidence = &requirement->evidence[i];
		json_t *item = json_object();

		cpc_json_put(json, item, "source", json_string(cpc_evidence_source_name(evidence->source)));
		cpc_json_put(json, item, "where", cpc_json_text(evidence->where));
		cpc_json_put(json, item, "name", cpc_json_text(evidence->name));
		cpc_json_put(json, item, "value", json_string(cpc_tristate_name(evidence->value)));
		cpc_json_put(json, item, "cpus", evidence->cpus ? cpu_list(evidence->cpus) : json_null());
		cpc_json_put(json, item, "inferred", json_boolean(evidence->inferred));
		cpc_json_put(json, item, "disputed", json_boolean(evidence->disputed));
		cpc_json_append(json, list, item);
	}
}

static void put_requirements(struct cpc_json *json, const struct cpc_report *report)
{
	json_t *requirements = cpc_json_object(json, json->root, "requirements");

	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		const struct cpc_requirement *requirement = &report->requirements[id];
		json_t *object = cpc_json_object(json, requirements, cpc_requirement_key(id));

		cpc_json_put(json, object, "name", json_string(cpc_requirement_name(id, report->signature.vendor)));
		cpc_json_put(json, object, "status", json_string(cpc_requirement_status_name(requirement->status)));
		cpc_json_put(json, object, "disputed", json_boolean(requirement->disputed));
		put_evidence(json, object, requirement);
	}
}

static void add_set_bit(void *context, const struct cpc_set_bit *bit)
{
	const struct list *list = context;

	cpc_json_append(list->json, list->array, json_string(bit->name));
}

static void add_place(void *context, const char *where)
{
	const struct list *list = context;

	cpc_json_append(list->json, list->array, json_string(where));
}

static void put_view(struct cpc_json *json, const struct cpc_report *report, enum cpc_view view, json_t *fingerprints,
		     json_t *features)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	struct list list = { .json = json };

	if (!fingerprint) {
		cpc_json_put(json, fingerprints, cpc_view_name(view), json_null());
		cpc_json_put(json, features, cpc_view_name(view), json_null());
		return;
	}
	cpc_json_put(json, fingerprints, cpc_view_name(view), cpc_json_fingerprint(json, fingerprint));
	if (view == CPC_VIEW_CPUID && report->capture->partial)
		cpc_json_put(json, json_object_get(fingerprints, cpc_view_name(view)), "partial",
			     cpc_json_partial(json, fingerprint));
	list.array = cpc_json_array(json, features, cpc_view_name(view));
	cpc_each_set_bit(report, view, add_set_bit, &list);
}

static void put_views(struct cpc_json *json, const struct cpc_report *report)
{
	json_t *fingerprints = cpc_json_object(json, json->root, "fingerprints");
	json_t *features = cpc_json_object(json, json->root, "features");
	struct list list = { .json = json };

	put_view(json, report, CPC_VIEW_CPUID, fingerprints, features);
	put_view(json, report, CPC_VIEW_KVM, fingerprints, features);
	list.array = cpc_json_array(json, json->root, "unknown");
	cpc_each_unread(report, CPC_VIEW_CPUID, add_place, &list);
}

static void put_scalars(struct cpc_json *json, const struct cpc_report *report)
{
	json_t *scalars = cpc_json_object(json, json->root, "scalars");
	char layout[CPC_FINGERPRINT_SIZE];

	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++) {
		json_t *value;

		if (cpc_scalars[id].rule == CPC_SCALAR_LAYOUT)
			value = cpc_layout_text(&report->fingerprint, layout) ? json_string(layout) : json_null();
		else
			value = cpc_json_number(cpc_report_scalar(report, id));
		cpc_json_put(json, scalars, cpc_scalars[id].name, value);
	}
}

/** What the kernel says: the flags of /proc/cpuinfo, and its modules. */
static void put_kernel(struct cpc_json *json, const struct cpc_capture *capture)
{
	json_t *object = cpc_json_object(json, json->root, "cpuinfo");
	json_t *modules[CPC_KVM_MODULE_COUNT];

	cpc_json_put(json, object, "vmx", cpc_json_tristate(capture->cpuinfo_vmx));
	cpc_json_put(json, object, "svm", cpc_json_tristate(capture->cpuinfo_svm));
	cpc_json_put(json, object, "ept", cpc_json_tristate(capture->cpuinfo_ept));
	cpc_json_put(json, object, "npt", cpc_json_tristate(capture->cpuinfo_npt));
	cpc_json_put(json, object, "vmx_ept", cpc_json_tristate(capture->cpuinfo_vmx_ept));
	object = cpc_json_object(json, json->root, "modules");
	for (unsigned int i = 0; i < CPC_KVM_MODULE_COUNT; i++) {
		modules[i] = cpc_json_object(json, object, cpc_kvm_modules[i]);
		cpc_json_put(json, modules[i], "live", cpc_json_tristate(capture->modules[i]));
	}
	for (unsigned int i = 0; i < CPC_KVM_PARAMETER_COUNT; i++)
		cpc_json_put(json, modules[cpc_kvm_parameters[i].module], cpc_kvm_parameters[i].name,
			     cpc_json_tristate(capture->parameters[i]));
}

static void put_tail(struct cpc_json *json, const struct cpc_capture *capture)
{
	json_t *object = cpc_json_object(json, json->root, "probes");

	for (size_t i = 0; i < capture->probe_count; i++)
		cpc_json_put(json, object, capture->probes[i].name,
			     json_string(cpc_probe_status_name(capture->probes[i].status)));
	put_kernel(json, capture);
	object = cpc_json_object(json, json->root, "leaves");
	cpc_json_put(json, object, "cpuid",
		     capture->kind_count ? leaves_of(json, &capture->kinds[0].snapshot) : json_array());
	if (!capture->kvm.present) {
		cpc_json_put(json, object, "kvm", json_null());
		return;
	}
	cpc_json_put(json, object, "kvm", leaves_of(json, &capture->kvm.snapshot));
	object = cpc_json_object(json, json->root, "msrs");
	cpc_json_put(json, object, "kvm", msrs_of(json, &capture->kvm.snapshot));
}

static struct cpc_json document_of(const struct cpc_report *report)
{
	struct cpc_json json = cpc_json_start("cpucompat/report/1");

	put_head(&json, report);
	put_cpu(&json, report);
	put_requirements(&json, report);
	put_views(&json, report);
	cpc_json_history(&json, report);
	put_scalars(&json, report);
	put_tail(&json, report->capture);
	return json;
}

json_t *cpc_json_report(struct cpc_json *json, const struct cpc_report *report)
{
	struct cpc_json document = document_of(report);

	json->failed = json->failed || document.failed;
	return document.root;
}

enum cpc_status cpc_report_json(const struct cpc_report *report, const struct cpc_style *style, struct cpc_buffer *out,
				struct cpc_error *reterr)
{
	struct cpc_json json = document_of(report);

	(void)style;
	return cpc_json_finish(&json, out, reterr);
}
