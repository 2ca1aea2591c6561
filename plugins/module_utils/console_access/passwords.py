# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of the console's passwords: lines `user:realm:md5hex`, the md5 of "user:realm:password" (page *ec_md5passwd*).

The digest is as good as the password for whoever knows it, so it is masked wherever the file is shown. The lines are made here
and not by the vendor's tool, because that takes the password as an argument, which the list of processes shows.
"""

import hashlib
import re
from typing import Dict, List, NamedTuple, Optional, Sequence

from ..errors import PlanError
from ..redaction.redaction import MASK
from ..text import generated
from .texts import BLANKS, lines_of

REALM = "Momentum Console"  # the vendor's default
# The name is shown, and the realm of a line of digests; a line of another form may hold a password as it is.
_LINE = re.compile(r"^([^:\n]*:(?:[^:\n]*:(?=[0-9a-fA-F]{32}[ \t\r]*$))?|(?![#\s]))[^\n]+$", re.MULTILINE)
_FORBIDDEN = re.compile(r"[:\x00-\x1f\x7f]")


class User(NamedTuple):
    """A requested account of the console; without a password it shall not exist."""

    name: str
    password: Optional[str]


class Edited(NamedTuple):
    """The file's new text, and what was done to which user: `add`, `change` or `remove`."""

    text: str
    steps: List[Sequence[str]]


def digest(user: str, realm: str, password: str) -> str:
    """What the file keeps of a password. Raises PlanError where the node's Python forbids MD5, as with FIPS."""
    data = ("%s:%s:%s" % (user, realm, password)).encode("utf-8", "surrogateescape")
    try:
        return md5_hex(data)
    except ValueError:
        raise PlanError("this node forbids MD5 (FIPS), without which there is no digest authentication; use no TCP")


def edit(text: str, realm: str, users: Sequence[User], exclusive: bool = False) -> Edited:
    """Give users of a realm their lines; with `exclusive` the realm keeps no other user. All else stays as it is.

    Raises PlanError for names that cannot be in the file, and for a user that is named twice.
    """
    _refuse(realm, users)
    requested = {user.name: user.password for user in users}
    steps: List[Sequence[str]] = []
    kept: List[str] = []
    met: Dict[str, bool] = {}
    for line in lines_of(text):
        parts = line.rstrip(BLANKS).split(":")
        name = parts[0]
        if len(parts) != 3 or parts[1] != realm or not (name in requested or exclusive):
            kept.append(line)
            continue
        new = None if name in met or requested.get(name) is None else _line(name, realm, requested[name] or "")
        met[name] = True
        _note(steps, name, line.rstrip(BLANKS), new)
        kept += [] if new is None else [new]
    for user in users:
        if user.name not in met and user.password is not None:
            steps.append(("add", user.name))
            kept.append(_line(user.name, realm, user.password))
    return Edited("".join(line + "\n" for line in kept) if steps else text, steps)


def masked(text: str, other: str, mark: str) -> str:
    """The file as it may be shown: digests masked, with `mark` after those that `other` does not have."""
    known = set(match.group(0) for match in _LINE.finditer(other))
    return _LINE.sub(lambda match: match.group(1) + MASK + ("" if match.group(0) in known else mark), text)


def md5_hex(data: bytes) -> str:
    """MD5 in hexadecimal. Raises ValueError where the node's Python forbids it, as with FIPS."""
    try:
        return hashlib.md5(data, usedforsecurity=False).hexdigest()  # type: ignore[call-arg, unused-ignore]
    except TypeError:  # before Python 3.9
        return hashlib.md5(data).hexdigest()


def _line(name: str, realm: str, password: str) -> str:
    return "%s:%s:%s" % (name, realm, digest(name, realm, password))


def _note(steps: List[Sequence[str]], name: str, old: str, new: Optional[str]) -> None:
    if new is None:
        steps.append(("remove", name))
    elif new != old:
        steps.append(("change", name))


def _refuse(realm: str, users: Sequence[User]) -> None:
    names = [user.name for user in users]
    for subject, text in [("realm", realm)] + [("name of a user", name) for name in names]:
        if not text or _FORBIDDEN.search(generated.line("the " + subject, text)) or text.strip() != text:
            raise PlanError(
                "the %s %r must not be empty, nor hold a colon, a line end or blanks around it" % (subject, text)
            )
    doubled = sorted(name for name in set(names) if names.count(name) > 1)
    if doubled:
        raise PlanError("the console's user %r is requested twice; keep one entry" % doubled[0])
    for user in users:
        if user.password is not None and (not user.password or re.search(r"[\x00\r\n]", user.password)):
            raise PlanError("the password of %r must be one line and not be empty" % user.name)
