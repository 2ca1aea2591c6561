# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of files are UTF-8, whatever the locale of the account that logs in.

sshd, sudo and cron often start a node's Python with the locale C. Python 3.6 then takes ASCII for the names of files (later ones do
with PYTHONUTF8=0 and PYTHONCOERCECLOCALE=0, and take Latin-1 in such a locale), and every call with another name ends in
UnicodeEncodeError. The interpreter's encoding cannot be changed once it runs. All texts of this collection, arguments of a task and
contents of files alike, are UTF-8 with surrogates for bytes that are not (surrogateescape), so it is the functions of `os` that are
made to take names in this form and to give them back in it. Where the interpreter takes UTF-8 anyway nothing is changed.
"""

import os
import sys
from functools import wraps
from typing import Any, Callable, Iterator, Set

_TAKE_NAMES = (
    "access chdir chmod chown execve getxattr lchown link listxattr lstat mkdir mkfifo mknod open remove removexattr rename replace"
    " rmdir setxattr stat statvfs symlink truncate unlink utime"
).split()
_GIVE_NAMES = "getcwd listdir readlink scandir".split()
# What tells which function takes what holds the functions themselves, os(3).
_SETS = ("supports_dir_fd", "supports_fd", "supports_follow_symlinks", "supports_effective_ids")


def encode(name: Any) -> Any:
    """Return the bytes of a name; what is no text, such as a descriptor, stays."""
    return name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name


def decode(name: Any) -> Any:
    """Return the text of a name; what are no bytes stays."""
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name


def native(text: str) -> str:
    """Return a text such that a function of C that this collection does not change, such as getpwnam(3), gets it as UTF-8."""
    return str(encode(text).decode(sys.getfilesystemencoding(), "surrogateescape"))


def of_native(text: str) -> str:
    """Return what such a function gave."""
    return str(decode(text.encode(sys.getfilesystemencoding(), "surrogateescape")))


def are_utf_8() -> bool:
    """Whether the interpreter takes UTF-8 for names of files by itself."""
    return sys.getfilesystemencoding().lower().replace("_", "-") in ("utf-8", "utf8")


def use_utf_8() -> None:
    """Let the functions of `os` take and give names as UTF-8 from now on."""
    if are_utf_8() or getattr(os.fsencode, "is_ours", False):
        return
    for name in _TAKE_NAMES:
        _exchange(name, _taking)
    for name in _GIVE_NAMES:
        _exchange(name, _giving)
    os.fsencode = _path_bytes  # type: ignore[assignment]
    os.fsdecode = _path_text  # type: ignore[assignment]


def _path_bytes(name: Any) -> bytes:
    return bytes(encode(os.fspath(name)))


def _path_text(name: Any) -> str:
    return str(decode(os.fspath(name)))


_path_bytes.is_ours = True  # type: ignore[attr-defined]


def _exchange(name: str, made: Callable[[Any], Any]) -> None:
    real = getattr(os, name, None)
    if real is None:
        return
    ours = made(real)
    setattr(os, name, ours)
    for one in _SETS:
        functions: Set[Any] = getattr(os, one, set())
        if real in functions:
            functions.add(ours)


def _taking(real: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose texts reach the kernel as UTF-8, and whose errors name files as texts."""

    @wraps(real)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return real(*map(_encoded, arguments), **{key: _encoded(value) for key, value in named.items()})
        except OSError as error:
            for one in ("filename", "filename2"):  # one that is set to None is shown as None
                if isinstance(getattr(error, one), bytes):
                    setattr(error, one, decode(getattr(error, one)))
            raise

    return call


def _encoded(argument: Any) -> Any:
    """Texts in lists and dictionaries as well, of which execve(2) takes one each."""
    if isinstance(argument, (list, tuple)):
        return [_encoded(item) for item in argument] if any(isinstance(item, str) for item in argument) else argument
    if isinstance(argument, dict):
        return {_encoded(key): _encoded(value) for key, value in argument.items()}
    if hasattr(argument, "__fspath__"):
        argument = argument.__fspath__()
    return encode(argument)


def _giving(real: Callable[..., Any]) -> Callable[..., Any]:
    """A function that gives names back: as texts, unless it was asked with bytes."""
    taking = _taking(real)

    @wraps(real)
    def call(*arguments: Any, **named: Any) -> Any:
        found = taking(*arguments, **named)
        asked = list(arguments) + list(named.values())
        return found if any(isinstance(one, bytes) for one in asked) else _decoded(found)

    return call


def _decoded(found: Any) -> Any:
    if isinstance(found, list):
        return [_decoded(name) for name in found]
    if isinstance(found, str):  # asked for a descriptor, or without an argument
        return of_native(found)
    return decode(found) if isinstance(found, bytes) else _Entries(found)


class _Entries:
    """What scandir gives."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __enter__(self) -> "_Entries":
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()

    def __iter__(self) -> "Iterator[_Entry]":
        return self

    def __next__(self) -> "_Entry":
        return _Entry(next(self._real))

    def close(self) -> None:
        """Let go of the directory."""
        self._real.close()


class _Entry:
    """An entry of a directory with its name as text; everything else is that of the real one."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.name: str = _decoded(real.name)
        self.path: str = _decoded(real.path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __fspath__(self) -> str:
        return self.path
