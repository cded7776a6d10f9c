/* SPDX-License-Identifier: MIT */
/*
 * What SCSI devices say of themselves: INQUIRY's answer or a page 0x83. No more is read than is there, a name is
 * printable and of one of the known sorts, and more bytes behind a whole page change nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "scsi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_name(const char identity[static CPC_IDENTITY_SIZE])
{
	const size_t length = strnlen(identity, CPC_IDENTITY_SIZE);

	require(length > 4 && length < CPC_IDENTITY_SIZE);
	for (size_t i = 0; i < length; i++)
		require(identity[i] >= ' ' && identity[i] <= '~');
	if (strncmp(identity, "t10.", 4) == 0)
		return;
	require(strspn(identity + 4, "0123456789abcdef") == length - 4);
	if (strncmp(identity, "naa.", 4) == 0)
		require(length == 4 + (identity[4] == '6' ? 32 : 16) && strchr("2356", identity[4]) != NULL);
	else
		require(strncmp(identity, "eui.", 4) == 0 &&
			(length == 4 + 16 || length == 4 + 24 || length == 4 + 32));
}

static void check_page(const uint8_t *data, size_t size)
{
	char identity[CPC_IDENTITY_SIZE];
	char again[CPC_IDENTITY_SIZE];
	const int error = cpc_scsi_identity(data, size, identity);
	size_t whole;

	if (error)
		require(!identity[0]);
	else
		check_name(identity);
	if (size < 4)
		return;
	whole = 4 + ((size_t)data[2] << 8 | data[3]);
	if (whole > size)
		return;
	require(cpc_scsi_identity(data, whole, again) == error && strcmp(identity, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_scsi_inquiry inquiry = { .type = 0xff, .version = 0xff };

	if (cpc_scsi_inquiry_read(data, size, &inquiry) == 0)
		require(inquiry.type <= 0x1f && inquiry.version == data[2]);
	else
		require(inquiry.type == 0xff && inquiry.version == 0xff);
	check_page(data, size);
	return 0;
}
