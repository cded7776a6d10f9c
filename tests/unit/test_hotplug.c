/* SPDX-License-Identifier: MIT */
/* The kernel's messages about CPUs: which are, and that a real one arrives where this machine lets us make one. */
#include "support.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "hotplug.h"

static void knows_its_messages(void **state)
{
	static const struct {
		const char *bytes;
		size_t length; /* with the last NUL */
		bool of_cpu;
	} rows[] = {
#define YES(text) { text, sizeof(text), true }
#define NO(text)                                                                                                       \
	{                                                                                                              \
		text, sizeof(text), false                                                                              \
	}
		YES("online@/devices/system/cpu/cpu1\0ACTION=online\0DEVPATH=/devices/system/cpu/cpu1\0SUBSYSTEM=cpu\0"
		    "SEQNUM=885"),
		YES("offline@/devices/system/cpu/cpu1\0ACTION=offline\0SUBSYSTEM=cpu"),
		YES("add@/x\0ACTION=add\0SUBSYSTEM=cpu\0MODALIAS=cpu:type:x86"),
		YES("remove@/x\0SUBSYSTEM=cpu\0ACTION=remove"),
		YES("change@/x\0ACTION=change\0SUBSYSTEM=cpu"),
		NO("bind@/x\0ACTION=bind\0SUBSYSTEM=cpu"),
		NO("change@/x\0ACTION=changed\0SUBSYSTEM=cpu"),
		NO("change@/x\0ACTION=change\0SUBSYSTEM=cpuidle"),
		NO("change@/x\0ACTION=change\0SUBSYSTEM=block"),
		NO("change@/x\0ACTION=change\0XSUBSYSTEM=cpu"),
		NO("change@/x\0SUBSYSTEM=cpu"),
		NO("change@/x\0ACTION=change"),
		NO("ACTION=change SUBSYSTEM=cpu"),
		NO("libudev\0\xfe\xed\xca\xfe\0SUBSYSTEM=cp"),
		NO(""),
		NO("\0\0\0\0"),
		/* The last word counts. */
		NO("change@/x\0ACTION=change\0SUBSYSTEM=cpu\0ACTION=bind"),
#undef YES
#undef NO
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (cpc_uevent_of_cpu(rows[i].bytes, rows[i].length) != rows[i].of_cpu)
			fail_msg("%zu: %s", i, rows[i].bytes);
	assert_false(cpc_uevent_of_cpu(NULL, 0));
}

/* Whatever is cut off is not read: the bytes lie at the very end of an allocation. */
static void reads_no_byte_too_many(void **state)
{
	static const char whole[] = "offline@/devices/system/cpu/cpu1\0ACTION=offline\0SUBSYSTEM=cpu";

	(void)state;
	for (size_t length = 1; length <= sizeof(whole); length++) {
		char *bytes = malloc(length);

		assert_non_null(bytes);
		memcpy(bytes, whole, length);
		assert_int_equal(cpc_uevent_of_cpu(bytes, length), length == sizeof(whole));
		free(bytes);
	}
}

/* False where this machine does not let us (no root, a container without /sys). */
static bool say_change(const char *path)
{
	FILE *file = fopen(path, "w");
	bool said = file && fputs("change", file) >= 0;

	if (file && fclose(file))
		said = false;
	return said;
}

static bool readable(int descriptor, int milliseconds)
{
	struct pollfd polled = { .fd = descriptor, .events = POLLIN };

	return poll(&polled, 1, milliseconds) > 0;
}

static void hears_the_kernel(void **state)
{
	const int descriptor = cpc_hotplug_open();

	(void)state;
	if (descriptor < 0) {
		print_message("skipped: no netlink here: %s\n", strerror(-descriptor));
		skip();
	}
	/* Another test may be making such messages at this moment, so silence is not asserted. */
	(void)cpc_hotplug_read(descriptor);
	if (!say_change("/sys/devices/system/cpu/cpu0/uevent")) {
		print_message("skipped: no message about a CPU can be made here: %s\n", strerror(errno));
		close(descriptor);
		skip();
	}
	assert_true(readable(descriptor, 5000));
	assert_int_equal(cpc_hotplug_read(descriptor), CPC_HOTPLUG_CPU);
	close(descriptor);
}

/* The filter keeps out what is of no interest, so that nobody wakes up for it. */
static void sleeps_through_the_rest(void **state)
{
	const int descriptor = cpc_hotplug_open();

	(void)state;
	if (descriptor < 0 || !say_change("/sys/devices/virtual/mem/null/uevent")) {
		print_message("skipped: no netlink or no message can be made here\n");
		if (descriptor >= 0)
			close(descriptor);
		skip();
	}
	/* The kernel has queued a message before the write returns; one about CPUs comes from elsewhere, if at all. */
	if (readable(descriptor, 200))
		assert_int_equal(cpc_hotplug_read(descriptor), CPC_HOTPLUG_CPU);
	close(descriptor);
}

static void says_when_it_is_broken(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(cpc_hotplug_read(ends[0]), CPC_HOTPLUG_BROKEN);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(cpc_hotplug_read(-1), CPC_HOTPLUG_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_messages),	  cmocka_unit_test(reads_no_byte_too_many),
		cmocka_unit_test(hears_the_kernel),	  cmocka_unit_test(sleeps_through_the_rest),
		cmocka_unit_test(says_when_it_is_broken),
	};

	return cmocka_run_group_tests_name("hotplug", tests, NULL, NULL);
}
