/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target without libFuzzer: each seed as it is, then so many mutations of
 * them. The same arguments make the same inputs, so a failure can be had again.
 *
 *	fuzz_read ITERATIONS FOLDER
 *	fuzz_read FILE                 one input, to look at what a fuzzer found
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEEDS_MAX 256
#define INPUT_MAX 65536

struct input {
	uint8_t bytes[INPUT_MAX];
	size_t length;
};

static struct input seeds[SEEDS_MAX];
static size_t seed_count;
static uint64_t random_state = UINT64_C(0x9e3779b97f4a7c15);

/* Marsaglia's xorshift64, "Xorshift RNGs", 2003. */
static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return limit ? (size_t)(random_state % limit) : 0;
}

static int load(const char *path, struct input *input)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return -1;
	input->length = fread(input->bytes, 1, INPUT_MAX, file);
	return fclose(file);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* In order of their names: the order of a folder is not the same everywhere. */
static int load_folder(const char *folder)
{
	struct dirent **entries;
	const int count = scandir(folder, &entries, NULL, by_name);

	for (int i = 0; i < count; i++) {
		char path[4096];

		(void)snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && seed_count < SEEDS_MAX && load(path, &seeds[seed_count]) == 0)
			seed_count++;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return seed_count ? 0 : -1;
}

/* Put the tail of another seed behind the head of this one. */
static void splice(struct input *input)
{
	const struct input *other = &seeds[random_below(seed_count)];
	const size_t head = random_below(input->length + 1);
	const size_t from = random_below(other->length + 1);
	size_t tail = other->length - from;

	if (tail > INPUT_MAX - head)
		tail = INPUT_MAX - head;
	memcpy(input->bytes + head, other->bytes + from, tail);
	input->length = head + tail;
}

/* Say a piece twice: sections, records and keys that repeat. */
static void repeat(struct input *input)
{
	const size_t from = random_below(input->length + 1);
	size_t length = random_below(input->length - from + 1);

	if (length > INPUT_MAX - input->length)
		length = INPUT_MAX - input->length;
	memmove(input->bytes + from + length, input->bytes + from, input->length - from);
	input->length += length;
}

static void mutate(struct input *input)
{
	static const char digits[] = "0123456789abcdefFx-:,.#[]{}\"\n\r\t ";
	const size_t at = random_below(input->length);

	switch (random_below(6)) {
	case 0:
		input->bytes[at] ^= (uint8_t)(1U << random_below(8));
		break;
	case 1:
	case 2:
		input->bytes[at] = (uint8_t)digits[random_below(sizeof(digits) - 1)];
		break;
	case 3:
		input->length = at;
		break;
	case 4:
		splice(input);
		break;
	default:
		repeat(input);
		break;
	}
}

/* From the heap and of just that length, so that a sanitizer sees every step too far. */
static void run(const struct input *input)
{
	uint8_t *copy = malloc(input->length ? input->length : 1);

	if (!copy)
		abort();
	memcpy(copy, input->bytes, input->length);
	(void)LLVMFuzzerTestOneInput(copy, input->length);
	free(copy);
}

int main(int argc, char **argv)
{
	static struct input input;

	if (argc == 2) {
		if (load(argv[1], &input)) {
			perror(argv[1]);
			return 66;
		}
		run(&input);
		return 0;
	}
	if (argc != 3 || load_folder(argv[2])) {
		fprintf(stderr, "usage: %s ITERATIONS SEEDS-FOLDER\n", argv[0]);
		return 64;
	}
	for (size_t i = 0; i < seed_count; i++)
		run(&seeds[i]);
	for (unsigned long left = strtoul(argv[1], NULL, 10); left; left--) {
		input = seeds[random_below(seed_count)];
		for (size_t times = 1 + random_below(8); times && input.length; times--)
			mutate(&input);
		run(&input);
	}
	return 0;
}
