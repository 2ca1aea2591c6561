# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificates a node has: those that a task names, those that the configuration names, those of the product.

Pure: directories are looked into through a function, so that the outcome can be tested without a node.
"""

from typing import TYPE_CHECKING, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from ..ecconf.effective import Effective, Setting
    from ..ecconf.paths import Path

Glob = Callable[[str], List[str]]

UNUSED = ("", "none")  # `none` means that no certificate is used (page 4/config/tls-certificate)

SUFFIXES = (".crt", ".pem", ".cer", ".cert")


class CertificateFile(NamedTuple):
    """A certificate file, the file of its key (empty: beside it, or within it), what uses it, whether it has to exist, and whether
    it is a bundle of trusted authorities, of which only what has expired matters."""

    path: str
    key: str
    services: Tuple[str, ...] = ()
    scopes: Tuple[str, ...] = ()
    expected: bool = True
    trust: bool = False


# Where the product's installers and pages put certificates: pages Install (security), executable.ecconfigd,
# create_ssl_cert, release notes 5.2; the last two are PostgreSQL's own directories on Red Hat systems and of the PGDG packages.
PRODUCT = (
    ("/var/db/msyspg/server", "PostgreSQL"),
    ("/opt/msys/3rdParty/share/postgresql/server", "PostgreSQL"),
    ("/opt/msys/ecwebui/config/site/server", "web UI"),
    ("/var/ecconfigd/apache/server", "ecconfigd"),
    ("/var/lib/pgsql/data/server", "PostgreSQL"),
    ("/var/lib/pgsql/*/data/server", "PostgreSQL"),
)

CLIENT = "SMTP client"
TRUST = "trusted authorities"
_TRUST_OPTIONS = ("TLS_CA", "TLS_Client_CA")

_SERVICES = {
    "esmtp_listener": "SMTP",
    "ecstream_listener": "ECStream",
    "http_listener": "HTTP",
    "xmpp_listener": "XMPP",
    "pathway": "SMTP",
    "pathway_group": "SMTP",
    "event_hose": "event hose",
    "binding": CLIENT,
    "binding_group": CLIENT,
    "domain": CLIENT,
    "host": CLIENT,
}


def places(named: Iterable[str], effective: "Optional[Effective]", product: bool, glob: Glob) -> List[CertificateFile]:
    """All places of a node, each pair of files once, in the order of their paths.

    named: paths and patterns of the task; effective: the configuration in force, if it counts; product: whether the
    documented places of the product are looked into; glob: finds the files that match a pattern.
    """
    found = [place for pattern in named for place in _named(pattern, glob)]
    found += configured(effective) if effective is not None else []
    found += [place for stem, service in PRODUCT if product for place in _product(stem, service, glob)]
    return merged(found)


def is_pattern(path: str) -> bool:
    """Whether a path stands for whatever matches it."""
    return any(character in path for character in "*?[")


def _named(pattern: str, glob: Glob) -> List[CertificateFile]:
    if not is_pattern(pattern):
        return [CertificateFile(pattern, "")]
    # A pattern such as `*` also meets keys and requests; only what is called a certificate is taken.
    return [CertificateFile(path, "") for path in glob(pattern) if path.endswith(SUFFIXES)]


def _product(stem: str, service: str, glob: Glob) -> List[CertificateFile]:
    """The pairs of a documented place. Its key is named where its directory is, and looked for beside it elsewhere."""
    if is_pattern(stem):
        return [CertificateFile(path, "", (service,), (), False) for path in glob(stem + ".crt")]
    return [CertificateFile(stem + ".crt", stem + ".key", (service,), (), False)]


def configured(effective: "Effective") -> List[CertificateFile]:
    """The certificates that the configuration in force names, with the key that goes with each by the documented fallback.

    A scope that sets only one of TLS_Certificate and TLS_Key uses it with the other one's inherited value.
    """
    from ..ecconf.paths import format_path

    found: List[CertificateFile] = []
    for path in _scopes(effective, ("tls_certificate", "tls_key")):
        certificate, key = (_resolved(effective, path, option) for option in ("TLS_Certificate", "TLS_Key"))
        if certificate.lower() not in UNUSED:
            key = "" if key.lower() in UNUSED else key
            found.append(CertificateFile(certificate, key, (_service(path),), (format_path(path),)))
    return found + list(_trusted(effective))


def _trusted(effective: "Effective") -> "Iterator[CertificateFile]":
    """The bundles of authorities that the configuration names, with each scope that does."""
    from ..ecconf.paths import format_path

    for option in _TRUST_OPTIONS:
        for path in _scopes(effective, (option.lower(),)):
            bundle = _resolved(effective, path, option)
            if bundle.lower() not in UNUSED:
                yield CertificateFile(bundle, "", (TRUST,), (format_path(path),), trust=True)


def _scopes(effective: "Effective", names: Sequence[str]) -> "List[Path]":
    """The scopes that set one of the options (lower case), in load order, each once."""
    settings: "Iterable[Setting]" = effective.settings()
    return list(dict.fromkeys(setting.path for setting in settings if setting.name.lower() in names))


def _resolved(effective: "Effective", path: "Path", option: str) -> str:
    setting = effective.resolve(path, option)
    return "" if setting is None or not isinstance(setting.value, str) else setting.value


def _service(path: "Path") -> str:
    """What a scope's certificate is for; the global one serves inbound and outbound mail."""
    return _SERVICES.get(path[0][0].lower(), path[0][0]) if path else "SMTP"


def merged(found: Sequence[CertificateFile]) -> List[CertificateFile]:
    """Each pair of files once, with everything that uses it; sorted by path.

    A place that no scope of the configuration names, without a key of its own, is the same one as the first place of that path with
    a key.
    """
    first_keys: Dict[str, str] = {}
    for place in found:
        if place.key:
            first_keys.setdefault(place.path, place.key)
    pairs: Dict[Tuple[str, str], List[CertificateFile]] = {}
    for place in found:
        key = place.key or ("" if place.scopes else first_keys.get(place.path, ""))
        pairs.setdefault((place.path, key), []).append(place)
    return [_united(pairs[pair], *pair) for pair in sorted(pairs)]


def _united(alike: Sequence[CertificateFile], path: str, key: str) -> CertificateFile:
    services = dict.fromkeys(service for place in alike for service in place.services)
    scopes = dict.fromkeys(scope for place in alike for scope in place.scopes)
    expected, trust = any(place.expected for place in alike), all(place.trust for place in alike)
    return CertificateFile(path, key, tuple(services), tuple(scopes), expected, trust)


def keys_beside(path: str) -> List[str]:
    """Where the key of a certificate is looked for if nothing names it: server.crt, server.key; then the file itself."""
    stem = next((path[: -len(suffix)] for suffix in SUFFIXES if path.endswith(suffix)), path)
    return [stem + ".key", path]
