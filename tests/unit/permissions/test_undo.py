# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners and modes that a walk has changed are put back, and nothing that somebody else has changed meanwhile."""

import errno
import os
import resource
import stat
import struct

import pytest

from plugins.module_utils.files.safe_files import ACCESS_LIST, DEFAULT_LIST
from plugins.module_utils.permissions import apply, manifest, takeover, undo
from plugins.module_utils.permissions.judge import Attributes
from plugins.module_utils.permissions.run import Job, real_path, work
from plugins.module_utils.permissions.walk import Options

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: objects of another user are involved"),
]
NOBODY, OTHER = 65534, 1234
ALL_BACK = "owners and modes are as they were"
NONE = 0xFFFFFFFF


def access_list(*entries):
    """The value of the attribute: version 2, then (tag, rights, number)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


LIST = access_list((1, 6, NONE), (2, 6, OTHER), (4, 4, NONE), (16, 6, NONE), (32, 0, NONE))
DEFAULT = access_list((1, 7, NONE), (2, 7, OTHER), (4, 5, NONE), (16, 7, NONE), (32, 0, NONE))


@pytest.fixture
def tree(tmp_path):
    """conf, of the service user, with a.conf, sub/b.conf and sub/c.conf; of root: own.conf, with a mode that is to change."""
    tmp_path.chmod(0o755)
    conf = tmp_path / "conf"
    (conf / "sub").mkdir(parents=True)
    for name in ("a.conf", "sub/b.conf", "sub/c.conf", "own.conf"):
        (conf / name).write_text(name)
        (conf / name).chmod(0o644)
    for path in [conf] + list(conf.rglob("*")):
        if path.name != "own.conf":
            os.chown(str(path), NOBODY, NOBODY)
    for path in (conf, conf / "sub"):
        path.chmod(0o775)
    return tmp_path


def walked(tree, journal, **more):
    """Take the tree over for root, with a journal."""
    entry = dict({"path": str(tree / "conf"), "owner": "0", "group": str(NOBODY), "mode": "0640"}, recurse=True, **more)
    rules = manifest.rules_of(manifest.extended([], [entry]), int, int, real_path)
    options = Options(True, all_access_lists=True, state_dir=str(tree / "state"), journal=journal)
    return work(Job(rules, ["nobody"], "nobody", [], False, [], options))


@pytest.fixture
def journal(tree):
    return undo.Journal(str(tree / "state"))


def put_back(journal):
    assert undo.give_back_files(journal) == ""
    return undo.give_back_directories(journal)


def facts(path):
    info = os.lstat(str(path))
    lists = {name: os.getxattr(str(path), name) for name in os.listxattr(str(path)) if "posix_acl" in name}
    return info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode), lists


def state(tree):
    return {str(path): facts(path) for path in [tree / "conf"] + sorted((tree / "conf").rglob("*"))}


def test_a_tree_is_put_back_with_its_lists_and_a_second_time_nothing_is_done(tree, journal):
    for path, name, value in (("conf/a.conf", ACCESS_LIST, LIST), ("conf/sub", DEFAULT_LIST, DEFAULT)):
        os.setxattr(str(tree / path), name, value)
    before, texts = state(tree), [path.read_text() for path in sorted(tree.rglob("*.conf"))]
    done = walked(tree, journal)
    assert done.differences.total == 6 and not done.refused.total
    assert not any(lists for *_rest, lists in state(tree).values())
    assert put_back(journal) == ALL_BACK
    assert state(tree) == before and [path.read_text() for path in sorted(tree.rglob("*.conf"))] == texts
    assert put_back(journal) == "" and os.listdir(str(tree / "state")) == ["lock"]


def test_files_are_given_back_before_directories_so_that_others_can_be_put_back_between(tree, journal):
    before = state(tree)
    walked(tree, journal)
    taken = facts(tree / "conf" / "sub")
    assert taken != before[str(tree / "conf" / "sub")] and undo.give_back_files(journal) == ""
    assert facts(tree / "conf" / "sub") == taken
    assert {path: one for path, one in state(tree).items() if path.endswith(".conf")} == {
        path: one for path, one in before.items() if path.endswith(".conf")
    }
    assert undo.give_back_directories(journal) == ALL_BACK and state(tree) == before


def test_where_nothing_differs_nothing_is_recorded_and_there_is_nothing_to_put_back(tree, journal):
    walked(tree, undo.Journal(str(tree / "state")))
    walked(tree, journal)
    assert put_back(journal) == "" and journal._stream is None


def exchanged(tree):
    path = tree / "conf" / "own.conf"
    path.rename(tree / "conf" / "moved.conf")
    path.write_text("another")
    return path, "exchanged"


def linked(tree):
    path = tree / "conf" / "own.conf"
    path.unlink()
    victim = tree / "victim"
    victim.write_text("root's own")
    victim.chmod(0o640)
    os.symlink(str(victim), str(path))
    return victim, "exchanged"


def hard_linked(tree):
    path = tree / "conf" / "own.conf"
    os.link(str(path), str(tree / "second"))
    return path, "2 hard links"


def changed(tree):
    path = tree / "conf" / "own.conf"
    path.chmod(0o600)
    return path, "changed meanwhile"


def given_away(tree):
    path = tree / "conf" / "own.conf"
    os.chown(str(path), OTHER, NOBODY)
    return path, "changed meanwhile"


def removed(tree):
    (tree / "conf" / "own.conf").unlink()
    return tree, "removed meanwhile"


@pytest.mark.parametrize("act", [exchanged, linked, hard_linked, changed, given_away, removed])
def test_what_somebody_else_has_changed_meanwhile_is_left_and_named(act, tree, journal):
    before = state(tree)
    walked(tree, journal)
    path, words = act(tree)
    kept = facts(path)
    told = put_back(journal)
    assert told.startswith(ALL_BACK + ", except those of %s, which " % (tree / "conf" / "own.conf")) and words in told
    assert facts(path) == kept
    others = [name for name in before if not name.endswith(("own.conf", "victim"))]
    assert {name: state(tree)[name] for name in others} == {name: before[name] for name in others}


def test_a_list_that_somebody_has_given_a_directory_meanwhile_is_left(tree, journal):
    sub = tree / "conf" / "sub"
    os.setxattr(str(sub), DEFAULT_LIST, DEFAULT)
    walked(tree, journal)
    os.setxattr(str(sub), DEFAULT_LIST, LIST)
    kept = facts(sub)
    assert "%s, which somebody changed meanwhile" % sub in put_back(journal) and facts(sub) == kept


@pytest.mark.parametrize(
    "before, back", [((0, 0, 0o4775), False), ((0, 0, 0o4755), True), ((NOBODY, 0, 0o2755), False)]
)
def test_a_set_id_bit_comes_back_only_where_root_alone_could_write(before, back, tree, journal):
    """Otherwise the content may be of somebody whose write would have taken the bit away."""
    path = tree / "program"
    path.write_text("1")
    os.chown(str(path), *before[:2])
    path.chmod(before[2])
    entry = {"path": str(path), "owner": "0", "group": "0", "mode": "0755"}
    rules = manifest.rules_of(manifest.extended([], [entry]), int, int, real_path)
    options = Options(True, state_dir=str(tree / "state"), journal=journal)
    work(Job(rules, ["nobody"], "nobody", [], False, [], options))
    assert facts(path)[:3] == (0, 0, 0o755)
    assert ("set-id" in put_back(journal)) is not back
    assert facts(path)[:3] == (before if back else (0, 0, 0o755))


def test_a_directory_on_the_way_that_became_a_link_is_left_and_what_it_leads_to(tree, journal):
    walked(tree, journal)
    (tree / "conf" / "sub").rename(tree / "sub")
    victims = tree / "victims"
    victims.mkdir()
    for name in ("b.conf", "c.conf"):
        (victims / name).write_text("root's own")
        (victims / name).chmod(0o640)
    os.symlink(str(victims), str(tree / "conf" / "sub"))
    before = [facts(path) for path in (victims, victims / "b.conf", victims / "c.conf")]
    told = put_back(journal)
    assert "sub/b.conf" in told and "sub/c.conf" in told
    assert [facts(path) for path in (victims, victims / "b.conf", victims / "c.conf")] == before
    assert facts(tree / "conf")[:3] == (NOBODY, NOBODY, 0o775)


def test_an_error_names_a_few_objects(tree, journal):
    walked(tree, journal)
    for path in (tree / "conf").rglob("*.conf"):
        path.chmod(0o600)
    told = put_back(journal)
    assert told.count("which somebody changed meanwhile") == 3 and told.endswith("; others")


def test_nobody_gets_more_on_the_way_back(tree, journal, monkeypatch):
    walked(tree, journal)
    path = str(tree / "conf" / "sub" / "c.conf")
    seen = []

    def spied(real):
        def call(*arguments, **named):
            done = real(*arguments, **named)
            seen.append(facts(path)[:3])
            return done

        return call

    for name in ("chmod", "chown", "setxattr"):
        monkeypatch.setattr(os, name, spied(getattr(os, name)))
    put_back(journal)
    steps = [step for number, step in enumerate(seen) if not number or seen[number - 1] != step]
    assert steps == [(0, NOBODY, 0o640), (NOBODY, NOBODY, 0o640), (NOBODY, NOBODY, 0o644)]


@pytest.mark.parametrize("failing", ["chown", "removexattr", "chmod"])
def test_what_an_error_left_half_done_is_put_back_too(failing, tree, journal, monkeypatch):
    """A change stops between its steps, as on a file system of the network."""
    sub = tree / "conf" / "sub"
    os.setxattr(str(sub), ACCESS_LIST, LIST.replace(struct.pack("<HH", 16, 6), struct.pack("<HH", 16, 7)))
    sub.chmod(0o710)
    before = state(tree)
    real = getattr(os, failing)

    def refusing(path, *arguments, **named):
        if os.path.samefile(path, str(sub)) and (failing != "chmod" or facts(sub)[0] == 0):
            raise OSError(errno.EPERM, "Operation not permitted")
        return real(path, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, refusing)
        assert walked(tree, journal).refused.total
    assert state(tree) != before
    assert put_back(journal) == ALL_BACK
    assert state(tree) == before


def test_a_copy_that_did_not_take_its_place_leaves_nothing_to_put_back(tree, journal, monkeypatch):
    before = state(tree)

    def refused(*_arguments):
        raise OSError(errno.EBUSY, "busy")

    with monkeypatch.context() as patched:
        patched.setattr(takeover, "move", refused)
        assert walked(tree, journal).refused.total == 3
    assert put_back(journal) == ALL_BACK and state(tree) == before


def test_an_object_is_not_changed_where_its_record_has_no_room(tree, journal):
    """As on a full disk; every step until then is put back."""
    before = state(tree)
    walked(tree, journal)  # for the size of a journal
    size = journal._end
    put_back(journal)
    for room in (10, size // 2, size - 10):
        small = undo.Journal(str(tree / "state"))
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(
                undo.NotRecorded, match="is not changed, because what it is cannot be recorded in state_dir"
            ):
                walked(tree, small)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert (state(tree) == before) is (room == 10)
        put_back(small)
        assert state(tree) == before, room


def test_a_state_directory_that_cannot_be_used_keeps_everything_as_it_is(tree, journal):
    before = state(tree)
    (tree / "state").mkdir(mode=0o755)
    with pytest.raises(undo.NotRecorded, match="mode 0700"):
        entry = {"owner": "0"}  # directories come first, and need no lock
        walked(tree, journal, **entry)
    assert state(tree) == before and put_back(journal) == ""


def test_names_that_are_no_utf_8_are_recorded_and_put_back(tree, journal):
    name = os.fsencode(str(tree / "conf")) + b"/\xff\xe2\x80\xae"
    with open(name, "w"):
        os.chmod(name, 0o666)
    walked(tree, journal)
    assert os.stat(name).st_mode & 0o777 == 0o640
    assert put_back(journal) == ALL_BACK and os.stat(name).st_mode & 0o777 == 0o666


def test_a_journal_that_cannot_be_read_is_said(tree, journal, monkeypatch):
    walked(tree, journal)

    def failing(*_arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pread", failing)
    assert "cannot be read (Input/output error)" in put_back(journal)


def test_a_list_and_a_mode_come_back_together(tree):
    path = tree / "conf" / "own.conf"
    descriptor = os.open(str(path), os.O_RDONLY)
    try:
        apply.change(
            descriptor, Attributes(0, 0, 0o644), Attributes(NOBODY, NOBODY, 0o660), returned=[(ACCESS_LIST, LIST)]
        )
    finally:
        os.close(descriptor)
    assert facts(path) == (NOBODY, NOBODY, 0o660, {ACCESS_LIST: LIST})
