# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What OpenSSL's own configuration forbids to every program: protocols, by MinProtocol of its defaults, and what FIPS does not permit.

Crypto policies set it: that of RHEL 8 permits TLS 1.2 and 1.3 only, whatever TLS_Protocols has (page *tls_protocols*). The names of
sections are config(5), those of commands SSL_CONF_cmd(3). Whatever cannot be read forbids nothing.
"""

import os
from typing import Dict, FrozenSet, List, Tuple

from ...files import reading
from ...files.safe_paths import UnsafePath

_DIRECTORY = "OPENSSLDIR: "  # how `openssl version -d` begins the line with the directory
_FILE = "openssl.cnf"
_TOP = "default"
_WAY = ("openssl_conf", "ssl_conf", "system_default")  # from the top to the section with the defaults
_FIPS_WAY = ("openssl_conf", "alg_section")  # to that with the properties of algorithms, config(5)
_ORDER = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_NAMES = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_INCLUDES = 8  # files that include each other

Sections = Dict[str, List[Tuple[str, str]]]


def forbidden(version: str) -> FrozenSet[str]:
    """The protocols that the OpenSSL forbids whose `openssl version -d` printed a text."""
    path = path_of(version)
    return of_file(path) if path else frozenset()


def path_of(version: str) -> str:
    """The configuration of the OpenSSL whose `openssl version -d` printed a text; '' where it names none."""
    directories = [line[len(_DIRECTORY) :] for line in version.split("\n") if line.startswith(_DIRECTORY)]
    return os.path.join(directories[0].strip('" '), _FILE) if directories else ""


def requires_fips(path: str) -> bool:
    """Whether a configuration of OpenSSL permits approved algorithms alone: `default_properties = fips=yes` (page *before-you-begin*)."""
    properties = dict(_section(path, _FIPS_WAY)).get("default_properties", "")
    return "fips=yes" in [one.strip().replace(" ", "") for one in properties.split(",")]


def of_file(path: str) -> FrozenSet[str]:
    """The protocols that a configuration of OpenSSL forbids."""
    oldest = ""
    for command, value in _section(path, _WAY):
        # What is before a dot only tells commands of one name apart.
        if command.rpartition(".")[2].lower() == "minprotocol" and value in _ORDER:
            oldest = value
    return frozenset(_NAMES[: _ORDER.index(oldest) + 1]) if oldest else frozenset()


def _section(path: str, way: Tuple[str, ...]) -> List[Tuple[str, str]]:
    """The assignments in the section to which others lead from the top of a file."""
    sections: Sections = {}
    _read(path, _TOP, sections, _INCLUDES)
    name = _TOP
    for step in way:
        name = dict(sections.get(name, ())).get(step, "")
    return sections.get(name, [])


def _read(path: str, section: str, sections: Sections, depth: int) -> str:
    """Take the assignments of a file in; return the section in which it ends."""
    try:
        lines = reading.text(path).split("\n")
    except (OSError, UnsafePath):
        return section
    for line in lines:
        line = line.partition("#")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif line.startswith(".include"):
            section = _include(line[len(".include") :].lstrip(" \t="), section, sections, depth)
        elif "=" in line:
            name, _equals, value = line.partition("=")
            sections.setdefault(section, []).append((name.strip(), value.strip().strip('"')))
    return section


def _include(path: str, section: str, sections: Sections, depth: int) -> str:
    """A file, or the files of a directory that are called like configurations; relative ones have no documented place."""
    if not depth or not os.path.isabs(path):
        return section
    try:
        files = [os.path.join(path, name) for name in sorted(reading.names(path)) if name.endswith((".cnf", ".conf"))]
    except (OSError, UnsafePath):
        files = [path]
    for file in files:
        section = _read(file, section, sections, depth - 1)
    return section
