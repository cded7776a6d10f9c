/* SPDX-License-Identifier: MIT */
/* Kernel messages: any bytes are read within their bounds, and what follows the last NUL says nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	size_t whole = size;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	while (whole && bytes[whole - 1] != '\0')
		whole--;
	if (cpc_uevent_of_cpu(bytes, size) != cpc_uevent_of_cpu(bytes, whole))
		abort();
	free(bytes);
	return 0;
}
