/* SPDX-License-Identifier: MIT */
/* What the end of a PERSISTENT RESERVE IN says of a disk, and what is no disk at all. */
#include "support.h"

#include <errno.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "scsi_reservations.h"

static void ends_of_commands(void **state)
{
	static const struct {
		unsigned char status, sense[18];
		size_t length;
		int answer;
	} rows[] = {
		{ 0x00, { 0 }, 0, 1 },
		{ 0x02, { 0x70, 0, 5, [12] = 0x20 }, 18, 0 },
		{ 0x02, { 0xf0, 0, 5, [12] = 0x20 }, 18, 0 },
		{ 0x02, { 0x72, 5, 0x20 }, 8, 0 },
		{ 0x02, { 0x70, 0, 5, [12] = 0x24 }, 18, -EOPNOTSUPP },
		{ 0x02, { 0x72, 5, 0x24 }, 8, -EOPNOTSUPP },
		{ 0x02, { 0x70, 0, 5, [12] = 0x25 }, 18, -EIO }, /* no such unit */
		{ 0x02, { 0x70, 0, 6, [12] = 0x29 }, 18, -EBUSY },
		{ 0x02, { 0x72, 2, 0x04 }, 8, -EBUSY },
		{ 0x02, { 0x70, 0, 3, [12] = 0x20 }, 18, -EIO },
		{ 0x18, { 0 }, 0, -EBUSY },
		{ 0x08, { 0 }, 0, -EIO },
		/* Sense that is not there, or not as far as its code. */
		{ 0x02, { 0x70, 0, 5, [12] = 0x20 }, 0, -EIO },
		{ 0x02, { 0x70, 0, 5, [12] = 0x20 }, 12, -EIO },
		{ 0x02, { 0x72, 5, 0x20 }, 2, -EIO },
		{ 0x02, { 0x7f, 0, 5, [12] = 0x20 }, 18, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char *sense = malloc(rows[i].length ? rows[i].length : 1);

		assert_non_null(sense);
		memcpy(sense, rows[i].sense, rows[i].length);
		if (cpc_scsi_answer(rows[i].status, sense, rows[i].length) != rows[i].answer)
			fail_msg("row %zu", i);
		free(sense);
	}
}

int __wrap_ioctl(int fd, unsigned long request, ...);
int __real_ioctl(int fd, unsigned long request, ...);

/* A disk in the place of /dev/null, which answers as it is told; NULL: none, and the kernel is asked. */
static const struct disk {
	int error; /* of the call */
	unsigned char status[2], sense[2][18];
	unsigned short host_status;
	int answer, commands;
} * disk;
static int commands;

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	static const unsigned char actions[] = { 2, 0 }; /* REPORT CAPABILITIES, then READ KEYS */
	struct sg_io_hdr *command;
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!disk)
		return __real_ioctl(fd, request, argument);
	command = argument;
	assert_int_equal(request, SG_IO);
	assert_in_range(commands, 0, 1);
	/* Nothing that changes anything, and no more than fits. */
	assert_int_equal(command->cmd_len, 10);
	assert_int_equal(command->cmdp[0], 0x5e);
	assert_int_equal(command->cmdp[1], actions[commands]);
	assert_int_equal(command->cmdp[7] << 8 | command->cmdp[8], command->dxfer_len);
	assert_int_equal(command->dxfer_direction, SG_DXFER_FROM_DEV);
	assert_in_range(command->timeout, 1, 5000);
	memset(command->dxferp, 0xff, command->dxfer_len);
	command->status = disk->status[commands];
	command->host_status = disk->host_status;
	memcpy(command->sbp, disk->sense[commands], sizeof(disk->sense[0]));
	command->sb_len_wr = command->status == 2 ? sizeof(disk->sense[0]) : 0;
	command->driver_status = command->status == 2 ? 8 : 0; /* there is sense */
	commands++;
	errno = disk->error;
	return disk->error ? -1 : 0;
}

static void disks(void **state)
{
#define ILLEGAL(code)                                                                                                  \
	{                                                                                                              \
		0x70, 0, 5, [12] = (code)                                                                              \
	}
	static const struct disk rows[] = {
		{ .answer = 1, .commands = 1 },
		{ .status = { 2 }, .sense = { ILLEGAL(0x20) }, .answer = 0, .commands = 1 },
		{ .status = { 2 }, .sense = { ILLEGAL(0x24) }, .answer = 1, .commands = 2 },
		{ .status = { 2, 2 }, .sense = { ILLEGAL(0x24), ILLEGAL(0x24) }, .answer = -EOPNOTSUPP, .commands = 2 },
		{ .status = { 2, 2 }, .sense = { ILLEGAL(0x24), ILLEGAL(0x20) }, .answer = 0, .commands = 2 },
		{ .status = { 2 }, .sense = { { 0x70, 0, 6, [12] = 0x29 } }, .answer = 1, .commands = 2 },
		{ .status = { 0x18, 0x18 }, .answer = -EBUSY, .commands = 2 },
		{ .host_status = 3, .answer = -EIO, .commands = 1 },
		{ .error = EPERM, .answer = -EACCES, .commands = 1 },
		{ .error = ENOTTY, .answer = -ENOSYS, .commands = 1 },
		{ .error = ENODEV, .answer = -ENODEV, .commands = 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int answer;

		commands = 0;
		disk = &rows[i];
		answer = cpc_scsi_reservations("null");
		disk = NULL;
		if (answer != rows[i].answer || commands != rows[i].commands)
			fail_msg("row %zu: %d after %d commands", i, answer, commands);
	}
}

static void what_is_no_disk(void **state)
{
	static const char *const names[] = { "", ".", "..", ".hidden", "../etc/passwd", "mapper/x", "/dev/sda" };
	char name[300];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(cpc_scsi_reservations(names[i]), -EINVAL);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(cpc_scsi_reservations(name), -EINVAL);
	assert_int_equal(cpc_scsi_reservations("nonexistent"), -ENOENT);
	assert_int_equal(cpc_scsi_reservations("null"), -ENOSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_of_commands),
		cmocka_unit_test(disks),
		cmocka_unit_test(what_is_no_disk),
	};

	return cmocka_run_group_tests_name("scsi_reservations", tests, NULL, NULL);
}
