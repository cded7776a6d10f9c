/* SPDX-License-Identifier: MIT */
#include "site_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "probe_inside.h"

/** A value before it is cleaned; what is longer is cut off. */
#define VALUE_SIZE 256

bool cpc_text_line(const char **at, const char **ret_line, size_t *ret_length)
{
	if (!**at)
		return false;
	*ret_line = *at;
	*ret_length = strcspn(*at, "\n");
	*at += *ret_length + ((*at)[*ret_length] == '\n');
	return true;
}

static void trim(const char **text, size_t *length)
{
	while (*length && isspace((unsigned char)**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length && isspace((unsigned char)(*text)[*length - 1]))
		(*length)--;
}

static void put(char *value, size_t *kept, char c)
{
	if (*kept < VALUE_SIZE)
		value[(*kept)++] = c;
}

/*
 * A value in the shell's own words, as far as os-release(5) allows them: quoted pieces side by side, a backslash
 * before any character outside single quotes. False where a quote does not close or something follows the value.
 */
static bool unquote(const char *text, size_t length, char *value, size_t *ret_kept)
{
	char quote = '\0';
	size_t kept = 0;

	for (size_t i = 0; i < length; i++) {
		const char c = text[i];

		if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? '\0' : c;
		} else if (c == '\\' && quote != '\'') {
			if (++i == length)
				return false;
			put(value, &kept, text[i]);
		} else if (!quote && isspace((unsigned char)c)) {
			return false;
		} else {
			put(value, &kept, c);
		}
	}
	*ret_kept = kept;
	return !quote;
}

bool cpc_os_release_value(const char *text, const char *name, char *ret_text, size_t size)
{
	const size_t name_length = strlen(name);
	const char *line;
	size_t length;

	ret_text[0] = '\0';
	while (cpc_text_line(&text, &line, &length)) {
		char value[VALUE_SIZE];
		size_t kept;

		trim(&line, &length);
		if (length <= name_length || line[name_length] != '=' || memcmp(line, name, name_length) != 0)
			continue;
		ret_text[0] = '\0';
		if (unquote(line + name_length + 1, length - name_length - 1, value, &kept))
			cpc_text_clean(ret_text, size, value, kept);
	}
	return ret_text[0] != '\0';
}

/* Alike but for case and blanks, which the names of smb.conf may have anywhere. */
static bool is_name(const char *text, size_t length, const char *name)
{
	for (size_t i = 0; i < length; i++) {
		if (isspace((unsigned char)text[i]))
			continue;
		if (!*name || tolower((unsigned char)text[i]) != tolower((unsigned char)*name))
			return false;
		name++;
	}
	return !*name;
}

static bool is_section(const char *line, size_t length, const char *section)
{
	const char *end = memchr(line, ']', length);

	return end && is_name(line + 1, (size_t)(end - line) - 1, section);
}

bool cpc_section_value(const char *text, const char *section, const char *key, char *ret_text, size_t size)
{
	bool inside = false;
	const char *line;
	size_t length;

	ret_text[0] = '\0';
	while (cpc_text_line(&text, &line, &length)) {
		const char *equals;

		trim(&line, &length);
		if (!length || *line == '#' || *line == ';')
			continue;
		if (*line == '[') {
			inside = is_section(line, length, section);
			continue;
		}
		equals = memchr(line, '=', length);
		if (inside && equals && is_name(line, (size_t)(equals - line), key))
			cpc_text_clean(ret_text, size, equals + 1, length - (size_t)(equals - line) - 1);
	}
	return ret_text[0] != '\0';
}

/* The words of a line one after the other. */
static bool next_word(const char **at, size_t *left, const char **ret_word, size_t *ret_length)
{
	while (*left && isspace((unsigned char)**at)) {
		(*at)++;
		(*left)--;
	}
	*ret_word = *at;
	while (*left && !isspace((unsigned char)**at)) {
		(*at)++;
		(*left)--;
	}
	*ret_length = (size_t)(*at - *ret_word);
	return *ret_length != 0;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(text, word, length) == 0;
}

bool cpc_text_has_line(const char *text, const char *word)
{
	const char *line;
	const char *first;
	size_t length;
	size_t first_length;

	while (cpc_text_line(&text, &line, &length))
		if (next_word(&line, &length, &first, &first_length) && is_word(first, first_length, word))
			return true;
	return false;
}

bool cpc_domain_name(const char *text, char *ret_name, size_t size)
{
	size_t length = strlen(text);
	size_t label = 0;

	ret_name[0] = '\0';
	length -= length && text[length - 1] == '.';
	if (!length || length >= size || text[length - 1] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];

		label = c == '.' ? 0 : label + 1;
		if (c == '.' ? !i || text[i - 1] == '.'
			     : c > '~' || !(isalnum(c) || c == '-' || c == '_') || label > 63) {
			ret_name[0] = '\0';
			return false;
		}
		ret_name[i] = (char)tolower(c);
	}
	ret_name[length] = '\0';
	return true;
}

size_t cpc_resolv_conf(const char *text, char *ret_domain, size_t size)
{
	size_t servers = 0;
	const char *line;
	size_t length;

	ret_domain[0] = '\0';
	while (cpc_text_line(&text, &line, &length)) {
		char domain[VALUE_SIZE];
		const char *word;
		const char *value;
		size_t word_length;
		size_t value_length;

		/* A keyword begins its line, and what has none after it says nothing. */
		if (!length || isspace((unsigned char)*line) || !next_word(&line, &length, &word, &word_length) ||
		    !next_word(&line, &length, &value, &value_length))
			continue;
		if (is_word(word, word_length, "nameserver"))
			servers++;
		if (!is_word(word, word_length, "search") && !is_word(word, word_length, "domain"))
			continue;
		/* The later of the two counts. */
		domain[0] = '\0';
		if (value_length < sizeof(domain))
			cpc_text_clean(domain, sizeof(domain), value, value_length);
		(void)cpc_domain_name(domain, ret_domain, size);
	}
	return servers;
}
