/* SPDX-License-Identifier: MIT */
/*
 * The configuration file: `key = value` lines, blank lines, and comments from a # at the beginning of a line. A value
 * ends with its line; there are no quotes, no escapes, no sections and no includes. What could be meant in
 * two ways (a quoted value, a comment behind one) is an error. A byte order mark and the ends of lines
 * of other systems are let pass.
 */
#include "settings.h"

#include <string.h>

#include <cpucompat/nearest.h>

#include "lines.h"
#include "span.h"
#include "text.h"

struct reader {
	struct cpc_settings *settings;
	struct cpc_settings unused;	/**< takes what the command line has said already */
	size_t lines[CPC_SETTINGS_MAX]; /**< by row: where the file last set it, or 0 */
	size_t line;			/**< 1-based */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/** A trimmed and NUL-terminated copy of a part of a line, which is no longer than a line may be. */
static void copy(struct cpc_span part, char ret_text[static CPC_CONFIG_LINE_MOST + 1])
{
	part = cpc_span_trim(part);
	memcpy(ret_text, part.text, part.length);
	ret_text[part.length] = '\0';
}

static const char *name_at(size_t n)
{
	return cpc_setting_rows[n].name;
}

static enum cpc_status unknown_key(const char *key, struct cpc_error *reterr)
{
	const char *nearest = cpc_nearest(key, (struct cpc_names){ cpc_setting_count, name_at });

	if (cpc_command_line_only(key))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%s is for the command line alone", key);
	if (nearest)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "unknown key %.40s; did you mean %s?", key, nearest);
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "unknown key %.40s; cpucompatd --help lists all", key);
}

static enum cpc_status check_value(const char *key, const char *value, struct cpc_error *reterr)
{
	if (*value == '"' || *value == '\'')
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%s is written without quotes", key);
	for (const char *c = value; *c; c++)
		if (*c == '#' && (c == value || is_blank(c[-1])))
			return cpc_fail(reterr, CPC_BAD_DATA, 0,
					"a comment after the value of %s; give it a line of its own", key);
	return CPC_OK;
}

/** Keep a value, or only look at it where the command line has the word. */
static enum cpc_status take(struct reader *reader, const struct cpc_setting *setting, const char *value,
			    struct cpc_error *reterr)
{
	const size_t row = (size_t)(setting - cpc_setting_rows);
	struct cpc_settings *settings = reader->settings->given[row] ? &reader->unused : reader->settings;
	enum cpc_status status = check_value(setting->name, value, reterr);

	if (!status && setting->kind != CPC_SETTING_TEXTS && reader->lines[row])
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%s again; line %zu has it already", setting->name,
				reader->lines[row]);
	reader->lines[row] = reader->line;
	if (!status)
		status = cpc_settings_take(settings, setting, value, reterr);
	return status;
}

static enum cpc_status read_pair(struct reader *reader, struct cpc_span line, const char *equals,
				 struct cpc_error *reterr)
{
	const size_t before = (size_t)(equals - line.text);
	char key[CPC_CONFIG_LINE_MOST + 1];
	char value[CPC_CONFIG_LINE_MOST + 1];

	copy((struct cpc_span){ line.text, before }, key);
	copy((struct cpc_span){ equals + 1, line.length - before - 1 }, value);
	if (*key == '\0')
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "no key before the =");
	const struct cpc_setting *setting = cpc_setting_named(key);
	if (!setting)
		return unknown_key(key, reterr);
	return take(reader, setting, value, reterr);
}

static bool is_text(struct cpc_span line)
{
	for (size_t i = 0; i < line.length; i++) {
		const unsigned char c = (unsigned char)line.text[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static enum cpc_status read_line(struct reader *reader, struct cpc_span line, struct cpc_error *reterr)
{
	if (line.length && line.text[line.length - 1] == '\r')
		line.length--;
	if (line.length > CPC_CONFIG_LINE_MOST)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "a line of more than %d bytes", CPC_CONFIG_LINE_MOST);
	if (!is_text(line))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "a control character; this is no text");
	line = cpc_span_trim(line);
	if (line.length == 0 || *line.text == '#')
		return CPC_OK;
	const char *equals = memchr(line.text, '=', line.length);
	if (!equals)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "no =; write key = value");
	return read_pair(reader, line, equals, reterr);
}

/** Whatever a value's check calls it, in a file it is bad data. */
static enum cpc_status fail_line(struct cpc_error *reterr, size_t line, const struct cpc_error *error)
{
	return cpc_fail(reterr, error->status == CPC_USAGE ? CPC_BAD_DATA : error->status, line, "%s", error->what);
}

enum cpc_status cpc_settings_read_text(const char *text, size_t length, struct cpc_settings *settings,
				       struct cpc_error *reterr)
{
	const size_t mark = cpc_text_mark(text, length);
	struct cpc_lines lines = cpc_lines_of(text + mark, length - mark);
	struct reader reader = { .settings = settings };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status status = CPC_OK;
	struct cpc_line line;

	while (!status && cpc_lines_next(&lines, &line)) {
		reader.line = line.number;
		if (read_line(&reader, (struct cpc_span){ line.text, line.length }, &error))
			status = fail_line(reterr, line.number, &error);
	}
	cpc_settings_free(&reader.unused);
	return status ? status : cpc_lines_status(&lines, reterr);
}
