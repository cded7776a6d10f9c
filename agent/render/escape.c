/* SPDX-License-Identifier: MIT */
#include "escape.h"

#include <string.h>

void cpc_vendor_text(const char raw[static CPC_VENDOR_SIZE], char ret_text[static CPC_VENDOR_TEXT_SIZE])
{
	static const char digits[] = "0123456789ABCDEF";
	size_t length = CPC_VENDOR_SIZE - 1;
	char *end = ret_text;

	while (length && !raw[length - 1])
		length--;
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)raw[i];

		if (byte >= ' ' && byte <= '~' && byte != '%') {
			*end++ = (char)byte;
			continue;
		}
		*end++ = '%';
		*end++ = digits[byte >> 4];
		*end++ = digits[byte & 15];
	}
	*end = '\0';
}

/** Append a text with the characters of `special` replaced, each by the entry of the same place. */
static void add_replaced(struct cpc_buffer *out, const char *text, const char *special, const char *const *replacements)
{
	while (*text) {
		size_t plain = strcspn(text, special);

		cpc_buffer_add(out, text, plain);
		text += plain;
		if (*text)
			cpc_buffer_puts(out, replacements[strchr(special, *text++) - special]);
	}
}

void cpc_add_html(struct cpc_buffer *out, const char *text)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	add_replaced(out, text, "&<>\"'", entities);
}

void cpc_add_label(struct cpc_buffer *out, const char *text)
{
	static const char *const escapes[] = { "\\\\", "\\\"", "\\n" };

	add_replaced(out, text, "\\\"\n", escapes);
}
