/* SPDX-License-Identifier: MIT */
/* Files that hold disk images, and what is none: nothing waits, and nothing is opened that opening would change. */
#include "disk_support.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/loop.h>

#include "disk_file.h"

static char folder[] = "/tmp/test_disk_file.XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_image(int fd)
{
	assert_int_equal(ftruncate(fd, (off_t)image.size), 0);
	for (size_t i = 0; i < image.count; i++)
		assert_int_equal(pwrite(fd, image.bytes + image.pieces[i].at, image.pieces[i].length,
					(off_t)image.pieces[i].offset),
				 image.pieces[i].length);
}

/* An unnamed file, and the name that opens it all the same. */
static int unnamed(char path[static 64])
{
	const int fd = memfd_create("image", MFD_CLOEXEC);

	assert_true(fd >= 0);
	(void)snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void refuse(const char *path, enum cpc_status status, const char *part)
{
	struct cpc_disk_file file = { .fd = -2 };
	struct cpc_error error = { .line = 7 };

	assert_int_equal(cpc_disk_file_open(path, &file, &error), status);
	assert_int_equal(error.status, status);
	assert_non_null(strstr(error.what, part));
	assert_int_equal(file.fd, -2);
}

static void refuses_what_is_no_file(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	refuse(folder, CPC_BAD_DATA, "directory");
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	refuse(in_folder("fifo"), CPC_BAD_DATA, "named pipe");
	assert_int_equal(symlink("fifo", in_folder("link")), 0);
	refuse(in_folder("link"), CPC_BAD_DATA, "named pipe");
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", in_folder("socket"));
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	refuse(in_folder("socket"), CPC_BAD_DATA, "socket");
	assert_int_equal(close(listener), 0);
	refuse("/dev/null", CPC_BAD_DATA, "device");
	refuse("/dev/zero", CPC_BAD_DATA, "device");
	refuse(in_folder("missing"), CPC_NO_INPUT, "no such file");
	refuse("", CPC_NO_INPUT, "no such file");
	refuse(in_folder("fifo/x"), CPC_NO_INPUT, "no such file");
	assert_int_equal(symlink("loop", in_folder("loop")), 0);
	refuse(in_folder("loop"), CPC_NO_INPUT, "no such file");
}

static void refuses_what_may_not_be_read(void **state)
{
	const int fd = open(in_folder("secret"), O_CREAT | O_WRONLY, 0);
	int status;
	pid_t child;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct cpc_disk_file file;

		if (geteuid() == 0 && setuid(65534))
			_exit(99);
		_exit((int)cpc_disk_file_open(in_folder("secret"), &file, NULL));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CPC_DENIED);
}

static void reads_files(void **state)
{
	struct cpc_disk_file file;
	char path[64];
	const int fd = unnamed(path);

	(void)state;
	start();
	vhdx_differencing(&image);
	write_image(fd);
	assert_int_equal(cpc_disk_file_open(path, &file, NULL), CPC_OK);
	assert_false(file.device);
	cpc_disk_read(&file.source, &disk);
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DIFFERENCING);
	/* A file that is cut short meanwhile is not read past its end, nor taken for another. */
	assert_int_equal(ftruncate(fd, 200000), 0);
	cpc_disk_read(&file.source, &disk);
	assert_int_equal(disk.format, CPC_DISK_FORMAT_VHDX);
	assert_true(disk.fatal);
	assert_int_equal(disk.faults[0].code, CODE(SHRANK));
	assert_int_equal(ftruncate(fd, 0), 0);
	cpc_disk_read(&file.source, &disk);
	assert_int_equal(disk.format, CPC_DISK_FORMAT_UNREAD);
	assert_true(has_fault(PART(FILE), CODE(SHRANK), 0, true));
	cpc_disk_file_close(&file);
	cpc_disk_file_close(&file);
	/* An error of the file's: it is closed. */
	cpc_disk_read(&file.source, &disk);
	assert_true(has_fault(PART(FILE), CODE(UNREADABLE), 0, true));
	assert_int_equal(cpc_disk_file_open(path, &file, NULL), CPC_OK);
	cpc_disk_read(&file.source, &disk);
	assert_undamaged(CPC_DISK_FORMAT_RAW, CPC_DISK_KIND_UNKNOWN);
	assert_size(0);
	cpc_disk_file_close(&file);
	assert_int_equal(close(fd), 0);
}

/* 8 EiB, of which nothing is there. */
static void reads_the_largest_file(void **state)
{
	struct cpc_disk_file file;
	char path[64];
	const int fd = unnamed(path);

	(void)state;
	if (ftruncate(fd, INT64_MAX)) {
		assert_int_equal(close(fd), 0);
		skip();
	}
	assert_int_equal(cpc_disk_file_open(path, &file, NULL), CPC_OK);
	cpc_disk_read(&file.source, &disk);
	assert_undamaged(CPC_DISK_FORMAT_RAW, CPC_DISK_KIND_UNKNOWN);
	assert_size(INT64_MAX);
	cpc_disk_file_close(&file);
	assert_int_equal(close(fd), 0);
}

/* A device that nothing else has, with a file behind it; -1 where the system gives none. */
static int take_device(int backing, char path[static 64])
{
	const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	const int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	int device = -1;

	if (control >= 0)
		assert_int_equal(close(control), 0);
	if (number < 0)
		return -1;
	(void)snprintf(path, 64, "/dev/loop%d", number);
	device = open(path, O_RDONLY | O_CLOEXEC);
	if (device >= 0 && ioctl(device, LOOP_SET_FD, backing)) {
		assert_int_equal(close(device), 0);
		return -1;
	}
	return device;
}

static void reads_block_devices(void **state)
{
	struct cpc_disk_file file;
	char path[64];
	const int backing = unnamed(path);
	int device;

	(void)state;
	start();
	vhd_fixed(&image, MIB);
	write_image(backing);
	device = take_device(backing, path);
	if (device < 0) {
		assert_int_equal(close(backing), 0);
		print_message("no loop devices here\n");
		skip();
	}
	assert_int_equal(cpc_disk_file_open(path, &file, NULL), CPC_OK);
	assert_true(file.device);
	cpc_disk_read(&file.source, &disk);
	cpc_disk_file_close(&file);
	assert_int_equal(ioctl(device, LOOP_CLR_FD), 0);
	assert_int_equal(close(device), 0);
	assert_int_equal(close(backing), 0);
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_FIXED);
	assert_int_equal(disk.file_size, MIB + 512);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "fifo", "link", "socket", "loop", "secret" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(in_folder(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(refuses_what_may_not_be_read),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(reads_the_largest_file),
		cmocka_unit_test(reads_block_devices),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
