# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Days and counts in words, for any report."""

from datetime import datetime
from typing import Optional

# Not strftime's, which depend on the locale of the user who runs the playbook.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(time: datetime) -> str:
    """Return a day as people write it: 3 Jan 2027."""
    return "%d %s %d" % (time.day, MONTHS[time.month - 1], time.year)


def counted(count: int, one: str, many: Optional[str] = None) -> str:
    """Return a number with its noun; many: the plural if it is not `one` and an s."""
    return "%d %s" % (count, one if count == 1 else many or one + "s")
