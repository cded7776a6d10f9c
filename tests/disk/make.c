/* SPDX-License-Identifier: MIT */
/*
 * The images that unit tests make by hand, as files, for tests/e2e/disks.sh: what another program makes of them shows
 * whether they are what the specifications mean.
 *
 *	disk_make NAME FILE
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "images.h"

static void make_vhd_fixed(struct sparse *image)
{
	vhd_fixed(image, 4 * MIB);
}

static void make_vhd_dynamic(struct sparse *image)
{
	vhd_dynamic(image, 3, 4);
}

static void make_vhdx_fixed(struct sparse *image)
{
	vhdx(image, 1, 1);
}

static void make_vhdx_dynamic(struct sparse *image)
{
	vhdx(image, 0, 4096);
}

static void make_qcow2(struct sparse *image)
{
	qcow2(image, 3, 512 * MIB);
}

static const struct {
	const char *name;
	void (*make)(struct sparse *image);
} images[] = {
	{ "vhd_fixed", make_vhd_fixed },
	{ "vhd_dynamic", make_vhd_dynamic },
	{ "vhd_differencing", vhd_differencing },
	{ "vhdx_fixed", make_vhdx_fixed },
	{ "vhdx_dynamic", make_vhdx_dynamic },
	{ "vhdx_differencing", vhdx_differencing },
	{ "qcow2", make_qcow2 },
	{ "qcow2_backed", qcow2_backed },
};

static int write_image(const struct sparse *image, const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)image->size))
		return -1;
	for (size_t i = 0; i < image->count; i++)
		if (pwrite(fd, image->bytes + image->pieces[i].at, image->pieces[i].length,
			   (off_t)image->pieces[i].offset) != (ssize_t)image->pieces[i].length)
			return -1;
	return close(fd);
}

int main(int argc, char **argv)
{
	static struct sparse image;

	for (size_t i = 0; argc == 3 && i < sizeof(images) / sizeof(images[0]); i++) {
		if (strcmp(argv[1], images[i].name) != 0)
			continue;
		images[i].make(&image);
		if (!write_image(&image, argv[2]))
			return 0;
		perror(argv[2]);
		return 70;
	}
	fprintf(stderr, "usage: %s NAME FILE\n", argv[0]);
	return 64;
}
