/* SPDX-License-Identifier: MIT */
#include <cpucompat/guest_cpu.h>

#include <string.h>

#include <cpucompat/policy.h>
#include <cpucompat/qemu.h>

/* Bits of Fn8000_0001_EDX that repeat leaf 1 (APM 3): hypervisors copy them, under AMD's vendor string. */
#define AMD_COPIES UINT32_C(0x0183f3ff)

/* IA32_VMX_BASIC to IA32_VMX_VMFUNC (SDM 4): without the bit vmx they say nothing. */
#define VMX_MSR_FIRST 0x480U
#define VMX_MSR_LAST 0x491U

/* Bits of a word that every host has. */
static uint32_t everywhere(const struct cpc_fingerprint *const *hosts, size_t count, unsigned int word)
{
	uint32_t bits = UINT32_MAX;

	for (size_t i = 0; i < count; i++)
		bits &= hosts[i]->words[word];
	return bits;
}

static void sort_rules(struct cpc_guest_cpu *guest, uint32_t any[CPC_WORD_COUNT])
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg >= CPC_WORD_COUNT)
			continue;
		if (feature->rule == CPC_RULE_ANY)
			any[feature->reg] |= UINT32_C(1) << feature->bit;
		if (feature->rule == CPC_RULE_NOISE)
			guest->leave[feature->reg] |= UINT32_C(1) << feature->bit;
	}
}

static void drop(uint32_t words[CPC_WORD_COUNT], const struct cpc_feature *feature)
{
	if (feature->reg < CPC_WORD_COUNT)
		words[feature->reg] &= ~(UINT32_C(1) << feature->bit);
}

/* What KVM hides from guests of a named model unless asked, and what asking by name does not bring. */
static void drop_unavailable(uint32_t words[CPC_WORD_COUNT])
{
	const struct cpc_feature_list *withheld = &cpc_policies[CPC_P_KVM_HOST_MODEL].withheld;

	for (size_t i = 0; i < withheld->count; i++)
		drop(words, &cpc_features[withheld->ids[i]]);
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_qemu_keeps_apart((enum cpc_feature_id)i))
			drop(words, &cpc_features[i]);
}

/* Guests under nested paging may have fewer bits than the host's processor (APM 3, Fn8000_0008_EAX[23:16]). */
static struct cpc_number physical_bits(const struct cpc_fingerprint *baseline)
{
	struct cpc_number bits = baseline->scalars[CPC_S_pa];
	const struct cpc_number guest = baseline->scalars[CPC_S_gpa];

	/* Without long mode they follow from PSE-36, and QEMU refuses to be told (target/i386/cpu.c). */
	if (!(baseline->words[CPC_L80000001_EDX] >> cpc_features[CPC_F_lm].bit & 1U))
		return (struct cpc_number){ 0 };
	if (!guest.unknown && guest.value && guest.value < bits.value)
		bits.value = guest.value;
	return bits;
}

void cpc_guest_cpu_of(const struct cpc_fingerprint *baseline, const struct cpc_fingerprint *const *hosts, size_t count,
		      struct cpc_guest_cpu *ret_guest)
{
	struct cpc_guest_cpu guest = {
		.family = baseline->family,
		.model = baseline->model,
		.stepping = baseline->stepping,
		.physical_bits = physical_bits(baseline),
	};
	uint32_t any[CPC_WORD_COUNT] = { 0 };

	memcpy(guest.vendor, baseline->vendor, sizeof(guest.vendor));
	sort_rules(&guest, any);
	for (unsigned int i = 0; i < CPC_WORD_COUNT; i++) {
		guest.give[i] = baseline->words[i] & (everywhere(hosts, count, i) | ~any[i]);
		guest.partial[i] = baseline->words[i] & ~guest.give[i];
		guest.unread[i] = baseline->unread[i];
	}
	drop_unavailable(guest.give);
	guest.implied[CPC_LD_0_EAX] = guest.give[CPC_LD_0_EAX];
	guest.implied[CPC_LD_0_EDX] = guest.give[CPC_LD_0_EDX];
	guest.implied[CPC_LD_1_ECX] = guest.give[CPC_LD_1_ECX];
	guest.implied[CPC_L80000001_EDX] = guest.give[CPC_L80000001_EDX] & AMD_COPIES;
	*ret_guest = guest;
}

enum cpc_give cpc_guest_gives(const struct cpc_guest_cpu *guest, enum cpc_register reg, unsigned int bit)
{
	if (reg >= CPC_WORD_COUNT)
		return CPC_WITHHOLD;
	if (guest->leave[reg] >> bit & 1U)
		return CPC_LEAVE;
	return guest->give[reg] >> bit & 1U ? CPC_GIVE : CPC_WITHHOLD;
}

bool cpc_map_bit_register(const struct cpc_map_bit *bit, enum cpc_register *ret_reg)
{
	for (unsigned int i = 0; i < CPC_REGISTER_COUNT && bit->placed; i++) {
		const struct cpc_register_info *info = &cpc_registers[i];

		if (info->leaf == bit->leaf && info->place == bit->place && info->subleaf == bit->subleaf) {
			*ret_reg = (enum cpc_register)i;
			return true;
		}
	}
	return false;
}

bool cpc_map_bit_at(const struct cpc_cpu_map *map, enum cpc_register reg, unsigned int bit, size_t *ret_index)
{
	const struct cpc_register_info *info = &cpc_registers[reg];

	for (size_t i = 0; i < map->bit_count; i++) {
		const struct cpc_map_bit *named = &map->bits[i];

		if (named->placed && named->bit == bit && named->leaf == info->leaf && named->place == info->place &&
		    named->subleaf == info->subleaf) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

static bool is_vmx_control(const struct cpc_map_bit *bit)
{
	return bit->placed && bit->place >= CPC_PLACE_MSR_LO && bit->leaf >= VMX_MSR_FIRST && bit->leaf <= VMX_MSR_LAST;
}

enum cpc_give cpc_guest_gives_map_bit(const struct cpc_guest_cpu *guest, const struct cpc_map_bit *bit)
{
	enum cpc_register reg;

	if (is_vmx_control(bit))
		return CPC_LEAVE;
	return cpc_map_bit_register(bit, &reg) ? cpc_guest_gives(guest, reg, bit->bit) : CPC_WITHHOLD;
}

bool cpc_map_uncertain(const struct cpc_map_model *model, const struct cpc_map_bit *bit, size_t index)
{
	enum cpc_register reg;

	if (cpc_map_bits_hold(&model->removed, index))
		return true;
	return cpc_map_bit_register(bit, &reg) && cpc_qemu_differs(model->name, reg, bit->bit);
}

/* How well a model fits, in the order in which it counts. */
struct fit {
	bool signature;
	unsigned int words; /**< features to ask for or to forbid beside the model */
	unsigned int forbidden;
};

static bool has_signature(const struct cpc_map_model *model, const struct cpc_guest_cpu *guest)
{
	for (size_t i = 0; i < model->signature_count; i++) {
		const struct cpc_map_signature *signature = &model->signatures[i];

		if (signature->family == guest->family && signature->model == guest->model &&
		    signature->stepping_lo <= guest->stepping && guest->stepping <= signature->stepping_hi)
			return true;
	}
	return false;
}

static struct fit fit_of(const struct cpc_cpu_map *map, const struct cpc_map_model *model,
			 const struct cpc_guest_cpu *guest, const enum cpc_give *gives)
{
	struct fit fit = { .signature = has_signature(model, guest) };

	for (size_t i = 0; i < map->bit_count; i++) {
		const bool has = cpc_map_bits_hold(&model->has, i);

		fit.forbidden += has && gives[i] == CPC_WITHHOLD;
		fit.words += (has && gives[i] == CPC_WITHHOLD) || (!has && gives[i] == CPC_GIVE);
	}
	return fit;
}

static bool fits_better(const struct fit *fit, const struct fit *than)
{
	if (fit->signature != than->signature)
		return fit->signature;
	if (fit->words != than->words)
		return fit->words < than->words;
	return fit->forbidden < than->forbidden;
}

static bool may_use(const struct cpc_cpu_map *map, const struct cpc_map_model *model, const struct cpc_guest_cpu *guest)
{
	if (model->not_guests || cpc_qemu_lacks(model->name))
		return false;
	return !model->vendor ||
	       strncmp(map->vendors[model->vendor - 1].id, guest->vendor, sizeof(guest->vendor) - 1) == 0;
}

const struct cpc_map_model *cpc_map_closest(const struct cpc_cpu_map *map, const struct cpc_guest_cpu *guest)
{
	const struct cpc_map_model *closest = NULL;
	enum cpc_give gives[CPC_MAP_BITS_MAX];
	struct fit best = { 0 };

	for (size_t i = 0; i < map->bit_count; i++)
		gives[i] = cpc_guest_gives_map_bit(guest, &map->bits[i]);
	for (size_t i = 0; i < map->model_count; i++) {
		const struct cpc_map_model *model = &map->models[i];
		struct fit fit;

		if (!may_use(map, model, guest))
			continue;
		fit = fit_of(map, model, guest, gives);
		if (!closest || fits_better(&fit, &best)) {
			closest = model;
			best = fit;
		}
	}
	return closest;
}
