/* SPDX-License-Identifier: MIT */
/* What the parts of the exerciser (exercise.c) share. It is a program of a test: nothing of it is installed. */
#ifndef CPC_TESTS_VM_EXERCISE_H
#define CPC_TESTS_VM_EXERCISE_H

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

/** Contents of one vector register, or of two next to each other. */
union vector {
	alignas(64) uint8_t b[32];
	uint16_t w[16];
	uint32_t d[8];
	uint64_t q[4];
	float s[8];
	double f[4];
};

/** Numbers that look random and follow from `n`: the k-th of them. */
uint64_t exercise_number(uint64_t n, unsigned int k);

/** A vector full of such numbers. */
union vector exercise_vector(uint64_t n, unsigned int k);

/** Whether the first `bytes` of both are the same. */
bool exercise_same(const union vector *a, const union vector *b, unsigned int bytes);

/**
 * Each row of exercise.def: executes the feature's instructions on numbers that follow from
 * `n`, and says whether the answers are those that C computes. A processor without the
 * feature raises #UD here, or gives another answer.
 */
#define EXERCISE(name, leaf, subleaf, place, bit, needs) bool exercise_##name(uint64_t n);
#include "exercise.def"
#undef EXERCISE

/** What lies in registers while nothing else runs. */
struct held {
	union vector registers[16];
	double x87[8];
	uint32_t mxcsr;
	uint32_t pkru;
};

enum hold {
	HOLD_SPINNING, /**< the program does not leave the processor */
	HOLD_SLEEPING, /**< the kernel saves the registers and loads them again */
};

/**
 * Load `held` into registers, wait, and store them to `ret_held`, in one piece of
 * assembly: between the two the registers are the only copy. `wide`: the upper halves
 * too, where AVX is; `keys`: PKRU too.
 */
void exercise_hold(const struct held *held, enum hold how, bool wide, bool keys, struct held *ret_held);

#endif
