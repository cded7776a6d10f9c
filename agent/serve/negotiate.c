/* SPDX-License-Identifier: MIT */
#include "negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/** A part of a header; not NUL-terminated. */
struct span {
	const char *at;
	size_t length;
};

/** A range of an Accept header. */
struct range {
	struct span type;
	struct span version; /**< `at` is NULL without one */
	unsigned int quality;
	bool broken;
};

/** The text up to the next `;` or `,` outside of quotes, without blanks around it. */
static struct span take(const char **at)
{
	bool quoted = false;

	*at += strspn(*at, " \t");
	struct span part = { .at = *at };
	for (; **at && (quoted || !strchr(";,", **at)); ++*at) {
		if (**at == '"')
			quoted = !quoted;
		else if (quoted && **at == '\\' && (*at)[1])
			++*at;
	}
	part.length = (size_t)(*at - part.at);
	while (part.length && strchr(" \t", part.at[part.length - 1]))
		part.length--;
	return part;
}

/** `0.75` in thousandths; false for what is no quality value. */
static bool parse_quality(struct span text, unsigned int *ret_quality)
{
	unsigned int quality = 0;
	unsigned int unit = 1000;

	if (text.length == 0 || text.length > 5 || (text.at[0] != '0' && text.at[0] != '1') ||
	    (text.length > 1 && text.at[1] != '.'))
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (i == 1)
			continue;
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		quality += (unsigned int)(text.at[i] - '0') * unit;
		unit /= 10;
	}
	*ret_quality = quality;
	return quality <= 1000;
}

/** Whether `part` is the parameter of that name; its value, without quotes, in `ret_value`. */
static bool is_parameter(struct span part, const char *name, struct span *ret_value)
{
	const size_t length = strlen(name);

	if (part.length <= length || part.at[length] != '=' || strncasecmp(part.at, name, length) != 0)
		return false;
	*ret_value = (struct span){ .at = part.at + length + 1, .length = part.length - length - 1 };
	if (ret_value->length >= 2 && ret_value->at[0] == '"') {
		ret_value->at++;
		ret_value->length -= 2;
	}
	return true;
}

static struct range take_range(const char **at)
{
	struct range range = { .type = take(at), .quality = 1000 };
	struct span value;

	while (**at == ';') {
		++*at;
		const struct span part = take(at);
		if (is_parameter(part, "q", &value))
			range.broken |= !parse_quality(value, &range.quality);
		else if (is_parameter(part, "version", &value))
			range.version = value;
	}
	return range;
}

static bool equals(struct span a, struct span b)
{
	return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0;
}

static bool is(struct span span, const char *text)
{
	return equals(span, (struct span){ .at = text, .length = strlen(text) });
}

/** 1 for any type, 2 for the same first half, 3 for the same type, 4 with the same version; 0 where it does not take
 * the type in. */
static unsigned int specificity_of(const struct range *range, const struct range *type)
{
	const size_t slash = (size_t)((const char *)memchr(type->type.at, '/', type->type.length) - type->type.at);
	const struct span first = { .at = range->type.at, .length = slash + 1 };

	if (is(range->type, "*/*"))
		return 1;
	if (range->type.length == slash + 2 && range->type.at[slash + 1] == '*' &&
	    equals(first, (struct span){ .at = type->type.at, .length = slash + 1 }))
		return 2;
	if (!equals(range->type, type->type))
		return 0;
	if (!range->version.at)
		return 3;
	return type->version.at && equals(range->version, type->version) ? 4 : 0;
}

void cpc_preference_read(struct cpc_preference *preference, const char *header, const char *content_type)
{
	const struct range type = take_range(&content_type);

	while (*header) {
		const struct range range = take_range(&header);
		const unsigned int specificity = range.broken ? 0 : specificity_of(&range, &type);

		if (specificity > preference->specificity)
			*preference = (struct cpc_preference){ .quality = range.quality, .specificity = specificity };
		if (*header == ',')
			header++;
	}
}

bool cpc_preference_beats(const struct cpc_preference *a, const struct cpc_preference *b)
{
	if (a->quality != b->quality)
		return a->quality > b->quality;
	return a->specificity > b->specificity;
}
