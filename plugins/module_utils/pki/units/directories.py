# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directories that files of a unit lie in: nobody else may be able to exchange what is in the one of a key."""

import os
from typing import Optional

from ...files.safe_paths import locate
from ..errors import CertificateError


def refuse_open(path: str, owner: int) -> None:
    """Raise CertificateError unless only root, the caller and `owner` can change the entries of the directory of a key.

    Where the directory is missing, the nearest one above it is judged. UnsafePath for links that others could have made.
    """
    info = _status(path)
    while info is None:
        path = os.path.dirname(path)
        info = _status(path)
    directory = os.path.dirname(path)
    if info.st_mode & 0o022:
        raise CertificateError(
            "%s holds a key, and its group or others may exchange files in it (mode %04o); take that away (chmod go-w)"
            % (directory, info.st_mode & 0o7777)
        )
    if info.st_uid not in (0, os.geteuid(), owner):
        raise CertificateError(
            "%s holds a key of uid %d, but belongs to uid %d, who may exchange files in it; give both the same owner"
            % (directory, owner, info.st_uid)
        )


def _status(path: str) -> Optional[os.stat_result]:
    try:
        with locate(path) as place:
            return os.fstat(place.directory)
    except FileNotFoundError:
        return None
