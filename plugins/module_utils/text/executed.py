# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What root runs because a file says so: content that becomes root's, while another account could have written it, is judged here.

Facts: pages *environment-file* (the variables that ec_ctl sources), *log-rotating* and *ec_rotate* (keys of ec_rotate.conf, and what compresses logs).
Whatever these pages do not have is no risk that they know of, but one that somebody has to look at.
"""

import os
import re
from typing import Callable, Dict, Iterator, Sequence, Tuple

from . import shell

LARGEST = 64 << 10  # bytes that are looked at; the vendor's are of a few hundred
_ASSIGNED: Tuple[str, ...] = (
    "CONTROL",
    "EC_DIGEST_REALM",
    "ECELERITY_DNS_BACKEND",
    "ECELERITY_MEMORY",
    "HTTPS_PROXY_PASSWORD",
    "HTTPS_PROXY_USERNAME",
    "PLAT",
    "TMPDIR",
    "TRY",
    "GIMLI_WATCHDOG_INTERVAL",
    "GIMLI_WATCHDOG_START_INTERVAL",
    "GIMLI_WATCHDOG_STOP_INTERVAL",
)
_LOADED = (
    "BINDIR",
    "CONFFILE",
    "EC_CONF_SEARCH_PATH",
    "EXTRA_ARGS",
    "LD_LIBRARY_PATH",
)  # programs, libraries, configurations: by their paths
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin")
_COMPRESSORS = tuple("%s/%s" % place for place in [(d, n) for d in ("/usr/bin", "/bin") for n in ("bzip2", "gzip")])
_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=")
_LOGS = "/var/log"

Finding = Tuple[int, str]  # the line, and what it has


def objection(kind: str, path: str, content: bytes) -> str:
    """Return the first reason why root should not run what a file has before somebody has read it; empty for none. kind: of KINDS."""
    if len(content) > LARGEST:
        return "has more than %d bytes" % LARGEST
    if b"\0" in content:
        return "line %d has a NUL character" % (content[: content.index(b"\0")].count(b"\n") + 1)
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    for number, words in KINDS[kind](path, lines):
        return "line %d %s" % (number, words)
    return ""


def _environment(path: str, lines: Sequence[str]) -> Iterator[Finding]:
    roots = (os.path.dirname(os.path.dirname(os.path.dirname(path))),) + _SYSTEM
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words, assigned = line.rstrip(" \t\r;").split(), _NAME.match(line)
        exported = words[1:] if words[:1] == ["export"] and all(map(_is_name, words[1:])) else []
        names = exported or ([assigned.group(1)] if assigned else [])
        unknown = [name for name in names if name not in _ASSIGNED + _LOADED]
        if unknown:
            yield number, "has %s, which is no variable of the page environment-file" % unknown[0]
        elif not names:
            yield number, "is neither an assignment nor an export"
        elif assigned and not exported:
            yield from ((number, words) for words in _value(line, names[0], roots))


def _value(line: str, name: str, roots: Sequence[str]) -> Iterator[str]:
    found = shell.assignment(name).match(line)
    rest = line[found.end() :] if found else ""
    value = shell.value(found.group(2)) if found and found.group(2) is not None else None
    rest = rest.strip(" \t\r;")
    if value is None or not (rest in ("", "export " + name) or rest.startswith("#")):
        yield "has more than a plain value for %s" % name
    elif name in _LOADED:
        parts = [part for part in re.split(r"[:=\s]", value) if "/" in part or name == "LD_LIBRARY_PATH"]
        if not all(_is_below(part, roots) for part in parts if value):
            yield "has, in %s, a path outside of %s" % (name, ", ".join(roots))


def _is_name(word: str) -> bool:
    return bool(re.match(r"[A-Za-z_][A-Za-z0-9_]*\Z", word))


def _rotation(_path: str, lines: Sequence[str]) -> Iterator[Finding]:
    begun, whole = 0, ""
    for number, line in enumerate(lines, 1):
        begun = begun if whole else number
        whole += line.rstrip("\r")
        if whole.endswith("\\"):
            whole = whole[:-1] + " "
            continue
        key, equals, value = whole.partition("=")
        whole, key = "", key.strip()
        if not equals or key.startswith("#"):
            continue
        if key == "path_to_bzip" and value.strip() not in _COMPRESSORS:
            yield begun, "has, as path_to_bzip, a program that is none of %s" % ", ".join(_COMPRESSORS)
        if key in ("logfiles", "logdirs") and not all(_is_below(part, [_LOGS]) for part in value.split()):
            yield begun, "has, in %s, a path outside of %s" % (key, _LOGS)


def _is_below(path: str, roots: Sequence[str]) -> bool:
    whole = os.path.normpath(path) if path.startswith("/") else ""
    return any(whole == root or whole.startswith(root + "/") for root in roots)


KINDS: Dict[str, Callable[[str, Sequence[str]], Iterator[Finding]]] = {
    "environment": _environment,
    "ec_rotate.conf": _rotation,
}
