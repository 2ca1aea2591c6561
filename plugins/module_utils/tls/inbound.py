# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether clients can begin TLS at a listener, and what lets them.

An SMTP listener begins TLS with STARTTLS if its `SMTP_Extensions` have that word (page *inbound-tls*), or at once with `Use_SSL`,
which excludes STARTTLS (page *inbound-ssl*). HTTP and ECStream listeners know `Use_SSL` alone (page *rest-http-listener*). Without
either of them nobody ever sees the certificate.
"""

from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from ..config.plan import DesiredSetting
from ..ecconf import fallback
from ..ecconf.effective import Effective
from ..ecconf.paths import Path
from ..ecconf.syntax.atoms import parse_bool
from ..security.requirements import DEFAULT_PORTS, address, is_on
from .targets import REQUIRED, UNMANAGED, Target, fold

SMTP = "esmtp_listener"
_ONLY_IMPLICIT = frozenset(["http_listener", "ecstream_listener"])
EXTENSIONS, WORD = "SMTP_Extensions", "STARTTLS"
STARTTLS, IMPLICIT, NONE = "starttls", "implicit", "none"
# What the list begins with where the configuration has none: the other word in the example of page *inbound-tls*.
_USUAL = ("ENHANCEDSTATUSCODES",)


class Entrance(NamedTuple):
    """A scope that clients meet. `port`: 0 where it has none, or none that can be read. `begin`: starttls, implicit, or none, and then
    `because` says why. `asks`: whether clients must show a certificate."""

    path: Path
    port: int
    begin: str
    because: str
    asks: bool


def entrances(effective: Effective, around: Path = ()) -> List[Entrance]:
    """Every Listen in a scope that is switched on, and every listener without one at its default port.

    A Peer and a Pathway are entrances by themselves, without a port. Other scopes have none.
    """
    if around and around[0][0].lower() not in _ONLY_IMPLICIT | {SMTP}:
        is_pathway = fallback.direction(around) == fallback.PATHWAY
        return [_entrance(effective, around, 0)] if is_pathway else []
    if around and around[-1][0].lower() == "peer":
        return [_entrance(effective, around, 0)]
    scopes = list(effective.within(around) if around else effective.scopes())
    listens = [path for path in scopes if path[-1][0].lower() == "listen"]
    served = {fold(path[:1]) for path in listens}
    open_at_default = [path for path in scopes if len(path) == 1 and fold(path) not in served]
    places = [path for path in listens + open_at_default if path[0][0].lower() in _ONLY_IMPLICIT | {SMTP}]
    return [_entrance(effective, path, port_of(path)) for path in places if is_on(effective, path)]


def port_of(path: Path) -> int:
    """The TCP port of a Listen, or the one that a listener without any is assumed at; 0 for none, or one that cannot be read."""
    default = DEFAULT_PORTS.get(path[0][0].lower(), 0)
    if len(path) == 1:
        return default
    named = address(path[-1][1])
    return named.port or (0 if named.local or named.unreadable else default)


def is_certificate(value: Any) -> bool:
    """Tell whether a value of TLS_Certificate names one; `none` switches it off."""
    return str(value or "").strip().lower() not in ("", "none")


def has_starttls(value: Any) -> bool:
    """Tell whether a value of SMTP_Extensions offers STARTTLS."""
    return any(_is_word(one) for one in _listed(value))


def asking(targets: Sequence[Target]) -> Iterator[Tuple[Target, Path]]:
    """The targets, scope by scope, that are about TLS which clients begin."""
    for target in targets:
        said = target.explicit
        requests = said.get("implicit_tls") is True or is_certificate(said.get("certificate"))
        if requests or said.get("verify_mode") == "require" or target.offer == REQUIRED:
            for path in target.paths:
                yield target, path


def all_desired(targets: Sequence[Target], after: Effective) -> List[DesiredSetting]:
    """The lists of extensions after which every target that requests STARTTLS has it. `after`: the configuration without them.

    A list replaces that of the wider scope, so it repeats what is in force there. Narrower scopes with a list of their own are
    changed too if the target's certificate is theirs, and those with implicit TLS are kept free of STARTTLS.
    """
    lists = _Lists(after)
    wanting = [(target, path) for target, path in asking(targets) if path and target.offer != UNMANAGED]
    for target, path in sorted(wanting, key=lambda pair: len(pair[1])):
        if path[0][0].lower() != SMTP and fallback.direction(path) != fallback.PATHWAY:
            continue
        if target.offer == REQUIRED or is_certificate(target.explicit.get("certificate")):
            _offer(path, target.offer == REQUIRED, lists)
        elif target.explicit.get("implicit_tls") is True:
            lists.exclude(path)
    return lists.all_desired()


def _offer(path: Path, any_certificate: bool, lists: "_Lists") -> None:
    """Offer STARTTLS in a scope and in what is inside of it, there only for the certificate of that scope unless for any."""
    for one in [path] + [one for one in lists.after.within(path) if len(one) > len(path)]:
        certificate = lists.after.resolve(one, "TLS_Certificate")
        if certificate is None or not is_certificate(certificate.value):
            continue
        if is_implicit(lists.after, one):
            lists.exclude(one)
        elif (
            one is path
            or (any_certificate or fold(certificate.path) == fold(path))
            and lists.after.get(one, EXTENSIONS)
        ):
            lists.include(one)


class _Lists:
    """The lists of extensions that are requested, on top of those in force."""

    def __init__(self, after: Effective) -> None:
        self.after = after
        self._desired_of: Dict[Path, DesiredSetting] = {}

    def include(self, path: Path) -> None:
        """Request STARTTLS in a scope, unless it has it or inherits it."""
        value = self._in_force(path)
        if not has_starttls(value):
            self._desired(path, (_listed(value) or list(_USUAL)) + [WORD])

    def exclude(self, path: Path) -> None:
        """Request a list without STARTTLS, unless it has none."""
        value = self._in_force(path)
        if has_starttls(value):
            self._desired(path, [one for one in _listed(value) if not _is_word(one)] or list(_USUAL))

    def all_desired(self) -> List[DesiredSetting]:
        return list(self._desired_of.values())

    def _desired(self, path: Path, value: List[Any]) -> None:
        self._desired_of[fold(path)] = DesiredSetting(path=path, option=EXTENSIONS, value=value)

    def _in_force(self, path: Path) -> Any:
        """The list in force once the requests hold; None if there is none."""
        for place in fallback.places(path, fallback.direction(path) or fallback.INBOUND):
            if fold(place) in self._desired_of:
                return self._desired_of[fold(place)].value
            setting = self.after.get(place, EXTENSIONS) if place else None
            if setting is not None:
                return setting.value
        setting = self.after.resolve(path, EXTENSIONS)
        return None if setting is None else setting.value


def is_implicit(effective: Effective, path: Path) -> bool:
    """Tell whether TLS begins at once in a scope."""
    setting = effective.resolve(path, "Use_SSL")
    return setting is not None and parse_bool(str(setting.value)) is True


def _entrance(effective: Effective, path: Path, port: int) -> Entrance:
    begin, because = _beginning(effective, path)
    verify = effective.resolve(path, "TLS_Verify_Mode")
    asks = verify is not None and str(verify.value).lower() == "require"
    return Entrance(path, port, begin, because, asks)


def _beginning(effective: Effective, path: Path) -> Tuple[str, str]:
    """How TLS begins, or why it cannot."""
    certificate = effective.resolve(path, "TLS_Certificate")
    if certificate is None:
        return NONE, "no TLS_Certificate is set"
    if not is_certificate(certificate.value):
        return NONE, "%s:%d switches the certificate off" % (certificate.file, certificate.line)
    if is_implicit(effective, path):
        return IMPLICIT, ""
    if path[0][0].lower() in _ONLY_IMPLICIT:
        return NONE, "Use_SSL is not on, and this kind of listener begins TLS in no other way"
    extensions = effective.resolve(path, EXTENSIONS)
    if extensions is None:
        return NONE, "no SMTP_Extensions are set, which must name STARTTLS"
    if not has_starttls(extensions.value):
        return NONE, "the SMTP_Extensions of %s:%d lack STARTTLS" % (extensions.file, extensions.line)
    return STARTTLS, ""


def _listed(value: Any) -> List[Any]:
    """A value as a list; Momentum takes a single word for a list of one."""
    return list(value) if isinstance(value, (list, tuple)) else [] if value in (None, "") else [value]


def _is_word(one: Any) -> bool:
    return isinstance(one, str) and one.strip().upper() == WORD
