# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Licences of the stand-in: a form of its own, because that of the vendor's is not documented. Page "Preparing the System": one is signed,
tied to a MAC address or to none, and ends; without a valid one the daemon does not start, and one that runs ends.

A licence is lines `name: value` (mac: an address or *, expires: YYYY-MM-DD), then `signature:` with a checksum of all before it.
"""

import datetime
import hashlib
import os
from typing import Dict, List, NamedTuple

from . import paths
from .tree import Scope

INTERVAL = float(os.environ.get("MOMENTUM_STANDIN_LICENSE_INTERVAL", "900"))  # seconds; the page has 15 minutes
WEEK = 7  # days; one that ends sooner has to be replaced before a start
ANY = "*"
_SALT = b"stand-in for tests, not a secret\n"
_SIGNATURE = b"signature: "
_INTERFACES = "/sys/class/net"


class Invalid(Exception):
    """A licence with which nothing may run."""


class License(NamedTuple):
    """A licence that is signed. mac: the address it is tied to, or *."""

    mac: str
    expires: datetime.date

    def days_left(self, today: datetime.date) -> int:
        """The days until its last one."""
        return (self.expires - today).days


def make(mac: str, expires: str) -> bytes:
    """A licence, signed."""
    text = ("Licence of the Momentum stand-in, for tests only\nmac: %s\nexpires: %s\n" % (mac, expires)).encode()
    return text + _SIGNATURE + _signature(text) + b"\n"


def path_of(tree: Scope) -> str:
    """Where the configuration has the licence (page "license")."""
    return tree.text("License") or paths.LICENSE


def read(path: str) -> bytes:
    """The bytes of a licence. Raises Invalid."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Invalid("%s: %s" % (path, error.strerror))


def parse(content: bytes) -> License:
    """A licence by its bytes, each of which is signed. Raises Invalid."""
    text, mark, signature = content.partition(_SIGNATURE)
    if not mark or signature != _signature(text) + b"\n":
        raise Invalid("the signature does not fit")
    fields: Dict[str, str] = dict(
        line.split(": ", 1) for line in text.decode("utf-8", "replace").split("\n") if ": " in line
    )
    try:
        return License(fields["mac"].lower(), datetime.datetime.strptime(fields["expires"], "%Y-%m-%d").date())
    except (KeyError, ValueError):
        raise Invalid("a field is missing")


def validate(content: bytes, least: int = 0) -> License:
    """A licence that is valid here for so many days at least. Raises Invalid."""
    found = parse(content)
    if found.mac != ANY and found.mac not in addresses():
        raise Invalid("License machine mismatch")
    left = found.days_left(datetime.date.today())
    if left < least:
        raise Invalid("it has expired" if left < 0 else "it ends in %d days, and no other can be fetched" % left)
    return found


def addresses() -> List[str]:
    """The MAC addresses of this machine."""
    found = []
    for name in sorted(os.listdir(_INTERFACES)):
        try:
            with open(os.path.join(_INTERFACES, name, "address")) as file:
                found.append(file.read().strip().lower())
        except OSError:
            continue
    return found


def _signature(text: bytes) -> bytes:
    return hashlib.sha256(_SALT + text).hexdigest().encode()
