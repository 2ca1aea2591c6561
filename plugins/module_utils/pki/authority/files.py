# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an authority of our own: how they become roots, and roots become files again."""

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ..certain import certain
from ..errors import CertificateError
from ..x509 import certificates, keys
from ..x509 import pem as pems
from . import issuer, rollover
from .rollover import Root, Roots

KEY_MODE, MODE = 0o600, 0o644


class Paths(NamedTuple):
    """Where an authority's files are; the announced root and the old ones lie beside those of the one that signs."""

    key: str
    certificate: str
    bundle: Optional[str]

    @property
    def next_key(self) -> str:
        """The key of the announced root."""
        return self.key + ".next"

    @property
    def next_certificate(self) -> str:
        """The announced root."""
        return self.certificate + ".next"

    @property
    def previous(self) -> str:
        """The old roots that are trusted still."""
        return self.certificate + ".previous"

    def all(self) -> List[str]:
        """Every path, keys first."""
        found = [self.key, self.next_key, self.certificate, self.next_certificate, self.previous]
        return found + ([self.bundle] if self.bundle else [])

    def is_key(self, path: str) -> bool:
        """Whether a path is one of a key."""
        return path in (self.key, self.next_key)


class File(NamedTuple):
    """A file as it is or shall be: None for one that is not there. mode: permission bits, None where they do not matter."""

    content: Optional[bytes]
    mode: Optional[int] = None


class Edit(NamedTuple):
    """A file that has to be written, or removed."""

    path: str
    before: File
    after: File


def read(paths: Paths, look: Callable[[str], Optional[bytes]], passphrase: Optional[bytes]) -> Roots:
    """The roots of the files. look: the content of a file, None where there is none. Raises CertificateError for a pair
    that is not whole or whose passphrase is another."""
    current = _root(paths.key, paths.certificate, look, passphrase)
    following = _root(paths.next_key, paths.next_certificate, look, passphrase)
    previous = rollover.read_previous(look(paths.previous) or b"", paths.previous)
    return Roots(current, following, previous)


def _root(
    key: str, certificate: str, look: Callable[[str], Optional[bytes]], passphrase: Optional[bytes]
) -> Optional[Root]:
    key_text, text = look(key), look(certificate)
    if key_text is None and text is None:
        return None
    if key_text is None or text is None:
        absent, present = (key, certificate) if key_text is None else (certificate, key)
        raise CertificateError("%s is missing, but %s is there; restore it, or remove both" % (absent, present))
    private = issuer.load_key(key_text, passphrase, key)
    facts = certificates.read(text, certificate)
    if not issuer.may_sign(certificates.load(text, certificate)):
        raise CertificateError("%s is no certificate of an authority (CA)" % certificate)
    if keys.public_digest(private) != facts.public_digest:
        raise CertificateError("%s and %s do not belong together" % (key, certificate))
    return Root(facts, _protected(private, key_text, passphrase))


def _protected(private: Any, key_text: bytes, passphrase: Optional[bytes]) -> bytes:
    """The key as it shall be in its file: an open one is encrypted as soon as there is a passphrase."""
    if passphrase and not issuer.is_protected(key_text):
        return issuer.to_pem(private, passphrase)
    return key_text


def contents(roots: Roots, paths: Paths) -> Dict[str, Optional[bytes]]:
    """What each file shall hold, by path; None for one that is not to be there."""
    current = certain(roots.current)
    found: Dict[str, Optional[bytes]] = {
        paths.key: current.key,
        paths.certificate: current.facts.pem,
        paths.next_key: roots.following.key if roots.following else None,
        paths.next_certificate: roots.following.facts.pem if roots.following else None,
        paths.previous: rollover.write_previous(roots.previous) or None,
    }
    if paths.bundle:
        found[paths.bundle] = rollover.bundle(roots)
    return found


def edits(roots: Roots, paths: Paths, present: Dict[str, File]) -> List[Edit]:
    """What has to be written so that the files hold the roots: keys are for their owner alone."""
    found = [
        Edit(path, present[path], _requested(path, content, present[path], paths))
        for path, content in contents(roots, paths).items()
    ]
    return [edit for edit in found if edit.before != edit.after]


def _requested(path: str, content: Optional[bytes], present: File, paths: Paths) -> File:
    if content is None:
        return File(None)
    if paths.is_key(path):
        return File(content, KEY_MODE)
    same = present.content is not None and is_same_bundle(present.content, content) and path != paths.previous
    return File(present.content if same else content, MODE if present.mode is None else present.mode)


def is_same_bundle(present: bytes, content: bytes) -> bool:
    """Whether two PEM texts hold the same certificates in the same order, and the first one as every program reads it."""
    return pems.is_plain(present) and _ders(present) == _ders(content)


def _ders(text: bytes) -> List[bytes]:
    return [pems.der(block) for block in pems.certificates(text)]
