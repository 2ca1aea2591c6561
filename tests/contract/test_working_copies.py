# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A working copy of eccfg is not edited in passing: the next start by ec_ctl may replace what nobody has committed."""

import os

import pytest
from module_nodes import WRITING

CONF = "momentum/etc/conf"
MARK = CONF + "/.svn/entries"
WORDS = "is a working copy of eccfg"


def in_a_working_copy(case):
    """The same node, whose configuration eccfg has checked out."""
    return dict(case, files=dict(case.get("files", {}), **{MARK: "12\n"}))


def is_edited(story):
    """Whether a case changes a file of the configuration."""
    before, after = {name: entry[0] for name, entry in story.before.items()}, story.after
    return any(before.get(name) != after.get(name) for name in set(before) | set(after) if name.startswith(CONF + "/"))


@pytest.mark.slow
@pytest.mark.parametrize("module, case", WRITING)
def test_whatever_edits_a_working_copy_is_refused_in_check_mode_too_or_says_what_is_left_to_do(
    module, case, story_of, node_of
):
    if not is_edited(story_of(module, case)):
        pytest.skip("nothing below etc/conf is written")
    node = node_of(in_a_working_copy(case))
    before = node.contents()
    results = [node.run(module, check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and WORDS in result["msg"], result
    assert results[0]["msg"] == results[1]["msg"]
    assert {name: text for name, text in node.contents().items() if name.startswith("momentum")} == {
        name: text for name, text in before.items() if name.startswith("momentum")
    }
    node.case["arguments"] = dict(node.case.get("arguments", {}), working_copy="edit")
    done = node.run(module).result
    assert not done.get("failed") and done["changed"], done["msg"]
    assert "commit them (eccfg commit)" in str(done["warnings"])
    assert node.run(module).result["changed"] is False


@pytest.mark.parametrize("spelled", ["{root}//momentum", "{root}/./momentum", "{root}/momentum//", "{root}/link"])
def test_it_is_found_however_the_prefix_is_written(spelled, node_of):
    settings = [{"option": "Max_Retries", "value": 6}]
    case = {"files": {CONF + "/default/ecelerity.conf": "Max_Retries = 5\n"}, "arguments": {"settings": settings}}
    node = node_of(in_a_working_copy(case))
    os.symlink("momentum", str(node.root / "link"))
    node.case["arguments"]["prefix"] = spelled
    assert WORDS in node.run("config").result["msg"]


def test_it_is_told_apart_from_a_configuration_of_its_own(node_of):
    plain = {"files": {CONF + "/default/ecelerity.conf": "Max_Retries = 5\n"}}
    assert node_of(plain).run("config_info").result["working_copy"] == ""
    node = node_of(in_a_working_copy(plain))
    assert node.run("config_info").result["working_copy"] == "%s/%s" % (node.root, CONF)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: owners are changed")
def test_its_files_are_not_given_to_root_and_what_is_subversion_s_is_left_alone(node_of):
    case = {
        "files": {CONF + "/default/ecelerity.conf": "Max_Retries = 5\n"},
        "arguments": {
            "role": "standalone",
            "version": "3.6.20",
            "user": "nobody",
            "group": "nogroup",
            "umask": "ignore",
        },
    }
    node = node_of(in_a_working_copy(case))
    results = [node.run("permissions", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and WORDS in result["msg"] and "manual_modes" in result["msg"]
    assert results[0]["msg"] == results[1]["msg"]
    node.case["arguments"]["manual_modes"] = ["config", "programs"]
    tracked = ["default/ecelerity.conf", "default/dkim/a.key", "default/ecdb.conf", "ssl/m.key"]
    marks = [".svn/entries", "default/dkim/.svn/entries", "default/.svn/props/ecdb.conf"]
    for name in tracked + marks:
        node.write("%s/%s" % (CONF, name), "1")
    before = {name: os.stat(str(node.root / CONF / name)) for name in marks}
    done = node.run("permissions").result
    assert not done.get("failed"), done["msg"]
    assert {os.stat(str(node.root / CONF / name)).st_uid for name in tracked + ["default/dkim"]} == {65534}
    assert {os.stat(str(node.root / CONF / name)).st_mode & 0o7 for name in tracked[1:]} == {0}
    for name in marks:
        now = os.stat(str(node.root / CONF / name))
        assert (now.st_uid, now.st_mode) == (before[name].st_uid, before[name].st_mode), name


CONFIGURATION = {CONF + "/default/ecelerity.conf": "Max_Retries = 5\n"}
SERVICE = {"user": "nobody", "group": "nogroup"}
KEPT = [".svn/entries", ".svn/pristine/a/a", "default/.svn/props/ecdb.conf"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: owners are changed")


def with_marks(node):
    """A node with what Subversion keeps, in the modes that Subversion gives it; returns how that looks."""
    for name in KEPT:
        node.write("%s/%s" % (CONF, name), "1")
    os.chmod(str(node.root / CONF / KEPT[1]), 0o400)
    found = [path for path in sorted((node.root / CONF).rglob("*")) if ".svn" in path.parts]
    return lambda: {str(path): (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode) for path in found}


@needs_root
@pytest.mark.parametrize(
    "entry",
    [
        {"path": "{root}/momentum/etc/conf", "owner": "nobody", "mode": "0600", "recurse": True},
        {"path": "{root}/momentum/etc", "group": "nogroup", "mode": "u=rwX,go=", "recurse": True},
        {"path": "{root}/momentum/etc/conf/*/*", "owner": "nobody", "mode": "0600", "recurse": False},
        {"path": "{root}/momentum/etc/conf/**/entries", "mode": "0604"},
        {"path": "{root}/momentum/etc/**/.svn/*/*/*", "mode": "0604"},
    ],
)
def test_entries_of_a_task_leave_what_is_subversion_s_alone(entry, node_of):
    node = node_of({"files": CONFIGURATION, "arguments": dict(SERVICE, entries=[entry], umask="ignore")})
    look = with_marks(node)
    before = look()
    done = node.run("permissions").result
    assert not done.get("failed"), done["msg"]
    assert look() == before


@needs_root
@pytest.mark.parametrize("part", ["/.svn", "/default/.svn/props", "/default/.svn"])
def test_an_entry_that_names_what_is_subversion_s_is_refused(part, node_of):
    entries = [{"path": "{root}/momentum/etc/conf" + part, "owner": "root"}]
    node = node_of({"files": CONFIGURATION, "arguments": dict(SERVICE, entries=entries, umask="ignore")})
    with_marks(node)
    results = [node.run("permissions", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and ".svn" in result["msg"] and "take the entry out" in result["msg"]
    assert results[0]["msg"] == results[1]["msg"]


@needs_root
@pytest.mark.parametrize("path", ["etc/conf", "etc", "etc/conf/default/*.conf", "etc/**/ecelerity.conf"])
def test_entries_of_a_task_do_not_give_a_working_copy_away(path, node_of):
    entries = [{"path": "{root}/momentum/" + path, "owner": "root", "mode": "u+r", "recurse": "*" not in path}]
    node = node_of({"files": CONFIGURATION, "arguments": dict(SERVICE, entries=entries, umask="ignore")})
    with_marks(node)
    tracked = node.root / CONF / "default/ecelerity.conf"
    os.chown(str(tracked), 65534, 65534)
    results = [node.run("permissions", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and str(tracked) in result["msg"] and "must belong to nobody" in result["msg"]
    assert tracked.stat().st_uid == 65534
    node.case["arguments"]["entries"][0]["owner"] = "nobody"
    assert not node.run("permissions").result.get("failed")


@needs_root
def test_what_the_umask_closed_is_opened_but_not_what_is_subversion_s(node_of):
    node = node_of({"files": CONFIGURATION, "arguments": dict(SERVICE, umask="repair")})
    node.case["arguments"]["reach"] = ["{root}/momentum/etc/conf"]
    look = with_marks(node)
    os.chmod(str(node.root / CONF / ".svn"), 0o700)
    before = look()
    done = node.run("permissions").result
    assert not done.get("failed") and done["changed"], done["msg"]
    assert (node.root / CONF / "default/ecelerity.conf").stat().st_gid == 65534
    assert look() == before
