# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection must keep, whichever it is and whenever it was written.

The modules are found by looking into plugins/modules; each needs a file of cases, so that a new module is covered on the
day it appears. A case is a small node (files below one directory), arguments, and what is expected of the run.
"""

import fcntl
import functools
import io
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import unicodedata
from pathlib import Path

import pytest
import yaml

from plugins.module_utils.text import visible
from plugins.module_utils.transaction.transaction import FileChange, Transaction

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
CASES = Path(__file__).parent / "cases"
READING = ("_info", "_lint", "_served")  # names of modules that change nothing on the node
PLANTED = re.compile("planted-[a-z0-9-]+")


def load_cases(module):
    path = CASES / (module + ".yml")
    return yaml.safe_load(path.read_text()) if path.exists() else []


ALL = [
    pytest.param(module, case, id="%s: %s" % (module, case["name"]))
    for module in MODULES
    for case in load_cases(module)
]
CHANGING = [param for param in ALL if param.values[1].get("changed")]
REFUSED = [param for param in ALL if param.values[1].get("failed")]
WRITING = list(
    {param.values[0]: param for param in reversed(CHANGING) if not param.values[1].get("check_only")}.values()
)
ACCEPTED = [param for param in ALL if not param.values[1].get("failed")]
REPEATED = [param for param in CHANGING if not param.values[1].get("check_only")]


class Node:
    """One directory that stands for a node: `{root}` in arguments and files is its path."""

    def __init__(self, root, case):
        self.root = root
        self.case = case
        os.makedirs(str(root / "tmp"), mode=0o700, exist_ok=True)
        for name, content in case.get("files", {}).items():
            self.write(name, content)
        for name, members in case.get("archives", {}).items():
            self.archive(root / name, members)

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.fill(content).encode("utf-8", "surrogateescape"))
        path.chmod(0o755 if content.startswith("#!") else 0o640)

    def archive(self, path, members):
        """Make a tar archive of texts by their names in it."""
        with tarfile.open(str(path), "w") as archive:
            for name, content in members.items():
                data = self.fill(content).encode()
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), 0o755 if content.startswith("#!") else 0o644
                archive.addfile(info, io.BytesIO(data))

    def fill(self, value):
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return value.replace("{root}", str(self.root)) if isinstance(value, str) else value

    def arguments(self):
        """The common arguments that put a module on this node, under the case's own."""
        common = {"prefix": "{root}/momentum", "state_dir": "{root}/state", "nodename": "node1"}
        return self.fill({**common, **self.case.get("arguments", {})})

    def request(self, module, check=False, **more):
        """The request to the process that runs modules; `kill`: the number of a call, see run_module.py."""
        internal = {"check_mode": check, "diff": True, "remote_tmp": str(self.root / "tmp"), "verbosity": 4}
        if "CONTRACT_CORE" not in os.environ:
            internal["inject_invocation"] = True  # ansible-core 2.16 always does
        arguments = dict(self.arguments(), **{"_ansible_" + name: value for name, value in internal.items()})
        return dict(more, module=module, arguments=arguments)

    def run(self, module, check=False):
        return Outcome(**answer(self.request(module, check)))

    def snapshot(self):
        """Every file with its content, mode and time of change. The directory for temporary files is Ansible's, and a module's that
        leaves nothing there."""
        assert not list((self.root / "tmp").iterdir())
        return {
            str(path.relative_to(self.root)): (
                path.read_bytes() if path.is_file() else b"",
                path.lstat().st_mode,
                path.lstat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
            if path != self.root / "tmp"
        }

    def contents(self):
        return contents_of(self.snapshot())

    def due(self):
        return due_in(self.root)

    def permissions(self):
        """The kind and mode of all but the state."""
        return {name: entry[1] for name, entry in self.snapshot().items() if not name.startswith("state")}


def due_in(root):
    """What pending.json of a node says is due: the level, and the files by their names below the node."""
    path = root / "state" / "pending.json"
    if not path.exists():
        return "none", []
    record = json.loads(path.read_text())
    return record["level"], sorted(os.path.relpath(name, str(root)) for name in record["files"])


def contents_of(snapshot):
    return {name: entry[0] for name, entry in snapshot.items() if not name.startswith("state")}


# To Ansible these say what became of the task or of its host, whatever a module means by them.
TAKEN = {"ansible_facts", "rc", "results", "skipped", "stderr", "stdout", "unreachable"}


class Outcome:
    """What a module left behind: its result, all that it printed, and the bytes that it read and took of memory."""

    def __init__(self, returncode, stdout, stderr, calls, read, memory):
        self.output = stdout + stderr
        self.returncode = returncode
        self.read = read
        self.memory = memory
        try:
            self.result = json.loads(stdout)
        except ValueError:
            raise AssertionError("the module printed no JSON: %s" % self.output)
        assert not TAKEN & set(self.result), "to Ansible these names have a meaning of their own"


@functools.lru_cache(maxsize=None)
def runner():
    """The process that runs modules; CONTRACT_PYTHON and CONTRACT_CORE name another Python and ansible-core."""
    python = os.environ.get("CONTRACT_PYTHON", sys.executable)
    directories = [str(ROOT / ".ansible" / "collections"), str(Path(__file__).parent / "fakes")] + [
        os.environ[key] for key in ["CONTRACT_CORE"] if key in os.environ
    ]
    # A module's code is compiled once, not in each of thousands of runs.
    return subprocess.Popen(
        [python, str(Path(__file__).parent / "run_module.py")],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(directories), PYTHONDONTWRITEBYTECODE=""),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )


@pytest.fixture(scope="session", autouse=True)
def ended():
    yield
    if runner.cache_info().currsize:
        runner().stdin.close()
        runner().wait()


def answer(request):
    """How a module ended that was run in a process of its own."""
    process = runner()
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def run_module(module, arguments):
    """What came of a module with arguments of its own."""
    return Outcome(**answer({"module": module, "arguments": arguments}))


@pytest.fixture
def node_of(tmp_path):
    made = []

    def make(case):
        root = tmp_path / ("node%d" % len(made))
        root.mkdir(mode=0o755)
        made.append(root)
        return Node(root, case)

    yield make
    for root in made:
        shutil.rmtree(str(root), ignore_errors=True)


class Story:
    """One case from its beginning to its end on one node: a check, the run, and the run again where it changed something.

    The tests below read what they need of it, so each case is played once.
    """

    def __init__(self, module, case, root):
        self.node = node = Node(root, case)
        self.before = node.snapshot()
        self.check = node.run(module, check=True)
        self.checked = node.snapshot()
        self.done = self.again = None
        if not case.get("check_only"):
            self.done = node.run(module)
            self.after = node.contents()
            self.permissions = node.permissions()
            self.due = node.due()
        if self.done and case.get("changed"):
            self.again = node.run(module)
            self.last = node.contents()
        shutil.rmtree(str(root), ignore_errors=True)


@pytest.fixture(scope="session")
def story_of(tmp_path_factory):
    stories = {}

    def tell(module, case):
        key = (module, case["name"])
        if key not in stories:
            root = tmp_path_factory.mktemp("story") / "node"
            root.mkdir(mode=0o755)
            stories[key] = Story(module, case, root)
        return stories[key]

    return tell


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_cases_that_change_nothing_that_change_and_that_are_refused(module):
    cases = load_cases(module)
    assert cases, "write tests/contract/cases/%s.yml" % module
    reads_only = module.endswith(READING)
    assert reads_only or any(case.get("changed") for case in cases)
    assert any(case.get("failed") for case in cases)
    assert any(not case.get("files") and not case.get("archives") for case in cases), (
        "a case on an empty node is missing"
    )


@pytest.mark.parametrize("module, case", ALL)
def test_check_mode_writes_nothing(module, case, story_of):
    story = story_of(module, case)
    assert story.checked == story.before


PREDICTED = ("changed", "activation", "diff", "changes")


@pytest.mark.parametrize("module, case", ACCEPTED)
def test_check_mode_says_what_the_run_then_does(module, case, story_of):
    story = story_of(module, case)
    predicted = story.check.result
    assert not predicted.get("failed"), predicted.get("msg")
    if case.get("check_only"):
        return
    done = story.done.result
    assert not done.get("failed"), done.get("msg")
    assert done["changed"] is case.get("changed", False)
    for key in PREDICTED:
        assert predicted.get(key) == done.get(key), key
    for key, value in case.get("returned", {}).items():
        assert done[key] == story.node.fill(value), key


@pytest.mark.parametrize("module, case", REPEATED)
def test_a_second_run_changes_nothing(module, case, story_of):
    story = story_of(module, case)
    again = story.again.result
    assert again["changed"] is False, again.get("diff")
    assert again.get("activation", "none") == "none"
    assert story.last == story.after


@pytest.mark.parametrize("module, case", [param for param in REPEATED if "secret" not in param.id])
def test_the_diff_laid_over_the_old_files_gives_the_new_ones(module, case, story_of):
    story = story_of(module, case)
    node, laid = story.node, contents_of(story.before)
    for entry in story.done.result["diff"]:
        name = os.path.relpath(entry["before_header"], str(node.root))
        if "before" in entry and not name.startswith(".."):
            assert shown(laid.get(name, b"")) == entry["before"]
            laid[name] = entry["after"].encode("utf-8", "surrogateescape")
    after = {name: text for name, text in story.after.items() if stat.S_ISREG(story.permissions[name])}
    seen = {name: shown(text) for name, text in laid.items() if name in after}
    assert seen == {name: shown(text) for name, text in after.items()}
    for path, text in case.get("expect", {}).items():
        assert after[path].decode() == node.fill(text)


# What an account of the node can put into names and texts, to be obeyed by the terminal of whoever runs the playbook: escape
# sequences of seven and eight bits, an override of the direction, a line of its own.
HOSTILE = "\x1b[2J\x9b31m\u202e\u2028\x7f\r\nok: [forged]"
HIDDEN_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
OF_LINES = {"before_header", "after_header"}


def dangerous(text, allowed="\n\t"):
    return [sign for sign in text if sign not in allowed and unicodedata.category(sign) in HIDDEN_KINDS]


def shown(content):
    """A file's content as a difference shows it, with what no terminal may see spelled out."""
    text = content.decode("utf-8", "surrogateescape")
    return "".join(visible.block(sign) if dangerous(sign) else sign for sign in text)


def texts_in(value, key=""):
    """Every text of a result with the name of what holds it, keys included."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield "", name
            yield from texts_in(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item, key)
    elif isinstance(value, str):
        yield key, value


def few_of_each(params):
    """Of each module the cases with the most files, one that is accepted and one that is refused; the others take long."""
    most = {}
    for param in params:
        module, case = param.values
        most.setdefault((module, "failed" in case), []).append((len(str(case.get("files", ""))), param.id))
    quick = {max(entries)[1] for entries in most.values()}
    return [
        param if param.id in quick else pytest.param(*param.values, id=param.id, marks=pytest.mark.long)
        for param in params
    ]


@pytest.mark.parametrize("module, case", few_of_each(ALL))
def test_no_name_or_text_of_a_node_commands_a_terminal(module, case, tmp_path):
    # An argument with control characters is refused, so the node's own path, to which the argument is a link, has them.
    (tmp_path / HOSTILE).mkdir(mode=0o755)
    root = tmp_path / "node"
    root.symlink_to(HOSTILE)
    node = Node(root, case)
    for name, content in case.get("files", {}).items():
        if name.endswith(".conf"):
            node.write(name, content + 'X_Hostile = "%s"\n# \udcff\n' % HOSTILE)
    outcome = node.run(module, check=case.get("check_only", False))
    assert "Traceback" not in outcome.output
    for key, text in texts_in(outcome.result):
        assert not dangerous(text, "" if key in OF_LINES else "\n\t"), (key, text)
        if key in ("msg", "warnings"):
            assert "\nok: [forged]" not in text


@pytest.mark.parametrize("module, case", ALL)
def test_no_planted_secret_leaves_the_node(module, case, story_of):
    story = story_of(module, case)
    for outcome in (story.check, story.done, story.again):
        leaked = set(PLANTED.findall(outcome.output)) if outcome else set()
        assert not leaked


@pytest.mark.parametrize("module, case", REFUSED)
def test_a_refusal_names_the_reason_and_loses_nothing(module, case, story_of):
    story = story_of(module, case)
    for refused in ([] if case.get("run_only") else [story.check.result]) + [story.done.result]:
        assert refused.get("failed") is True
        for words in case["failed"] if isinstance(case["failed"], list) else [case["failed"]]:
            assert story.node.fill(words) in refused["msg"]
        assert "Traceback" not in json.dumps(refused) and "[Errno" not in refused["msg"]
    assert story.after == contents_of(story.before)


# What these write is another thing in each run: keys, passwords, databases.
RANDOM = {"certificate", "certificate_authority", "credential", "database_schema", "dhparams"}


def written(node, contents=None):
    """The files of a node with `{root}` for where it is, without the temporary directory of Ansible."""
    contents = node.contents() if contents is None else contents
    root = str(node.root).encode()
    return {name: text.replace(root, b"{root}") for name, text in contents.items() if not name.startswith("tmp")}


def killed_and_repeated(module, case, story, make, kill, watchdog=False):
    """Play a case with SIGKILL before its changing call number `kill`, and the same run again, which must make up for it: with the
    same files, and with the same due to the daemon. A check before it writes nothing and says the same. watchdog: whether that of a
    transaction dies with the module."""
    node = make(case)
    died = answer(node.request(module, kill=kill, watchdog=watchdog))
    assert died["returncode"] == -signal.SIGKILL, (kill, died)
    half = node.snapshot() if watchdog else {}
    predicted = node.run(module, check=True).result
    assert not watchdog or node.snapshot() == half, kill
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
    if module not in RANDOM:
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
