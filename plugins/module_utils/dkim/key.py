# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A key that signs, as it is on the node, and what becomes of it. A key is made once: another one at the same selector would contradict its record."""

import os
import stat
from typing import Any, NamedTuple, Optional

from ..errors import PlanError
from ..files.current import CurrentFile, current_file
from ..files.safe_paths import above
from ..pki.errors import CertificateError
from ..pki.x509 import keys
from .entries import DesiredKey, refuse_kind

MADE, DEPLOYED, REPLACED, KEPT, REMOVED, LEFT, ABSENT = (
    "made",
    "deployed",
    "replaced",
    "kept",
    "removed",
    "left",
    "absent",
)
WEAK, RECOMMENDED = (
    1024,
    2048,
)  # bits of RSA: RFC 8301 refuses less than the first, page *using-dkim* recommends the second


class CurrentKey(NamedTuple):
    """A file of a key. file: None where there is none. key: None where it holds none that can be used, for which `problem` is the reason."""

    path: str
    file: Optional[CurrentFile]
    key: Any = None
    problem: str = ""

    @property
    def readers(self) -> str:
        """Who may read the file beside owner and group: `every account`, or ''. Directories that others cannot enter protect it."""
        if self.file is None or not self.file.mode & stat.S_IROTH:
            return ""
        return "every account" if all(_is_open(directory) for directory in above(os.path.realpath(self.path))) else ""


def current(path: str) -> CurrentKey:
    """Return what is at the path of a key. Raises UnsafePath, OSError."""
    file = current_file(path, "pem")
    if file is None:
        return CurrentKey(path, None)
    try:
        return CurrentKey(path, file, keys.load(file.content, path))
    except CertificateError as error:
        return CurrentKey(path, file, problem=str(error))


class PlannedKey(NamedTuple):
    """What becomes of a key. key: the one that is there afterwards, None for no key. content: the bytes to write, None where they stay."""

    desired: DesiredKey
    found: CurrentKey
    action: str
    key: Any = None
    content: Optional[bytes] = None

    @property
    def path(self) -> str:
        """The path of the key."""
        return self.found.path

    @property
    def is_new(self) -> bool:
        """Whether the file gets another key than it has."""
        return self.content is not None


def planned(desired: DesiredKey, found: CurrentKey, may_generate: bool) -> PlannedKey:
    """Return what becomes of a key. Raises PlanError, CertificateError."""
    if not desired.is_present:
        return PlannedKey(desired, found, ABSENT if found.file is None else REMOVED)
    if found.problem and not desired.content:
        raise PlanError("%s: %s. Move it away, or give the key with content" % (desired.name, found.problem))
    if desired.content:
        return _given(desired, found)
    if found.key is not None:
        refuse_other(desired, found.key, found.path)
        return PlannedKey(desired, found, KEPT, found.key)
    if not may_generate:
        raise PlanError(
            "%s: there is no key at %s, and none is made here (generate: false), because all nodes that sign for a domain need the same. "
            "Make one, keep it in a vault, and give it with content (roles: momentum_dkim_keys)"
            % (desired.name, found.path)
        )
    made = keys.generate(desired.kind)
    return PlannedKey(desired, found, MADE, made, keys.to_pem(made))


def _given(desired: DesiredKey, found: CurrentKey) -> PlannedKey:
    where = "%s: content" % desired.name
    given = keys.load(desired.content.encode("utf-8", "surrogateescape"), where)
    refuse_other(desired, given, where)
    if found.key is not None and keys.public_digest(found.key) == keys.public_digest(given):
        return PlannedKey(desired, found, KEPT, found.key)
    return PlannedKey(desired, found, DEPLOYED if found.file is None else REPLACED, given, keys.to_pem(given))


def refuse_other(desired: DesiredKey, key: Any, where: str) -> None:
    """Raise PlanError for a key that cannot sign by the protocol, or is of another family than the task requests."""
    kind = keys.kind_of(key)
    refuse_kind(desired.name, desired, kind)
    if kind.partition("-")[0] != desired.kind.partition("-")[0]:
        raise PlanError(
            "%s: %s is a key of kind %s, and %s is requested; a selector keeps its key, so request kind %s, or give the other a selector of its "
            "own" % (desired.name, where, kind, desired.kind, "ed25519" if kind == "ed25519" else "rsa-2048")
        )
    if kind.startswith("rsa-") and keys.bits_of(key) < WEAK:
        raise PlanError(
            "%s: %s has %d bits, and verifiers take no signature of less than %d (RFC 8301); sign with a new selector"
            % (desired.name, where, keys.bits_of(key), WEAK)
        )


def is_weak(key: Any) -> bool:
    """Whether a key is smaller than the manual recommends."""
    return keys.kind_of(key).startswith("rsa-") and keys.bits_of(key) < RECOMMENDED


def _is_open(directory: str) -> bool:
    try:
        return bool(os.stat(directory).st_mode & stat.S_IXOTH)
    except OSError:
        return False
