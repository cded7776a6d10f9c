/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <cpucompat/status.h>

#include "standard_streams.h"

int main(int argc, char **argv)
{
	return cpc_open_standard_streams() ? cli_main(argc, argv) : CPC_INTERNAL;
}
