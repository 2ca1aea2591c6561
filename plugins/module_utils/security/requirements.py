# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that a daemon must keep to serve a configuration, and why; compared with what its stanza declares.

Pure. Facts: pages *security*, *capabilities* and *privileges* (what the documented texts and `net_rawaccess` are for), *listeners* (forms of an
address), 3-reference-modules-csapi; capabilities(7): a port below 1024 takes CAP_NET_BIND_SERVICE. What no page says is
decided for the safe side here and marked as assumed: an ESMTP_Listener that names no port is taken for one on port 25.
"""

from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from ..ecconf.effective import Effective, Setting
from ..ecconf.paths import Path, format_path
from ..ecconf.syntax.atoms import parse_bool
from .stanza import Stanza

FIRST_OPEN_PORT = 1024

# What binding a low port takes, and what else DuraVIP takes (pages *capabilities* and *privileges*). The documented
# texts are these in this order.
LINUX, SOLARIS = "linux", "solaris"
LOW_PORT: Dict[str, Tuple[str, ...]] = {LINUX: ("cap_net_bind_service",), SOLARIS: ("net_privaddr",)}
DURAVIP: Dict[str, Tuple[str, ...]] = {
    LINUX: ("cap_net_admin", "cap_net_raw", "cap_sys_resource"),
    SOLARIS: ("net_bindmlp", "sys_resource", "sys_net_config", "net_rawaccess"),
}
# A licence is usually tied to a MAC address. A zone may not have the privilege, and has another kind of licence (page 3-reference-conf-ref-security).
LICENCE: Dict[str, Tuple[str, ...]] = {LINUX: (), SOLARIS: ("net_rawaccess",)}
CSAPI: Dict[str, Tuple[str, ...]] = {LINUX: (), SOLARIS: ("file_dac_read", "file_dac_search", "file_dac_write")}
ORDER = {LINUX: tuple(sorted(LOW_PORT[LINUX] + DURAVIP[LINUX])), SOLARIS: LOW_PORT[SOLARIS] + DURAVIP[SOLARIS]}

# The ports of listeners that name none; listeners that are not here have documented ports above 1024 only (facts: ports).
DEFAULT_PORTS = {"esmtp_listener": 25}
NAMED_PORTS = {"smtp": 25, "http": 80, "https": 443, "smtps": 465, "submissions": 465, "submission": 587}
# Options that hold an address or a port to listen on, outside of listeners.
OTHER_PORTS = (("snmp", "address"), ("msgc_server", "port"))


Place = Tuple[str, str, str, str, int]


class Reason(NamedTuple):
    """One privilege and one place that takes it: `because` in words, the option ('' where a scope is the reason)."""

    capability: str
    because: str
    option: str
    scope: str
    file: str
    line: int


class Comparison(NamedTuple):
    """A declared set beside the needed one.

    `verdict` is equal, superset, subset or different; root, where a daemon stays root and nothing is taken from it; and
    unreadable. `too_much` and `missing` are names in alphabetical order.
    """

    verdict: str
    too_much: List[str]
    missing: List[str]


class Address(NamedTuple):
    """What a Listen names: a port (None: it names none) or a socket of the file system."""

    port: Optional[int]
    local: bool = False
    unreadable: bool = False


def reasons(effective: Effective, platform: str, global_zone: Optional[bool] = None) -> List[Reason]:
    """Everything in a configuration that takes a privilege on a platform ('linux' or 'solaris'), in load order. global_zone: of Solaris, None
    where it is not known."""
    found: List[Tuple[Tuple[str, ...], Place]] = [(LOW_PORT[platform], place) for place in _low_ports(effective)]
    found += [(DURAVIP[platform], place) for place in _duravip(effective)]
    found += [(CSAPI[platform], place) for place in _csapi(effective)]
    if LICENCE[platform] and global_zone is not False:
        found.append((LICENCE[platform], _licence(effective)))
    return [Reason(name, *place) for names, place in found for name in names]


def text(needed: List[Reason], platform: str) -> str:
    """The shortest text of the documented form that declares what is needed.

    On Linux '' when nothing is needed: the option is left out then. On Solaris 'basic' comes first always, because the text
    replaces all that the process has (page *privileges*).
    """
    names = {reason.capability for reason in needed}
    ordered = [name for name in ORDER[platform] if name in names] + sorted(names - set(ORDER[platform]))
    if platform == SOLARIS:
        return " ".join(["basic"] + ordered)
    return " ".join(name + "+ep" for name in ordered)


def compare(needed: List[Reason], stanza: Stanza, platform: str, root: bool, last_cap: Optional[int]) -> Comparison:
    """Hold what a stanza declares against what is needed; `root` tells that its user is root.

    A capability counts as declared where it is permitted and effective; one that is anything at all and not needed is too
    much.
    """
    declared = stanza.privileges if platform == SOLARIS else stanza.capabilities
    if root and not declared:
        return Comparison("root", ["all"], [])
    names = {reason.capability for reason in needed}
    try:
        usable, held = _solaris(declared) if platform == SOLARIS else _linux(declared, last_cap)
    except ValueError:
        return Comparison("unreadable", [], sorted(names))
    too_much, missing = sorted(held - names), sorted(names - usable)
    verdict = {(False, False): "equal", (True, False): "superset", (False, True): "subset"}
    return Comparison(verdict.get((bool(too_much), bool(missing)), "different"), too_much, missing)


def warnings(needed: List[Reason], comparison: Comparison) -> List[str]:
    """Say for each missing privilege which place needs it first."""
    first: Dict[str, Reason] = {}
    for reason in needed:
        first.setdefault(reason.capability, reason)
    words = "the Security stanza does not keep %s, which is needed because %s (%s:%d)"
    found = [first[name] for name in comparison.missing]
    return [words % (reason.capability, reason.because, reason.file, reason.line) for reason in found]


def address(instance: Optional[str]) -> Address:
    """Read what a Listen names (page *listeners*): ADDRESS:PORT, :PORT, [IPV6]:PORT, or the path of a socket."""
    name = instance or ""
    if name.startswith("/"):
        return Address(None, local=True)
    host, colon, port = name.rpartition(":")
    if not colon and _is_number(name):
        port = name
    elif not colon or ":" in host and not host.endswith("]"):
        port = ""  # a host alone, or an IPv6 address without brackets
    if not port:
        return Address(None)
    number = int(port) if _is_number(port) else NAMED_PORTS.get(port.lower())
    return Address(number, unreadable=number is None)


def _is_number(port: str) -> bool:
    return 0 < len(port) < 10 and not port.strip("0123456789")


def _low_ports(effective: Effective) -> Iterator[Place]:
    listens: Dict[Path, List[Path]] = {}
    for path in effective.scopes("listen"):
        listens.setdefault(path[:-1], []).append(path)
    for path in effective.scopes():
        if len(path) == 1 and path[0][0].lower().endswith("_listener") and is_on(effective, path):
            yield from _of_listener(effective, path, listens.get(path, []))
    for scope, option in OTHER_PORTS:
        setting = effective.get(((scope, None),), option)
        if setting is not None and _is_low(address(":" + str(setting.value).rpartition(":")[2])):
            words = "%s of %s is %s" % (setting.name, format_path(setting.path), setting.value)
            yield words, setting.name, format_path(setting.path), setting.file, setting.line


def _of_listener(effective: Effective, listener: Path, listens: List[Path]) -> Iterator[Place]:
    """What one listener takes: its Listen scopes, or its default port where it has none."""
    default = DEFAULT_PORTS.get(listener[0][0].lower())
    if not listens and default is not None:
        words = "%s has no Listen, and port %d is assumed" % (format_path(listener), default)
        yield _opened(effective, listener, words)
    for path in listens:
        words = _of_listen(path[-1][1], default)
        if words and is_on(effective, path):
            yield _opened(effective, path, "%s %s" % (format_path(path), words))


def _of_listen(instance: Optional[str], default: Optional[int]) -> str:
    """What a Listen does that takes a privilege; '' if it takes none."""
    found = address(instance)
    if found.local:
        return ""
    if found.unreadable:
        return "names a port that cannot be read, and one below %d is assumed" % FIRST_OPEN_PORT
    if found.port is None:
        return "" if default is None else "names no port, and port %d is assumed" % default
    return "binds port %d, which is below %d" % (found.port, FIRST_OPEN_PORT) if _is_low(found) else ""


def _is_low(found: Address) -> bool:
    return found.port is not None and 0 < found.port < FIRST_OPEN_PORT


def is_on(effective: Effective, path: Path) -> bool:
    """Whether a listener, or a Listen in one, is not switched off by Enable, its own or the listener's."""
    setting = _of_nearest(effective, path, "enable")
    return setting is None or not setting.path or parse_bool(str(setting.value)) is not False


def _duravip(effective: Effective) -> Iterator[Place]:
    """Every binding and Listen for which Enable_Duravip is in force, inherited or its own."""
    for path in effective.scopes():
        kind = path[-1][0].lower()
        setting: Optional[Setting] = None
        if kind == "binding":
            setting = effective.resolve(path, "enable_duravip")
        elif kind == "listen" and len(path) == 2 and path[0][0].lower().endswith("_listener"):
            setting = _of_nearest(effective, path, "enable_duravip") if is_on(effective, path) else None
        if setting is not None and parse_bool(str(setting.value)):
            yield _by_setting(setting, path)


def _of_nearest(effective: Effective, path: Path, option: str) -> Optional[Setting]:
    """An option of a Listen, its listener or the global scope; a Pathway cannot have those that are looked up here."""
    found = (effective.get(path[:depth], option) for depth in range(len(path), -1, -1))
    return next((setting for setting in found if setting is not None), None)


def _by_setting(setting: Setting, path: Path) -> Place:
    origin = "" if setting.path == path else ", inherited from %s" % (format_path(setting.path) or "the global scope")
    words = "%s has DuraVIP%s" % (format_path(path), origin)
    return words, setting.name, format_path(setting.path), setting.file, setting.line


def _csapi(effective: Effective) -> Iterator[Place]:
    """The module csapi reads files that only root may read (page 3-reference-modules-csapi, Solaris)."""
    for path in effective.scopes("csapi"):
        yield _opened(effective, path, "the module csapi is configured")


def _licence(effective: Effective) -> Place:
    """What the daemon validates at every start and each quarter of an hour; a configuration does not show what a licence is tied to."""
    words = (
        "a licence that is tied to a MAC address is validated with it; write the text without it for one that is not"
    )
    setting = effective.get((), "license")
    if setting is None:
        return words, "", "", next(iter(effective.tree.mounted), ""), 1
    return words, setting.name, "", setting.file, setting.line


def _opened(effective: Effective, path: Path, words: str) -> Place:
    file, line = effective.where(path)[0]
    return words, "", format_path(path), file, line


def _linux(declared: Optional[str], last_cap: Optional[int]) -> Tuple[FrozenSet[str], FrozenSet[str]]:
    from . import capabilities

    sets = capabilities.parse(declared or "", last_cap=last_cap)
    usable = frozenset(map(capabilities.name, sets.permitted & sets.effective))
    return usable, frozenset(map(capabilities.name, sets.permitted | sets.effective | sets.inheritable))


def _solaris(declared: Optional[str]) -> Tuple[FrozenSet[str], FrozenSet[str]]:
    """The privileges of a text; the basic ones are never too much."""
    from . import solaris_privileges as privileges

    held = privileges.parse(declared or "")
    return held, held - privileges.parse("basic")
