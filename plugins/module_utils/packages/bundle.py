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


class Wanted(NamedTuple):
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


def settle(wanted: Wanted, check_mode: bool, run: Run = run) -> Unpacked:
    """Unpack the bundle unless that was done; in check mode everything that can be judged without writing is.

    Raises PlanError for another checksum, an archive that may not be unpacked, and whatever `repository_file.read` refuses.
    """
    digest = expected(wanted)
    if not _PATH.match(wanted.destination) or ".." in wanted.destination.split("/"):
        raise PlanError("dest %r is no absolute path of letters, digits and ._+~@-" % wanted.destination)
    file = os.path.join(wanted.destination, "repository", repository_file.ID + ".repo")
    with _opened(wanted.source) as stream:
        found = archive.checksum(stream)
        if digest and found != digest:
            raise PlanError(
                "%s has the checksum sha256:%s, but sha256:%s is expected. Nothing was unpacked"
                % (wanted.source, found, digest)
            )
        if not _is_own(os.path.dirname(wanted.destination)):
            raise PlanError(
                "dest %s: its parent must be a directory that only this account can write" % wanted.destination
            )
        interrupted = _is_interrupted(wanted.destination)
        if os.path.lexists(wanted.destination) and not interrupted:
            return _again(wanted, file, found)
        contents = archive.judge(stream, wanted.source)
        _refuse_incomplete(contents, wanted.source)
        obstacles.refuse([], [wanted.destination])
        if check_mode:
            return Unpacked(True, file, "", ())
        if interrupted:
            shutil.rmtree(wanted.destination)
        return _unpack(wanted, stream, contents, file, found, run)


def expected(wanted: Wanted) -> str:
    """Return the hexadecimal checksum that is requested, empty if the task says `unverified`. Raises PlanError for neither."""
    if not wanted.checksum and not wanted.unverified:
        raise PlanError(
            "the checksum of %s is not given: programs of the bundle run as root before any signature is checked."
            " Set checksum, or unverified to accept that" % wanted.source
        )
    found = _CHECKSUM.match(wanted.checksum.lower())
    if wanted.checksum and found is None:
        raise PlanError("checksum %r is not sha256: and 64 hexadecimal digits" % wanted.checksum)
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


def _again(wanted: Wanted, file: str, found: str) -> Unpacked:
    """What an earlier run unpacked, if it is the same archive with the same decisions, in a directory of this account alone."""
    lines = _text(file).split("\n") if _is_own(wanted.destination) and os.path.isfile(file) else []
    same = "# bundle: sha256:%s" % found in lines and "gpgcheck=%d" % wanted.signatures in lines
    if not same:
        raise PlanError(
            "dest %s exists, and this bundle was not unpacked there as asked. Remove it" % wanted.destination
        )
    return Unpacked(False, file, repository_file.directory_in(file), ())


def _unpack(wanted: Wanted, stream: IO[bytes], contents: archive.Contents, file: str, found: str, run: Run) -> Unpacked:
    before = os.umask(0o022)
    os.mkdir(wanted.destination, 0o755)
    unfinished = os.path.join(wanted.destination, _UNFINISHED)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        top = archive.unpack(stream, contents, wanted.destination, wanted.source)
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
            ours.write(repository_file.written(repository, wanted.signatures, "sha256:" + found))
        os.unlink(unfinished)
    except BaseException:
        shutil.rmtree(wanted.destination, ignore_errors=True)
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
