# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security stanza: who the daemon becomes, and what it keeps.

The text of `capabilities` goes to libcap's own cap_from_text, and its result to cap_set_proc, as the page "capabilities"
says. Both act on the calling thread alone, so everything here must happen before another thread exists.
"""

import ctypes
import grp
import os
import pwd
from typing import List, NamedTuple, Optional

from .tree import Scope

_PR_SET_KEEPCAPS = 8  # <linux/prctl.h>


class Refused(Exception):
    """The daemon cannot become what the stanza specifies; it must not start."""


class Identity(NamedTuple):
    """groups: None where initgroups decides. capabilities: None where the option is unset."""

    user: str
    uid: int
    gid: int
    groups: Optional[List[int]]
    chroot: str
    capabilities: Optional[str]


def declared(tree: Scope) -> Identity:
    """What the stanza specifies; user and group default to ecuser (page "user"). Raises Refused."""
    security = tree.child("Security") or Scope("Security")
    user = security.text("user", "ecuser")
    groups = (
        [_group(name) for name in security.items("supplemental_groups")]
        if security.get("supplemental_groups")
        else None
    )
    capabilities = security.text("capabilities") if security.get("capabilities") else None
    return Identity(
        user, _user(user), _group(security.text("group", "ecuser")), groups, security.text("chroot"), capabilities
    )


def _user(name: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise Refused("Security: there is no user '%s'" % name)


def _group(name: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise Refused("Security: there is no group '%s'" % name)


def become(identity: Identity) -> None:
    """Give up root for good. Does nothing when the process is not root. Raises Refused."""
    if os.geteuid() != 0:
        return
    libcap = _libcap()  # before chroot, where the library may not be
    groups = identity.groups if identity.groups is not None else _groups_of(identity)
    try:
        _change(identity, groups)
    except OSError as error:
        raise Refused("Security: cannot become %s: %s" % (identity.user, error))
    if identity.capabilities is not None:
        _keep(libcap, identity.capabilities)


def _groups_of(identity: Identity) -> List[int]:
    """What initgroups would set; a numeric user that nobody knows has its group alone."""
    try:
        return os.getgrouplist(pwd.getpwuid(identity.uid).pw_name, identity.gid)
    except KeyError:
        return [identity.gid]


def _change(identity: Identity, groups: List[int]) -> None:
    if identity.chroot:
        os.chroot(identity.chroot)
        os.chdir("/")
    if identity.capabilities is not None:
        _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups(groups)
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _libcap() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libcap.so.2", use_errno=True)
    except OSError as error:
        raise Refused("Security: libcap: %s" % error)
    library.cap_from_text.argtypes = [ctypes.c_char_p]
    library.cap_from_text.restype = ctypes.c_void_p
    library.cap_set_proc.argtypes = [ctypes.c_void_p]
    library.cap_free.argtypes = [ctypes.c_void_p]
    return library


def _keep(libcap: ctypes.CDLL, text: str) -> None:
    """Hold exactly these capabilities. Nothing of a set is kept when the kernel refuses a part of it."""
    requested = libcap.cap_from_text(text.encode("utf-8", "surrogateescape"))
    if not requested:
        raise Refused("Security: cap_from_text does not understand '%s'" % text)
    try:
        if libcap.cap_set_proc(requested):
            raise Refused("Security: cap_set_proc refused '%s': %s" % (text, os.strerror(ctypes.get_errno())))
    finally:
        libcap.cap_free(requested)
