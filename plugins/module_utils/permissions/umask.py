# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service account can reach, judged by modes and access lists; and shell start-up files with a fatal umask.

The installation manual warns of it: under a umask such as 0027 everything that root creates is closed to ecuser, and Momentum
does not start (`CFG-07961 failed to stat ... Permission denied`).
"""

import re
import struct
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ..files import reading
from ..files.safe_paths import UnsafePath

READ, WRITE, SEARCH = 4, 2, 1
BREAKING = 0o005  # others can neither read nor search what is created under such a umask
STARTUP_FILES = (
    "/etc/profile",
    "/etc/bashrc",
    "/etc/bash.bashrc",
    "/etc/login.defs",
    "/root/.profile",
    "/root/.bash_profile",
    "/root/.bash_login",
    "/root/.bashrc",
    "/root/.cshrc",
    "/root/.tcshrc",
    "/root/.zshrc",
    "/root/.kshrc",
)
LINE = re.compile(r"[ \t]*(?:umask|UMASK)[ \t]+([0-7]{1,4})(?![0-9])")


class Subject(NamedTuple):
    """An account: its name and number, its own group, and all its groups."""

    name: str
    uid: int
    gid: int
    groups: FrozenSet[int]


class Line(NamedTuple):
    """A line that sets a umask: which file, where in it, and the umask (octal text)."""

    file: str
    line: int
    umask: str


def class_of(subject: Subject, uid: int, gid: int) -> int:
    """By how many bits the permissions that count for the subject are shifted: 6 owner, 3 group, 0 others."""
    if uid == subject.uid:
        return 6
    return 3 if gid in subject.groups else 0


def permits(subject: Subject, mode: int, uid: int, gid: int, need: int) -> bool:
    """Whether the mode alone gives all of `need` (bits of READ, WRITE, SEARCH), as in path_resolution(7)."""
    return subject.uid == 0 or mode >> class_of(subject, uid, gid) & need == need


def permits_by_list(subject: Subject, access_list: bytes, uid: int, gid: int, need: int) -> Optional[bool]:
    """What an access list (the value of system.posix_acl_access) says, by the algorithm of acl(5).

    None for a version that is unknown."""
    if len(access_list) < 4 or struct.unpack_from("<I", access_list)[0] != 2:
        return None
    places = range(4, len(access_list) - 7, 8)
    entries: List[Tuple[int, int, int]] = [struct.unpack_from("<HHI", access_list, place) for place in places]
    single = {tag: bits for tag, bits, _number in entries}
    mask = single.get(0x10, 7)
    if subject.uid == uid:
        return single.get(0x01, 0) & need == need
    users = {number: bits for tag, bits, number in entries if tag == 0x02}
    if subject.uid in users:
        return users[subject.uid] & mask & need == need
    own = [bits for tag, bits, _number in entries if tag == 0x04 and gid in subject.groups]
    groups = own + [bits for tag, bits, number in entries if tag == 0x08 and number in subject.groups]
    if groups:
        return any(bits & mask & need == need for bits in groups)
    return single.get(0x20, 0) & need == need


def need_of(directory: bool, only_search: bool) -> int:
    """What the service needs of an object: to search a directory on the way, to list one of its own, to read a file."""
    if directory:
        return SEARCH if only_search else READ | SEARCH
    return READ


def because(subject: Subject, mode: int, uid: int, gid: int, need: int) -> str:
    """Say why an account is kept out."""
    words = {SEARCH: "search", READ: "read", READ | SEARCH: "read and search"}[need]
    who = {6: "its owner", 3: "its group", 0: "others"}[class_of(subject, uid, gid)]
    return "%s cannot %s it: mode %04o does not permit %s to" % (subject.name, words, mode, who)


def breaking_lines(files: Dict[str, str]) -> List[Line]:
    """The lines of shell start-up files (path: text) that set a umask which closes new files to others."""
    found = []
    for path in sorted(files):
        for number, text in enumerate(files[path].split("\n"), 1):
            match = LINE.match(text)
            if match and int(match.group(1), 8) & BREAKING:
                found.append(Line(path, number, match.group(1).zfill(4)))
    return found


def read_startup_files(paths: Sequence[str] = STARTUP_FILES) -> Dict[str, str]:
    """The texts of the start-up files that exist and can be read."""
    texts = {}
    for path in paths:
        try:
            texts[path] = reading.text(path, "startup", "replace")
        except (OSError, UnsafePath):
            continue  # such as a link to /dev/null
    return texts
