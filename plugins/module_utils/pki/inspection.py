# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in one certificate file, whether its key fits, and how urgent that is.

Files are read through a function that is handed in. A key is looked at for one question only, whether it belongs to the
certificate; nothing of it is returned.
"""

from datetime import datetime
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..files.safe_paths import UnsafePath
from .errors import CertificateError
from .inventory import CLIENT, TRUST, CertificateFile, keys_beside
from .x509 import certificates, judge, keys, lifetime, pem
from .x509.certificates import Facts

TIME = "%Y-%m-%dT%H:%M:%SZ"
OTHERS = 0o007
_RELATIVE, _CLOSED, _STRANGE = (
    " is a relative path; what it is relative to is not documented",
    " cannot be read: ",
    " cannot be understood (",
)


class File(NamedTuple):
    """A file as it was read: its bytes and its permission bits."""

    content: bytes
    mode: int


class Key(NamedTuple):
    """The key of a certificate: its file, its mode, whether it fits (None: there is none to ask), and what is wrong."""

    path: str = ""
    mode: Optional[int] = None
    fits: Optional[bool] = None
    problems: Tuple[str, ...] = ()


Read = Callable[[str], File]


def inspect(place: CertificateFile, read: Read, now: datetime) -> List[Dict[str, Any]]:
    """Describe a file: one entry for its leaf with what follows it, or one for each certificate of a bundle of authorities; of a
    bundle that the configuration trusts, one for each that is not valid.

    read: raises UnsafePath or OSError for a file that cannot be read. now: aware. A missing file that is not expected gives no entry.
    """
    if not place.path.startswith("/"):
        return [_unreadable(place, place.path + _RELATIVE)]
    try:
        content = read(place.path).content
        found = certificates.read_all(content, place.path)
    except FileNotFoundError:
        return [_unreadable(place, "%s does not exist" % place.path)] if place.expected else []
    except UnsafePath as error:
        return [_unreadable(place, str(error))]
    except OSError as error:
        return [_unreadable(place, place.path + _CLOSED + str(error.strerror or error))]
    except CertificateError as error:
        return [_unreadable(place, str(error))]
    except Exception as error:
        # The library has exceptions of their own for some damages, and more with each version; whatever it is, the other
        # files of the node still count.
        return [_unreadable(place, "%s%s%s: %s)" % (place.path, _STRANGE, type(error).__name__, error))]
    if place.trust:
        obstacle = pem.obstacle(content)
        if obstacle:
            return [_unreadable(place, "%s: %s" % (place.path, obstacle))]
        found = [facts for facts in found if judge.validity(facts, now)]
    if place.trust or _is_bundle(place, found):
        return [_entry(place, facts, (), Key(), now, content) for facts in found]
    return [_entry(place, found[0], found[1:], _key_of(place, content, found[0], read), now, content)]


def is_doubtful(problem: str) -> bool:
    """Tell whether a problem says that nobody can tell what is in a file."""
    return any(words in problem for words in (_RELATIVE, _CLOSED, _STRANGE))


def _is_bundle(place: CertificateFile, found: Sequence[Facts]) -> bool:
    """Whether a file lists authorities to trust instead of a certificate and its issuers."""
    return len(found) > 1 and found[0].is_ca and not place.key and not place.scopes


def _entry(
    place: CertificateFile, facts: Facts, chain: Sequence[Facts], key: Key, now: datetime, content: bytes
) -> Dict[str, Any]:
    useless = _useless(place, chain, now, content)
    problems = useless + _problems(place, facts, chain, now) + list(key.problems)
    left = lifetime.left(facts.not_before, facts.not_after, now)
    levels = [lifetime.grade(facts.not_before, facts.not_after, now)]
    levels += [lifetime.DUE] if problems else []
    levels += [lifetime.ALARM] if key.fits is False or useless else []
    return dict(
        _common(place, problems),
        grade=lifetime.worst(*levels),
        subject=facts.subject,
        names=list(facts.names),
        issuer=facts.issuer,
        serial=facts.serial,
        not_before=facts.not_before.strftime(TIME),
        not_after=facts.not_after.strftime(TIME),
        days_left=left.days,
        share_left=round(left.share, 4),
        key_kind=facts.kind,
        key_bits=facts.bits,
        signature_hash=facts.signature_hash,
        usages=list(facts.usages),
        fingerprint=facts.fingerprint,
        self_signed=facts.self_signed,
        is_ca=facts.is_ca,
        chain=[{"subject": link.subject, "not_after": link.not_after.strftime(TIME)} for link in chain],
        key_path=key.path,
        key_mode="" if key.mode is None else "%04o" % key.mode,
        key_fits=key.fits,
    )


def _common(place: CertificateFile, problems: List[str]) -> Dict[str, Any]:
    return {
        "path": place.path,
        "service": ", ".join(place.services),
        "scopes": list(place.scopes),
        "problems": problems,
    }


def _unreadable(place: CertificateFile, problem: str) -> Dict[str, Any]:
    return dict(_common(place, [problem]), grade=lifetime.UNREADABLE, key_path=place.key)


def _problems(place: CertificateFile, facts: Facts, chain: Sequence[Facts], now: datetime) -> List[str]:
    """All that speaks against it but its key, the end of its life included."""
    found = [words for words in judge.problems(facts, None, chain, None, now) if words not in judge.lapsed(chain, now)]
    reason = facts.renewal_reason(now)
    if reason and now <= facts.not_after:
        found.append(reason)
    ends = min([link.not_after for link in chain], default=facts.not_after)
    if now <= ends < facts.not_after:
        found.append("a certificate of its chain ends first, on %s" % ends.strftime("%Y-%m-%d"))
    return found + _unfit_for(place, facts)


def _useless(place: CertificateFile, chain: Sequence[Facts], now: datetime, content: bytes) -> List[str]:
    """Why servers or clients cannot use the file although its first certificate is sound."""
    obstacle = pem.obstacle_to_serving(content)
    return (["%s: %s" % (place.path, obstacle)] if obstacle else []) + judge.lapsed(chain, now)


def _unfit_for(place: CertificateFile, facts: Facts) -> List[str]:
    used = {"client" if service == CLIENT else "server" for service in place.services if service != TRUST}
    return [
        "it is used as a %s and lacks the extended key usage %sAuth" % (usage, usage)
        for usage in sorted(used)
        if not facts.serves(usage)
    ]


def _key_of(place: CertificateFile, content: bytes, facts: Facts, read: Read) -> Key:
    """Find the key and ask whether it fits. One that is named has to be there, one beside the certificate may be. Momentum looks
    for a key that no TLS_Key names in the file of the certificate, page *tls_key*."""
    if place.key:
        return _judged(place.key, facts, read)
    if place.scopes:
        if pem.private_keys(content):
            return _judged(place.path, facts, read, True)
        return Key("", None, False, ("%s holds no private key, and no TLS_Key names one" % place.path,))
    for path in keys_beside(place.path):
        if path == place.path and not pem.private_keys(content):
            continue
        found = _judged(path, facts, read, path == place.path)
        if found.mode is not None:
            return found
    return Key()


def _judged(path: str, facts: Facts, read: Read, beside: bool = False) -> Key:
    """What is wrong with a key. beside: it is in the file of the certificate, which is judged as a whole already."""
    try:
        file = read(path)
    except UnsafePath as error:
        return Key(path, None, False, (str(error),))
    except OSError as error:
        return Key(path, None, False, ("the key %s cannot be read: %s" % (path, error.strerror or error),))
    wrong: List[str] = []
    try:
        fits = keys.public_digest(keys.load(file.content, path)) == facts.public_digest
    except CertificateError as error:
        fits = False
        wrong.append(str(error))
    else:
        wrong += [] if fits else ["the key %s does not fit the certificate" % path]
        obstacle = "" if beside else pem.obstacle(file.content)
        if obstacle:
            fits = False
            wrong.append("the key %s: %s" % (path, obstacle))
    if file.mode & OTHERS:
        wrong.append("the key %s is open to everybody (mode %04o)" % (path, file.mode))
    return Key(path, file.mode, fits, tuple(wrong))
