/* SPDX-License-Identifier: MIT */
/* Reads framings.txt: for the unit test of the scanner and for the client that sends them to an agent. */
#ifndef CPC_TESTS_FRAMINGS_H
#define CPC_TESTS_FRAMINGS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct framing {
	char name[64];
	char bytes[512];
	size_t length;
};

static inline char framing_escape(const char **text)
{
	const char *at = ++*text;
	char digits[3] = { 0 };

	switch (*at) {
	case 'r':
		return '\r';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x':
		memcpy(digits, at + 1, 2);
		*text += 2;
		return (char)strtoul(digits, NULL, 16);
	default:
		return *at;
	}
}

/* The next row; false at the end. A line that is none ends the program. */
static inline bool framing_next(FILE *file, struct framing *ret_framing)
{
	char line[1024];
	char *colon;

	do {
		if (!fgets(line, sizeof(line), file))
			return false;
	} while (line[0] == '#');
	colon = strstr(line, ": ");
	line[strcspn(line, "\n")] = '\0';
	if (!colon || (size_t)(colon - line) >= sizeof(ret_framing->name) ||
	    strlen(colon) > sizeof(ret_framing->bytes)) {
		fprintf(stderr, "not a framing: %s\n", line);
		exit(65);
	}
	*colon = '\0';
	memcpy(ret_framing->name, line, strlen(line) + 1);
	ret_framing->length = 0;
	for (const char *at = colon + 2; *at; at++)
		ret_framing->bytes[ret_framing->length++] = *at == '\\' ? framing_escape(&at) : *at;
	return true;
}

#endif
