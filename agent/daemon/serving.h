/* SPDX-License-Identifier: MIT */
#ifndef CPC_SERVING_H
#define CPC_SERVING_H

#include <cpucompat/status.h>

#include "serve.h"
#include "settings.h"

/** What the settings mean to the server; borrows their texts. What it says goes to the log. Inherited sockets are the
 * caller's to add. */
void cpc_serving_of(const struct cpc_settings *settings, struct cpc_serving *ret_serving);

/** Whether a text is the mode of a file, in octal digits: 0660. CPC_USAGE where not. */
enum cpc_status cpc_check_mode(const char *text, struct cpc_error *reterr);

#endif
