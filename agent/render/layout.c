/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ECMA-48 SGR parameters; the eight basic colours, so that the terminal's theme decides how they look. */
static const char *const sgr[] = {
	[CPC_TINT_PLAIN] = NULL,      [CPC_TINT_STRONG] = "\033[1m", [CPC_TINT_GOOD] = "\033[32m",
	[CPC_TINT_CARE] = "\033[33m", [CPC_TINT_BAD] = "\033[31m",   [CPC_TINT_FAINT] = "\033[2m",
};

struct cpc_text cpc_text_start(struct cpc_buffer *out, const struct cpc_style *style)
{
	return (struct cpc_text){ .out = out, .style = style };
}

int cpc_text_columns(const char *string)
{
	int columns = 0;

	for (; *string; string++)
		columns += ((unsigned char)*string & 0xC0) != 0x80;
	return columns;
}

/** Tell the terminal of a tint, where it does not show that already. */
static void show(struct cpc_text *text, enum cpc_tint tint)
{
	if (!text->style->colour || text->shown == tint)
		return;
	if (text->shown != CPC_TINT_PLAIN)
		cpc_buffer_puts(text->out, "\033[0m");
	if (sgr[tint])
		cpc_buffer_puts(text->out, sgr[tint]);
	text->shown = tint;
}

static void add(struct cpc_text *text, const char *bytes, size_t length)
{
	for (; text->pending > 0; text->pending--)
		cpc_buffer_puts(text->out, " ");
	if (length)
		show(text, text->tint);
	cpc_buffer_add(text->out, bytes, length);
	for (size_t i = 0; i < length; i++)
		text->column += ((unsigned char)bytes[i] & 0xC0) != 0x80;
	text->touching = length > 0;
}

void cpc_text_puts(struct cpc_text *text, const char *string)
{
	add(text, string, strlen(string));
}

static void blanks(struct cpc_text *text, int count)
{
	if (count > 0) {
		text->pending += count;
		text->column += count;
	}
	text->touching = false;
}

void cpc_text_to(struct cpc_text *text, int column)
{
	bool touches = text->touching && text->column + 2 > column;

	blanks(text, touches ? 2 : column - text->column);
}

void cpc_text_newline(struct cpc_text *text)
{
	show(text, CPC_TINT_PLAIN);
	cpc_buffer_puts(text->out, "\n");
	text->column = 0;
	text->pending = 0;
	text->touching = false;
}

static void place_word(struct cpc_text *text, int indent, const char *word, size_t length)
{
	int columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)word[i] & 0xC0) != 0x80;
	if (text->column > indent && text->column + text->touching + columns > text->style->width)
		cpc_text_newline(text);
	if (text->touching)
		blanks(text, 1);
	if (text->column < indent)
		blanks(text, indent - text->column);
	add(text, word, length);
}

void cpc_text_word(struct cpc_text *text, int indent, const char *word)
{
	place_word(text, indent, word, strlen(word));
}

void cpc_text_wrap(struct cpc_text *text, int indent, const char *sentence)
{
	while (*sentence) {
		size_t length = strcspn(sentence, " ");

		if (length)
			place_word(text, indent, sentence, length);
		sentence += length + (sentence[length] == ' ');
	}
}

static void wrap_arguments(struct cpc_text *text, int indent, const char *format, va_list arguments)
{
	char *line = NULL;

	if (vasprintf(&line, format, arguments) < 0) {
		text->out->failed = true;
		return;
	}
	cpc_text_wrap(text, indent, line);
	free(line);
}

void cpc_text_wrapf(struct cpc_text *text, int indent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	wrap_arguments(text, indent, format, arguments);
	va_end(arguments);
}

void cpc_text_heading(struct cpc_text *text, const char *format, ...)
{
	va_list arguments;

	text->tint = CPC_TINT_STRONG;
	va_start(arguments, format);
	wrap_arguments(text, 0, format, arguments);
	va_end(arguments);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}
