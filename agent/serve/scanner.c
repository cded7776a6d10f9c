/* SPDX-License-Identifier: MIT */
/*
 * One state for each place in a request, one step for each byte, and no looking ahead:
 * so the verdict cannot depend on how the stream was cut. What is legal but read in
 * more than one way by those in use (folded headers, bare line feeds, chunk extensions, trailers, an
 * empty line before a request, blanks behind a length) is a fault too: nobody needs it here, and whoever
 * stands between a client and us may have read it the other way ("request smuggling", RFC 9112 section 11.2).
 */
#include "scanner.h"

#include <assert.h>
#include <string.h>

#include "faults.h"

/** Longest method that is looked at, and most digits of a chunk's size. */
#define METHOD_MAX 32
#define CHUNK_DIGITS_MAX 8

enum state {
	START,
	METHOD,
	TARGET_START,
	TARGET_STAR,
	TARGET,
	ESCAPE_HIGH,
	ESCAPE_LOW,
	VERSION,
	LINE_LF,
	HEADER_START,
	NAME,
	VALUE_START,
	VALUE,
	VALUE_LF,
	HEAD_LF,
	BODY,
	CHUNK_SIZE,
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_CR,
	CHUNK_LF,
	LAST_CR,
	LAST_LF,
	ENDED,
	BROKEN
};

enum header { OTHER, HOST, LENGTH, ENCODING };

static const char *const names[] = {
	[HOST] = "host",
	[LENGTH] = "content-length",
	[ENCODING] = "transfer-encoding",
};
static_assert(sizeof("transfer-encoding") < sizeof(((struct cpc_scanner *)0)->text), "a name must fit with a NUL");

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

/** The value of a hexadecimal digit, or 16. */
static unsigned int hex(unsigned char c)
{
	if (is_digit(c))
		return c - (unsigned int)'0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - (unsigned int)'a' + 10 : 16;
}

/** RFC 9110 section 5.6.2. */
static bool is_token(unsigned char c)
{
	static const bool marks[128] = {
		['!'] = true,  ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true,
		['\''] = true, ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true,
		['^'] = true,  ['_'] = true, ['`'] = true, ['|'] = true, ['~'] = true,
	};
	const unsigned char letter = lower(c);

	return (letter >= 'a' && letter <= 'z') || is_digit(c) || (c < 128 && marks[c]);
}

/** What may stand in a Host header: a name, an address, a port. */
static bool is_host(unsigned char c)
{
	return (is_token(c) && c != '#' && c != '^' && c != '`' && c != '|') || c == ':' || c == '[' || c == ']' ||
	       c == '(' || c == ')' || c == ';' || c == '=';
}

static enum cpc_fault to(struct cpc_scanner *scanner, enum state state)
{
	scanner->state = (uint8_t)state;
	return CPC_FAULT_NONE;
}

/** Keep a byte, as lower case; what is too long to matter is cut so that it equals nothing that does. */
static void keep(struct cpc_scanner *scanner, unsigned char c)
{
	if (scanner->text_length < sizeof(scanner->text))
		scanner->text[scanner->text_length++] = (char)lower(c);
}

static bool kept(const struct cpc_scanner *scanner, const char *text)
{
	return strlen(text) == scanner->text_length && memcmp(scanner->text, text, scanner->text_length) == 0;
}

static enum cpc_fault method(struct cpc_scanner *scanner, unsigned char c)
{
	if (c == ' ' && scanner->state == METHOD) {
		scanner->is_head = kept(scanner, "head");
		return to(scanner, TARGET_START);
	}
	if (!is_token(c) || scanner->head_length > METHOD_MAX)
		return CPC_FAULT_METHOD;
	keep(scanner, c);
	return to(scanner, METHOD);
}

static enum cpc_fault target_start(struct cpc_scanner *scanner, unsigned char c)
{
	if (c == '/')
		return to(scanner, TARGET);
	return c == '*' ? to(scanner, TARGET_STAR) : CPC_FAULT_TARGET;
}

static enum cpc_fault version_start(struct cpc_scanner *scanner)
{
	scanner->text_length = 0;
	return to(scanner, VERSION);
}

static enum cpc_fault target(struct cpc_scanner *scanner, unsigned char c)
{
	if (c == ' ')
		return version_start(scanner);
	if (scanner->head_length > CPC_TARGET_MAX)
		return CPC_FAULT_LONG_TARGET;
	if (c <= ' ' || c >= 0x7f || c == '#')
		return CPC_FAULT_TARGET;
	if (c == '%' && !scanner->in_query)
		return to(scanner, ESCAPE_HIGH);
	if (c == '?')
		scanner->in_query = true;
	if (c == '&' && ++scanner->parameter_count >= CPC_PARAMETERS_MAX)
		return CPC_FAULT_LONG_TARGET;
	return CPC_FAULT_NONE;
}

static enum cpc_fault escape(struct cpc_scanner *scanner, unsigned char c)
{
	const unsigned int digit = hex(c);

	if (digit > 15)
		return CPC_FAULT_ESCAPE;
	if (scanner->state == ESCAPE_HIGH) {
		scanner->left = digit;
		return to(scanner, ESCAPE_LOW);
	}
	return scanner->left || digit ? to(scanner, TARGET) : CPC_FAULT_ESCAPE;
}

static enum cpc_fault version(struct cpc_scanner *scanner, unsigned char c)
{
	static const char prefix[] = "HTTP/1.";
	const size_t at = scanner->text_length;

	if (at > sizeof(prefix) - 1)
		return c == '\r' ? to(scanner, LINE_LF) : c == '\n' ? CPC_FAULT_LINE_END : CPC_FAULT_VERSION;
	if (at == sizeof(prefix) - 1 ? c != '0' && c != '1' : c != (unsigned char)prefix[at])
		return CPC_FAULT_VERSION;
	scanner->old = c == '0';
	scanner->text_length++;
	return CPC_FAULT_NONE;
}

/** A LF, and the state behind it. */
static enum cpc_fault line_feed(struct cpc_scanner *scanner, unsigned char c, enum state next)
{
	return c == '\n' ? to(scanner, next) : CPC_FAULT_LINE_END;
}

static enum cpc_fault header_start(struct cpc_scanner *scanner, unsigned char c)
{
	scanner->text_length = 0;
	if (c == '\r')
		return to(scanner, HEAD_LF);
	if (c == '\n')
		return CPC_FAULT_LINE_END;
	if (c == ' ' || c == '\t')
		return CPC_FAULT_FOLD;
	if (!is_token(c))
		return CPC_FAULT_NAME;
	if (++scanner->header_count > CPC_HEADERS_MAX)
		return CPC_FAULT_MANY_HEADERS;
	keep(scanner, c);
	return to(scanner, NAME);
}

/** Note a header that may come once. */
static enum cpc_fault once(bool *seen, enum cpc_fault again)
{
	if (*seen)
		return again;
	*seen = true;
	return CPC_FAULT_NONE;
}

static enum cpc_fault begin_value(struct cpc_scanner *scanner)
{
	scanner->header = OTHER;
	for (unsigned int i = HOST; i <= ENCODING; i++)
		if (kept(scanner, names[i]))
			scanner->header = (uint8_t)i;
	scanner->text_length = 0;
	scanner->state = VALUE_START;
	switch (scanner->header) {
	case HOST:
		return once(&scanner->has_host, CPC_FAULT_HOSTS);
	case LENGTH:
		scanner->left = 0;
		return scanner->has_encoding ? CPC_FAULT_LENGTH_AND_ENCODING
					     : once(&scanner->has_length, CPC_FAULT_LENGTHS);
	case ENCODING:
		return scanner->has_length ? CPC_FAULT_LENGTH_AND_ENCODING
					   : once(&scanner->has_encoding, CPC_FAULT_ENCODINGS);
	default:
		return CPC_FAULT_NONE;
	}
}

static enum cpc_fault name(struct cpc_scanner *scanner, unsigned char c)
{
	if (c == ':')
		return begin_value(scanner);
	if (!is_token(c))
		return CPC_FAULT_NAME;
	keep(scanner, c);
	return CPC_FAULT_NONE;
}

/** The value is whole. */
static enum cpc_fault end_value(struct cpc_scanner *scanner)
{
	scanner->state = VALUE_LF;
	switch (scanner->header) {
	case HOST:
		return scanner->text_length ? CPC_FAULT_NONE : CPC_FAULT_HOST;
	case LENGTH:
		return scanner->text_length ? CPC_FAULT_NONE : CPC_FAULT_LENGTH;
	case ENCODING:
		if (scanner->old)
			return CPC_FAULT_OLD_ENCODING;
		return kept(scanner, "chunked") ? CPC_FAULT_NONE : CPC_FAULT_ENCODING;
	default:
		return CPC_FAULT_NONE;
	}
}

static enum cpc_fault add_digit(struct cpc_scanner *scanner, unsigned char c)
{
	const uint64_t digit = (uint64_t)c - '0';

	if (!is_digit(c) || scanner->left > ((uint64_t)INT64_MAX - digit) / 10)
		return CPC_FAULT_LENGTH;
	scanner->left = scanner->left * 10 + digit;
	scanner->text_length = 1;
	return CPC_FAULT_NONE;
}

/** Blanks may follow it, and then nothing. */
static enum cpc_fault add_to_host(struct cpc_scanner *scanner, unsigned char c)
{
	const bool blank = c == ' ' || c == '\t';

	if (!blank && (scanner->text_length == 2 || !is_host(c)))
		return CPC_FAULT_HOST;
	scanner->text_length = blank ? 2 : 1;
	return CPC_FAULT_NONE;
}

static enum cpc_fault value(struct cpc_scanner *scanner, unsigned char c)
{
	if (c == '\r')
		return end_value(scanner);
	if (c == '\n')
		return CPC_FAULT_LINE_END;
	if ((c < ' ' && c != '\t') || c == 0x7f)
		return CPC_FAULT_VALUE;
	if (scanner->state == VALUE_START && (c == ' ' || c == '\t'))
		return CPC_FAULT_NONE;
	scanner->state = VALUE;
	switch (scanner->header) {
	case HOST:
		return add_to_host(scanner, c);
	case LENGTH:
		return add_digit(scanner, c);
	case ENCODING:
		keep(scanner, c);
		return CPC_FAULT_NONE;
	default:
		return CPC_FAULT_NONE;
	}
}

static enum cpc_fault end_head(struct cpc_scanner *scanner, unsigned char c)
{
	if (c != '\n')
		return CPC_FAULT_LINE_END;
	if (!scanner->has_host && !scanner->old)
		return CPC_FAULT_NO_HOST;
	scanner->text_length = 0;
	if (scanner->has_encoding) {
		scanner->left = 0;
		return to(scanner, CHUNK_SIZE);
	}
	return to(scanner, scanner->has_length && scanner->left ? BODY : ENDED);
}

static enum cpc_fault chunk_size(struct cpc_scanner *scanner, unsigned char c)
{
	const unsigned int digit = hex(c);

	if (c == '\r' && scanner->text_length)
		return to(scanner, CHUNK_SIZE_LF);
	if (digit > 15 || ++scanner->text_length > CHUNK_DIGITS_MAX)
		return CPC_FAULT_CHUNK_SIZE;
	scanner->left = scanner->left * 16 + digit;
	return CPC_FAULT_NONE;
}

static enum cpc_fault chunk_size_end(struct cpc_scanner *scanner, unsigned char c)
{
	scanner->text_length = 0;
	return line_feed(scanner, c, scanner->left ? CHUNK_DATA : LAST_CR);
}

/** One byte of a request, except within a body, whose bytes are not looked at. */
static enum cpc_fault step(struct cpc_scanner *scanner, unsigned char c)
{
	switch ((enum state)scanner->state) {
	case START:
	case METHOD:
		return method(scanner, c);
	case TARGET_START:
		return target_start(scanner, c);
	case TARGET_STAR:
		return c == ' ' ? version_start(scanner) : CPC_FAULT_TARGET;
	case TARGET:
		return target(scanner, c);
	case ESCAPE_HIGH:
	case ESCAPE_LOW:
		return escape(scanner, c);
	case VERSION:
		return version(scanner, c);
	case LINE_LF:
	case VALUE_LF:
		return line_feed(scanner, c, HEADER_START);
	case HEADER_START:
		return header_start(scanner, c);
	case NAME:
		return name(scanner, c);
	case VALUE_START:
	case VALUE:
		return value(scanner, c);
	case HEAD_LF:
		return end_head(scanner, c);
	case CHUNK_SIZE:
		return chunk_size(scanner, c);
	case CHUNK_SIZE_LF:
		return chunk_size_end(scanner, c);
	case CHUNK_CR:
		return c == '\r' ? to(scanner, CHUNK_LF) : CPC_FAULT_CHUNK_END;
	case CHUNK_LF:
		return c == '\n' ? to(scanner, CHUNK_SIZE) : CPC_FAULT_CHUNK_END;
	case LAST_CR:
		return c == '\r' ? to(scanner, LAST_LF) : CPC_FAULT_TRAILER;
	case LAST_LF:
		return line_feed(scanner, c, ENDED);
	case BODY:
	case CHUNK_DATA:
	case ENDED:
	case BROKEN:
		break;
	}
	return (enum cpc_fault)scanner->fault;
}

/** Pass over bytes of a body; how many. */
static size_t skip(struct cpc_scanner *scanner, size_t length)
{
	const size_t skipped = scanner->left < length ? (size_t)scanner->left : length;

	scanner->left -= skipped;
	if (scanner->left == 0)
		scanner->state = scanner->state == BODY ? ENDED : CHUNK_CR;
	return skipped;
}

static enum cpc_fault take(struct cpc_scanner *scanner, unsigned char c)
{
	if (scanner->state <= HEAD_LF && ++scanner->head_length > CPC_HEAD_MAX)
		return CPC_FAULT_LONG_HEAD;
	return step(scanner, c);
}

enum cpc_scanned cpc_scanner_feed(struct cpc_scanner *scanner, const char *bytes, size_t length, size_t *ret_used)
{
	enum cpc_scanned result = CPC_SCAN_MORE;
	size_t at = 0;

	while (at < length && result == CPC_SCAN_MORE) {
		if (scanner->state == BODY || scanner->state == CHUNK_DATA) {
			at += skip(scanner, length - at);
		} else {
			const enum cpc_fault fault = take(scanner, (unsigned char)bytes[at]);
			if (fault) {
				scanner->state = BROKEN;
				scanner->fault = (uint8_t)fault;
				result = CPC_SCAN_FAULT;
				break;
			}
			at++;
		}
		if (scanner->state == ENDED) {
			*scanner = (struct cpc_scanner){ .state = START };
			result = CPC_SCAN_END;
		}
	}
	*ret_used = at;
	return result;
}
