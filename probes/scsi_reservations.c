/* SPDX-License-Identifier: MIT */
#include "scsi_reservations.h"

#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PATH_SIZE 128
#define TIMEOUT_MS 5000

#define PERSISTENT_RESERVE_IN 0x5e
#define READ_KEYS 0
#define REPORT_CAPABILITIES 2

/** Enough for the capabilities, and for the head of the list of keys. */
#define ANSWER_SIZE 8

/* Status codes of SAM, sense keys and additional codes of SPC. */
enum {
	GOOD = 0x00,
	CHECK_CONDITION = 0x02,
	CONFLICT = 0x18,
	NOT_READY = 2,
	ILLEGAL_REQUEST = 5,
	UNIT_ATTENTION = 6,
	INVALID_COMMAND = 0x20,
	INVALID_FIELD = 0x24,
};

/* Sense key and code, of either format; false where there are none. */
static bool read_sense(const unsigned char *sense, size_t length, int *ret_key, int *ret_code)
{
	const int format = length ? sense[0] & 0x7f : 0;

	if ((format == 0x70 || format == 0x71) && length > 12) {
		*ret_key = sense[2] & 0xf;
		*ret_code = sense[12];
		return true;
	}
	if ((format == 0x72 || format == 0x73) && length > 2) {
		*ret_key = sense[1] & 0xf;
		*ret_code = sense[2];
		return true;
	}
	return false;
}

int cpc_scsi_answer(unsigned char status, const unsigned char *sense, size_t length)
{
	int key;
	int code;

	if (status == GOOD)
		return 1;
	/* Somebody else has reserved it, the way of SCSI-2. */
	if (status == CONFLICT)
		return -EBUSY;
	if (status != CHECK_CONDITION || !read_sense(sense, length, &key, &code))
		return -EIO;
	if (key == NOT_READY || key == UNIT_ATTENTION)
		return -EBUSY;
	if (key != ILLEGAL_REQUEST)
		return -EIO;
	if (code == INVALID_COMMAND)
		return 0;
	return code == INVALID_FIELD ? -EOPNOTSUPP : -EIO;
}

static int ask(int fd, unsigned char action)
{
	unsigned char command[10] = { PERSISTENT_RESERVE_IN, action, [8] = ANSWER_SIZE };
	unsigned char answer[ANSWER_SIZE];
	unsigned char sense[CPC_SENSE_SIZE] = { 0 };
	struct sg_io_hdr request = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(command),
		.mx_sb_len = sizeof(sense),
		.dxfer_len = sizeof(answer),
		.dxferp = answer,
		.cmdp = command,
		.sbp = sense,
		.timeout = TIMEOUT_MS,
	};

	if (ioctl(fd, SG_IO, &request) == 0) {
		/* What kept the command from the disk says nothing of it. */
		if (request.host_status || (request.status != CHECK_CONDITION && request.driver_status))
			return -EIO;
		return cpc_scsi_answer(request.status, sense,
				       request.sb_len_wr < sizeof(sense) ? request.sb_len_wr : sizeof(sense));
	}
	switch (errno) {
	case EPERM:
	case EACCES:
		return -EACCES;
	case ENOTTY:
	case EINVAL:
	case EOPNOTSUPP:
		return -ENOSYS;
	default:
		return -errno;
	}
}

int cpc_scsi_reservations(const char *disk)
{
	char path[PATH_SIZE];
	int answer;
	int fd;

	/* Names come from folders that may be anybody's. */
	if (!disk[0] || disk[0] == '.' || strchr(disk, '/') || strlen(disk) > sizeof(path) - sizeof("/dev/"))
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "/dev/%s", disk);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == EPERM ? -EACCES : -errno;
	answer = ask(fd, REPORT_CAPABILITIES);
	/* What was attended to once is not told again. */
	if (answer == -EOPNOTSUPP || answer == -EBUSY)
		answer = ask(fd, READ_KEYS);
	(void)close(fd);
	return answer;
}
