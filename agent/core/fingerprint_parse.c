/* SPDX-License-Identifier: MIT */
/*
 * The way back from the text that fingerprint_print.c prints. Nothing but what it
 * prints is accepted, so print(parse(t)) is t for every t that parses. Words and
 * scalars that only a newer agent knows come after ours and are kept as they came.
 */
#include <cpucompat/fingerprint.h>

#include <stdio.h>
#include <string.h>

struct cursor {
	const char *at;
	const char *end;
	struct cpc_error *reterr;
};

static enum cpc_status bad(const struct cursor *cursor, const char *what)
{
	return cpc_fail(cursor->reterr, CPC_BAD_DATA, 0, "not a fingerprint: %s", what);
}

static char peek(const struct cursor *cursor)
{
	return cursor->at < cursor->end ? *cursor->at : '\0';
}

static bool take(struct cursor *cursor, char expected)
{
	if (cursor->at == cursor->end || *cursor->at != expected)
		return false;
	cursor->at++;
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* A number without leading zeros, at most `max`. */
static bool take_number(struct cursor *cursor, unsigned int base, uint64_t max, uint64_t *ret_value)
{
	const char *const start = cursor->at;
	uint64_t value = 0;

	for (;;) {
		const int digit = digit_value(peek(cursor));

		if (digit < 0 || (unsigned int)digit >= base)
			break;
		if (value > (max - (unsigned int)digit) / base)
			return false;
		value = value * base + (unsigned int)digit;
		cursor->at++;
	}
	if (cursor->at == start || (*start == '0' && cursor->at - start > 1))
		return false;
	*ret_value = value;
	return true;
}

static bool take_number32(struct cursor *cursor, unsigned int base, uint32_t *ret_value)
{
	uint64_t value;

	if (!take_number(cursor, base, UINT32_MAX, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

static enum cpc_status parse_version(struct cursor *cursor)
{
	uint64_t version;

	if ((size_t)(cursor->end - cursor->at) < 4 || memcmp(cursor->at, "cpc", 3) != 0)
		return bad(cursor, "it does not begin with cpc1:");
	cursor->at += 3;
	if (!take_number(cursor, 10, 999999, &version) || !take(cursor, ':'))
		return bad(cursor, "it does not begin with cpc1:");
	if (version != 1)
		return cpc_fail(cursor->reterr, CPC_BAD_DATA, 0,
				"fingerprint version cpc%u is not known here (this program reads cpc1); "
				"a newer cpucompat made it, so update this one",
				(unsigned int)version);
	return CPC_OK;
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int upper_digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One vendor byte, plain or %XX; escapes of plain characters are not canonical. */
static bool take_vendor_byte(struct cursor *cursor, char *ret_byte)
{
	int high;
	int low;

	if (is_plain(peek(cursor))) {
		*ret_byte = *cursor->at++;
		return true;
	}
	if (cursor->end - cursor->at < 3 || *cursor->at != '%')
		return false;
	high = upper_digit_value(cursor->at[1]);
	low = upper_digit_value(cursor->at[2]);
	if (high < 0 || low < 0)
		return false;
	*ret_byte = (char)(high * 16 + low);
	cursor->at += 3;
	return !is_plain(*ret_byte);
}

static enum cpc_status parse_vendor(struct cursor *cursor, struct cpc_fingerprint *fingerprint)
{
	size_t length = 0;

	while (peek(cursor) != ':') {
		if (length == CPC_VENDOR_SIZE - 1 || !take_vendor_byte(cursor, &fingerprint->vendor[length]))
			return bad(cursor, "its vendor is not up to 12 characters, A-Z a-z 0-9 or %XX");
		length++;
	}
	cursor->at++;
	if (!length)
		return bad(cursor, "it names no vendor");
	if (fingerprint->vendor[length - 1] == '\0')
		return bad(cursor, "its vendor ends in %00");
	return CPC_OK;
}

static enum cpc_status parse_signature(struct cursor *cursor, struct cpc_fingerprint *fingerprint)
{
	if (!take_number32(cursor, 10, &fingerprint->family) || !take(cursor, '.') ||
	    !take_number32(cursor, 10, &fingerprint->model) || !take(cursor, '.') ||
	    !take_number32(cursor, 10, &fingerprint->stepping) || !take(cursor, ':'))
		return bad(cursor, "after the vendor comes FAMILY.MODEL.STEPPING: in decimal");
	return CPC_OK;
}

static enum cpc_status parse_words(struct cursor *cursor, struct cpc_fingerprint *fingerprint)
{
	uint32_t masks[CPC_WORD_COUNT];
	bool last_is_zero = false;

	cpc_canonical_masks(masks);
	if (take(cursor, ':'))
		return CPC_OK;
	for (unsigned int i = 0;; i++) {
		if (i == CPC_WORDS_MAX)
			return bad(cursor, "it has too many words");
		if (take(cursor, 'x'))
			fingerprint->unread[i] = i < CPC_WORD_COUNT ? masks[i] : UINT32_MAX;
		else if (!take_number32(cursor, 16, &fingerprint->words[i]))
			return bad(cursor, "its words are not lower-case hex without leading zeros, joined by -");
		if (i < CPC_WORD_COUNT && fingerprint->words[i] & ~masks[i])
			return bad(cursor, "a word has bits that no fingerprint keeps");
		last_is_zero = !fingerprint->words[i] && !cpc_word_unread(fingerprint, i);
		if (i >= fingerprint->word_count)
			fingerprint->word_count = i + 1;
		if (take(cursor, ':'))
			break;
		if (!take(cursor, '-'))
			return bad(cursor, "it is cut off, or its words are not joined by -");
	}
	return last_is_zero ? bad(cursor, "its words end in zero words") : CPC_OK;
}

/* The components in order, each at most once. */
static enum cpc_status parse_layout(struct cursor *cursor, struct cpc_fingerprint *fingerprint)
{
	unsigned int least = 2;

	if (take(cursor, 'x')) {
		fingerprint->layout_unknown = true;
		return CPC_OK;
	}
	do {
		struct cpc_component component = { 0 };
		uint64_t index;

		if (!take_number(cursor, 16, CPC_COMPONENTS_MAX - 1, &index) || !take(cursor, '.') ||
		    !take_number32(cursor, 16, &component.offset) || !take(cursor, '.') ||
		    !take_number32(cursor, 16, &component.size))
			return bad(cursor, "xs is not COMPONENT.OFFSET.SIZE in hex, joined by +");
		if (index < least)
			return bad(cursor, "xs has a component out of order or twice");
		component.index = (uint8_t)index;
		fingerprint->layout[fingerprint->layout_count++] = component;
		least = (unsigned int)index + 1;
	} while (take(cursor, '+'));
	return CPC_OK;
}

static enum cpc_status parse_scalar(struct cursor *cursor, unsigned int id, struct cpc_fingerprint *fingerprint)
{
	struct cpc_number *number = &fingerprint->scalars[id];

	if (cpc_scalars[id].rule == CPC_SCALAR_LAYOUT)
		return parse_layout(cursor, fingerprint);
	if (take(cursor, 'x')) {
		number->unknown = true;
		return CPC_OK;
	}
	if (!take_number(cursor, 10, UINT64_MAX, &number->value) || !number->value)
		return cpc_fail(cursor->reterr, CPC_BAD_DATA, 0,
				"not a fingerprint: %s is not a positive decimal number or x", cpc_scalars[id].name);
	return CPC_OK;
}

static bool is_key_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (!first && c >= '0' && c <= '9');
}

static bool is_value_char(char c)
{
	return is_plain(c) || c == '.' || c == '+' || c == '-' || c == '_';
}

static bool is_repeated(const char *foreign, const char *key, size_t length)
{
	for (const char *at = foreign; *at; at += *at == ',') {
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			return true;
		at += strcspn(at, ",");
	}
	return false;
}

/* A scalar of a newer agent: KEY=VALUE of harmless characters, appended verbatim. */
static enum cpc_status keep_foreign(struct cursor *cursor, const char *start, struct cpc_fingerprint *fingerprint)
{
	const size_t kept = strlen(fingerprint->foreign);
	const char *const value = cursor->at;
	size_t length;

	while (is_value_char(peek(cursor)))
		cursor->at++;
	if (cursor->at == value)
		return bad(cursor, "a scalar without a value");
	if (is_repeated(fingerprint->foreign, start, (size_t)(value - 1 - start)))
		return bad(cursor, "its scalars are out of order, repeated or not of this version");
	length = (size_t)(cursor->at - start);
	if (kept + 1 + length >= CPC_FOREIGN_MAX)
		return bad(cursor, "it has too many scalars that this program does not know");
	(void)snprintf(fingerprint->foreign + kept, CPC_FOREIGN_MAX - kept, "%s%.*s", kept ? "," : "", (int)length,
		       start);
	return CPC_OK;
}

/* Our scalar of that name, REPORT rows too (which no text may carry), or CPC_SCALAR_COUNT. */
static unsigned int scalar_named(const char *name, size_t length)
{
	unsigned int id = 0;

	while (id < CPC_SCALAR_COUNT &&
	       (strlen(cpc_scalars[id].name) != length || memcmp(cpc_scalars[id].name, name, length) != 0))
		id++;
	return id;
}

static enum cpc_status parse_scalars(struct cursor *cursor, struct cpc_fingerprint *fingerprint)
{
	unsigned int least = 0;

	if (cursor->at == cursor->end)
		return CPC_OK;
	do {
		const char *const start = cursor->at;
		enum cpc_status status;
		unsigned int id;

		while (is_key_char(peek(cursor), cursor->at == start))
			cursor->at++;
		id = scalar_named(start, (size_t)(cursor->at - start));
		if (cursor->at == start || !take(cursor, '='))
			return bad(cursor, "its scalars are not KEY=VALUE, joined by commas");
		if (id < least || (id < CPC_SCALAR_COUNT && !cpc_scalar_in_text((enum cpc_scalar_id)id)))
			return bad(cursor, "its scalars are out of order, repeated or not of this version");
		status = id == CPC_SCALAR_COUNT ? keep_foreign(cursor, start, fingerprint)
						: parse_scalar(cursor, id, fingerprint);
		if (status)
			return status;
		least = id == CPC_SCALAR_COUNT ? CPC_SCALAR_COUNT : id + 1;
	} while (take(cursor, ','));
	return cursor->at == cursor->end ? CPC_OK : bad(cursor, "unexpected characters at its end");
}

enum cpc_status cpc_fingerprint_parse(const char *text, size_t length, struct cpc_fingerprint *ret_fingerprint,
				      struct cpc_error *reterr)
{
	struct cursor cursor = { .at = text, .end = text + length, .reterr = reterr };
	struct cpc_fingerprint fingerprint = { .word_count = CPC_WORD_COUNT };
	enum cpc_status status = CPC_OK;

	if (length >= CPC_FINGERPRINT_SIZE)
		status = bad(&cursor, "it is too long");
	if (!status)
		status = parse_version(&cursor);
	if (!status)
		status = parse_vendor(&cursor, &fingerprint);
	if (!status)
		status = parse_signature(&cursor, &fingerprint);
	if (!status)
		status = parse_words(&cursor, &fingerprint);
	if (!status)
		status = parse_scalars(&cursor, &fingerprint);
	if (!status)
		*ret_fingerprint = fingerprint;
	return status;
}
