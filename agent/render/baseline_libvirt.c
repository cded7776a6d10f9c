/* SPDX-License-Identifier: MIT */
/*
 * A baseline as libvirt's <cpu>: the closest model of its map, and what the guest has
 * beyond it or must not have of it. Everything that is printed is a name of the map or
 * of our tables, so nothing needs escaping.
 */
#include "renderers.h"

#include <inttypes.h>
#include <string.h>

#include "guest_cpu.h"

#define COMMENT_WIDTH 78

/* Words as a comment, as many on a line as fit. */
static void add_comment(struct cpc_buffer *out, const char *lead, const char *item)
{
	size_t column = strlen("<!--") + strlen(lead);

	cpc_buffer_printf(out, "<!--%s", lead);
	while (*item) {
		size_t length = strcspn(item, " ");

		if (column + 1 + length > COMMENT_WIDTH) {
			cpc_buffer_puts(out, "\n    ");
			column = 4;
		}
		cpc_buffer_printf(out, " %.*s", (int)length, item);
		column += 1 + length;
		item += length + (item[length] == ' ');
	}
	cpc_buffer_puts(out, " -->\n");
}

static void add_notes(struct cpc_buffer *out, const struct cpc_baseline_view *view, const struct cpc_guest_cpu *guest)
{
	static const char *const leads[] = {
		" in the baseline, but this libvirt has no name for:",
		" left out, for not every host can tell a guest of:",
		" left out, for it was not read on every host:",
	};
	struct cpc_buffer lists[sizeof(leads) / sizeof(*leads)] = { { 0 } };
	uint32_t nameless[CPC_WORD_COUNT];
	size_t index;

	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
		nameless[word] = guest->give[word] & ~guest->implied[word];
		for (unsigned int bit = 0; bit < 32; bit++)
			if (cpc_map_bit_at(view->cpu_map, (enum cpc_register)word, bit, &index))
				nameless[word] &= ~(UINT32_C(1) << bit);
	}
	cpc_add_bit_names(&lists[0], nameless);
	cpc_add_foreign_bits(&lists[0], view->meet);
	cpc_add_bit_names(&lists[1], guest->partial);
	cpc_add_unread(&lists[2], guest);
	if (cpc_view_caveat(view))
		add_comment(out, "", cpc_view_caveat(view));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		if (lists[i].length)
			add_comment(out, leads[i], lists[i].bytes);
		out->failed |= lists[i].failed;
		cpc_buffer_free(&lists[i]);
	}
}

/* What has to be named: what the model lacks of it or has too much, and what nobody can rely on. */
static void add_features(struct cpc_buffer *out, const struct cpc_cpu_map *map, const struct cpc_map_model *model,
			 const struct cpc_guest_cpu *guest, enum cpc_give give)
{
	for (size_t i = 0; i < map->bit_count; i++) {
		const bool given_by_model = cpc_map_bits_hold(&model->has, i);

		if (cpc_guest_gives_map_bit(guest, &map->bits[i]) != give)
			continue;
		if (given_by_model == (give == CPC_GIVE) && !cpc_map_uncertain(model, &map->bits[i], i))
			continue;
		cpc_buffer_printf(out, "  <feature policy='%s' name='%s'/>\n", give == CPC_GIVE ? "require" : "disable",
				  map->bits[i].name);
	}
}

enum cpc_status cpc_baseline_libvirt(const struct cpc_baseline_view *view, const struct cpc_style *style,
				     struct cpc_buffer *out, struct cpc_error *reterr)
{
	const struct cpc_cpu_map *map = view->cpu_map;
	const struct cpc_map_vendor *vendor;
	const struct cpc_map_model *model;
	struct cpc_guest_cpu guest;
	enum cpc_status status;

	(void)style;
	if (!map)
		return cpc_fail(
			reterr, CPC_NO_INPUT, 0,
			"--format libvirt needs libvirt's CPU map, which is not installed here (Debian: package "
			"libvirt0); give a copy from a host with --cpu-map FOLDER");
	status = cpc_view_guest_cpu(view, &guest, reterr);
	if (status)
		return status;
	model = cpc_map_closest(map, &guest);
	if (!model)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "the CPU map has no model for a guest of vendor %.12s",
				guest.vendor);
	add_notes(out, view, &guest);
	cpc_buffer_printf(out, "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>%s</model>\n",
			  model->name);
	vendor = cpc_map_vendor_of(map, guest.vendor);
	if (vendor)
		cpc_buffer_printf(out, "  <vendor>%s</vendor>\n", vendor->name);
	if (!guest.physical_bits.unknown && guest.physical_bits.value && !map->no_maxphysaddr)
		cpc_buffer_printf(out, "  <maxphysaddr mode='emulate' bits='%" PRIu64 "'/>\n",
				  guest.physical_bits.value);
	add_features(out, map, model, &guest, CPC_GIVE);
	add_features(out, map, model, &guest, CPC_WITHHOLD);
	cpc_buffer_puts(out, "</cpu>\n");
	return cpc_rendered(out, reterr);
}
