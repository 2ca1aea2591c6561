# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed, and what it left unfinished: the same task again ends in the declared state."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from module_nodes import MODULES, PREDICTED, READING, REPEATED, ROOT, WRITING, answer, load_cases

from plugins.module_utils.transaction.transaction import FileChange, Transaction
from tests.tiers import some

# What these write is another thing in each run: keys, passwords, databases.
RANDOM = {"certificate", "certificate_authority", "credential", "database_schema", "dhparams", "dkim_key"}


def is_random(module, case):
    """Whether a module, or a part of a node in a case, writes such things."""
    parts = case["arguments"] if module == "node" else [module]
    return not RANDOM.isdisjoint(parts)


def written(node, contents=None):
    """The files of a node with `{root}` for where it is, without the temporary directory of Ansible."""
    contents = node.contents() if contents is None else contents
    root = str(node.root).encode()
    return {name: text.replace(root, b"{root}") for name, text in contents.items() if not name.startswith("tmp")}


def seen(node):
    """The node without the shadow that a validator's run may have left: its links lead to files of this machine, which others change."""
    return {name: entry for name, entry in node.snapshot().items() if not name.startswith("state/check/")}


def killed_and_repeated(module, case, story, make, kill, watchdog=False):
    """Play a case with SIGKILL before its changing call number `kill`, and the same run again, which must make up for it: with the
    same files, and with the same due to the daemon. A check before it writes nothing and says the same. watchdog: whether that of a
    transaction dies with the module."""
    node = make(case)
    died = answer(node.request(module, kill=kill, watchdog=watchdog))
    if died["returncode"] == 0 and died["calls"] < kill:
        return  # a first node may open directories for all that follow, which then have less to do
    assert died["returncode"] == -signal.SIGKILL, (kill, died)
    half = seen(node) if watchdog else {}
    predicted = node.run(module, check=True).result
    assert not watchdog or seen(node) == half, kill
    repeated = node.run(module).result
    assert not repeated.get("failed"), (kill, repeated.get("msg"))
    for key in PREDICTED:
        assert predicted.get(key) == repeated.get(key), (kill, key)
    left = node.run(module, check=True).result
    assert left["changed"] is False, (kill, left.get("diff"))
    assert not [words for words in left.get("warnings", []) if "transaction" in str(words)], (kill, left["warnings"])
    assert node.permissions() == story.permissions, kill
    assert node.due() == story.due, kill
    made, requested = written(node), written(story.node, story.after)
    assert set(made) == set(requested), kill
    if not is_random(module, case):
        assert made == requested, kill


def calls_of(module, case, make):
    """How many calls of an undisturbed run change something."""
    return answer(make(case).request(module, kill=0))["calls"]


GUARDED = pytest.mark.parametrize("watchdog", [False, True], ids=["watchdog lives", "watchdog dies"])


@pytest.mark.slow
@GUARDED
@pytest.mark.parametrize("module, case", WRITING)
def test_a_run_that_is_killed_is_made_up_for_by_the_next(module, case, watchdog, story_of, node_of):
    calls = calls_of(module, case, node_of)
    for kill in sorted({max(1, calls * part // 8) for part in ((3, 5, 7) if watchdog else (5,))}) if calls else ():
        killed_and_repeated(module, case, story_of(module, case), node_of, kill, watchdog)


@pytest.mark.long
@GUARDED
@pytest.mark.parametrize("module, case", WRITING)
def test_a_run_that_is_killed_at_any_step_is_made_up_for_by_the_next(module, case, watchdog, story_of, node_of):
    for kill in range(1, calls_of(module, case, node_of) + 1):
        killed_and_repeated(module, case, story_of(module, case), node_of, kill, watchdog)


STRIDE = 5


@pytest.mark.long
@pytest.mark.parametrize("module, case", [param for param in REPEATED if param not in WRITING])
def test_every_case_that_is_killed_is_made_up_for_by_the_next_run(module, case, story_of, node_of):
    """At each fifth step, with and without the watchdog by turns; the cases of a module begin at different steps, so together they
    are killed at each."""
    first = 1 + [one["name"] for one in load_cases(module)].index(case["name"]) % STRIDE
    for turn, kill in enumerate(range(first, calls_of(module, case, node_of) + 1, STRIDE)):
        killed_and_repeated(module, case, story_of(module, case), node_of, kill, watchdog=turn % 2 == 1)


def leave_unfinished(node):
    """Leave the journal of a transaction that can be neither finished nor undone: its end is missing."""
    state = node.root / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    state.chmod(0o700)
    path = state / "journal.swapping"
    path.write_text('{"format": 1, "transaction": "20260101T000000.000000-00000000", "entr')
    path.chmod(0o600)
    return path


def told_of_journal(result):
    return [words for words in result.get("warnings", []) if "journal" in str(words)]


@pytest.mark.parametrize("module, case", WRITING)
def test_an_unfinished_transaction_hinders_no_module_and_is_reported_once(module, case, node_of):
    node = node_of(case)
    left = leave_unfinished(node)
    predicted = node.run(module, check=True).result
    assert len(told_of_journal(predicted)) == 1 and left.exists()
    done = node.run(module).result
    assert not done.get("failed"), done.get("msg")
    assert done["changed"] is True and not left.exists()
    assert len(told_of_journal(done)) == 1 and str(left.parent / "aside-") in str(done["warnings"])
    assert not told_of_journal(node.run(module).result)


@pytest.mark.parametrize("module", [name for name in MODULES if name.endswith(READING)])
def test_a_module_that_only_reads_leaves_an_unfinished_transaction_alone_and_says_so(module, node_of):
    node = node_of(load_cases(module)[0])
    left = leave_unfinished(node)
    for _turn in range(2):
        assert len(told_of_journal(node.run(module).result)) == 1 and left.exists()


def left_half_done(node, path, new, created=""):
    """Leave the transaction of a run that was killed with its watchdog when it had replaced `path` and made `created`."""
    script = """
import os, sys
sys.path.insert(0, %r)
from ansible_collections.msys.momentum.plugins.module_utils.transaction import transaction
transaction.Watchdog = lambda *_: None
path, new, created, state = sys.argv[1:]
changes = [transaction.FileChange(path, new.encode(), mode=0o600)]
if created:
    changes.append(transaction.FileChange(created, b"X = 1", os.getuid(), os.getgid(), 0o600))
due = transaction.Due("restart", [path])
transaction.Transaction(changes, state, check_installed=lambda: os._exit(9), due=due).commit()
""" % str(ROOT / ".ansible" / "collections")
    arguments = [str(node.root / path), new, str(node.root / created) if created else "", str(node.root / "state")]
    (node.root / "state").mkdir(mode=0o700, exist_ok=True)
    assert subprocess.run([sys.executable, "-c", script] + arguments, check=False).returncode == 9
    assert new in (node.root / path).read_text()


CONF = "momentum/etc/conf/default/"
HALF = {"files": {CONF + "ecelerity.conf": 'Maximum = "1"\ninclude "parts"\n', CONF + "parts/a.conf": 'Part = "old"\n'}}


@pytest.mark.parametrize("module", ["config_info", "config_lint"])
def test_a_module_that_only_reads_reads_what_recovery_would_leave(module, node_of):
    node = node_of(HALF)
    whole = node.run(module).result
    left_half_done(node, CONF + "parts/a.conf", 'Part = "new"\nOther = 1\n', CONF + "parts/b.conf")
    before = node.snapshot()
    read = node.run(module).result
    assert "was left unfinished" in str(read["warnings"]), read["warnings"]
    assert node.snapshot() == before
    for key in set(whole) - {"warnings", "invocation"}:
        assert read[key] == whole[key], key


def test_the_ownership_of_what_recovery_would_leave_is_judged_in_check_mode(node_of):
    case = dict(
        HALF,
        arguments={"entries": [{"path": "{root}/" + CONF, "mode": "0640", "directory_mode": "0755", "recurse": True}]},
    )
    node = node_of(case)
    whole = node.run("permissions", check=True).result
    left_half_done(node, CONF + "parts/a.conf", "new", CONF + "parts/b.conf")
    read = node.run("permissions", check=True).result
    for key in ("differences", "counts", "changed", "missing"):
        assert read[key] == whole[key], key
    done = node.run("permissions").result
    assert [one["path"] for one in done["differences"]] == [one["path"] for one in whole["differences"]]


def test_two_files_of_which_one_was_changed_are_both_changed_by_the_same_task_again(node_of):
    """The first example of the kind: the plan was made from the half state, and the recovery took the other half back."""
    requested = [{"option": "Part", "value": "new"}, {"option": "Other", "value": "new"}]
    files = dict(HALF["files"], **{CONF + "parts/b.conf": 'Other = "old"\n'})
    node = node_of({"files": files, "arguments": {"settings": requested}})
    left_half_done(node, CONF + "parts/a.conf", 'Part = "new"\n')
    done = node.run("config").result
    assert done["changed"] and "was rolled back" in str(done["warnings"]), done
    assert (node.root / CONF / "parts/a.conf").read_text() == 'Part = "new"\n'
    assert (node.root / CONF / "parts/b.conf").read_text() == 'Other = "new"\n'


@pytest.mark.long
def test_whoever_reads_while_another_run_keeps_its_half_state_for_long_says_so(node_of):
    """A module that only reads; one that would write is refused, see test_transaction_unfinished.py."""
    node = node_of(HALF)
    left_half_done(node, CONF + "parts/a.conf", 'Part = "new"\n')
    with (node.root / "state" / "lock").open("r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write("%20d\n" % os.getpid())
        stream.flush()
        result = node.run("config_info").result
    assert "held by process %d for more than 30 seconds" % os.getpid() in str(result["warnings"])


def test_a_run_of_many_transactions_is_put_back_as_a_whole(node_of):
    """Each restore is itself a transaction, and none of them may take away the backup of one that is still to be put back."""
    node = node_of({"files": {"a": "0", "other": "0"}})
    (node.root / "state").mkdir(mode=0o700)
    made = []
    for number in range(1, 15):
        changes = [FileChange(str(node.root / "a"), b"%d" % number)]
        if number % 3 == 0:
            changes.append(FileChange(str(node.root / "other"), b"%d" % number))
        made.append(Transaction(changes, str(node.root / "state")).commit().id)
    node.case = dict(node.case, arguments={"transactions": made})
    done = node.run("restore").result
    assert not done.get("failed"), done["msg"]
    assert done["restored"] == made[::-1]
    assert (node.root / "a").read_text() == (node.root / "other").read_text() == "0"
    again = node.run("restore").result
    assert (again.get("failed"), again["changed"], again["files"]) == (None, False, []), again


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
@pytest.mark.parametrize("step", some([1, 6], [6]))
def test_a_directory_that_is_closed_for_init_schema_is_its_owner_s_again_after_a_kill(node_of, step):
    """The manual leaves Momentum's etc to the service account."""
    case = next(one for one in load_cases("database_schema") if one["name"].startswith("a database is made, "))

    def prepared():
        node = node_of(case)
        etc = node.root / "momentum/etc"
        etc.chmod(0o775)
        os.chown(str(etc), 65534, 0)
        return node, etc

    def owned(etc):
        return etc.stat().st_uid, etc.stat().st_mode & 0o777

    calls, told = answer(prepared()[0].request("database_schema", kill=0))["calls"], 0
    for kill in range(1, calls + 1, step):
        node, etc = prepared()
        assert answer(node.request("database_schema", kill=kill))["returncode"] == -signal.SIGKILL
        half = owned(etc)
        predicted = node.run("database_schema", check=True).result
        assert owned(etc) == half
        done = node.run("database_schema").result
        assert not done.get("failed"), (kill, done["msg"])
        assert owned(etc) == (65534, 0o775), kill
        for result in (predicted, done):
            assert half == (65534, 0o775) or "was closed for init_schema" in str(result["warnings"]), kill
        told += half != (65534, 0o775)
        assert not (node.root / "state" / "closed.json").exists()
    assert told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
@pytest.mark.parametrize(
    "path, words", [("momentum/etc/sql/common.sql", "foreign_schema"), ("bin/init_schema", "cannot be run")]
)
def test_what_init_schema_cannot_be_run_with_is_refused_before_anything_is_written(path, words, node_of):
    case = next(one for one in load_cases("database_schema") if one["name"].startswith("a database is made, "))
    node = node_of(case)
    if words == "foreign_schema":
        os.chown(str(node.root / path), 65534, 65534)
    else:
        (node.root / path).unlink()
    before = node.contents()
    check, done = node.run("database_schema", check=True).result, node.run("database_schema").result
    assert done["failed"] and words in done["msg"] and node.contents() == before
    assert check.get("failed") or words in str(check["warnings"])


def test_a_lock_that_somebody_removes_is_still_held(node_of):
    """The second task comes while the validator judges what the first has in place, and waits for its end."""
    node = node_of(HALF)
    node.write("momentum/bin/ec_dump_config", "#!/bin/sh\necho '<config/>'\n")
    slow = "#!/bin/sh\nrm -f {root}/state/lock\ntouch {root}/judging\nsleep 2\necho 'Configuration valid'\n"
    node.write("momentum/bin/validate_config", slow)
    node.case = dict(
        node.case, arguments={"settings": [{"option": "Maximum", "value": "2"}, {"option": "Part", "value": "2"}]}
    )
    request = json.dumps({"ANSIBLE_MODULE_ARGS": node.request("config")["arguments"]})
    paths = os.pathsep.join([str(ROOT / ".ansible" / "collections"), os.environ.get("CONTRACT_CORE", "")])
    command = [
        os.environ.get("CONTRACT_PYTHON", sys.executable),
        str(ROOT / "tests" / "contract" / "run_module.py"),
        "config",
    ]
    first = subprocess.Popen(
        command,
        env=dict(os.environ, PYTHONPATH=paths.strip(os.pathsep)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )
    first.stdin.write(request)
    first.stdin.close()
    while not (node.root / "judging").exists():
        assert first.poll() is None
        time.sleep(0.01)
    node.case = dict(node.case, arguments={"settings": [{"option": "Other", "value": "2"}]})
    second = node.run("config").result
    ended = json.loads(first.stdout.read())
    assert first.wait() == 0 and not ended.get("failed"), ended.get("msg")
    assert not second.get("failed"), second.get("msg")
    text = (node.root / CONF / "ecelerity.conf").read_text() + (node.root / CONF / "parts/a.conf").read_text()
    assert 'Maximum = "2"' in text and 'Part = "2"' in text and "Other = 2" in text, text


def test_what_was_changed_after_the_clock_was_set_back_is_put_back_first(node_of, monkeypatch):
    node = node_of({"files": {"a": "0"}})
    (node.root / "state").mkdir(mode=0o700)
    now, made = time.time(), []
    for content, clock in ((b"1", now + 3600), (b"2", now), (b"3", now + 1800)):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        made.append(Transaction([FileChange(str(node.root / "a"), content)], str(node.root / "state")).commit().id)
    monkeypatch.undo()
    node.case = dict(node.case, arguments={"transactions": made})
    for check in (True, False):
        done = node.run("restore", check=check).result
        assert done["restored"] == made[::-1] == sorted(made, reverse=True)
    assert (node.root / "a").read_text() == "0"


@pytest.mark.parametrize("damage", ["is gone", "was changed"])
def test_a_damaged_backup_is_refused_in_check_mode_as_in_the_run_before_anything_is_put_back(damage, node_of):
    node = node_of({"files": {"a": "0", "b": "0"}})
    (node.root / "state").mkdir(mode=0o700)
    changes = [FileChange(str(node.root / name), b"1") for name in "ab"]
    receipt = Transaction(changes, str(node.root / "state")).commit()
    backup = receipt.backups[str(node.root / "a")]
    if damage == "is gone":
        os.unlink(backup)
    else:
        with open(backup, "w") as stream:
            stream.write("something else")
    node.case = dict(node.case, arguments={"transactions": [receipt.id]})
    check, done = node.run("restore", check=True).result, node.run("restore").result
    assert check["failed"] and check["msg"] == done["msg"] and backup in done["msg"]
    assert (node.root / "a").read_text() == (node.root / "b").read_text() == "1"


def test_putting_back_that_is_killed_at_any_step_is_completed_by_the_same_task(node_of):
    """Two transactions of one file: in the end the later one finds neither what it made nor what was before it."""

    def prepared():
        node = node_of({"files": {"a": "0", "b": "0"}})
        state = node.root / "state"
        state.mkdir(mode=0o700)
        changes = [[("a", b"1"), ("b", b"1")], [("a", b"2")]]
        made = [
            Transaction([FileChange(str(node.root / name), new) for name, new in one], str(state)).commit().id
            for one in changes
        ]
        node.case = dict(node.case, arguments={"transactions": made})
        return node

    calls = answer(prepared().request("restore", kill=0))["calls"]
    assert calls > 60
    for kill in range(1, calls + 1, 9):
        node = prepared()
        assert answer(node.request("restore", kill=kill, watchdog=True))["returncode"] == -signal.SIGKILL
        done = node.run("restore").result
        assert not done.get("failed"), (kill, done["msg"])
        assert (node.root / "a").read_text() == (node.root / "b").read_text() == "0", kill
        assert sorted(path.name for path in node.root.iterdir() if path.name != "tmp") == ["a", "b", "state"], kill
