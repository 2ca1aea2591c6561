# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test has declared untested on its machine, by name, because the machine cannot have it. Without a declaration everything is required.

The file is for machines that lack something alone: where it can be had, a declaration is a failed start. Each start logs what is not tested.
"""

from typing import FrozenSet

from . import capability, paths

FILE = paths.ROOT + "/etc/momentum-standin-untested"


class Invalid(Exception):
    """A declaration that must not be there."""


def declared() -> FrozenSet[str]:
    """The names in the file, none where there is no file. Raises Invalid for one that is unknown, or that this machine can have."""
    try:
        with open(FILE) as file:
            names = frozenset(file.read().split())
    except FileNotFoundError:
        return frozenset()
    for name in sorted(names):
        if name != capability.SYS_RESOURCE:
            raise Invalid("stand-in: %s: '%s' is none of: %s" % (FILE, name, capability.SYS_RESOURCE))
        if capability.can_be_had():
            raise Invalid("stand-in: %s: this machine can have %s, so it is tested" % (FILE, name))
    return names
