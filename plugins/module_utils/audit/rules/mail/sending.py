# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS of sent mail: whether there is any, with whom, and what it protects."""

from typing import Any, Iterator, List, Mapping, Sequence, Tuple

from ....catalog import catalog
from ....console_access.listens import is_loopback
from ....ecconf.effective import Effective
from ....ecconf.paths import Path
from ....exposure.sending import sends
from ....pki import inspection
from ....pki.inventory import CLIENT
from ....security.requirements import is_on
from ....security.stanza import Stanza, declared, stanza_of
from ....tls.current import CurrentTls
from ...evidence import Evidence, FileFacts
from ...rule import DECLARED, DISK, FAIL, HIGH, LOW, MEDIUM, MTA, PASS, UNKNOWN, Applies, Rule, Seen
from ..common import at_file, listed, of_exposure
from ..tls.certificates import of_certificates, services
from ..tls.inbound import NIST_TRANSIT, OLD, SSL, is_broken, without_ciphers, without_protocols
from ..tls.scopes import NAMES, Together, Verdict, encrypted, is_true, of_scopes, sending, together

_CREDENTIALS = ("Outbound_SMTP_Auth_User", "Outbound_SMTP_Auth_Pass")
_HTTP = "HTTP_Basic_Auth"
_CHECKED = ("ca", "host")
_NEW = Applies("4.8", daemons=MTA.daemons)


def _of(evidence: Evidence, options: Sequence[str], names: Sequence[str] = ()) -> List[Together]:
    """The global scope and those that set one of some names (all options, if there are none), by the assignments of the options."""
    now = evidence.configuration()
    return together(now.effective, now.configuration.main, sending(now.effective, *(names or options)), options)


def _verified(evidence: Evidence) -> Iterator[Seen]:
    for one in _of(evidence, ["TLS", "TLS_Verify", "TLS_Ifavailable_Fallback"]):
        mode, is_checked = one.value(0), one.value(1) in _CHECKED
        if mode == "required":
            words = "TLS is required, and certificates are verified (%s)" % one.value(1)
            yield one.seen(*((PASS, words) if is_checked else (FAIL, "TLS is required, with whoever answers")))
        elif mode == "ifavailable" and is_checked:
            falls = _has_fallback(evidence.host.version) and is_true(one.settings[2], True)
            words = "certificates are verified (%s), and mail " % one.value(1)
            how = "goes in clear where no TLS can be negotiated" if falls else "waits where no TLS can be negotiated"
            yield one.seen(FAIL if falls else PASS, words + how)


def _has_fallback(version: str) -> bool:
    return not version or catalog.available(catalog.entries("TLS_Ifavailable_Fallback")[0], version) is not False


# authorities


def _authorities(evidence: Evidence) -> Iterator[Seen]:
    files: List[str] = []
    for one in _of(evidence, ["TLS_CA", "TLS_Verify", "Use_MTA_STS"]):
        needs = one.value(1) in (*_CHECKED, "optional") or is_true(one.settings[2])
        if needs and one.settings[0] is None:
            yield one.seen(FAIL, "certificates are verified, and no TLS_CA is set")
        elif needs and one.settings[0] is not None:
            files.append(str(one.settings[0].value))
    for path in dict.fromkeys(files):
        yield at_file(path, *_bundle(evidence, path))


def _bundle(evidence: Evidence, path: str) -> Verdict:
    """What is wrong with a file of authorities."""
    entries = [entry for entry in evidence.certificates() if entry["path"] == path]
    problems = [problem for entry in entries for problem in entry["problems"]]
    if problems:
        return UNKNOWN if all(map(inspection.is_doubtful, problems)) else FAIL, listed(problems, 3)
    facts = evidence.file(path)
    if facts is None:
        return FAIL, "it does not exist"
    return _readable(facts, stanza_of(declared(evidence.configuration().effective)))


def _readable(facts: FileFacts, stanza: Stanza) -> Verdict:
    """Whether the account of the daemon can read a file."""
    groups = [stanza.group] if stanza.group else []
    names = ["everybody", "user %s" % stanza.user] + [
        "group %s" % one for one in groups + list(stanza.supplemental_groups or [])
    ]
    if stanza.user == "root" or facts.readers & set(names):
        return PASS, "the daemon can read it, and its certificates are valid"
    if stanza.user is None or (stanza.group is None and any(one.startswith("group ") for one in facts.readers)):
        return UNKNOWN, "whether the daemon can read it is not known (mode %04o)" % facts.mode
    return FAIL, "%s cannot read it (mode %04o, %s:%s)" % (stanza.user, facts.mode, facts.owner, facts.group)


# DANE and MTA-STS


def _authenticated(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.configuration()
    if not sends(now.effective):
        return
    has_module = _has_dane(now.effective)
    dane = [one for one in _of(evidence, ["Use_DANE", "Enable_DANE"]) if is_true(one.settings[0])]
    sts = [one for one in _of(evidence, ["Use_MTA_STS", "Enable_MTA_STS", "TLS_CA"]) if is_true(one.settings[0])]
    if not dane and not sts:
        what = "the stanza dane is there, and Use_DANE is off" if has_module else "neither DANE nor MTA-STS is used"
        yield Together(now.effective, now.configuration.main, [()], []).seen(FAIL, what)
    for one in dane:
        what = "" if has_module else "Use_DANE is on, and there is no stanza dane"
        what = what or ("" if is_true(one.settings[1], True) else "Use_DANE is on, and Enable_DANE is off")
        yield one.seen(FAIL if what else PASS, what or "DANE is used")
    for one in sts:
        what = "" if is_true(one.settings[1], True) else "Use_MTA_STS is on, and Enable_MTA_STS is off"
        what = what or ("" if one.settings[2] is not None else "Use_MTA_STS is on, and no TLS_CA is set")
        yield one.seen(FAIL if what else PASS, what or "MTA-STS is used")
    if dane and has_module:
        yield from _validating(evidence)


def _has_dane(effective: Effective) -> bool:
    return any(is_on(effective, path) for path in effective.scopes("dane"))


def _validating(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.resolver()
    if found.because:
        yield Seen(UNKNOWN, DISK, "the file of name servers: %s" % found.because, found.file)
    for one in found.servers:
        doubt = "the name server %s does not validate DNSSEC: %s" % (one.address, one.because)
        yield Seen(
            FAIL if one.because else PASS,
            DISK,
            doubt if one.because else "%s validates DNSSEC" % one.address,
            found.file,
        )


def _on_the_node(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.configuration()
    if not _has_dane(now.effective) or not any(is_true(one.settings[0]) for one in _of(evidence, ["Use_DANE"])):
        return
    found = evidence.resolver()
    if found.because:
        yield Seen(UNKNOWN, DISK, "the file of name servers: %s" % found.because, found.file)
    for one in found.servers:
        is_here = is_loopback("[%s]:53" % one.address if ":" in one.address else one.address + ":53")
        words = (
            "the name server %s is on the node" if is_here else "answers of the name server %s come over the network"
        )
        yield Seen(PASS if is_here else FAIL, DISK, words % one.address, found.file)


# certificates and passwords that are shown to others


def _is_client(entry: Mapping[str, Any]) -> bool:
    return CLIENT in services(entry)


def _client_usage(entry: Mapping[str, Any]) -> Verdict:
    usages = entry["usages"]
    if usages and "client" not in usages:
        return FAIL, "it is shown to other servers, and is for %s alone" % listed(usages)
    return PASS, "it may be used by clients"


def _credentials(evidence: Evidence) -> Iterator[Seen]:
    yield from _passwords(evidence, _CREDENTIALS, FAIL, "a password is sent, and TLS is not required")
    words = "a password is sent over HTTP, and no page says whether that is encrypted"
    yield from _passwords(evidence, (_HTTP,), UNKNOWN, words)


def _passwords(evidence: Evidence, options: Sequence[str], otherwise: str, what: str) -> Iterator[Seen]:
    for one in _of(evidence, ["TLS", *options], options):
        if any(one.settings[1:]):
            is_required = one.value() == "required"
            status, words = (PASS, "a password is sent, and TLS is required") if is_required else (otherwise, what)
            yield one._replace(settings=one.settings[1:]).seen(status, words)


# what is negotiated


def _opportunistic(tls: CurrentTls) -> List[Path]:
    return [path for path in encrypted(tls) if _falls_back(tls, path)]


def _falls_back(tls: CurrentTls, path: Path) -> bool:
    mode = tls.effective.resolve(path, "TLS")
    return (
        mode is not None
        and str(mode.value).lower() == "ifavailable"
        and is_true(tls.effective.resolve(path, "TLS_Ifavailable_Fallback"), True)
    )


def _keeps_tls_1_2(tls: CurrentTls, path: Path) -> Verdict:
    names = tls.in_force(path)["protocols"]
    what = "%s can be negotiated, and else mail goes in clear" % (listed(names) or "no protocol")
    return (PASS if "TLSv1.2" in names else FAIL), what


_TLS: Tuple[str, ...] = ("page 4/config/ref-tls", NIST_TRANSIT)

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-OUT-001",
        "Mail is sent over TLS where the other side offers it",
        "The default of the vendor sends all mail in clear; whoever is on the way reads and changes it.",
        HIGH,
        (DECLARED,),
        of_exposure("outbound_without_tls", otherwise="TLS is on for sent mail"),
        "momentum_outbound_tls: {policy: opportunistic}",
        (*_TLS, "RFC 7435", "NIST SP 800-177"),
        MTA,
    ),
    Rule(
        "MSEC-OUT-002",
        "Where TLS is required or verified, neither a stranger nor plaintext will do",
        "Encryption to whoever answers keeps nobody out who stands between both servers, and a broken handshake must not end in clear.",
        MEDIUM,
        (DECLARED,),
        _verified,
        "momentum_outbound_tls: {domains: [{domain: partner.example, policy: required, verify: host}]} with ca, or fallback: false",
        (*_TLS, "page 4/config/tls-verify", "page 4/config/tls-ifavailable-fallback", "NIST SP 800-53 IA-3"),
        MTA,
    ),
    Rule(
        "MSEC-OUT-003",
        "The authorities by which servers are verified are there, valid, and readable for the daemon",
        "Without them each verification fails, or is left out, and MTA-STS cannot work.",
        MEDIUM,
        (DECLARED, DISK),
        _authorities,
        "momentum_outbound_tls: {ca: /etc/pki/tls/certs/ca-bundle.crt}",
        ("page 4/config/tls-ca", "page 4/config/tls-verify", "page 4/mta-sts", "NIST SP 800-53 IA-5(2)"),
        MTA,
    ),
    Rule(
        "MSEC-OUT-004",
        "DANE or MTA-STS is used, and has all that it needs",
        "Only these tell from outside that a server has TLS; without them whoever takes the offer away gets the mail in clear.",
        MEDIUM,
        (DECLARED, DISK),
        _authenticated,
        "momentum_outbound_tls: {policy: opportunistic, dane: true, mta_sts: true, ca: ...}",
        (
            "page 4/modules/dane",
            "page 4/config/use-dane",
            "page 4/mta-sts",
            "RFC 7672",
            "RFC 8461",
            "NIST SP 800-177",
            "NIST SP 800-53 SC-21",
        ),
        _NEW,
    ),
    Rule(
        "MSEC-OUT-005",
        "Certificates that are shown to other servers may be used by clients",
        "Public authorities no longer issue certificates for clients; partners who ask for one refuse that of a server.",
        MEDIUM,
        (DISK,),
        of_certificates(_is_client, _client_usage),
        "momentum_certificates: [{service: outbound, source: authority, ...}], or momentum_tls_targets with certificate: none",
        ("page 4/config/tls-certificate", "RFC 5280 4.2.1.12"),
        MTA,
    ),
    Rule(
        "MSEC-OUT-006",
        "Passwords are sent over TLS alone",
        "Whoever is on the way reads the password, or takes the offer of TLS away first.",
        HIGH,
        (DECLARED,),
        _credentials,
        "momentum_outbound_tls: {domains: [{domain: ..., policy: required}]} for the domain of the relay",
        (
            "page 4/modules/outbound-smtp-auth",
            "page 4/config/ref-http-basic-auth",
            "RFC 4954",
            "NIST SP 800-53 IA-5(1)",
        ),
        MTA,
    ),
    Rule(
        "MSEC-OUT-007",
        "Mail is not sent over SSL, TLS 1.0 or TLS 1.1",
        "They are deprecated for clients too: whoever is on the way can bring both sides down to the oldest one that they share.",
        MEDIUM,
        (DECLARED,),
        of_scopes(encrypted, NAMES, without_protocols(SSL | OLD)),
        "momentum_outbound_tls: {minimum: TLSv1.2}",
        ("page 4/config/tls-protocols", "RFC 8996", "RFC 9325", NIST_TRANSIT),
        MTA,
    ),
    Rule(
        "MSEC-OUT-008",
        "Mail is not sent with suites that are broken, or without encryption or authentication",
        "Such a session only looks like an encrypted one.",
        HIGH,
        (DECLARED,),
        of_scopes(encrypted, NAMES, without_ciphers(is_broken)),
        "momentum_tls_profile: mozilla-intermediate, and momentum_tls_purge: true for scopes with values of their own",
        ("page 4/config/tls-ciphers", "RFC 7465", "RFC 9325", "NIST SP 800-53 SC-13"),
        MTA,
    ),
    Rule(
        "MSEC-OUT-009",
        "The name servers that DANE relies on are on the node",
        "Nothing protects the answer of a validating name server on its way, so that whoever is on it can forge what DANE believes.",
        LOW,
        (DISK,),
        _on_the_node,
        "momentum_settings: [{option: resolv_conf, value: ...}], a file with nameserver 127.0.0.1, and a validating resolver there",
        ("page 4/modules/dane", "page 4/config/ref-resolv-conf", "RFC 7672", "NIST SP 800-53 SC-21"),
        _NEW,
    ),
    Rule(
        "MSEC-OUT-010",
        "Mail that may go in clear can go over TLS 1.2",
        "Servers that know nothing newer than TLS 1.2 get their mail in clear where TLS 1.3 alone is left.",
        MEDIUM,
        (DECLARED,),
        of_scopes(_opportunistic, ("TLS", "TLS_Ifavailable_Fallback", *NAMES), _keeps_tls_1_2),
        "momentum_outbound_tls: {minimum: TLSv1.2}, or fallback: false",
        ("page 4/config/tls-ifavailable-fallback", "page 4/config/tls-protocols", "RFC 7435"),
        MTA,
    ),
)
