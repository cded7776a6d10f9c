/* SPDX-License-Identifier: MIT */
/* A folder that stands for a machine's root: nothing in it leads out of it, whatever links somebody put there. */
#include "site_support.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "probe_inside.h"
#include "sysroot.h"

/* Beside the folder, where nothing of it may lead. */
#define SECRET "the secret beside it"

struct rooted {
	char outside[64];
	char root[128];
};

static int make_rooted(void **state)
{
	static struct rooted rooted;

	*state = &rooted;
	if (make_scratch(rooted.outside))
		return -1;
	(void)snprintf(rooted.root, sizeof(rooted.root), "%s/root", rooted.outside);
	put_folder(rooted.root);
	put_line(at(rooted.outside, "/secret"), SECRET);
	return 0;
}

static int remove_rooted(void **state)
{
	remove_folder(((struct rooted *)*state)->outside);
	return 0;
}

#define rooted_test(test) cmocka_unit_test_setup_teardown(test, make_rooted, remove_rooted)

static void assert_reads(const char *root, const char *path, const char *expected)
{
	char text[4096];
	const int length = cpc_sysroot_read(root, path, text, sizeof(text));

	if (length < 0)
		fail_msg("%s: %s", path, strerror(-length));
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, expected);
}

static void assert_fails(const char *root, const char *path, int error)
{
	char text[4096];
	const int length = cpc_sysroot_read(root, path, text, sizeof(text));

	if (length != error)
		fail_msg("%s: %d (%.60s) instead of %d", path, length, text, error);
	assert_string_equal(text, "");
}

static void links_within_lead_where_they_would(void **state)
{
	const char *root = ((struct rooted *)*state)->root;
	char name[64];

	put_line(at(root, "/run/resolv.conf"), "inside");
	put_link(at(root, "/etc/resolv.conf"), "/run/resolv.conf");
	put_link(at(root, "/etc/beside"), "../run/resolv.conf");
	put_link(at(root, "/etc/twice"), "./../etc//resolv.conf");
	put_link(at(root, "/var/run"), "/run");
	put_link(at(root, "/var/at_root"), "/");
	put_link(at(root, "/sys/class/net/eth0"), "../../devices/pci/net/eth0");
	put_number(at(root, "/sys/devices/pci/net/eth0/type"), 1);
	put_link(at(root, "/sys/devices/pci/net/eth0/device"), "../../../pci");
	assert_reads(root, "/etc/resolv.conf", "inside");
	assert_reads(root, "/etc/beside", "inside");
	assert_reads(root, "/etc/twice", "inside");
	assert_reads(root, "/var/run/resolv.conf", "inside");
	assert_reads(root, "/var/at_root/etc/resolv.conf", "inside");
	assert_reads(root, "//run///resolv.conf", "inside");
	assert_reads(root, "/sys/class/net/eth0/type", "1");
	assert_int_equal(cpc_sysroot_link(root, "/sys/class/net/eth0/device", name, sizeof(name)), 3);
	assert_string_equal(name, "pci");
	assert_int_equal(cpc_sysroot_has(root, "/sys/class/net/eth0/type"), 1);
	assert_int_equal(cpc_sysroot_has(root, "/sys/class/net/eth1"), 0);
	/* The root itself is what its user says, a link, too. */
	put_link(at(root, "/../alias"), "root");
	assert_reads(at(root, "/../alias"), "/etc/resolv.conf", "inside");
}

static void nothing_leads_out(void **state)
{
	const struct rooted *rooted = *state;
	const char *root = rooted->root;
	char text[64];

	put_link(at(root, "/etc/absolute"), at(rooted->outside, "/secret"));
	put_link(at(root, "/etc/relative"), "../../secret");
	put_link(at(root, "/etc/far"), "../../../../../../../../../../../../etc/passwd");
	put_link(at(root, "/etc/shadow"), "/etc/shadow");
	put_link(at(root, "/parent"), "..");
	put_link(at(root, "/deep/er/up"), "../../..");
	put_link(at(root, "/machine"), rooted->outside);
	put_link(at(root, "/self"), "/proc/self/root");
	assert_fails(root, "/etc/absolute", -ENOENT);
	assert_fails(root, "/etc/relative", -ENOENT);
	assert_fails(root, "/etc/far", -ENOENT);
	assert_fails(root, "/etc/shadow", -ELOOP);
	assert_fails(root, "/parent/secret", -ENOENT);
	assert_fails(root, "/deep/er/up/secret", -ENOENT);
	assert_fails(root, "/machine/secret", -ENOENT);
	assert_fails(root, "/self/etc/passwd", -ENOENT);
	assert_fails(root, "/../secret", -ENOENT);
	assert_fails(root, "/etc/../../secret", -ENOENT);
	/* What is above the root is the root. */
	put_line(at(root, "/secret"), "its own");
	assert_reads(root, "/parent/secret", "its own");
	assert_reads(root, "/deep/er/up/secret", "its own");
	assert_reads(root, "/etc/relative", "its own");
	assert_reads(root, "/../../secret", "its own");
	/* A link is read wherever it leads. */
	assert_int_equal(cpc_sysroot_link(root, "/etc/far", text, sizeof(text)), 6);
	assert_string_equal(text, "passwd");
	assert_int_equal(cpc_sysroot_has(root, "/etc/far"), 1);
	assert_int_equal(cpc_sysroot_has(root, "/machine/secret"), 0);
}

static void count_names(void *context, const char *name)
{
	(void)name;
	++*(size_t *)context;
}

static void folders_lead_no_further(void **state)
{
	const struct rooted *rooted = *state;
	const char *root = rooted->root;
	size_t count = 0;

	put_link(at(root, "/sys/class/net"), rooted->outside);
	put_link(at(root, "/sys/block"), "../../..");
	put_folder(at(root, "/sys/bus"));
	assert_int_equal(cpc_sysroot_each(root, "/sys/class/net", count_names, &count), -ENOENT);
	assert_int_equal(count, 0);
	/* The root, of which only sys is there. */
	assert_int_equal(cpc_sysroot_each(root, "/sys/block", count_names, &count), 1);
	put_line(at(root, "/file"), "");
	assert_int_equal(cpc_sysroot_each(root, "/file", count_names, &count), -ENOTDIR);
	assert_fails(root, "/file/below", -ENOTDIR);
	assert_fails(root, "/sys", -EISDIR);
}

static void loops_and_depths_end(void **state)
{
	const char *root = ((struct rooted *)*state)->root;
	char path[PATH_MAX + 64];
	char name[300];
	size_t length = 0;

	put_link(at(root, "/a"), "b");
	put_link(at(root, "/b"), "a");
	put_link(at(root, "/itself"), "itself/x");
	put_link(at(root, "/here"), ".");
	assert_fails(root, "/a", -ELOOP);
	assert_fails(root, "/a/x", -ELOOP);
	/* It grows by what it says until no path is that long, or it is one link too many. */
	assert_fails(root, "/itself", -ELOOP);
	/* As the kernel counts: 40 links, and not one more. */
	put_line(at(root, "/file"), "found");
	for (int i = 0; i < 40; i++)
		length += (size_t)snprintf(path + length, sizeof(path) - length, "/here");
	(void)snprintf(path + length, sizeof(path) - length, "/file");
	assert_reads(root, path, "found");
	(void)snprintf(path + length, sizeof(path) - length, "/here/file");
	assert_fails(root, path, -ELOOP);
	memset(name, 'n', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_fails(root, name, -ENAMETOOLONG);
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_fails(root, path, -ENAMETOOLONG);
	/* More folders in each other than any machine has. */
	for (length = 0; length < 2 * 70; length += 2)
		memcpy(path + length, "/d", 3);
	put_line(at(root, "%s/file", path), "deep");
	memcpy(path + length, "/file", 6);
	assert_fails(root, path, -ENAMETOOLONG);
}

static void only_files_are_opened(void **state)
{
	const char *root = ((struct rooted *)*state)->root;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
	char target[8];

	put_fifo(at(root, "/fifo"));
	put_link(at(root, "/to_fifo"), "fifo");
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", at(root, "/socket"));
	assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(descriptor);
	assert_fails(root, "/fifo", -EINVAL);
	assert_fails(root, "/to_fifo", -EINVAL);
	assert_fails(root, "/socket", -EINVAL);
	/* Where nobody may make one there is none to open. */
	if (mknod(at(root, "/null"), S_IFCHR | 0644, makedev(1, 3)) == 0)
		assert_fails(root, "/null", -EINVAL);
	assert_int_equal(cpc_sysroot_has(root, "/fifo"), 1);
	assert_int_equal(cpc_sysroot_target(root, "/fifo", target, sizeof(target)), -EINVAL);
	put_link(at(root, "/long"), "12345678");
	assert_int_equal(cpc_sysroot_target(root, "/long", target, sizeof(target)), -ENAMETOOLONG);
	assert_string_equal(target, "");
}

static size_t descriptors(void)
{
	size_t count = 0;

	for (int descriptor = 0; descriptor < 1024; descriptor++)
		count += fcntl(descriptor, F_GETFD) >= 0;
	return count;
}

static void no_descriptor_is_left(void **state)
{
	const char *root = ((struct rooted *)*state)->root;
	const size_t before = descriptors();
	char text[8];

	put_line(at(root, "/a/b/c/d"), "x");
	put_link(at(root, "/a/b/loop"), "loop");
	put_link(at(root, "/a/b/up"), "/a/../a/b/../../a/b/c");
	assert_reads(root, "/a/b/up/d", "x");
	assert_fails(root, "/a/b/loop", -ELOOP);
	assert_fails(root, "/a/b/c/d/e", -ENOTDIR);
	assert_fails(root, "/a/b/c/e", -ENOENT);
	assert_fails("/nonexistent", "/a", -ENOENT);
	assert_int_equal(cpc_sysroot_target(root, "/a/b/loop", text, sizeof(text)), 4);
	assert_int_equal(descriptors(), before);
}

static void this_machine_is_read_as_ever(void **state)
{
	char name[64];

	(void)state;
	assert_int_equal(cpc_sysroot_has("", "/proc/self/status"), 1);
	assert_true(cpc_sysroot_link("", "/proc/self/exe", name, sizeof(name)) > 0);
	assert_string_equal(name, "test_sysroot");
	assert_int_equal(cpc_sysroot_has("", "/proc/nobody"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rooted_test(links_within_lead_where_they_would),
		rooted_test(nothing_leads_out),
		rooted_test(folders_lead_no_further),
		rooted_test(loops_and_depths_end),
		rooted_test(only_files_are_opened),
		rooted_test(no_descriptor_is_left),
		cmocka_unit_test(this_machine_is_read_as_ever),
	};

	return cmocka_run_group_tests_name("sysroot", tests, NULL, NULL);
}
