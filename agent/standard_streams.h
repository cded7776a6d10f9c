/* SPDX-License-Identifier: MIT */
#ifndef CPC_STANDARD_STREAMS_H
#define CPC_STANDARD_STREAMS_H

#include <fcntl.h>

/**
 * Make sure that descriptors 0, 1 and 2 are open, on /dev/null where nobody gave
 * them: else the first socket would become standard error, and a client would read
 * the log. For the mains, before anything else. 0 where it could not be done.
 */
static inline int cpc_open_standard_streams(void)
{
	for (int descriptor = 0; descriptor <= 2; descriptor++)
		if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != descriptor)
			return 0;
	return 1;
}

#endif
