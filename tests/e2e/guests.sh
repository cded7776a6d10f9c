#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The agent in real guests, against the kernel of each: those rows of tests/vm/models.tsv that are for every run.
set -u
. "${CPC_SOURCE:?}/tests/vm/guests.sh"
vm_image
guests_check always
echo "guests: $guests guests, $failures failures, $SECONDS s"
finish
