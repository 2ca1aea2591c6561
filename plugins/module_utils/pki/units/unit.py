# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A unit: one key with its certificate, as a task declares it."""

import os
import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ...errors import PlanError
from ...files import file_mode
from ..errors import CertificateError, naming
from ..x509 import keys, names
from ..x509.lifetime import share_of
from ..x509.requests import unfit_common_name
from .current import Places

AUTHORITY = "authority"  # signed on the controller, within the same task
SOURCES = ("self_signed", AUTHORITY, "external", "provided")

ASKING = (AUTHORITY, "external")  # the node makes a request, which the controller judges

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@-]{0,127}\Z")  # it becomes the name of a directory
_UNKNOWN = -1  # an account that an earlier task of a check mode run would have made


class Unit(NamedTuple):
    """One request. Paths are '' and texts empty where not given; common_name, names, key_type, owner, group and modes are
    empty or None where what is there already is kept. `signed` and `provided` begin with the leaf."""

    name: str
    source: str
    key: str
    certificate: str
    chain: str
    combined: str
    request: str
    common_name: str
    names: Tuple[str, ...]
    key_type: str
    usages: Tuple[str, ...]
    days: int
    renew_at: float
    rekey: bool
    new_key: bool
    owner: Optional[int]
    group: Optional[int]
    key_mode: Optional[int]
    mode: Optional[int]
    directory_mode: int
    provided_key: bytes
    provided: bytes
    provided_chain: bytes
    signed: bytes
    issuer_key: str
    archive: bool
    activation: str

    @property
    def places(self) -> Places:
        """Where its files are."""
        return Places(self.key, self.certificate, self.chain, self.combined, self.request)

    @property
    def pair_files(self) -> List[str]:
        """The files that the pair is in."""
        return [path for path in (self.key, self.certificate, self.chain, self.combined) if path]


class Accounts(NamedTuple):
    """How to look up users and groups by name or number, and whether an unknown one is an error."""

    user: Callable[[str], Optional[int]]
    group: Callable[[str], Optional[int]]
    must_exist: bool


def units_of(declared: List[Dict[str, Any]], accounts: Accounts) -> List[Unit]:
    """The units of a task's parameters. Raises CertificateError for what cannot be meant."""
    units = [unit_of(one, accounts) for one in declared]
    _refuse_doubles(units)
    return units


def unit_of(declared: Dict[str, Any], accounts: Accounts) -> Unit:
    """One unit. Raises CertificateError, with its name."""
    with naming(declared["name"]):
        unit = _converted(declared, accounts)
        _refuse(unit)
    return unit


def _converted(declared: Dict[str, Any], accounts: Accounts) -> Unit:
    def text(option: str) -> bytes:
        return (declared.get(option) or "").encode("utf-8", "surrogateescape")

    return Unit(
        name=declared["name"],
        source=declared["source"],
        common_name=declared.get("common_name") or "",
        names=names.canonicals(declared.get("names") or []),
        key_type=declared.get("key_type") or "",
        usages=tuple(dict.fromkeys(declared["usages"])),
        days=declared["days"],
        renew_at=share_of(declared["renew_at"]),
        rekey=declared["rekey"],
        new_key=declared["new_key"],
        owner=_account(declared.get("owner"), accounts.user, accounts.must_exist, "user"),
        group=_account(declared.get("group"), accounts.group, accounts.must_exist, "group"),
        key_mode=_mode(declared, "key_mode"),
        mode=_mode(declared, "mode"),
        directory_mode=_mode(declared, "directory_mode") or 0o750,
        provided_key=text("provided_key"),
        provided=text("provided_certificate"),
        provided_chain=text("provided_chain"),
        signed=text("signed"),
        issuer_key=(declared.get("issuer_key") or "").replace(":", "").lower(),
        archive=declared["archive"],
        activation=declared.get("activation") or "",
        **{path: declared.get(path) or "" for path in Places._fields},
    )


def _refuse(unit: Unit) -> None:
    if not _NAME.match(unit.name):
        raise CertificateError("a name consists of letters, digits and . _ @ - and does not begin with a dot")
    if not unit.usages:
        raise CertificateError("usages is empty; name server, client or both")
    if unit.key_mode is not None and unit.key_mode & 0o137:
        raise CertificateError(
            "key_mode %04o would let others than the owner change or anybody read the key; use 0600 or 0640"
            % unit.key_mode
        )
    unfit = unfit_common_name(unit.common_name) if unit.common_name else ""
    if unfit:
        raise CertificateError("common_name %r %s; put host names into names instead" % (unit.common_name, unfit))
    if unit.source == "provided" and not unit.provided.strip():
        raise CertificateError("source is provided, but provided_certificate is missing")
    paths = _paths(unit)
    relative = [
        "%s: %r" % (option, getattr(unit, option)) for option in Places._fields if _is_relative(getattr(unit, option))
    ]
    if relative:
        raise CertificateError("%s is a relative path; set an absolute one of the node" % ", ".join(relative))
    if len(set(map(os.path.normpath, paths))) < len(paths):
        raise CertificateError("two of its files have the same path")


def _is_relative(path: str) -> bool:
    return bool(path) and not os.path.isabs(path)


def _paths(unit: Unit) -> List[str]:
    return [path for path in unit.places if path]


def _refuse_doubles(units: List[Unit]) -> None:
    seen: Dict[str, str] = {}
    for unit in units:
        marks = ["name " + unit.name]
        marks += [os.path.normpath(path) for path in _paths(unit)]
        for mark in marks:
            if mark in seen:
                raise CertificateError(
                    "certificate %s: %s belongs to certificate %s already" % (unit.name, mark, seen[mark])
                )
            seen[mark] = unit.name


def _account(name: Optional[str], lookup: Callable[[str], Optional[int]], must_exist: bool, word: str) -> Optional[int]:
    if not name:
        return None
    number = lookup(name)
    if number is None and must_exist:
        raise CertificateError("there is no %s %r on the node; create it first" % (word, name))
    return _UNKNOWN if number is None else number


def _mode(declared: Dict[str, Any], option: str) -> Optional[int]:
    value = declared.get(option)
    if value is None:
        return None
    try:
        return file_mode.number(option, value)
    except PlanError as error:
        raise CertificateError(str(error))


def kind_for(unit: Unit, present: str = "") -> str:
    """The kind of a new key: the one asked for, else the one that follows the present kind, else the default. Raises
    CertificateError where the present kind cannot be kept and nothing may take its place unasked."""
    kind = unit.key_type or (keys.successor(present) if present else keys.DEFAULT_KIND)
    if not kind or (unit.source in ASKING and not keys.is_signed(kind)):
        raise CertificateError(
            "the present key is %s, and %s; set key_type, such as %s"
            % (
                present,
                "no authority signs for that kind here" if kind else "no new key of that kind is made",
                keys.DEFAULT_KIND,
            )
        )
    return kind
