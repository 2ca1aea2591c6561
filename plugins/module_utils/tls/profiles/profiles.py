# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles by name: what one authority recommends, in OpenSSL's names."""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ...text.nearest import hint
from ..errors import TlsError
from .data import PROFILES


class Profile(NamedTuple):
    """One recommendation. Empty `ciphers`, `suites` or `groups` leave the library's own choice.

    `single_group` is for Momentum 4.2 to 5.2, which take one name: P-256, the curve that all peers have. `min_rsa` is in bits.
    `smtp_floor` is False where port 25 would lose peers to plaintext. None in `renegotiation` and `dhe`: no opinion.
    """

    name: str
    version: str
    source: str
    date: str
    protocols: Tuple[str, ...]
    ciphers: Tuple[str, ...]
    suites: Tuple[str, ...]
    groups: Tuple[str, ...]
    single_group: str
    min_rsa: int
    renegotiation: Optional[bool]
    dhe: Optional[bool]
    smtp_floor: bool
    notes: str


_DEFAULTS: Dict[str, Any] = {
    "ciphers": "",
    "suites": "",
    "groups": "",
    "single_group": "prime256v1",
    "min_rsa": 2048,
    "renegotiation": None,
    "dhe": None,
    "smtp_floor": True,
    "notes": "",
}
_LISTS = ("protocols", "ciphers", "suites", "groups")


def find(name: str) -> Profile:
    """The profile `name`, or one version of it, `name@version`. Raises TlsError that lists the names."""
    requested, _at, version = name.partition("@")
    for data in PROFILES:
        if data["name"] == requested and version in ("", data["version"]):
            return _profile(data)
    raise TlsError(name, "is no profile%s" % hint(name, names()), "the profiles are %s" % ", ".join(names()))


def names() -> List[str]:
    """Every profile as `name@version`; of one name the newest first."""
    return ["%s@%s" % (data["name"], data["version"]) for data in PROFILES]


def _profile(data: Dict[str, Any]) -> Profile:
    values = dict(_DEFAULTS, **data)
    values.update({key: tuple(part for part in values[key].split(":") if part) for key in _LISTS})
    return Profile(**values)
