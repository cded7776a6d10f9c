/* SPDX-License-Identifier: MIT */
#include <cpucompat/qemu.h>

#include <string.h>

#define F(name) CPC_F_##name
#define LIST(...)                                                                                                      \
	{                                                                                                              \
		.count = sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t), .ids = { __VA_ARGS__ }          \
	}

/* Each table takes its own rows of qemu.def, and of the others nothing. */
#define CPC_QEMU_APART(feature, why)
#define CPC_QEMU_DIFFERS(models, ...)
#define CPC_QEMU_LACKS(models, why)
#define CPC_QEMU_BARE(name, ...)

static const uint32_t names[CPC_REGISTER_COUNT] = {
#define CPC_QEMU_NAMES(reg, mask) [CPC_##reg] = (mask),
#include <cpucompat/qemu.def>
#undef CPC_QEMU_NAMES
#define CPC_QEMU_NAMES(reg, mask)
};

static const bool apart[CPC_FEATURE_COUNT] = {
#undef CPC_QEMU_APART
#define CPC_QEMU_APART(feature, why) [CPC_F_##feature] = sizeof(why) > 1,
#include <cpucompat/qemu.def>
#undef CPC_QEMU_APART
#define CPC_QEMU_APART(feature, why)
};

static const struct {
	const char *models;
	struct cpc_feature_list features;
} differences[] = {
#undef CPC_QEMU_DIFFERS
#define CPC_QEMU_DIFFERS(row_models, ...) { .models = (row_models), .features = LIST(__VA_ARGS__) },
#include <cpucompat/qemu.def>
#undef CPC_QEMU_DIFFERS
#define CPC_QEMU_DIFFERS(models, ...)
};

static const char *const lacking[] = {
#undef CPC_QEMU_LACKS
#define CPC_QEMU_LACKS(models, why) models,
#include <cpucompat/qemu.def>
#undef CPC_QEMU_LACKS
#define CPC_QEMU_LACKS(models, why)
};

const struct cpc_qemu_bare cpc_qemu_bare = {
#undef CPC_QEMU_BARE
#define CPC_QEMU_BARE(row_name, ...) .name = (row_name), .brings = LIST(__VA_ARGS__)
#include <cpucompat/qemu.def>
#undef CPC_QEMU_BARE
};

bool cpc_qemu_names(enum cpc_register reg, unsigned int bit)
{
	return names[reg] >> bit & 1U;
}

bool cpc_qemu_keeps_apart(enum cpc_feature_id id)
{
	return apart[id];
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

bool cpc_qemu_differs(const char *model, enum cpc_register reg, unsigned int bit)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++) {
		const struct cpc_feature_list *features = &differences[i].features;

		for (size_t j = 0; j < features->count && begins(model, differences[i].models); j++) {
			const struct cpc_feature *feature = &cpc_features[features->ids[j]];

			if (feature->reg == reg && feature->bit == bit)
				return true;
		}
	}
	return false;
}

bool cpc_qemu_lacks(const char *model)
{
	for (size_t i = 0; i < sizeof(lacking) / sizeof(*lacking); i++)
		if (begins(model, lacking[i]))
			return true;
	return false;
}
