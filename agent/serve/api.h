/* SPDX-License-Identifier: MIT */
#ifndef CPC_SERVE_API_H
#define CPC_SERVE_API_H

#include <cpucompat/buffer.h>
#include <cpucompat/peer.h>

/** The contract of every route, as OpenAPI. It does not depend on the report. */
enum cpc_status cpc_api_render(const struct cpc_published *published, struct cpc_buffer *out, struct cpc_error *reterr);

#endif
