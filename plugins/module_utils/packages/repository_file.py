# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The repository file of a bundle: what the vendor's names is read, what dnf gets is written here.

`momentum.repo` may contain anything: it is made by the vendor and changed by `setrepodir` (installation manual, chapter 2). dnf
would take all of it for true, plugins and the root directory of the installation included. So nothing but `baseurl` is used.
"""

import os
import re
from typing import Dict, FrozenSet, List, NamedTuple, Tuple

from ..errors import PlanError
from ..files import reading

SECTION = "momentum"  # the id that the manual's commands enable
ID = "msys-momentum-bundle"  # ours: no repository that a node knows has this id by accident
MAX_SIZE = 65536  # bytes; the file has a handful of lines

# Keys of dnf.conf(5) that may be there. All but `baseurl` and `module_hotfixes` are dropped.
_REPOSITORY_KEYS = frozenset(
    "bandwidth baseurl cost countme deltarpm enabled enabled_metadata enablegroups failovermethod fastestmirror gpgcheck gpgkey"
    " http_caching ip_resolve keepalive metadata_expire minrate module_hotfixes name priority protect repo_gpgcheck retries"
    " skip_if_unavailable sslverify throttle timeout type".split()
)
_MAIN_KEYS = frozenset(
    "assumeyes best bugtracker_url cachedir clean_requirements_on_remove color debuglevel distroverpkg errorlevel exactarch gpgcheck"
    " installonly_limit keepcache localpkg_gpgcheck logfile metadata_expire multilib_policy obsoletes plugins protected_packages"
    " repo_gpgcheck reposdir retries rpmverbosity skip_if_unavailable strict timeout tolerant".split()
)
_ALLOWED: Dict[str, FrozenSet[str]] = {SECTION: _REPOSITORY_KEYS, "main": _MAIN_KEYS}

_HEADER = re.compile(r"\[([A-Za-z0-9_.:-]+)\][ \t]*(?:[#;].*)?\Z")
_KEY = re.compile(r"([A-Za-z0-9_.-]+)[ \t]*=(.*)\Z")
_URL = re.compile(r"file:(?://(?:localhost)?)?(/(?:[A-Za-z0-9._+~@:-][A-Za-z0-9._/+~@:-]*)?)\Z")
_BOOLEANS = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}

Sections = Dict[str, Dict[str, str]]


class Repository(NamedTuple):
    """What is used of the vendor's file: the directory of the packages, whether module streams do not hide them, and the
    sections that are not read."""

    directory: str
    module_hotfixes: bool
    ignored: Tuple[str, ...]


def parse(content: bytes, place: str) -> Sections:
    """Return the sections of an INI file with their keys and values; lines that continue a value are joined by a line feed.

    It is read as dnf reads it: a line that begins with a blank continues the value before it. Raises PlanError with `place` and
    the line for everything that two readers could understand differently.
    """
    sections: Sections = {}
    current: Dict[str, str] = {}
    key = header = ""
    for number, line in enumerate(_lines(content, place), 1):
        words = line.strip(" \t")
        if not words or line[0] in "#;":
            key = key if words else ""
        elif line[0] in " \t":
            if not key:
                raise _refused(place, number, "the line begins with a blank and continues nothing")
            current[key] += "\n" + words
        elif line[0] == "[":
            header = _header(line, place, number)
            if header in sections:
                raise _refused(place, number, "the section [%s] is there twice" % header)
            current, key = sections.setdefault(header, {}), ""
        else:
            key, value = _assignment(line, place, number)
            if not header or key in current:
                reason = "the key %s is there twice in [%s]" % (key, header) if header else "no section comes before it"
                raise _refused(place, number, reason)
            current[key] = value
    return sections


def read(content: bytes, place: str, top: str) -> Repository:
    """Return what the vendor's file specifies about the packages, which must be in `top` or below it.

    Raises PlanError where the file says something unknown or ambiguous, or names another place.
    """
    sections = parse(content, place)
    if SECTION not in sections:
        found = ", ".join("[%s]" % name for name in sections) or "none"
        raise _refused(place, 0, "there is no section [%s] (sections: %s)" % (SECTION, found))
    for name, allowed in _ALLOWED.items():
        unknown = sorted(set(sections.get(name, {})) - allowed)
        if unknown:
            raise _refused(place, 0, "[%s] sets %s, which does not belong there" % (name, ", ".join(unknown)))
    values = sections[SECTION]
    hotfixes = values.get("module_hotfixes", "0").lower()
    if hotfixes not in _BOOLEANS:
        raise _refused(place, 0, "module_hotfixes is neither 0 nor 1")
    ignored = tuple(name for name in sections if name not in _ALLOWED)
    return Repository(directory_of(values.get("baseurl", "").split(), place, top), _BOOLEANS[hotfixes], ignored)


def directory_of(urls: List[str], place: str, top: str) -> str:
    """Return the directory that the only one of `urls` names, without symbolic links; it has packages and is within `top`.

    Raises PlanError otherwise.
    """
    found = _URL.match(urls[0]) if len(urls) == 1 else None
    if found is None:
        raise _refused(place, 0, "baseurl must be one file:// address without variables, and is %r" % " ".join(urls))
    directory, root = os.path.realpath(found.group(1)), os.path.realpath(top)
    if directory != root and not directory.startswith(root + "/"):
        raise _refused(place, 0, "baseurl is %s, which is not within the unpacked bundle %s" % (urls[0], top))
    if not os.path.isfile(os.path.join(directory, "repodata", "repomd.xml")):
        raise _refused(place, 0, "baseurl is %s, and there is no repodata/repomd.xml" % urls[0])
    return directory


def written(repository: Repository, signatures: bool, checksum: str) -> str:
    """Return our repository file: one section, every decision in it ours.

    The index of a bundle is not signed; its integrity is that of the archive, so `repo_gpgcheck` is off.
    """
    return """# Written by the Ansible module msys.momentum.bundle.
# bundle: {checksum}
[{id}]
name=Momentum
baseurl=file://{directory}
enabled=0
gpgcheck={gpgcheck:d}
repo_gpgcheck=0
sslverify=1
skip_if_unavailable=0
module_hotfixes={hotfixes:d}
""".format(
        checksum=checksum,
        id=ID,
        directory=repository.directory,
        gpgcheck=signatures,
        hotfixes=repository.module_hotfixes,
    )


def directory_in(path: str) -> str:
    """Return the directory of the packages that a repository file of ours names. Raises PlanError if it is not ours alone."""
    sections = parse(reading.read(path, "repository"), path)
    if list(sections) != [ID]:
        raise PlanError("repository_file %s was not written by msys.momentum.bundle" % path)
    found = _URL.match(sections[ID].get("baseurl", ""))
    return found.group(1) if found is not None else ""


def _lines(content: bytes, place: str) -> List[str]:
    """The lines without their ends; a carriage return belongs to the end of a line."""
    if len(content) > MAX_SIZE:
        raise _refused(place, 0, "it has more than %d bytes" % MAX_SIZE)
    try:
        lines = content.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise _refused(place, 0, "it is not UTF-8")
    for number, line in enumerate(lines, 1):
        if any((char < " " and char != "\t") or char in "\x7f\x85\u2028\u2029\ufeff" for char in line):
            raise _refused(place, number, "there is a control character")
    return lines


def _header(line: str, place: str, number: int) -> str:
    found = _HEADER.match(line)
    if found is None:
        raise _refused(place, number, "the line begins with [ and is no header of a section")
    return found.group(1)


def _assignment(line: str, place: str, number: int) -> Tuple[str, str]:
    found = _KEY.match(line)
    if found is None:
        raise _refused(place, number, "the line is neither a header nor KEY=VALUE")
    return found.group(1), found.group(2).strip(" \t")


def _refused(place: str, number: int, reason: str) -> PlanError:
    where = "%s:%d" % (place, number) if number else place
    return PlanError(
        "%s: %s. Compare the bundle with the vendor's; packages can also be installed from a repository of your own"
        % (where, reason)
    )
