# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module config_info as a process, beside a daemon, an ec_lic and a console that have their own idea of a licence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STANDIN = ROOT / "tests" / "standin"
sys.path[:0] = [str(ROOT / "tests" / "unit" / "stand_in"), str(STANDIN / "ecelerity" / "lib")]

import standin_node  # noqa: E402
from momentum_standin import license  # noqa: E402

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 8), reason="ansible-core for this Python is not among the test tools"
)


@pytest.fixture
def node():
    made = standin_node.Node(str(STANDIN))
    for program in ("ec_console", "ec_lic"):
        path = "%s/bin/%s" % (made.prefix, program)
        with open(path, "w") as file:
            file.write('#!/bin/sh\nMOMENTUM_STANDIN_ROOT=%s exec "%s" %s.py "$@"\n' % (made.root, sys.executable, path))
        os.chmod(path, 0o755)
    yield made
    made.remove()


def info(node):
    given = {"prefix": node.prefix, "state_dir": node.root + "/state", "ask_license": True, "scopes": []}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "contract" / "run_module.py"), "config_info"],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": dict(given, _ansible_remote_tmp=node.root + "/tmp")}),
        env=dict(os.environ, PYTHONPATH=str(ROOT / ".ansible" / "collections")),
        stdout=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    result = json.loads(done.stdout)
    assert "failed" not in result, result
    return result["license"]


def write(node, content):
    with open(node.license, "wb") as file:
        file.write(content)


def test_a_valid_licence_is_valid_by_ec_lic_and_tied_to_what_the_daemon_says(node):
    write(node, license.make(license.addresses()[0], "2099-12-31"))
    node.start()
    found = info(node)
    assert (found["validity"], found["said"], found["binding"]) == ("valid", "", license.addresses()[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (license.make(license.ANY, "2020-01-01"), "it has expired"),
        (license.make("00:01:02:34:4b:b3", "2099-12-31"), "License machine mismatch"),
        (b"planted-licence-without-signature\n", "the signature does not fit"),
    ],
)
def test_ec_lic_does_not_confirm_another_and_replaces_nothing(node, content, words):
    write(node, content)
    found = info(node)
    assert found["validity"] == "unconfirmed" and words in found["said"] and found["binding"] == "unknown"
    with open(node.license, "rb") as file:
        assert file.read() == content
