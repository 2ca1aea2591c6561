# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the configuration that hold a file mode, such as Spool_Mode: desired values as Momentum reads them. Pure."""

from typing import Any, List, Sequence

from ..catalog import catalog
from ..ecconf.effective import Effective
from ..ecconf.paths import format_path
from ..files import file_mode
from .plan import DesiredSetting


def as_octal(all_desired: Sequence[DesiredSetting], present: Effective) -> List[DesiredSetting]:
    """Return the desired values with each mode as octal text: the value "must be specified in octal format" (page *spool_mode*).

    A value that is in force already, as it is written, is left alone, so that an adopted configuration stays as it is. Raises
    PlanError for what is no mode, or lets every account write.
    """
    return [_requested(desired, present) if _is_mode(desired) else desired for desired in all_desired]


def _is_mode(desired: DesiredSetting) -> bool:
    if not desired.option or desired.state != "present":
        return False
    entry = catalog.lookup(desired.option, desired.path[-1][0] if desired.path else "global")
    return entry is not None and entry.type == "octal"


def _requested(desired: DesiredSetting, present: Effective) -> DesiredSetting:
    setting = present.get(desired.path, desired.option or "")
    value: Any = desired.value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= file_mode.PERMISSIONS:
        value = "0%03o" % value
    if setting is not None and _is_in_force(desired, value, setting.value):
        return desired._replace(value=value)
    what = "option %r of scope %r" % (desired.option, format_path(desired.path) or "global")
    return desired._replace(value=file_mode.text(what, desired.value))


def _is_in_force(desired: DesiredSetting, value: Any, present: Any) -> bool:
    if value != desired.value:  # it was an integer, whose meaning is certain
        return catalog.same(desired.option or "", desired.path, value, present)
    return bool(value == present)
