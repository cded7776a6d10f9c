/* SPDX-License-Identifier: MIT */
/*
 * The files of a machine, below a folder. Of a folder that somebody sent: whatever links lie in it, nothing beside it
 * is ever opened. Every probe's file, and every file that the programs take from such a folder, is opened here.
 */
#ifndef CPC_SYSROOT_H
#define CPC_SYSROOT_H

#include <stddef.h>

/**
 * Open `path`, which begins with a slash, for reading: of this machine where `sysroot` is "", as open() does; else
 * below that folder, which then stands for the root as it does after chroot(): a link that begins with a slash, and
 * "..", lead no further than to it. There only regular files and folders are opened, neither devices nor pipes.
 * `flags` are those of open(), of which O_PATH, O_DIRECTORY and O_NOFOLLOW are fit, and are added to what never waits
 * nor is inherited. A descriptor, or negative errno: -ELOOP for more links than the kernel follows, -ENAMETOOLONG for
 * a path that is too long or too deep, -EINVAL for what is no file. Asks nothing of the kernel that is new.
 */
int cpc_sysroot_open(const char *sysroot, const char *path, int flags);

/** The whole of a symbolic link, uncleaned, and a NUL: its length, or negative errno; -EINVAL where it is none,
 * -ENAMETOOLONG where it does not fit (`ret_target` is then ""). */
int cpc_sysroot_target(const char *sysroot, const char *path, char *ret_target, size_t size);

#endif
