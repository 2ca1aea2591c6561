# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No filter and no action plugin ends in an exception that Ansible shows as a traceback, whatever it is given.

The filters are found by themselves; each argument in turn is exchanged for values of other kinds.
"""

import ast
import importlib
import inspect
import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / ".ansible" / "collections"))
DEEP = []
for _depth in range(3000):
    DEEP = [DEEP]
STRANGE = [
    None, True, -1, 10**400, 1.5, float("inf"), float("nan"), "", "planted-text", "\0", "\udcff", "x" * 70000, b"bytes", [], [None], [[]],
    [{}], {}, {"": None}, {None: {}}, {"name": 5}, [{"name": []}], {"units": 7}, object(), DEEP,
]  # fmt: skip


def filters():
    for path in sorted((ROOT / "plugins" / "filter").glob("*.py")):
        module = importlib.import_module("ansible_collections.msys.momentum.plugins.filter." + path.stem)
        yield from module.FilterModule().filters().items()


FILTERS = dict(filters())


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_filter_answers_or_says_in_one_sentence_what_is_wrong(name):
    function = FILTERS[name]
    number = len(inspect.signature(function).parameters)
    refused = 0
    # All arguments of one kind, and each of a kind of its own in rotation.
    rotations = [STRANGE[turn:] + STRANGE[:turn] for turn in range(0, len(STRANGE), 3)]
    for arguments in itertools.chain(([one] * number for one in STRANGE), *[zip(*rotations[:number])]):
        try:
            function(*arguments)
        except AnsibleError as error:
            refused += 1
            assert str(error).startswith(name + ": "), error
            assert "planted-text" not in str(error) or name.startswith(
                ("tls_", "datasource", "certificate_report", "file_mode")
            )
            assert error.__cause__ is None
    assert refused or name in ("refuse_node_facts",), "every value was accepted"


def test_to_find_a_filter_imports_nothing_of_what_the_others_are_made_of():
    """Ansible reads all files of filters to find one, in every process that it starts for a task."""
    program = (
        "import glob, sys, importlib; sys.path.append(sys.argv[1])\n"
        "for path in glob.glob(sys.argv[2] + '/*.py'):\n"
        "    importlib.import_module('ansible_collections.msys.momentum.plugins.filter.' + path.split('/')[-1][:-3])\n"
        "print([name for name in sys.modules if '.momentum.plugins.' in name and '.filter' not in name])"
    )
    places = [str(ROOT / ".ansible" / "collections"), str(ROOT / "plugins" / "filter")]
    said = subprocess.run([sys.executable, "-c", program] + places, check=True, stdout=subprocess.PIPE).stdout.decode()
    names = ["plugin_utils", "plugin_utils.answers"]
    assert ast.literal_eval(said) == ["ansible_collections.msys.momentum.plugins." + name for name in names]


class Task:
    """What an action plugin looks at of its task."""

    check_mode = diff = False
    async_val = 0
    delegate_to = None

    def __init__(self, args):
        self.args = args


def act(arguments, answer, task_vars, name="certificate"):
    """Run an action plugin with a module that answers as given, whatever it is asked; `node` has the arguments and the answer in a part."""
    module = importlib.import_module("ansible_collections.msys.momentum.plugins.action." + name)
    if name == "node":
        arguments, answer = {"certificate": arguments}, {"parts": {"certificate": answer}}
    action = module.ActionModule.__new__(module.ActionModule)
    action._task = Task(arguments)
    action._loader = type("Loader", (), {"path_dwim": staticmethod(lambda path: path)})()
    action._execute_module = lambda **_named: answer
    action._connection = action._play_context = action._templar = None
    ActionBase.run = lambda *_arguments: {}
    return action.run(None, task_vars)


HOSTS = {"inventory_hostname": "mta1", "hostvars": {"mta1": {}}}
UNIT = {"name": "smtp", "source": "authority", "key": "/k", "certificate": "/c", "names": ["mx.example.com"]}
AUTHORITY = {"certificate": "/nowhere/ca.pem", "key": "/nowhere/ca.key"}
GOOD = {"units": [dict(UNIT, state="kept", request="")], "diff": [], "warnings": [], "changed": False}


@pytest.fixture
def restored():
    before = ActionBase.run
    yield
    ActionBase.run = before


def ends_in_words(arguments, answer=None, task_vars=None):
    answer = GOOD if answer is None else answer
    for name in ("certificate", "node"):
        try:
            result = act(arguments, answer, HOSTS if task_vars is None else task_vars, name)
        except AnsibleError as error:
            assert str(error)
            continue
        assert isinstance(result, dict)
        assert not result.get("failed") or result.get("msg") or answer is not GOOD


FEW = {0, 2, 9, 13, 20}
NUMBERS = [one if one in FEW else pytest.param(one, marks=pytest.mark.long) for one in range(len(STRANGE))]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_action_plugin_ends_in_words_whatever_a_task_or_a_node_says(number, restored):
    strange = STRANGE[number]
    for unit in [dict(UNIT, **{key: strange}) for key in [*UNIT, "days", "common_name", "signed", "usages"]] + [
        strange
    ]:
        ends_in_words({"units": [unit], "authority": AUTHORITY})
        ends_in_words({"units": [unit]})
    ends_in_words({"units": strange, "authority": AUTHORITY})
    ends_in_words({"units": [UNIT], "authority": strange})
    for key in ("certificate", "key", "passphrase", "days"):
        ends_in_words({"units": [UNIT], "authority": dict(AUTHORITY, **{key: strange})})
    external = [dict(UNIT, source="external")]
    for key in ("units", "diff", "warnings", "changed", "transaction", "failed", "msg"):
        ends_in_words({"units": external}, dict(GOOD, **{key: strange}))
    for key in GOOD["units"][0]:
        ends_in_words({"units": external}, dict(GOOD, units=[dict(GOOD["units"][0], **{key: strange})]))
    if isinstance(strange, dict):
        ends_in_words({"units": external}, strange)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_action_plugin_of_a_node_ends_in_words_whatever_is_given_for_a_part_or_returned(number, restored):
    strange = STRANGE[number]
    module = importlib.import_module("ansible_collections.msys.momentum.plugins.action.node")
    for arguments, answer in (
        ({"certificate": strange}, {"parts": {}}),
        ({"only": strange, "certificate": {"units": [UNIT], "authority": AUTHORITY}}, {"parts": {}}),
        ({"certificate": {"units": [dict(UNIT, source="external")]}}, {"parts": strange, "waiting": strange}),
    ):
        action = module.ActionModule.__new__(module.ActionModule)
        action._task = Task(arguments)
        action._execute_module = lambda answer=answer, **_named: answer
        ActionBase.run = lambda *_arguments: {}
        try:
            assert isinstance(action.run(None, HOSTS), dict)
        except AnsibleError as error:
            assert str(error)


def test_an_option_of_the_action_plugin_that_is_null_is_one_that_is_not_given(restored):
    unit = dict(UNIT, source="external", names=None)
    answer = dict(GOOD, units=[dict(unit, state="kept", request="")])
    result = act({"units": [unit], "authority": None}, answer, HOSTS)
    assert not result.get("failed"), result["msg"]
