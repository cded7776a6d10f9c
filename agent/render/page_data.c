/* SPDX-License-Identifier: MIT */
/*
 * What page.js works with: a block of JSON that is no script and runs under no policy. Numbers refer to
 * places in the lists, so that a sentence or a feature is on the page once.
 */
#include "page_fleet.h"

#include <string.h>

#include "describe.h"
#include "json.h"

/** Names of hosts for the filter, at most, over all classes. */
#define NAMES_MAX 10000

static void put_sentences(struct cpc_json *json, const struct cpc_reasons *reasons)
{
	json_t *list = cpc_json_array(json, json->root, "sentences");

	for (uint32_t i = 0; i < reasons->sentences.count; i++)
		cpc_json_append(json, list, cpc_json_text(cpc_reason_text(&reasons->sentences, i)));
}

/** Name, place, values and meaning, each on a line of its string. */
static void put_rows(struct cpc_json *json, const struct cpc_reasons *reasons)
{
	json_t *list = cpc_json_array(json, json->root, "rows");
	struct cpc_buffer lines = { 0 };

	for (uint32_t i = 0; i < reasons->rows.count; i++) {
		const char *field = cpc_reason_text(&reasons->rows, i);

		lines.length = 0;
		for (unsigned int n = 0; n < 4; n++, field += strlen(field) + 1) {
			cpc_buffer_puts(&lines, n ? "\n" : "");
			cpc_buffer_puts(&lines, field);
		}
		cpc_json_append(json, list, lines.failed ? NULL : cpc_json_text(lines.bytes));
	}
	cpc_buffer_free(&lines);
}

/** Numbers with blanks between them, as a string: thousands of values of their own would take long to make. */
static json_t *numbers_text(struct cpc_buffer *numbers)
{
	json_t *text =
		numbers->failed ? NULL : json_stringn_nocheck(numbers->bytes ? numbers->bytes : "", numbers->length);

	numbers->length = 0;
	return text;
}

static void add_number(struct cpc_buffer *numbers, uint32_t number)
{
	char digits[12];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	if (numbers->length)
		digits[--at] = ' ';
	cpc_buffer_add(numbers, digits + at, sizeof(digits) - at);
}

/** "weight sentence row...", "verdict clause groups group... sentence..." */
static void put_numbers(struct cpc_json *json, const char *key, const struct cpc_interned *table)
{
	json_t *list = cpc_json_array(json, json->root, key);
	struct cpc_buffer row = { 0 };

	for (uint32_t i = 0; i < table->count; i++) {
		size_t count;
		const uint32_t *numbers = cpc_reason_numbers(table, i, &count);

		for (size_t n = 0; n < count; n++)
			add_number(&row, numbers[n]);
		cpc_json_append(json, list, numbers_text(&row));
	}
	cpc_buffer_free(&row);
}

/** A letter for each cell. */
static json_t *letters_of(const struct cpc_page_fleet *page, const struct cpc_page_policy *policy)
{
	const size_t cells = page->view->fleet->count * page->view->fleet->count;
	struct cpc_buffer letters = { 0 };
	json_t *text;

	for (size_t i = 0; i < cells; i++)
		cpc_buffer_puts(&letters, cpc_verdict_letter(policy->answers.verdicts[i]));
	text = letters.failed ? NULL : json_string(letters.bytes);
	cpc_buffer_free(&letters);
	return text;
}

/** The number of each cell's reason, + 1; 0 where there is none. */
static json_t *why_of(const struct cpc_page_fleet *page, const struct cpc_page_policy *policy)
{
	const size_t cells = page->view->fleet->count * page->view->fleet->count;
	struct cpc_buffer numbers = { 0 };
	json_t *text;

	for (size_t i = 0; i < cells; i++)
		add_number(&numbers, policy->why[i] == CPC_NO_REASON ? 0 : policy->why[i] + 1);
	text = numbers_text(&numbers);
	cpc_buffer_free(&numbers);
	return text;
}

static json_t *pools_of(const struct cpc_page_fleet *page, const struct cpc_page_policy *policy)
{
	struct cpc_buffer numbers = { 0 };
	json_t *text;

	for (size_t i = 0; i < page->view->fleet->count; i++)
		add_number(&numbers, (uint32_t)policy->answers.pool_of[i]);
	text = numbers_text(&numbers);
	cpc_buffer_free(&numbers);
	return text;
}

/** By its letter, the class and the words of each verdict; after those of the mode comes the policy's name for it. */
static void put_verdicts(struct cpc_json *json)
{
	json_t *object = cpc_json_object(json, json->root, "verdicts");

	for (enum cpc_verdict verdict = CPC_SAME; verdict < CPC_VERDICT_COUNT; verdict++) {
		json_t *both = cpc_json_array(json, object, cpc_verdict_letter(verdict));

		cpc_json_append(json, both, json_string(cpc_page_verdict_class(verdict)));
		cpc_json_append(json, both, json_string(cpc_verdict_words(verdict)));
	}
}

static void put_policies(struct cpc_json *json, const struct cpc_page_fleet *page)
{
	json_t *list = cpc_json_array(json, json->root, "policies");

	for (size_t i = 0; i < page->policy_count; i++) {
		const struct cpc_page_policy *policy = &page->policies[i];
		json_t *object = json_object();

		cpc_json_put(json, object, "name", json_string(policy->policy->name));
		cpc_json_put(json, object, "title", json_string(policy->policy->title));
		cpc_json_put(json, object, "mode",
			     policy->policy->mode_name ? json_string(policy->policy->mode_name) : json_null());
		cpc_json_put(json, object, "letters", letters_of(page, policy));
		cpc_json_put(json, object, "why", policy->why ? why_of(page, policy) : json_null());
		cpc_json_put(json, object, "pools", pools_of(page, policy));
		cpc_json_append(json, list, object);
	}
}

/** The features of a class, for the filter. */
struct features {
	struct cpc_interned *names; /**< with their NULs */
	struct cpc_buffer numbers;
};

static void add_feature(void *context, const char *name)
{
	struct features *features = context;

	uint32_t number;

	if (cpc_interned_add(features->names, name, strlen(name) + 1, &number))
		add_number(&features->numbers, number);
	else
		features->numbers.failed = true;
}

/** Of all views. */
static json_t *features_of(const struct cpc_class *class, struct cpc_interned *names)
{
	struct features features = { .names = names };
	uint32_t words[CPC_WORDS_MAX];
	json_t *text;

	for (unsigned int i = 0; i < CPC_WORDS_MAX; i++)
		words[i] = class->fingerprint.words[i] | (class->kvm ? class->kvm->words[i] : 0);
	cpc_each_bit_name(words, add_feature, &features);
	text = numbers_text(&features.numbers);
	cpc_buffer_free(&features.numbers);
	return text;
}

static void put_classes(struct cpc_json *json, const struct cpc_page_fleet *page)
{
	json_t *list = cpc_json_array(json, json->root, "classes");
	struct cpc_interned names = { .count = 0 };
	size_t budget = NAMES_MAX;

	for (size_t i = 0; i < page->view->fleet->count; i++) {
		const struct cpc_class *class = &page->view->fleet->classes[i];
		json_t *object = json_object();
		char cpu[CPC_LINE_SIZE];
		json_t *hosts;

		cpc_describe_cpu(&class->fingerprint, cpu);
		cpc_json_put(json, object, "cpu", cpc_json_text(cpu));
		cpc_json_put(json, object, "count", json_integer((json_int_t) class->count));
		cpc_json_put(json, object, "features", features_of(class, &names));
		hosts = cpc_json_array(json, object, "hosts");
		for (size_t n = 0; n < class->name_count && budget; n++, budget--)
			cpc_json_append(json, hosts, cpc_json_text(class->names[n]));
		cpc_json_append(json, list, object);
	}
	list = cpc_json_array(json, json->root, "features");
	for (uint32_t i = 0; i < names.count; i++)
		cpc_json_append(json, list, cpc_json_text(cpc_reason_text(&names, i)));
	cpc_interned_free(&names);
}

/** What would end the block, or begin a comment in it, occurs in strings alone, where it can be written otherwise. */
static int add_safely(const char *bytes, size_t length, void *buffer)
{
	for (size_t i = 0; i < length; i++) {
		const char *angle = memchr(bytes + i, '<', length - i);
		const size_t plain = angle ? (size_t)(angle - bytes) - i : length - i;

		cpc_buffer_add(buffer, bytes + i, plain);
		i += plain;
		if (angle)
			cpc_buffer_puts(buffer, "\\u003c");
	}
	return 0;
}

void cpc_page_put_data(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	struct cpc_json json = { .root = json_object() };

	cpc_json_put(&json, json.root, "policy", json_integer(page->own - page->policies));
	put_classes(&json, page);
	put_verdicts(&json);
	put_policies(&json, page);
	put_sentences(&json, &page->reasons);
	put_rows(&json, &page->reasons);
	put_numbers(&json, "groups", &page->reasons.groups);
	put_numbers(&json, "reasons", &page->reasons.reasons);
	cpc_buffer_puts(out, "<script type=\"application/json\" id=\"data\">");
	if (json.failed ||
	    json_dump_callback(json.root, add_safely, out, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER))
		out->failed = true;
	json_decref(json.root);
	cpc_buffer_puts(out, "</script>\n");
}
