#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What `ready` finds of real iSCSI and NVMe over TCP, a real multipath and real bonds in two guests.
exec bash "${CPC_SOURCE:?}/tests/vm/storage.sh"
