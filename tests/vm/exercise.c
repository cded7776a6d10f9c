/* SPDX-License-Identifier: MIT */
/*
 * What a program in a guest does that looked at CPUID when it started, as most do, and is
 * then moved to another processor: it executes, over and over, what it saw, and keeps values
 * in registers meanwhile.
 *
 *	exercise [LOOPS [ROW...]]	so many times, 0 until it is stopped; ROWs whatever it saw
 *
 * A line each, beginning with "exercise:" -
 *
 *	boot VENDOR xcr0 HEX ROW...	what it saw, and will use
 *	loop N				that many loops are over
 *	sigill ROW loop N		the processor does not know the instruction
 *	signal NUMBER ROW loop N	another signal, SIGSEGV above all
 *	wrong ROW loop N		the answer is not that of arithmetic
 *	lost STATE loop N		a register has not kept what was put there
 *
 * What has failed once is told once and left out from then on: one pass names everything that a
 * new processor lacks. Exit code 1 where anything failed.
 */
#include "exercise.h"

#include <cpuid.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define LOOPS_PER_LINE 5

enum needs {
	NOTHING,
	OSXSAVE,
	YMM,
	OSPKE,
	KERNEL_FSGSBASE, /**< AT_HWCAP2: without it user code gets #UD whatever CPUID says */
};

enum place { EAX, EBX, ECX, EDX };

struct row {
	const char *name;
	uint32_t leaf;
	uint32_t subleaf;
	enum place place;
	unsigned int bit;
	enum needs needs;
	bool (*run)(uint64_t n);
	bool used;
};

/** What was seen at the start. */
struct seen {
	char vendor[13];
	uint64_t xcr0;
	bool ymm;
	bool keys;
};

static sigjmp_buf before_row; /* The only way out of an instruction that the processor does not know. */

uint64_t exercise_number(uint64_t n, unsigned int k)
{
	uint64_t z = (n * 64 + k + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

union vector exercise_vector(uint64_t n, unsigned int k)
{
	union vector v;

	for (unsigned int i = 0; i < 4; i++)
		v.q[i] = exercise_number(n, 4 * k + i);
	return v;
}

bool exercise_same(const union vector *a, const union vector *b, unsigned int bytes)
{
	return memcmp(a->b, b->b, bytes) == 0;
}

/** Text that grows, and stops growing before it is too long. */
struct line {
	char text[1000];
	size_t length;
};

static void add(struct line *line, const char *word)
{
	if (line->length && line->length < sizeof(line->text))
		line->text[line->length++] = ' ';
	while (*word && line->length < sizeof(line->text))
		line->text[line->length++] = *word++;
}

static void add_number(struct line *line, uint64_t number, unsigned int base)
{
	char digits[65] = "";
	size_t at = sizeof(digits) - 1;

	do
		digits[--at] = "0123456789abcdef"[number % base];
	while (number /= base);
	add(line, digits + at);
}

/* One write a line: the kernel's own lines go to the same console. */
static void say(struct line *line)
{
	if (line->length == sizeof(line->text))
		line->length--;
	line->text[line->length++] = '\n';
	if (write(STDOUT_FILENO, line->text, line->length) < 0)
		_exit(70);
}

/* exercise: WORD [NUMBER] [WHAT] loop N */
static void say_of_loop(const char *word, int number, const char *what, uint64_t n)
{
	struct line line = { .length = 0 };

	add(&line, "exercise:");
	if (word)
		add(&line, word);
	if (number)
		add_number(&line, (unsigned int)number, 10);
	if (what)
		add(&line, what);
	add(&line, "loop");
	add_number(&line, n, 10);
	say(&line);
}

static uint32_t cpuid_register(uint32_t leaf, uint32_t subleaf, enum place place)
{
	uint32_t registers[4] = { 0 };

	if (!__get_cpuid_count(leaf, subleaf, &registers[EAX], &registers[EBX], &registers[ECX], &registers[EDX]))
		return 0;
	return registers[place];
}

static struct seen look(void)
{
	struct seen seen = { .vendor = "" };
	uint32_t low, high, words[3];

	words[0] = cpuid_register(0, 0, EBX);
	words[1] = cpuid_register(0, 0, EDX);
	words[2] = cpuid_register(0, 0, ECX);
	memcpy(seen.vendor, words, sizeof(words));
	if (cpuid_register(1, 0, ECX) >> 27 & 1) {
		__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
		seen.xcr0 = (uint64_t)high << 32 | low;
	}
	seen.ymm = (seen.xcr0 & 6) == 6 && (cpuid_register(1, 0, ECX) >> 28 & 1);
	seen.keys = cpuid_register(7, 0, ECX) >> 4 & 1;
	return seen;
}

/* qemu-x86_64, which emulates a program and no machine, tells RDTSCP and RDPID of CPU 0 on every one. */
static void stay_on_first_cpu(void)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
}

static bool named(const struct row *row, char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, row->name) == 0)
			return true;
	return false;
}

static bool usable(const struct row *row, const struct seen *seen)
{
	if (!(cpuid_register(row->leaf, row->subleaf, row->place) >> row->bit & 1))
		return false;
	switch (row->needs) {
	case OSXSAVE:
		return (seen->xcr0 & 3) == 3;
	case YMM:
		return seen->ymm;
	case OSPKE:
		return seen->keys;
	case KERNEL_FSGSBASE:
		return getauxval(AT_HWCAP2) & 2;
	case NOTHING:
		break;
	}
	return true;
}

static void on_signal(int number)
{
	siglongjmp(before_row, number);
}

static void catch_signals(void)
{
	static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE };
	struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}

static void say_signal(int number, const char *what, uint64_t n)
{
	if (number == SIGILL)
		say_of_loop("sigill", 0, what, n);
	else
		say_of_loop("signal", number, what, n);
}

/* Whether it may be used again. */
static bool run_row(const struct row *row, uint64_t n)
{
	const int signal_number = sigsetjmp(before_row, 1);

	if (signal_number) {
		say_signal(signal_number, row->name, n);
		return false;
	}
	if (!row->run(n)) {
		say_of_loop("wrong", 0, row->name, n);
		return false;
	}
	return true;
}

static struct held something_to_hold(uint64_t n)
{
	struct held held = { .mxcsr = 0x1f80 | (uint32_t)(n & 3) << 13, .pkru = (uint32_t)exercise_number(n, 0) << 24 };

	for (unsigned int i = 0; i < 16; i++)
		held.registers[i] = exercise_vector(n, i);
	for (unsigned int i = 0; i < 8; i++)
		held.x87[i] = (double)exercise_number(n, i);
	return held;
}

/* What of the state is not what it was, or NULL. */
static const char *lost(const struct held *held, const struct held *now, bool wide, bool keys)
{
	for (unsigned int i = 0; i < 16; i++)
		if (!exercise_same(&held->registers[i], &now->registers[i], 16))
			return "xmm";
	for (unsigned int i = 0; wide && i < 16; i++)
		if (!exercise_same(&held->registers[i], &now->registers[i], 32))
			return "ymm";
	if (memcmp(held->x87, now->x87, sizeof(held->x87)) != 0)
		return "x87";
	if (held->mxcsr != now->mxcsr)
		return "mxcsr";
	return keys && held->pkru != now->pkru ? "pkru" : NULL;
}

/* Whether all was kept; where an instruction fails, what it is about is not held any more. */
static bool hold(struct seen *seen, uint64_t n)
{
	const struct held held = something_to_hold(n);
	static struct held now;
	const char *what;
	const int signal_number = sigsetjmp(before_row, 1);

	if (signal_number) {
		say_signal(signal_number, seen->ymm ? "state_ymm" : seen->keys ? "state_pkru" : "state", n);
		if (seen->ymm)
			seen->ymm = false;
		else
			seen->keys = false;
		return false;
	}
	now = (struct held){ .mxcsr = 0 };
	exercise_hold(&held, n % 2 ? HOLD_SLEEPING : HOLD_SPINNING, seen->ymm, seen->keys, &now);
	what = lost(&held, &now, seen->ymm, seen->keys);
	if (what)
		say_of_loop("lost", 0, what, n);
	return !what;
}

static void say_boot(const struct seen *seen, const struct row *rows, size_t count)
{
	struct line line = { .length = 0 };

	add(&line, "exercise: boot");
	add(&line, seen->vendor);
	add(&line, "xcr0");
	add_number(&line, seen->xcr0, 16);
	for (size_t i = 0; i < count; i++)
		if (rows[i].used)
			add(&line, rows[i].name);
	say(&line);
}

int main(int argc, char **argv)
{
#define EXERCISE(id, in_leaf, in_subleaf, in, at, wants)                                                               \
	{ .name = #id,                                                                                                 \
	  .leaf = in_leaf,                                                                                             \
	  .subleaf = in_subleaf,                                                                                       \
	  .place = in,                                                                                                 \
	  .bit = at,                                                                                                   \
	  .needs = wants,                                                                                              \
	  .run = exercise_##id },
	struct row rows[] = {
#include "exercise.def"
	};
#undef EXERCISE
	const size_t count = sizeof(rows) / sizeof(*rows);
	const unsigned long loops = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct seen seen = look();
	bool failed = false;

	stay_on_first_cpu();
	for (size_t i = 0; i < count; i++)
		rows[i].used = usable(&rows[i], &seen) || (argc > 2 && named(&rows[i], argv + 2));
	say_boot(&seen, rows, count);
	catch_signals();
	for (unsigned long n = 1; !loops || n <= loops; n++) {
		failed |= !hold(&seen, n);
		for (size_t i = 0; i < count; i++)
			if (rows[i].used && !run_row(&rows[i], n)) {
				rows[i].used = false;
				failed = true;
			}
		if (n % LOOPS_PER_LINE == 0 || n == loops)
			say_of_loop(NULL, 0, NULL, n);
	}
	return failed;
}
