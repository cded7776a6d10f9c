/* SPDX-License-Identifier: MIT */
#include "span.h"

#include <string.h>

#include "lines.h"
#include "text.h"

bool cpc_span_equals(struct cpc_span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

bool cpc_spans_same(struct cpc_span a, struct cpc_span b)
{
	return a.length == b.length && (!a.length || memcmp(a.text, b.text, a.length) == 0);
}

struct cpc_span cpc_span_trim(struct cpc_span span)
{
	while (span.length && cpc_is_blank(*span.text)) {
		span.text++;
		span.length--;
	}
	while (span.length && cpc_is_blank(span.text[span.length - 1]))
		span.length--;
	return span;
}

struct cpc_span cpc_span_next_word(struct cpc_span *list)
{
	struct cpc_span word = { 0 };

	*list = cpc_span_trim(*list);
	if (!list->length)
		return word;
	word.text = list->text;
	while (word.length < list->length && !cpc_is_blank(word.text[word.length]))
		word.length++;
	list->text += word.length;
	list->length -= word.length;
	return word;
}

bool cpc_span_has_word(struct cpc_span list, const char *name)
{
	for (struct cpc_span word = cpc_span_next_word(&list); word.length; word = cpc_span_next_word(&list))
		if (cpc_span_equals(word, name))
			return true;
	return false;
}

struct cpc_number cpc_span_number(struct cpc_span value, uint32_t max)
{
	struct cpc_scan scan = { value.text, value.text + value.length };
	uint32_t number;

	if (!cpc_scan_decimal(&scan, &number) || number > max)
		return (struct cpc_number){ .unknown = true };
	return (struct cpc_number){ .value = number };
}

void cpc_span_copy(char *ret_text, size_t size, struct cpc_span span)
{
	char whole[256];
	const size_t length = span.length < sizeof(whole) - 1 ? span.length : sizeof(whole) - 1;

	if (length)
		memcpy(whole, span.text, length);
	whole[length] = '\0';
	cpc_text_printable(ret_text, size, whole);
}
