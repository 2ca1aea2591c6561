# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the configuration that hold a file mode, such as Spool_Mode: desired values as Momentum reads them. Pure."""

from typing import Any, List, Sequence

from ..catalog import catalog
from ..ecconf.effective import Effective
from ..ecconf.paths import format_path
from ..files import file_mode
from .plan import Wanted


def as_octal(wishes: Sequence[Wanted], present: Effective) -> List[Wanted]:
    """Return the desired values with each mode as octal text: the value "must be specified in octal format" (page *spool_mode*).

    A value that is in force already, as it is written, is left alone, so that an adopted configuration stays as it is. Raises
    PlanError for what is no mode, or lets every account write.
    """
    return [_wanted(wish, present) if _is_mode(wish) else wish for wish in wishes]


def _is_mode(wish: Wanted) -> bool:
    if not wish.option or wish.state != "present":
        return False
    entry = catalog.lookup(wish.option, wish.path[-1][0] if wish.path else "global")
    return entry is not None and entry.type == "octal"


def _wanted(wish: Wanted, present: Effective) -> Wanted:
    setting = present.get(wish.path, wish.option or "")
    value: Any = wish.value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= file_mode.PERMISSIONS:
        value = "0%03o" % value
    if setting is not None and _is_in_force(wish, value, setting.value):
        return wish._replace(value=value)
    what = "option %r of scope %r" % (wish.option, format_path(wish.path) or "global")
    return wish._replace(value=file_mode.text(what, wish.value))


def _is_in_force(wish: Wanted, value: Any, present: Any) -> bool:
    if value != wish.value:  # it was an integer, whose meaning is certain
        return catalog.same(wish.option or "", wish.path, value, present)
    return bool(value == present)
