# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scopes whose TLS the rules judge, and what each of them negotiates. Scopes for which the same assignments are in force are judged once."""

from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from ....ecconf import fallback
from ....ecconf.effective import Effective, Setting
from ....ecconf.paths import Path
from ....ecconf.syntax.atoms import parse_bool
from ....exposure.subject import is_beyond_host, places
from ....tls.current import CurrentTls
from ....tls.errors import TlsError
from ....tls.inbound import NONE, SMTP, Entrance
from ....tls.options import FIELDS
from ....tls.targets import fold
from ....tls.values.meaning import GNUTLS
from ...evidence import Evidence
from ...rule import DECLARED, UNKNOWN, Check, Seen

VERIFIED_PEER = ("TLS_Verified_Peer_Can_Relay", "TLS_Verified_Peer_Is_Authorized")
# What decides about the names that a scope negotiates, beside global options.
NAMES = ("TLS_Protocols", "TLS_Ciphers", "TLSv13_Ciphersuites")
_OWN = frozenset(
    [field.option.lower() for field in FIELDS]
    + [name.lower() for name in VERIFIED_PEER]
    + ["smtp_extensions", "pathway"]
)
_OUTBOUND = ("binding_group", "binding", "domain")
_SWITCHES = ("Use_DANE", "Use_MTA_STS")

Verdict = Tuple[str, str]  # a status, and what was seen


class Together(NamedTuple):
    """Scopes for which the same assignments are in force. settings: one for each option, None for a default."""

    effective: Effective
    main: str
    paths: List[Path]
    settings: List[Optional[Setting]]

    @property
    def path(self) -> Path:
        """One of the scopes."""
        return self.paths[0]

    def value(self, number: int = 0) -> str:
        """Return the value of an option in lower case; '' for its default."""
        setting = self.settings[number]
        return "" if setting is None else str(setting.value).lower()

    def seen(self, status: str, what: str, layer: str = DECLARED, remedy: str = "") -> Seen:
        """Return what was seen, at the first assignment, or where the scope is opened if all are defaults."""
        file, line = next(
            ((one.file, one.line) for one in self.settings if one), place(self.effective, self.path, self.main)
        )
        return Seen(status, layer, "%s: %s" % (places(self.paths), what), file, line, remedy)


def place(effective: Effective, path: Path, main: str) -> Tuple[str, int]:
    """Return where a scope is opened last; for one that no file opens, such as a Peer within a Listen, the one around it."""
    opened: List[Tuple[str, int]] = []
    while path and not opened:
        opened, path = effective.where(path), path[:-1]
    return opened[-1] if opened else (main, 1)


def together(
    effective: Effective,
    main: str,
    paths: Sequence[Path],
    options: Sequence[str],
    by: Optional[Callable[[Path], str]] = None,
) -> List[Together]:
    """Return scopes by the assignments that are in force for them. by: what else must be equal."""
    found: Dict[Any, Together] = {}
    for path in paths:
        settings = [effective.resolve(path, option) for option in options]
        assigned = tuple((one.file, one.line, one.path) if one else None for one in settings)
        key = (by(path) if by is not None else "", assigned)
        found.setdefault(key, Together(effective, main, [], settings)).paths.append(path)
    return list(found.values())


def entrances(tls: CurrentTls) -> List[Entrance]:
    """Return where clients meet a listener, and each Peer there that has TLS of its own. Of Listens with the same port and none of their own, the first
    one stands for all to the Peer scopes of their listener."""
    own = [path for path in tls.effective.scopes("peer") if _has_own(tls.effective, path)]
    inside: Dict[Path, List[Path]] = {}
    for path in own:
        inside.setdefault(fold(path[:-1]), []).append(path)
    found: List[Entrance] = []
    seen: Set[Tuple[Path, int, bool]] = set()
    for one in tls.entrances():
        found.append(one)
        peers = inside.get(fold(one.path), [])
        if len(one.path) > 1 and fold(one.path[:1]) in inside:
            place_of = one.path if _has_own(tls.effective, one.path) else one.path[:1]
            alike = (fold(place_of), one.port, _is_public(one.path))
            peers = peers + ([] if alike in seen else inside[fold(one.path[:1])])
            seen.add(alike)
        for peer in peers:
            found += [entrance._replace(port=one.port) for entrance in tls.entrances(one.path + peer[-1:])]
    return found


def _has_own(effective: Effective, path: Path) -> bool:
    return any(one.name.lower() in _OWN for one in effective.settings(path))


def served(tls: CurrentTls) -> List[Path]:
    """Return the scopes in which clients begin TLS."""
    return [one.path for one in entrances(tls) if one.begin != NONE]


def public(tls: CurrentTls, with_peers: bool = False) -> List[Entrance]:
    """Return where mail comes in over SMTP from other hosts."""
    found = entrances(tls) if with_peers else tls.entrances()
    return [one for one in found if one.path[0][0].lower() == SMTP and _is_public(one.path)]


def _is_public(path: Path) -> bool:
    listens = [instance or "" for name, instance in path if name.lower() == "listen"]
    return all(is_beyond_host(address) for address in listens)


def sending(effective: Effective, *options: str) -> List[Path]:
    """Return the global scope and those of sent mail that set one of some options themselves."""
    names = {name.lower() for name in options}
    own = {setting.path: None for setting in effective.settings() if setting.name.lower() in names}
    return [()] + [path for path in own if path and is_outbound(path)]


def is_outbound(path: Path) -> bool:
    """Whether a scope is one of sent mail."""
    return path[-1][0].lower() in _OUTBOUND and fallback.direction(path) == fallback.OUTBOUND


def encrypted(tls: CurrentTls) -> List[Path]:
    """Return the scopes of sent mail that may use TLS: those in which it is on, and those that leave it to a wider scope of another kind."""
    names = [field.option for field in FIELDS] + list(_SWITCHES)
    paths = sending(tls.effective, *names)
    on = [path for path in paths if _is_on(tls.effective, path)]
    return [path for path in paths if path in on or (path and on and tls.effective.get(path, "TLS") is None)]


def _is_on(effective: Effective, path: Path) -> bool:
    mode = effective.resolve(path, "TLS")
    if mode is not None and str(mode.value).lower() in ("ifavailable", "required"):
        return True
    return any(is_true(effective.resolve(path, name)) for name in _SWITCHES)


def is_true(setting: Optional[Setting], default: bool = False) -> bool:
    """Whether a boolean is on. One that cannot be read has its default."""
    value = None if setting is None else parse_bool(str(setting.value))
    return default if value is None else value


def has_dhe(tls: CurrentTls) -> bool:
    """Whether suites with finite-field Diffie-Hellman are enabled, which is the default (page 4/config/ref-tls-enable-dhe-ciphers)."""
    return is_true(tls.effective.resolve((), "TLS_Enable_DHE_Ciphers"), True)


def is_finite(cipher: str) -> bool:
    """Whether a suite exchanges keys by finite-field Diffie-Hellman."""
    return cipher.startswith(("DHE-", "EDH-", "ADH-", "EXP-EDH-", "EXP-ADH-"))


def ciphers(tls: CurrentTls, path: Path) -> Optional[List[str]]:
    """Return the suites of TLS 1.2 and older that a scope negotiates, without those for which Momentum has no credentials (PSK, SRP, Kerberos);
    None where GnuTLS alone knows them. Raises TlsError."""
    if tls.context.dialect(path) == GNUTLS:
        return None
    names = [one for one in tls.in_force(path)["ciphers"] if not {"PSK", "SRP", "KRB5"} & set(one.split("-"))]
    return names if has_dhe(tls) else [one for one in names if not is_finite(one)]


def of_scopes(
    find: Callable[[CurrentTls], List[Path]], options: Sequence[str], judge: Callable[[CurrentTls, Path], Verdict]
) -> Check:
    """Return a check that judges some scopes by what they negotiate, once for the same assignments of some options."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        tls = evidence.tls()
        for one in together(tls.effective, tls.configuration.main, find(tls), options, tls.context.dialect):
            try:
                status, what = judge(tls, one.path)
            except TlsError as error:
                status, what = UNKNOWN, str(error)
            yield one.seen(status, what)

    return check
