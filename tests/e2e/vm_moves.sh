#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Nine of the moves that vm/moves.sh makes, three of them to an equal machine: real guests, live, verdicts held against what happens.
exec bash "${CPC_SOURCE:?}/tests/vm/moves.sh" Nehalem Haswell Haswell,-movbe
