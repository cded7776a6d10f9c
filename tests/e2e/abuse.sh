#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The part of tests/abuse.sh that measures nothing: malformed requests, half requests, 300 slow clients.
command -v curl >/dev/null || { echo "skipped: curl is not installed"; exit 77; }
exec bash "${CPC_SOURCE:?}/tests/abuse.sh" --short "${CPC_BIN:?}"
