/* SPDX-License-Identifier: MIT */
/* The sentences are those of a comparison's text, laid out on a line that never ends. */
#include "page_reasons.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "comparison_sections.h"

/** Of a class there is no report: what sentences want of one is made of the class. */
struct stand_in {
	struct cpc_capture capture;
	struct cpc_report report;
};

/** One policy's comparisons on their way into the tables. */
struct asking {
	struct cpc_reasons *reasons;
	const struct cpc_fleet *fleet;
	const struct cpc_policy *policy;
	size_t only;
	uint32_t *why;
	struct stand_in *stand_ins; /**< of the source and the destination */
	struct cpc_buffer line;	    /**< a sentence or a row */
	struct cpc_buffer group;
	struct cpc_buffer reason;
	/** The rows of bits that say no more than their names, by word and bit, + 1: most rows are such. */
	uint32_t bit_rows[CPC_WORDS_MAX][32];
};

static const struct cpc_style endless = { .verbose = true, .width = INT_MAX };

static void add_number(struct cpc_buffer *numbers, uint32_t number)
{
	cpc_buffer_add(numbers, &number, sizeof(number));
}

/** The number of what the buffer holds, which is then empty. */
static uint32_t intern(struct asking *asking, struct cpc_interned *table, struct cpc_buffer *buffer)
{
	uint32_t number = 0;

	if (buffer->failed || !cpc_interned_add(table, buffer->bytes ? buffer->bytes : "", buffer->length, &number))
		asking->reasons->failed = true;
	buffer->length = 0;
	return number;
}

static uint32_t intern_sentence(struct asking *asking)
{
	cpc_buffer_add(&asking->line, "", 1);
	return intern(asking, &asking->reasons->sentences, &asking->line);
}

static void stand_in_for(const struct cpc_class *class, struct stand_in *ret_stand_in)
{
	*ret_stand_in = (struct stand_in){ .capture = { .origin = CPC_ORIGIN_FINGERPRINT } };
	ret_stand_in->report.capture = &ret_stand_in->capture;
	ret_stand_in->report.fingerprint = class->fingerprint;
	memcpy(ret_stand_in->report.signature.vendor, class->fingerprint.vendor, CPC_VENDOR_SIZE);
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		ret_stand_in->report.requirements[i].status = class->requirements[i];
}

static uint32_t tell_row(struct asking *asking, const struct cpc_move *move, const struct cpc_finding *finding)
{
	struct cpc_told told;

	cpc_tell(finding, move, &told);
	cpc_buffer_add(&asking->line, told.name, strlen(told.name) + 1);
	cpc_buffer_add(&asking->line, told.where, strlen(told.where) + 1);
	cpc_buffer_add(&asking->line, told.values, strlen(told.values) + 1);
	if (*told.sure)
		cpc_buffer_printf(&asking->line, "%s (%s)", told.meaning, told.sure);
	else
		cpc_buffer_puts(&asking->line, told.meaning);
	cpc_buffer_add(&asking->line, "", 1);
	return intern(asking, &asking->reasons->rows, &asking->line);
}

/** A row, told once of each bit that has the same one everywhere. */
static uint32_t row_of(struct asking *asking, const struct cpc_move *move, const struct cpc_finding *finding)
{
	uint32_t *known = &asking->bit_rows[finding->word][finding->bit & 31];

	if (finding->about != CPC_ABOUT_BIT || finding->a_unknown || finding->b_unknown ||
	    finding->code == CPC_FINDING_UNEQUAL || finding->code == CPC_FINDING_BAD_NEWS)
		return tell_row(asking, move, finding);
	if (!*known)
		*known = tell_row(asking, move, finding) + 1;
	return *known - 1;
}

static uint32_t tell_group(struct asking *asking, const struct cpc_move *move, const struct cpc_finding_group *group)
{
	struct cpc_text text = cpc_text_start(&asking->line, &endless);

	cpc_put_sentence(&text, move, group);
	add_number(&asking->group, (uint32_t)group->items->weight);
	add_number(&asking->group, intern_sentence(asking));
	for (size_t i = 0; i < group->count && group->items->about != CPC_ABOUT_VENDOR; i++)
		if (!cpc_finding_repeats(&move->direction->findings, &group->items[i]))
			add_number(&asking->group, row_of(asking, move, &group->items[i]));
	return intern(asking, &asking->reasons->groups, &asking->group);
}

/** Their number goes where `count_at` is in the reason. */
static void tell_groups(struct asking *asking, const struct cpc_move *move, size_t count_at)
{
	const struct cpc_findings *findings = &move->direction->findings;
	uint32_t count = 0;

	for (size_t i = 0; i < findings->count;) {
		const struct cpc_finding_group group = cpc_finding_group_from(findings, i);

		i += group.count;
		if (group.count == 1 && cpc_finding_repeats(findings, group.items))
			continue;
		add_number(&asking->reason, tell_group(asking, move, &group));
		count++;
	}
	if (!asking->reason.failed)
		memcpy(asking->reason.bytes + count_at, &count, sizeof(count));
}

/** Every line is a sentence of the reason's end. */
static void tell_lines(struct asking *asking, struct cpc_buffer *lines)
{
	const char *at = lines->bytes;
	const char *end;

	for (; at && lines->length && (end = strchr(at, '\n')) != NULL; at = end + 1) {
		cpc_buffer_add(&asking->line, at, (size_t)(end - at));
		add_number(&asking->reason, intern_sentence(asking));
	}
	asking->reason.failed |= lines->failed;
	cpc_buffer_free(lines);
}

static uint32_t tell(struct asking *asking, const struct cpc_move *move)
{
	struct cpc_buffer lines = { 0 };
	struct cpc_text text = cpc_text_start(&asking->line, &endless);
	size_t count_at;

	cpc_put_verdict(&text, 0, move);
	add_number(&asking->reason, (uint32_t)move->direction->verdict);
	add_number(&asking->reason, intern_sentence(asking));
	count_at = asking->reason.length;
	add_number(&asking->reason, 0);
	tell_groups(asking, move, count_at);
	text = cpc_text_start(&lines, &endless);
	cpc_put_caveat(&text, move);
	cpc_put_remedies(&text, move);
	tell_lines(asking, &lines);
	return intern(asking, &asking->reasons->reasons, &asking->reason);
}

static uint32_t tell_direction(struct asking *asking, const struct cpc_direction *direction, bool back)
{
	return tell(asking, &(struct cpc_move){
				    .policy = asking->policy,
				    .source = CPC_SOURCE_MARK,
				    .destination = CPC_DESTINATION_MARK,
				    .from = &asking->stand_ins[back].report,
				    .to = &asking->stand_ins[!back].report,
				    .direction = direction,
			    });
}

/** Both directions; of a class and itself, of two of its hosts. */
static enum cpc_status ask_pair(struct asking *asking, size_t i, size_t j, struct cpc_error *reterr)
{
	const struct cpc_class *classes = asking->fleet->classes;
	const struct cpc_side a = cpc_class_side(&classes[i]);
	struct cpc_side b = cpc_class_side(&classes[j]);
	struct cpc_fingerprint other = classes[j].fingerprint;
	struct cpc_fingerprint other_kvm;
	struct cpc_comparison comparison;
	enum cpc_status status;

	/* What was not read counts as equal between a host and itself alone, which is known by its address. */
	if (i == j && classes[i].count > 1)
		b.fingerprint = &other;
	if (i == j && classes[i].count > 1 && classes[i].kvm) {
		other_kvm = *classes[i].kvm;
		b.kvm = &other_kvm;
	}
	status = cpc_compare(&a, &b, asking->policy, &comparison, reterr);
	if (!status) {
		asking->why[i * asking->fleet->count + j] = tell_direction(asking, &comparison.a_to_b, false);
		if (i != j)
			asking->why[j * asking->fleet->count + i] = tell_direction(asking, &comparison.b_to_a, true);
	}
	cpc_comparison_free(&comparison);
	return status;
}

static enum cpc_status ask_pairs(struct asking *asking, struct cpc_error *reterr)
{
	const struct cpc_fleet *fleet = asking->fleet;
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < fleet->count * fleet->count; i++)
		asking->why[i] = CPC_NO_REASON;
	for (size_t i = 0; i < fleet->count && !status; i++) {
		stand_in_for(&fleet->classes[i], &asking->stand_ins[0]);
		for (size_t j = i; j < fleet->count && !status; j++) {
			if (asking->only != SIZE_MAX && i != asking->only && j != asking->only && i != j)
				continue;
			stand_in_for(&fleet->classes[j], &asking->stand_ins[1]);
			status = ask_pair(asking, i, j, reterr);
		}
	}
	return status;
}

enum cpc_status cpc_reasons_ask(struct cpc_reasons *reasons, const struct cpc_fleet *fleet,
				const struct cpc_policy *policy, size_t only, uint32_t *ret_why,
				struct cpc_error *reterr)
{
	struct asking *asking = calloc(1, sizeof(*asking));
	struct stand_in *stand_ins = calloc(2, sizeof(*stand_ins));
	enum cpc_status status = CPC_INTERNAL;

	if (asking && stand_ins) {
		*asking = (struct asking){ .reasons = reasons,
					   .fleet = fleet,
					   .policy = policy,
					   .only = only,
					   .why = ret_why,
					   .stand_ins = stand_ins };
		status = ask_pairs(asking, reterr);
		cpc_buffer_free(&asking->line);
		cpc_buffer_free(&asking->group);
		cpc_buffer_free(&asking->reason);
	}
	free(stand_ins);
	free(asking);
	if (status || reasons->failed)
		return cpc_out_of_memory(reterr);
	return CPC_OK;
}

const char *cpc_reason_text(const struct cpc_interned *table, uint32_t number)
{
	size_t length;

	return cpc_interned_text(table, number, &length);
}

const uint32_t *cpc_reason_numbers(const struct cpc_interned *table, uint32_t number, size_t *ret_count)
{
	const void *numbers = cpc_interned_text(table, number, ret_count);

	*ret_count /= sizeof(uint32_t);
	return numbers;
}

void cpc_reasons_free(struct cpc_reasons *reasons)
{
	cpc_interned_free(&reasons->sentences);
	cpc_interned_free(&reasons->rows);
	cpc_interned_free(&reasons->groups);
	cpc_interned_free(&reasons->reasons);
}
