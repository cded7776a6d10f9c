/* SPDX-License-Identifier: MIT */
#include "quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static const struct {
	const char *name;
	unsigned int shift;
} units[] = {
	{ "", 0 },     { "KiB", 10 }, { "K", 10 },   { "MiB", 20 }, { "M", 20 },
	{ "GiB", 30 }, { "G", 30 },   { "TiB", 40 }, { "T", 40 },
};

/** The digits at the start of a span, which is moved behind them; false where there are none or too many. */
static bool take_digits(struct cpc_span *span, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t length = 0;

	for (; length < span->length && span->text[length] >= '0' && span->text[length] <= '9'; length++) {
		const unsigned int digit = (unsigned int)(span->text[length] - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (!length)
		return false;
	span->text += length;
	span->length -= length;
	*ret_value = value;
	return true;
}

/** "64 GiB": in the largest unit in which it is a whole number. */
static void print_bytes(uint64_t bytes, char *ret_text, size_t size)
{
	static const char *const names[] = { "", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (unit + 1 < sizeof(names) / sizeof(*names) && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		unit++;
	}
	snprintf(ret_text, size, "%" PRIu64 "%s", bytes, names[unit]);
}

static enum cpc_status refuse(struct cpc_span span, const char *why, struct cpc_error *reterr)
{
	char quote[CPC_QUOTE_SIZE];

	cpc_text_quote(quote, span.text, span.length);
	return cpc_fail(reterr, CPC_USAGE, 0, "'%s' %s", quote, why);
}

/** Whether it is one of those units that mean two things. */
static bool is_ambiguous(struct cpc_span unit)
{
	return unit.length == 2 && strchr("kKMGT", unit.text[0]) && unit.text[1] == 'B';
}

enum cpc_status cpc_quantity_bytes(struct cpc_span span, uint64_t min, uint64_t max, uint64_t *ret_bytes,
				   struct cpc_error *reterr)
{
	struct cpc_span unit = span;
	char lowest[32], highest[32], why[128];
	uint64_t number;
	size_t i = 0;

	if (!take_digits(&unit, &number))
		return refuse(span, "is not memory; write a whole number and KiB, MiB, GiB or TiB, as 4GiB", reterr);
	while (i < sizeof(units) / sizeof(*units) && !cpc_span_equals(unit, units[i].name))
		i++;
	if (i == sizeof(units) / sizeof(*units) && is_ambiguous(unit))
		return refuse(span, "may mean 1000s or 1024s; write KiB, MiB, GiB or TiB", reterr);
	if (i == sizeof(units) / sizeof(*units))
		return refuse(span, "is not memory; write a whole number and KiB, MiB, GiB or TiB, as 1536MiB", reterr);
	print_bytes(min, lowest, sizeof(lowest));
	print_bytes(max, highest, sizeof(highest));
	if (number > max >> units[i].shift || number << units[i].shift < min) {
		snprintf(why, sizeof(why), "is not from %s to %s%s", lowest, highest,
			 *units[i].name ? "" : "; without a unit it is bytes");
		return refuse(span, why, reterr);
	}
	*ret_bytes = number << units[i].shift;
	return CPC_OK;
}

enum cpc_status cpc_quantity_whole(struct cpc_span span, const char *what, uint32_t min, uint32_t max,
				   uint32_t *ret_number, struct cpc_error *reterr)
{
	struct cpc_span rest = span;
	char why[128];
	uint64_t number;

	if (take_digits(&rest, &number) && !rest.length && number >= min && number <= max) {
		*ret_number = (uint32_t)number;
		return CPC_OK;
	}
	snprintf(why, sizeof(why), "is no number of %s from %" PRIu32 " to %" PRIu32, what, min, max);
	return refuse(span, why, reterr);
}

/** The digits behind a point, filled up with zeros; false where there are none, or more than the unit has. */
static bool take_fraction(struct cpc_span *span, uint32_t unit, uint64_t *ret_units)
{
	uint64_t value = 0;
	size_t length = 0;

	for (; length < span->length && span->text[length] >= '0' && span->text[length] <= '9'; length++) {
		unit /= 10;
		if (!unit)
			return false;
		value += (uint64_t)(span->text[length] - '0') * unit;
	}
	span->text += length;
	span->length -= length;
	*ret_units = value;
	return length > 0;
}

static unsigned int digits_of(uint32_t unit)
{
	unsigned int digits = 0;

	for (; unit > 1; unit /= 10)
		digits++;
	return digits;
}

static void print_decimal(uint64_t number, uint32_t unit, char *ret_text, size_t size)
{
	unsigned int digits = digits_of(unit);
	uint64_t fraction = number % unit;

	for (; digits && fraction % 10 == 0; digits--)
		fraction /= 10;
	if (digits)
		snprintf(ret_text, size, "%" PRIu64 ".%0*" PRIu64, number / unit, (int)digits, fraction);
	else
		snprintf(ret_text, size, "%" PRIu64, number / unit);
}

enum cpc_status cpc_quantity_decimal(struct cpc_span span, uint32_t unit, uint64_t min, uint64_t max,
				     uint64_t *ret_units, struct cpc_error *reterr)
{
	struct cpc_span rest = span;
	char lowest[32], highest[32], why[160];
	uint64_t whole, fraction = 0;
	bool good = take_digits(&rest, &whole);

	if (good && rest.length && *rest.text == '.') {
		rest.text++;
		rest.length--;
		good = take_fraction(&rest, unit, &fraction);
	}
	if (good && !rest.length && whole <= max / unit && whole * unit + fraction >= min &&
	    whole * unit + fraction <= max) {
		*ret_units = whole * unit + fraction;
		return CPC_OK;
	}
	print_decimal(min, unit, lowest, sizeof(lowest));
	print_decimal(max, unit, highest, sizeof(highest));
	snprintf(why, sizeof(why), "is no number from %s to %s, with at most %u digits behind a point", lowest, highest,
		 digits_of(unit));
	return refuse(span, why, reterr);
}
