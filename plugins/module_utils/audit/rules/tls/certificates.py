# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of the node: whether they can be used, how long they will do, and for what."""

from datetime import datetime
from typing import Any, Callable, Iterator, List, Mapping, Sequence, Set, Tuple

from ....pki import inspection
from ....pki.errors import CertificateError
from ....pki.inventory import TRUST
from ....pki.x509 import chain, judge, keys, lifetime, names
from ...evidence import Evidence
from ...rule import CRITICAL, DISK, FAIL, HIGH, LOW, MEDIUM, PASS, UNKNOWN, Rule, Seen
from ..common import at_file, listed

Entry = Mapping[str, Any]  # of msys.momentum.certificate_info
Judge = Callable[[Entry], Tuple[str, str]]

_SERVERS = frozenset(["SMTP", "HTTP", "ECStream", "XMPP", "PostgreSQL", "web UI", "ecconfigd"])
_LONGEST = 398  # days; the most of public authorities from 2020 on, and by now they issue for less
_RSA_OF_TODAY = 3072
_ISSUE = "momentum_certificates with another source, or a certificate of your own; momentum_certificates_days and _renew_at decide its life"


def services(entry: Entry) -> Set[str]:
    """Return what a certificate is for."""
    return set(str(entry["service"]).split(", "))


def of_certificates(is_about: Callable[[Entry], bool], judged: Judge) -> Callable[[Evidence], Iterator[Seen]]:
    """Return a check that judges the certificates that something uses, without authorities. One that cannot be read is a doubt."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        for entry in evidence.certificates():
            if services(entry) == {TRUST} or not is_about(entry):
                continue
            if entry["grade"] == lifetime.UNREADABLE:
                yield _seen(entry, UNKNOWN, listed(entry["problems"], 2))
            elif not entry["is_ca"] or entry["key_path"]:
                yield _seen(entry, *judged(entry))

    return check


def _seen(entry: Entry, status: str, what: str) -> Seen:
    return at_file(entry["path"], status, what)


def _any(_entry: Entry) -> bool:
    return True


def _is_server(entry: Entry) -> bool:
    return bool(services(entry) & _SERVERS)


def _is_mail_server(entry: Entry) -> bool:
    return "SMTP" in services(entry) and bool(entry["scopes"])


# judges


def _fits(evidence: Evidence) -> Iterator[Seen]:
    for entry in evidence.certificates():
        if services(entry) == {TRUST}:
            continue
        problems = entry["problems"]
        if entry["grade"] == lifetime.UNREADABLE:
            is_doubt = all(map(inspection.is_doubtful, problems))
            yield _seen(entry, UNKNOWN if is_doubt else FAIL, listed(problems, 2))
            continue
        wrong = [one for one in problems if chain.is_problem(one) or one.startswith(entry["path"] + ": ")]
        if entry["key_fits"] is False:
            wrong.insert(0, _of_key(entry))
        if wrong:
            yield _seen(entry, FAIL, listed(wrong, 3))
        elif entry["key_fits"]:
            links = "its chain is in order" if entry["chain"] else "it comes without a chain"
            yield _seen(entry, PASS, "the key %s fits, and %s" % (entry["key_path"], links))
        elif not entry["is_ca"]:
            yield _seen(entry, UNKNOWN, "no key was found beside it")


def _of_key(entry: Entry) -> str:
    where = entry["key_path"] or entry["path"]
    return next((one for one in entry["problems"] if where in one and "key" in one), "its key cannot be used")


def _valid(entry: Entry) -> Tuple[str, str]:
    wrong = [one for one in entry["problems"] if judge.is_of_validity(one)]
    return (FAIL, listed(wrong, 3)) if wrong else (PASS, "valid until %s" % entry["not_after"])


def _fresh(entry: Entry) -> Tuple[str, str]:
    words = "%d days are left, %d%% of its life" % (entry["days_left"], round(entry["share_left"] * 100))
    return FAIL if entry["share_left"] <= lifetime.DUE_SHARE else PASS, words


def _strong(entry: Entry) -> Tuple[str, str]:
    signature = entry["signature_hash"]
    wrong = ["its key is %s" % entry["key_kind"]] if keys.is_weak(entry["key_kind"], entry["key_bits"]) else []
    if signature in judge.WEAK_SIGNATURES and not entry["self_signed"]:
        wrong.append("its signature has %s" % signature)
    wrong += [one for one in entry["problems"] if one.startswith("in the chain: ") and not judge.is_of_validity(one)]
    return (FAIL, listed(wrong, 3)) if wrong else (PASS, _kind(entry))


def _kind(entry: Entry) -> str:
    return "key %s, signature %s" % (entry["key_kind"], entry["signature_hash"] or "without a hash")


def _lasting(entry: Entry) -> Tuple[str, str]:
    is_short = entry["key_kind"].startswith("rsa-") and entry["key_bits"] < _RSA_OF_TODAY
    return FAIL if is_short else PASS, "its key is %s" % entry["key_kind"]


def _brief(entry: Entry) -> Tuple[str, str]:
    first, last = (datetime.strptime(entry[name], inspection.TIME) for name in ("not_before", "not_after"))
    days = int(round((last - first).total_seconds() / lifetime.DAY))
    return FAIL if days > _LONGEST else PASS, "it is made for %d days" % days


def _server_usage(entry: Entry) -> Tuple[str, str]:
    usages = entry["usages"]
    if usages and "server" not in usages:
        return FAIL, "servers use it, and it is for %s alone" % listed(usages)
    return PASS, "it may be used by servers"


def _known_issuer(entry: Entry) -> Tuple[str, str]:
    if entry["self_signed"]:
        return FAIL, "its own key signed it"
    return PASS, "issued by %s" % entry["issuer"]


def _is_for_programs(entry: Entry) -> bool:
    return bool(services(entry) & {"HTTP", "web UI"})


def _named(evidence: Evidence) -> Iterator[Seen]:
    found = list(of_certificates(_is_mail_server, lambda entry: (PASS, ""))(evidence))
    yield from (one for one in found if one.status == UNKNOWN)
    entries = [
        one for one in evidence.certificates() if any(one["path"] == seen.file for seen in found if seen.status == PASS)
    ]
    if not entries:
        return
    host = _host_of(evidence)
    for entry in entries:
        try:
            is_named = names.covers(entry["names"], names.canonical(host)) if "." in host else None
        except CertificateError:
            is_named = None
        if not entry["names"]:
            yield _seen(entry, FAIL, "it has no subject alternative name")
        elif is_named is None:
            yield _seen(entry, UNKNOWN, "the node calls itself %r, which is no full name" % host)
        else:
            words = "names %s" % listed(entry["names"], 3)
            yield _seen(entry, PASS if is_named else FAIL, words if is_named else "%s, and not %s" % (words, host))


def _host_of(evidence: Evidence) -> str:
    """The name by which Momentum calls itself (page 4/config/ref-hostname)."""
    setting = evidence.configuration().effective.get((), "hostname")
    return str(setting.value) if setting is not None else evidence.machine().canonical


def _trusted(evidence: Evidence) -> Iterator[Seen]:
    """The bundles of authorities that clients need; one without an entry has nothing wrong with it."""
    effective = evidence.configuration().effective
    paths = {str(one.value): one for one in effective.settings() if one.name.lower() == "tls_client_ca"}
    for path in paths:
        problems: List[str] = []
        for entry in evidence.certificates():
            problems += entry["problems"] if entry["path"] == path and TRUST in services(entry) else []
        if not problems:
            yield at_file(path, PASS, "all of its certificates are valid")
        else:
            is_doubt = all(map(inspection.is_doubtful, problems))
            yield at_file(path, UNKNOWN if is_doubt else FAIL, listed(problems, 3))


RULES: Sequence[Rule] = (
    Rule(
        "MSEC-CRT-001",
        "Certificate, key and chain belong together",
        "The daemon does not start, or does not read its configuration again, or clients cannot build the chain.",
        CRITICAL,
        (DISK,),
        _fits,
        "momentum_certificates, which makes and deploys them as a pair; or deploy the leaf first, then what issued it, with its key",
        ("page 4/config/tls-certificate", "page 4/config/tls-key", "RFC 5246 7.4.2", "NIST SP 800-53 IA-5(2)"),
    ),
    Rule(
        "MSEC-CRT-002",
        "No certificate has expired, nor one of its chain",
        "Partners who verify refuse the session, and the mail waits.",
        CRITICAL,
        (DISK,),
        of_certificates(_any, _valid),
        "playbook msys.momentum.rotate_certificates",
        (
            "page 4/config/tls-certificate",
            "page 4/executable/create-ssl-cert",
            "RFC 5280 4.1.2.5",
            "NIST SP 800-53 IA-5(2)",
        ),
    ),
    Rule(
        "MSEC-CRT-003",
        "Keys and signatures of certificates are strong",
        "A key of less than 112 bits of strength can be computed, and a signature with SHA-1 can be forged.",
        HIGH,
        (DISK,),
        of_certificates(_any, _strong),
        _ISSUE,
        ("page 4/config/tls-certificate", "NIST SP 800-52r2 3.2", "NIST SP 800-131A", "NIST SP 800-53 SC-12"),
    ),
    Rule(
        "MSEC-CRT-004",
        "Certificates of mail servers name the host",
        "Senders who verify, by MTA-STS, DANE or a policy of their own, refuse a certificate of another name.",
        MEDIUM,
        (DISK,),
        _named,
        "momentum_certificates with names, the name of the host and of its MX",
        ("page 4/config/tls-certificate", "page 4/config/ref-hostname", "RFC 9525", "RFC 8461 4.2", "NIST SP 800-177"),
    ),
    Rule(
        "MSEC-CRT-006",
        "A third of the life of each certificate is left",
        "What renews them has not done so, and nobody has noticed.",
        MEDIUM,
        (DISK,),
        of_certificates(_any, _fresh),
        "playbook msys.momentum.rotate_certificates; momentum_certificates_renew_at",
        ("page 4/executable/create-ssl-cert", "NIST SP 800-53 IA-5"),
    ),
    Rule(
        "MSEC-CRT-007",
        "No certificate is made for more than %d days" % _LONGEST,
        "A key that was copied can be used for as long, since clients of mail ask nobody whether it was revoked.",
        LOW,
        (DISK,),
        of_certificates(_any, _brief),
        "momentum_certificates_days: 90",
        ("page 4/executable/create-ssl-cert", "CA/Browser Forum SC-081v3", "NIST SP 800-57"),
    ),
    Rule(
        "MSEC-CRT-008",
        "RSA keys of certificates have at least %d bits" % _RSA_OF_TODAY,
        "Keys of 2048 bits are phased out by the authorities of Germany and the Netherlands.",
        LOW,
        (DISK,),
        of_certificates(_any, _lasting),
        "momentum_certificates: [{key_type: ec-p256, ...}], and momentum_certificates_rekey: true for one run",
        ("page 4/config/tls-key", "BSI TR-02102-2", "NCSC-NL TLS guidelines 2025-05"),
    ),
    Rule(
        "MSEC-CRT-009",
        "Certificates for programs and browsers come from an authority",
        "Whoever uses the API or the web UI gets used to accepting any certificate, that of a stranger included.",
        LOW,
        (DISK,),
        of_certificates(_is_for_programs, _known_issuer),
        "momentum_certificates_source: authority, with momentum_certificates_authority",
        ("page 4/executable/create-ssl-cert", "NIST SP 800-53 SC-17"),
    ),
    Rule(
        "MSEC-CRT-010",
        "Certificates of listeners may be used by servers",
        "Clients who verify refuse a certificate that is for clients alone.",
        MEDIUM,
        (DISK,),
        of_certificates(_is_server, _server_usage),
        "momentum_certificates: [{service: smtp, ...}]",
        ("page 4/config/tls-certificate", "RFC 5280 4.2.1.12"),
    ),
    Rule(
        "MSEC-CRT-011",
        "The authorities of clients can be read, and none has expired",
        "Clients with a certificate of an expired authority are strangers.",
        LOW,
        (DISK,),
        _trusted,
        "momentum_tls_targets with client_ca, a file with the authorities that are valid",
        ("page 4/config/tls-client-ca", "NIST SP 800-53 IA-5(2)"),
    ),
)
