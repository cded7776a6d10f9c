/* SPDX-License-Identifier: MIT */
/*
 * Hosts folded into classes. The key of a class is everything of a side that a verdict
 * can depend on, as text: the views as their ids are made of them, the requirements, the
 * vantage. Two hosts of one processor, one with VT-x switched off, are two classes.
 */
#include <cpucompat/fleet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE (2 * CPC_FINGERPRINT_SIZE + 64)

static enum cpc_status out_of_memory(struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}

static void print_key(const struct cpc_side *side, char ret_key[static KEY_SIZE])
{
	size_t length = (size_t)snprintf(ret_key, 64, "%u %u", (unsigned int)side->vantage, side->dumped);

	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		length += (size_t)snprintf(ret_key + length, 8, " %u", (unsigned int)side->requirements[i]);
	ret_key[length++] = ' ';
	length += cpc_fingerprint_print_for_id(side->fingerprint, false, ret_key + length);
	if (!side->kvm)
		return;
	ret_key[length++] = ' ';
	cpc_fingerprint_print_for_id(side->kvm, false, ret_key + length);
}

/** FNV-1a. */
static size_t hash(const char *key)
{
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	for (; *key; key++) {
		digest ^= (unsigned char)*key;
		digest *= UINT64_C(0x100000001b3);
	}
	return (size_t)digest;
}

/** The slot of a key: its class's, or the free one where it belongs. There always is a free one. */
static size_t *slot_of(const struct cpc_fleet *fleet, const char *key)
{
	for (size_t at = hash(key);; at++) {
		size_t *slot = &fleet->slots[at & (fleet->slot_count - 1)];

		if (*slot == 0 || strcmp(fleet->classes[*slot - 1].key, key) == 0)
			return slot;
	}
}

/** At most half of the slots are taken, a power of two as they are. */
static bool make_slots(struct cpc_fleet *fleet)
{
	const size_t count = fleet->slot_count ? fleet->slot_count * 2 : 64;
	size_t *slots;

	if ((fleet->count + 1) * 2 <= fleet->slot_count)
		return true;
	slots = calloc(count, sizeof(*slots));
	if (!slots)
		return false;
	free(fleet->slots);
	fleet->slots = slots;
	fleet->slot_count = count;
	for (size_t i = 0; i < fleet->count; i++)
		*slot_of(fleet, fleet->classes[i].key) = i + 1;
	return true;
}

static bool make_room(struct cpc_fleet *fleet)
{
	const size_t room = fleet->room ? fleet->room * 2 : 16;
	struct cpc_class *classes;

	if (fleet->count < fleet->room)
		return true;
	classes = realloc(fleet->classes, room * sizeof(*classes));
	if (!classes)
		return false;
	fleet->classes = classes;
	fleet->room = room;
	return true;
}

static void free_class(struct cpc_class *class)
{
	for (size_t i = 0; i < class->name_count; i++)
		free(class->names[i]);
	free(class->names);
	free(class->kvm);
	free(class->key);
}

static bool fill_class(struct cpc_class *class, const struct cpc_side *side, const char *key)
{
	*class = (struct cpc_class){
		.fingerprint = *side->fingerprint, .vantage = side->vantage, .dumped = side->dumped, .key = strdup(key)
	};
	memcpy(class->requirements, side->requirements, sizeof(class->requirements));
	if (side->kvm) {
		class->kvm = malloc(sizeof(*class->kvm));
		if (class->kvm)
			*class->kvm = *side->kvm;
	}
	if (class->key && (class->kvm || !side->kvm))
		return true;
	free_class(class);
	return false;
}

static bool add_name(struct cpc_class *class, const char *name)
{
	char **names = realloc(class->names, (class->name_count + 1) * sizeof(*names));

	if (!names)
		return false;
	class->names = names;
	names[class->name_count] = strdup(name);
	if (!names[class->name_count])
		return false;
	class->name_count++;
	return true;
}

enum cpc_status cpc_fleet_add(struct cpc_fleet *fleet, const char *name, const struct cpc_side *side,
			      struct cpc_error *reterr)
{
	char key[KEY_SIZE];
	struct cpc_class *class;
	size_t *slot;
	bool made;

	print_key(side, key);
	if (!make_slots(fleet) || !make_room(fleet))
		return out_of_memory(reterr);
	slot = slot_of(fleet, key);
	made = *slot == 0;
	class = made ? &fleet->classes[fleet->count] : &fleet->classes[*slot - 1];
	if (made && !fill_class(class, side, key))
		return out_of_memory(reterr);
	if (name && !add_name(class, name)) {
		if (made)
			free_class(class);
		return out_of_memory(reterr);
	}
	if (made)
		*slot = ++fleet->count;
	class->count++;
	fleet->hosts++;
	return CPC_OK;
}

void cpc_fleet_free(struct cpc_fleet *fleet)
{
	if (!fleet)
		return;
	for (size_t i = 0; i < fleet->count; i++)
		free_class(&fleet->classes[i]);
	free(fleet->classes);
	free(fleet->slots);
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
