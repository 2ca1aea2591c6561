# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The repository of ecconfigd and the working copy of eccfg, each one file of JSON in the place of Subversion's own. A stand-in for tests."""

import base64
import fnmatch
import grp
import hashlib
import json
import locale
import os
import pwd
import shutil
from typing import Any, Dict, List, Optional

from . import paths

REPO = paths.ROOT + "/var/ecconfigd/repo"
DIGESTS = REPO + "/svn-auth.htdigest"
REALM = "ecconfigd repo"
MARK = ".svn"


class Refused(Exception):
    """What Subversion, or eccfg, says of what it does not do."""


def read(path: str) -> Dict[str, Any]:
    with open(path) as file:
        found: Dict[str, Any] = json.load(file)
    return found


def write(path: str, data: Dict[str, Any]) -> None:
    with open(path + ".new", "w") as file:
        json.dump(data, file)
    os.rename(path + ".new", path)
    to_ecuser(path)


def to_ecuser(path: str) -> None:
    """eccfg sets the ownership of new files and directories to ecuser (page "eccfg")."""
    if os.geteuid() == 0:
        try:
            os.chown(path, pwd.getpwnam("ecuser").pw_uid, grp.getgrnam("ecuser").gr_gid)
        except KeyError:
            pass


class Repository:
    """All revisions are one here: the newest, with the revision in which each file changed last."""

    def __init__(self) -> None:
        self.path = REPO + "/standin.json"

    def load(self) -> Dict[str, Any]:
        """The revision and the files. Raises Refused while a subcluster is in conflict, or nobody serves it."""
        if not os.path.exists(self.path):
            raise Refused(
                "svn: E170013: Unable to connect to a repository at URL 'https://localhost:2027/config/default'"
            )
        return read(self.path)

    def create(self) -> None:
        """A new subcluster has the templates of the package (page "eccfg", subcluster create)."""
        os.makedirs(REPO, exist_ok=True)
        top = paths.PREFIX + "/etc/sample-configs"
        files = {name: _encoded(os.path.join(top, name)) for name in _files(top) if "/" in name}
        write(
            self.path,
            {"revision": 1, "conflict": False, "files": {name: [1, content] for name, content in files.items()}},
        )

    def authenticate(self, username: str, password: str) -> None:
        """The digests are those of htdigest (page "new-installation")."""
        digest = hashlib.md5(("%s:%s:%s" % (username, REALM, password)).encode()).hexdigest()
        try:
            with open(DIGESTS) as file:
                known = file.read().split("\n")
        except OSError:
            known = []
        if "%s:%s:%s" % (username, REALM, digest) not in known:
            raise Refused("svn: E170001: Authentication failed")


class WorkingCopy:
    """A directory that was checked out."""

    def __init__(self, top: str) -> None:
        self.top = os.path.realpath(top)
        self.record = os.path.join(self.top, MARK, "standin.json")
        if not os.path.exists(self.record):
            raise Refused("svn: E155007: '%s' is not a working copy" % self.top)
        data = read(self.record)
        self.revision: int = data["revision"]
        self.base: Dict[str, str] = data["base"]
        self.added: List[str] = data["added"]
        self.conflicts: List[str] = data["conflicts"]
        self.ignore: Dict[str, str] = data.get("ignore", {})  # svn:ignore by directory, '' for the top

    def save(self) -> None:
        data = {"revision": self.revision, "base": self.base, "added": self.added, "conflicts": self.conflicts}
        write(self.record, dict(data, ignore=self.ignore) if self.ignore else data)

    def changes(self) -> Dict[str, str]:
        """What differs, in Subversion's words, by the path below the top; a directory without anything known is one entry."""
        found: Dict[str, str] = {}
        refuse_beyond_locale(_files(self.top))
        here = {name: _encoded(os.path.join(self.top, name)) for name in _files(self.top)}
        known = set(self.base) | set(self.added)
        for name in sorted(set(here) | known):
            if name in self.conflicts:
                found[name] = "conflicted"
            elif name not in here:
                found[name] = "missing"
            elif name in self.added:
                found[name] = "added"
            elif name not in self.base:
                top = _highest_unknown(name, known)
                if not self.ignores(top):
                    found[top] = "unversioned"
            elif here[name] != self.base[name]:
                found[name] = "modified"
        return found

    def ignored(self) -> List[str]:
        """What `svn status --no-ignore` shows beside the changes."""
        known = set(self.base) | set(self.added)
        unknown = {_highest_unknown(name, known) for name in _files(self.top) if name not in known}
        return sorted(name for name in unknown if self.ignores(name))

    def ignores(self, name: str) -> bool:
        directory, base = os.path.split(name)
        return any(fnmatch.fnmatchcase(base, pattern) for pattern in self.ignore.get(directory, "").split())


def refuse_beyond_locale(names: List[str]) -> None:
    """Subversion converts names from the encoding of the locale, and stops at the first that has none there (svnbook, "Localization")."""
    encoding = locale.nl_langinfo(locale.CODESET)
    for name in names:
        if encoding.upper() != "UTF-8" and not os.fsencode(name).isascii():
            raise Refused("svn: E000022: Can't convert string from native encoding to 'UTF-8': %s" % ascii(name))


def check_out(top: str, files: Dict[str, Any], revision: int) -> None:
    """Write a working copy anew."""
    for name, (_changed, content) in files.items():
        path = os.path.join(top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
        os.chmod(path, 0o640)
    os.makedirs(os.path.join(top, MARK), exist_ok=True)
    data = {"revision": revision, "base": {name: one[1] for name, one in files.items()}, "added": [], "conflicts": []}
    for directory, _names, names in os.walk(top):
        for path in [directory] + [os.path.join(directory, name) for name in names]:
            to_ecuser(path)
    write(os.path.join(top, MARK, "standin.json"), data)


def replace(top: str, new: str) -> None:
    """A pull replaces the directory (page "eccfg")."""
    old = top + ".old"
    os.rename(top, old)
    os.rename(new, top)
    shutil.rmtree(old)


def decoded(content: str) -> bytes:
    return base64.b64decode(content)


def of_file(path: str) -> Optional[str]:
    return _encoded(path) if os.path.exists(path) else None


def _encoded(path: str) -> str:
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


def _files(top: str) -> List[str]:
    found = []
    for directory, directories, names in os.walk(top):
        directories[:] = [name for name in directories if name != MARK]
        found += [os.path.relpath(os.path.join(directory, name), top) for name in names]
    return found


def _highest_unknown(name: str, known: Any) -> str:
    parts = name.split("/")
    for count in range(1, len(parts)):
        directory = "/".join(parts[:count]) + "/"
        if not any(one.startswith(directory) for one in known):
            return directory.rstrip("/")
    return name
