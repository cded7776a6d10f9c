/* SPDX-License-Identifier: MIT */
/* What a change does to baselines, pools, verdicts, and to how many hosts take a VM. */
#include "fleet_sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cpucompat/difference.h>

#include "cut_list.h"
#include "describe.h"
#include "escape.h"

/** "as it is" and the like; `policy` says what its mode is called. */
static void put_verdict(struct cpc_text *text, enum cpc_verdict verdict, const char *when,
			const struct cpc_policy *policy)
{
	static const char *const words[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = "as it is",	 [CPC_MIGRATABLE] = "as it is",	    [CPC_COMPATIBILITY_MODE] = "with ",
		[CPC_IMPOSSIBLE] = "not at all", [CPC_VERDICT_UNKNOWN] = "unknown",
	};

	cpc_text_wrapf(text, 4, "%s%s %s", words[verdict],
		       verdict == CPC_COMPATIBILITY_MODE ? cpc_mode_words(policy) : "", when);
}

static void put_bits(struct cpc_text *text, const char *what, const char *which,
		     const uint32_t words[static CPC_WORDS_MAX], size_t bits)
{
	struct cpc_cut_list list = { .text = text, .indent = 4 };

	if (!bits)
		return;
	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 4, "%s %zu%s:", what, bits, which);
	cpc_each_bit_name(words, cpc_cut_list_add, &list);
	cpc_cut_list_end(&list);
}

static void put_line(struct cpc_text *text, const char *line)
{
	cpc_text_to(text, 2);
	cpc_text_wrap(text, 4, line);
	cpc_text_newline(text);
}

struct numbers {
	struct cpc_cut_list list;
	size_t count;
};

/** Address bits and the like, of which a lower one can stop a move. */
static void put_number(void *context, const struct cpc_finding *finding)
{
	struct numbers *numbers = context;
	char item[2 * CPC_WHERE_SIZE + 64];

	if (finding->code != CPC_FINDING_UNEQUAL || finding->about != CPC_ABOUT_SCALAR)
		return;
	if (!numbers->count++) {
		cpc_text_to(numbers->list.text, 2);
		cpc_text_wrap(numbers->list.text, 4, "numbers:");
	}
	snprintf(item, sizeof(item), "%s (%" PRIu64 " -> %" PRIu64 ")", cpc_subject_of(finding, "").name, finding->a,
		 finding->b);
	cpc_cut_list_add(&numbers->list, item);
}

static void put_numbers(struct cpc_text *text, const struct cpc_fingerprint *before, const struct cpc_fingerprint *now)
{
	struct numbers numbers = { .list = { .text = text, .indent = 4 } };

	cpc_each_difference(before, now, put_number, &numbers);
	if (numbers.count)
		cpc_cut_list_end(&numbers.list);
}

/** One of what KVM offers and one of what processors say: what is in one alone may be KVM's doing. */
static void put_views(struct cpc_text *text, enum cpc_view before, enum cpc_view now, const char *was, const char *is)
{
	static const char *const words[] = {
		[CPC_VIEW_CPUID] = "of the processors' CPUID", [CPC_VIEW_KVM] = "of what KVM offers guests"
	};

	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 4,
		       "%s %s, %s %s, as not every host has both views: which features come or go is not told; "
		       "give a report of each host that was made where /dev/kvm opens",
		       words[before], was, words[now], is);
	cpc_text_newline(text);
}

static void put_baseline(struct cpc_text *text, const struct cpc_fleet_change *change,
			 const struct cpc_baseline_change *row, const char *was, const char *is)
{
	const struct cpc_fleet_baseline *before =
		row->before == CPC_NO_CLASS ? NULL : &change->before_answers->baselines[row->before];
	const struct cpc_fleet_baseline *now =
		row->now == CPC_NO_CLASS ? NULL : &change->now_answers->baselines[row->now];
	char vendor[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(now ? now->vendor : before->vendor, vendor);
	cpc_text_newline(text);
	if (!row->differs) {
		cpc_text_heading(text, "Baseline of %s: as it was", vendor);
	} else if (!before || !before->exists || !now || !now->exists) {
		cpc_text_heading(text, "Baseline of %s: %s %s, %s %s", vendor,
				 !before	  ? "no host"
				 : before->exists ? "one"
						  : "none",
				 was,
				 !now	       ? "no host"
				 : now->exists ? "one"
					       : "none",
				 is);
		if (now && !now->exists) {
			cpc_text_to(text, 2);
			cpc_text_wrap(text, 4, now->why.what);
			cpc_text_newline(text);
		}
	} else {
		char before_id[CPC_ID_SIZE];
		char now_id[CPC_ID_SIZE];

		cpc_fingerprint_id(&before->meet, before_id);
		cpc_fingerprint_id(&now->meet, now_id);
		cpc_text_heading(text, "Baseline of %s:", vendor);
		cpc_text_to(text, 2);
		cpc_text_wrapf(text, 4, "%s -> %s", before_id, now_id);
		cpc_text_newline(text);
		put_bits(text, "gains", "", row->gained, row->gained_bits);
		put_bits(text, "loses", "", row->lost, row->lost_bits);
		put_bits(text, "gains", " that were not read before", row->learned, row->learned_bits);
		put_bits(text, "loses", " that were not read of a host", row->forgotten, row->forgotten_bits);
		if (row->views_differ)
			put_views(text, before->view, now->view, was, is);
		else if (!row->gained_bits && !row->lost_bits && !row->learned_bits && !row->forgotten_bits)
			put_line(text, "no feature that a VM may need comes or goes");
		if (!row->views_differ)
			put_numbers(text, &before->meet, &now->meet);
	}
}

/** A pool as a line of labels. */
static void put_pool(struct cpc_text *text, const char *what, const struct cpc_fleet *fleet, const size_t *pool_of,
		     size_t pool)
{
	struct cpc_cut_list list = { .text = text, .indent = 4 };
	size_t told = 0;

	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 4, "%s:", what);
	for (size_t i = 0; i < fleet->count; i++) {
		char label[CPC_CLASS_LABEL_SIZE];

		if (pool_of[i] != pool)
			continue;
		if (told++)
			cpc_text_word(text, 4, "+");
		cpc_cut_list_add(&list, cpc_class_label(&fleet->classes[i], label));
	}
	cpc_cut_list_end(&list);
}

static size_t count_true(const bool *marks, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += marks[i];
	return found;
}

static void put_pools(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was, const char *is)
{
	const size_t before = change->before_answers->pool_count;
	const size_t now = change->now_answers->pool_count;
	const size_t all = count_true(change->pool_gone, before) + count_true(change->pool_new, now);
	const size_t shown = cpc_rows_shown(text, all);
	size_t told = 0;

	if (!all)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "Pools: %zu %s, %zu %s", before, was, now, is);
	for (size_t i = 0; i < before; i++)
		if (change->pool_gone[i] && told++ < shown)
			put_pool(text, was, change->before, change->before_answers->pool_of, i);
	for (size_t i = 0; i < now; i++)
		if (change->pool_new[i] && told++ < shown)
			put_pool(text, is, change->now, change->now_answers->pool_of, i);
	cpc_put_more(text, all - shown);
}

static void put_shift_label(struct cpc_text *text, const struct cpc_fleet_shift *shift)
{
	if (shift->count == 1)
		cpc_text_wrap(text, 4, shift->names[0]);
	else
		cpc_text_wrapf(text, 4, "%s and %zu more", shift->names[0], shift->count - 1);
}

static void put_verdicts(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was, const char *is)
{
	const size_t all = change->verdict_count + change->verdicts_more;
	const size_t shown = cpc_rows_shown(text, change->verdict_count);

	if (!all)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "Moves between hosts that stay");
	for (size_t i = 0; i < shown; i++) {
		const struct cpc_verdict_change *row = &change->verdicts[i];

		cpc_text_to(text, 2);
		put_shift_label(text, &change->shifts[row->from]);
		cpc_text_word(text, 4, "->");
		put_shift_label(text, &change->shifts[row->to]);
		cpc_text_puts(text, ":");
		put_verdict(text, row->before, was, change->now_answers->policy);
		cpc_text_puts(text, ",");
		put_verdict(text, row->now, is, change->now_answers->policy);
		cpc_text_newline(text);
	}
	cpc_put_more(text, all - shown);
}

static void put_reaches(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was, const char *is)
{
	const size_t shown = cpc_rows_shown(text, change->reach_count);

	if (!change->reach_count)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "Other hosts that take VMs as they are");
	for (size_t i = 0; i < shown; i++) {
		const struct cpc_reach_change *row = &change->reaches[i];
		char label[CPC_CLASS_LABEL_SIZE];

		cpc_text_to(text, 2);
		text->tint = row->now ? CPC_TINT_PLAIN : CPC_TINT_BAD;
		cpc_text_wrapf(text, 4, "of %s: %zu %s, %zu %s",
			       cpc_class_label(&change->now->classes[row->now_class], label), row->before, was,
			       row->now, is);
		text->tint = CPC_TINT_PLAIN;
		cpc_text_newline(text);
	}
	cpc_put_more(text, change->reach_count - shown);
}

void cpc_put_changed_answers(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was,
			     const char *is)
{
	for (size_t i = 0; i < change->baseline_count; i++)
		put_baseline(text, change, &change->baselines[i], was, is);
	put_pools(text, change, was, is);
	put_verdicts(text, change, was, is);
	put_reaches(text, change, was, is);
}
