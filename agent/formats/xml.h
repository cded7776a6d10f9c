/* SPDX-License-Identifier: MIT */
/*
 * The one door to libexpat: XML in, calls for each element out. Text between
 * elements is passed over. There is no DTD and so no entity but XML's own five: a
 * document with a DOCTYPE is refused.
 */
#ifndef CPC_XML_H
#define CPC_XML_H

#include <stddef.h>

#include <cpucompat/status.h>

/** The parser keeps a copy of its input, so documents above this are refused. */
#define CPC_XML_MAX (16U << 20)

/** Elements within elements, at most. What libvirt writes goes ten deep. */
#define CPC_XML_DEPTH_MAX 64

/**
 * What to do at each element. Either function may be NULL. One that fails ends the
 * reading: cpc_xml_read() returns its status, and neither is called again.
 * Names and values are UTF-8, may hold control characters, and live until the call returns.
 */
struct cpc_xml_handler {
	void *context; /**< handed to both */
	/** At `<name ...>` and `<name .../>`, on that line; for `attributes` see cpc_xml_attribute(). */
	enum cpc_status (*start)(void *context, const char *name, const char *const *attributes, size_t line,
				 struct cpc_error *reterr);
	/** At `</name>`, and after `start` for `<name .../>`. */
	enum cpc_status (*end)(void *context, const char *name, size_t line, struct cpc_error *reterr);
};

/**
 * Walk through one document of `length` bytes (UTF-8, UTF-16, ISO-8859-1 or
 * US-ASCII). CPC_BAD_DATA, with the line, for what is no well-formed XML, has a
 * DOCTYPE, or exceeds the limits above; elements before that line were handed out.
 */
enum cpc_status cpc_xml_read(const char *bytes, size_t length, const struct cpc_xml_handler *handler,
			     struct cpc_error *reterr);

/** The value of an attribute, as long-lived as `attributes`; NULL where the element has none of that name. */
const char *cpc_xml_attribute(const char *const *attributes, const char *name);

#endif
