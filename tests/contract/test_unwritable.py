# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cannot be written is refused before anything is written, by every module, in check mode in the same words as in the run.

What a module would write is found by letting it: the files that differ afterwards. One of them, or the directory that a new one would
get into, is made unwritable in each way there is, on a fresh node.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from module_nodes import ROOT, WRITING, Node, Outcome, answer, contents_of

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: chattr, mount and chown")
# What these change is changed by programs, or is no file of theirs.
NOT_FILES = ("cluster_info", "packages", "service")
CASES = [param for param in WRITING if param.values[0] not in NOT_FILES]
QUICK = ("config", "control", "keyword_file", "permissions")
NOBODY = 65534


def some(params):
    """The cases of a few modules; those of the others take long in sum."""
    return [
        param
        if param.values[0] in QUICK
        else pytest.param(*param.values, id=param.id, marks=[pytest.mark.long] + list(param.marks))
        for param in params
    ]


def works(*words):
    """Whether a command can be run here."""
    try:
        return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture(scope="session")
def attributes(tmp_path_factory):
    """Skip where chattr(1) cannot do what is needed."""
    path = str(tmp_path_factory.mktemp("chattr") / "file")
    Path(path).touch()
    if not works("chattr", "+i", path):
        pytest.skip(
            "chattr +i does not work here: no such program, no CAP_LINUX_IMMUTABLE, or a file system without flags"
        )
    subprocess.run(["chattr", "-i", path], check=True)


@pytest.fixture(scope="session")
def mounts():
    """Skip where no mount namespace can be made."""
    if not works("unshare", "-m", "mount", "--bind", "/tmp", "/tmp"):
        pytest.skip("no mount namespace can be made here (unshare -m)")


@pytest.fixture
def place(tmp_path):
    """Nodes that are gone afterwards, whatever was done to them."""
    yield tmp_path
    subprocess.run(["chattr", "-R", "-f", "-ia", str(tmp_path)], check=False)
    shutil.rmtree(str(tmp_path), ignore_errors=True)


def node_at(place, name, case):
    root = place / name
    root.mkdir(mode=0o755)
    return Node(root, case)


def written_by(place, module, case):
    """The names of files that a run changes, and of those that it creates; those of the state are left out."""
    node = node_at(place, "tried", case)
    before = node.snapshot()
    result = node.run(module).result
    assert not result.get("failed"), result.get("msg")
    after = node.snapshot()
    # chown and chmod count, the times of directories do not.
    kept = {name: entry[:2] for name, entry in before.items()}
    changed = [name for name, entry in after.items() if name in kept and kept[name] != entry[:2]]
    files = [name for name in changed if (node.root / name).is_file() and not name.startswith("state")]
    created = [name for name in after if name not in before and (node.root / name).is_file()]
    return files, created


def existing_above(node, name):
    path = (node.root / name).parent
    while not path.exists():
        path = path.parent
    return path


def refused_alike(node, module, path, words, ask=answer):
    """Both runs are refused in the same words, which name the path, what is wrong and what to do; nothing was written."""
    before = node.snapshot()
    check = Outcome(**ask(node.request(module, check=True))).result
    assert node.snapshot() == before
    done = Outcome(**ask(node.request(module))).result
    assert contents_of(node.snapshot()) == contents_of(before)
    if module == "permissions":  # which reports each object, and does the rest
        check["msg"], done["msg"] = (result["msg"].partition("refused: ")[2] for result in (check, done))
    for result in (check, done):
        assert result.get("failed") is True, (module, result)
        for word in [str(path)] + words:
            assert word in result["msg"]
        assert "Errno" not in result["msg"]
    assert check["msg"] == done["msg"]


@pytest.mark.parametrize("module, case", CASES)
def test_a_second_hard_link_is_refused(module, case, place):
    files, _created = written_by(place, module, case)
    for number, name in enumerate(files[:1]):
        node = node_at(place, "node%d" % number, case)
        os.link(str(node.root / name), str(place / "second-name"))
        refused_alike(node, module, node.root / name, ["hard links"])


@pytest.mark.parametrize("module, case", [case for case in CASES if case.values[0] not in ("permissions", "restore")])
def test_a_link_of_another_account_is_refused(module, case, place):
    files, _created = written_by(place, module, case)
    for number, name in enumerate(files[:1]):
        node = node_at(place, "node%d" % number, case)
        path = node.root / name
        path.rename(place / "elsewhere")
        path.symlink_to(place / "elsewhere")
        os.chown(str(path), NOBODY, NOBODY, follow_symlinks=False)
        refused_alike(node, module, path, ["symbolic link"])


@pytest.mark.parametrize("module, case", some(CASES))
@pytest.mark.parametrize("flag, words", [("i", "immutable"), pytest.param("a", "append-only", marks=pytest.mark.long)])
def test_a_file_with_a_flag_of_chattr_is_refused(module, case, flag, words, place, attributes):
    files, _created = written_by(place, module, case)
    for number, name in enumerate(files[:1]):
        node = node_at(place, "node%d" % number, case)
        subprocess.run(["chattr", "+" + flag, str(node.root / name)], check=True)
        refused_alike(node, module, node.root / name, [words, "chattr -" + flag])


@pytest.mark.parametrize("module, case", some([case for case in CASES if case.values[0] != "permissions"]))
def test_a_directory_that_is_immutable_is_refused(module, case, place, attributes):
    files, created = written_by(place, module, case)
    node = node_at(place, "node", case)
    directory = existing_above(node, (files + created + ["state/x"])[0])
    subprocess.run(["chattr", "+i", str(directory)], check=True)
    refused_alike(node, module, directory, ["immutable", "chattr -i"])


class Namespace:
    """The process that runs modules, in a mount namespace of its own in which a command was run first."""

    def __init__(self, *words):
        directories = [str(ROOT / ".ansible" / "collections"), str(Path(__file__).parent / "fakes")]
        directories += [os.environ[key] for key in ["CONTRACT_CORE"] if key in os.environ]
        python = os.environ.get("CONTRACT_PYTHON", sys.executable)
        run = [python, str(Path(__file__).parent / "run_module.py")]
        self.process = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-ec", words[0] + '\nshift\nexec "$@"', "sh", words[1]]
            + run,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(directories), PYTHONDONTWRITEBYTECODE=""),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )

    def __enter__(self):
        return self.ask

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


@pytest.mark.parametrize("module, case", some([case for case in CASES if case.values[0] != "permissions"]))
def test_a_file_that_is_a_mount_point_is_refused(module, case, place, mounts):
    files, _created = written_by(place, module, case)
    for number, name in enumerate(files[:1]):
        node = node_at(place, "node%d" % number, case)
        with Namespace('mount --bind "$1" "$1"', str(node.root / name)) as ask:
            refused_alike(node, module, node.root / name, ["mount point", "umount"], ask)


@pytest.mark.parametrize("module, case", some(CASES))
def test_a_read_only_file_system_is_refused(module, case, place, mounts):
    files, created = written_by(place, module, case)
    node = node_at(place, "node", case)
    inner = existing_above(node, (files + created + ["state/x"])[0])
    script = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"'
    with Namespace(script, str(inner)) as ask:
        refused_alike(node, module, inner, ["read-only", "remount,rw %s" % inner], ask)


@pytest.mark.parametrize("module, case", [case for case in CASES if case.values[0] not in ("bundle", "permissions")])
def test_a_link_to_where_no_directory_is_is_refused(module, case, place):
    _files, created = written_by(place, module, case)
    for number, name in enumerate([one for one in created if not one.startswith("state/")][:1]):
        node = node_at(place, "node%d" % number, case)
        above = existing_above(node, name)
        link = above / (node.root / name).relative_to(above).parts[0]
        link.symlink_to("nowhere/there")
        refused_alike(node, module, link, ["symbolic link", "whose directory does not exist"])


def open_to_others(state):
    state.chmod(0o755)


def of_another_account(state):
    os.chown(str(state), NOBODY, NOBODY)


def a_file(state):
    state.rmdir()
    state.write_text("")


def a_directory_as_the_lock(state):
    (state / "lock").mkdir()


def a_link_as_the_lock(state):
    (state / "lock").symlink_to("nowhere")


def a_file_as_the_backups(state):
    (state / "backups").write_text("")


def a_second_name_of_what_is_pending(state):
    (state / "pending.json").write_text('{"level": "none", "since": 0, "transactions": [], "files": []}')
    os.link(str(state / "pending.json"), str(state / "other"))


UNUSABLE = (
    open_to_others,
    of_another_account,
    a_file,
    a_directory_as_the_lock,
    a_link_as_the_lock,
    a_file_as_the_backups,
    a_second_name_of_what_is_pending,
)
# What these write is in no transaction.
WITHOUT_STATE = ("bundle", "database_schema", "restore")


@pytest.mark.parametrize("unusable", UNUSABLE, ids=lambda unusable: unusable.__name__)
@pytest.mark.parametrize("module, case", some([case for case in CASES if case.values[0] not in WITHOUT_STATE]))
def test_a_state_directory_that_cannot_be_used_is_refused(module, case, unusable, place):
    node = node_at(place, "node", case)
    state = node.root / "state"
    if state.exists() and unusable is a_file:
        pytest.skip("the case needs what is in it")
    state.mkdir(mode=0o700, exist_ok=True)
    unusable(state)
    named = {a_second_name_of_what_is_pending: "pending.json", a_file_as_the_backups: "backups"}.get(unusable, "state")
    check, done = node.run(module, check=True).result, node.run(module).result
    assert (check.get("failed"), check.get("msg")) == (done.get("failed"), done.get("msg"))
    if done.get("failed") is None:
        assert module == "permissions" and node.run(module).result["changed"] is False
    else:
        assert named in done["msg"]


def test_what_permissions_cannot_change_is_no_change(place, attributes):
    case = {"files": {"conf/a": "1", "conf/b": "2"}}
    arguments = {"umask": "ignore", "refused": "report", "entries": [{"path": "{root}/conf/*", "mode": "0600"}]}
    node = node_at(place, "node", dict(case, arguments=arguments))
    subprocess.run(["chattr", "+i", str(node.root / "conf" / "a")], check=True)
    first = node.run("permissions").result
    assert first["changed"] is True and [one["path"][-1] for one in first["differences"]] == ["b"]
    for check in (True, False):
        again = node.run("permissions", check=check).result
        assert again["changed"] is False and again["diff"] == [] and again["differences"] == []
        assert [one["path"][-1] for one in again["refused"]] == ["a"]
        assert "immutable" in again["refused"][0]["reason"] and "chattr -i" in again["refused"][0]["reason"]


def test_a_file_that_is_taken_over_is_not_replaced_where_it_is_a_mount_point(place, mounts):
    case = {"files": {"conf/a": "1"}}
    entry = {"path": "{root}/conf/a", "owner": "root", "group": "0", "mode": "0640"}
    arguments = {"umask": "ignore", "user": "nobody", "entries": [entry]}
    node = node_at(place, "node", dict(case, arguments=arguments))
    path = node.root / "conf" / "a"
    os.chown(str(path), NOBODY, NOBODY)
    with Namespace('mount --bind "$1" "$1"', str(path)) as ask:
        refused_alike(node, "permissions", path, ["mount point"], ask)
