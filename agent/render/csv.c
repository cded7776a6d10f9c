/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include <string.h>

#include "json.h"

/* What parts fields: here, and where a comma is the decimal separator. */
#define PARTING ",;|\"\t\r\n"

static void next_field(struct cpc_csv *csv)
{
	if (csv->begun)
		cpc_buffer_puts(csv->out, ",");
	csv->begun = true;
}

/** OWASP, "CSV Injection": what makes a formula of a cell; and blanks, which some programs drop first. */
static bool could_run(const char *text)
{
	text += strspn(text, " ");
	return (*text && strchr("=+-@", *text)) || (*text && (unsigned char)*text < ' ');
}

static void add_quoted(struct cpc_buffer *out, const char *text)
{
	cpc_buffer_puts(out, "\"");
	while (*text) {
		const size_t plain = strcspn(text, "\"");

		cpc_buffer_add(out, text, plain);
		text += plain;
		if (*text) {
			cpc_buffer_puts(out, "\"\"");
			text++;
		}
	}
	cpc_buffer_puts(out, "\"");
}

static void add_field(struct cpc_buffer *out, const char *text)
{
	struct cpc_buffer guarded = { 0 };

	if (could_run(text)) {
		cpc_buffer_puts(&guarded, "'");
		cpc_buffer_puts(&guarded, text);
		out->failed |= guarded.failed;
		text = guarded.failed ? "" : guarded.bytes;
	}
	if (text[strcspn(text, PARTING)])
		add_quoted(out, text);
	else
		cpc_buffer_puts(out, text);
	cpc_buffer_free(&guarded);
}

void cpc_csv_text(struct cpc_csv *csv, const char *text)
{
	/* As printable as in the other documents. */
	json_t *printable = cpc_json_text(text);

	next_field(csv);
	if (printable)
		add_field(csv->out, json_string_value(printable));
	else
		csv->out->failed = true;
	json_decref(printable);
}

void cpc_csv_count(struct cpc_csv *csv, size_t count)
{
	next_field(csv);
	cpc_buffer_printf(csv->out, "%zu", count);
}

void cpc_csv_empty(struct cpc_csv *csv, size_t fields)
{
	while (fields--)
		next_field(csv);
}

void cpc_csv_end(struct cpc_csv *csv)
{
	cpc_buffer_puts(csv->out, "\r\n");
	csv->begun = false;
}
