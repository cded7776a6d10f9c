/* SPDX-License-Identifier: MIT */
#include "vms.h"

#include <string.h>

#include "lines.h"
#include "quantity.h"
#include "text.h"

#define FORM "NAME MEMORY VCPUS [xCOUNT]"

/** What a line says before its comment. */
static struct cpc_span without_comment(const struct cpc_line *line)
{
	size_t length = 0;

	while (length < line->length &&
	       !(line->text[length] == '#' && (!length || cpc_is_blank(line->text[length - 1]))))
		length++;
	return cpc_span_trim((struct cpc_span){ line->text, length });
}

/** The last word of a span, which is cut off it. */
static struct cpc_span take_last(struct cpc_span *span)
{
	struct cpc_span word = { span->text + span->length, 0 };

	while (word.length < span->length && !cpc_is_blank(word.text[-1])) {
		word.text--;
		word.length++;
	}
	span->length -= word.length;
	*span = cpc_span_trim(*span);
	return word;
}

/** `x10`, which is no number of anything else. */
static bool is_count(struct cpc_span word)
{
	if (word.length < 2 || word.text[0] != 'x')
		return false;
	for (size_t i = 1; i < word.length; i++) {
		if (word.text[i] < '0' || word.text[i] > '9')
			return false;
	}
	return true;
}

static enum cpc_status read_vm(struct cpc_span span, struct cpc_vm *ret_vm, struct cpc_error *reterr)
{
	struct cpc_span word = take_last(&span);
	struct cpc_vm vm = { .count = 1 };
	enum cpc_status status = CPC_OK;

	if (is_count(word)) {
		const struct cpc_span count = { word.text + 1, word.length - 1 };

		status = cpc_quantity_whole(count, "VMs", 1, CPC_VMS_MAX, &vm.count, reterr);
		word = take_last(&span);
	}
	if (!status && !span.length)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "too few words; a line is %s, as: web 4GiB 2 x10", FORM);
	if (!status)
		status = cpc_quantity_whole(word, "vCPUs", 1, CPC_VM_VCPUS_MAX, &vm.vcpus, reterr);
	if (!status)
		status = cpc_quantity_bytes(take_last(&span), CPC_VM_MEMORY_MIN, CPC_VM_MEMORY_MAX, &vm.memory, reterr);
	if (status)
		return status;
	if (!span.length)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "the VM has no name; a line is %s, as: web 4GiB 2 x10", FORM);
	cpc_span_copy(vm.name, sizeof(vm.name), span);
	*ret_vm = vm;
	return CPC_OK;
}

static enum cpc_status add(struct cpc_vms *vms, const struct cpc_vm *vm, struct cpc_error *reterr)
{
	if (vms->count == CPC_VMS_LINES_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"more than %d lines of VMs; write equal ones as one, with xCOUNT", CPC_VMS_LINES_MAX);
	if (vm->count > CPC_VMS_MAX - vms->total)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "more than %d VMs; no cluster has so many", CPC_VMS_MAX);
	return cpc_vms_add(vms, vm, reterr);
}

static enum cpc_status read_lines(struct cpc_lines *lines, struct cpc_vms *vms, struct cpc_error *reterr)
{
	struct cpc_error error;
	struct cpc_line line;

	while (cpc_lines_next(lines, &line)) {
		const struct cpc_span span = without_comment(&line);
		struct cpc_vm vm;
		enum cpc_status status;

		if (!span.length)
			continue;
		status = read_vm(span, &vm, &error);
		if (!status)
			status = add(vms, &vm, &error);
		if (status)
			return cpc_fail(reterr, status == CPC_INTERNAL ? status : CPC_BAD_DATA, line.number, "%s",
					error.what);
	}
	if (cpc_lines_status(lines, reterr))
		return CPC_BAD_DATA;
	if (!vms->count)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "names no VM; a line is %s, as: web 4GiB 2 x10", FORM);
	return CPC_OK;
}

enum cpc_status cpc_vms_read(const char *bytes, size_t length, struct cpc_vms *ret_vms, struct cpc_error *reterr)
{
	const size_t mark = cpc_text_mark(bytes, length);
	struct cpc_vms vms = { .count = 0 };
	struct cpc_lines lines;
	enum cpc_status status;

	*ret_vms = vms;
	/* As PowerShell writes files without -Encoding utf8. */
	if (length >= 2 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2)))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is UTF-16; save it as UTF-8 (Out-File -Encoding utf8)");
	lines = cpc_lines_of(bytes + mark, length - mark);
	status = read_lines(&lines, &vms, reterr);
	if (status)
		cpc_vms_free(&vms);
	*ret_vms = vms;
	return status;
}
