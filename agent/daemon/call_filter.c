/* SPDX-License-Identifier: MIT */
/*
 * The filter traps what it refuses: the kernel sends SIGSYS in place of the call, and the
 * handler writes the line and makes the call return an error. So a refusal is seen in the agent's own log, by name,
 * and is not just an error that some library swallows.
 */
#include "call_filter.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

enum verdict { ALLOW, KILL, NO_SUCH };
enum when { ALWAYS, CLIENT, UNLINK, PLAIN };

struct call {
	int number;
	enum verdict verdict;
	enum when when;
	unsigned int count;
	struct scmp_arg_cmp arguments[2];
};

#define COMPARED(n, wanted, value)                                                                                     \
	{                                                                                                              \
		.arg = (n), .op = SCMP_CMP_MASKED_EQ, .datum_a = (scmp_datum_t)(wanted),                               \
		.datum_b = (scmp_datum_t)(value)                                                                       \
	}
#define ANY .count = 0
#define ONE(n, mask, value) .count = 1, .arguments = { COMPARED(n, mask, value) }
#define TWO(n, mask, value, n2, mask2, value2)                                                                         \
	.count = 2, .arguments = { COMPARED(n, mask, value), COMPARED(n2, mask2, value2) }

/* What of an open()'s flags makes or changes a file. */
#define CPC_OPEN_WRITES (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))
/* A thread shares these, and has no namespace of its own. */
#define CPC_CLONE_CHECKED                                                                                              \
	(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_VFORK | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |        \
	 CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE)
/* Newer than Debian 12's headers need not be (arch/x86/include/uapi/asm/prctl.h). */
#define CPC_ARCH_REQ_XCOMP_GUEST_PERM 0x1025
/* Stands for a number that is known when the filter is made. */
#define CPC_OWN_PID UINT64_C(0xffffffffffffffff)

/* What a sanitizer's runtime calls is its own business, and it has signals blocked when it does. */
#ifdef CPC_SANITIZED
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

#define CPC_CALL(name, does, asked, ...) { .number = SCMP_SYS(name), .verdict = does, .when = asked, __VA_ARGS__ },
static const struct call calls[] = {
#include "calls.def"
};

/* Beyond the numbers of Linux 6.x; those above share the last. */
#define NUMBERS 512

/** What the handler of SIGSYS needs, filled before the filter is there; afterwards only `seen` changes. */
static struct {
	const char *names[NUMBERS]; /**< of each call that libseccomp knows */
	atomic_bool seen[NUMBERS];
	bool terminal;
} refusals;

static size_t append(char *line, size_t length, size_t size, const char *text)
{
	while (*text && length < size)
		line[length++] = *text++;
	return length;
}

static size_t append_number(char *line, size_t length, size_t size, unsigned int number)
{
	char digits[12];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	return append(line, length, size, digits + at);
}

/** One write, of what needs no lock and no memory: the call may have come from anywhere. */
static void write_refusal(unsigned int number, const char *name)
{
	char line[200];
	size_t length = append(line, 0, sizeof(line), refusals.terminal ? "" : "<4>");

	length = append(line, length, sizeof(line), "cpucompatd: refused system call ");
	length = append(line, length, sizeof(line), name ? name : "of no name");
	length = append(line, length, sizeof(line), ", number ");
	length = append_number(line, length, sizeof(line), number);
	length = append(line, length, sizeof(line),
			"; this is a fault in cpucompat or in a library, please report it\n");
	if (write(STDERR_FILENO, line, length) < 0)
		return;
}

static void refuse(int signal_number, siginfo_t *info, void *context)
{
	/* SYS_SECCOMP, which glibc names only since 2.37; anything else is somebody's kill -SYS. */
	static const int by_seccomp = 1;
	const int error = errno;
	ucontext_t *interrupted = context;
	const unsigned int number = (unsigned int)info->si_syscall;
	const size_t row = number < NUMBERS ? number : NUMBERS - 1;

	(void)signal_number;
	if (info->si_code != by_seccomp)
		return;
	if (!atomic_exchange(&refusals.seen[row], true))
		write_refusal(number, refusals.names[row]);
	interrupted->uc_mcontext.gregs[REG_RAX] = refusals.names[row] ? -EPERM : -ENOSYS;
	errno = error;
}

/** Names for the handler: finding them takes memory, which it cannot have. They stay until the process ends. */
static enum cpc_status take_signal(struct cpc_error *reterr)
{
	struct sigaction action = { .sa_sigaction = refuse, .sa_flags = SA_SIGINFO | SA_RESTART };

	for (int number = 0; number < NUMBERS - 1; number++)
		if (!refusals.names[number])
			refusals.names[number] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
	refusals.terminal = isatty(STDERR_FILENO);
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGSYS, &action, NULL))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no handler for refused system calls: %s", strerror(errno));
	return CPC_OK;
}

static bool applies(const struct call *call, const struct cpc_call_filter *options)
{
	if (sanitized && call->verdict == ALLOW)
		return false;
	switch (call->when) {
	case ALWAYS:
		return true;
	case CLIENT:
		return options->client;
	case UNLINK:
		return options->unlink;
	case PLAIN:
		return !sanitized;
	}
	return false;
}

static uint32_t action_of(enum verdict verdict)
{
	switch (verdict) {
	case ALLOW:
		return SCMP_ACT_ALLOW;
	case NO_SUCH:
		return SCMP_ACT_ERRNO(ENOSYS);
	case KILL:
		break;
	}
	return SCMP_ACT_KILL_PROCESS;
}

static int add_call(scmp_filter_ctx filter, const struct call *call)
{
	struct scmp_arg_cmp arguments[2];

	memcpy(arguments, call->arguments, sizeof(arguments));
	for (unsigned int i = 0; i < call->count; i++)
		if (arguments[i].datum_b == CPC_OWN_PID)
			arguments[i].datum_b = (scmp_datum_t)getpid();
	return seccomp_rule_add_exact_array(filter, action_of(call->verdict), call->number, call->count, arguments);
}

/**
 * For all threads at once; sorted as a tree; a call of another architecture kills. The mitigation
 * of speculative store bypass, which old kernels tie to a filter, is for processes that run others' code: this one does
 * not.
 */
static int set_attributes(scmp_filter_ctx filter)
{
	int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	return error;
}

static enum cpc_status load(scmp_filter_ctx filter, const struct cpc_call_filter *options, struct cpc_error *reterr)
{
	int error = set_attributes(filter);

	for (size_t i = 0; !error && i < sizeof(calls) / sizeof(*calls); i++)
		if (applies(&calls[i], options))
			error = add_call(filter, &calls[i]);
	if (error)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no filter of system calls can be made: %s", strerror(-error));
	error = seccomp_load(filter);
	if (error)
		return cpc_fail(reterr, CPC_INTERNAL, 0,
				"the kernel takes no filter of system calls: %s; --no-sandbox goes without",
				strerror(-error));
	return CPC_OK;
}

enum cpc_status cpc_call_filter_install(const struct cpc_call_filter *options, struct cpc_error *reterr)
{
	enum cpc_status status = take_signal(reterr);

	if (status)
		return status;
	scmp_filter_ctx filter = seccomp_init(sanitized ? SCMP_ACT_ALLOW : SCMP_ACT_TRAP);
	if (!filter)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	status = load(filter, options, reterr);
	seccomp_release(filter);
	return status;
}
