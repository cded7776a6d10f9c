/* SPDX-License-Identifier: MIT */
/* State in registers, with no other copy while the program waits. */
#include "exercise.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

/* A few milliseconds on a processor, and ten times that emulated. */
#define SPINS UINT64_C(5000000)

#define EACH(line)                                                                                                     \
	line(0) line(1) line(2) line(3) line(4) line(5) line(6) line(7) line(8) line(9) line(10) line(11) line(12)     \
		line(13) line(14) line(15)
#define LOAD_XMM(i) "movups 64*" #i "(%[in]), %%xmm" #i "\n\t"
#define LOAD_YMM(i) "vmovups 64*" #i "(%[in]), %%ymm" #i "\n\t"
#define STORE_XMM(i) "movups %%xmm" #i ", 64*" #i "(%[out])\n\t"
#define STORE_YMM(i) "vmovups %%ymm" #i ", 64*" #i "(%[out])\n\t"
#define LOAD_X87                                                                                                       \
	"fldl 56(%[x87_in])\n\tfldl 48(%[x87_in])\n\tfldl 40(%[x87_in])\n\tfldl 32(%[x87_in])\n\t"                     \
	"fldl 24(%[x87_in])\n\tfldl 16(%[x87_in])\n\tfldl 8(%[x87_in])\n\tfldl (%[x87_in])\n\t"
#define STORE_X87                                                                                                      \
	"fstpl (%[x87_out])\n\tfstpl 8(%[x87_out])\n\tfstpl 16(%[x87_out])\n\tfstpl 24(%[x87_out])\n\t"                \
	"fstpl 32(%[x87_out])\n\tfstpl 40(%[x87_out])\n\tfstpl 48(%[x87_out])\n\tfstpl 56(%[x87_out])\n\t"
/* A system call keeps everything but RAX, RCX and R11. */
#define WAIT                                                                                                           \
	"testq %%rdi, %%rdi\n\tjz 1f\n\tsyscall\n\tjmp 3f\n"                                                           \
	"1:\n\tdecq %%rbx\n\tjnz 1b\n3:\n\t"

#define HOLD(load, store, end)                                                                                         \
	__asm__ volatile("stmxcsr %[mode]\n\tldmxcsr %[mxcsr_in]\n\tfninit\n\t" LOAD_X87 EACH(load) WAIT EACH(store)   \
				 STORE_X87 "stmxcsr %[mxcsr_out]\n\tldmxcsr %[mode]\n\t" end                           \
			 : [mode] "=m"(mode), [mxcsr_out] "=m"(ret_held->mxcsr), "+a"(number), "+b"(spins)             \
			 : [in] "r"(held->registers), [out] "r"(ret_held->registers), [x87_in] "r"(held->x87),         \
			   [x87_out] "r"(ret_held->x87), [mxcsr_in] "m"(held->mxcsr), "D"(time), "S"(NULL)             \
			 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",    \
			   "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "st", "st(1)", "st(2)", "st(3)", "st(4)",      \
			   "st(5)", "st(6)", "st(7)", "rcx", "r11", "memory", "cc")

static void hold_narrow(const struct held *held, const struct timespec *time, struct held *ret_held)
{
	uint64_t number = SYS_nanosleep, spins = SPINS;
	uint32_t mode;

	HOLD(LOAD_XMM, STORE_XMM, "");
}

static void hold_wide(const struct held *held, const struct timespec *time, struct held *ret_held)
{
	uint64_t number = SYS_nanosleep, spins = SPINS;
	uint32_t mode;

	HOLD(LOAD_YMM, STORE_YMM, "vzeroupper");
}

void exercise_hold(const struct held *held, enum hold how, bool wide, bool keys, struct held *ret_held)
{
	static const struct timespec sleep = { .tv_nsec = 20 * 1000 * 1000 };
	const struct timespec *time = how == HOLD_SLEEPING ? &sleep : NULL;
	uint32_t zero;

	static_assert(sizeof(union vector) == 64, "as the assembly has it");
	if (keys)
		__asm__ volatile("wrpkru" : : "a"(held->pkru), "c"(0), "d"(0) : "memory");
	if (wide)
		hold_wide(held, time, ret_held);
	else
		hold_narrow(held, time, ret_held);
	if (keys)
		__asm__ volatile("rdpkru" : "=a"(ret_held->pkru), "=d"(zero) : "c"(0));
}
