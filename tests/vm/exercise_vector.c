/* SPDX-License-Identifier: MIT */
/* Rows of exercise.def about vectors. */
#include "exercise.h"

#include <string.h>

/* out = operation(a, b): the form of most instructions here; `file` is xmm or ymm. */
#define SSE(out, a, b, operation)                                                                                      \
	__asm__ volatile("movdqu %1, %%xmm0\n\tmovdqu %2, %%xmm1\n\t" operation "\n\tmovdqu %%xmm0, %0"                \
			 : "=m"(out)                                                                                   \
			 : "m"(a), "m"(b)                                                                              \
			 : "xmm0", "xmm1", "rax", "rcx", "cc")
#define AVX(out, a, b, operation)                                                                                      \
	__asm__ volatile("vmovdqu %1, %%ymm0\n\tvmovdqu %2, %%ymm1\n\t" operation                                      \
			 "\n\tvmovdqu %%ymm0, %0\n\tvzeroupper"                                                        \
			 : "=m"(out)                                                                                   \
			 : "m"(a), "m"(b)                                                                              \
			 : "xmm0", "xmm1", "rax", "rcx", "cc")
#define MMX(out, a, b, operation)                                                                                      \
	__asm__ volatile("movq %1, %%mm0\n\tmovq %2, %%mm1\n\t" operation "\n\tmovq %%mm0, %0\n\temms"                 \
			 : "=m"(out)                                                                                   \
			 : "m"(a), "m"(b)                                                                              \
			 : "mm0", "mm1")

bool exercise_mmx(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0), b = exercise_number(n, 1);
	uint64_t sum, product;

	MMX(sum, a, b, "paddd %%mm1, %%mm0");
	MMX(product, a, b, "pmullw %%mm1, %%mm0");
	if (sum !=
	    (((uint64_t)((uint32_t)(a >> 32) + (uint32_t)(b >> 32)) << 32) | (uint32_t)((uint32_t)a + (uint32_t)b)))
		return false;
	for (unsigned int i = 0; i < 64; i += 16)
		if ((uint16_t)(product >> i) != (uint16_t)((uint32_t)(uint16_t)(a >> i) * (uint16_t)(b >> i)))
			return false;
	return true;
}

bool exercise_mmxext(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0), b = exercise_number(n, 1);
	uint64_t average, order;

	MMX(average, a, b, "pavgb %%mm1, %%mm0");
	MMX(order, a, b, "pshufw $0x1b, %%mm1, %%mm0");
	for (unsigned int i = 0; i < 64; i += 8)
		if ((uint8_t)(average >> i) != ((a >> i & 0xff) + (b >> i & 0xff) + 1) / 2)
			return false;
	for (unsigned int i = 0; i < 64; i += 16)
		if ((uint16_t)(order >> i) != (uint16_t)(b >> (48 - i)))
			return false;
	return true;
}

/* Small whole numbers, which single precision holds and adds without rounding. */
static union vector whole_floats(uint64_t n, unsigned int k)
{
	union vector v = { .q = { 0 } };

	for (unsigned int i = 0; i < 8; i++)
		v.s[i] = (float)(exercise_number(n, 8 * k + i) & 0xfff);
	return v;
}

bool exercise_3dnow(uint64_t n)
{
	const union vector a = whole_floats(n, 0), b = whole_floats(n, 1);
	const uint64_t whole = exercise_number(n, 2) & 0xffff0000ffff;
	union vector sum = { .q = { 0 } }, product = sum, converted = sum;

	MMX(sum.q[0], a.q[0], b.q[0], "pfadd %%mm1, %%mm0");
	MMX(product.q[0], a.q[0], b.q[0], "pfmul %%mm1, %%mm0");
	MMX(converted.q[0], a.q[0], whole, "pi2fd %%mm1, %%mm0\n\tfemms");
	for (unsigned int i = 0; i < 2; i++)
		if (sum.s[i] != a.s[i] + b.s[i] || product.s[i] != a.s[i] * b.s[i] ||
		    converted.s[i] != (float)(uint32_t)(whole >> 32 * i))
			return false;
	return true;
}

bool exercise_3dnowext(uint64_t n)
{
	const uint64_t a = exercise_number(n, 0), b = exercise_number(n, 1);
	uint64_t swapped;

	MMX(swapped, a, b, "pswapd %%mm1, %%mm0");
	return swapped == (b >> 32 | b << 32);
}

/* What FXSAVE stored in one loop, FXRSTOR loads in the next. */
bool exercise_fxsr(uint64_t n)
{
	static struct {
		alignas(16) uint8_t bytes[512];
		union vector value;
		bool saved;
	} area;
	union vector loaded = area.value;

	if (area.saved)
		__asm__ volatile("fxrstor %1\n\tmovdqu %%xmm15, %0" : "=m"(loaded) : "m"(area.bytes) : "xmm15");
	if (area.saved && !exercise_same(&loaded, &area.value, 16))
		return false;
	area.value = exercise_vector(n, 0);
	__asm__ volatile("movdqu %1, %%xmm15\n\tfxsave %0" : "=m"(area.bytes) : "m"(area.value) : "xmm15");
	area.saved = true;
	return memcmp(area.bytes + 160 + 15 * 16, area.value.b, 16) == 0;
}

bool exercise_pni(uint64_t n)
{
	const union vector a = whole_floats(n, 0), b = whole_floats(n, 1);
	union vector sums, doubled, alternating;

	SSE(sums, a, b, "haddps %%xmm1, %%xmm0");
	SSE(doubled, a, b, "movddup %%xmm1, %%xmm0");
	SSE(alternating, a, b, "addsubps %%xmm1, %%xmm0");
	for (unsigned int i = 0; i < 4; i++)
		if (alternating.s[i] != (i % 2 ? a.s[i] + b.s[i] : a.s[i] - b.s[i]))
			return false;
	return sums.s[0] == a.s[0] + a.s[1] && sums.s[1] == a.s[2] + a.s[3] && sums.s[2] == b.s[0] + b.s[1] &&
	       sums.s[3] == b.s[2] + b.s[3] && doubled.q[0] == b.q[0] && doubled.q[1] == b.q[0];
}

bool exercise_ssse3(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	union vector shuffled, absolute, aligned;

	SSE(shuffled, a, b, "pshufb %%xmm1, %%xmm0");
	SSE(absolute, a, b, "pabsd %%xmm1, %%xmm0");
	SSE(aligned, a, b, "palignr $5, %%xmm1, %%xmm0");
	for (unsigned int i = 0; i < 16; i++)
		if (shuffled.b[i] != (b.b[i] & 0x80 ? 0 : a.b[b.b[i] & 15]) ||
		    aligned.b[i] != (i + 5 < 16 ? b.b[i + 5] : a.b[i + 5 - 16]))
			return false;
	for (unsigned int i = 0; i < 4; i++)
		if (absolute.d[i] != (b.d[i] >> 31 ? -b.d[i] : b.d[i]))
			return false;
	return true;
}

bool exercise_sse4_1(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	const union vector halves = { .f = { (double)(n & 0xffff) + 0.75, -(double)(n & 0xfff) - 0.25 } };
	union vector product, least, rounded, inserted;

	SSE(product, a, b, "pmulld %%xmm1, %%xmm0");
	SSE(least, a, b, "pminud %%xmm1, %%xmm0");
	SSE(rounded, a, halves, "roundpd $1, %%xmm1, %%xmm0");
	SSE(inserted, a, b, "pextrq $1, %%xmm1, %%rax\n\tpinsrq $0, %%rax, %%xmm0");
	for (unsigned int i = 0; i < 4; i++)
		if (product.d[i] != a.d[i] * b.d[i] || least.d[i] != (a.d[i] < b.d[i] ? a.d[i] : b.d[i]))
			return false;
	return rounded.f[0] == halves.f[0] - 0.75 && rounded.f[1] == halves.f[1] - 0.75 && inserted.q[0] == b.q[1] &&
	       inserted.q[1] == a.q[1];
}

/* CRC-32C, bit by bit. */
static uint32_t checksum(uint32_t crc, uint64_t number)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		const bool odd = (crc ^ (uint32_t)(number >> bit)) & 1;

		crc = crc >> 1 ^ (odd ? UINT32_C(0x82f63b78) : 0);
	}
	return crc;
}

bool exercise_sse4_2(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	const union vector text = { .b = "0123456789abcde" }, wanted = { .b = { (uint8_t)('0' + n % 10), 0 } };
	union vector greater;
	uint64_t crc = (uint32_t)n, at;

	__asm__ volatile("crc32q %1, %0" : "+r"(crc) : "r"(a.q[0]));
	SSE(greater, a, b, "pcmpgtq %%xmm1, %%xmm0");
	__asm__ volatile("movdqu %1, %%xmm0\n\tmovdqu %2, %%xmm1\n\tpcmpistri $0, %%xmm1, %%xmm0\n\tmovq %%rcx, %0"
			 : "=r"(at)
			 : "m"(wanted), "m"(text)
			 : "xmm0", "xmm1", "rcx", "cc");
	for (unsigned int i = 0; i < 2; i++)
		if (greater.q[i] != ((int64_t)a.q[i] > (int64_t)b.q[i] ? UINT64_MAX : 0))
			return false;
	return crc == checksum((uint32_t)n, a.q[0]) && at == n % 10;
}

bool exercise_sse4a(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	union vector taken, put;

	SSE(taken, a, b, "extrq $9, $20, %%xmm0");
	SSE(put, a, b, "insertq $9, $20, %%xmm1, %%xmm0");
	return taken.q[0] == (a.q[0] >> 9 & 0xfffff) &&
	       put.q[0] == ((a.q[0] & ~(UINT64_C(0xfffff) << 9)) | (b.q[0] & 0xfffff) << 9);
}

/* In the field of FIPS 197, 4.2. */
static uint8_t times(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b; b >>= 1) {
		product ^= b & 1 ? a : 0;
		a = (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1b : 0));
	}
	return product;
}

/* The inverse is the 254th power; then the affine transformation of 5.1.1. */
static uint8_t substitute(uint8_t byte)
{
	uint8_t inverse = 1, result = 0x63;

	for (unsigned int i = 0; i < 254; i++)
		inverse = times(inverse, byte);
	for (unsigned int i = 0; i < 5; i++)
		result ^= (uint8_t)(inverse << i | inverse >> (8 - i));
	return result;
}

/* One round of the cipher over each of `lanes` blocks of 16 bytes. */
static union vector aes_round(const union vector *state, const union vector *key, unsigned int lanes)
{
	static uint8_t box[256];
	union vector out = { .q = { 0 } };

	for (unsigned int i = 0; i < 256 && !box[0]; i++)
		box[255 - i] = substitute((uint8_t)(255 - i));
	for (unsigned int at = 0; at < 16 * lanes; at++) {
		const unsigned int lane = at & ~15U, row = at & 3;
		uint8_t column[4];

		for (unsigned int i = 0; i < 4; i++)
			column[i] = box[state->b[lane | ((at & 12) + 5 * i) % 16]];
		for (unsigned int i = 0; i < 4; i++) {
			static const uint8_t factors[4] = { 2, 3, 1, 1 };

			out.b[at] ^= times(column[(row + i) % 4], factors[i]);
		}
		out.b[at] ^= key->b[at];
	}
	return out;
}

bool exercise_aes(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	const union vector expected = aes_round(&a, &b, 1);
	union vector forth, back;

	SSE(forth, a, b, "aesenc %%xmm1, %%xmm0");
	SSE(back, a, b,
	    "aesenclast %%xmm1, %%xmm0\n\tpxor %%xmm1, %%xmm0\n\t"
	    "pxor %%xmm1, %%xmm1\n\taesdeclast %%xmm1, %%xmm0");
	return exercise_same(&forth, &expected, 16) && exercise_same(&back, &a, 16);
}

/* QEMU 7.2 takes the state of the lower half for both halves: here it is one. */
bool exercise_vaes(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	const union vector twice = { .q = { a.q[0], a.q[1], a.q[0], a.q[1] } };
	const union vector expected = aes_round(&twice, &b, 2);
	union vector forth;

	AVX(forth, twice, b, "vaesenc %%ymm1, %%ymm0, %%ymm0");
	return exercise_same(&forth, &expected, 32);
}

static bool carry_less(const union vector *product, unsigned int lane, uint64_t a, uint64_t b)
{
	uint64_t low = 0, high = 0;

	for (unsigned int bit = 0; bit < 64; bit++)
		if (b >> bit & 1) {
			low ^= a << bit;
			high ^= bit ? a >> (64 - bit) : 0;
		}
	return product->q[lane] == low && product->q[lane + 1] == high;
}

bool exercise_pclmulqdq(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	union vector product;

	SSE(product, a, b, "pclmulqdq $0x10, %%xmm1, %%xmm0");
	return carry_less(&product, 0, a.q[0], b.q[1]);
}

bool exercise_vpclmulqdq(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	union vector product;

	AVX(product, a, b, "vpclmulqdq $0x01, %%ymm1, %%ymm0, %%ymm0");
	return carry_less(&product, 0, a.q[1], b.q[0]) && carry_less(&product, 2, a.q[3], b.q[2]);
}

static uint32_t rotate(uint32_t number, unsigned int count)
{
	return number >> count | number << (32 - count);
}

/* FIPS 180-4, 4.1.2 and 6.2.2: the message schedule's first step, and two rounds. */
bool exercise_sha_ni(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1), wk = exercise_vector(n, 2);
	union vector schedule, rounds;
	uint32_t s[8] = { b.d[3], b.d[2], a.d[3], a.d[2], b.d[1], b.d[0], a.d[1], a.d[0] };

	SSE(schedule, a, b, "sha256msg1 %%xmm1, %%xmm0");
	__asm__ volatile("movdqu %1, %%xmm2\n\tmovdqu %2, %%xmm1\n\tmovdqu %3, %%xmm0\n\t"
			 "sha256rnds2 %%xmm1, %%xmm2\n\tmovdqu %%xmm2, %0"
			 : "=m"(rounds)
			 : "m"(a), "m"(b), "m"(wk)
			 : "xmm0", "xmm1", "xmm2");
	for (unsigned int i = 0; i < 4; i++) {
		const uint32_t next = i < 3 ? a.d[i + 1] : b.d[0];

		if (schedule.d[i] != a.d[i] + (rotate(next, 7) ^ rotate(next, 18) ^ next >> 3))
			return false;
	}
	for (unsigned int i = 0; i < 2; i++) {
		const uint32_t first = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
				       ((s[4] & s[5]) ^ (~s[4] & s[6])) + wk.d[i];
		const uint32_t second = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
					((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += first;
		s[0] = first + second;
	}
	return rounds.d[3] == s[0] && rounds.d[2] == s[1] && rounds.d[1] == s[4] && rounds.d[0] == s[5];
}

bool exercise_avx(uint64_t n)
{
	const union vector a = whole_floats(n, 0), b = whole_floats(n, 1);
	union vector sum, crossed;

	AVX(sum, a, b, "vaddps %%ymm1, %%ymm0, %%ymm0");
	AVX(crossed, a, b, "vperm2f128 $0x21, %%ymm1, %%ymm0, %%ymm0");
	for (unsigned int i = 0; i < 8; i++)
		if (sum.s[i] != a.s[i] + b.s[i])
			return false;
	return crossed.q[0] == a.q[2] && crossed.q[1] == a.q[3] && crossed.q[2] == b.q[0] && crossed.q[3] == b.q[1];
}

bool exercise_avx2(uint64_t n)
{
	const union vector a = exercise_vector(n, 0), b = exercise_vector(n, 1);
	union vector product, permuted, shifted;

	AVX(product, a, b, "vpmulld %%ymm1, %%ymm0, %%ymm0");
	AVX(permuted, a, b, "vpermd %%ymm1, %%ymm0, %%ymm0");
	AVX(shifted, a, b, "vpsrlvd %%ymm1, %%ymm0, %%ymm0");
	for (unsigned int i = 0; i < 8; i++)
		if (product.d[i] != a.d[i] * b.d[i] || permuted.d[i] != b.d[a.d[i] & 7] ||
		    shifted.d[i] != (b.d[i] < 32 ? a.d[i] >> b.d[i] : 0))
			return false;
	return true;
}

/* (1 + e)(1 - e) - 1 is -e * e, which only one rounding at the end leaves over. */
bool exercise_fma(uint64_t n)
{
	const double e = 1.0 / (double)(UINT64_C(1) << (30 + n % 16));
	const union vector a = { .f = { 1 + e, 1 + e, 1 + e, 1 + e } }, b = { .f = { 1 - e, 1 - e, 1 - e, 1 - e } };
	const double less = -1;
	union vector rest;

	__asm__ volatile("vmovupd %1, %%ymm0\n\tvmovupd %2, %%ymm1\n\tvbroadcastsd %3, %%ymm2\n\t"
			 "vfmadd231pd %%ymm1, %%ymm0, %%ymm2\n\tvmovupd %%ymm2, %0\n\tvzeroupper"
			 : "=m"(rest)
			 : "m"(a), "m"(b), "m"(less)
			 : "xmm0", "xmm1", "xmm2");
	for (unsigned int i = 0; i < 4; i++)
		if (rest.f[i] != -e * e)
			return false;
	return true;
}

/* Whole numbers below 2048 are exact in half precision. */
bool exercise_f16c(uint64_t n)
{
	union vector a = { .q = { 0 } }, back;

	for (unsigned int i = 0; i < 8; i++)
		a.s[i] = (float)(exercise_number(n, i) & 0x7ff);
	a.s[0] = 1.5F;
	AVX(back, a, a,
	    "vcvtps2ph $0, %%ymm0, %%xmm1\n\tvcvtph2ps %%xmm1, %%ymm0\n\tvpextrw $0, %%xmm1, %%eax\n\t"
	    "cmpw $0x3e00, %%ax\n\tje 1f\n\tvxorps %%ymm0, %%ymm0, %%ymm0\n1:");
	return exercise_same(&back, &a, 32);
}
