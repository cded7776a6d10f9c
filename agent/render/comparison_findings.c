/* SPDX-License-Identifier: MIT */
/* The findings of one direction as tables: what, where, both values, what it means. */
#include "comparison_sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "escape.h"

/** Longer lists of what was not read are given by name alone, unless the reader asked for all. */
#define UNREAD_ROWS 12

static bool belongs(const struct cpc_finding_group *group, const struct cpc_finding *finding)
{
	return finding->code == group->items->code && finding->weight == group->items->weight;
}

struct cpc_finding_group cpc_finding_group_from(const struct cpc_findings *findings, size_t first)
{
	struct cpc_finding_group group = { .items = &findings->items[first], .count = 1 };

	while (first + group.count < findings->count && belongs(&group, &findings->items[first + group.count]))
		group.count++;
	return group;
}

static void put_vendors(struct cpc_text *text, const struct cpc_move *move)
{
	char from[CPC_VENDOR_TEXT_SIZE];
	char to[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(move->from->fingerprint.vendor, from);
	cpc_vendor_text(move->to->fingerprint.vendor, to);
	cpc_text_wrapf(text, 0, "%s is %s and %s is %s: no platform moves a running VM between vendors.",
		       cpc_begin_with(move->source), from, move->destination, to);
}

/** The sentence over a group of what refuses nothing by itself. */
static void put_lighter_sentence(struct cpc_text *text, const struct cpc_move *move,
				 const struct cpc_finding_group *group)
{
	const char *destination = cpc_begin_with(move->destination);
	const char *s = group->count == 1 ? "" : "s";

	switch (group->items->code) {
	case CPC_FINDING_UNREAD:
		cpc_text_wrap(text, 0,
			      group->items->weight != CPC_NOTE && move->direction->verdict == CPC_VERDICT_UNKNOWN
				      ? "Not read, and could change the answer"
				      : "Not read, and does not change the answer");
		break;
	case CPC_FINDING_FOREIGN:
		cpc_text_wrap(text, 0, "Values that only a newer agent understands differ");
		break;
	case CPC_FINDING_BAD_NEWS:
		cpc_text_wrapf(
			text, 0,
			"%zu bit%s of bad news differ%s: a guest that may run on both hosts should see the union",
			group->count, s, group->count == 1 ? "s" : "");
		break;
	case CPC_FINDING_SUPPLIED:
		cpc_text_wrapf(text, 0, "%s lacks %zu feature%s that the platform supplies itself", destination,
			       group->count, s);
		break;
	case CPC_FINDING_HINT:
		cpc_text_wrapf(
			text, 0,
			"%s lacks %zu feature%s that matter%s to speed alone or that guests do not get by default",
			destination, group->count, s, group->count == 1 ? "s" : "");
		break;
	default:
		break;
	}
}

void cpc_put_sentence(struct cpc_text *text, const struct cpc_move *move, const struct cpc_finding_group *group)
{
	const char *source = cpc_begin_with(move->source);
	const char *destination = cpc_begin_with(move->destination);
	const char *s = group->count == 1 ? "" : "s";
	const bool refuses = group->items->weight == CPC_REFUSAL;

	switch (group->items->code) {
	case CPC_FINDING_CANNOT_HOST:
		cpc_text_wrapf(text, 0, refuses ? "%s cannot host the VM" : "%s may be unable to host the VM",
			       destination);
		break;
	case CPC_FINDING_LACKS_REQUIRED:
		cpc_text_wrapf(text, 0, "%s lacks %zu feature%s that %s demands of every host", destination,
			       group->count, s, move->policy->name);
		break;
	case CPC_FINDING_VENDOR:
		put_vendors(text, move);
		break;
	case CPC_FINDING_MISSING:
		cpc_text_wrapf(text, 0, "%s lacks %zu feature%s that a VM from %s may be using%s", destination,
			       group->count, s, move->source, refuses ? "" : ", which does not stop the move");
		break;
	case CPC_FINDING_EXTRA:
		cpc_text_wrapf(text, 0, "%s has %zu feature%s that %s lacks and no VM can be kept from using",
			       destination, group->count, s, move->source);
		break;
	case CPC_FINDING_UNEQUAL:
		cpc_text_wrapf(text, 0, "%zu value%s must be equal and differ%s%s", group->count, s,
			       group->count == 1 ? "s" : "", refuses ? "" : ", which does not stop the move");
		break;
	case CPC_FINDING_BLOCKED:
		cpc_text_wrapf(text, 0, "A VM from %s %s while it has %zu feature%s", move->source,
			       refuses ? "cannot move" : "may be refused", group->count, s);
		break;
	case CPC_FINDING_ABOVE:
		cpc_text_wrapf(text, 0, "%s has %zu value%s above what %s can give%s", source, group->count, s,
			       move->destination, refuses ? "" : ", which does not stop the move");
		break;
	case CPC_FINDING_LAYOUT:
		cpc_text_wrapf(text, 0, "%zu part%s of the XSAVE area lie%s elsewhere on %s%s", group->count, s,
			       group->count == 1 ? "s" : "", move->destination,
			       refuses ? "" : ", which does not stop the move");
		break;
	default:
		put_lighter_sentence(text, move, group);
		break;
	}
}

static void print_side(const struct cpc_finding *finding, bool unknown, uint64_t value, uint64_t size,
		       char ret_line[static CPC_LINE_SIZE])
{
	if (unknown)
		snprintf(ret_line, CPC_LINE_SIZE, "unknown");
	else if (finding->about == CPC_ABOUT_BIT)
		snprintf(ret_line, CPC_LINE_SIZE, "%s", cpc_tristate_name(value ? CPC_SET : CPC_CLEAR));
	else if (finding->about == CPC_ABOUT_WORD)
		snprintf(ret_line, CPC_LINE_SIZE, "known");
	else if (finding->about == CPC_ABOUT_COMPONENT)
		snprintf(ret_line, CPC_LINE_SIZE, "0x%" PRIx64 "+0x%" PRIx64, value, size);
	else
		snprintf(ret_line, CPC_LINE_SIZE, "%" PRIu64, value);
}

static void print_unread(const struct cpc_finding *finding, const struct cpc_move *move,
			 char ret_line[static CPC_VALUES_SIZE])
{
	if (finding->a_unknown && finding->b_unknown)
		snprintf(ret_line, CPC_VALUES_SIZE, "on both");
	else
		snprintf(ret_line, CPC_VALUES_SIZE, "on %s", finding->a_unknown ? move->source : move->destination);
}

/** Both values, source first; "" where the sentence says it all. */
static void print_values(const struct cpc_finding *finding, const struct cpc_move *move,
			 char ret_line[static CPC_VALUES_SIZE])
{
	char a[CPC_LINE_SIZE];
	char b[CPC_LINE_SIZE];

	*ret_line = '\0';
	if (finding->about == CPC_ABOUT_REQUIREMENT) {
		snprintf(ret_line, CPC_LINE_SIZE, "%s",
			 cpc_status_words(move->to->requirements[finding->requirement].status));
		return;
	}
	if (finding->about == CPC_ABOUT_FOREIGN || finding->about == CPC_ABOUT_VENDOR)
		return;
	/* A missing bit is set here and clear there by what missing means. */
	if (finding->about == CPC_ABOUT_BIT && !finding->a_unknown && !finding->b_unknown &&
	    finding->code != CPC_FINDING_UNEQUAL && finding->code != CPC_FINDING_BAD_NEWS)
		return;
	if (finding->code == CPC_FINDING_UNREAD) {
		print_unread(finding, move, ret_line);
		return;
	}
	print_side(finding, finding->a_unknown, finding->a, finding->a_size, a);
	print_side(finding, finding->b_unknown, finding->b, finding->b_size, b);
	snprintf(ret_line, CPC_VALUES_SIZE, "%s against %s", a, b);
}

/** Columns of a table of findings. */
struct columns {
	int where;
	int values;
	int meaning;
};

static int wider(int width, const char *string)
{
	int columns = cpc_text_columns(string);

	return columns > width ? columns : width;
}

static const char *row_name(const struct cpc_finding *finding, const struct cpc_subject *subject)
{
	return finding->about == CPC_ABOUT_REQUIREMENT ? subject->meaning : subject->name;
}

/** Unnamed bits and whole words are called by their place; it is not said twice. */
static const char *row_where(const struct cpc_subject *subject)
{
	return strcmp(subject->name, subject->where) ? subject->where : "";
}

static struct columns measure(const struct cpc_finding_group *group, const struct cpc_move *move)
{
	int name = 10;
	int where = 0;
	int values = 0;
	struct columns columns;

	for (size_t i = 0; i < group->count; i++) {
		struct cpc_subject subject = cpc_subject_of(&group->items[i], move->to->fingerprint.vendor);
		char line[CPC_VALUES_SIZE];

		print_values(&group->items[i], move, line);
		name = wider(name, row_name(&group->items[i], &subject));
		where = wider(where, row_where(&subject));
		values = wider(values, line);
	}
	columns.where = 2 + name + 2;
	columns.values = columns.where + (where ? where + 2 : 0);
	columns.meaning = columns.values + (values ? values + 2 : 0);
	return columns;
}

/** Of a bit that nobody has documented, or whose place in the policy nobody has. */
static bool is_inferred(const struct cpc_finding *finding, const struct cpc_policy *policy)
{
	return finding->about == CPC_ABOUT_BIT && cpc_policy_sure_of(policy, finding->feature) >= CPC_SURE_INFERRED;
}

/** Where the whole policy is, it is said once, and not of every row. */
static bool is_marked(const struct cpc_finding *finding, const struct cpc_policy *policy)
{
	return is_inferred(finding, policy) &&
	       (policy->sure < CPC_SURE_INFERRED || (finding->feature && finding->feature->sure >= CPC_SURE_INFERRED));
}

static void put_row(struct cpc_text *text, const struct cpc_finding *finding, const struct cpc_move *move,
		    const struct columns *columns)
{
	struct cpc_subject subject = cpc_subject_of(finding, move->to->fingerprint.vendor);
	/* Where little room is left, the meaning goes on under the name. */
	int indent = text->style->width - columns->meaning < 20 ? 6 : columns->meaning;
	char values[CPC_VALUES_SIZE];

	cpc_text_to(text, 2);
	text->tint = finding->weight == CPC_REFUSAL ? CPC_TINT_BAD : CPC_TINT_CARE;
	cpc_text_puts(text, row_name(finding, &subject));
	text->tint = CPC_TINT_PLAIN;
	if (*row_where(&subject)) {
		cpc_text_to(text, columns->where);
		cpc_text_puts(text, row_where(&subject));
	}
	print_values(finding, move, values);
	if (*values) {
		cpc_text_to(text, columns->values);
		cpc_text_puts(text, values);
	}
	if (finding->about != CPC_ABOUT_REQUIREMENT && *subject.meaning) {
		cpc_text_to(text, columns->meaning);
		cpc_text_wrap(text, indent, subject.meaning);
		if (is_marked(finding, move->policy))
			cpc_text_wrapf(text, indent, "(%s)",
				       cpc_sureness_name(cpc_policy_sure_of(move->policy, finding->feature)));
	}
	cpc_text_newline(text);
}

/** The two halves of an MSR are two words and were not read for one reason: the upper is not told of beside the lower.
 */
bool cpc_finding_repeats(const struct cpc_findings *findings, const struct cpc_finding *finding)
{
	if (finding->about != CPC_ABOUT_WORD || finding->word >= CPC_WORD_COUNT ||
	    cpc_registers[finding->word].place != CPC_PLACE_MSR_HI)
		return false;
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->items[i].about == CPC_ABOUT_WORD && findings->items[i].word + 1 == finding->word)
			return true;
	}
	return false;
}

static void put_short(struct cpc_text *text, const struct cpc_move *move, const struct cpc_finding_group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (!cpc_finding_repeats(&move->direction->findings, &group->items[i]))
			cpc_text_word(text, 2, cpc_subject_of(&group->items[i], "").name);
	if (group->items->weight != CPC_NOTE)
		cpc_text_wrap(text, 2, "(--verbose tells where each is, and on which host)");
	cpc_text_newline(text);
}

/** What decides nothing is named and no more; so is a long list of what was not read, as of a partial view. */
static bool is_short(const struct cpc_text *text, const struct cpc_finding_group *group)
{
	if (text->style->verbose)
		return false;
	return group->items->weight == CPC_NOTE ||
	       (group->items->code == CPC_FINDING_UNREAD && group->count > UNREAD_ROWS);
}

static void put_group(struct cpc_text *text, const struct cpc_move *move, const struct cpc_finding_group *group)
{
	const struct columns columns = measure(group, move);

	cpc_put_sentence(text, move, group);
	if (group->items->about == CPC_ABOUT_VENDOR) {
		cpc_text_newline(text);
		return;
	}
	if (text->column < text->style->width)
		cpc_text_puts(text, ":");
	cpc_text_newline(text);
	if (is_short(text, group)) {
		put_short(text, move, group);
		return;
	}
	for (size_t i = 0; i < group->count; i++)
		if (!cpc_finding_repeats(&move->direction->findings, &group->items[i]))
			put_row(text, &group->items[i], move, &columns);
}

void cpc_tell(const struct cpc_finding *finding, const struct cpc_move *move, struct cpc_told *ret_told)
{
	const struct cpc_subject subject = cpc_subject_of(finding, move->to->fingerprint.vendor);

	*ret_told = (struct cpc_told){ .meaning = "", .sure = "" };
	snprintf(ret_told->name, sizeof(ret_told->name), "%s", row_name(finding, &subject));
	snprintf(ret_told->where, sizeof(ret_told->where), "%s", row_where(&subject));
	print_values(finding, move, ret_told->values);
	if (finding->about == CPC_ABOUT_REQUIREMENT)
		return;
	ret_told->meaning = subject.meaning;
	if (is_marked(finding, move->policy))
		ret_told->sure = cpc_sureness_name(cpc_policy_sure_of(move->policy, finding->feature));
}

static bool rests_on_inference(const struct cpc_findings *findings, const struct cpc_policy *policy)
{
	size_t refusals = 0;

	while (refusals < findings->count && findings->items[refusals].weight == CPC_REFUSAL) {
		if (!is_inferred(&findings->items[refusals], policy))
			return false;
		refusals++;
	}
	return refusals > 0;
}

void cpc_put_caveat(struct cpc_text *text, const struct cpc_move *move)
{
	if (!rests_on_inference(&move->direction->findings, move->policy))
		return;
	cpc_text_wrap(text, 0, "This answer rests on what was inferred alone; no manual tells it.");
	cpc_text_newline(text);
}

void cpc_put_findings(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_findings *findings = &move->direction->findings;

	cpc_put_caveat(text, move);
	for (size_t i = 0; i < findings->count;) {
		struct cpc_finding_group group = cpc_finding_group_from(findings, i);

		i += group.count;
		if (group.count > 1 || !cpc_finding_repeats(findings, group.items))
			put_group(text, move, &group);
	}
}
