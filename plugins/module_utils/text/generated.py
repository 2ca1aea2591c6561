# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last gate before a file that this collection makes up: no value adds a line, a word or a setting of its own. Pure.

What writes unit files, tmpfiles.d, environment files, ec_rotate.conf, files of passwords, groups and keywords makes its lines here. Values of the
node's configuration, which the service account can write to, pass like those of tasks. Each function raises PlanError, which
says what the value was to be; null is never the text `None`.
"""

import re
from os.path import normpath
from typing import Any, Iterable

from ..errors import PlanError
from . import grammar, visible

_DIRECTIVE = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")


def text(lines: Iterable[str]) -> str:
    """A file of these lines."""
    return "".join(line("a line of a generated file", one) + "\n" for one in lines)


def line(what: str, value: Any) -> str:
    """A value that is one line, without a control character or a mark that hides what is there. A tab counts as one.

    No error quotes it: it may be a secret.
    """
    if not isinstance(value, str):
        kind = "null" if value is None else "not a text"
        raise PlanError("%s is %s; give it a value or leave it out" % (what, kind))
    if visible.line(value) != value:
        raise PlanError("%s must be one line without control characters" % what)
    return value


def path(what: str, value: Any) -> str:
    """An absolute path without `.`, `..` and doubled slashes, other than the root directory."""
    found = line(what, value)
    if not found.startswith("/") or found.startswith("//") or found == "/" or normpath(found) != found:
        raise PlanError("%s is %s, not an absolute path without '.', '..' and doubled slashes below /" % (what, found))
    return found


def systemd_word(what: str, value: Any) -> str:
    """One word of a list in a unit file, read back as it is: quoted as a whole, specifiers doubled (systemd.syntax(7))."""
    word = line(what, value).replace("%", "%%")
    if word and not any(sign in word for sign in " \"'\\"):
        return word
    return '"%s"' % word.replace("\\", "\\\\").replace('"', '\\"')


def systemd_setting(name: Any, value: Any) -> str:
    """One setting of a unit file. A backslash at its end would make the next line a part of it."""
    what = "the value of %s" % (name,)
    if not isinstance(name, str) or not _DIRECTIVE.match(name):
        raise PlanError("%r is not the name of a directive" % (name,))
    if line(what, value).endswith("\\"):
        raise PlanError("%s ends with a backslash, and must be one line" % what)
    return "%s=%s" % (name, value)


def tmpfiles_directory(directory: Any, mode: int, owner: Any, group: Any) -> str:
    """The line of tmpfiles.d(5) that makes a directory at boot."""
    where = path("the directory to make at boot", directory)
    if any(sign in where for sign in " \"'\\%"):
        raise PlanError("the directory to make at boot is %s; tmpfiles.d would read it otherwise" % where)
    names = grammar.account("its owner", owner), grammar.account("its group", group)
    return "d %s %04o %s %s -" % ((where, mode) + names)


def rotation_word(what: str, value: Any) -> str:
    """A path in ec_rotate.conf, whose words end at blanks; that quotes or escapes are known there is not documented."""
    where = path(what, value)
    if any(sign in where for sign in " \t\"'\\#"):
        raise PlanError("%s is %s; ec_rotate would read it otherwise" % (what, where))
    return where
