# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the declarations of the Security stanza mean for the kernel: ids and sets."""

import os
from typing import FrozenSet, List, NamedTuple, Optional

from ..ecconf.effective import Setting
from ..errors import MomentumError
from ..host.accounts import group_id, user_id
from . import capabilities
from .capabilities import CapabilitySets
from .stanza import Declared

# Page *user*: both default to ecuser. Its synopsis says "none", so roles set them.
DEFAULT_USER = "ecuser"
DEFAULT_GROUP = "ecuser"


class Identity(NamedTuple):
    """Who the daemon shall be: ids, supplementary groups (None: undocumented, not judged), capabilities (None: not
    judged), the new root folder (None: not changed)."""

    uid: int
    gid: int
    groups: Optional[FrozenSet[int]] = None
    capabilities: Optional[CapabilitySets] = None
    chroot: Optional[str] = None


class DeclarationError(MomentumError, ValueError):
    """The stanza declares what this node does not have or libcap does not read."""


def identity_from(stanza: Declared, require_capabilities: bool = True, last_cap: Optional[int] = None) -> Identity:
    """Translate a stanza into ids and sets; DeclarationError names the option with file and line.

    Without `require_capabilities` they are not part of the identity. Root without a capabilities option keeps all.
    """
    uid = user_id(_text(stanza.user) or DEFAULT_USER)
    if uid is None:
        name = _text(stanza.user) or DEFAULT_USER
        raise DeclarationError(
            "%s: the node has no user %r; create it, or correct the option User" % (where(stanza.user), name)
        )
    gid = group_id(_text(stanza.group) or DEFAULT_GROUP)
    if gid is None:
        name = _text(stanza.group) or DEFAULT_GROUP
        raise DeclarationError(
            "%s: the node has no group %r; create it, or correct the option Group" % (where(stanza.group), name)
        )
    sets = _capabilities(stanza, uid, last_cap) if require_capabilities else None
    chroot = _text(stanza.chroot)
    return Identity(uid, gid, _groups(stanza.supplemental_groups), sets, os.path.realpath(chroot) if chroot else None)


def where(setting: Optional[Setting]) -> str:
    """FILE:LINE of a setting, or that it is the default."""
    return "%s:%d" % (setting.file, setting.line) if setting is not None else "Security stanza, default"


def _capabilities(stanza: Declared, uid: int, last_cap: Optional[int]) -> Optional[capabilities.CapabilitySets]:
    text = _text(stanza.capabilities)
    if text is None:
        return None if uid == 0 else capabilities.NONE
    try:
        sets = capabilities.parse(text, last_cap=last_cap)
    except capabilities.CapabilityError as error:
        raise DeclarationError("%s: %s" % (where(stanza.capabilities), error)) from error
    # The kernel drops what it does not know without a word (capset(2)), and so does this.
    highest = capabilities.last_capability() if last_cap is None else last_cap
    known = frozenset(range(highest + 1))
    return capabilities.CapabilitySets(*(numbers & known for numbers in sets))


def _groups(setting: Optional[Setting]) -> Optional[FrozenSet[int]]:
    if setting is None:
        return None
    numbers = [(name, group_id(name)) for name in _words(setting)]
    unknown = [name for name, number in numbers if number is None]
    if unknown:
        words = "%s: the node has no group %r; create it, or correct the option Supplemental_Groups"
        raise DeclarationError(words % (where(setting), unknown[0]))
    return frozenset(number for _name, number in numbers if number is not None)


def _words(setting: Setting) -> List[str]:
    value = setting.value
    return [str(item) for item in value] if isinstance(value, list) else str(value).split()


def _text(setting: Optional[Setting]) -> Optional[str]:
    return str(setting.value) if setting is not None and setting.value != "" else None
