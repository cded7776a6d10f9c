/* SPDX-License-Identifier: MIT */
/* The head and the foot of a page, and the policy of its content: what runs is allowed by its hash, and nothing else.
 */
#include "page_shell.h"

#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "escape.h"
#include "page_assets.h"
#include "render.h"

/** A SHA-256 in base64 (RFC 4648), padded, and a NUL. */
#define HASH_SIZE 45

static const char head[] = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			   "<meta name=\"color-scheme\" content=\"light dark\">\n"
			   "<meta name=\"referrer\" content=\"no-referrer\">\n";

static void print_hash(const char *bytes, size_t size, char ret_hash[static HASH_SIZE])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char digest[CPC_DIGEST_SIZE + 1] = { 0 };

	cpc_digest(bytes, size, digest);
	for (size_t i = 0; i < CPC_DIGEST_SIZE; i += 3) {
		const unsigned int three =
			(unsigned int)digest[i] << 16 | (unsigned int)digest[i + 1] << 8 | digest[i + 2];

		for (unsigned int n = 0; n < 4; n++)
			*ret_hash++ = digits[three >> (18 - 6 * n) & 63];
	}
	ret_hash[-1] = '=';
	*ret_hash = '\0';
}

void cpc_page_policy(bool mailed, char ret_policy[static CPC_PAGE_POLICY_SIZE])
{
	char style[HASH_SIZE];
	char script[HASH_SIZE];

	print_hash(cpc_page_css, cpc_page_css_size, style);
	print_hash(cpc_page_js, cpc_page_js_size, script);
	snprintf(ret_policy, CPC_PAGE_POLICY_SIZE,
		 "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; "
		 "form-action 'none'%s",
		 style, script, mailed ? "" : "; frame-ancestors 'none'");
}

void cpc_page_begin(struct cpc_buffer *out, const char *title, bool mailed)
{
	char policy[CPC_PAGE_POLICY_SIZE];

	cpc_buffer_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	if (mailed) {
		cpc_page_policy(true, policy);
		cpc_buffer_printf(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n", policy);
	}
	cpc_buffer_puts(out, head);
	cpc_buffer_puts(out, "<title>");
	cpc_page_text(out, title);
	cpc_buffer_puts(out, "</title>\n<style>");
	cpc_buffer_add(out, cpc_page_css, cpc_page_css_size);
	cpc_buffer_puts(out, "</style>\n</head>\n<body>\n");
}

/** The length of the UTF-8 character at `text` (Unicode 15, table 3-7), or 0: it is none, or is a control. */
static size_t character_at(const unsigned char *text)
{
	const unsigned char first = text[0];
	const size_t length = first < 0x80   ? 1
			      : first < 0xc2 ? 0
			      : first < 0xe0 ? 2
			      : first < 0xf0 ? 3
			      : first < 0xf5 ? 4
					     : 0;
	const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	if (first < ' ' || first == 0x7f)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (text[i] < (i == 1 ? low : 0x80) || text[i] > (i == 1 ? high : 0xbf))
			return 0;
	/* U+0080 to U+009F */
	return first == 0xc2 && text[1] < 0xa0 ? 0 : length;
}

void cpc_page_piece(struct cpc_buffer *out, const char *text, size_t length)
{
	size_t done = 0;

	for (size_t i = 0; i < length;) {
		const size_t size = character_at((const unsigned char *)text + i);
		const char alone[2] = { text[i], '\0' };

		if (size && !strchr("&<>\"'", text[i])) {
			i += size;
			continue;
		}
		cpc_buffer_add(out, text + done, i - done);
		if (size)
			cpc_add_html(out, alone);
		else
			cpc_buffer_printf(out, "%%%02X", (unsigned char)text[i]);
		done = ++i;
	}
	cpc_buffer_add(out, text + done, length - done);
}

void cpc_page_text(struct cpc_buffer *out, const char *text)
{
	cpc_page_piece(out, text, strlen(text));
}

void cpc_page_name(struct cpc_buffer *out, const char *name)
{
	cpc_buffer_puts(out, "<bdi>");
	cpc_page_text(out, name);
	cpc_buffer_puts(out, "</bdi>");
}

void cpc_page_end(struct cpc_buffer *out, bool script)
{
	if (script) {
		cpc_buffer_puts(out, "<script>");
		cpc_buffer_add(out, cpc_page_js, cpc_page_js_size);
		cpc_buffer_puts(out, "</script>\n");
	}
	cpc_buffer_puts(out, "</body>\n</html>\n");
}
