# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings in narrower scopes that would undo what a target asks for, found by meaning and not by text.

A global cipher list is worth nothing to the one domain of the one binding that sets its own; whoever reads the global
value, or tests the main listener, does not see that.
"""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from ...catalog import catalog
from ...ecconf.effective import Effective, Setting
from ...ecconf.paths import Path, format_path
from ...ecconf.syntax.atoms import parse_bool
from ..errors import TlsError
from ..options import Field, scope_of
from ..plan import Ask
from ..targets import fold
from ..values import priority
from ..values.ciphers import security_level
from ..values.meaning import GNUTLS, Context, cipher_list, protocol_set, suite_list
from .precedence import Candidates, Precedence

_LEVEL = 2  # the security level where a list of ciphers sets none
_SHOWN = 4  # names in an explanation; the rest is counted

# From the weakest word to the strongest (pages *starttls_injection_policy*, *tls_verify*, *tls_verify_mode*, *tls*).
_STRENGTH = {
    "starttls_injection": ("allow", "ignore", "reject"),
    "verify": ("no", "optional", "ca", "host"),
    "verify_mode": ("none", "require"),
    "tls": ("no", "ifavailable", "required"),
}
# What is in force where nothing is set, as far as that is documented (pages of the options).
_DEFAULTS = {
    "protocols": "+ALL",
    "ciphers": "DEFAULT",
    "renegotiation": "true",
    "starttls_injection": "reject",
    "verify": "no",
    "verify_mode": "none",
    "tls": "no",
    "ifavailable_fallback": "true",
    "use_dane": "false",
    "enable_dane": "true",
    "use_mta_sts": "false",
    "enable_mta_sts": "true",
}
# The value that is the weaker one of the two.
_WEAK_SWITCH = {
    "renegotiation": True,
    "ifavailable_fallback": True,
    "use_dane": False,
    "enable_dane": False,
    "use_mta_sts": False,
    "enable_mta_sts": False,
}


class Weaker(NamedTuple):
    """A setting that is weaker than what a target asks for around it.

    `targeted` if the task is about that very scope too; `removable` if it is clear that without it something stronger is
    in force.
    """

    path: Path
    option: str
    value: str
    file: str
    line: int
    because: str
    targeted: bool
    removable: bool = True

    @property
    def purgeable(self) -> bool:
        """Whether a purge takes it away."""
        return self.removable and not self.targeted

    @property
    def remedy(self) -> str:
        """What becomes of it, or what to do."""
        if self.purgeable:
            return "purge (roles: momentum_tls_purge) removes it"
        if self.targeted:
            return "purge leaves it, because the task asks for something in this very scope; change it there"
        return "purge leaves it; give this scope a target of its own (roles: momentum_tls_targets)"


def find(asks: Sequence[Ask], effective: Effective, context: Context) -> List[Weaker]:
    """All weaker settings, in the order in which their scopes are opened."""
    by_field: Dict[Field, List[Ask]] = {}
    for ask in asks:
        if ask.value is not None and ask.field.key in _JUDGES:
            by_field.setdefault(ask.field, []).append(ask)
    targeted = {fold(path) for ask in asks for path in ask.target.paths}
    search = _Search(effective, context, Precedence(effective))
    candidates = {
        field: Candidates(search.precedence, [ask.path for ask in requested]) for field, requested in by_field.items()
    }
    found: List[Weaker] = []
    for path in effective.scopes() if by_field else ():
        for field in by_field:
            if _counts(field, path):
                requested = [by_field[field][number] for number in candidates[field].of(path)]
                setting = effective.get(path, field.option)
                weaker = search.hidden(path, requested) if setting is None else search.judge(setting, requested)
                if weaker is not None:
                    found.append(weaker._replace(targeted=fold(path) in targeted))
    return found


def _counts(field: Field, path: Path) -> bool:
    """Whether Momentum looks at the option in that scope at all."""
    scope = scope_of(path)
    return catalog.lookup(field.option, scope) is not None and catalog.recognised(field.option, scope)


class _Search(NamedTuple):
    effective: Effective
    context: Context
    precedence: Precedence

    def judge(self, setting: Setting, requested: Sequence[Ask]) -> Optional[Weaker]:
        """The setting as a weakness against the first of the asks that it undoes."""
        for ask in requested:
            if not self.precedence.beats(setting.path, ask.path):
                continue
            try:
                because, readable = undoes(ask, str(setting.value), setting.path, self.context), True
            except TlsError as error:
                because, readable = "it cannot be read: %s" % error, False
            if because:
                words = "%s, unlike scope %s" % (because, format_path(ask.path))
                name, value = ask.field.option, str(setting.value)
                return Weaker(setting.path, name, value, setting.file, setting.line, words, False, readable)
        return None

    def hidden(self, path: Path, requested: Sequence[Ask]) -> Optional[Weaker]:
        """A scope that sets nothing, and keeps away from its traffic what the wider one in its place sets."""
        for ask in requested:
            if not self.precedence.replaces(path, ask.path):
                continue
            setting = self.effective.resolve(path, ask.field.option)
            value = _DEFAULTS.get(ask.field.key, "") if setting is None else str(setting.value)
            try:
                because = undoes(ask, value, path, self.context)
            except TlsError as error:
                because = "what is in force cannot be read: %s" % error
            if because:
                file, line = self.effective.where(path)[-1]
                words = "it is in the place of scope %s and sets nothing itself, so that %s" % (
                    format_path(ask.path),
                    because,
                )
                return Weaker(path, ask.field.option, value, file, line, words, False, False)
        return None


def undoes(ask: Ask, value: str, path: Path, context: Context) -> str:
    """In which way a value is weaker than what is requested, empty if it is not; TlsError if it cannot be read."""
    return _JUDGES[ask.field.key](ask, value, context, context.dialect(path) == GNUTLS)


Judge = Callable[[Ask, str, Context, bool], str]


def _protocols(ask: Ask, value: str, context: Context, gnutls: bool) -> str:
    if gnutls:
        return ""  # GnuTLS ignores the option
    more = protocol_set(value, context) - protocol_set(str(ask.value), context)
    if more and more <= context.openssl.forbidden:
        return "%s, which only the configuration of this node's OpenSSL forbids" % _more(
            "it also permits", sorted(more)
        )
    return _more("it also speaks", sorted(more))


def _ciphers(ask: Ask, value: str, context: Context, gnutls: bool) -> str:
    requested = str(ask.value)
    if gnutls:
        speaks, version = priority.protocols, context.version
        return _more("it also speaks", sorted(speaks(value, version) - speaks(requested, version)))
    strong = set(cipher_list(requested, context))
    more = _more("it also offers", [name for name in cipher_list(value, context) if name not in strong])
    return more or _lowers(security_level(value), security_level(requested))


def _lowers(level: Optional[int], requested: Optional[int]) -> str:
    """Whether a list lowers the security level; that of a library is 2 in most distributions."""
    if (_LEVEL if level is None else level) >= (_LEVEL if requested is None else requested):
        return ""
    return "it lowers the security level to %s" % ("that of the library" if level is None else level)


def _suites(ask: Ask, value: str, _context: Context, gnutls: bool) -> str:
    strong = set(suite_list(str(ask.value)))
    return "" if gnutls else _more("it also offers", [name for name in suite_list(value) if name not in strong])


def _switch(ask: Ask, value: str, _context: Context, _gnutls: bool) -> str:
    weak = _WEAK_SWITCH[ask.field.key]
    return "it is %s" % value if parse_bool(value) is weak and ask.value is not weak else ""


def _word(ask: Ask, value: str, _context: Context, _gnutls: bool) -> str:
    order = _STRENGTH[ask.field.key]
    given, requested = value.lower(), str(ask.value).lower()
    if given not in order or requested not in order:
        return ""
    return "it is %s" % value if order.index(given) < order.index(requested) else ""


_JUDGES: Dict[str, Judge] = {
    "protocols": _protocols,
    "ciphers": _ciphers,
    "ciphersuites": _suites,
    **{key: _switch for key in _WEAK_SWITCH},
    **{key: _word for key in _STRENGTH},
}


def _more(words: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    rest = len(names) - _SHOWN
    return "%s %s%s" % (words, ", ".join(names[:_SHOWN]), " and %d more" % rest if rest > 0 else "")
