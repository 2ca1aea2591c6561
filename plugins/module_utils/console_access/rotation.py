# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that tells `ec_rotate`, which root's cron runs, where the console is (pages *log-rotating* and *ec_rotate*).

`ec_rotate` moves the logs away and has the daemon open new ones through the console. Where it does not reach the console, the daemon
goes on writing into the moved files, which are compressed and deleted. So the file names the socket at which the daemon listens
*now*: it is changed with the configuration where no daemon is left behind, and else by `msys.momentum.service` right after
the daemon has moved.

Format: `key = value`, a backslash at the end of a line that goes on, `#` before comments. Whether a comment can go on, and which of
two equal keys takes precedence, is not documented; so every line that may be the key is set, and one is added after all others if none
certainly is.
"""

import os
import re
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from ..config.plan import FileEdit
from ..errors import PlanError
from ..files.current import CurrentFile
from ..text import generated
from .listens import DEFAULT_ENDPOINT
from .texts import BLANKS

KEY = "control_socket"
ATTRIBUTES = (0, 0, 0o644)  # root's alone to write: `path_to_bzip` in it is what root executes
_OPTION = re.compile(r"\bec_rotate\b[^\n]*?[ \t]--?s(?:ocket)?[ \t=]+([^ \t\n]+)")
_SETTING = re.compile(r"([ \t]*%s[ \t]*=[ \t]*)([^\r\n]*?)([ \t\r]*)\Z" % KEY)


class Rotation(NamedTuple):
    """What is to become of the file: the socket that it names now, and the edit, None where it names the requested one."""

    named: str
    edit: Optional[FileEdit]


def plan(prefix: str, path: str, socket: str, look: Callable[[str], Optional[CurrentFile]]) -> Rotation:
    """Plan a file that names `socket`; a missing one is made of the vendor's sample.

    Raises PlanError where `ec_rotate` is installed with neither: a file with the one key alone would change what is rotated.
    """
    found = look(path)
    basis = found or look(os.path.join(prefix, "etc", "sample-configs", os.path.basename(path)))
    if basis is None:
        if os.path.exists(os.path.join(prefix, "bin", "ec_rotate")):
            raise PlanError(
                "%s: ec_rotate would look for the console at %s, and there is neither this file nor a sample to make it of. Create "
                "the file, or leave it alone with an empty 'rotate_config' and rotate by other means"
                % (path, DEFAULT_ENDPOINT)
            )
        return Rotation(socket, None)
    text = basis.text
    named = (socket_of(text) if found else "") or DEFAULT_ENDPOINT
    if named == socket:
        return Rotation(named, None)
    after = with_socket(text, socket).encode("utf-8", "surrogateescape")
    return Rotation(named, FileEdit(path, found.content if found else None, after))


def asked_by(prefix: str, look: Callable[[str], Optional[CurrentFile]]) -> str:
    """The socket at which the node's ec_rotate asks for the console; empty where ec_rotate is not installed."""
    if not os.path.exists(os.path.join(prefix, "bin", "ec_rotate")):
        return ""
    found = look(usual(prefix))
    return (socket_of(found.text) if found else "") or DEFAULT_ENDPOINT


def usual(prefix: str) -> str:
    """The file that ec_rotate reads without another word."""
    return os.path.join(prefix, "etc", "ec_rotate.conf")


def cron_sockets(text: str) -> List[Tuple[int, str]]:
    """The numbers of the lines of a crontab in which ec_rotate is given a socket, and that socket."""
    lines = enumerate(text.split("\n"), 1)
    found = [(number, _OPTION.search(line)) for number, line in lines if not line.lstrip(BLANKS).startswith("#")]
    return [(number, match.group(1)) for number, match in found if match]


def socket_of(text: str) -> str:
    """The socket that the file names; empty without one."""
    values = [match.group(2) for match in map(_SETTING.match, _certain(text)) if match]
    return values[-1] if values else ""


def with_socket(text: str, socket: str) -> str:
    """The text with the key naming a socket. All else stays byte by byte. Raises PlanError for a path that is no plain word."""
    word = generated.rotation_word("the console's socket", socket)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = _SETTING.match(line)
        before = lines[number - 1] if number else ""
        is_part = _goes_on(before) and not before.lstrip(BLANKS).startswith("#")
        if match and not is_part and not _goes_on(line):
            lines[number] = match.group(1) + word + match.group(3)
    after = "\n".join(lines)
    if socket_of(after) == socket:
        return after
    ending = "\r\n" if "\r\n" in text else "\n"
    head = after if not after or after.endswith("\n") else after + ending
    if _goes_on(head.rstrip("\r\n").rpartition("\n")[2]):
        head += ending  # what follows a line that goes on would be a part of it
    return "%s%s = %s%s" % (head, KEY, word, ending)


def _certain(text: str) -> List[str]:
    """The lines that certainly begin a setting: no comment, and not after a line that may go on."""
    lines = text.split("\n")
    return [
        line
        for before, line in zip([""] + lines, lines)
        if not _goes_on(before) and not line.lstrip(BLANKS).startswith("#") and not _goes_on(line)
    ]


def _goes_on(line: str) -> bool:
    return line.rstrip("\r").endswith("\\")


def stays_behind(rotation: Rotation, socket: str, listening: Optional[Sequence[str]]) -> bool:
    """Whether a daemon still listens at the address in the file, and not yet at the requested socket; None: the kernel does not tell."""
    return listening is not None and rotation.named in listening and socket not in listening
