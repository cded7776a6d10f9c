/* SPDX-License-Identifier: MIT */
#ifndef CPC_ACCEPT_H
#define CPC_ACCEPT_H

#include "service.h"

/** A connection has come: take those that wait behind it too. In the thread that serves it. */
void cpc_accept_more(struct cpc_service *service, struct MHD_Connection *connection);

#endif
