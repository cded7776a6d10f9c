/* SPDX-License-Identifier: MIT */
/*
 * A 32-bit program, as far as it differs from a 64-bit one for the processor: its way into the
 * kernel. The kernel chose that way at boot, by vendor - SYSENTER on Intel's, SYSCALL on AMD's,
 * neither of which the other's processors execute in compatibility mode (SDM vol. 2B, SYSCALL;
 * APM vol. 3, SYSENTER) - and every C library calls it (AT_SYSINFO, vdso(7)). There is none
 * here: a machine that builds this need have no 32-bit one.
 *
 *	exercise: boot32
 *	exercise: loop32 N
 *	exercise: sigill call32
 */
#include <stdint.h>

#define NUMBER_EXIT 1
#define NUMBER_WRITE 4
#define NUMBER_GETPID 20
#define NUMBER_SIGACTION 67
#define NUMBER_NANOSLEEP 162
#define SIGNAL_ILL 4
#define AUXILIARY_END 0
#define AUXILIARY_SYSINFO 32

void begin(uint32_t *stack);

static uint32_t entry; /* Of the page that the kernel lays into every program; found once, at the start. */

/* Through the gate that every x86 processor has. */
static int32_t plain_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
	int32_t answer;

	__asm__ volatile("int $0x80" : "=a"(answer) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return answer;
}

/* Through the one that the kernel chose. */
static int32_t quick_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
	int32_t answer;

	__asm__ volatile("call *%5" : "=a"(answer) : "a"(number), "b"(a), "c"(b), "d"(c), "m"(entry) : "memory", "cc");
	return answer;
}

static uint32_t length_of(const char *text)
{
	uint32_t length = 0;

	while (text[length])
		length++;
	return length;
}

static void say(const char *text)
{
	plain_call(NUMBER_WRITE, 1, (uint32_t)(uintptr_t)text, length_of(text));
}

/* One write, for others write to the console too. */
static void say_loop(uint32_t n)
{
	static const char lead[] = "exercise: loop32 ";
	char text[sizeof(lead) + 12];
	uint32_t at = sizeof(text);

	text[--at] = '\n';
	do
		text[--at] = (char)('0' + n % 10);
	while (n /= 10);
	for (uint32_t i = sizeof(lead) - 1; i; i--)
		text[--at] = lead[i - 1];
	plain_call(NUMBER_WRITE, 1, (uint32_t)(uintptr_t)(text + at), (uint32_t)sizeof(text) - at);
}

static void on_signal(int number)
{
	(void)number;
	say("exercise: sigill call32\n");
	plain_call(NUMBER_EXIT, 1, 0, 0);
}

static void catch_signal(void)
{
	/* struct sigaction of 1996: handler, mask, flags, restorer. */
	const uint32_t action[4] = { (uint32_t)(uintptr_t)on_signal, 0, 0, 0 };

	plain_call(NUMBER_SIGACTION, SIGNAL_ILL, (uint32_t)(uintptr_t)action, 0);
}

void begin(uint32_t *stack)
{
	static const uint32_t pause[2] = { 0, 100 * 1000 * 1000 };
	uint32_t *at = stack + 1 + stack[0] + 1;
	int32_t own;

	while (*at++)
		;
	for (; at[0] != AUXILIARY_END; at += 2)
		if (at[0] == AUXILIARY_SYSINFO)
			entry = at[1];
	if (!entry) {
		say("exercise: no call32\n");
		plain_call(NUMBER_EXIT, 77, 0, 0);
	}
	catch_signal();
	own = plain_call(NUMBER_GETPID, 0, 0, 0);
	say("exercise: boot32\n");
	for (uint32_t n = 1;; n++) {
		if (quick_call(NUMBER_GETPID, 0, 0, 0) != own)
			say("exercise: wrong call32\n");
		plain_call(NUMBER_NANOSLEEP, (uint32_t)(uintptr_t)pause, 0, 0);
		if (n % 2 == 0)
			say_loop(n);
	}
}

/* The kernel leaves the arguments, the environment and the auxiliary vector on the stack. */
__asm__(".globl _start\n_start:\n\tmovl %esp, %eax\n\tandl $-16, %esp\n\tsubl $12, %esp\n\tpushl %eax\n\tcall begin\n");
