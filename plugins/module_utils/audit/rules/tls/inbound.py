# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS as clients meet it: protocols, suites, groups, and where it begins."""

import re
from typing import Callable, FrozenSet, Iterator, List, Sequence

from ....catalog import catalog
from ....ecconf.effective import Setting
from ....ecconf.paths import Path, format_path
from ....tls.checks import advice
from ....tls.current import CurrentTls
from ....tls.errors import TlsError
from ....tls.files import dhparams
from ....tls.inbound import IMPLICIT, NONE, STARTTLS, Entrance
from ....tls.options import BY_KEY, scope_of
from ....tls.values import groups, protocols
from ....tls.values.ciphers import security_level
from ....tls.values.meaning import GNUTLS, OPENSSL, flaw, protocol_set
from ...evidence import Evidence
from ...rule import (
    CRITICAL,
    DECLARED,
    DISK,
    FAIL,
    HIGH,
    INFO,
    LOW,
    MEDIUM,
    MTA,
    PASS,
    PROCESS,
    UNKNOWN,
    Applies,
    Rule,
    Seen,
)
from ..common import listed, of_exposure, of_lint
from .scopes import (
    NAMES,
    VERIFIED_PEER,
    Together,
    Verdict,
    ciphers,
    encrypted,
    has_dhe,
    is_finite,
    is_true,
    of_scopes,
    public,
    served,
    together,
)

SSL = frozenset(["SSLv2", "SSLv3"])
OLD = frozenset(["TLSv1.0", "TLSv1.1"])
MODERN = "TLSv1.3"
_PROFILE = (
    "momentum_tls_profile: mozilla-intermediate, and momentum_tls_purge: true for scopes with values of their own"
)
_MOST_AUTHORITIES = 10  # a bundle of public authorities has more than a hundred, one of an organisation a few
_LEAST_LEVEL = 2  # 112 bits, SSL_CTX_set_security_level(3)
_SMTP_PORT, _SMTPS_PORT = 25, 465

# Names of suites as OpenSSL writes them.
_FORWARD_SECRET = re.compile(r"(?:EXP-)?(?:ECDHE|DHE|EDH|ADH|AECDH)-")
BROKEN = re.compile(r"(?:^|-)(?:NULL|ADH|AECDH|EXP|EXP1024|RC2|RC4|DES|3DES|IDEA|MD5)(?:-|$)")
_AEAD = re.compile(r"GCM|CCM|CHACHA20|POLY1305")
_CCM_8 = re.compile(r"CCM_?8")

NIST_TRANSIT = "NIST SP 800-53 SC-8(1)"


# what a scope negotiates


def without_protocols(bad: FrozenSet[str]) -> Callable[[CurrentTls, Path], Verdict]:
    """Return a judge by whom a scope must not negotiate some protocols."""

    def judge(tls: CurrentTls, path: Path) -> Verdict:
        names = frozenset(tls.in_force(path)["protocols"])
        if names & bad:
            return FAIL, "%s can be negotiated" % protocols.in_words(names & bad)
        kept = protocols.in_words(names) or "no protocol"
        policy = _by_policy_alone(tls, path) & bad
        because = ", and the configuration of OpenSSL alone forbids %s" % protocols.in_words(policy) if policy else ""
        return PASS, "%s can be negotiated%s" % (kept, because)

    return judge


def _by_policy_alone(tls: CurrentTls, path: Path) -> FrozenSet[str]:
    if tls.context.dialect(path) == GNUTLS:
        return frozenset()
    setting = tls.effective.resolve(path, "TLS_Protocols")
    return protocol_set("" if setting is None else str(setting.value), tls.context) & tls.context.openssl.forbidden


def _modern(tls: CurrentTls, path: Path) -> Verdict:
    names = frozenset(tls.in_force(path)["protocols"])
    return PASS if MODERN in names else FAIL, "%s can be negotiated" % (protocols.in_words(names) or "no protocol")


def without_ciphers(is_bad: Callable[[str], bool]) -> Callable[[CurrentTls, Path], Verdict]:
    """Return a judge by whom a scope must not negotiate some suites of TLS 1.2 and older."""

    def judge(tls: CurrentTls, path: Path) -> Verdict:
        names = ciphers(tls, path)
        if names is None:
            return UNKNOWN, "GnuTLS alone knows the suites of its priority string"
        bad = [name for name in names if is_bad(name)]
        if bad:
            return FAIL, "offers %s" % listed(bad)
        return PASS, "none of the %d suites of TLS 1.2 and older is one of them" % len(names)

    return judge


def _is_static(name: str) -> bool:
    return _FORWARD_SECRET.match(name) is None


def is_broken(name: str) -> bool:
    """Whether a suite encrypts with nothing, or with what is broken, or knows nobody."""
    return BROKEN.search(name) is not None


def _is_sha1_cbc(name: str) -> bool:
    return _AEAD.search(name) is None and name.endswith("-SHA") and not is_broken(name)


def _is_sha2_cbc(name: str) -> bool:
    return _AEAD.search(name) is None and name.endswith(("-SHA256", "-SHA384"))


def _finite(tls: CurrentTls, path: Path) -> Verdict:
    if not any(name.startswith("ECDHE-") for name in tls.context.openssl.names()):
        return PASS, "%s has no ECDHE, so that DHE alone has forward secrecy" % tls.context.openssl.text
    return without_ciphers(is_finite)(tls, path)


def _short_tags(tls: CurrentTls, path: Path) -> Verdict:
    names = ciphers(tls, path)
    if names is None:
        return UNKNOWN, "GnuTLS alone knows the suites of its priority string"
    bad = [name for name in names + tls.in_force(path)["suites"] if _CCM_8.search(name)]
    return (FAIL, "offers %s" % listed(bad)) if bad else (PASS, "no suite with a tag of 8 octets")


# values, wherever they are


def _assignments(tls: CurrentTls, *keys: str) -> Iterator[Setting]:
    """All assignments in force of some options, where Momentum looks at them."""
    names = {BY_KEY[key].option.lower() for key in keys}
    for one in tls.effective.settings():
        if one.name.lower() in names and catalog.recognised(one.name, scope_of(one.path)):
            yield one


def _at(setting: Setting, status: str, what: str, remedy: str = "") -> Seen:
    words = "%s: %s: %s" % (format_path(setting.path), setting.name, what)
    return Seen(status, DECLARED, words, setting.file, setting.line, remedy)


def _tokens(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    fields = {BY_KEY[key].option.lower(): BY_KEY[key] for key in ("protocols", "ciphers", "ciphersuites")}
    for one in _assignments(tls, "protocols", "ciphers", "ciphersuites"):
        field = fields[one.name.lower()]
        if field.openssl and tls.context.dialect(one.path) == GNUTLS:
            continue  # it is ignored, which is another rule
        error = flaw(field, str(one.value), tls.context.dialect(one.path), tls.context)
        if error is None:
            yield _at(one, PASS, "every token is known")
        else:
            yield _at(one, FAIL, "%r %s" % (error.subject, error.reason), error.remedy)


def _dialect(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in advice.ignored(tls.effective, tls.context):
        yield _at(one, FAIL, "GnuTLS, the engine in force, ignores it")
    for path, one in advice.misread(tls.effective, tls.context):
        yield _at(one, FAIL, "%s inherits this priority string, and has OpenSSL" % format_path(path))
    for one in _assignments(tls, "ciphers"):
        own = tls.context.dialect(one.path)
        other = OPENSSL if own == GNUTLS else GNUTLS
        wrong = flaw(BY_KEY["ciphers"], str(one.value), own, tls.context)
        if wrong is not None and flaw(BY_KEY["ciphers"], str(one.value), other, tls.context) is None:
            yield _at(one, FAIL, "the value is one for %s, and %s reads it" % (other, own))
        else:
            yield _at(one, PASS, "the value is in the words of %s" % own)


def _levels(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in _assignments(tls, "ciphers"):
        level = security_level(str(one.value)) if tls.context.dialect(one.path) == OPENSSL else None
        if level is not None:
            yield _at(one, PASS if level >= _LEAST_LEVEL else FAIL, "the security level is %d" % level)


# groups and parameters


def _curves(evidence: Evidence) -> Iterator[Setting]:
    """The groups that are named; none where nothing reads them."""
    tls = evidence.tls()
    setting = tls.effective.resolve((), "TLS_EC_Curve_Names")
    if setting is not None and _with_openssl(tls):
        yield setting


def _with_openssl(tls: CurrentTls) -> bool:
    return any(tls.context.dialect(path) == OPENSSL for path in served(tls) + encrypted(tls))


def _strong_groups(evidence: Evidence) -> Iterator[Seen]:
    known = groups.normal(":".join(groups.KNOWN))
    for one in _curves(evidence):
        try:
            groups.check_form(str(one.value), evidence.tls().context.version)
        except TlsError as error:
            yield _at(one, FAIL, "the value %s" % error.reason, error.remedy)
            continue
        weak = [name for name in groups.split(str(one.value)) if groups.normal(name)[0] not in known]
        if weak:
            yield _at(one, FAIL, "%s is none of the groups of 256 bits and more" % listed(weak))
        else:
            yield _at(one, PASS, "names %s" % listed(groups.split(str(one.value))))


def _known_groups(evidence: Evidence) -> Iterator[Seen]:
    library = evidence.tls().context.openssl
    for one in _curves(evidence):
        for name in groups.split(str(one.value)):
            known = library.knows_group(name)
            words = {True: "%s knows %s", False: "%s does not know %s", None: "%s does not tell whether it knows %s"}
            status = PASS if known else UNKNOWN if known is None else FAIL
            yield _at(one, status, words[known] % (library.text, name))
        yield from _other_library(evidence, library.text)


def _other_library(evidence: Evidence, asked: str) -> Iterator[Seen]:
    """A doubt where the daemon has mapped another OpenSSL than the node's own, which was asked."""
    now = evidence.running()
    for path in sorted(now.libraries or ()) if now is not None else ():
        if "libssl" in path and (path.startswith("/opt/msys/") or path.endswith(" (deleted)")):
            yield Seen(UNKNOWN, PROCESS, "the daemon has mapped %s, and %s was asked" % (path, asked), path)


def _hybrid(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    library = tls.context.openssl
    known = [
        name for name in groups.KNOWN if "MLKEM" in name and not name.startswith("MLKEM") and library.knows_group(name)
    ]
    if not known or not _with_openssl(tls):
        return
    setting = tls.effective.resolve((), "TLS_EC_Curve_Names")
    if setting is None:
        words = "global: no TLS_EC_Curve_Names is set, and which groups %s offers then is not known here" % library.text
        yield Seen(UNKNOWN, DECLARED, words, tls.configuration.main, 1)
        return
    named = [name for name in groups.split(str(setting.value)) if "mlkem" in name.lower()]
    has = "names %s" % listed(named) if named else "names no hybrid, and %s has %s" % (library.text, listed(known))
    yield _at(setting, PASS if named else FAIL, has)


def _parameters(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    if not has_dhe(tls) or not any(
        is_finite(name) for path in served(tls) + encrypted(tls) for name in _told(tls, path)
    ):
        return
    setting = tls.effective.resolve((), "TLS_DHParams_File")
    if setting is None:
        words = "global: DHE is enabled with the parameters that are built in, whose size is not documented"
        yield Seen(UNKNOWN, DECLARED, words, tls.configuration.main, 1)
        return
    path = str(setting.value)
    found = evidence.dhparams()
    if path not in found:
        yield Seen(UNKNOWN, DISK, "nobody has looked at %s" % path, path)
        return
    one = found[path]
    words = dhparams.describe(one) or "no Diffie-Hellman parameters, or no file"
    is_good = one is not None and one.bits >= dhparams.MIN_BITS and bool(one.group)
    yield Seen(PASS if is_good else FAIL, DISK, "%s: %s" % (path, words), path)


def _told(tls: CurrentTls, path: Path) -> List[str]:
    """The suites of a scope; every one of DHE where nobody can tell them."""
    try:
        names = ciphers(tls, path)
    except TlsError:
        names = None
    return ["DHE-"] if names is None else names


# where TLS begins


def _renegotiation(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in _together(tls, served(tls), "TLS_Allow_Renegotiation"):
        allowed = is_true(one.settings[0], True)
        words = "renegotiation is allowed%s" % (" by default" if one.settings[0] is None else "")
        yield one.seen(FAIL if allowed else PASS, words if allowed else "renegotiation is refused")


def _together(tls: CurrentTls, paths: Sequence[Path], *options: str) -> List[Together]:
    return together(tls.effective, tls.configuration.main, paths, options)


def _injection(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    if any(one.begin == STARTTLS for one in public(tls, with_peers=True)):
        yield from of_exposure(
            "starttls_injection", otherwise="no listener processes commands that come before TLS begins"
        )(evidence)


def _offered(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in public(tls):
        words = {STARTTLS: "TLS begins with STARTTLS", IMPLICIT: "TLS begins at once"}
        yield _entrance(tls, one, PASS if one.begin in words else FAIL, words.get(one.begin, one.because))


def _entrance(tls: CurrentTls, one: Entrance, status: str, what: str) -> Seen:
    return Together(tls.effective, tls.configuration.main, [one.path], []).seen(status, what)


def _port_25(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    paths = [one.path for one in public(tls, True) if one.port == _SMTP_PORT and one.begin != NONE]
    for one in together(tls.effective, tls.configuration.main, paths, NAMES):
        try:
            names = frozenset(tls.in_force(one.path)["protocols"])
        except TlsError as error:
            yield one.seen(UNKNOWN, str(error))
            continue
        yield one.seen(
            PASS if "TLSv1.2" in names else FAIL, "%s can be negotiated" % (protocols.in_words(names) or "no protocol")
        )


def _port_465(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in public(tls):
        if one.port == _SMTPS_PORT:
            words = "TLS begins at once" if one.begin == IMPLICIT else one.because or "TLS begins with STARTTLS alone"
            yield _entrance(tls, one, PASS if one.begin == IMPLICIT else FAIL, words)


def _asked_for_certificates(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in public(tls):
        if one.port == _SMTP_PORT and one.begin != NONE:
            words = (
                "clients must show a certificate once TLS has begun"
                if one.asks
                else "no certificate of clients is required"
            )
            yield _entrance(tls, one, FAIL if one.asks else PASS, words)


def _verified_peers(evidence: Evidence) -> Iterator[Seen]:
    tls = evidence.tls()
    for one in _together(tls, served(tls), *VERIFIED_PEER, "TLS_Client_CA", "TLS_Verify_Mode"):
        trusted = [name for name, setting in zip(VERIFIED_PEER, one.settings) if is_true(setting)]
        authorities, mode = one.settings[2], one.value(3)
        if not trusted:
            continue
        if mode == "none":
            yield one.seen(PASS, "%s is on, and certificates of clients are ignored" % listed(trusted))
        elif authorities is None:
            yield one.seen(
                UNKNOWN, "%s is on without a TLS_Client_CA, and whom that lets in is not documented" % listed(trusted)
            )
        else:
            yield _of_authorities(evidence, str(authorities.value), listed(trusted))


def _of_authorities(evidence: Evidence, path: str, trusted: str) -> Seen:
    found = evidence.authorities()
    if path not in found:
        return Seen(
            UNKNOWN, DISK, "%s: nobody can tell whose certificates let clients in by %s" % (path, trusted), path
        )
    number = len(found[path])
    words = "%d %s" % (number, "authority lets" if number == 1 else "authorities let")
    what = "%s: %s clients in by %s: %s" % (path, words, trusted, listed(found[path], 3))
    return Seen(PASS if number <= _MOST_AUTHORITIES else FAIL, DISK, what, path)


RULES: Sequence[Rule] = (
    Rule(
        "MSEC-TLS-001",
        "Clients cannot negotiate SSLv2 or SSLv3",
        "Both are broken: whoever is between client and server reads the session (DROWN, POODLE).",
        CRITICAL,
        (DECLARED,),
        of_scopes(served, NAMES, without_protocols(SSL)),
        _PROFILE + "; by hand TLS_Protocols '+ALL:-SSLv3:-TLSv1.0:-TLSv1.1', before OpenSSL 1.1 with -SSLv2",
        (
            "page 4/config/tls-protocols",
            "page 4/install-security-considerations",
            "RFC 6176",
            "RFC 7568",
            "NIST SP 800-52r2 3.1",
        ),
        MTA,
    ),
    Rule(
        "MSEC-TLS-002",
        "Clients cannot negotiate TLS 1.0 or TLS 1.1",
        "Both are deprecated: their key exchange and signatures rest on MD5 and SHA-1, and they have no suite with authenticated encryption.",
        HIGH,
        (DECLARED,),
        of_scopes(served, NAMES, without_protocols(OLD)),
        "momentum_tls_targets: [{protocols: '+ALL:-SSLv3:-TLSv1.0:-TLSv1.1'}], or " + _PROFILE,
        ("page 4/config/tls-protocols", "RFC 8996", "RFC 9325", "NIST SP 800-52r2 3.1", NIST_TRANSIT),
        MTA,
    ),
    Rule(
        "MSEC-TLS-003",
        "Clients can negotiate TLS 1.3",
        "It is the only version without weak options, and the only one with key agreement that a quantum computer does not break.",
        MEDIUM,
        (DECLARED,),
        of_scopes(served, NAMES, _modern),
        _PROFILE,
        ("page 4/config/tls-protocols", "RFC 9325", "RFC 9852", "NIST SP 800-52r2 3.1"),
        Applies("4.6", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-004",
        "No suite exchanges keys without forward secrecy",
        "Whoever comes by the private key later reads all that was recorded before, and static RSA has been attacked again and again (ROBOT).",
        HIGH,
        (DECLARED,),
        of_scopes(served, NAMES, without_ciphers(_is_static)),
        _PROFILE,
        ("page 4/config/tls-ciphers", "RFC 9325", "RFC 10015", "NIST SP 800-52r2 3.3.1"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-005",
        "No suite of TLS 1.2 and older exchanges keys by finite-field Diffie-Hellman",
        "Its groups cannot be negotiated, secrets have leaked from it (Raccoon), and it costs a server much more than its client.",
        MEDIUM,
        (DECLARED,),
        of_scopes(served, NAMES, _finite),
        "momentum_tls_targets: [{dhe: false}]; no momentum_tls_dhparams_file",
        ("page 4/config/ref-tls-enable-dhe-ciphers", "RFC 10015"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-006",
        "No suite is broken, or without encryption or authentication",
        "NULL, anonymous, export, RC2, RC4, DES, 3DES, IDEA and MD5 suites keep nothing secret from whoever makes the effort.",
        CRITICAL,
        (DECLARED,),
        of_scopes(served, NAMES, without_ciphers(is_broken)),
        _PROFILE,
        ("page 4/config/tls-ciphers", "RFC 7465", "RFC 9325", "NIST SP 800-52r2 3.3.1", "NIST SP 800-53 SC-13"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-007",
        "No suite encrypts in CBC mode with SHA-1",
        "The order of padding and authentication has been attacked by time again and again (Lucky Thirteen).",
        MEDIUM,
        (DECLARED,),
        of_scopes(served, NAMES, without_ciphers(_is_sha1_cbc)),
        _PROFILE,
        ("page 4/config/tls-ciphers", "RFC 9325", "NCSC-NL TLS guidelines 2025-05"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-008",
        "Every token of protocols and suites is known, and in its own option",
        "OpenSSL drops what it does not know without a word as long as something is left, so that a list means something else than it reads.",
        MEDIUM,
        (DECLARED,),
        _tokens,
        "momentum_tls_targets with the corrected value of ciphers, ciphersuites or protocols",
        ("page 4/config/tls-ciphers", "page 4/config/tlsv13-ciphersuites", "page 4/config/tls-protocols"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-009",
        "Diffie-Hellman parameters are a group of RFC 7919",
        "Short primes and common ones of 1024 bits are within reach (Logjam), and the example of the manual makes one of 512 bits.",
        HIGH,
        (DECLARED, DISK),
        _parameters,
        "momentum_tls_targets: [{dhe: false}], or momentum_tls_dhparams_file with momentum_tls_dhparams_group: ffdhe3072",
        ("page 4/config/ref-tls-dhparams-file", "RFC 7919", "NIST SP 800-52r2"),
        Applies("3.6.6", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-010",
        "Groups for key agreement have at least 256 bits, in a form that this version reads",
        "A weak curve is the weakest part of each session, and a value that Momentum refuses leaves the choice to the library.",
        MEDIUM,
        (DECLARED,),
        _strong_groups,
        "momentum_tls_targets: [{groups: 'secp384r1:prime256v1'}]; one name, prime256v1, before 5.3",
        ("page 4/config/tls-ec-curve-names", "NIST SP 800-52r2", "RFC 9325"),
        Applies("4.2", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-011",
        "The library knows every group that is named",
        "One unknown name makes OpenSSL refuse the whole list.",
        HIGH,
        (DECLARED, PROCESS),
        _known_groups,
        "momentum_tls_profile, which leaves out what the node's library does not know, or momentum_tls_targets with groups that it knows",
        ("page 4/config/tls-ec-curve-names",),
        Applies("4.2", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-012",
        "A hybrid group with ML-KEM is offered where the library has one",
        "Sessions that are recorded today can be read by a quantum computer later.",
        LOW,
        (DECLARED,),
        _hybrid,
        "momentum_tls_post_quantum: true with momentum_tls_profile: mozilla-intermediate, or fips",
        ("page 4/config/tls-ec-curve-names", "RFC 10024", "NIST FIPS 203"),
        Applies("5.3", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-013",
        "Renegotiation is refused",
        "A client that asks for it again and again costs the server far more than itself.",
        MEDIUM,
        (DECLARED,),
        _renegotiation,
        "momentum_tls_targets: [{scope: [ESMTP_Listener], renegotiation: false}], and so for each kind of listener",
        ("page 4/config/tls-allow-renegotiation", "RFC 9325", "NIST SP 800-53 SC-5"),
        Applies("3.5.4", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-014",
        "Commands that come before TLS begins are not processed within it",
        "Somebody between client and server puts commands of his own into the session of the client (CVE-2011-0411).",
        HIGH,
        (DECLARED,),
        _injection,
        "momentum_tls_targets: [{scope: [ESMTP_Listener], starttls_injection: reject}]",
        ("page 4/config/starttls-injection-policy", "RFC 3207", "NIST SP 800-53 SI-10"),
        Applies("2.2.3.49", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-015",
        "Every SMTP entrance that other hosts reach offers TLS",
        "Without it each message, and each password, can be read and changed on its way.",
        HIGH,
        (DECLARED,),
        _offered,
        "momentum_certificates, or momentum_tls_targets with certificate, key and offer: required",
        ("page 4/inbound-tls", "page 4/inbound-ssl", "RFC 3207", "RFC 8314", NIST_TRANSIT, "NIST SP 800-177"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-016",
        "Clients that relay or are authorised by certificate have it from few authorities",
        "With a bundle of public authorities everybody who has any certificate may relay.",
        CRITICAL,
        (DECLARED, DISK),
        _verified_peers,
        "momentum_tls_targets with client_ca, a file with the authority of your own clients alone",
        (
            "page 4/config-options-summary",
            "page 4/config/tls-verified-peer-is-authorized",
            "page 4/config/tls-client-ca",
            "NIST SP 800-53 IA-5(2)",
            "NIST SP 800-53 AC-4",
        ),
        MTA,
    ),
    Rule(
        "MSEC-TLS-017",
        "Values are in the words of the engine that reads them",
        "GnuTLS ignores protocols, suites and groups that are set for OpenSSL, and neither reads the list of ciphers of the other.",
        MEDIUM,
        (DECLARED,),
        _dialect,
        "momentum_tls_targets: [{engine: openssl}], or ciphers as a priority string, such as 'NORMAL:-VERS-ALL:+VERS-TLS1.2'",
        ("page 4/config/tls-engine", "page 4/config/tls-ciphers"),
        Applies("4.1", daemons=MTA.daemons),
    ),
    Rule(
        "MSEC-TLS-018",
        "No suite encrypts in CBC mode with SHA-2",
        "The mode is phased out: authenticated encryption leaves nothing to attack by time.",
        LOW,
        (DECLARED,),
        of_scopes(served, NAMES, without_ciphers(_is_sha2_cbc)),
        _PROFILE,
        ("page 4/config/tls-ciphers", "RFC 9325", "NCSC-NL TLS guidelines 2025-05"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-019",
        "Port 25 keeps TLS 1.2",
        "Mail servers that know nothing newer than TLS 1.2 deliver in clear where TLS 1.3 alone is left.",
        MEDIUM,
        (DECLARED,),
        _port_25,
        "momentum_tls_targets with protocols '+ALL:-SSLv3:-TLSv1.0:-TLSv1.1' for the Listen of port 25",
        ("page 4/config/tls-protocols", "RFC 7435", "RFC 9325"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-020",
        "No suite has an authentication tag of 8 octets",
        "A forged record passes with CCM_8 once in far fewer attempts. The manual shows a list of all five suites, with this one.",
        LOW,
        (DECLARED,),
        of_scopes(served, NAMES, _short_tags),
        _PROFILE,
        ("page 4/config/tlsv13-ciphersuites", "NCSC-NL TLS guidelines 2025-05"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-021",
        "Port 25 does not require certificates of clients",
        "Few mail servers have one, and policies may refuse their mail. The example of the manual for port 25 requires one.",
        MEDIUM,
        (DECLARED,),
        _asked_for_certificates,
        "momentum_tls_targets with verify_mode: none for the Listen of port 25; require certificates in a Listen or Peer of partners",
        ("page 4/config/tls-verify-mode", "page 4/inbound-tls", "RFC 3207"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-022",
        "No option is set that has no effect",
        "Whoever reads the configuration relies on what is not there.",
        INFO,
        (DECLARED,),
        of_lint(
            "inert",
            "deprecated",
            otherwise="none of these options is without effect",
            options=("ssl_lock_method", "crypto_lock_method", "crypto_engine", "tls_protocols"),
        ),
        "momentum_settings: [{option: ssl_lock_method, state: absent}], and so for the option that was seen",
        (
            "page 4/config/ssl-lock-method",
            "page 4/config/crypto-lock-method",
            "page 4/config/ref-crypto-engine",
            "page 4/config/tls-protocols",
        ),
        MTA,
    ),
    Rule(
        "MSEC-TLS-023",
        "No list of ciphers lowers the security level",
        "Below level 2 OpenSSL accepts keys and signatures of less than 112 bits, such as RSA with 1024 bits and SHA-1.",
        MEDIUM,
        (DECLARED,),
        _levels,
        "momentum_tls_targets with ciphers without @SECLEVEL",
        ("page 4/config/tls-ciphers", "NIST SP 800-131A"),
        MTA,
    ),
    Rule(
        "MSEC-TLS-024",
        "Port 465 begins TLS at once",
        "Clients of this port expect TLS, and whoever answers in their place without it has their passwords.",
        MEDIUM,
        (DECLARED,),
        _port_465,
        "momentum_tls_targets: [{scope: [ESMTP_Listener, 'Listen \":465\"'], implicit_tls: true, certificate: ..., key: ...}]",
        ("page 4/inbound-ssl", "RFC 8314"),
        MTA,
    ),
)
