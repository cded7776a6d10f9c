/* SPDX-License-Identifier: MIT */
#include "layout_text.h"

#include <string.h>

#include "quantity.h"
#include "text.h"

#define PARTS_MIN 3
#define PARTS_MAX 4

/** The parts between the x's; more than PARTS_MAX where there are more. */
static size_t split(const char *text, struct cpc_span ret_parts[static PARTS_MAX])
{
	size_t count = 0;

	for (;; text++) {
		const size_t length = strcspn(text, "x");

		if (count < PARTS_MAX)
			ret_parts[count] = (struct cpc_span){ text, length };
		count++;
		text += length;
		if (!*text)
			return count;
	}
}

enum cpc_status cpc_layout_read(const char *text, struct cpc_layout *ret_layout, struct cpc_error *reterr)
{
	struct cpc_layout layout = { .name = text, .threads = 1 };
	struct cpc_span parts[PARTS_MAX];
	const size_t count = split(text, parts);
	char quote[CPC_QUOTE_SIZE];
	enum cpc_status status;

	if (count < PARTS_MIN || count > PARTS_MAX) {
		cpc_text_quote(quote, text, strlen(text));
		return cpc_fail(reterr, CPC_USAGE, 0,
				"'%s' is no layout; write HOSTSxSOCKETSxMEMORY[xCORES], as 6x2x32GiB: 6 hosts of 2 "
				"sockets and 32 GiB each",
				quote);
	}
	status = cpc_quantity_whole(parts[0], "hosts", 1, CPC_LAYOUT_HOSTS_MAX, &layout.hosts, reterr);
	if (!status)
		status = cpc_quantity_whole(parts[1], "sockets of a host", 1, CPC_LAYOUT_SOCKETS_MAX, &layout.sockets,
					    reterr);
	if (!status)
		status = cpc_quantity_bytes(parts[2], CPC_VM_MEMORY_MIN, CPC_LAYOUT_MEMORY_MAX, &layout.memory, reterr);
	if (!status && count == PARTS_MAX)
		status = cpc_quantity_whole(parts[3], "cores of a socket", 1, CPC_LAYOUT_CORES_MAX, &layout.cores,
					    reterr);
	if (!status)
		*ret_layout = layout;
	return status;
}
