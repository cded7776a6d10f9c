/* SPDX-License-Identifier: MIT */
/*
 * A baseline as QEMU's -cpu, one shell word after another and none that needs quoting.
 * QEMU's own models differ from libvirt's and between versions, so everything that the
 * guest has is named, and everything that the model may bring and the guest must not
 * have. Without a map a bare model stands in, with nothing left to what it is.
 */
#include "renderers.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include <cpucompat/qemu.h>

#include "guest_cpu.h"

struct line {
	struct cpc_buffer *out;
	const struct cpc_cpu_map *map;	   /**< NULL: none */
	const struct cpc_map_model *model; /**< NULL: the bare one */
	const struct cpc_guest_cpu *guest;
};

/* Whether a map has a name for any bit of a register. */
static bool covers(const struct cpc_cpu_map *map, enum cpc_register reg)
{
	size_t index;

	for (unsigned int bit = 0; bit < 32; bit++)
		if (cpc_map_bit_at(map, reg, bit, &index))
			return true;
	return false;
}

/*
 * Whether the QEMU that reads the line can be expected to know the name: a map tells
 * how old the one beside it is, and without any it is taken for 7.2.
 */
static bool has_name(const struct line *line, const struct cpc_feature *feature)
{
	size_t index;

	if (!feature->qemu)
		return false;
	if (line->map && cpc_map_bit_at(line->map, feature->reg, feature->bit, &index))
		return true;
	return cpc_qemu_names(feature->reg, feature->bit) && !(line->map && covers(line->map, feature->reg));
}

static bool bare_brings(const struct cpc_feature *feature)
{
	for (size_t i = 0; i < cpc_qemu_bare.brings.count; i++)
		if (&cpc_features[cpc_qemu_bare.brings.ids[i]] == feature)
			return true;
	return false;
}

static bool may_bring(const struct line *line, const struct cpc_feature *feature)
{
	size_t index;

	if (!line->model)
		return bare_brings(feature);
	if (cpc_qemu_differs(line->model->name, feature->reg, feature->bit))
		return true;
	return cpc_map_bit_at(line->map, feature->reg, feature->bit, &index) &&
	       (cpc_map_bits_hold(&line->model->has, index) || cpc_map_bits_hold(&line->model->removed, index));
}

static void add_features(const struct line *line, enum cpc_give give)
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (!has_name(line, feature) || cpc_guest_gives(line->guest, feature->reg, feature->bit) != give)
			continue;
		if (give == CPC_GIVE || may_bring(line, feature))
			cpc_buffer_printf(line->out, ",%c%s", give == CPC_GIVE ? '+' : '-', feature->qemu);
	}
}

/* What the model has and no register of ours holds, under the map's name. */
static void add_others(const struct line *line)
{
	enum cpc_register reg;

	for (size_t i = 0; line->model && i < line->map->bit_count; i++) {
		const struct cpc_map_bit *bit = &line->map->bits[i];

		if (cpc_map_bit_register(bit, &reg) || !cpc_map_bits_hold(&line->model->has, i))
			continue;
		if (cpc_guest_gives_map_bit(line->guest, bit) == CPC_WITHHOLD)
			cpc_buffer_printf(line->out, ",-%s", bit->name);
	}
}

/* The bare model is no processor in particular; QEMU takes 12 characters, and a comma would end them. */
static void add_identity(const struct line *line)
{
	const struct cpc_guest_cpu *guest = line->guest;
	size_t plain = 0;

	while (isalnum((unsigned char)guest->vendor[plain]))
		plain++;
	if (plain == sizeof(guest->vendor) - 1)
		cpc_buffer_printf(line->out, ",vendor=%s", guest->vendor);
	if (guest->family <= 270 && guest->model <= 255 && guest->stepping <= 15)
		cpc_buffer_printf(line->out, ",family=%" PRIu32 ",model=%" PRIu32 ",stepping=%" PRIu32, guest->family,
				  guest->model, guest->stepping);
}

static void add_note(const struct cpc_baseline_view *view, const char *lead, const struct cpc_buffer *list)
{
	if (view->notes && list->length)
		cpc_buffer_printf(view->notes, "%s %s\n", lead, list->bytes);
}

/* Fit to be appended where QEMU is young enough to know them. */
static void add_young(const struct line *line, struct cpc_buffer *list)
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->qemu && !has_name(line, feature) &&
		    cpc_guest_gives(line->guest, feature->reg, feature->bit) == CPC_GIVE)
			cpc_buffer_printf(list, ",+%s", feature->qemu);
	}
}

static void add_notes(const struct line *line, const struct cpc_baseline_view *view)
{
	const struct cpc_guest_cpu *guest = line->guest;
	uint32_t nameless[CPC_WORD_COUNT];
	struct cpc_buffer lists[4] = { { 0 } };

	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++)
		nameless[word] = guest->give[word] & ~guest->implied[word];
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].reg < CPC_WORD_COUNT && cpc_features[i].qemu)
			nameless[cpc_features[i].reg] &= ~(UINT32_C(1) << cpc_features[i].bit);
	if (view->notes && cpc_view_caveat(view))
		cpc_buffer_printf(view->notes, "%s\n", cpc_view_caveat(view));
	add_young(line, &lists[0]);
	cpc_add_bit_names(&lists[1], nameless);
	cpc_add_foreign_bits(&lists[1], view->meet);
	cpc_add_bit_names(&lists[2], guest->partial);
	cpc_add_unread(&lists[3], guest);
	add_note(view, "left out, for an older QEMU does not know the names; append for a younger one:", &lists[0]);
	add_note(view, "in the baseline, but QEMU has no name for:", &lists[1]);
	add_note(view, "left out, for not every host can tell a guest of:", &lists[2]);
	add_note(view, "left out, for it was not read on every host:", &lists[3]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		line->out->failed |= lists[i].failed;
		cpc_buffer_free(&lists[i]);
	}
}

enum cpc_status cpc_baseline_qemu(const struct cpc_baseline_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_guest_cpu guest;
	const enum cpc_status status = cpc_view_guest_cpu(view, &guest, reterr);
	struct line line = { .out = out, .map = view->cpu_map, .guest = &guest };

	(void)style;
	if (status)
		return status;
	line.model = line.map ? cpc_map_closest(line.map, &guest) : NULL;
	cpc_buffer_printf(out, "-cpu %s", line.model ? line.model->name : cpc_qemu_bare.name);
	if (!line.model)
		add_identity(&line);
	add_features(&line, CPC_GIVE);
	add_features(&line, CPC_WITHHOLD);
	add_others(&line);
	if (!guest.physical_bits.unknown && guest.physical_bits.value)
		cpc_buffer_printf(out, ",phys-bits=%" PRIu64, guest.physical_bits.value);
	cpc_buffer_puts(out, "\n");
	add_notes(&line, view);
	return cpc_rendered(out, reterr);
}
