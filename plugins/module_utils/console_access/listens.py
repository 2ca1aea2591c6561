# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places of Momentum's console that a configuration opens (pages *control_listener* and *control_auth*).

Options of a `Listen` are looked up in it, then in its `Control_Listener`. A `Peer` within either takes precedence over both, for its clients.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Effective, Setting
from ..ecconf.paths import Path
from ..ecconf.syntax.atoms import parse_bool

LISTENER: Path = (("Control_Listener", None),)
DEFAULT_ENDPOINT = "/tmp/2025"  # where Momentum listens, and ec_console asks, if nothing else is set
DEFAULT_MODE = "0660"  # by the options summary; the page control_auth says that only the own user has access
MECHANISMS = ("AuthDigestMD5Parameters", "AuthLoginParameters")


class Listen(NamedTuple):
    """One place: a Unix socket or host:port, with what is in force for it.

    `mode`: of a socket's file, None if it is no octal number. `uris`: where passwords are looked up, by mechanism. `peers`: the
    scopes that say something else for some clients.
    """

    path: Path
    address: str
    mode: Optional[int]
    authentication: bool
    authorization: bool
    uris: Dict[str, str]
    always_allow: bool
    always_deny: bool
    enabled: bool
    peers: Sequence["Peer"]
    file: str
    line: int

    @property
    def is_unix(self) -> bool:
        """Whether this is a Unix socket."""
        return self.address.startswith("/")


class Peer(NamedTuple):
    """What a `Peer` says itself; None where it says nothing."""

    path: Path
    authentication: Optional[bool]
    always_allow: Optional[bool]


def listens(effective: Effective) -> List[Listen]:
    """All places that the configuration names, in load order, those that are switched off included."""
    peers: Dict[Path, List[Peer]] = {}
    for path in effective.scopes("Peer"):
        peers.setdefault(path[:-1], []).append(_peer(effective, path))
    return [_listen(effective, path, peers) for path in effective.scopes("Listen") if _is_ours(path)]


def usable(found: Sequence[Listen]) -> List[str]:
    """The endpoints that answer somebody on the node without a password: Unix sockets first.

    Where the configuration names no place at all, Momentum listens at its own.
    """
    if not found:
        return [DEFAULT_ENDPOINT]
    free = [one for one in found if one.enabled and not one.always_deny and not one.authentication]
    return [one.address for one in free if one.is_unix] + [local(one.address) for one in free if not one.is_unix]


def behind_passwords(found: Sequence[Listen]) -> List[str]:
    """The endpoints that answer only with a password."""
    return [local(one.address) for one in found if one.enabled and not one.always_deny and one.authentication]


def split(address: str) -> Tuple[str, str]:
    """Host and port of "host:port" or "[host]:port"; the host is empty for a wildcard (page *listeners*)."""
    host, _colon, port = address.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    return "" if host == "*" else host, port


def is_loopback(address: str) -> bool:
    """Whether only programs of the node itself reach an address. A name other than localhost can be anything."""
    import ipaddress

    host = split(address)[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local(address: str) -> str:
    """How a program on the node reaches an address: a wildcard is answered at the loopback as well."""
    if address.startswith("/") or split(address)[0]:
        return address
    return ("[::1]:%s" if address.startswith("[") else "127.0.0.1:%s") % split(address)[1]


def uri_of(value: Any) -> str:
    """The `uri` of a dictionary such as `AuthDigestMD5Parameters`; empty without one."""
    if not isinstance(value, dict):
        return ""
    return next((str(text) for key, text in value.items() if str(key).lower() == "uri"), "")


def truth(setting: Optional[Setting]) -> Optional[bool]:
    """The meaning of a boolean; None where it is not set or no boolean."""
    return None if setting is None else parse_bool(str(setting.value))


def _is_ours(path: Path) -> bool:
    return len(path) == 2 and path[0][0].lower() == "control_listener" and path[1][1] is not None


def _listen(effective: Effective, path: Path, peers: Dict[Path, List[Peer]]) -> Listen:
    def said(option: str) -> Optional[bool]:
        return truth(effective.resolve(path, option))

    mode = effective.resolve(path, "File_Mode")
    uris = {name: effective.resolve(path, name) for name in MECHANISMS}
    file, line = effective.where(path)[-1]
    return Listen(
        path=path,
        address=path[-1][1] or "",
        mode=octal(DEFAULT_MODE if mode is None else str(mode.value)),
        authentication=bool(said("Enable_Authentication")),
        authorization=bool(said("Enable_Authorization")),
        uris={name: uri_of(setting.value) for name, setting in uris.items() if setting is not None},
        always_allow=bool(said("Always_Allow")),
        always_deny=bool(said("Always_Deny")),
        enabled=said("Enable") is not False,
        # The peers of the listener are one list for all its places: there may be many of either.
        peers=peers.get(path[:1], []) + peers[path] if path in peers else peers.get(path[:1], []),
        file=file,
        line=line,
    )


def _peer(effective: Effective, path: Path) -> Peer:
    says = [truth(effective.get(path, option)) for option in ("Enable_Authentication", "Always_Allow")]
    return Peer(path, says[0], says[1])


def octal(text: str) -> Optional[int]:
    """The number of a mode such as 0660; None for a text that is none."""
    try:
        mode = int(text, 8)
    except ValueError:
        return None
    return mode if 0 <= mode <= 0o7777 else None
