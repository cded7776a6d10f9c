/* SPDX-License-Identifier: MIT */
/* In which order hosts can be drained, told to people; or who is in the way, and what would help. */
#include "fleet_sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cut_list.h"
#include "describe.h"
#include "escape.h"
#include "host_names.h"

#define INDENT 6
#define DEEPER 8

/** The hosts of a leg by name, which are a part of the names of its class. */
static void put_names(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_order_leg *leg)
{
	const struct cpc_class *class = &plan->fleet->classes[leg->class];
	const size_t present = leg->class < plan->present->count ? plan->present->classes[leg->class].name_count : 0;
	struct cpc_cut_list list = { .text = text, .indent = INDENT };
	size_t named = 0;

	if (leg->add) {
		named = class->name_count - present;
		cpc_each_name_range(class->names + present, named, cpc_cut_list_add, &list);
	} else if (!plan->leaving_count) {
		named = present;
		cpc_each_name_range(class->names, named, cpc_cut_list_add, &list);
	} else {
		for (size_t i = 0; i < plan->leaving_count; i++) {
			if (plan->leaving[i].class != leg->class)
				continue;
			cpc_cut_list_add(&list, plan->leaving[i].name);
			named++;
		}
	}
	if (list.left_out)
		cpc_text_wrapf(text, INDENT, "and %zu more", list.left_out);
	if (named < leg->hosts)
		cpc_text_wrapf(text, INDENT, named ? "and %zu without a name" : "%zu without a name",
			       leg->hosts - named);
}

static void put_move(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order,
		     const struct cpc_order_move *move)
{
	const struct cpc_class *to = &plan->fleet->classes[move->to];
	char origin[CPC_CLASS_LABEL_SIZE];
	char label[CPC_CLASS_LABEL_SIZE];

	cpc_class_label(&plan->fleet->classes[move->origin], origin);
	cpc_class_label(to, label);
	cpc_text_to(text, INDENT);
	if (move->origin != move->at) {
		cpc_text_wrapf(text, DEEPER, "VMs of %s that are there go back", origin);
	} else if (move->to == move->at) {
		cpc_text_wrapf(text, DEEPER, "its VMs go to others of %s%s", label, order->round ? "" : ", which stay");
	} else if (move->returns) {
		cpc_text_wrapf(text, DEEPER, "its VMs go to %s, and can come back", label);
	} else {
		text->tint = CPC_TINT_CARE;
		cpc_text_wrapf(text, DEEPER, "its VMs go to %s; after a power cycle there they can no longer go back",
			       label);
		text->tint = CPC_TINT_PLAIN;
	}
	cpc_text_newline(text);
}

/** Why a host has nothing to move: what it lacks, for whoever wonders. */
static void put_no_vms(struct cpc_text *text, const struct cpc_class *class)
{
	cpc_text_to(text, INDENT);
	cpc_text_wrap(text, DEEPER, "no VM runs there:");
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		const enum cpc_requirement_status status = class->requirements[i];

		if (status == CPC_ABSENT || status == CPC_DISABLED_BY_FIRMWARE)
			cpc_text_wrapf(text, DEEPER, "%s is %s", cpc_requirement_name(i, class->fingerprint.vendor),
				       cpc_status_words(status));
	}
	cpc_text_newline(text);
}

static void put_leg(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order,
		    size_t step)
{
	const struct cpc_order_leg *leg = &order->legs[step];
	char number[24];

	cpc_text_to(text, 2);
	snprintf(number, sizeof(number), "%zu.", step + 1);
	cpc_text_puts(text, number);
	cpc_text_to(text, INDENT);
	text->tint = CPC_TINT_STRONG;
	cpc_text_wrapf(text, INDENT, "%s %zu %s%s:", leg->add ? "add" : "drain", leg->hosts, cpc_hosts(leg->hosts),
		       !leg->add && leg->hosts > 1 ? ", one at a time" : "");
	text->tint = CPC_TINT_PLAIN;
	put_names(text, plan, leg);
	cpc_text_newline(text);
	if (!leg->add && !leg->move_count)
		put_no_vms(text, &plan->fleet->classes[leg->class]);
	for (size_t i = 0; i < leg->move_count; i++)
		put_move(text, plan, order, &order->moves[leg->first_move + i]);
}

/** The first step after which VMs would not find back; 0: there is none. */
static size_t point_of_no_return(const struct cpc_fleet_order *order)
{
	for (size_t i = 0; i < order->leg_count; i++)
		for (size_t n = 0; n < order->legs[i].move_count; n++)
			if (!order->moves[order->legs[i].first_move + n].returns)
				return i + 1;
	return 0;
}

static void put_end(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order)
{
	const size_t no_return = point_of_no_return(order);

	cpc_text_to(text, 2);
	if (no_return)
		cpc_text_wrapf(text, 2,
			       "From step %zu on some VMs cannot return after a power cycle: power-cycle none that is "
			       "to go back.",
			       no_return);
	else
		cpc_text_wrap(text, 2, "At every step each VM could return, even after a power cycle.");
	cpc_text_newline(text);
	for (size_t i = 0; i < order->away_count && order->round; i++) {
		char origin[CPC_CLASS_LABEL_SIZE];
		char label[CPC_CLASS_LABEL_SIZE];

		cpc_text_to(text, 2);
		cpc_text_wrapf(text, 4, "At the end VMs of %s are on %s, and %s.",
			       cpc_class_label(&plan->fleet->classes[order->away[i].origin], origin),
			       cpc_class_label(&plan->fleet->classes[order->away[i].to], label),
			       order->away[i].returns ? "can go back" : "can go back until they are power-cycled");
		cpc_text_newline(text);
	}
}

/** Of what was not read, both words of an MSR are one place. */
static void put_reasons(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_order_block *block)
{
	const char *vendor = plan->fleet->classes[block->class].fingerprint.vendor;
	struct cpc_cut_list list = { .text = text, .indent = 6 };

	char before[CPC_LINE_SIZE] = "";

	cpc_text_to(text, 4);
	for (size_t i = 0; i < block->reasons.count; i++) {
		const struct cpc_finding *finding = &block->reasons.items[i];
		const struct cpc_subject subject = cpc_subject_of(finding, vendor);
		char item[CPC_LINE_SIZE];

		if (finding->about == CPC_ABOUT_VENDOR)
			snprintf(item, sizeof(item), "another vendor");
		else if (finding->about == CPC_ABOUT_REQUIREMENT)
			snprintf(item, sizeof(item), "%s is %s", cpc_requirement_name(finding->requirement, vendor),
				 cpc_status_words((enum cpc_requirement_status)finding->b));
		else
			cpc_subject_line(&subject, item);
		if (strcmp(item, before) != 0)
			cpc_cut_list_add(&list, item);
		snprintf(before, sizeof(before), "%s", item);
	}
	cpc_cut_list_end(&list);
}

static void put_block(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_order_block *block)
{
	const bool open = block->verdict == CPC_VERDICT_UNKNOWN;
	char label[CPC_CLASS_LABEL_SIZE];
	char nearest[CPC_CLASS_LABEL_SIZE];

	cpc_text_to(text, 2);
	text->tint = open ? CPC_TINT_CARE : CPC_TINT_BAD;
	cpc_text_wrapf(text, 4, "VMs of %s %s:", cpc_class_label(&plan->fleet->classes[block->class], label),
		       open ? "may have nowhere to go" : "have nowhere to go as they are");
	text->tint = CPC_TINT_PLAIN;
	if (block->nearest == CPC_NO_CLASS) {
		cpc_text_wrap(text, 4, "there is no other host.");
		cpc_text_newline(text);
		return;
	}
	if (block->nearest == block->class)
		snprintf(nearest, sizeof(nearest), "another like it");
	else
		cpc_class_label(&plan->fleet->classes[block->nearest], nearest);
	cpc_text_wrapf(text, 4,
		       open ? "%s might take them, and that depends on what was not read%s"
			    : "%s comes nearest, and what stands in the way is%s",
		       nearest, block->reasons.count ? ":" : " (--verbose of `cpucompat compare` tells).");
	cpc_text_newline(text);
	if (block->reasons.count)
		put_reasons(text, plan, block);
}

/** Whether something of this kind stands in the way of any VM. */
static bool has_reason(const struct cpc_order_block *block, enum cpc_finding_code code)
{
	for (size_t i = 0; i < block->reasons.count; i++)
		if (block->reasons.items[i].code == code)
			return true;
	return false;
}

static bool can_be_switched_on(const struct cpc_fleet_order *order)
{
	for (size_t i = 0; i < order->block_count; i++)
		if (has_reason(&order->blocks[i], CPC_FINDING_CANNOT_HOST))
			return true;
	return false;
}

/** A baseline is of hosts that can take its VMs, and of one vendor. */
static bool has_baseline(const struct cpc_fleet_order *order)
{
	for (size_t i = 0; i < order->block_count; i++) {
		const struct cpc_order_block *block = &order->blocks[i];

		if (block->nearest != CPC_NO_CLASS && !has_reason(block, CPC_FINDING_CANNOT_HOST) &&
		    !has_reason(block, CPC_FINDING_VENDOR) && !has_reason(block, CPC_FINDING_LACKS_REQUIRED))
			return true;
	}
	return false;
}

static bool mode_helps(const struct cpc_fleet_order *order)
{
	for (size_t i = 0; i < order->block_count; i++)
		if (order->blocks[i].verdict == CPC_COMPATIBILITY_MODE)
			return true;
	return false;
}

static void put_choice(struct cpc_text *text, const char *choice)
{
	cpc_text_puts(text, ",");
	cpc_text_wrapf(text, 4, "or %s", choice);
}

static void put_remedy(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order)
{
	char restart[CPC_LINE_SIZE];

	cpc_text_to(text, 2);
	if (order->verdict == CPC_VERDICT_UNKNOWN) {
		cpc_text_wrap(text, 4,
			      "What to do: run `cpucompat probe --format json` on these hosts as root, which reads "
			      "what is missing, and ask again with what it prints.");
		cpc_text_newline(text);
		return;
	}
	cpc_text_wrap(text, 4, "What to do: add a host like those (--add asks what it changes)");
	if (can_be_switched_on(order))
		put_choice(text, "switch on there what is off");
	if (mode_helps(order)) {
		snprintf(restart, sizeof(restart), "restart their VMs with %s", cpc_mode_words(plan->answers->policy));
		put_choice(text, restart);
	}
	if (has_baseline(order))
		put_choice(text, "start their VMs with the baseline of all hosts (`cpucompat baseline`)");
	cpc_text_puts(text, ".");
	cpc_text_newline(text);
}

void cpc_put_fleet_order(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order)
{
	cpc_text_newline(text);
	if (order->verdict != CPC_SAME) {
		cpc_text_heading(text, order->verdict == CPC_VERDICT_UNKNOWN
					       ? "Order: not known to exist, because of what was not read"
					       : "Order: there is none in which every VM always has somewhere to go");
		for (size_t i = 0; i < order->block_count; i++)
			if (i < CPC_CUT_LIST_MAX || text->style->verbose)
				put_block(text, plan, &order->blocks[i]);
		if (order->block_count > CPC_CUT_LIST_MAX && !text->style->verbose) {
			cpc_text_to(text, 2);
			cpc_text_wrapf(text, 4, "and VMs of %zu more classes", order->block_count - CPC_CUT_LIST_MAX);
			cpc_text_newline(text);
		}
		put_remedy(text, plan, order);
		return;
	}
	if (!plan->fleet->hosts) {
		cpc_text_heading(text, "Order: there is no host");
		return;
	}
	cpc_text_heading(text, "Order: every VM always has somewhere to go as it is");
	for (size_t i = 0; i < order->leg_count; i++)
		put_leg(text, plan, order, i);
	if (order->leg_count)
		put_end(text, plan, order);
	else
		cpc_text_puts(text, "  nothing is to be done\n");
}
