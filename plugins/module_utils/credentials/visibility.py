# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether users of the node see the arguments of each other's processes: how /proc is mounted (proc(5), `hidepid`)."""

from typing import Iterable, List

from ..files import reading

_HIDING = ("1", "2", "4", "noaccess", "invisible", "ptraceable")


def proc_hides_arguments(mountinfo: str = "/proc/self/mountinfo") -> bool:
    """Tell whether every /proc of this mount namespace hides foreign processes; False where that is not known.

    Since Linux 5.8 each mount has a setting of its own, so one open mount, such as that of a chroot, spoils it.
    """
    try:
        options = proc_options(reading.text(mountinfo, "kernel").split("\n"))
    except OSError:
        return False
    return bool(options) and all(any(_hides(option) for option in one.split(",")) for one in options)


def proc_options(lines: Iterable[str]) -> List[str]:
    """The options of every mount of type proc, from the lines of /proc/PID/mountinfo."""
    found = []
    for line in lines:
        before, _dash, after = line.partition(" - ")
        words = after.split()
        if words and words[0] == "proc":
            found.append(",".join([before.split()[5]] + words[2:]))
    return found


def _hides(option: str) -> bool:
    name, _equals, value = option.partition("=")
    return name == "hidepid" and value in _HIDING
