# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that sign mail, by DKIM, ARC and DKIM2, and what is signed with them."""

from typing import Callable, Iterator, List, Sequence

from ....dkim import key, record
from ....dkim.configured import SIGNING, Signer, signers
from ....ecconf.effective import Effective
from ....ecconf.paths import format_path
from ....exposure.sending import sends
from ....exposure.subject import words_of
from ....pki import inspection
from ...evidence import Evidence, SigningKey
from ...rule import CRITICAL, DECLARED, DISK, FAIL, HIGH, LOW, MEDIUM, MTA, PASS, UNKNOWN, Check, Rule, Seen
from ..common import listed
from ..tls.scopes import Together, Verdict, is_true, place, sending, together

_PAGES = ("page 4/using-dkim", "page 4/modules/opendkim")
_RSA = "rsa-"
_SHA1, _SHA256 = "rsa-sha1", "rsa-sha256"


# keys on disk, and their records


def _all(_one: SigningKey) -> bool:
    return True


def _is_used(one: SigningKey) -> bool:
    return bool(one.signs and one.domain and one.selector)


def _is_there(one: SigningKey) -> bool:
    return not one.is_absent


def _of_keys(
    judge: Callable[[SigningKey], Verdict],
    with_broken: bool = False,
    is_about: Callable[[SigningKey], bool] = _all,
) -> Check:
    """Return a check of every key. with_broken: whether the judge is asked about those that cannot be used, of which nobody can tell else."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        for one in filter(is_about, evidence.signing_keys()):
            status, what = (UNKNOWN, one.problem) if one.problem and not with_broken else judge(one)
            words = "%s: %s" % (one.name, what)
            yield Seen(status, DISK, words if one.path in words else "%s (%s)" % (words, one.path), one.path)

    return check


def _long(one: SigningKey) -> Verdict:
    is_short = one.kind.startswith(_RSA) and one.bits < key.RECOMMENDED
    return FAIL if is_short else PASS, "the key is %s" % one.kind


def _usable(one: SigningKey) -> Verdict:
    if one.problem:
        return UNKNOWN if inspection.is_doubtful(one.problem) else FAIL, one.problem
    if one.signs and not one.kind.startswith(_RSA):
        return FAIL, "the key is %s, and the module of DKIM signs with RSA alone" % one.kind
    return PASS, "the key is %s" % one.kind


def _closed(one: SigningKey) -> Verdict:
    if one.readers:
        return FAIL, "%s can read it" % one.readers
    return (UNKNOWN, one.problem) if inspection.is_doubtful(one.problem) else (PASS, "not every account can read it")


def _published(one: SigningKey) -> Verdict:
    found = one.published
    if found.status == record.MATCH:
        return PASS, "its record is published"
    if found.status in (record.DIFFERS, record.ABSENT):
        return FAIL, found.words
    return UNKNOWN, found.words or "nobody has asked for its record"


def _proven(one: SigningKey) -> Verdict:
    if one.published.status not in (record.MATCH, record.DIFFERS):
        return UNKNOWN, one.published.words or "nobody has asked for its record"
    return (
        (FAIL, "its record is marked as a test")
        if one.published.is_testing
        else (PASS, "its record is not marked as a test")
    )


# what the configuration sets


def _of_signers(judge: Callable[[Effective, Signer], Iterator[Verdict]]) -> Check:
    """Return a check of every scope that signs by DKIM."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        now = evidence.configuration()
        for one in _signing(now.effective):
            for status, what in judge(now.effective, one):
                file, line = place(now.effective, one.path, now.configuration.main)
                yield Seen(status, DECLARED, "%s: %s" % (format_path(one.path), what), file, line)

    return check


def _signing(effective: Effective) -> List[Signer]:
    return [one for one in signers(effective) if one.path[0][0].lower() in SIGNING]


def _digest(_effective: Effective, one: Signer) -> Iterator[Verdict]:
    yield (FAIL if one.digest == _SHA1 else PASS), "digest is %s" % (one.digest or _SHA256 + ", by default")


def _headers(effective: Effective, one: Signer) -> Iterator[Verdict]:
    if len(one.path) > 1:
        return  # the list is one for the stanza
    setting = effective.get(one.path, "headerlist")
    names = [] if setting is None else [name.lower() for name in words_of(setting.value)]
    if setting is None:
        yield FAIL, "there is no headerlist, which is required"
    elif "from" not in names:
        yield FAIL, "headerlist has %s, and not From" % listed(names)
    else:
        yield PASS, "headerlist has From"


def _whole(effective: Effective, one: Signer) -> Iterator[Verdict]:
    setting = effective.get(one.path, "body_length_limit")
    if setting is not None or len(one.path) == 1:
        yield (FAIL, "body_length_limit is on") if is_true(setting) else (PASS, "the whole body is signed")


def _historic(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.configuration()
    for one in signers(now.effective):
        if len(one.path) == 1:
            is_old = one.path[0][0].lower() not in SIGNING
            file, line = place(now.effective, one.path, now.configuration.main)
            words = "it signs by DomainKeys" if is_old else "it signs by DKIM"
            yield Seen(FAIL if is_old else PASS, DECLARED, "%s: %s" % (format_path(one.path), words), file, line)


def _signed(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.configuration()
    if not sends(now.effective):
        return
    found = _signing(now.effective)
    if not found:
        yield Together(now.effective, now.configuration.main, [()], []).seen(FAIL, "no stanza signs by DKIM")
        return
    for one in together(
        now.effective, now.configuration.main, sending(now.effective, "opendkim_sign"), ["opendkim_sign"]
    ):
        if not is_true(one.settings[0], True):
            yield one.seen(FAIL, "opendkim_sign is off")
    domains = sorted({one.domain for one in found if one.domain and one.selector and one.key is not None})
    stanza = found[0]
    file, line = place(now.effective, stanza.path, now.configuration.main)
    if domains:
        words = "signs as %s" % listed(domains)
        yield Seen(PASS, DECLARED, "%s: %s" % (format_path(stanza.path), words), file, line)
    elif any(one.selector and one.key is not None for one in found):
        yield Seen(PASS, DECLARED, "%s: signs as the domain of each message" % format_path(stanza.path), file, line)
    else:
        words = "it names no selector with a key, so that a policy decides what is signed"
        yield Seen(UNKNOWN, DECLARED, "%s: %s" % (format_path(stanza.path), words), file, line)


_NEXT = "momentum_dkim_keys: [{domain: ..., selector: ..., signs: true}], with a selector that is new"

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-KEY-001",
        "RSA keys that sign mail have at least %d bits" % key.RECOMMENDED,
        "A key of 1024 bits can be computed with much effort, and then everybody signs for the domain. Below that verifiers ignore it.",
        MEDIUM,
        (DISK,),
        _of_keys(_long),
        _NEXT,
        (*_PAGES, "RFC 8301", "NIST SP 800-177"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-002",
        "Mail is not signed with SHA-1",
        "Verifiers treat such a signature as none.",
        HIGH,
        (DECLARED,),
        _of_signers(_digest),
        "momentum_settings: [{scope: [opendkim ...], option: digest, value: rsa-sha256}]",
        (*_PAGES, "RFC 8301", "NIST SP 800-131A"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-003",
        "Every key that is named can sign",
        "Without it mail leaves without a signature, or not at all.",
        HIGH,
        (DISK,),
        _of_keys(_usable, with_broken=True),
        "momentum_dkim_keys: [{domain: ..., selector: ..., signs: true}], with content on listed nodes",
        (*_PAGES, "page 4/modules/openarc", "page 4/dkim2/sign"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-004",
        "Not every account can read a key that signs mail",
        "Whoever has the key sends mail in the name of the domain, and its signature is true.",
        CRITICAL,
        (DISK,),
        _of_keys(_closed, with_broken=True, is_about=_is_there),
        "momentum_dkim_named_keys: restrict; then momentum_dkim_keys with a selector that is new, because the key is disclosed",
        (*_PAGES, "NIST SP 800-53 SC-12", "NIST SP 800-53 AC-3"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-005",
        "The record of every key in use is published",
        "Signatures that nobody can verify count as none, and a policy (DMARC) may have the mail refused.",
        HIGH,
        (DISK,),
        _of_keys(_published, is_about=_is_used),
        "momentum_dkim_publication: required; publish the record that msys.momentum.dkim_key reports",
        (*_PAGES, "RFC 6376 3.6.2", "NIST SP 800-177"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-006",
        "No key in use is marked as a test",
        "Verifiers treat the mail as if it were not signed.",
        LOW,
        (DISK,),
        _of_keys(_proven, is_about=_is_used),
        "a record without t=y in the DNS",
        (*_PAGES, "RFC 6376 3.6.1"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-007",
        "Signatures cover the header From",
        "A signature without it is invalid, and says nothing about who sends.",
        HIGH,
        (DECLARED,),
        _of_signers(_headers),
        "momentum_settings: [{scope: [opendkim ...], option: headerlist, value: [from, to, subject, date, message-id]}]",
        (*_PAGES, "RFC 6376 5.4"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-008",
        "Signatures cover the whole body",
        "Whoever has a signed message adds text of his own at its end, and the signature stays valid.",
        MEDIUM,
        (DECLARED,),
        _of_signers(_whole),
        "momentum_settings: [{scope: [opendkim ...], option: body_length_limit, value: false}]",
        (*_PAGES, "RFC 6376 8.2"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-009",
        "Mail is signed by DKIM",
        "Nobody can tell mail of the domain from that of a stranger, and DMARC rests on SPF alone.",
        MEDIUM,
        (DECLARED,),
        _signed,
        "momentum_dkim_keys: [{domain: ..., selector: ..., signs: true}] with a stanza opendkim in momentum_settings",
        (*_PAGES, "page 4/config/ref-opendkim-sign", "RFC 6376", "NIST SP 800-177", "NIST SP 800-53 SI-8"),
        MTA,
    ),
    Rule(
        "MSEC-KEY-010",
        "Nothing signs by DomainKeys",
        "The protocol is historic, rests on SHA-1, and nobody verifies it.",
        LOW,
        (DECLARED,),
        _historic,
        "momentum_settings: [{scope: [dk_sign], state: absent}], and a stanza opendkim",
        ("page 4/using-dkim", "RFC 4870", "RFC 8301"),
        MTA,
    ),
)
