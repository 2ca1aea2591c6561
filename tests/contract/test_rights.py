# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that writes, run without become, says so in one sentence: which directory, which account, what to do. Nothing is tried."""

import os
import shutil

import pytest
from module_nodes import MODULES, READING, Node, Outcome, answer, load_cases

SOMEBODY = 65534  # nobody; any account but root's does


@pytest.fixture
def node(request, tmp_path):
    """A node whose directories the account may read, and not write."""
    root = tmp_path / "node"
    root.mkdir()
    made = Node(root, request.param)
    shutil.rmtree(str(root / "state"), ignore_errors=True)
    (root / "tmp").chmod(0o777)
    root.chmod(0o555)
    for above in [tmp_path, *list(tmp_path.parents)[:2]]:
        above.chmod(0o755)
    yield made
    root.chmod(0o755)


def run_as_somebody(node, module, check):
    request = node.request(module, check=check)
    return Outcome(**answer(dict(request, uid=SOMEBODY) if os.geteuid() == 0 else request))


def accepted(module):
    return next(case for case in load_cases(module) if not case.get("failed"))


# certificate_authority works on the controller, in directories of its own.
OF_ROOT = [name for name in MODULES if not name.endswith(READING) and name != "certificate_authority"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "run"])
@pytest.mark.parametrize(
    ("module", "node"), [(name, accepted(name)) for name in OF_ROOT], ids=OF_ROOT, indirect=["node"]
)
def test_a_module_that_writes_asks_for_become_before_anything_else(module, node, check):
    before = node.contents()
    result = run_as_somebody(node, module, check).result
    assert result.get("failed") is True
    assert result["msg"].startswith("%s/state: user " % node.root)
    assert "may not write to %s, " % node.root in result["msg"]
    assert "become: true" in result["msg"] and "\n" not in result["msg"]
    assert "Errno" not in result["msg"]
    assert node.contents() == before


AUDIT = {
    "files": {"file": ""},
    "arguments": {"state": "audit", "entries": [{"path": "{root}/file", "mode": "0644"}], "umask": "ignore"},
}


@pytest.mark.parametrize("node", [AUDIT], indirect=True)
def test_an_audit_of_permissions_needs_no_rights_to_write(node):
    result = run_as_somebody(node, "permissions", False).result
    assert not result.get("failed"), result.get("msg")
    assert result["changed"] is False and result["counts"]["different"] == 1
