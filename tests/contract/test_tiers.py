# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make quick` leaves out is left out on purpose: the names of slow tests are true, and a change brings back those that name it."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "tests" / "unit"


@pytest.fixture(scope="module")
def tiers():
    spec = importlib.util.spec_from_file_location("tiers", str(ROOT / "tests" / "conftest.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_slow_test_exists(tiers):
    for name in tiers.SLOW:
        file, _colons, function = name.partition("::")
        (path,) = UNIT.rglob(file)
        assert "def %s(" % function in path.read_text(encoding="utf-8") or not function
    assert set(tiers.SLOW_ON_NODES) <= tiers.SLOW


@pytest.mark.parametrize(
    ("changed", "test", "due"),
    [
        ("plugins/module_utils/files/safe_files.py", "transaction/test_transaction_steps.py", True),
        ("plugins/module_utils/ecconf/syntax/lexer.py", "ecconf/test_edit_properties.py", True),
        ("plugins/module_utils/tls/values/ciphers.py", "tls/test_tls_openssl.py", True),
        ("tests/standin/ecelerity/lib/momentum_standin/tls.py", "stand_in/test_standin_tls.py", True),
        ("tests/unit/stand_in/standin_tls.py", "stand_in/test_standin_tls.py", True),
        ("tests/unit/transaction/test_transaction_steps.py", "transaction/test_transaction_steps.py", True),
        ("plugins/module_utils/sandbox/rules.py", "transaction/test_transaction_steps.py", False),
        ("README.md", "tls/test_tls_openssl.py", False),
    ],
)
def test_a_slow_test_is_due_when_what_it_names_has_changed(tiers, changed, test, due):
    assert (ROOT / changed).exists()
    assert tiers.Affected({changed}).has(UNIT / test) is due


@pytest.mark.parametrize(
    ("test", "slow", "node"),
    [
        ("tests/unit/files/test_safe_files.py", False, True),
        ("tests/unit/transaction/test_transaction_steps.py", True, True),
        ("tests/unit/tls/test_tls_openssl.py", True, False),
        ("tests/unit/stand_in/test_standin_reader.py", False, False),
        ("tests/unit/report/test_report_page.py", False, False),
        ("tests/contract/test_modules.py", False, True),
        ("tests/contract/test_killed_runs.py", False, True),
        ("tests/contract/test_roles.py", False, False),
    ],
)
def test_the_oldest_python_runs_what_runs_on_nodes(tiers, test, slow, node):
    assert (ROOT / test).is_file()
    assert tiers.is_node(test, slow) is node
