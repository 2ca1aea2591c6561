# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the console of a running daemon answers: where the configuration has it, and, until a reload took the configuration
over, where the daemon listens still."""

import os
from typing import FrozenSet, List, Optional, Sequence, Tuple

from ..ecconf.effective import Effective
from ..files import reading
from .directory import is_placed_by
from .listens import DEFAULT_ENDPOINT, behind_passwords, listens, usable

MOST = 8  # endpoints
_LISTENING = 0x10000  # __SO_ACCEPTCON, the flag of a listening socket in /proc/net/unix, proc(5)


def configured(effective: Effective) -> List[str]:
    """The endpoints of a configuration that answer without a password, the best one first."""
    return usable(listens(effective))


def with_passwords(effective: Effective) -> List[str]:
    """The endpoints of a configuration that ask for a password."""
    return behind_passwords(listens(effective))


def sockets(inodes: Optional[FrozenSet[str]], owner: int, proc: str = "/proc") -> Optional[List[str]]:
    """The Unix sockets that a process of the account `owner` listens at, by the inodes of its sockets; None where the kernel does
    not tell.

    The kernel prints the paths of sockets as they are, line feeds included, so any account can forge a line of its table by the
    name of a socket. So a path counts only where nobody else could have put a socket.
    """
    if inodes is None:
        return None
    named = _listening(proc)
    return None if named is None else [path for inode, path in named if inode in inodes and is_placed_by(path, owner)]


def listening(owner: int, proc: str = "/proc") -> Optional[List[str]]:
    """The Unix sockets that any process listens at where no account but root and `owner` could have put them; None where the kernel
    does not tell."""
    named = _listening(proc)
    return None if named is None else [path for _inode, path in named if is_placed_by(path, owner)]


def _listening(proc: str) -> Optional[List[Tuple[str, str]]]:
    """Inode and path of all listening Unix sockets."""
    try:
        # By line feeds alone: the path of a socket may hold whatever else ends a line.
        lines = reading.text(os.path.join(proc, "net", "unix"), "kernel").split("\n")[1:]
        rows = [_columns(line) for line in lines]
    except OSError:
        return None
    return [(row[6], row[7]) for row in rows if row is not None and _is_listening(row[3])]


def candidates(requested: str, held: Optional[Sequence[str]], recorded: Sequence[str]) -> List[str]:
    """The endpoints to try, the requested one first.

    `held` are the sockets that the daemon listens at: one that it does not hold, such as a foreign one in /tmp, is not tried.
    `recorded` are the endpoints of the configuration at the last activation. At most MOST are tried: each may keep silent until
    time is up, and the service account can name as many as it likes.
    """
    more = list(held or []) + list(recorded) + [DEFAULT_ENDPOINT]
    believed = [one for one in more if held is None or not one.startswith("/") or one in held]
    return list(dict.fromkeys([one for one in [requested] + believed if one]))[:MOST]


def _is_listening(flags: str) -> bool:
    try:
        return bool(int(flags, 16) & _LISTENING)
    except ValueError:  # of a line that somebody made up
        return False


def _columns(line: str) -> Optional[List[str]]:
    """The seven columns of a line and its path, which may have blanks; None for a socket without an absolute path."""
    head, slash, rest = line.partition(" /")
    columns = head.split()
    return columns + ["/" + rest] if slash and len(columns) == 7 else None
