# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is no error, but does not do what one would think: said as warnings."""

from typing import Iterator, List, Sequence, Tuple

from ...ecconf.effective import Effective, Setting
from ...ecconf.paths import Path, format_path
from .. import inbound
from ..errors import TlsError
from ..options import BY_KEY, FIELDS, scope_of
from ..plan import Ask
from ..values.meaning import GNUTLS, Context, outdated

_OUTBOUND = frozenset(["binding", "binding_group", "domain", "global"])


def find(asks: Sequence[Ask], after: Effective, context: Context) -> List[str]:
    """Warnings on the configuration as it will be."""
    words = [word for ask in asks for word in _of_ask(ask, after) + _outdated(ask.path, after, context)]
    if context.engine == GNUTLS and any(ask.field.key in ("engine", "ciphers") for ask in asks):
        words += _ignored(after, context) + _misread(after, context)
    return list(dict.fromkeys(words))


def _of_ask(ask: Ask, after: Effective) -> List[str]:
    scope = format_path(ask.path)
    if ask.field.key == "verify" and ask.value in ("ca", "host") and after.resolve(ask.path, "TLS_CA") is None:
        return [
            "scope %s: TLS_Verify = %s needs certificates of authorities, but no TLS_CA is set" % (scope, ask.value)
        ]
    if ask.field.key == "verify_mode" and ask.value == "require" and after.resolve(ask.path, "TLS_Client_CA") is None:
        return [
            "scope %s: TLS_Verify_Mode = require needs the authorities of clients, but no TLS_Client_CA is set" % scope
        ]
    if ask.field.key == "implicit_tls" and ask.value and scope_of(ask.path) not in _OUTBOUND:
        setting = after.resolve(ask.path, "SMTP_Extensions")
        if setting is not None and inbound.has_starttls(setting.value):
            what = "scope %s: Use_SSL and STARTTLS exclude each other (page *inbound-ssl*), but %s:%d offers STARTTLS"
            return [what % (scope, setting.file, setting.line)]
    return []


def _outdated(path: Path, after: Effective, context: Context) -> List[str]:
    """Which protocols are left where outdated ones are in force: inherited, or because the target accepts that."""
    dialect = context.dialect(path)
    field = BY_KEY["ciphers" if dialect == GNUTLS else "protocols"]
    setting = after.resolve(path, field.option)
    try:
        left = "" if setting is None else outdated(field, str(setting.value), dialect, context)
    except TlsError:
        return []
    words = "scope %s: %s = %s leaves %s alone"
    return [words % (format_path(path), field.option, setting.value, left)] if setting is not None and left else []


def _ignored(after: Effective, context: Context) -> List[str]:
    what = "%s:%d: GnuTLS ignores %s; only HTTP, ECStream and XMPP listeners read it"
    return [what % (setting.file, setting.line, setting.name) for setting in ignored(after, context)]


def ignored(after: Effective, context: Context) -> List[Setting]:
    """Return the options that GnuTLS does not look at, where it is the engine."""
    names = [field.option for field in FIELDS if field.openssl]
    paths = [path for path in [()] + list(after.scopes()) if context.dialect(path) == GNUTLS]
    return [setting for path in paths for setting in (after.get(path, name) for name in names) if setting]


def _misread(after: Effective, context: Context) -> List[str]:
    what = "scope %s inherits the priority string of %s:%d, which its OpenSSL cannot read; give it ciphers of its own"
    return [what % (format_path(path), setting.file, setting.line) for path, setting in misread(after, context)]


def misread(after: Effective, context: Context) -> Iterator[Tuple[Path, Setting]]:
    """Yield the listeners whose OpenSSL would inherit a priority string of GnuTLS, with that."""
    for path in after.scopes():
        setting = after.resolve(path, "TLS_Ciphers") if context.dialect(path) != GNUTLS else None
        if setting is not None and context.dialect(setting.path) == GNUTLS:
            yield path, setting
