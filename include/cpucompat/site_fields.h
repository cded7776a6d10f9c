/* SPDX-License-Identifier: MIT */
/*
 * The members of a site as a table, for what writes and reads them all: a new one is a row here.
 */
#ifndef CPUCOMPAT_SITE_FIELDS_H
#define CPUCOMPAT_SITE_FIELDS_H

#include <cpucompat/site.h>

enum cpc_site_kind {
	CPC_SITE_TEXT = 1,  /**< printable ASCII of `size` bytes with its NUL */
	CPC_SITE_NUMBER,    /**< struct cpc_measurement */
	CPC_SITE_TRISTATE,  /**< enum cpc_tristate */
	CPC_SITE_BOOLEAN,   /**< bool */
	CPC_SITE_PORT_KIND, /**< enum cpc_port_kind */
	CPC_SITE_TRANSPORT, /**< enum cpc_transport */
};

struct cpc_site_field {
	const char *name;
	enum cpc_site_kind kind;
	size_t offset; /**< in its part */
	size_t size;
};

/** A member of struct cpc_site that is a struct, or a list of them. */
struct cpc_site_part {
	const char *name;
	size_t offset; /**< in the site; of a list that of the pointer */
	const struct cpc_site_field *fields;
	size_t field_count;
	size_t item_size; /**< of a list; 0: it is none */
	size_t count_offset;
	size_t left_out_offset;
	void *(*add)(struct cpc_site *site); /**< a new item of the list, or NULL as cpc_site_add_port() */
};

extern const struct cpc_site_part cpc_site_parts[];
extern const size_t cpc_site_part_count;

#endif
