# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the module of all parts has to keep; its cases in test_modules.py are those of every part."""

import os
import signal
import subprocess
import sys

import pytest
from module_nodes import ROOT, Outcome, answer

MAIN = "momentum/etc/conf/default/ecelerity.conf"
SCOPE = 'Binding "b%d" {\n  Max_Outbound_Connections = 3\n}\n'
PARTS = {
    "config": {"settings": [{"scope": ['Binding "b1"'], "option": "Max_Outbound_Connections", "value": 3}]},
    "security": {"role": "standalone"},
    "tls": {"version": "4.2.1", "targets": [{"protocols": "+ALL:-SSLv3"}]},
    "sandbox": {"systemd_version": 252, "directory": "{root}/units"},
}


def test_the_configuration_is_read_once_for_all_parts_that_change_nothing(node_of):
    text = 'TLS_Protocols = "+ALL:-SSLv3"\n' + "".join(SCOPE % number for number in range(3000))
    node = node_of({"files": {MAIN: text}, "arguments": PARTS})
    assert node.run("node").result["changed_parts"] == ["sandbox"]
    read = {}
    for names in (["config"], list(PARTS)):
        node.case["arguments"] = dict(PARTS, only=names)
        outcome = node.run("node")
        assert outcome.result["changed"] is False, outcome.result
        read[len(names)] = outcome.read
    assert read[len(PARTS)] - read[1] < len(text) / 2, read


def test_the_documentation_is_that_of_the_parts():
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "node_documentation.py"), "--check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


OWNERS = {
    "user": "nobody",
    "umask": "ignore",
    "entries": [
        {
            "path": "{root}/" + os.path.dirname(MAIN),
            "owner": "root",
            "group": "nogroup",
            "mode": "0640",
            "recurse": True,
        },
        {"path": "{root}/logs", "mode": "0600", "directory_mode": "0700", "recurse": True},
    ],
}
DAEMON = {"momentum/%s" % name: "#!/bin/sh\nexit 1\n" for name in ("sbin/ecelerity", "bin/ec_console", "bin/ec_ctl")}
NEW = "{root}/" + os.path.dirname(MAIN) + "/parts/new.conf"
WHOLE = {
    "files": dict(
        DAEMON, **{MAIN: "Maximum_Retries = 5\n", os.path.dirname(MAIN) + "/other.conf": "# kept\n", "logs/a": "1"}
    ),
    "arguments": {
        "validate": "never",
        "config": {
            "settings": [{"option": "Maximum_Retries", "value": 7}],
            "files": [{"path": NEW, "owner": "root", "group": "nogroup", "mode": "0640", "directory_mode": "0700"}],
        },
        "permissions": OWNERS,
    },
}
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: objects of another user are involved")


def facts(node):
    """Owner, group and mode of all but the state, and the texts of files."""
    found = {}
    for path in sorted(node.root.rglob("*")):
        if not str(path.relative_to(node.root)).startswith(("state", "tmp")):
            info = path.lstat()
            text = path.read_bytes() if path.is_file() else b""
            found[str(path.relative_to(node.root))] = (info.st_uid, info.st_gid, oct(info.st_mode), text)
    return found


def of_the_service_user(node_of, **more):
    """A node whose configuration the account of the daemon can write to."""
    node = node_of(dict(WHOLE, arguments=dict(WHOLE["arguments"], **more)))
    directory = (node.root / MAIN).parent
    for path in [directory] + list(directory.rglob("*")):
        os.chown(str(path), 65534, 65534)
    return node


@AS_ROOT
def test_owners_are_changed_when_the_files_of_all_parts_are_in_place_as_check_mode_says(node_of):
    node = of_the_service_user(node_of)
    before = facts(node)
    check = node.run("node", check=True).result
    assert facts(node) == before
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    for key in ("changed", "changed_parts", "diff", "parts"):
        assert check[key] == done[key], key
    assert done["changed_parts"] == ["config", "permissions"] and "transaction" not in done["parts"]["permissions"]
    told = {
        one["path"]: (one["before"], one["after"], one["replaced"])
        for one in done["parts"]["permissions"]["differences"]
    }
    assert told[os.path.dirname(node.fill(NEW))] == ("root:nogroup 0700", "root:nogroup 0750", False)
    assert told["%s/%s" % (node.root, MAIN)] == ("nobody:nogroup 0640", "root:nogroup 0640", True)
    assert {entry[:2] for name, entry in facts(node).items() if name.startswith(os.path.dirname(MAIN))} == {(0, 65534)}
    after = facts(node)
    again = node.run("node").result
    assert again["changed"] is False, again["diff"]
    assert again["parts"]["permissions"]["counts"]["different"] == 0
    assert facts(node) == after


@AS_ROOT
def test_owners_and_files_are_put_back_where_the_daemon_is_not_healthy(node_of):
    service = {"health": {"ports": [], "timeout": 5, "require_capabilities": False}}
    node = of_the_service_user(node_of, service=service)
    before = facts(node)
    result = Outcome(**answer(node.request("node", hasty=100))).result
    assert result["failed"] and "service: the start did not lead to a healthy daemon" in result["msg"]
    assert result["msg"].count("owners and modes are as they were") == 1
    after = facts(node)
    made = {name for name in after if name not in before}
    assert made == {os.path.dirname(NEW).replace("{root}/", "")}  # directories stay
    assert {name: after[name] for name in before} == before


@AS_ROOT
def test_what_is_refused_keeps_a_node_from_being_written_in_check_mode_too(node_of):
    node = of_the_service_user(node_of)
    os.symlink("/etc/shadow", str((node.root / MAIN).parent / "evil"))
    os.chown(str((node.root / MAIN).parent / "evil"), 65534, 65534, follow_symlinks=False)
    before = facts(node)
    results = [node.run("node", check=check).result for check in (True, False)]
    for result in results:
        assert (
            result["failed"]
            and "permissions: 1 refused" in result["msg"]
            and "evil is a symbolic link" in result["msg"]
        )
        assert result["passing"] == ["config"]
    assert results[0]["msg"] == results[1]["msg"] and facts(node) == before
    node.case["arguments"]["permissions"] = dict(OWNERS, refused="report")
    done = node.run("node").result
    assert done["changed"] and str(done["warnings"]).count("evil is a symbolic link") == 1


PLANTING = """#!/bin/sh
[ -L {root}/conf/evil ] || ln -s /etc/shadow {root}/conf/evil
echo '<?xml version="1.0"?><config/>'
"""


@AS_ROOT
def test_what_the_walk_over_the_new_files_refuses_puts_everything_back(node_of):
    """A link that is planted after the plan was made, here by a validator."""
    node = of_the_service_user(node_of, validate="always")
    directory = str((node.root / MAIN).parent)
    node.write("momentum/bin/ec_dump_config", PLANTING.replace("{root}/conf", directory))
    node.write("momentum/bin/validate_config", "#!/bin/sh\necho Configuration valid\n")
    before = facts(node)
    result = node.run("node").result
    assert result["failed"] and "permissions: 1 refused: %s/evil is a symbolic link" % directory in result["msg"]
    assert "owners and modes are as they were; its files are as they were" in result["msg"]
    after = facts(node)
    assert {name: after[name] for name in before} == before
    assert result["parts"]["permissions"]["counts"]["refused"] == 1


@AS_ROOT
@pytest.mark.slow
@pytest.mark.parametrize("every", [17, pytest.param(1, marks=pytest.mark.long)])
def test_a_run_that_is_killed_is_completed_by_the_next_owners_and_modes_included(every, node_of):
    whole = of_the_service_user(node_of)
    calls = answer(whole.request("node", kill=0))["calls"]
    expected = facts(whole)
    for kill in range(calls * 2 // 3 if every > 1 else 1, calls + 1, every):
        node = of_the_service_user(node_of)
        assert answer(node.request("node", kill=kill))["returncode"] == -signal.SIGKILL
        done = node.run("node").result
        assert not done.get("failed"), (kill, done["msg"])
        assert facts(node) == expected, kill
        assert node.run("node", check=True).result["changed"] is False, kill
