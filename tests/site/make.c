/* SPDX-License-Identifier: MIT */
/*
 * Make the folder of a host of hosts.h, or name them:
 *
 *	site_make [HOST FOLDER]
 */
#include "hosts.h"

int main(int argc, char **argv)
{
	if (argc == 1)
		for (size_t i = 0; i < HOST_COUNT; i++)
			puts(hosts[i].name);
	else if (argc == 3)
		make_host(argv[1], argv[2]);
	else
		return 64;
	return 0;
}
