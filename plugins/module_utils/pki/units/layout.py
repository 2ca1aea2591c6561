# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files hold a pair, and which of them differ from what they should be, by meaning."""

import os
from typing import Dict, List, NamedTuple, Optional, Tuple

from ...files.current import CurrentFile
from ...files.planned import Foretold, Requested
from ..errors import CertificateError
from ..x509 import keys
from ..x509 import pem as pems
from .current import CurrentPair
from .plan import Pair
from .unit import Unit

_KEY_MODE, _MODE = 0o600, 0o644
_KEY_BITS = 0o640  # what a present key file may keep of its mode


class DesiredFile(NamedTuple):
    """A file as it shall be; content None for one that shall not be there."""

    path: str
    content: Optional[bytes]
    secret: bool


class Edit(NamedTuple):
    """A file that is written. before: the content it was planned from."""

    path: str
    before: Optional[bytes]
    content: Optional[bytes]
    owner: int
    group: int
    mode: int
    secret: bool


def requested(unit: Unit, pair: Pair) -> List[DesiredFile]:
    """The files of a pair, the key first. Without a file of its own the chain follows the leaf in the certificate's file;
    the chain of a self-signed certificate is the certificate itself."""
    leaf = pair.leaf.pem
    chain = b"".join(link.pem for link in pair.chain)
    found = [
        DesiredFile(unit.key, pair.key_text, True),
        DesiredFile(unit.certificate, leaf if unit.chain else leaf + chain, False),
    ]
    if unit.chain:
        found.append(DesiredFile(unit.chain, chain or (leaf if pair.leaf.self_signed else None), False))
    if unit.combined:
        found.append(DesiredFile(unit.combined, pair.key_text + leaf + chain, True))
    return found


def edits(unit: Unit, found: CurrentPair, pair: Pair) -> List[Edit]:
    """What has to be written so that the files hold a pair and have the attributes that are requested."""
    return [edit for edit in (edit_of(unit, found, one) for one in requested(unit, pair)) if edit is not None]


def edit_of(unit: Unit, found: CurrentPair, one: DesiredFile) -> Optional[Edit]:
    """The edit of one file, None where it is right already."""
    stored = found.files.get(one.path)
    if one.content is None:
        return None if stored is None else Edit(one.path, stored.content, None, 0, 0, 0, one.secret)
    owner, group, mode = attributes(unit, found, stored, one.secret)
    if stored is None:
        return Edit(one.path, None, one.content, owner, group, mode, one.secret)
    same = is_same(stored.content, one.content)
    if same and stored.attributes == (owner, group, mode):
        return None
    return Edit(one.path, stored.content, stored.content if same else one.content, owner, group, mode, one.secret)


def foretold(unit: Unit, found: CurrentPair, paths: List[str]) -> List[Foretold]:
    """Files of a unit that a run would write, without their contents."""
    secret = (unit.key, unit.combined)
    return [Foretold(path, *attributes(unit, found, found.files.get(path), path in secret)) for path in paths]


def permanent(unit: Unit) -> List[Requested]:
    """What the task says of owner, group and mode of a pair's files, in every run."""
    secret = [path for path in (unit.key, unit.combined) if path]
    public = [path for path in (unit.certificate, unit.chain) if path]
    return [
        Requested(path, unit.owner, unit.group, unit.key_mode, _KEY_BITS if unit.key_mode is None else 0o7777)
        for path in secret
    ] + [Requested(path, unit.owner, unit.group, unit.mode) for path in public]


def attributes(unit: Unit, found: CurrentPair, stored: Optional[CurrentFile], secret: bool) -> Tuple[int, int, int]:
    """Owner, group and mode: as the task says, else as the file has them, else those of the unit's key, else the caller's."""
    model = stored or found.files.get(unit.key)
    owner = unit.owner if unit.owner is not None else model.owner if model else os.geteuid()
    group = unit.group if unit.group is not None else model.group if model else os.getegid()
    if secret:
        present = (stored or found.files.get(unit.key) or CurrentFile(b"", 0, 0, _KEY_MODE)).mode & _KEY_BITS
        return owner, group, present if unit.key_mode is None else unit.key_mode
    present = stored.mode if stored else _MODE
    return owner, group, present if unit.mode is None else unit.mode


def is_same(present: bytes, content: bytes) -> bool:
    """Whether two PEM texts hold the same key and the same certificates in the same order, and the first one as every program
    reads it."""
    if present == content:
        return True
    if not pems.is_plain(present) or _ders(present) != _ders(content):
        return False
    return _digests(present) == _digests(content)


def _ders(text: bytes) -> List[bytes]:
    return [pems.der(block) for block in pems.certificates(text)]


def _digests(text: bytes) -> Optional[List[str]]:
    """The public digests of the keys of a text; None, unlike any list, where one cannot be read."""
    try:
        return [keys.public_digest(keys.load(block)) for block in pems.private_keys(text)]
    except CertificateError:
        return None


def summary(written: List[Edit]) -> Dict[str, str]:
    """Owner, group and mode of each written file, for a difference that shows no content."""
    return {
        edit.path: "removed" if edit.content is None else "%d:%d %04o" % (edit.owner, edit.group, edit.mode)
        for edit in written
    }
