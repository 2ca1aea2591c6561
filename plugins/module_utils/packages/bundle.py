# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the vendor's archive to a repository that dnf may read: verify, unpack, `setrepodir`, write our repository file.

`setrepodir` runs as root, and what it does is not documented (installation manual, chapter 2: it must run in the session of each dnf
command). Nothing but the checksum of the archive protects against it, so there is no way here without a checksum or a word that
it is left out.
"""

import os
import re
import shutil
import stat
from typing import IO, NamedTuple, Tuple

from ..errors import PlanError
from ..files import obstacles, reading
from ..host.program import Run, run
from . import archive, repository_file

TIMEOUT = 300.0  # seconds for setrepodir
_UNFINISHED = ".momentum-unfinished"  # in the directory while it is filled
_CHECKSUM = re.compile(r"(?:sha256:)?([0-9a-f]{64})\Z")
_PATH = re.compile(r"/[A-Za-z0-9._/+~@-]+\Z")


class DesiredBundle(NamedTuple):
    """What a task asks for. `checksum` is empty where `unverified` says so; `signatures`: whether dnf is to check them."""

    source: str
    destination: str
    checksum: str
    unverified: bool
    signatures: bool


class Unpacked(NamedTuple):
    """Whether anything was done, the repository file, the directory of the packages, sections of the vendor's file that
    are not used."""

    changed: bool
    file: str
    directory: str
    ignored: Tuple[str, ...]


def unpack(requested: DesiredBundle, check_mode: bool, run: Run = run) -> Unpacked:
    """Unpack the bundle unless that was done; in check mode everything that can be judged without writing is.

    Raises PlanError for another checksum, an archive that may not be unpacked, and whatever `repository_file.read` refuses.
    """
    digest = expected(requested)
    if not _PATH.match(requested.destination) or ".." in requested.destination.split("/"):
        raise PlanError("dest %r is no absolute path of letters, digits and ._+~@-" % requested.destination)
    file = os.path.join(requested.destination, "repository", repository_file.ID + ".repo")
    with _opened(requested.source) as stream:
        found = archive.checksum(stream)
        if digest and found != digest:
            raise PlanError(
                "%s has the checksum sha256:%s, but sha256:%s is expected. Nothing was unpacked"
                % (requested.source, found, digest)
            )
        if not _is_own(os.path.dirname(requested.destination)):
            raise PlanError(
                "dest %s: its parent must be a directory that only this account can write" % requested.destination
            )
        interrupted = _is_interrupted(requested.destination)
        if os.path.lexists(requested.destination) and not interrupted:
            return _again(requested, file, found)
        contents = archive.judge(stream, requested.source)
        _refuse_incomplete(contents, requested.source)
        obstacles.refuse([], [requested.destination])
        if check_mode:
            return Unpacked(True, file, "", ())
        if interrupted:
            shutil.rmtree(requested.destination)
        return _unpack(requested, stream, contents, file, found, run)


def expected(requested: DesiredBundle) -> str:
    """Return the hexadecimal checksum that is requested, empty if the task says `unverified`. Raises PlanError for neither."""
    if not requested.checksum and not requested.unverified:
        raise PlanError(
            "the checksum of %s is not given: programs of the bundle run as root before any signature is checked."
            " Set checksum, or unverified to accept that" % requested.source
        )
    found = _CHECKSUM.match(requested.checksum.lower())
    if requested.checksum and found is None:
        raise PlanError("checksum %r is not sha256: and 64 hexadecimal digits" % requested.checksum)
    return found.group(1) if found is not None else ""


def _opened(path: str) -> IO[bytes]:
    """Open a bundle of any size; it is read piece by piece. Raises UnsafePath for what is no regular file, OSError."""
    return os.fdopen(reading.open_regular(path)[0], "rb")


def _refuse_incomplete(contents: archive.Contents, place: str) -> None:
    for name in ("setrepodir", "momentum.repo"):
        member = contents.members.get("%s/%s" % (contents.top, name))
        if member is None or not member.isreg():
            raise PlanError("%s is no bundle of Momentum: there is no file %s/%s" % (place, contents.top, name))
    if not _PATH.match("/" + contents.top):
        raise PlanError(
            "%s: the directory %r of the bundle has letters that a repository file cannot hold" % (place, contents.top)
        )


def _again(requested: DesiredBundle, file: str, found: str) -> Unpacked:
    """What an earlier run unpacked, if it is the same archive with the same decisions, in a directory of this account alone."""
    lines = _text(file).split("\n") if _is_own(requested.destination) and os.path.isfile(file) else []
    same = "# bundle: sha256:%s" % found in lines and "gpgcheck=%d" % requested.signatures in lines
    if not same:
        raise PlanError(
            "dest %s exists, and this bundle was not unpacked there as asked. Remove it" % requested.destination
        )
    return Unpacked(False, file, repository_file.directory_in(file), ())


def _unpack(
    requested: DesiredBundle, stream: IO[bytes], contents: archive.Contents, file: str, found: str, run: Run
) -> Unpacked:
    before = os.umask(0o022)
    os.mkdir(requested.destination, 0o755)
    unfinished = os.path.join(requested.destination, _UNFINISHED)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        top = archive.unpack(stream, contents, requested.destination, requested.source)
        ran = run(["/bin/sh", "-c", 'cd "$0" && exec ./setrepodir', top], TIMEOUT)
        if ran.status != 0:
            raise PlanError(
                "%s/setrepodir failed: %s. Get the bundle from the vendor again, or install from a repository"
                % (top, ran.output or "status %s" % ran.status)
            )
        vendor = os.path.join(top, "momentum.repo")
        repository = repository_file.read(reading.read(vendor, "repository"), vendor, top)
        os.mkdir(os.path.dirname(file), 0o755)
        with open(os.fsencode(file), "x", encoding="ascii") as ours:
            ours.write(repository_file.written(repository, requested.signatures, "sha256:" + found))
        os.unlink(unfinished)
    except BaseException:
        shutil.rmtree(requested.destination, ignore_errors=True)
        raise
    finally:
        os.umask(before)
    return Unpacked(True, file, repository.directory, repository.ignored)


def _is_interrupted(path: str) -> bool:
    """Tell whether a run that was killed left this directory behind: it is empty, or has the mark of one that unpacks."""
    if not _is_own(path):
        return False
    return os.path.lexists(os.path.join(path, _UNFINISHED)) or next(reading.names(path), None) is None


def _is_own(path: str) -> bool:
    """Tell whether a directory is there that belongs to this account, and that nobody else can write."""
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & 0o022


def _text(path: str) -> str:
    return reading.read(path, "repository").decode("ascii", "replace")
