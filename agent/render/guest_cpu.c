/* SPDX-License-Identifier: MIT */
#include "guest_cpu.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"

enum cpc_status cpc_view_guest_cpu(const struct cpc_baseline_view *view, struct cpc_guest_cpu *ret_guest,
				   struct cpc_error *reterr)
{
	const struct cpc_fingerprint **hosts = calloc(view->count ? view->count : 1, sizeof(*hosts));

	if (!hosts)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (size_t i = 0; i < view->count; i++)
		hosts[i] = cpc_report_view(view->hosts[i], view->view);
	cpc_guest_cpu_of(view->meet, hosts, view->count, ret_guest);
	free(hosts);
	return CPC_OK;
}

const char *cpc_view_caveat(const struct cpc_baseline_view *view)
{
	if (view->view == CPC_VIEW_KVM)
		return NULL;
	return "seen through CPUID alone: KVM may offer guests less; reports made on the hosts tell";
}

static void add_item(struct cpc_buffer *out, const char *text)
{
	cpc_buffer_printf(out, "%s%s", out->length ? ", " : "", text);
}

static void add_bit(struct cpc_buffer *out, unsigned int word, unsigned int bit)
{
	const struct cpc_feature *feature = word < CPC_WORD_COUNT ? cpc_feature_at((enum cpc_register)word, bit) : NULL;
	char where[CPC_WHERE_SIZE];

	cpc_word_bit_where(word, bit, where);
	add_item(out, feature ? feature->name : where);
}

void cpc_add_bit_names(struct cpc_buffer *out, const uint32_t words[static CPC_WORD_COUNT])
{
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++)
		for (unsigned int bit = 0; bit < 32; bit++)
			if (words[word] >> bit & 1U)
				add_bit(out, word, bit);
}

void cpc_add_foreign_bits(struct cpc_buffer *out, const struct cpc_fingerprint *baseline)
{
	for (unsigned int word = CPC_WORD_COUNT; word < baseline->word_count; word++)
		for (unsigned int bit = 0; bit < 32; bit++)
			if (baseline->words[word] >> bit & 1U)
				add_bit(out, word, bit);
}

void cpc_add_unread(struct cpc_buffer *out, const struct cpc_guest_cpu *guest)
{
	char last[CPC_WHERE_SIZE] = "";
	char where[CPC_WHERE_SIZE];

	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
		if (!guest->unread[word])
			continue;
		cpc_word_where(word, where);
		/* The two halves of an MSR are neighbours, and are read at once. */
		if (strcmp(where, last) != 0)
			add_item(out, where);
		memcpy(last, where, sizeof(last));
	}
	if (guest->physical_bits.unknown) {
		cpc_scalar_where(CPC_S_pa, where);
		add_item(out, where);
	}
}
