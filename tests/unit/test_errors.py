# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""There is one family of errors: whatever a user can cause is a MomentumError, and is shown as a message."""

import ast
import builtins
from pathlib import Path

import pytest

from plugins.module_utils.errors import MomentumError

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
FILES = sorted(PLUGINS.rglob("*.py"))
# Classes of exceptions that are none of the family, and why.
OTHERS = {
    ("module_utils/transaction/signals.py", "Interrupted"): "a signal; no handler of errors may take it for one",
    (
        "module_utils/host/terminal.py",
        "Unfinished",
    ): "an error of the system, as TimeoutError is for every other program",
    (
        "module_utils/pki/x509/cryptography_library.py",
        "InvalidSignature",
    ): "stands for the library's where that is missing",
    (
        "module_utils/pki/x509/cryptography_library.py",
        "UnsupportedAlgorithm",
    ): "stands for the library's where that is missing",
}
# Where Python's own exceptions are raised, and why no user meets them.
RAISED = {
    ("module_utils/database/closed_directory.py", "_judged", "ValueError"): "records.read makes it RecordDamaged",
    ("module_utils/transaction/backups.py", "_judged", "ValueError"): "load makes it BackupMissing",
    ("module_utils/ecconf/fallback.py", "places", "ValueError"): "a wrong call: the direction comes from the code",
    ("module_utils/cluster/vip_moves.py", "_addresses", "TypeError"): "records.read makes it RecordDamaged",
    ("module_utils/transaction/journal.py", "_decode", "ValueError"): "read_as makes it JournalDamaged",
    ("module_utils/transaction/journal.py", "_due", "ValueError"): "read_as makes it JournalDamaged",
    ("module_utils/transaction/journal.py", "_judge", "ValueError"): "read_as makes it JournalDamaged",
    ("module_utils/state/deployed_license.py", "_built", "TypeError"): "records.read makes it RecordDamaged",
    ("module_utils/state/marked_secrets.py", "_names", "TypeError"): "records.read makes it RecordDamaged",
    ("module_utils/version_control/commit.py", "_digests", "TypeError"): "records.read makes it RecordDamaged",
    ("module_utils/host/dns.py", "encoded", "ValueError"): "txt and tls.dnssec make it a reason",
    ("module_utils/host/dns.py", "_by_tcp", "ValueError"): "txt makes it a reason",
    ("module_utils/host/dns.py", "texts_of", "ValueError"): "txt makes it a reason",
    ("module_utils/host/dns.py", "_joined", "ValueError"): "txt makes it a reason",
    (
        "module_utils/text/json_values.py",
        "values",
        "ValueError",
    ): "as json.loads has it; the rules of Webhooks make it a finding",
    ("module_utils/pki/served.py", "_elements", "ValueError"): "leaf_of is asked within a handler",
    ("plugin_utils/report/render.py", "_presentable", "TypeError"): "answered makes it AnsibleFilterError",
    ("module_utils/pki/certain.py", "certain", "RuntimeError"): "a fault of the code, which is to be seen as one",
}
BUILT_IN = {"ArithmeticError", "AssertionError", "Exception", "KeyError", "RuntimeError", "TypeError", "ValueError"}


def name_of(path):
    return str(path.relative_to(PLUGINS))


def classes():
    """All classes of all plugins: file, name and the names of their bases."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                bases = [
                    base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases
                ]
                yield name_of(path), node.name, bases


def test_every_exception_class_is_of_the_family():
    found, family = list(classes()), {"MomentumError"}
    others = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)}
    for _round in found:
        family |= {name for _path, name, bases in found if family & set(bases)}
        others |= {name for _path, name, bases in found if others & set(bases)}
    outside = {(path, name) for path, name, bases in found if others & set(bases) and not family & set(bases)}
    assert outside - {("module_utils/ecconf/syntax/errors.py", "MomentumError")} == set(OTHERS)
    assert len(family) > 20


def test_python_s_own_exceptions_are_raised_only_where_a_handler_is_known():
    found = set()
    for path in FILES:
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    raised = node.exc if isinstance(node, ast.Raise) else None
                    name = getattr(getattr(raised, "func", raised), "id", "")
                    if name in BUILT_IN:
                        found.add((name_of(path), function.name, name))
    assert found == set(RAISED)


@pytest.mark.parametrize("line", ["from ansible.errors import AnsibleFilterError"])
def test_filters_answer_in_one_way_only(line):
    assert [path.name for path in (PLUGINS / "filter").glob("*.py") if line in path.read_text()] == []


def test_what_the_shell_of_modules_catches_is_the_family_and_the_errors_of_the_system():
    text = (PLUGINS / "module_utils" / "module.py").read_text()
    assert "except MomentumError as error:" in text and "except OSError as error:" in text
    assert issubclass(MomentumError, Exception)
