# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No filter and no action plugin ends in an exception that Ansible shows as a traceback, whatever it is given.

The filters are found by themselves; each argument in turn is exchanged for values of other kinds.
"""

import importlib
import inspect
import itertools
import sys
from pathlib import Path

import pytest
from ansible.errors import AnsibleError

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
            assert "planted-text" not in str(error) or name.startswith(("tls_", "datasource", "certificate_report"))
            assert error.__cause__ is None
    assert refused or name in ("refuse_node_facts",), "every value was accepted"
