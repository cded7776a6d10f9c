/* SPDX-License-Identifier: MIT */
/* https://prometheus.io/docs/prometheus/latest/querying/basics/: of its three kinds of quotes one is enough. */
#include "matchers.h"

#include <stdbool.h>
#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/** Past a quoted text. NULL where it does not end, and where it holds what no line should. */
static const char *skip_quoted(const char *text)
{
	for (text++; *text != '"'; text++) {
		if (*text == '\\')
			text++;
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return NULL;
	}
	return text + 1;
}

/** Past one matcher; NULL where there is none. */
static const char *skip_matcher(const char *text)
{
	static const char *const operators[] = { "=~", "!~", "!=", "=" };
	size_t length = 0;

	if (!is_letter(*text))
		return NULL;
	while (is_letter(*text) || (*text >= '0' && *text <= '9'))
		text++;
	text = skip_blanks(text);
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators) && !length; i++)
		if (strncmp(text, operators[i], strlen(operators[i])) == 0)
			length = strlen(operators[i]);
	text = skip_blanks(text + length);
	return length && *text == '"' ? skip_quoted(text) : NULL;
}

enum cpc_status cpc_matchers_check(const char *text, struct cpc_error *reterr)
{
	const char *at = skip_blanks(text);

	if (strlen(text) > CPC_MATCHERS_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "label matchers of more than %d bytes", CPC_MATCHERS_MAX);
	for (;;) {
		const char *end = skip_matcher(at);

		if (!end)
			return cpc_fail(
				reterr, CPC_USAGE, 0,
				"no label matchers (from character %zu); write LABEL=\"VALUE\", with =, !=, =~ or !~, "
				"and a comma between two",
				(size_t)(at - text) + 1);
		at = skip_blanks(end);
		if (!*at)
			return CPC_OK;
		/* Anything else is then no matcher either. */
		at = skip_blanks(*at == ',' ? at + 1 : "");
	}
}
