# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS of sent mail as one declaration: a policy for all domains, another for some, DANE and MTA-STS.

It becomes targets as a task writes them, so that all that is judged of targets is judged of it. Pure.
"""

import os
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Sequence

from ..catalog import catalog
from ..config.plan import DesiredSetting
from ..ecconf.effective import Effective
from ..ecconf.paths import Path, format_path
from . import options
from .complaints import Complaint
from .dnssec import Resolver
from .errors import TlsError
from .files.pairs import NONE
from .plan import Ask, where
from .targets import DOMAINS, Domains, Target, fold, is_domain
from .values import protocols
from .values.meaning import GNUTLS, Context, protocol_set

UNMANAGED = "unmanaged"
# Page *tls*: the words of the option, the weakest first.
_POLICIES = {"none": "no", "opportunistic": "ifavailable", "required": "required"}
_FLOORS: Dict[str, FrozenSet[str]] = {"TLSv1.2": frozenset(["TLSv1.2", "TLSv1.3"]), "TLSv1.3": frozenset(["TLSv1.3"])}
_MODULE: Path = (("dane", None),)
_NEEDS_CA = ("ca", "host", "optional")


class Outbound(NamedTuple):
    """What a task declares. entry: with the options of `outbound`. resolver: who answers Momentum's questions, where DANE is declared."""

    entry: Mapping[str, Any]
    resolver: Optional[Resolver] = None

    def targets(self, effective: Effective, context: Context, others: Sequence[Ask]) -> List[Target]:
        """Return the targets that it stands for. others: what the other targets of the task ask for."""
        there = Domains(effective)
        # What is no domain is refused later, with all else that is wrong.
        domains = [one for one in self._domains() if is_domain(one["domain"])]
        return [self._global(effective, context, others)] + [_of_domain(one, context, there) for one in domains]

    def beside(self, context: Context) -> List[DesiredSetting]:
        """Return the stanza that loads DANE where it is declared and the version has it."""
        entry = catalog.lookup("dane", "global")
        is_known = entry is None or catalog.available(entry, context.version) is not False
        return [DesiredSetting(path=_MODULE)] if self.is_dane and is_known else []

    @property
    def is_dane(self) -> bool:
        """Whether DANE is declared, for all domains or for some."""
        return has_dane(self.entry)

    @property
    def floor(self) -> str:
        """The lowest protocol of the global scope; unmanaged too where nothing is sent over TLS."""
        is_used = any(one["policy"] != "none" for one in [self.entry, *self._domains()])
        return str(self.entry["minimum"]) if is_used else UNMANAGED

    def _domains(self) -> Sequence[Mapping[str, Any]]:
        return self.entry.get("domains") or ()

    def _global(self, effective: Effective, context: Context, others: Sequence[Ask]) -> Target:
        explicit = _policy(self.entry, self.entry["policy"])
        if self.entry["keep_stricter"]:
            explicit["tls"] = _stricter(explicit["tls"], effective)
        floor = self.floor
        if floor != UNMANAGED and context.engine != GNUTLS and not _asks_for_protocols(others):
            explicit["protocols"] = _floor(floor, effective, context)
        return Target(((),), explicit)

    # what would not do what is declared

    def complaints(
        self, asks: Sequence[Ask], before: Effective, after: Effective, main: str, context: Context
    ) -> Iterator[Complaint]:
        """Yield what the declaration cannot have. after: the configuration as it would be."""
        yield from self._floor_complaints(before, after, main, context)
        yield from self._without_authorities(asks, before, after, main)
        yield from self._repeated()
        if self.is_dane and self.resolver is not None:
            yield from _doubts(self.resolver)

    def _floor_complaints(
        self, before: Effective, after: Effective, main: str, context: Context
    ) -> Iterator[Complaint]:
        floor = self.floor
        if floor == UNMANAGED:
            return
        place = where(before, main, (), "TLS_Protocols")
        if context.engine == GNUTLS:
            reason = "GnuTLS, the engine in force, does not read TLS_Protocols, by which the minimum is set"
            remedy = "set minimum: unmanaged, and have the protocols in the priority string of a profile or target"
            yield Complaint(place, "global", "outbound.minimum", floor, reason, remedy)
            return
        setting = after.resolve((), "TLS_Protocols")
        try:
            more = protocol_set("" if setting is None else str(setting.value), context) - _FLOORS[floor]
        except TlsError:
            return  # complained of where it is read
        if setting is not None and more:
            reason = "another target of this task leaves %s" % protocols.in_words(more)
            remedy = "take a profile without it, or lower the minimum"
            yield Complaint(place, "global", "outbound.minimum", floor, reason, remedy)

    def _without_authorities(
        self, asks: Sequence[Ask], before: Effective, after: Effective, main: str
    ) -> Iterator[Complaint]:
        """Certificates can be verified with authorities alone (pages *tls_ca*, *mta-sts*)."""
        for path in self._verifying(asks):
            if _authorities(after, path):
                continue
            reason = "certificates of servers cannot be verified, because no TLS_CA is in force"
            remedy = "name a file with the authorities in outbound.ca (roles: momentum_outbound_tls.ca), such as the bundle of the system"
            yield Complaint(where(before, main, path, "TLS_CA"), format_path(path), "TLS_CA", "", reason, remedy)

    def _verifying(self, asks: Sequence[Ask]) -> List[Path]:
        """The scopes of the declaration in which certificates are verified."""
        about = {()} | {_caseless(_path_of(one)) for one in self._domains()}
        needing = [ask.path for ask in asks if _caseless(ask.path) in about and _needs_authorities(ask)]
        return list(dict.fromkeys(needing))

    def relied_on(self, asks: Sequence[Ask], after: Effective) -> List[Ask]:
        """Return the files of authorities that scopes verify with and the task does not name, as if it did."""
        found = [(path, _authorities(after, path)) for path in self._verifying(asks)]
        own = {(ask.path, ask.field.key) for ask in asks}
        ca, target = options.BY_KEY["ca"], Target((), {})
        return [
            Ask(path, ca, file, target) for path, file in found if os.path.isabs(file) and (path, ca.key) not in own
        ]

    def _repeated(self) -> Iterator[Complaint]:
        seen: List[str] = []
        for one in self._domains():
            name = one["domain"].lower()
            scope = format_path(_path_of(one))
            if not is_domain(one["domain"]):
                reason, remedy = "is no domain", DOMAINS
                yield Complaint("", scope, "outbound.domains", one["domain"], reason, remedy)
            elif name in seen:
                reason, remedy = "is declared twice", "keep one of the entries"
                yield Complaint("", scope, "outbound.domains", one["domain"], reason, remedy)
            seen.append(name)


def has_dane(entry: Optional[Mapping[str, Any]]) -> bool:
    """Tell whether a declaration has DANE, for all domains or for some."""
    return entry is not None and any(one.get("dane") for one in [entry, *(entry.get("domains") or ())])


def _of_domain(entry: Mapping[str, Any], context: Context, there: Domains) -> Target:
    explicit = _policy(entry, entry["policy"])
    if entry["policy"] == "required" and entry["verify"] is None:
        explicit["verify"] = "host"
    floor = entry["minimum"]
    if floor:
        explicit["protocols"] = _spelled(_FLOORS[floor], context)
    return Target((there.path((), entry["domain"]),), explicit)


def _caseless(path: Path) -> Path:
    return tuple((name, None if instance is None else instance.lower()) for name, instance in fold(path))


def _authorities(after: Effective, path: Path) -> str:
    """The file of authorities in force; '' for none."""
    setting = after.resolve(path, "TLS_CA")
    file = "" if setting is None else str(setting.value).strip()
    return "" if file.lower() == NONE else file


def _path_of(entry: Mapping[str, Any]) -> Path:
    return (("Domain", entry["domain"]),)


def _policy(entry: Mapping[str, Any], policy: str) -> Dict[str, Any]:
    """The options of a scope that are about more than its protocols, by their keys in a target."""
    explicit = {"tls": _POLICIES[policy], "verify": entry["verify"], "ca": entry["ca"]}
    explicit["ifavailable_fallback"] = entry["fallback"]
    for name in ("dane", "mta_sts"):
        explicit["use_" + name] = entry[name]
        explicit["enable_" + name] = entry[name] or None
    return {key: value for key, value in explicit.items() if value is not None}


def _needs_authorities(ask: Ask) -> bool:
    return ask.field.key == "verify" and ask.value in _NEEDS_CA or ask.field.key == "use_mta_sts" and ask.value is True


def _asks_for_protocols(others: Sequence[Ask]) -> bool:
    return any(ask.path == () and ask.field.key == "protocols" for ask in others)


def _floor(floor: str, effective: Effective, context: Context) -> str:
    """The value for all protocols from the lowest one on; what is stricter already stays."""
    setting = effective.resolve((), "TLS_Protocols")
    try:
        left = protocol_set(str(setting.value), context) if setting is not None else frozenset()
    except TlsError:
        left = frozenset()
    return (
        str(setting.value)
        if setting is not None and left and left <= _FLOORS[floor]
        else _spelled(_FLOORS[floor], context)
    )


def _stricter(word: str, effective: Effective) -> str:
    """The stricter one of a word of `TLS` and of what the global scope has."""
    setting = effective.resolve((), "TLS")
    there = "" if setting is None else str(setting.value).lower()
    words = list(_POLICIES.values())
    return there if there in words[words.index(word) :] else word


def _spelled(requested: FrozenSet[str], context: Context) -> str:
    return protocols.spell(requested, context.version, context.openssl)


def _doubts(resolver: Resolver) -> Iterator[Complaint]:
    """Why DANE would protect nothing."""
    remedy = "have Momentum ask a resolver that validates, best one on this node, by its option resolv_conf; or take dane out"
    if resolver.because:
        yield Complaint(
            resolver.file, "global", "outbound.dane", "true", "the file of name servers: %s" % resolver.because, remedy
        )
    for one in resolver.servers:
        if one.because:
            reason = "the name server %s does not validate DNSSEC: %s" % (one.address, one.because)
            yield Complaint(resolver.file, "global", "outbound.dane", "true", reason, remedy)
