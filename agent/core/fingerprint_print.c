/* SPDX-License-Identifier: MIT */
/*
 * The canonical text.
 *
 *     cpc1:GenuineIntel:6.106.6:<word>-<word>-...:<scalar>=<value>,...
 *
 * There is exactly one text for a fingerprint: no leading zeros, no trailing zero
 * words, scalars in table order, zero scalars left out. So equal texts are equal
 * fingerprints. fingerprint_parse.c is the way back.
 */
#include <cpucompat/fingerprint.h>

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Vendor escaped 36, three numbers of 10, 9 per word, 31 per scalar, 21 per component. */
static_assert(64 + 36 + 33 + 9 * CPC_WORDS_MAX + 31 * CPC_SCALAR_COUNT + 21 * CPC_COMPONENTS_MAX + CPC_FOREIGN_MAX <
		      CPC_FINGERPRINT_SIZE,
	      "every fingerprint fits its text");

struct printer {
	char *text;
	size_t length;
};

static void put(struct printer *printer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct printer *printer, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(printer->text + printer->length, CPC_FINGERPRINT_SIZE - printer->length, format, arguments);
	va_end(arguments);
	if (length > 0)
		printer->length += (size_t)length;
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t vendor_length(const char *vendor)
{
	size_t length = CPC_VENDOR_SIZE - 1;

	while (length && vendor[length - 1] == '\0')
		length--;
	return length;
}

static void put_vendor(struct printer *printer, const char *vendor)
{
	const size_t length = vendor_length(vendor);

	for (size_t i = 0; i < length; i++) {
		if (is_plain(vendor[i]))
			put(printer, "%c", vendor[i]);
		else
			put(printer, "%%%02X", (unsigned int)(unsigned char)vendor[i]);
	}
}

/* Of each word only the `kept` bits are printed, and none where one of them is unread; words beyond our table are kept
 * whole. */
static void put_words(struct printer *printer, const struct cpc_fingerprint *fingerprint, const uint32_t *kept)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < fingerprint->word_count; i++) {
		const uint32_t mask = i < CPC_WORD_COUNT ? kept[i] : UINT32_MAX;

		if ((fingerprint->unread[i] | fingerprint->words[i]) & mask)
			count = i + 1;
	}
	for (unsigned int i = 0; i < count; i++) {
		const uint32_t mask = i < CPC_WORD_COUNT ? kept[i] : UINT32_MAX;
		const char *separator = i ? "-" : "";

		if (fingerprint->unread[i] & mask)
			put(printer, "%sx", separator);
		else
			put(printer, "%s%" PRIx32, separator, fingerprint->words[i] & mask);
	}
}

static bool put_layout(struct printer *printer, const struct cpc_fingerprint *fingerprint, const char *separator)
{
	if (fingerprint->layout_unknown) {
		put(printer, "%sxs=x", separator);
		return true;
	}
	for (size_t i = 0; i < fingerprint->layout_count; i++) {
		const struct cpc_component *component = &fingerprint->layout[i];

		if (i)
			put(printer, "+");
		else
			put(printer, "%sxs=", separator);
		put(printer, "%x.%" PRIx32 ".%" PRIx32, (unsigned int)component->index, component->offset,
		    component->size);
	}
	return fingerprint->layout_count > 0;
}

static bool put_scalar(struct printer *printer, const struct cpc_fingerprint *fingerprint, unsigned int id,
		       const char *separator)
{
	const struct cpc_number *number = &fingerprint->scalars[id];

	if (!cpc_scalar_in_text((enum cpc_scalar_id)id))
		return false;
	if (cpc_scalars[id].rule == CPC_SCALAR_LAYOUT)
		return put_layout(printer, fingerprint, separator);
	if (number->unknown)
		put(printer, "%s%s=x", separator, cpc_scalars[id].name);
	else if (number->value)
		put(printer, "%s%s=%" PRIu64, separator, cpc_scalars[id].name, number->value);
	return number->unknown || number->value;
}

static void put_scalars(struct printer *printer, const struct cpc_fingerprint *fingerprint)
{
	const char *separator = "";

	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		if (put_scalar(printer, fingerprint, i, separator))
			separator = ",";
	if (fingerprint->foreign[0])
		put(printer, "%s%s", separator, fingerprint->foreign);
}

static size_t print(const struct cpc_fingerprint *fingerprint, bool with_signature, const uint32_t *kept, char *text)
{
	struct printer printer = { .text = text };

	put(&printer, "cpc1:");
	put_vendor(&printer, fingerprint->vendor);
	if (with_signature)
		put(&printer, ":%" PRIu32 ".%" PRIu32 ".%" PRIu32, fingerprint->family, fingerprint->model,
		    fingerprint->stepping);
	put(&printer, ":");
	put_words(&printer, fingerprint, kept);
	put(&printer, ":");
	put_scalars(&printer, fingerprint);
	return printer.length;
}

size_t cpc_fingerprint_print(const struct cpc_fingerprint *fingerprint, char ret_text[static CPC_FINGERPRINT_SIZE])
{
	uint32_t kept[CPC_WORD_COUNT];

	memset(kept, 0xff, sizeof(kept));
	return print(fingerprint, true, kept, ret_text);
}

bool cpc_fingerprint_same_text(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	char left[CPC_FINGERPRINT_SIZE];
	char right[CPC_FINGERPRINT_SIZE];

	cpc_fingerprint_print(a, left);
	cpc_fingerprint_print(b, right);
	return strcmp(left, right) == 0;
}

struct cpc_signature cpc_fingerprint_signature(const struct cpc_fingerprint *fingerprint)
{
	struct cpc_signature signature = {
		.family = fingerprint->family,
		.model = fingerprint->model,
		.stepping = fingerprint->stepping,
	};

	memcpy(signature.vendor, fingerprint->vendor, sizeof(signature.vendor));
	return signature;
}

size_t cpc_fingerprint_print_for_id(const struct cpc_fingerprint *fingerprint, bool silicon,
				    char ret_text[static CPC_FINGERPRINT_SIZE])
{
	uint32_t kept[CPC_WORD_COUNT];
	uint32_t mitigations[CPC_WORD_COUNT] = { 0 };

	cpc_canonical_masks(kept);
	if (silicon)
		cpc_mitigation_masks(mitigations);
	for (size_t i = 0; i < CPC_WORD_COUNT; i++)
		kept[i] &= ~mitigations[i];
	return print(fingerprint, false, kept, ret_text);
}
