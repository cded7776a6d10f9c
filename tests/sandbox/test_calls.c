/* SPDX-License-Identifier: MIT */
/*
 * The filter itself, without a sanitizer's wishes: a child for each call, which filters itself, makes the
 * call by its number twice, and tells what became of it by how it ends. What it wrote is the log.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "call_filter.h"

enum outcome {
	ALLOWED, /**< the kernel's own answer, which may well be an error: the arguments are nonsense */
	EPERM_,	 /**< refused, and logged once */
	ENOSYS_, /**< as on a kernel that has no such call, and not logged: glibc falls back */
	KILLED,
};

struct row {
	const char *name;
	enum outcome outcome;
	long number;
	long arguments[6];
};

#define CALL(call, does, ...)                                                                                          \
	{                                                                                                              \
		.name = #call, .outcome = does, .number = SYS_##call, .arguments = { __VA_ARGS__ }                     \
	}
#define NUMBERED(call, called, does)                                                                                   \
	{                                                                                                              \
		.name = #call, .outcome = does, .number = called                                                       \
	}
#define NOWHERE (-1)

/* An address that faults: a call that is allowed says EFAULT and does nothing. */
#define BAD ((long)1)

static const struct row always[] = {
	/* What glibc 2.36 to 2.42 uses on its own, newest first. */
	CALL(clone3, ENOSYS_, BAD, 88),
	CALL(rseq, ALLOWED, BAD, 32, 0, 0),
	CALL(statx, ALLOWED, NOWHERE, BAD, 0, 0, BAD),
	CALL(faccessat2, ALLOWED, AT_FDCWD, BAD, R_OK, AT_EACCESS),
	CALL(newfstatat, ALLOWED, AT_FDCWD, BAD, BAD, 0),
	CALL(getrandom, ALLOWED, BAD, 1, 0),
	CALL(set_robust_list, ALLOWED, BAD, 1),
	CALL(prlimit64, ALLOWED, 0, 7, 0, BAD),
	CALL(clock_nanosleep, ALLOWED, 1, 0, BAD, 0),
	CALL(membarrier, ALLOWED, 0, 0, 0),
	CALL(madvise, ALLOWED, 0, 0, 0),
	CALL(futex, ALLOWED, BAD, 1, 1),
	CALL(getcpu, ALLOWED, 0, 0, 0),
	/* What it offers, and nobody here needs. */
	CALL(openat2, EPERM_, AT_FDCWD, BAD, BAD, 24),
	CALL(close_range, EPERM_, 100, 101, 0),
	CALL(epoll_pwait2, EPERM_, NOWHERE, BAD, 1, 0, 0, 0),
	CALL(epoll_create1, EPERM_, 0),
	CALL(futex_waitv, EPERM_, BAD, 1, 0, 0, 0),
	CALL(pidfd_open, EPERM_, 1, 0),
	CALL(pidfd_send_signal, EPERM_, NOWHERE, 0, 0, 0),
	CALL(io_uring_setup, EPERM_, 8, BAD),
	CALL(memfd_create, EPERM_, BAD, 0),
	CALL(memfd_secret, EPERM_, 0),
	CALL(copy_file_range, EPERM_, NOWHERE, 0, NOWHERE, 0, 1, 0),
	CALL(preadv2, EPERM_, NOWHERE, BAD, 1, 0, 0, 0),
	CALL(pkey_mprotect, EPERM_, 0, 4096, PROT_EXEC, 0),
	CALL(landlock_create_ruleset, EPERM_, 0, 0, 0),
	CALL(seccomp, EPERM_, 0, 0, 0),
	CALL(timerfd_create, EPERM_, CLOCK_MONOTONIC, 0),
	/* Newer than the oldest libseccomp that is built with: no call that it knows, or one that is refused. */
	NUMBERED(cachestat, 451, EPERM_),
	NUMBERED(fchmodat2, 452, EPERM_),
	NUMBERED(map_shadow_stack, 453, EPERM_),
	NUMBERED(futex_wake, 454, EPERM_),
	NUMBERED(statmount, 457, EPERM_),
	NUMBERED(mseal, 462, EPERM_),
	NUMBERED(of_the_future, 511, EPERM_),
	NUMBERED(of_the_far_future, 100000, EPERM_),
	/* Files are read. */
	CALL(openat, ALLOWED, AT_FDCWD, BAD, O_RDONLY | O_CLOEXEC | O_DIRECTORY),
	CALL(openat, EPERM_, AT_FDCWD, BAD, O_WRONLY),
	CALL(openat, EPERM_, AT_FDCWD, BAD, O_RDWR | O_CLOEXEC),
	CALL(openat, EPERM_, AT_FDCWD, BAD, O_RDONLY | O_CREAT, 0600),
	CALL(openat, EPERM_, AT_FDCWD, BAD, O_RDONLY | O_TRUNC),
	CALL(openat, EPERM_, AT_FDCWD, BAD, O_TMPFILE | O_RDWR, 0600),
	CALL(open, ALLOWED, BAD, O_RDONLY),
	CALL(open, EPERM_, BAD, O_WRONLY | O_CREAT | O_TRUNC, 0600),
	CALL(creat, EPERM_, BAD, 0600),
	CALL(rename, EPERM_, BAD, BAD),
	CALL(unlink, EPERM_, BAD),
	CALL(chmod, EPERM_, BAD, 0777),
	CALL(chown, EPERM_, BAD, 0, 0),
	CALL(truncate, EPERM_, BAD, 0),
	CALL(mknod, EPERM_, BAD, 0, 0),
	CALL(symlink, EPERM_, BAD, BAD),
	/* Nothing new can be executed. */
	CALL(mmap, ALLOWED, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	CALL(mmap, EPERM_, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	CALL(mmap, EPERM_, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0, 0),
	CALL(mprotect, ALLOWED, 0, 0, PROT_READ),
	CALL(mprotect, EPERM_, 0, 0, PROT_READ | PROT_EXEC),
	/* No connection is made from here. */
	CALL(socket, EPERM_, AF_INET, SOCK_STREAM, 0),
	CALL(socket, EPERM_, AF_UNIX, SOCK_STREAM, 0),
	CALL(socket, EPERM_, AF_NETLINK, SOCK_RAW, 0),
	CALL(socketpair, EPERM_, AF_UNIX, SOCK_STREAM, 0, BAD),
	CALL(connect, EPERM_, NOWHERE, BAD, 16),
	CALL(bind, EPERM_, NOWHERE, BAD, 16),
	CALL(listen, EPERM_, NOWHERE, 1),
	CALL(accept4, ALLOWED, NOWHERE, 0, 0, SOCK_CLOEXEC),
	CALL(sendmmsg, EPERM_, NOWHERE, BAD, 1, 0),
	/* KVM is asked, and makes no machine. */
	CALL(ioctl, ALLOWED, NOWHERE, KVM_GET_SUPPORTED_CPUID, BAD),
	CALL(ioctl, ALLOWED, NOWHERE, KVM_GET_MSRS, BAD),
	CALL(ioctl, EPERM_, NOWHERE, KVM_CREATE_VM, 0),
	CALL(ioctl, EPERM_, NOWHERE, TIOCSTI, BAD),
	/* Ourselves, and nobody else. */
	CALL(sched_setaffinity, ALLOWED, 0, 8, BAD),
	CALL(sched_setaffinity, EPERM_, 1, 8, BAD),
	CALL(prctl, EPERM_, PR_SET_DUMPABLE, 1, 0, 0, 0),
	CALL(prctl, ALLOWED, PR_GET_NAME, BAD),
	CALL(prlimit64, EPERM_, 0, 7, BAD, 0),
	CALL(prlimit64, EPERM_, 1, 7, 0, BAD),
	CALL(tgkill, EPERM_, 1, 1, 0),
	CALL(kill, EPERM_, 1, 0),
	CALL(tkill, EPERM_, 1, 0),
	CALL(setuid, EPERM_, 0),
	CALL(setgroups, EPERM_, 0, BAD),
	CALL(capset, EPERM_, BAD, BAD),
	CALL(arch_prctl, EPERM_, 0x1001, 0),
	/* What kills. */
	CALL(execve, KILLED, BAD, 0, 0),
	CALL(execveat, KILLED, NOWHERE, BAD, 0, 0, 0),
	CALL(fork, KILLED, 0),
	CALL(vfork, KILLED, 0),
	CALL(clone, KILLED, SIGCHLD),
	CALL(clone, KILLED, CLONE_VM | CLONE_VFORK | SIGCHLD),
	CALL(clone, KILLED, CLONE_NEWUSER | SIGCHLD),
	CALL(clone, EPERM_, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWUSER),
	CALL(clone, EPERM_, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_VFORK),
	CALL(ptrace, KILLED, 0, 0, 0, 0),
	CALL(process_vm_readv, KILLED, 1, 0, 0, 0, 0, 0),
	CALL(process_vm_writev, KILLED, 1, 0, 0, 0, 0, 0),
	CALL(pidfd_getfd, KILLED, NOWHERE, 0, 0),
	CALL(unshare, KILLED, 0),
	CALL(setns, KILLED, NOWHERE, 0),
	CALL(mount, KILLED, BAD, BAD, BAD, 0, 0),
	CALL(mount_setattr, KILLED, NOWHERE, BAD, 0, 0, 0),
	CALL(pivot_root, KILLED, BAD, BAD),
	CALL(chroot, KILLED, BAD),
	CALL(bpf, KILLED, 0, BAD, 0),
	CALL(perf_event_open, KILLED, BAD, 0, 0, NOWHERE, 0),
	CALL(userfaultfd, KILLED, 0),
	CALL(keyctl, KILLED, 0),
	CALL(init_module, KILLED, BAD, 0, BAD),
	CALL(finit_module, KILLED, NOWHERE, BAD, 0),
	CALL(delete_module, KILLED, BAD, 0),
	CALL(kexec_load, KILLED, 0, 0, 0, 0),
	CALL(reboot, KILLED, 0, 0, 0, 0),
	CALL(iopl, KILLED, 0),
	CALL(personality, KILLED, 0),
	/* x32's own number for write(). */
	NUMBERED(x32_write, 0x40000000 + 1, KILLED),
};

static const struct row for_clients[] = {
	CALL(socket, ALLOWED, AF_INET, SOCK_STREAM, 0),
	CALL(socket, ALLOWED, AF_INET6, SOCK_DGRAM, 0),
	CALL(socket, ALLOWED, AF_UNIX, SOCK_STREAM, 0),
	CALL(socket, ALLOWED, AF_NETLINK, SOCK_RAW, 0),
	CALL(socket, EPERM_, AF_NETLINK, SOCK_RAW, 16),
	CALL(socket, EPERM_, AF_PACKET, SOCK_RAW, 0),
	CALL(socket, EPERM_, AF_VSOCK, SOCK_STREAM, 0),
	CALL(connect, ALLOWED, NOWHERE, BAD, 16),
	CALL(sendmmsg, ALLOWED, NOWHERE, BAD, 1, 0),
	CALL(mmap, EPERM_, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, 0, 0),
	CALL(mmap, EPERM_, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	CALL(mmap, ALLOWED, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, NOWHERE, 0),
	CALL(mprotect, EPERM_, 0, 0, PROT_READ | PROT_EXEC),
	CALL(listen, EPERM_, NOWHERE, 1),
	CALL(unlink, EPERM_, BAD),
	CALL(execve, KILLED, BAD, 0, 0),
	CALL(clone, KILLED, SIGCHLD),
};

static const struct row for_sockets[] = {
	CALL(unlink, ALLOWED, BAD),
	CALL(unlinkat, ALLOWED, AT_FDCWD, BAD, 0),
	CALL(unlinkat, EPERM_, AT_FDCWD, BAD, AT_REMOVEDIR),
	CALL(rename, EPERM_, BAD, BAD),
	CALL(socket, EPERM_, AF_INET, SOCK_STREAM, 0),
};

static int make_call(const struct row *row)
{
	const long *a = row->arguments;

	errno = 0;
	return syscall(row->number, a[0], a[1], a[2], a[3], a[4], a[5]) == -1 ? errno : 0;
}

/** The child: errno of the second call is its exit code. */
static void run_child(const struct row *row, const struct cpc_call_filter *options, int log)
{
	struct cpc_error error;

	if (dup2(log, STDERR_FILENO) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    cpc_call_filter_install(options, &error))
		_exit(255);
	(void)make_call(row);
	_exit(make_call(row));
}

static size_t lines_of(const char *log)
{
	size_t count = 0;

	for (; *log; log++)
		count += *log == '\n';
	return count;
}

/** How it ended, as waitpid() says; what it logged. */
static int outcome_of(const struct row *row, const struct cpc_call_filter *options, char ret_log[static 512])
{
	int ends[2];
	int status = 0;
	size_t length = 0;
	ssize_t got;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (!child)
		run_child(row, options, ends[1]);
	close(ends[1]);
	while ((got = read(ends[0], ret_log + length, 511 - length)) > 0)
		length += (size_t)got;
	ret_log[length] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void check(const struct row *row, const struct cpc_call_filter *options)
{
	char log[512];
	const int status = outcome_of(row, options, log);
	const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	bool as_wanted = killed;

	/* Above libseccomp's knowledge a refusal says ENOSYS, which is as well. */
	if (row->outcome == EPERM_)
		as_wanted = WIFEXITED(status) && (code == EPERM || (code == ENOSYS && row->number > 450)) &&
			    lines_of(log) == 1 && strncmp(log, "<4>cpucompatd: refused system call ", 35) == 0;
	else if (row->outcome == ENOSYS_)
		as_wanted = WIFEXITED(status) && code == ENOSYS && !*log;
	else if (row->outcome == ALLOWED)
		as_wanted = WIFEXITED(status) && code != EPERM && code != ENOSYS && code != 255 && !*log;
	if (!as_wanted)
		fail_msg("%s(%ld, %ld, %ld): status %#x, wanted outcome %d; log: %s", row->name, row->arguments[0],
			 row->arguments[1], row->arguments[2], (unsigned int)status, (int)row->outcome, log);
}

#define CHECK_ALL(rows, ...)                                                                                           \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++)                                                    \
	check(&(rows)[i], &(const struct cpc_call_filter){ __VA_ARGS__ })

static void refuses_what_serving_does_not_need(void **state)
{
	(void)state;
	CHECK_ALL(always, .client = false);
}

static void lets_a_client_connect_and_no_more(void **state)
{
	(void)state;
	CHECK_ALL(for_clients, .client = true);
}

static void lets_sockets_be_removed_and_no_more(void **state)
{
	(void)state;
	CHECK_ALL(for_sockets, .unlink = true);
}

static void names_the_call(void **state)
{
	static const struct row row = CALL(rename, EPERM_, BAD, BAD);
	char log[512];

	(void)state;
	outcome_of(&row, &(const struct cpc_call_filter){ .client = false }, log);
	assert_non_null(strstr(log, "refused system call rename, number 82; "));
}

static void *say_so(void *argument)
{
	*(int *)argument = 1;
	return NULL;
}

static int start_a_thread(void)
{
	pthread_t thread;
	int ran = 0;

	if (pthread_create(&thread, NULL, say_so, &ran) || pthread_join(thread, NULL))
		return 0;
	return ran;
}

/** glibc asks for clone3() first, and this one has it: pthread_create() has to work all the same. */
static void threads_start(void **state)
{
	int status = 0;
	const pid_t child = fork();

	(void)state;
	if (!child) {
		struct cpc_error error;
		const struct cpc_call_filter options = { .client = false };

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (cpc_call_filter_install(&options, &error))
			_exit(2);
		_exit(start_a_thread() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/** abort() and a failed assertion still end in SIGABRT, not in a refused call. */
static void abort_aborts(void **state)
{
	int status = 0;
	const pid_t child = fork();

	(void)state;
	if (!child) {
		struct cpc_error error;
		const struct cpc_call_filter options = { .client = false };

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		if (cpc_call_filter_install(&options, &error))
			_exit(2);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_serving_does_not_need),
		cmocka_unit_test(lets_a_client_connect_and_no_more),
		cmocka_unit_test(lets_sockets_be_removed_and_no_more),
		cmocka_unit_test(names_the_call),
		cmocka_unit_test(threads_start),
		cmocka_unit_test(abort_aborts),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
