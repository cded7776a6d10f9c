/* SPDX-License-Identifier: MIT */
/*
 * Elements come one by one: those within a <feature> or a <model> fill in what was
 * begun there, and the end of that element puts it into the map. A model inherits
 * from one that is already in the map, so that no chain of models can be a loop.
 */
#include "libvirt_map.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "xml.h"

enum within { WITHIN_NOTHING, WITHIN_FEATURE, WITHIN_MODEL };

struct reading {
	struct cpc_cpu_map *map;
	struct cpc_map_files *files;
	unsigned int depth;
	unsigned int foreign; /**< depth of the <arch> that is not ours, 0: none is open */
	enum within within;
	unsigned int within_depth; /**< depth of the element that `within` is about */
	struct cpc_map_bit bit;
	unsigned int bit_count; /**< bits that the open feature stands for */
	struct cpc_map_model model;
	bool own_signatures; /**< the open model has some that it did not inherit */
};

/** An element as it was met. */
struct element {
	const char *const *attributes;
	size_t line;
	struct cpc_error *reterr;
};

static enum cpc_status bad(const struct element *element, const char *what, const char *text)
{
	char quote[CPC_QUOTE_SIZE];

	cpc_text_quote(quote, text ? text : "", text ? strlen(text) : 0);
	return cpc_fail(element->reterr, CPC_BAD_DATA, element->line, "%s \"%s\"", what, quote);
}

static enum cpc_status copy_name(const struct element *element, char ret_name[static CPC_MAP_NAME_SIZE])
{
	const char *name = cpc_xml_attribute(element->attributes, "name");

	if (!name || !cpc_map_name_is_plain(name))
		return bad(element, "has an element whose name is not one plain word:", name);
	(void)snprintf(ret_name, CPC_MAP_NAME_SIZE, "%s", name);
	return CPC_OK;
}

/* The whole text is one number, decimal or with 0x, of at most 32 bits. */
static bool parse_number(const char *text, uint32_t *ret_value)
{
	const bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned long long value;
	char *end;

	/* strtoull() would also take blanks and signs. */
	if (hex ? !isxdigit((unsigned char)text[2]) : !isdigit((unsigned char)text[0]))
		return false;
	value = strtoull(text, &end, hex ? 16 : 10);
	if (*end || value > UINT32_MAX)
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

/* A number of an attribute; `fallback` where there is none. */
static enum cpc_status read_number(const struct element *element, const char *name, uint32_t fallback,
				   uint32_t *ret_value)
{
	const char *text = cpc_xml_attribute(element->attributes, name);

	*ret_value = fallback;
	if (!text || parse_number(text, ret_value))
		return CPC_OK;
	return bad(element, "has a number that is none:", text);
}

static enum cpc_status include(struct reading *reading, const struct element *element)
{
	const char *name = cpc_xml_attribute(element->attributes, "filename");
	struct cpc_map_files *files = reading->files;
	char(*names)[CPC_MAP_NAME_SIZE];

	if (!files)
		return bad(element, "includes a file, as only the index may:", name);
	if (!name || !cpc_map_name_is_plain(name) || name[0] == '.')
		return bad(element, "includes what is not the name of a file beside it:", name);
	if (files->count == CPC_MAP_FILES_MAX)
		return bad(element, "includes more files than any CPU map does, the last one", name);
	names = realloc(files->names, (files->count + 1) * sizeof(*names));
	if (!names)
		return cpc_fail(element->reterr, CPC_INTERNAL, 0, "out of memory");
	files->names = names;
	(void)snprintf(names[files->count++], sizeof(*names), "%s", name);
	return CPC_OK;
}

static enum cpc_status add_vendor(struct reading *reading, const struct element *element)
{
	const char *id = cpc_xml_attribute(element->attributes, "string");
	struct cpc_map_vendor vendor = { 0 };
	enum cpc_status status = copy_name(element, vendor.name);

	if (status)
		return status;
	if (!id || strlen(id) != CPC_VENDOR_SIZE - 1)
		return bad(element, "has a vendor whose string is not of 12 bytes:", id);
	memcpy(vendor.id, id, CPC_VENDOR_SIZE - 1);
	return cpc_map_add_vendor(reading->map, &vendor, element->line, element->reterr);
}

static void open_element(struct reading *reading, enum within within)
{
	reading->within = within;
	reading->within_depth = reading->depth;
}

static enum cpc_status open_feature(struct reading *reading, const struct element *element)
{
	reading->bit = (struct cpc_map_bit){ 0 };
	reading->bit_count = 0;
	open_element(reading, WITHIN_FEATURE);
	return copy_name(element, reading->bit.name);
}

static enum cpc_status open_model(struct reading *reading, const struct element *element)
{
	reading->model = (struct cpc_map_model){ 0 };
	reading->own_signatures = false;
	open_element(reading, WITHIN_MODEL);
	return copy_name(element, reading->model.name);
}

/* The bits of one register that a feature stands for. */
static void place_bits(struct reading *reading, uint32_t leaf, uint32_t subleaf, enum cpc_place place, uint32_t mask)
{
	for (uint8_t bit = 0; bit < 32; bit++) {
		if (!(mask >> bit & 1U))
			continue;
		reading->bit_count++;
		reading->bit.leaf = leaf;
		reading->bit.subleaf = subleaf;
		reading->bit.place = place;
		reading->bit.bit = bit;
	}
}

static enum cpc_status place_in_cpuid(struct reading *reading, const struct element *element)
{
	static const char *const registers[CPC_REG_COUNT] = { "eax", "ebx", "ecx", "edx" };
	uint32_t leaf, subleaf, mask;
	enum cpc_status status = read_number(element, "eax_in", 0, &leaf);

	if (!status)
		status = read_number(element, "ecx_in", 0, &subleaf);
	for (unsigned int i = 0; i < CPC_REG_COUNT && !status; i++) {
		status = read_number(element, registers[i], 0, &mask);
		if (!status)
			place_bits(reading, leaf, subleaf, (enum cpc_place)i, mask);
	}
	return status;
}

static enum cpc_status place_in_msr(struct reading *reading, const struct element *element)
{
	uint32_t index, low, high;
	enum cpc_status status = read_number(element, "index", 0, &index);

	if (!status)
		status = read_number(element, "eax", 0, &low);
	if (!status)
		status = read_number(element, "edx", 0, &high);
	if (status)
		return status;
	place_bits(reading, index, 0, CPC_PLACE_MSR_LO, low);
	place_bits(reading, index, 0, CPC_PLACE_MSR_HI, high);
	return CPC_OK;
}

static enum cpc_status set_decode(struct reading *reading, const struct element *element)
{
	const char *guest = cpc_xml_attribute(element->attributes, "guest");

	reading->model.not_guests = guest && strcmp(guest, "off") == 0;
	return CPC_OK;
}

/* "0-4", or one stepping. */
static bool parse_steppings(const char *text, struct cpc_map_signature *signature)
{
	char low[16];
	const size_t length = strcspn(text, "-");

	if (length >= sizeof(low))
		return false;
	memcpy(low, text, length);
	low[length] = '\0';
	if (!parse_number(low, &signature->stepping_lo))
		return false;
	signature->stepping_hi = signature->stepping_lo;
	return !text[length] || parse_number(text + length + 1, &signature->stepping_hi);
}

static enum cpc_status add_signature(struct reading *reading, const struct element *element)
{
	const char *steppings = cpc_xml_attribute(element->attributes, "stepping");
	struct cpc_map_signature signature = { .stepping_hi = UINT32_MAX };
	struct cpc_map_model *model = &reading->model;
	enum cpc_status status = read_number(element, "family", 0, &signature.family);

	if (!status)
		status = read_number(element, "model", 0, &signature.model);
	if (status)
		return status;
	if (steppings && !parse_steppings(steppings, &signature))
		return bad(element, "has steppings that are none:", steppings);
	/* Those of its own take the place of inherited ones. */
	if (!reading->own_signatures)
		model->signature_count = 0;
	reading->own_signatures = true;
	if (model->signature_count == CPC_MAP_SIGNATURES_MAX)
		return bad(element, "has more signatures than any model does:", model->name);
	model->signatures[model->signature_count++] = signature;
	return CPC_OK;
}

static enum cpc_status set_vendor(struct reading *reading, const struct element *element)
{
	const char *name = cpc_xml_attribute(element->attributes, "name");
	size_t index;

	if (!name || !cpc_map_vendor_named(reading->map, name, &index))
		return bad(element, "has a model of a vendor that no file before it describes:", name);
	reading->model.vendor = index + 1;
	return CPC_OK;
}

/* What is said of the model itself stands beside what it inherits, wherever its ancestor is named. */
static enum cpc_status inherit(struct reading *reading, const struct element *element)
{
	const char *name = cpc_xml_attribute(element->attributes, "name");
	struct cpc_map_model *model = &reading->model;
	const struct cpc_map_model *ancestor;
	size_t index;

	if (!name || !cpc_map_model_named(reading->map, name, &index))
		return bad(element, "has a model made of one that no file before it describes:", name);
	ancestor = &reading->map->models[index];
	if (!model->vendor)
		model->vendor = ancestor->vendor;
	if (!reading->own_signatures) {
		memcpy(model->signatures, ancestor->signatures, sizeof(model->signatures));
		model->signature_count = ancestor->signature_count;
	}
	for (size_t i = 0; i < CPC_MAP_BITS_MAX / 64; i++) {
		const uint64_t own = model->has.words[i] | model->removed.words[i];

		model->has.words[i] |= ancestor->has.words[i] & ~own;
		model->removed.words[i] |= ancestor->removed.words[i] & ~own;
	}
	return CPC_OK;
}

static enum cpc_status add_feature(struct reading *reading, const struct element *element)
{
	const char *name = cpc_xml_attribute(element->attributes, "name");
	const char *removed = cpc_xml_attribute(element->attributes, "removed");
	struct cpc_map_model *model = &reading->model;
	size_t index;

	if (!name || !cpc_map_bit_named(reading->map, name, &index))
		return bad(element, "has a model with a feature that no file before it describes:", name);
	if (removed && strcmp(removed, "yes") == 0) {
		cpc_map_bits_add(&model->removed, index);
		cpc_map_bits_drop(&model->has, index);
	} else {
		cpc_map_bits_add(&model->has, index);
		cpc_map_bits_drop(&model->removed, index);
	}
	return CPC_OK;
}

static const struct {
	enum within within;
	const char *name;
	enum cpc_status (*start)(struct reading *reading, const struct element *element);
} elements[] = {
	{ WITHIN_NOTHING, "include", include },	     { WITHIN_NOTHING, "vendor", add_vendor },
	{ WITHIN_NOTHING, "feature", open_feature }, { WITHIN_NOTHING, "model", open_model },
	{ WITHIN_FEATURE, "cpuid", place_in_cpuid }, { WITHIN_FEATURE, "msr", place_in_msr },
	{ WITHIN_MODEL, "decode", set_decode },	     { WITHIN_MODEL, "signature", add_signature },
	{ WITHIN_MODEL, "vendor", set_vendor },	     { WITHIN_MODEL, "model", inherit },
	{ WITHIN_MODEL, "feature", add_feature },
};

static enum cpc_status on_start(void *context, const char *name, const char *const *attributes, size_t line,
				struct cpc_error *reterr)
{
	const struct element element = { .attributes = attributes, .line = line, .reterr = reterr };
	struct reading *reading = context;
	const char *arch;

	if (++reading->depth == 1 && strcmp(name, "cpus") != 0)
		return bad(&element, "is no part of a CPU map: it begins with the element", name);
	if (reading->foreign)
		return CPC_OK;
	if (strcmp(name, "arch") == 0) {
		arch = cpc_xml_attribute(attributes, "name");
		if (!arch || strcmp(arch, "x86") != 0)
			reading->foreign = reading->depth;
		return CPC_OK;
	}
	/* Of what is open, its own children count, and not theirs. */
	if (reading->within != WITHIN_NOTHING && reading->depth != reading->within_depth + 1)
		return CPC_OK;
	for (size_t i = 0; i < sizeof(elements) / sizeof(*elements); i++)
		if (elements[i].within == reading->within && strcmp(elements[i].name, name) == 0)
			return elements[i].start(reading, &element);
	/* Groups, aliases, and what later versions may say. */
	return CPC_OK;
}

static enum cpc_status on_end(void *context, const char *name, size_t line, struct cpc_error *reterr)
{
	struct reading *reading = context;
	const unsigned int depth = reading->depth--;
	const enum within within = reading->within;

	(void)name;
	if (reading->foreign == depth)
		reading->foreign = 0;
	if (within == WITHIN_NOTHING || depth != reading->within_depth)
		return CPC_OK;
	reading->within = WITHIN_NOTHING;
	if (within == WITHIN_MODEL)
		return cpc_map_add_model(reading->map, &reading->model, line, reterr);
	reading->bit.placed = reading->bit_count == 1;
	return cpc_map_add_bit(reading->map, &reading->bit, line, reterr);
}

enum cpc_status cpc_map_read(const char *bytes, size_t length, struct cpc_cpu_map *map, struct cpc_map_files *files,
			     struct cpc_error *reterr)
{
	struct reading reading = { .map = map, .files = files };
	const struct cpc_xml_handler handler = { .context = &reading, .start = on_start, .end = on_end };

	if (length > CPC_MAP_FILE_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is larger than %u MiB, as no file of a CPU map is",
				CPC_MAP_FILE_MAX >> 20);
	return cpc_xml_read(bytes, length, &handler, reterr);
}

void cpc_map_files_free(struct cpc_map_files *files)
{
	if (!files)
		return;
	free(files->names);
	*files = (struct cpc_map_files){ 0 };
}
