/* SPDX-License-Identifier: MIT */
#include "amounts.h"

#include <inttypes.h>
#include <stdio.h>

#include <cpucompat/layout.h>

/** A number and its fraction of so many digits, without zeros at the end but for the first `least` digits. */
static void print(uint64_t whole, uint64_t fraction, unsigned int digits, unsigned int least, const char *unit,
		  char ret_words[static CPC_AMOUNT_SIZE])
{
	for (; digits > (fraction ? least : 0) && fraction % 10 == 0; digits--)
		fraction /= 10;
	if (digits)
		snprintf(ret_words, CPC_AMOUNT_SIZE, "%" PRIu64 ".%0*" PRIu64 "%s", whole, (int)digits, fraction, unit);
	else
		snprintf(ret_words, CPC_AMOUNT_SIZE, "%" PRIu64 "%s", whole, unit);
}

void cpc_bytes_words(uint64_t bytes, bool up, char ret_words[static CPC_AMOUNT_SIZE])
{
	static const struct {
		unsigned int shift;
		const char *name;
	} units[] = { { 40, " TiB" }, { 30, " GiB" }, { 20, " MiB" } };
	size_t i = 0;
	uint64_t whole, rest, hundredths;

	while (i + 1 < sizeof(units) / sizeof(*units) && !(bytes >> units[i].shift))
		i++;
	whole = bytes >> units[i].shift;
	rest = bytes & ((UINT64_C(1) << units[i].shift) - 1);
	/* At most 40 bits, and 7 for the factor. */
	hundredths = rest * 100 >> units[i].shift;
	if (up && hundredths << units[i].shift < rest * 100)
		hundredths++;
	print(whole + hundredths / 100, hundredths % 100, 2, 0, units[i].name, ret_words);
}

void cpc_money_words(uint64_t units, char ret_words[static CPC_AMOUNT_SIZE])
{
	print(units / CPC_MONEY_UNIT, units % CPC_MONEY_UNIT, 4, 2, "", ret_words);
}

void cpc_thousandths_words(uint64_t thousandths, char ret_words[static CPC_AMOUNT_SIZE])
{
	print(thousandths / 1000, thousandths % 1000, 3, 0, "", ret_words);
}

uint64_t cpc_permille(uint64_t part, uint64_t whole)
{
	uint64_t permille, rest;

	if (!whole || whole > UINT64_MAX / 10 || part / whole > UINT64_MAX / 1000 - 1)
		return UINT64_MAX;
	permille = part / whole;
	rest = part % whole;
	for (unsigned int digit = 0; digit < 3; digit++) {
		permille = permille * 10 + rest * 10 / whole;
		rest = rest * 10 % whole;
	}
	return permille;
}
