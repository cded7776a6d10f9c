/* SPDX-License-Identifier: MIT */
/*
 * Hosts folded into classes. The key of a class is everything of a side that a verdict
 * can depend on, as text: the views as their ids are made of them and what is known of words that those
 * leave out, the requirements, the vantage. Two hosts of one processor, one with VT-x switched off, are two classes.
 */
#include <cpucompat/fleet.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet_keys.h"
#include "grow.h"

/** Of a word of which a part was read: its number, what is known and what is not. */
#define PART_SIZE 24
#define VIEW_SIZE (CPC_FINGERPRINT_SIZE + CPC_WORD_COUNT * PART_SIZE)
#define KEY_SIZE (2 * VIEW_SIZE + 64)

/**
 * The text of an id, and what it leaves out: of a word with one bit unread it tells nothing, while
 * a verdict goes by each bit that was read. /proc/cpuinfo is read in such parts.
 */
static size_t print_view(const struct cpc_fingerprint *fingerprint, char ret_text[static VIEW_SIZE])
{
	size_t length = cpc_fingerprint_print_for_id(fingerprint, false, ret_text);
	uint32_t kept[CPC_WORD_COUNT];

	cpc_canonical_masks(kept);
	for (unsigned int i = 0; i < fingerprint->word_count && i < CPC_WORD_COUNT; i++) {
		const uint32_t unread = fingerprint->unread[i] & kept[i];

		if (unread && unread != kept[i])
			length += (size_t)snprintf(ret_text + length, PART_SIZE, " %u/%" PRIx32 "/%" PRIx32, i,
						   fingerprint->words[i] & kept[i], unread);
	}
	return length;
}

static void print_key(const struct cpc_side *side, char ret_key[static KEY_SIZE])
{
	size_t length = (size_t)snprintf(ret_key, 64, "%u %u", (unsigned int)side->vantage, side->dumped);

	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		length += (size_t)snprintf(ret_key + length, 8, " %u", (unsigned int)side->requirements[i]);
	ret_key[length++] = ' ';
	length += print_view(side->fingerprint, ret_key + length);
	if (!side->kvm)
		return;
	ret_key[length++] = ' ';
	print_view(side->kvm, ret_key + length);
}

static bool make_room(struct cpc_fleet *fleet)
{
	struct cpc_class *classes = cpc_grown(fleet->classes, fleet->count, sizeof(*classes));

	if (!classes)
		return false;
	fleet->classes = classes;
	return true;
}

static void free_class(struct cpc_class *class)
{
	for (size_t i = 0; i < class->name_count; i++)
		free(class->names[i]);
	free(class->names);
	free(class->kvm);
}

static bool fill_class(struct cpc_class *class, const struct cpc_side *side)
{
	*class = (struct cpc_class){
		.fingerprint = *side->fingerprint,
		.vantage = side->vantage,
		.dumped = side->dumped,
	};
	memcpy(class->requirements, side->requirements, sizeof(class->requirements));
	if (!side->kvm)
		return true;
	class->kvm = malloc(sizeof(*class->kvm));
	if (!class->kvm)
		return false;
	*class->kvm = *side->kvm;
	return true;
}

static bool add_name(struct cpc_class *class, const char *name)
{
	char **names = cpc_grown(class->names, class->name_count, sizeof(*names));

	if (!names)
		return false;
	class->names = names;
	class->names[class->name_count] = strdup(name);
	if (!class->names[class->name_count])
		return false;
	class->name_count++;
	return true;
}

static bool has_keys(struct cpc_fleet *fleet)
{
	if (!fleet->keys)
		fleet->keys = cpc_fleet_keys_new();
	return fleet->keys != NULL;
}

/** A class of one host, whose key is the last thing that can fail. */
static bool add_class(struct cpc_fleet *fleet, const char *name, const struct cpc_side *side, const char *key)
{
	struct cpc_class *class;

	if (!make_room(fleet))
		return false;
	class = &fleet->classes[fleet->count];
	if (fill_class(class, side) && (!name || add_name(class, name)) &&
	    cpc_fleet_keys_add(fleet->keys, key, strlen(key), fleet->count)) {
		fleet->count++;
		return true;
	}
	free_class(class);
	return false;
}

static enum cpc_status add_side(struct cpc_fleet *fleet, const char *name, const struct cpc_side *side,
				size_t *ret_class, struct cpc_error *reterr)
{
	size_t class = fleet->count;
	char key[KEY_SIZE];

	print_key(side, key);
	if (!has_keys(fleet))
		return cpc_out_of_memory(reterr);
	if (!cpc_fleet_keys_find(fleet->keys, key, strlen(key), &class)) {
		if (!add_class(fleet, name, side, key))
			return cpc_out_of_memory(reterr);
	} else if (name && !add_name(&fleet->classes[class], name)) {
		return cpc_out_of_memory(reterr);
	}
	fleet->classes[class].count++;
	fleet->hosts++;
	*ret_class = class;
	return CPC_OK;
}

enum cpc_status cpc_fleet_add(struct cpc_fleet *fleet, const char *name, const struct cpc_side *side,
			      struct cpc_error *reterr)
{
	size_t class;

	return add_side(fleet, name, side, &class, reterr);
}

/** The text of one view, or of both with a blank between them, which is part of neither. */
struct texts {
	const char *cpuid;
	size_t cpuid_length;
	const char *kvm; /**< NULL: there is none */
	size_t kvm_length;
};

/** Texts that were not seen before: what they say of a host is derived as from any other source. */
static enum cpc_status add_new_texts(struct cpc_fleet *fleet, const char *name, const struct texts *texts,
				     const char *key, size_t key_length, struct cpc_error *reterr)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
	struct cpc_fingerprint kvm;
	struct cpc_report report;
	struct cpc_side side;
	size_t class;
	enum cpc_status status = cpc_fingerprint_parse(texts->cpuid, texts->cpuid_length, &capture.fingerprint, reterr);

	if (!status && texts->kvm)
		status = cpc_fingerprint_parse(texts->kvm, texts->kvm_length, &kvm, reterr);
	if (status)
		return status;
	cpc_report_of(&capture, &report);
	side = cpc_side_of(&report);
	if (texts->kvm)
		side.kvm = &kvm;
	status = add_side(fleet, name, &side, &class, reterr);
	/* Without memory for it the text is parsed once more when it comes again: no reason to fail. */
	if (!status)
		(void)cpc_fleet_keys_add(fleet->keys, key, key_length, class);
	return status;
}

static enum cpc_status add_texts(struct cpc_fleet *fleet, const char *name, const struct texts *texts, const char *key,
				 size_t key_length, struct cpc_error *reterr)
{
	size_t class;

	if (!fleet->keys || !cpc_fleet_keys_find(fleet->keys, key, key_length, &class))
		return add_new_texts(fleet, name, texts, key, key_length, reterr);
	if (name && !add_name(&fleet->classes[class], name))
		return cpc_out_of_memory(reterr);
	fleet->classes[class].count++;
	fleet->hosts++;
	return CPC_OK;
}

enum cpc_status cpc_fleet_add_text(struct cpc_fleet *fleet, const char *name, const char *text, size_t length,
				   struct cpc_error *reterr)
{
	const struct texts texts = { .cpuid = text, .cpuid_length = length };

	return add_texts(fleet, name, &texts, text, length, reterr);
}

enum cpc_status cpc_fleet_add_texts(struct cpc_fleet *fleet, const char *name, const char *cpuid, size_t cpuid_length,
				    const char *kvm, size_t kvm_length, struct cpc_error *reterr)
{
	const struct texts texts = { cpuid, cpuid_length, kvm, kvm_length };
	char key[2 * CPC_FINGERPRINT_SIZE];

	if (!kvm)
		return add_texts(fleet, name, &texts, cpuid, cpuid_length, reterr);
	if (cpuid_length >= CPC_FINGERPRINT_SIZE || kvm_length >= CPC_FINGERPRINT_SIZE)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "a fingerprint of more than %d bytes", CPC_FINGERPRINT_SIZE);
	memcpy(key, cpuid, cpuid_length);
	key[cpuid_length] = ' ';
	memcpy(key + cpuid_length + 1, kvm, kvm_length);
	return add_texts(fleet, name, &texts, key, cpuid_length + 1 + kvm_length, reterr);
}

enum cpc_status cpc_fleet_add_alike(struct cpc_fleet *fleet, const struct cpc_side *side, char *const *names,
				    size_t name_count, size_t count, struct cpc_error *reterr)
{
	size_t class;
	enum cpc_status status;

	if (!count)
		return CPC_OK;
	status = add_side(fleet, NULL, side, &class, reterr);
	if (status)
		return status;
	fleet->classes[class].count += count - 1;
	fleet->hosts += count - 1;
	for (size_t i = 0; i < name_count; i++)
		if (!add_name(&fleet->classes[class], names[i]))
			return cpc_out_of_memory(reterr);
	return CPC_OK;
}

enum cpc_status cpc_fleet_add_fleet(struct cpc_fleet *fleet, const struct cpc_fleet *other, struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < other->count && !status; i++) {
		const struct cpc_class *class = &other->classes[i];
		const struct cpc_side side = cpc_class_side(class);

		status = cpc_fleet_add_alike(fleet, &side, class->names, class->name_count, class->count, reterr);
	}
	return status;
}

bool cpc_fleet_find(const struct cpc_fleet *fleet, const struct cpc_side *side, size_t *ret_class)
{
	char key[KEY_SIZE];

	print_key(side, key);
	return fleet->keys && cpc_fleet_keys_find(fleet->keys, key, strlen(key), ret_class);
}

void cpc_fleet_free(struct cpc_fleet *fleet)
{
	if (!fleet)
		return;
	for (size_t i = 0; i < fleet->count; i++)
		free_class(&fleet->classes[i]);
	free(fleet->classes);
	cpc_fleet_keys_free(fleet->keys);
	*fleet = (struct cpc_fleet){ .count = 0 };
}

struct cpc_side cpc_class_side(const struct cpc_class *class)
{
	struct cpc_side side = {
		.fingerprint = &class->fingerprint,
		.kvm = class->kvm,
		.vantage = class->vantage,
		.dumped = class->dumped,
	};

	memcpy(side.requirements, class->requirements, sizeof(side.requirements));
	return side;
}
