# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directories that files of a unit lie in: nobody else may be able to exchange what is in the one of a key."""

import os
import stat
from typing import Callable, Optional, Tuple

from ...files.safe_paths import above, locate
from ..errors import CertificateError

# From a directory, its owner and its permission bits: those that it will have when the run is over. The last says whether they are needed before
# files are written.
Becomes = Callable[[str, int, int, bool], Optional[Tuple[int, int]]]


def stays(directory: str, uid: int, mode: int, needed: bool) -> Optional[Tuple[int, int]]:
    """Nothing becomes of it."""
    return None


def refuse_open(path: str, owner: int, becomes: Becomes = stays) -> None:
    """Raise CertificateError unless only root, the caller and `owner` can change the entries of the directory of a key.

    Where the directory is missing, the nearest one above it is judged. becomes: what the same plan makes of a directory before the key is
    written; None where it stays as it is. UnsafePath for links that others could have made.
    """
    info = _status(path)
    while info is None:
        path = os.path.dirname(path)
        info = _status(path)
    directory, uid, mode = os.path.dirname(path), info.st_uid, info.st_mode & 0o7777
    words = _objection(directory, owner, uid, mode)
    planned = becomes(directory, uid, mode, bool(words))
    later = _objection(directory, owner, *planned) if planned is not None else ""
    if later:
        raise CertificateError("%s. The part permissions of this task gives it that owner and mode" % later)
    if words and planned is None:
        raise CertificateError(words)


def refuse_open_above(path: str, owner: int, becomes: Becomes = stays) -> None:
    """Raise CertificateError where somebody else than root, the caller and `owner` can exchange the directory of a key as a whole, by a directory
    above it. A sticky one of theirs, such as /tmp, keeps what is theirs in it, unlink(2). becomes: see refuse_open.

    On the way that the path names and on the one that links lead to. Raises UnsafePath for links that others could have made.
    """
    while _status(path) is None:
        path = os.path.dirname(path)
    with locate(path) as place:
        real = place.path
    for directory in dict.fromkeys(above(os.path.dirname(real)) + above(os.path.dirname(os.path.normpath(path)))):
        info = os.lstat(directory)
        if not stat.S_ISDIR(info.st_mode):
            continue  # a link, which `locate` has judged
        uid, mode = info.st_uid, stat.S_IMODE(info.st_mode)
        words = _objection_above(directory, owner, uid, mode)
        planned = becomes(directory, uid, mode, bool(words))
        later = _objection_above(directory, owner, *planned) if planned is not None else ""
        if later:
            raise CertificateError("%s. The part permissions of this task gives it that owner and mode" % later)
        if words and planned is None:
            raise CertificateError(words)


def _objection_above(directory: str, owner: int, uid: int, mode: int) -> str:
    remedy = (
        "or have the part permissions of msys.momentum.node do so in the same run (roles: momentum_permissions_entries)"
    )
    if mode & 0o022 and not mode & stat.S_ISVTX:
        return (
            "%s is above the directory of a key, and its group or others may exchange that directory (mode %04o); take that away "
            "(chmod go-w %s), %s" % (directory, mode, directory, remedy)
        )
    if uid not in (0, os.geteuid(), owner):
        return (
            "%s is above the directory of a key of uid %d, but belongs to uid %d, who may exchange that directory; give it to root (chown root %s), %s"
            % (directory, owner, uid, directory, remedy)
        )
    return ""


def _objection(directory: str, owner: int, uid: int, mode: int) -> str:
    if mode & 0o022:
        return (
            "%s holds a key, and its group or others may exchange files in it (mode %04o); take that away (chmod go-w)"
            % (directory, mode)
        )
    if uid not in (0, os.geteuid(), owner):
        return (
            "%s holds a key of uid %d, but belongs to uid %d, who may exchange files in it; give both the same owner, or have "
            "the part permissions of msys.momentum.node take the directory in the same run"
            % (
                directory,
                owner,
                uid,
            )
        )
    return ""


def _status(path: str) -> Optional[os.stat_result]:
    try:
        with locate(path) as place:
            return os.fstat(place.directory)
    except FileNotFoundError:
        return None
