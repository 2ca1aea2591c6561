# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that PostgreSQL reads beside postgresql.conf: those that it includes, and that of ALTER SYSTEM.

A directory is read as PostgreSQL does: names that end in `.conf` and do not begin with a dot, in the order of their bytes (page
*Setting Parameters*). A file that is not there counts as empty: PostgreSQL refuses it or not, by the directive.
"""

import os
from typing import Dict, List, Sequence

from ..errors import PlanError
from ..files import reading
from .keyword_files import STYLES, Elsewhere, Included, Line, value_of

DEPTH = 10  # files that include one another, as PostgreSQL reads them at most (guc-file.l)
OF_ALTER_SYSTEM = "postgresql.auto.conf"
_FILES = ("include", "include_if_exists")
_DIRECTORY = "include_dir"
DIRECTIVES = _FILES + (_DIRECTORY,)
_POSTGRESQL = STYLES["postgresql"]


def of(path: str) -> Included:
    """Return what answers which settings a line of a postgresql.conf includes. It raises UnsafePath, OSError, PlanError."""

    known: Dict[Line, List[Elsewhere]] = {}

    def included(line: Line) -> Sequence[Elsewhere]:
        if line not in known:
            known[line] = _of_line(line, os.path.dirname(path), 1)
        return known[line]

    return included


def refuse_overridden(path: str, text: str, requested: Dict[str, str]) -> None:
    """Refuse settings that ALTER SYSTEM has set otherwise, because its file is read after all others.

    path, text: postgresql.conf as it is to be.  `requested`: names and values, empty where a name is not to be set.
    Raises PlanError, UnsafePath, OSError.
    """
    directory = os.path.dirname(path)
    data = os.path.join(directory, value_of(text, _POSTGRESQL, "data_directory", of(path)) or "")
    found = {one.name.lower(): one for one in _in_file(os.path.join(data, OF_ALTER_SYSTEM), DEPTH)}
    for name, value in requested.items():
        one = found.get(name.lower())
        if one is not None and not _POSTGRESQL.same(name, value, one.value):
            raise PlanError(
                "%s is set by ALTER SYSTEM at %s, which takes precedence over this file; run ALTER SYSTEM RESET %s"
                % (name, one.place, name)
            )


def _of_line(line: Line, directory: str, depth: int) -> List[Elsewhere]:
    name = line.name.lower()
    if not line.value or name not in DIRECTIVES:
        return []
    place = os.path.join(directory, line.value)
    if depth > DEPTH:
        raise PlanError("%s: more than %d files include one another, which PostgreSQL refuses" % (place, DEPTH))
    paths = [place] if name in _FILES else _files_of(place)
    return [one for path in paths for one in _in_file(path, depth)]


def _files_of(directory: str) -> List[str]:
    try:
        names = [name for name in reading.names(directory) if name.endswith(".conf") and not name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    paths = [os.path.join(directory, name) for name in sorted(names, key=os.fsencode)]
    return [path for path in paths if not os.path.isdir(path)]


def _in_file(path: str, depth: int) -> List[Elsewhere]:
    try:
        text = reading.text(path, "keywords")
    except (FileNotFoundError, NotADirectoryError):
        return []
    found: List[Elsewhere] = []
    for number, line in enumerate(map(_POSTGRESQL.read, text.split("\n")), 1):
        if line is not None:
            found += _of_line(line, os.path.dirname(path), depth + 1)
            if line.value is not None:
                found.append(Elsewhere(line.name, line.value, "%s:%d" % (path, number)))
    return found
