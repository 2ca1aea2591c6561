# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which variants of a test run every time, and which in `make long` alone."""

import pytest


def some(values, due):
    """Parameters of which those in `due` run every time."""
    return [pytest.param(value, marks=() if value in due else pytest.mark.long) for value in values]
