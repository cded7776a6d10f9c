/* SPDX-License-Identifier: MIT */
#include <cpucompat/buffer.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Drained at this length. */
#define DRAIN_SIZE ((size_t)1 << 20)

static void drain(struct cpc_buffer *buffer)
{
	if (!buffer->drain || buffer->failed || buffer->length < DRAIN_SIZE)
		return;
	buffer->failed = !buffer->drain(buffer->drain_context, buffer->bytes, buffer->length);
	buffer->length = 0;
}

/* Make room for `more` bytes and a NUL; false (for good) without memory. */
static bool reserve(struct cpc_buffer *buffer, size_t more)
{
	size_t room = buffer->room ? buffer->room : 256;
	char *bytes;

	drain(buffer);
	if (buffer->failed || more > SIZE_MAX / 4 - buffer->length) {
		buffer->failed = true;
		return false;
	}
	if (buffer->length + more < buffer->room)
		return true;
	while (room <= buffer->length + more)
		room *= 2;
	bytes = realloc(buffer->bytes, room);
	if (!bytes) {
		buffer->failed = true;
		return false;
	}
	buffer->bytes = bytes;
	buffer->room = room;
	return true;
}

void cpc_buffer_add(struct cpc_buffer *buffer, const void *bytes, size_t length)
{
	if (!reserve(buffer, length))
		return;
	if (length)
		memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
}

void cpc_buffer_puts(struct cpc_buffer *buffer, const char *text)
{
	cpc_buffer_add(buffer, text, strlen(text));
}

void cpc_buffer_printf(struct cpc_buffer *buffer, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0 || !reserve(buffer, (size_t)length)) {
		buffer->failed = true;
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t)length;
}

void cpc_buffer_free(struct cpc_buffer *buffer)
{
	if (!buffer)
		return;
	free(buffer->bytes);
	*buffer = (struct cpc_buffer){ 0 };
}
