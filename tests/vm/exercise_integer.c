/* SPDX-License-Identifier: MIT */
/* Rows of exercise.def about general registers, memory and the processor's own state. */
#include "exercise.h"

#include <string.h>
#include <sched.h>

bool exercise_cx8(uint64_t n)
{
	const uint64_t old = exercise_number(n, 0), new = exercise_number(n, 1);
	uint64_t memory = old;
	uint32_t low = (uint32_t)old, high = (uint32_t)(old >> 32);
	bool equal;

	__asm__ volatile("lock cmpxchg8b %0"
			 : "+m"(memory), "+a"(low), "+d"(high), "=@ccz"(equal)
			 : "b"((uint32_t) new), "c"((uint32_t)(new >> 32)));
	return equal && memory == new;
}

bool exercise_cx16(uint64_t n)
{
	const uint64_t old[2] = { exercise_number(n, 0), exercise_number(n, 1) };
	const uint64_t new[2] = { exercise_number(n, 2), exercise_number(n, 3) };
	alignas(16) uint64_t memory[2] = { old[0], old[1] };
	uint64_t low = old[0], high = old[1];
	bool equal;

	__asm__ volatile("lock cmpxchg16b %0"
			 : "+m"(memory), "+a"(low), "+d"(high), "=@ccz"(equal)
			 : "b"(new[0]), "c"(new[1]));
	if (!equal || memory[0] != new[0] || memory[1] != new[1])
		return false;
	__asm__ volatile("lock cmpxchg16b %0"
			 : "+m"(memory), "+a"(low), "+d"(high), "=@ccz"(equal)
			 : "b"(old[0]), "c"(old[1]));
	return !equal && low == new[0] && high == new[1] && memory[0] == new[0];
}

bool exercise_cmov(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0), b = exercise_number(n, 1);
	uint64_t least = a;

	__asm__ volatile("cmpq %1, %0\n\tcmovaq %1, %0" : "+r"(least) : "r"(b) : "cc");
	return least == (a < b ? a : b);
}

/* Lines that are flushed or written back hold what they held. */
#define FLUSH(name, instruction)                                                                                       \
	bool exercise_##name(uint64_t n)                                                                               \
	{                                                                                                              \
		union vector line = exercise_vector(n, 0);                                                             \
		const union vector copy = line;                                                                        \
                                                                                                                       \
		__asm__ volatile(instruction " %0" : "+m"(line));                                                      \
		return exercise_same(&line, &copy, sizeof(line.b));                                                    \
	}
FLUSH(clflush, "clflush")
FLUSH(clflushopt, "clflushopt")
FLUSH(clwb, "clwb")
FLUSH(3dnowprefetch, "prefetchw")

bool exercise_clzero(uint64_t n)
{
	static const uint8_t zero[64];
	alignas(64) uint8_t line[64];

	memset(line, (int)(n | 1), sizeof(line));
	__asm__ volatile("clzero" : "+m"(line) : "a"(line));
	return memcmp(line, zero, sizeof(line)) == 0;
}

bool exercise_movbe(uint64_t n)
{
	const uint64_t number = exercise_number(n, 0);
	uint64_t loaded, stored;

	__asm__ volatile("movbeq %1, %0" : "=r"(loaded) : "m"(number));
	__asm__ volatile("movbeq %1, %0" : "=m"(stored) : "r"(loaded));
	return loaded == __builtin_bswap64(number) && stored == number;
}

bool exercise_popcnt(uint64_t n)
{
	const uint64_t number = exercise_number(n, 0);
	uint64_t counted, expected = 0;

	__asm__ volatile("popcntq %1, %0" : "=r"(counted) : "r"(number) : "cc");
	for (unsigned int bit = 0; bit < 64; bit++)
		expected += number >> bit & 1;
	return counted == expected;
}

/* Elsewhere it is BSR, which tells the place of the same bit. */
bool exercise_abm(uint64_t n)
{
	const uint64_t number = exercise_number(n, 0) >> (n & 63);
	uint64_t counted, of_zero = 1, expected = 0;

	__asm__ volatile("lzcntq %1, %0" : "=r"(counted) : "r"(number) : "cc");
	__asm__ volatile("lzcntq %1, %0" : "+r"(of_zero) : "r"(UINT64_C(0)) : "cc");
	while (expected < 64 && !(number << expected >> 63))
		expected++;
	return counted == expected && of_zero == 64;
}

bool exercise_lahf_lm(uint64_t n)
{
	const uint16_t given = (uint16_t)(exercise_number(n, 0) & 0xd500);
	uint16_t loaded = 0;

	__asm__ volatile("movw %1, %%ax\n\tsahf\n\tmovw $0, %%ax\n\tlahf\n\tmovw %%ax, %0"
			 : "=r"(loaded)
			 : "r"(given)
			 : "rax", "cc");
	return loaded == (given | 0x200);
}

static uint64_t deposit(uint64_t from, uint64_t mask)
{
	uint64_t to = 0;

	for (unsigned int bit = 0; bit < 64; bit++)
		if (mask >> bit & 1) {
			to |= (from & 1) << bit;
			from >>= 1;
		}
	return to;
}

bool exercise_bmi1(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0) << (n & 31), b = exercise_number(n, 1);
	const unsigned int start = n & 15;
	uint64_t andn, bextr, blsi, blsmsk, blsr, tzcnt, of_zero = 1, expected = 0;

	__asm__ volatile("andnq %2, %1, %0" : "=r"(andn) : "r"(a), "r"(b) : "cc");
	__asm__ volatile("bextrq %2, %1, %0" : "=r"(bextr) : "r"(a), "r"(UINT64_C(0x1700) | start) : "cc");
	__asm__ volatile("blsiq %1, %0" : "=r"(blsi) : "r"(a) : "cc");
	__asm__ volatile("blsmskq %1, %0" : "=r"(blsmsk) : "r"(a) : "cc");
	__asm__ volatile("blsrq %1, %0" : "=r"(blsr) : "r"(a) : "cc");
	/* Elsewhere these two are BSF, and the second answers nothing. */
	__asm__ volatile("tzcntq %1, %0" : "=r"(tzcnt) : "r"(a) : "cc");
	__asm__ volatile("tzcntq %1, %0" : "+r"(of_zero) : "r"(UINT64_C(0)) : "cc");
	while (expected < 64 && !(a >> expected & 1))
		expected++;
	return andn == (~a & b) && bextr == (a >> start & 0x7fffff) && blsi == (a & -a) && blsmsk == (a ^ (a - 1)) &&
	       blsr == (a & (a - 1)) && tzcnt == expected && of_zero == 64;
}

bool exercise_bmi2(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0), b = exercise_number(n, 1), count = n & 63;
	uint64_t pdep, pext, bzhi, rorx, sarx, shlx, shrx, low, high;

	__asm__ volatile("pdepq %2, %1, %0" : "=r"(pdep) : "r"(a), "r"(b));
	__asm__ volatile("pextq %2, %1, %0" : "=r"(pext) : "r"(pdep), "r"(b));
	__asm__ volatile("bzhiq %2, %1, %0" : "=r"(bzhi) : "r"(a), "r"(count) : "cc");
	__asm__ volatile("rorxq $13, %1, %0" : "=r"(rorx) : "r"(a));
	__asm__ volatile("sarxq %2, %1, %0" : "=r"(sarx) : "r"(a), "r"(count));
	__asm__ volatile("shlxq %2, %1, %0" : "=r"(shlx) : "r"(a), "r"(count));
	__asm__ volatile("shrxq %2, %1, %0" : "=r"(shrx) : "r"(a), "r"(count));
	__asm__ volatile("mulxq %2, %0, %1" : "=r"(low), "=r"(high) : "r"(b), "d"(a & UINT32_MAX));
	return pdep == deposit(a, b) && deposit(pext, b) == pdep && bzhi == (a & ((UINT64_C(1) << count) - 1)) &&
	       rorx == (a >> 13 | a << 51) && sarx == (uint64_t)((int64_t)a >> count) && shlx == a << count &&
	       shrx == a >> count && low == (a & UINT32_MAX) * b &&
	       high == ((a & UINT32_MAX) * (b >> 32) + ((a & UINT32_MAX) * (b & UINT32_MAX) >> 32)) >> 32;
}

/* Two chains of carries at once, one in CF and one in OF. */
bool exercise_adx(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0), b = exercise_number(n, 1);
	uint64_t first = a, second = b, first_carry = 0, second_carry = 0;

	__asm__ volatile("xorl %%eax, %%eax\n\t"
			 "adcxq %4, %0\n\tadoxq %5, %1\n\tadcxq %%rax, %2\n\tadoxq %%rax, %3"
			 : "+&r"(first), "+&r"(second), "+&r"(first_carry), "+&r"(second_carry)
			 : "r"(b), "r"(~a)
			 : "rax", "cc");
	return first == a + b && first_carry == (a + b < a) && second == b + ~a && second_carry == (b + ~a < b);
}

/* Ten refusals in a row are a broken generator, and so is the same number twice (Intel's DRNG guide, 5.2.1). */
bool exercise_rdrand(uint64_t n)
{
	uint64_t numbers[2] = { n, n };

	for (unsigned int i = 0; i < 2; i++) {
		bool good = false;

		for (unsigned int tries = 0; tries < 10 && !good; tries++)
			__asm__ volatile("rdrand %0" : "=r"(numbers[i]), "=@ccc"(good));
		if (!good)
			return false;
	}
	return numbers[0] != numbers[1];
}

/* It may well have no seed; then it says so, and gives zero. */
bool exercise_rdseed(uint64_t n)
{
	uint64_t number = n;
	bool good;

	__asm__ volatile("rdseed %0" : "=r"(number), "=@ccc"(good));
	return good ? number != n : number == 0;
}

static bool right_cpu(uint32_t auxiliary)
{
	return (int)(auxiliary & 0xfff) == sched_getcpu();
}

bool exercise_rdtscp(uint64_t n)
{
	uint32_t low, high, auxiliary;
	uint64_t before;

	(void)n;
	for (unsigned int tries = 0; tries < 100; tries++) {
		__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
		before = (uint64_t)high << 32 | low;
		__asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(auxiliary));
		/* Between the two it may have been put on another CPU. */
		if (right_cpu(auxiliary))
			return ((uint64_t)high << 32 | low) >= before;
	}
	return false;
}

bool exercise_rdpid(uint64_t n)
{
	uint64_t auxiliary;

	(void)n;
	for (unsigned int tries = 0; tries < 100; tries++) {
		__asm__ volatile("rdpid %0" : "=r"(auxiliary));
		if (right_cpu((uint32_t)auxiliary))
			return true;
	}
	return false;
}

/* Nothing of a 64-bit program lies at GS. */
bool exercise_fsgsbase(uint64_t n)
{
	const uint64_t number = exercise_number(n, 0);
	uint64_t base, loaded;

	__asm__ volatile("wrgsbase %2\n\trdgsbase %0\n\tmovq %%gs:0, %1"
			 : "=&r"(base), "=&r"(loaded)
			 : "r"(&number), "m"(number));
	return base == (uint64_t)(uintptr_t)&number && loaded == number;
}

/* Keys 12 to 15 protect nothing here. */
bool exercise_pku(uint64_t n)
{
	const uint32_t bits = (uint32_t)(exercise_number(n, 0) << 24);
	uint32_t before, after, zero;

	__asm__ volatile("rdpkru" : "=a"(before), "=d"(zero) : "c"(0));
	__asm__ volatile("wrpkru" : : "a"((before & 0xffffff) | bits), "c"(0), "d"(0) : "memory");
	__asm__ volatile("rdpkru" : "=a"(after), "=d"(zero) : "c"(0));
	__asm__ volatile("wrpkru" : : "a"(before), "c"(0), "d"(0) : "memory");
	return after == ((before & 0xffffff) | bits) && zero == 0;
}

/* In use is a part of what is switched on, and SSE is among it here. */
bool exercise_xgetbv1(uint64_t n)
{
	uint32_t on, used, high;

	__asm__ volatile("movq %0, %%xmm15" : : "r"(n | 1) : "xmm15");
	__asm__ volatile("xgetbv" : "=a"(on), "=d"(high) : "c"(0));
	__asm__ volatile("xgetbv" : "=a"(used), "=d"(high) : "c"(1));
	return (used & 2) && !(used & ~on);
}

/* An area that a loop saves and the next one loads, maybe on another processor. */
struct area {
	alignas(64) uint8_t bytes[4096];
	union vector value;
	bool saved;
};

#define STATE_SSE_AVX 6

#define SAVED(name, instruction)                                                                                       \
	bool exercise_##name(uint64_t n)                                                                               \
	{                                                                                                              \
		static struct area area;                                                                               \
		union vector loaded = { .q = { 0 } };                                                                  \
                                                                                                                       \
		if (area.saved)                                                                                        \
			__asm__ volatile("xrstor %1\n\tmovdqu %%xmm15, %0"                                             \
					 : "=m"(loaded)                                                                \
					 : "m"(area.bytes), "a"(STATE_SSE_AVX), "d"(0)                                 \
					 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",     \
					   "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");              \
		if (area.saved && !exercise_same(&loaded, &area.value, 16))                                            \
			return false;                                                                                  \
		area.value = exercise_vector(n, 0);                                                                    \
		__asm__ volatile("movdqu %1, %%xmm15\n\t" instruction " %0"                                            \
				 : "+m"(area.bytes)                                                                    \
				 : "m"(area.value), "a"(STATE_SSE_AVX), "d"(0)                                         \
				 : "xmm15");                                                                           \
		area.saved = true;                                                                                     \
		/* Where every format has it: the legacy region. */                                                    \
		return memcmp(area.bytes + 160 + 15 * 16, area.value.b, 16) == 0;                                      \
	}
SAVED(xsave, "xsave")
SAVED(xsaveopt, "xsaveopt")
SAVED(xsavec, "xsavec")
