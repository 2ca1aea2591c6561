# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tests belong to which tier. `long` is set at the test; `node` and `slow` follow from where a test is, and from here."""

import ast
import os
import subprocess
from pathlib import Path

import hypothesis
import pytest

# Without a limit of time for each example: a loaded machine must not fail a test.
hypothesis.settings.register_profile("test", deadline=None)
hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)
LONG = os.environ.get("MOMENTUM_TIER") == "long"
hypothesis.settings.load_profile("long" if LONG else "test")

ROOT = Path(__file__).resolve().parents[1]
UTILS = "plugins/module_utils"

# Files, and single tests, that take seconds, measured; `make quick` runs one only where it can be affected by what has changed.
SLOW = {
    "test_capabilities_libcap.py",
    "test_control_texts_sh.py",
    "test_compound_comments.py",
    "test_config_plan_corpus.py",
    "test_config_plan_properties.py",
    "test_database_real_schema.py::test_it_comes_in_over_loopback_and_leaves_the_superuser_without_a_password",
    "test_database_real_schema.py::test_a_password_of_the_superuser_is_kept_unless_it_is_what_a_killed_run_left",
    "test_edit_properties.py",
    "test_keyword_files_programs.py",
    "test_login_rules_program.py",
    "test_growth.py",
    "test_language_properties.py",
    "test_standin_cluster.py",
    "test_standin_cluster_duravip.py",
    "test_standin_control.py",
    "test_standin_daemon.py",
    "test_standin_delivery.py",
    "test_standin_schema.py",
    "test_standin_tls.py",
    "test_tls_openssl.py",
    "test_transaction_steps.py",
    "test_chain_files.py::test_openssl_reads_every_certificate_of_a_text_without_an_obstacle",
    "test_authority_rollover.py::test_every_certificate_that_is_alive_has_its_root_in_the_bundle",
    "test_units_manage.py::test_three_years_of_daily_runs_never_leave_a_certificate_to_expire",
    "test_key_kinds.py::test_an_authority_keeps_the_kind_of_its_key_unless_the_task_asks_for_another",
    "test_x509_openssl.py",
}
# What compares with a program of this machine, or reads thousands of generated texts, says the same under every Python; the steps of a
# transaction do not.
SLOW_ON_NODES = {"test_transaction_steps.py"}
# The stand-in's own tests and those of the controller.
NODE_CONTRACTS = tuple("tests/contract/test_%s.py" % name for name in ("modules", "killed_runs", "locale"))
NOT_OF_NODES = ("tests/unit/stand_in", "tests/unit/report", "tests/unit/certificates", "tests/unit/bench")


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="leave out slow tests that what has changed cannot affect")


def is_slow(path, item):
    name = path.rpartition("/")[2]
    named = {name, "%s::%s" % (name, getattr(item, "originalname", ""))}
    return bool(SLOW & named) or item.get_closest_marker("slow") is not None


def is_node(path, slow):
    """Whether a test is of code that runs on nodes, and due under each Python."""
    if path.startswith("tests/unit/"):
        return not path.startswith(NOT_OF_NODES) and (not slow or path.rpartition("/")[2] in SLOW_ON_NODES)
    return path in NODE_CONTRACTS and not slow


def pytest_collection_modifyitems(config, items):
    for item in items:
        path = Path(str(item.fspath)).relative_to(ROOT).as_posix()
        slow = is_slow(path, item)
        if slow:
            item.add_marker(pytest.mark.slow)
        if is_node(path, slow):
            item.add_marker(pytest.mark.node)
        # The generated cases of the profile above are ten times as many.
        if LONG and getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.long)
    if config.getoption("--quick"):
        affected = Affected(changed_files())
        left_out = [item for item in items if item.get_closest_marker("slow") and not affected.has(item.fspath)]
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def git(*words):
    done = subprocess.run(
        ("git", "-C", str(ROOT)) + words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return done.stdout.decode("utf-8", "surrogateescape").splitlines()


def changed_files():
    """What differs from MOMENTUM_SINCE, or from what the branch has in common with its upstream; without one, from the last commit."""
    since = (
        [os.environ["MOMENTUM_SINCE"]] if os.environ.get("MOMENTUM_SINCE") else git("merge-base", "HEAD", "@{upstream}")
    )
    return set(git("diff", "--name-only", (since or ["HEAD"])[0]) + git("ls-files", "--others", "--exclude-standard"))


def imported(path):
    """The files of module_utils, and the helpers of tests, that a test imports by name; for a package, its directory."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.update([node.module] + [node.module + "." + alias.name for alias in node.names])
    for name in names - {"plugins", "plugins.module_utils"}:
        place = name.replace(".", "/")
        for base in ("", UTILS + "/", path.parent.relative_to(ROOT).as_posix() + "/"):
            if (ROOT / (base + place + ".py")).is_file():
                yield base + place + ".py"
            elif (ROOT / (base + place) / "__init__.py").is_file():
                yield base + place + "/"


class Affected:
    """Tests that name what has changed. What a test reaches only by way of other modules is left to the tests of those."""

    def __init__(self, changed):
        self.changed = changed
        self.known = {}

    def has(self, path):
        if path not in self.known:
            self.known[path] = self.decide(Path(str(path)))
        return self.known[path]

    def decide(self, path):
        own = path.relative_to(ROOT).as_posix()
        watched = {own} | set(imported(path))
        if own.startswith("tests/unit/stand_in/"):
            watched.add("tests/standin/")
        return any(
            name == one or (one.endswith("/") and name.startswith(one)) for name in self.changed for one in watched
        )
