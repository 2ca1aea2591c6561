# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The walk on a real file system, as root, in directories of a service user. Attacks are named after what is planted."""

import gc
import os
import stat
import struct

import pytest

from plugins.module_utils.permissions import manifest, run
from plugins.module_utils.permissions.judge import UNKNOWN_OWNER
from plugins.module_utils.permissions.run import Job, work
from plugins.module_utils.permissions.walk import Options

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: objects of another user are involved")
NOBODY = 65534


@pytest.fixture
def tree(tmp_path):
    """conf (of the service user) with a.conf, sub/b.conf and sub/c.conf, like the vendor's installation."""
    tmp_path.chmod(0o755)
    conf = tmp_path / "conf"
    (conf / "sub").mkdir(parents=True)
    for name in ("a.conf", "sub/b.conf", "sub/c.conf"):
        (conf / name).write_text(name)
        (conf / name).chmod(0o644)
    for path in [conf] + list(conf.rglob("*")):
        os.chown(str(path), NOBODY, NOBODY)
    for path in (conf, conf / "sub"):
        path.chmod(0o755)
    return tmp_path


def walk(tree, enforce=True, options=None, **keys):
    entry = {"path": str(tree / "conf"), "owner": "0", "group": str(NOBODY), "mode": "0640", "recurse": True}
    own = keys.pop("own", [entry])
    rules = manifest.rules_of(manifest.extended([], own), int, int, run.real_path)
    job = Job(rules, ["nobody"], "nobody", [], False, [], (options or Options(True))._replace(enforce=enforce))
    return work(job._replace(**keys))


def facts(path):
    info = os.lstat(str(path))
    return info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)


def state(tree):
    return {str(path): facts(path) for path in sorted(tree.rglob("*"))}


def refused(findings):
    return {os.path.basename(item["path"]): item["reason"] for item in findings.refused.items}


def test_a_tree_is_taken_over_at_once_and_is_in_order_then(tree):
    before = state(tree)
    predicted = walk(tree, enforce=False)
    assert state(tree) == before
    done = walk(tree)
    assert done.diff() == predicted.diff() and done.differences.total == 5
    assert {facts(path) for path in (tree / "conf").rglob("*.conf")} == {(0, NOBODY, 0o640)}
    assert facts(tree / "conf") == facts(tree / "conf" / "sub") == (0, NOBODY, 0o750)
    again = walk(tree)
    assert (again.differences.total, again.refused.total) == (0, 0)
    assert (again.counts["files"], again.counts["directories"]) == (3, 2)


def test_a_planted_symbolic_link_is_refused_and_its_target_left_alone(tree):
    victim = tree / "victim"
    victim.write_text("root's own")
    victim.chmod(0o600)
    os.symlink(str(victim), str(tree / "conf" / "evil"))
    os.symlink(str(tree), str(tree / "conf" / "sub" / "evil-directory"))
    for path in (tree / "conf" / "evil", tree / "conf" / "sub" / "evil-directory"):
        os.chown(str(path), NOBODY, NOBODY, follow_symlinks=False)
    found = walk(tree)
    assert set(refused(found)) == {"evil", "evil-directory"}
    assert facts(victim) == (0, 0, 0o600)
    again = walk(tree)
    assert set(refused(again)) == {"evil-directory", "evil"} and facts(victim) == (0, 0, 0o600)


def test_a_planted_hard_link_is_refused_also_after_the_directory_is_taken_over(tree):
    victim = tree / "victim"
    victim.write_text("root's own")
    victim.chmod(0o600)
    os.link(str(victim), str(tree / "conf" / "evil"))
    for _turn in range(2):
        assert "2 hard links" in refused(walk(tree))["evil"]
        assert facts(victim) == (0, 0, 0o600)


def test_objects_of_a_third_user_are_refused_and_not_entered(tree):
    other = tree / "conf" / "sub"
    os.chown(str(other), 1234, 1234)
    before = facts(other / "b.conf")
    found = walk(tree)
    assert "uid 1234" in refused(found)["sub"]
    assert facts(other / "b.conf") == before


def test_a_component_of_a_stranger_ends_the_way(tree):
    os.chown(str(tree), 1234, 0)
    before = facts(tree / "conf")
    assert list(refused(walk(tree)).values()) == ["belongs to uid 1234, " + UNKNOWN_OWNER]
    assert facts(tree / "conf") == before


def test_a_link_in_the_place_of_a_managed_path_is_refused_and_one_of_root_on_the_way_followed(tree):
    os.symlink("conf", str(tree / "alias"))
    entry = {"path": str(tree / "alias"), "mode": "0600"}
    assert "symbolic link" in refused(walk(tree, own=[entry]))["alias"]
    entry["path"] = str(tree / "alias" / "a.conf")
    assert walk(tree, own=[entry]).differences.items[0]["path"] == str(tree / "conf" / "a.conf")
    assert facts(tree / "conf" / "a.conf")[2] == 0o600


def test_pipes_and_sockets_neither_block_nor_change_unless_they_are_named(tree):
    os.mkfifo(str(tree / "conf" / "pipe"), 0o666)
    os.chown(str(tree / "conf" / "pipe"), NOBODY, NOBODY)
    before = facts(tree / "conf" / "pipe")
    assert walk(tree).counts["special"] == 1
    assert facts(tree / "conf" / "pipe") == before


def test_a_set_id_program_is_not_given_away_in_passing(tree):
    program = tree / "conf" / "sub" / "b.conf"
    program.chmod(0o4755)
    assert "set-id" in refused(walk(tree))["b.conf"]
    assert stat.S_IMODE(os.lstat(str(program)).st_mode) == 0o4755


def test_exclusions_and_closed_directories_are_left_out(tree):
    entry = {"path": str(tree / "conf"), "mode": "0600", "recurse": True, "exclude": ["b.*"]}
    found = walk(tree, enforce=False, own=[entry])
    assert not any(item["path"].endswith("b.conf") for item in found.differences.items)
    assert any(item["path"].endswith("c.conf") for item in found.differences.items)
    closed = walk(tree, enforce=False, own=[entry], closed=[str(tree / "conf" / "sub")])
    assert not any("/sub/" in item["path"] for item in closed.differences.items)


def test_names_that_are_no_text_are_shown_on_one_line(tree):
    raw = os.fsencode(str(tree / "conf")) + b"/a\nroot \xff"
    os.close(os.open(raw, os.O_CREAT | os.O_WRONLY, 0o644))
    os.chown(raw, NOBODY, NOBODY)
    found = walk(tree)
    assert found.diff()["before"].count("\n") == found.differences.total == 6
    found.diff()["before"].encode("ascii")
    assert facts(os.fsdecode(raw)) == (0, NOBODY, 0o640)


def test_lists_are_bounded_and_totals_exact(tree):
    for number in range(50):
        (tree / "conf" / ("x%02d" % number)).write_text("")
        os.chown(str(tree / "conf" / ("x%02d" % number)), NOBODY, NOBODY)
    found = walk(tree, limit=10)
    assert (len(found.differences.items), found.differences.total) == (10, 55)
    assert found.diff()["after"].endswith("... and 45 more\n")


def test_what_root_made_under_umask_0027_is_found_component_by_component_and_repaired(tree):
    conf = tree / "conf"
    for path, mode in ((conf, 0o755), (conf / "sub", 0o750), (conf / "sub" / "b.conf", 0o640)):
        os.chown(str(path), 0, 0)
        path.chmod(mode)
    reach = {"own": [], "reach": [str(conf)]}
    found = walk(tree, **reach)
    ours = [item for item in found.out_of_reach.items if item["path"].startswith(str(conf))]
    assert [os.path.basename(item["path"]) for item in ours] == ["sub", "b.conf"]
    assert "cannot read and search it" in ours[0]["reason"] and not ours[0]["repaired"]
    assert found.differences.total == 0
    walk(tree, repair=True, **reach)
    assert facts(conf / "sub") == (0, NOBODY, 0o750) and facts(conf / "sub" / "b.conf") == (0, NOBODY, 0o640)
    assert walk(tree, **reach).out_of_reach.total == 0


def put_access_list(path, mask):
    """rw- for the owner, rwx for user 1234, as far as the mask lets it."""
    none = 0xFFFFFFFF
    entries = [(0x01, 6, none), (0x02, 7, 1234), (0x04, 4, none), (0x10, mask, none), (0x20, 4, none)]
    packed = b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(str(path), "system.posix_acl_access", struct.pack("<I", 2) + packed)
    except OSError as error:
        pytest.skip("this file system takes no access list (%s): they are NOT tested on a real one" % error)


def test_an_access_list_of_roots_own_is_reported_and_kept_and_its_mask_not_widened(tree):
    path = tree / "conf" / "a.conf"
    os.chown(str(path), 0, 0)
    put_access_list(path, mask=0)
    found = walk(tree)
    assert "access list" in refused(found)["a.conf"]
    assert [item["kinds"] for item in found.access_lists.items] == [["access"]]
    entry = {"path": str(path), "owner": "0", "group": "0", "mode": "0600"}
    assert walk(tree, own=[entry]).refused.total == 0 and facts(path) == (0, 0, 0o600)
    assert os.getxattr(str(path), "system.posix_acl_access")


def test_access_lists_of_files_in_order_are_found_on_request(tree):
    walk(tree)
    put_access_list(tree / "conf" / "sub" / "b.conf", mask=4)
    (tree / "conf" / "sub" / "b.conf").chmod(0o640)
    assert walk(tree).access_lists.total == 0
    thorough = walk(tree, options=Options(True, all_access_lists=True))
    assert [os.path.basename(item["path"]) for item in thorough.access_lists.items] == ["b.conf"]
    assert thorough.differences.total == 0


def test_a_directory_is_not_taken_over_where_hard_links_are_not_protected(tree, monkeypatch):
    monkeypatch.setattr(run, "is_protected", lambda: False)
    before = state(tree / "conf" / "sub"), facts(tree / "conf")
    assert "protected_hardlinks" in refused(walk(tree))["conf"]
    assert (state(tree / "conf" / "sub"), facts(tree / "conf")) == before


def test_a_very_deep_tree_ends_in_a_refusal_not_in_lost_descriptors(tree):
    deep = str(tree / "conf")
    for _level in range(230):
        deep = os.path.join(deep, "d")
        os.mkdir(deep)
        os.chown(deep, NOBODY, NOBODY)
    gc.collect()  # what tests before have left
    opened = len(os.listdir("/proc/self/fd"))
    found = walk(tree)
    assert "deep" in refused(found)["d"]
    assert len(os.listdir("/proc/self/fd")) == opened


def test_what_is_missing_is_said_and_is_no_error(tree):
    entry = {"path": str(tree / "conf" / "later" / "x.conf"), "mode": "0600"}
    found = walk(tree, own=[entry])
    assert found.missing == [entry["path"]] and found.refused.total == 0


def test_file_systems_that_are_mounted_inside_are_not_entered_unless_asked(tree):
    if not os.path.ismount("/dev/shm"):
        pytest.skip("/dev/shm is no mount here: other file systems are NOT tested")
    entry = {"path": "/dev", "recurse": True}
    found = walk(tree, enforce=False, own=[entry])
    assert "/dev/shm" in found.not_entered and found.differences.total == 0
    entered = walk(tree, enforce=False, own=[entry], options=Options(False, other_file_systems=True))
    assert entered.not_entered == []
    assert entered.counts["directories"] > found.counts["directories"]
