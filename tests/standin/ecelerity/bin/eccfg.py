# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""eccfg: the configuration under version control. A stand-in for tests.

bootstrap, commit, pull, resolve, revert, status; the exit status is always 0 (the vendor documents none)."""

import argparse
import getpass
import os
import subprocess
import sys
import tempfile
from typing import Any, Dict, List

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import paths, repository  # noqa: E402
from momentum_standin.repository import Refused, Repository, WorkingCopy  # noqa: E402

LETTERS = {"modified": "M", "added": "A", "missing": "!", "unversioned": "?", "conflicted": "C"}


def options(arguments: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eccfg", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.required = True
    for name in ("bootstrap", "commit", "pull", "resolve", "revert", "status"):
        one = commands.add_parser(name)
        one.add_argument("--quiet", action="store_true")
        one.add_argument("-u", "--username", default=os.environ.get("USER", ""))
        one.add_argument("-p", "--password", help="also seen by everybody who lists processes")
        one.add_argument("--wc", default=paths.CONF)
        if name == "bootstrap":
            which = one.add_mutually_exclusive_group(required=True)
            which.add_argument("--clustername")
            which.add_argument("--singlenode", action="store_true")
        if name == "commit":
            one.add_argument("-m", "--message", default="")
            one.add_argument("--add-all", action="store_true")
            one.add_argument("--delete-all", action="store_true")
        if name == "pull":
            one.add_argument("--auto", action="store_true")
            which = one.add_mutually_exclusive_group()
            for flag in ("--mine", "--theirs", "--manual"):
                which.add_argument(flag, action="store_true")
        if name in ("resolve", "revert"):
            one.add_argument("files", nargs="+")
    return parser.parse_args(arguments)


def authenticate(given: argparse.Namespace) -> None:
    """Both options are needed; it asks for a password that is not given on the terminal, whatever standard input is."""
    if not given.username:
        raise Refused("eccfg: no username")
    password = given.password
    if password is None:
        with open("/dev/tty") as _terminal:  # without one nobody can be asked
            password = getpass.getpass(
                "Authentication realm: <https://localhost:2027> %s\n%s: " % (repository.REALM, given.username)
            )
    Repository().authenticate(given.username, password)


def asked(question: str) -> bool:
    with open("/dev/tty", "r+b", buffering=0) as terminal:
        terminal.write(("%s (y/n) " % question).encode())
        return terminal.readline().strip().lower() in (b"y", b"yes")


def as_ecuser(copy: WorkingCopy) -> None:
    """eccfg runs Subversion as ecuser, who must own what is under version control."""
    marked, top = os.stat(os.path.join(copy.top, repository.MARK)), os.stat(copy.top)
    if marked.st_uid == 0 and os.geteuid() == 0 and paths.ROOT == "":
        raise Refused("svn: E000013: Can't open file '%s': Permission denied" % copy.record)
    if top.st_uid not in (marked.st_uid, 0) and paths.ROOT == "":
        raise Refused("svn: E000013: '%s': Permission denied" % copy.top)


def bootstrap(given: argparse.Namespace) -> None:
    if os.path.exists(given.wc):
        raise Refused("eccfg: %s is already there" % given.wc)
    if not os.path.exists(Repository().path):
        Repository().create()
    authenticate(given)
    found = Repository().load()
    repository.check_out(given.wc, found["files"], found["revision"])
    with open(paths.PREFIX + "/etc/cluster.boot", "w") as file:
        file.write("autoupdate=true\ncluster_name=%s\nrepo=local\n" % (given.clustername or "default"))
    for name in sorted(found["files"]):
        print("A    %s/%s" % (given.wc, name))


def commit(given: argparse.Namespace) -> None:
    copy = WorkingCopy(given.wc)
    as_ecuser(copy)
    found = copy.changes()
    if not found:
        print("Nothing to commit")
        return
    authenticate(given)
    conflicts = [name for name, state in found.items() if state == "conflicted"]
    if conflicts:
        raise Refused("svn: E155015: Commit failed: '%s' remains in conflict" % conflicts[0])
    for name, state in sorted(found.items()):
        if state == "unversioned" and (given.add_all or asked("Add %s?" % name)):
            copy.added += below(copy.top, name)
    for name in copy.added:
        directory = os.path.dirname(os.path.join(copy.top, name))
        repository.to_ecuser(os.path.join(copy.top, name))
        if directory != copy.top:
            repository.to_ecuser(directory)
    copy.save()
    owner = os.stat(copy.record).st_uid
    for name in [one for one, state in found.items() if state == "modified"]:
        if os.stat(os.path.join(copy.top, name)).st_uid != owner:
            raise Refused("svn: E000013: '%s' must be owned by ecuser" % os.path.join(copy.top, name))
    gone = [
        name for name, state in found.items() if state == "missing" and (given.delete_all or asked("Delete %s?" % name))
    ]
    send(copy, [name for name, state in found.items() if state == "modified"], gone)


def below(top: str, name: str) -> List[str]:
    path = os.path.join(top, name)
    if not os.path.isdir(path):
        return [name]
    return [
        os.path.relpath(os.path.join(one, file), top) for one, _directories, files in os.walk(path) for file in files
    ]


def send(copy: WorkingCopy, modified: List[str], gone: List[str]) -> None:
    remote = Repository().load()
    if remote["conflict"]:
        raise Refused("svn: E175002: Unexpected HTTP status 409 'Conflict': the subcluster is in a conflicted state")
    files: Dict[str, Any] = remote["files"]
    for name in modified + gone + copy.added:
        there = files.get(name)
        if there is not None and there[1] != copy.base.get(name) or there is None and name in copy.base:
            raise Refused("svn: E155011: Commit failed: file '%s' is out of date" % os.path.join(copy.top, name))
    remote["revision"] += 1
    for word, names in (("Deleting", gone), ("Sending", modified), ("Adding", copy.added)):
        for name in names:
            print("%-14s %s" % (word, name))
            content = repository.of_file(os.path.join(copy.top, name))
            if content is None:
                files.pop(name, None)
                copy.base.pop(name, None)
            else:
                files[name] = [remote["revision"], content]
                copy.base[name] = content
    repository.write(Repository().path, remote)
    copy.added = []
    copy.save()
    print("Transmitting file data.\nCommitted revision %d." % remote["revision"])


def pull(given: argparse.Namespace) -> None:
    """A new checkout beside the old one takes its place, with the local changes merged; where they overlap, nothing is changed."""
    copy = WorkingCopy(given.wc)
    as_ecuser(copy)
    if not given.auto:
        authenticate(given)
    remote = Repository().load()
    local = {name for name, state in copy.changes().items() if state in ("modified", "missing")}
    changed = {name for name, one in remote["files"].items() if one[1] != copy.base.get(name)} | (
        set(copy.base) - set(remote["files"])
    )
    both = sorted(local & changed)
    if both and not (given.mine or given.theirs or given.manual):
        raise Refused("eccfg: %s: local changes conflict with the repository; nothing was updated" % ", ".join(both))
    if not changed and not given.theirs:
        return
    new = tempfile.mkdtemp(prefix="conf", dir=os.path.dirname(copy.top))
    os.chmod(new, 0o755)
    repository.check_out(new, remote["files"], remote["revision"])
    kept = {} if given.theirs else {name: repository.of_file(os.path.join(copy.top, name)) for name in copy.changes()}
    for name, content in kept.items():
        if content is not None and not os.path.isdir(os.path.join(copy.top, name)):
            os.makedirs(os.path.dirname(os.path.join(new, name)), exist_ok=True)
            with open(os.path.join(new, name), "wb") as file:
                file.write(repository.decoded(content))
    repository.replace(copy.top, new)
    if both and given.manual:
        again = WorkingCopy(given.wc)
        again.conflicts = both
        again.save()
        return
    console = paths.PREFIX + "/bin/ec_console"
    if changed and os.path.exists(console):
        subprocess.run([console, paths.CONSOLE, "config", "reload"], stdout=subprocess.DEVNULL, check=False)
    print('OK\nNote: your current working directory has been invalidated by the "pull"\ncommand.')


def revert(given: argparse.Namespace) -> None:
    copy = WorkingCopy(given.wc)
    as_ecuser(copy)
    for path in given.files:
        if not os.path.isabs(path):
            raise Refused("eccfg: %s: what a relative path is relative to is not documented" % path)
        name = os.path.relpath(path, copy.top)
        if name in copy.added:
            copy.added.remove(name)
        elif name in copy.base:
            with open(path, "wb") as file:
                file.write(repository.decoded(copy.base[name]))
            repository.to_ecuser(path)
        print("Reverted '%s'" % path)
    copy.save()


def resolve(given: argparse.Namespace) -> None:
    copy = WorkingCopy(given.wc)
    names = [os.path.relpath(path, copy.top) for path in given.files]
    copy.conflicts = [name for name in copy.conflicts if name not in names]
    copy.save()


def status(given: argparse.Namespace) -> None:
    for name, state in sorted(WorkingCopy(given.wc).changes().items()):
        print("%s       %s" % (LETTERS[state], name))


COMMANDS = {
    "bootstrap": bootstrap,
    "commit": commit,
    "pull": pull,
    "resolve": resolve,
    "revert": revert,
    "status": status,
}

if __name__ == "__main__":
    asked_for = options(sys.argv[1:])
    try:
        COMMANDS[asked_for.command](asked_for)
    except (Refused, OSError) as error:
        print("eccfg: %s failed\n%s" % (asked_for.command, error))
