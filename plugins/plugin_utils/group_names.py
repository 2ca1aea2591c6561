# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of an inventory that are meant for the playbooks and have another name."""

from __future__ import annotations

import difflib
from typing import Mapping, Sequence

KNOWN = ("momentum_standalone", "momentum_cluster_nodes", "momentum_cluster_managers")
# The share of letters in common from which on a name is taken for a misspelled one. A letter too many or too few, two that changed places.
NEAR = 0.9


def misspelled(groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The groups that are nearly called as one of the collection's and have a host that none of these has, with the name that is meant.

    A part of a group of the collection, such as momentum_standalone_eu, is none of them.
    """
    served = {host for name in KNOWN for host in groups.get(name, [])}
    found = []
    for name in sorted(set(groups) - set(KNOWN)):
        near = difflib.get_close_matches(name.lower().replace("-", "_"), KNOWN, 1, NEAR)
        if near and set(groups[name]) - served:
            found.append("%s (%s?)" % (name, near[0]))
    return found
