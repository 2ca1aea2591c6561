# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module as a process: what a task sees of refusals, audits and a fatal umask."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: objects of another user are involved"),
    pytest.mark.skipif(sys.version_info < (3, 8), reason="ansible-core for this Python is not among the test tools"),
]
NOBODY = 65534


@pytest.fixture
def conf(tmp_path):
    """A directory of the service user with one file and one planted link."""
    directory = tmp_path / "conf"
    directory.mkdir()
    (directory / "a.conf").write_text("planted-secret")
    os.symlink("/etc/shadow", str(directory / "evil"))
    for path in (directory, directory / "a.conf", directory / "evil"):
        os.chown(str(path), NOBODY, NOBODY, follow_symlinks=False)
    return directory


def run(conf, check=False, umask=0o022, arguments=None, **more):
    entry = {"path": str(conf), "owner": "root", "group": str(NOBODY), "mode": "0640", "recurse": True}
    common = {"entries": [entry], "user": "nobody", "umask": "ignore", "_ansible_check_mode": check}
    common["state_dir"] = str(conf.parent / "state")
    common.update(dict(arguments or {}, **more), _ansible_diff=True, _ansible_remote_tmp=str(conf.parent / "tmp"))
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "contract" / "run_module.py"), "permissions"],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": common}),
        env=dict(os.environ, PYTHONPATH=str(ROOT / ".ansible" / "collections")),
        stdout=subprocess.PIPE,
        universal_newlines=True,
        preexec_fn=lambda: os.umask(umask),
        check=False,
    )
    assert "planted-secret" not in done.stdout
    return json.loads(done.stdout)


def test_a_refusal_fails_the_task_after_the_rest_was_done_and_check_mode_says_the_same(conf):
    before = os.lstat("/etc/shadow")
    predicted, done = run(conf, check=True), run(conf, umask=0o077)
    for result in (predicted, done):
        assert result["failed"] and "evil is a symbolic link" in result["msg"]
        assert result["changed"] is True and result["counts"]["different"] == 2
    assert predicted["diff"] == done["diff"]
    assert (conf / "a.conf").stat().st_mode & 0o7777 == 0o640
    after = os.lstat("/etc/shadow")
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_files_of_a_former_user_of_the_daemon_are_refused_by_name_with_the_remedy_that_then_helps(conf):
    os.unlink(str(conf / "evil"))
    predicted, done = run(conf, check=True, user="daemon"), run(conf, user="daemon")
    for result in (predicted, done):
        assert result["failed"]
        assert "%s belongs to nobody (uid %d), which is neither root" % (conf, NOBODY) in result["msg"]
        assert "take_over_from (roles: momentum_permissions_take_over_from)" in result["msg"]
    helped = run(conf, user="daemon", take_over_from=["daemon", "nobody"])
    assert not helped.get("failed"), helped.get("msg")
    assert helped["changed"] is True and (conf / "a.conf").stat().st_uid == 0


def test_refusals_can_be_warnings_and_the_second_run_changes_nothing(conf):
    assert run(conf, refused="report")["changed"] is True
    again = run(conf, refused="report")
    assert again["changed"] is False and again["counts"]["refused"] == 1
    assert "evil" in json.dumps(again["warnings"])


def test_an_audit_reports_all_and_changes_and_fails_nothing(conf):
    found = run(conf, state="audit")
    assert found["changed"] is False and not found.get("failed")
    assert (found["counts"]["different"], found["counts"]["refused"]) == (2, 1)
    assert conf.stat().st_uid == NOBODY


def test_a_repair_for_an_account_that_the_node_does_not_have_is_refused(conf):
    arguments = {"user": "no-such-account", "reach": [str(conf)], "entries": []}
    assert "no-such-account" in run(conf, arguments={"umask": "repair"}, **arguments)["msg"]
    reported = run(conf, arguments={"umask": "report"}, **arguments)
    assert not reported.get("failed") and "no-such-account" in json.dumps(reported["warnings"])


def test_what_is_taken_over_is_said_before_and_after_alike(conf):
    os.unlink(str(conf / "evil"))
    before = (conf / "a.conf").stat().st_ino
    predicted = run(conf, check=True)
    assert not (conf.parent / "state").exists() and (conf / "a.conf").stat().st_ino == before
    done = run(conf)
    assert predicted["diff"] == done["diff"] and predicted["differences"] == done["differences"]
    assert [item["replaced"] for item in done["differences"]] == [False, True]
    assert "0640, a new file\n" in done["diff"][0]["after"] and (conf / "a.conf").stat().st_ino != before
    assert run(conf)["changed"] is False


def test_a_state_directory_of_somebody_else_is_refused_in_check_mode_and_run_but_not_in_an_audit(conf):
    (conf.parent / "state").mkdir(mode=0o755)
    for check in (True, False):
        refused = run(conf, check=check)
        assert refused["failed"] and "mode 0700" in refused["msg"]
    assert not run(conf, state="audit").get("failed")


@pytest.fixture
def momentum(tmp_path):
    """An installation whose files the service account could write to, as the manuals leave them."""
    etc = tmp_path / "msys" / "ecelerity" / "etc"
    etc.mkdir(parents=True)
    files = {"environment": "CONTROL=/tmp/2025\nexport CONTROL\n", "ec_rotate.conf": "enabled=yes\nretention = 7\n"}
    for name, text in files.items():
        (etc / name).write_text(text)
        os.chown(str(etc / name), NOBODY, NOBODY)
    return etc


def manage(etc, check=False, **more):
    arguments = {"role": "standalone", "version": "5.3.0", "prefix": str(etc.parent), "group": "0", "entries": []}
    leave = ["logs", "services", "spool"]
    return run(etc, check, arguments=dict(arguments, leave=leave, **more))


def test_a_run_warns_of_what_root_runs_with_the_content_of_another_account(momentum):
    predicted, done = manage(momentum, check=True), manage(momentum)
    for result in (predicted, done):
        assert not result.get("failed") and result["changed"], result
        words = [words for words in map(str, result["warnings"]) if "rpm --verify --file PATH" in words]
        assert len(words) == 1 and str(momentum / "environment") in words[0] and "ec_rotate.conf" in words[0]
    again = manage(momentum)
    assert not again["changed"] and not again.get("warnings")


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("environment", "TRY=9\nLD_PRELOAD=/tmp/x.so\n", "line 2 has LD_PRELOAD, which is no variable of the page"),
        ("environment", "touch /tmp/x\n", "line 1 is neither an assignment nor an export"),
        ("environment", "TRY=$(id)\n", "line 1 has more than a plain value for TRY"),
        ("environment", "TRY=9; id\n", "line 1 has more than a plain value for TRY"),
        ("environment", "\nexport LD_LIBRARY_PATH=/tmp/lib\n", "line 2 has, in LD_LIBRARY_PATH, a path outside of"),
        ("ec_rotate.conf", "path_to_bzip = /tmp/x\n", "line 1 has, as path_to_bzip, a program that is none of"),
        (
            "ec_rotate.conf",
            "# x\nlogfiles = /var/log/a \\\n /etc/x\n",
            "line 2 has, in logfiles, a path outside of /var/log",
        ),
    ],
)
def test_content_that_the_manuals_do_not_have_is_not_made_roots(momentum, name, text, words):
    (momentum / name).write_text(text)
    for check in (True, False):
        result = manage(momentum, check=check)
        assert result["failed"] and "%s %s" % (momentum / name, words) in result["msg"], result["msg"]
        assert "chown root" in result["msg"] and "/tmp/x" not in result["msg"].replace(str(momentum), "")
        assert (momentum / name).stat().st_uid == NOBODY
    os.chown(str(momentum / name), 0, 0)
    assert not manage(momentum).get("failed")


def test_what_the_manuals_have_is_taken_over(momentum):
    text = "# set\nECELERITY_DNS_BACKEND='unbound' \nexport ECELERITY_DNS_BACKEND TRY\nBINDIR=%s/bin; export BINDIR\nEXTRA_ARGS='-x 1'\n"
    (momentum / "environment").write_text(text % momentum.parent)
    (momentum / "ec_rotate.conf").write_text(
        "# path_to_bzip\nlogfiles =  /var/log/ecelerity/a.ec \\\n  /var/log/b.ec\npath_to_bzip=/usr/bin/gzip\n"
    )
    result = manage(momentum)
    assert not result.get("failed") and result["changed"], result
    assert (momentum / "environment").read_text() == text % momentum.parent
    assert (momentum / "environment").stat().st_uid == 0
