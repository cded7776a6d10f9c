/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

#include <string.h>

#include <cpucompat/catalogue.h>

#include "layout.h"

static bool holds_all(const struct cpc_catalogue_row *row, char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcasestr(row->name, words[i]) && !strcasestr(row->brand, words[i]))
			return false;
	}
	return true;
}

static int widest_name(const struct cli_options *options)
{
	int widest = 0;

	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		int columns = cpc_text_columns(cpc_catalogue[i].name);

		if (columns > widest && holds_all(&cpc_catalogue[i], options->arguments, options->argument_count))
			widest = columns;
	}
	return widest;
}

static void put_row(struct cpc_text *text, const struct cpc_catalogue_row *row, int column)
{
	cpc_text_puts(text, "@");
	cpc_text_puts(text, row->name);
	cpc_text_to(text, column);
	cpc_text_wrap(text, column, row->brand);
	cpc_text_newline(text);
	if (!text->style->verbose)
		return;
	cpc_text_wrap(text, 4, row->source);
	cpc_text_newline(text);
	cpc_text_to(text, 4);
	cpc_text_puts(text, row->fingerprint);
	cpc_text_newline(text);
}

int cli_catalogue(const struct cli_options *options)
{
	const struct cpc_style style = cli_style(options);
	const int column = 1 + widest_name(options) + 2;
	struct cpc_buffer out = { 0 };
	struct cpc_text text = cpc_text_start(&out, &style);

	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		if (holds_all(&cpc_catalogue[i], options->arguments, options->argument_count))
			put_row(&text, &cpc_catalogue[i], column);
	}
	if (!out.length && !out.failed)
		return cli_complain(CPC_NO_INPUT, "catalogue: no processor's name holds all of these words; try fewer");
	return cli_write(&out, CPC_OK);
}
