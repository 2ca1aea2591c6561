# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Security stanza in force declares, with and without the places where it does."""

from typing import List, NamedTuple, Optional

from ..ecconf.effective import Effective, Setting

SCOPE = (("Security", None),)


class Declared(NamedTuple):
    """The options of the Security stanza in force, each with its Setting (value, file, line); None: not declared."""

    user: Optional[Setting] = None
    group: Optional[Setting] = None
    supplemental_groups: Optional[Setting] = None
    chroot: Optional[Setting] = None
    capabilities: Optional[Setting] = None
    privileges: Optional[Setting] = None


class Stanza(NamedTuple):
    """The options of the Security stanza as values; None where an option is not declared or not managed."""

    user: Optional[str] = None
    group: Optional[str] = None
    supplemental_groups: Optional[List[str]] = None
    chroot: Optional[str] = None
    capabilities: Optional[str] = None
    privileges: Optional[str] = None


def declared(effective: Effective) -> Declared:
    """Read the Security stanza that is in force."""
    return Declared(*(effective.get(SCOPE, name) for name in Declared._fields))


def stanza_of(found: Declared) -> Stanza:
    """Take the values of the options that are in force."""
    values = {field: None if setting is None else setting.value for field, setting in found._asdict().items()}
    groups = values["supplemental_groups"]
    if isinstance(groups, str):
        values["supplemental_groups"] = groups.split()
    return Stanza(**values)
