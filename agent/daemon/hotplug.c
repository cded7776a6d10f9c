/* SPDX-License-Identifier: MIT */
#include "hotplug.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** The multicast group of the kernel's own messages; udevd's are another. */
#define KERNEL_GROUP 1

/** Messages that one call reads at most: a machine of thousands of CPUs is not the main thread's only business. */
#define MESSAGES_MOST 1024

/** Where a CPU's folder begins, behind the action and an @. */
#define CPU_FOLDER "@/devices/system/cpu/"

static bool known_action(const char *action)
{
	static const char *const actions[] = { "add", "remove", "change", "online", "offline" };

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i], action) == 0)
			return true;
	return false;
}

/*
 * ACTION@DEVPATH, then KEY=VALUE, each with a NUL behind it. What follows the last NUL was cut off, and is left out.
 */
bool cpc_uevent_of_cpu(const char *bytes, size_t length)
{
	bool cpu = false;
	bool action = false;

	while (length) {
		const char *end = memchr(bytes, '\0', length);

		if (!end)
			break;
		if (strcmp(bytes, "SUBSYSTEM=cpu") == 0)
			cpu = true;
		else if (strncmp(bytes, "ACTION=", 7) == 0)
			action = known_action(bytes + 7);
		length -= (size_t)(end - bytes) + 1;
		bytes = end + 1;
	}
	return cpu && action;
}

/**
 * Let only those messages in that begin with an action of ours and a CPU's folder: containers come and go with dozens
 * of messages each, and none of them is worth waking up for. A program for the kernel's packet filter (Linux
 * Documentation/networking/filter.rst): for each place at which the folder may begin, compare it four bytes at a time,
 * and go on to the next place at the first that differs.
 */
static int keep_out_others(int descriptor)
{
	/* After "add", "remove" or "change" or "online", "offline". */
	static const uint32_t places[] = { 3, 6, 7 };
	enum { WORDS = (sizeof(CPU_FOLDER) - 1) / 4, STEP = 2 * WORDS + 1, PLACES = 3 };
	struct sock_filter program[PLACES * STEP + 1];
	size_t length = 0;

	for (size_t place = 0; place < PLACES; place++) {
		for (uint32_t word = 0; word < WORDS; word++) {
			const unsigned char *text = (const unsigned char *)CPU_FOLDER + word * 4;
			const uint32_t wanted =
				(uint32_t)text[0] << 24 | (uint32_t)text[1] << 16 | (uint32_t)text[2] << 8 | text[3];
			/* Over the rest of this place's instructions. */
			const uint8_t skip = (uint8_t)(2 * (WORDS - word - 1) + 1);

			program[length++] =
				(struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, places[place] + word * 4);
			program[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wanted, 0, skip);
		}
		program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	}
	program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog filter = { .len = (unsigned short)length, .filter = program };
	return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

int cpc_hotplug_open(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	const int descriptor = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (descriptor < 0)
		return -errno;
	/* The filter first: what comes before it would be let in. */
	if (keep_out_others(descriptor) || bind(descriptor, (const struct sockaddr *)&address, sizeof(address))) {
		const int error = errno;

		close(descriptor);
		return -error;
	}
	return descriptor;
}

/** Nobody but the kernel may wake the agent: privileged processes can send to the group too. */
static bool from_kernel(const struct sockaddr_nl *sender, socklen_t length)
{
	return length == sizeof(*sender) && sender->nl_family == AF_NETLINK && sender->nl_pid == 0;
}

enum cpc_hotplug cpc_hotplug_read(int descriptor)
{
	enum cpc_hotplug found = CPC_HOTPLUG_NOTHING;
	char bytes[CPC_UEVENT_SIZE];

	for (int i = 0; i < MESSAGES_MOST; i++) {
		struct sockaddr_nl sender = { 0 };
		socklen_t size = sizeof(sender);
		const ssize_t length = recvfrom(descriptor, bytes, sizeof(bytes), 0, (struct sockaddr *)&sender, &size);

		if (length < 0 && errno == ENOBUFS)
			found = CPC_HOTPLUG_CPU;
		else if (length < 0 && errno != EINTR)
			return errno == EAGAIN ? found : CPC_HOTPLUG_BROKEN;
		else if (length > 0 && from_kernel(&sender, size) && cpc_uevent_of_cpu(bytes, (size_t)length))
			found = CPC_HOTPLUG_CPU;
	}
	return found;
}
