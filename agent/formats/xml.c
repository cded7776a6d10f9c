/* SPDX-License-Identifier: MIT */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include <expat.h>

struct walk {
	const struct cpc_xml_handler *handler;
	XML_Parser parser;
	unsigned int depth;
	enum cpc_status status;
	struct cpc_error *reterr;
};

static size_t line_of(const struct walk *walk)
{
	return (size_t)XML_GetCurrentLineNumber(walk->parser);
}

/* Keep the status of a handler. libexpat may still make a call or two after it was told to stop. */
static void keep(struct walk *walk, enum cpc_status status)
{
	walk->status = status;
	if (status)
		(void)XML_StopParser(walk->parser, XML_FALSE);
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct walk *walk = context;
	const struct cpc_xml_handler *handler = walk->handler;

	if (walk->status)
		return;
	if (++walk->depth > CPC_XML_DEPTH_MAX)
		keep(walk, cpc_fail(walk->reterr, CPC_BAD_DATA, line_of(walk),
				    "XML with more than %d elements within each other", CPC_XML_DEPTH_MAX));
	else if (handler->start)
		keep(walk, handler->start(handler->context, name, (const char *const *)attributes, line_of(walk),
					  walk->reterr));
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
	struct walk *walk = context;
	const struct cpc_xml_handler *handler = walk->handler;

	if (walk->status)
		return;
	walk->depth--;
	if (handler->end)
		keep(walk, handler->end(handler->context, name, line_of(walk), walk->reterr));
}

/* Called before anything of the DTD is read: entities that expand without end begin here. */
static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
			       const XML_Char *public_id, int has_subset)
{
	struct walk *walk = context;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	if (!walk->status)
		keep(walk, cpc_fail(walk->reterr, CPC_BAD_DATA, line_of(walk),
				    "XML with a DOCTYPE is not read: take it out"));
}

static enum cpc_status parser_error(const struct walk *walk)
{
	const enum XML_Error code = XML_GetErrorCode(walk->parser);

	if (walk->status)
		return walk->status;
	if (code == XML_ERROR_NO_MEMORY)
		return cpc_fail(walk->reterr, CPC_INTERNAL, 0, "out of memory");
	return cpc_fail(walk->reterr, CPC_BAD_DATA, line_of(walk), "is not valid XML: %s", XML_ErrorString(code));
}

enum cpc_status cpc_xml_read(const char *bytes, size_t length, const struct cpc_xml_handler *handler,
			     struct cpc_error *reterr)
{
	/* Named here, so that a test can refuse them wherever libexpat was linked from. */
	static const XML_Memory_Handling_Suite memory = { malloc, realloc, free };
	struct walk walk = { .handler = handler, .reterr = reterr };
	enum cpc_status status = CPC_OK;

	if (length > CPC_XML_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is XML of more than %u MiB", CPC_XML_MAX >> 20);
	walk.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (!walk.parser)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	XML_SetUserData(walk.parser, &walk);
	XML_SetElementHandler(walk.parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(walk.parser, on_doctype);
	/* In one piece: libexpat before 2.6.0 takes quadratic time over a long token that comes in pieces. */
	if (XML_Parse(walk.parser, bytes, (int)length, XML_TRUE) != XML_STATUS_OK)
		status = parser_error(&walk);
	XML_ParserFree(walk.parser);
	return status;
}

const char *cpc_xml_attribute(const char *const *attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}
