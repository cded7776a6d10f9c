/* SPDX-License-Identifier: MIT */
/*
 * glibc chooses at the start how to copy and compare, by CPUID, and then has AVX2 in the
 * middle of everything: a program that is to tell how it dies needs others, which the linker
 * finds here first. Nothing after the start calls what glibc would do with its own (printf).
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The compiler is not to see that these are what it would call them for. */
#define ONE_BY_ONE __asm__ volatile("" : : : "memory")

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		((char *)to)[i] = ((const char *)from)[i];
		ONE_BY_ONE;
	}
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	if ((const char *)to <= (const char *)from)
		return memcpy(to, from, size);
	while (size--) {
		((char *)to)[size] = ((const char *)from)[size];
		ONE_BY_ONE;
	}
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		((unsigned char *)to)[i] = (unsigned char)byte;
		ONE_BY_ONE;
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const unsigned char *)a)[i] != ((const unsigned char *)b)[i])
			return ((const unsigned char *)a)[i] < ((const unsigned char *)b)[i] ? -1 : 1;
	return 0;
}

/* clang asks for this one where only equality matters. */
int bcmp(const void *a, const void *b, size_t size)
{
	return memcmp(a, b, size);
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length]) {
		length++;
		ONE_BY_ONE;
	}
	return length;
}
