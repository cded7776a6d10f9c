/* SPDX-License-Identifier: MIT */
/*
 * A flag that is shown proves its CPUID bit set: most flags are CPUID registers as
 * they were read, minus what was cleared since (arch/x86/kernel/cpu/common.c,
 * get_cpu_cap()). Exceptions are those that the kernel sets by itself, the tables
 * below; and processors without long mode, for whose quirks it sets many (SSE of the
 * K7, PAE by forcepae, CX8 of Centaur's). Flags that are no feature's name are the
 * kernel's own (ibrs, ssbd, nopl, constant_tsc, arch_perfmon) and stand for no one
 * bit, or for a different one from kernel to kernel. nonstop_tsc is left out with
 * them: it mirrors invtsc on hardware, and under some hypervisors it is set without.
 *
 * A flag that is not shown proves nothing. Many bits have no name in the text
 * (cpufeatures.h shows only those whose comment begins with one; shstk, spec_ctrl,
 * AMD's copies of leaf 1), and which have one depends on the kernel. Others it clears:
 * by clearcpuid=, nosmap and their like, with what they depend on (cpuid-deps.c), for
 * errata, when firmware locked a feature off, as a mitigation (AVX for GDS), or where
 * its own configuration leaves a feature out. CPUID goes on showing those bits.
 *
 * The names are Linux 6.12's (cpufeatures.h); of the vendors' files parts were read, of older kernels.
 */
#include "cpuinfo_flags.h"

#include <stdlib.h>
#include <string.h>

/* A flag whose name a feature has and which proves nothing of it: vendor, or NULL for every one. */
struct doubt {
	const char *flag;
	const char *vendor;
};

static const struct doubt doubts[] = {
	/* Set from a family on, whatever CPUID says. */
	{ "arat", "AuthenticAMD" },
	{ "arat", "HygonGenuine" },
	/* Set wherever there is long mode. */
	{ "3dnowprefetch", "AuthenticAMD" },
	/* Set together when TSX is switched on, though microcode may have taken HLE alone (tsx.c). */
	{ "hle", NULL },
	{ "rtm", NULL },
	/* Set for every processor whose LFENCE serialises, by an MSR or by nature. */
	{ "lfence_rdtsc", NULL },
};

/*
 * Mitigation flags say what the kernel has made of several bits, and it forces some
 * (bugs.c: srso_no, btc_no, ibpb_brtype, sbpb, verw_clear). These three it only reads.
 */
static const char *const read_mitigations[] = { "md_clear", "flush_l1d", "arch_capabilities" };

static int compare_names(const void *left, const void *right)
{
	const struct cpc_feature *const *a = left;
	const struct cpc_feature *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

static int compare_word(const void *key, const void *item)
{
	const struct cpc_span *word = key;
	const struct cpc_feature *const *feature = item;
	const int order = strncmp(word->text, (*feature)->name, word->length);

	return order || !(*feature)->name[word->length] ? order : -1;
}

void cpc_flag_index_of(struct cpc_flag_index *ret_index)
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		ret_index->names[i] = &cpc_features[i];
	qsort(ret_index->names, CPC_FEATURE_COUNT, sizeof(ret_index->names[0]), compare_names);
}

static bool is_doubted(const struct cpc_feature *feature, struct cpc_span vendor)
{
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (strcmp(doubts[i].flag, feature->name) == 0 &&
		    (!doubts[i].vendor || cpc_span_equals(vendor, doubts[i].vendor)))
			return true;
	if (feature->group != CPC_GROUP_MITIGATION)
		return false;
	for (size_t i = 0; i < sizeof(read_mitigations) / sizeof(read_mitigations[0]); i++)
		if (strcmp(read_mitigations[i], feature->name) == 0)
			return false;
	return true;
}

void cpc_flags_prove(const struct cpc_flag_index *index, struct cpc_span flags, struct cpc_span vendor,
		     uint32_t ret_words[static CPC_WORD_COUNT])
{
	memset(ret_words, 0, CPC_WORD_COUNT * sizeof(*ret_words));
	if (!cpc_span_has_word(flags, "lm"))
		return;
	for (struct cpc_span word = cpc_span_next_word(&flags); word.length; word = cpc_span_next_word(&flags)) {
		const struct cpc_feature *const *found =
			bsearch(&word, index->names, CPC_FEATURE_COUNT, sizeof(index->names[0]), compare_word);

		if (found && (*found)->reg < CPC_WORD_COUNT && !is_doubted(*found, vendor))
			ret_words[(*found)->reg] |= UINT32_C(1) << (*found)->bit;
	}
}
