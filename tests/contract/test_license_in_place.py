# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the place of a licence, or is given as one, and who could read it; a licence that was put back."""

import base64
import json
import os
import signal

import pytest
from module_nodes import answer

OLD, NEW, FETCHED = (b"planted-licence-%d\nplanted-words\n" % number for number in range(3))
PLACE = "momentum/etc/license"
MAIN = "momentum/etc/conf/default/ecelerity.conf"
AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root: the licence belongs to root, and the daemon has another account"
)


class Licensed:
    """A node with Momentum."""

    def __init__(self, node_of):
        self.node = node_of({"files": {"momentum/sbin/ecelerity": "#!/bin/sh\n", MAIN: 'Hostname = "h"\n'}})
        self.path = self.node.root / PLACE

    def deploy(self, content, check=False, **more):
        account = {"owner": str(os.geteuid()), "group": str(os.getegid())}
        encoded = base64.b64encode(content).decode()
        self.node.case["arguments"] = dict(dict(account, content=encoded), **more)
        outcome = self.node.run("license", check=check)
        assert "planted-" not in outcome.output and (not content or encoded not in outcome.output)
        return outcome.result

    def refused(self, content, **more):
        before = self.node.snapshot()
        results = [self.deploy(content, check, **more) for check in (True, False)]
        assert results[0].get("failed") and results[0]["msg"] == results[1]["msg"], results
        assert self.node.snapshot() == before
        return results[0]["msg"]

    def restore(self, *transactions):
        self.node.case["arguments"] = {"transactions": list(transactions)}
        return self.node.run("restore").result

    def reported(self):
        self.node.case["arguments"] = {"scopes": []}
        return self.node.run("config_info").result["license"]


@pytest.fixture
def licensed(node_of):
    return Licensed(node_of)


def test_a_licence_that_was_put_back_is_replaced_by_the_declared_one_again(licensed):
    assert licensed.deploy(OLD)["action"] == "installed"
    done = licensed.deploy(NEW)
    assert done["action"] == "replaced" and licensed.restore(done["transaction"])["changed"]
    assert licensed.path.read_bytes() == OLD and licensed.reported()["deployed"] == ""
    check = licensed.deploy(NEW, check=True)
    assert (check["action"], check["changed"]) == ("replaced", True)
    done = licensed.deploy(NEW)
    assert (done["action"], done["changed"], licensed.path.read_bytes()) == ("replaced", True, NEW)
    assert licensed.deploy(NEW)["action"] == "same" and licensed.reported()["deployed"] != ""


def test_of_several_that_were_put_back_the_last_one_counts(licensed):
    licensed.deploy(OLD)
    transactions = [licensed.deploy(content)["transaction"] for content in (FETCHED, NEW)]
    licensed.restore(*transactions)
    assert licensed.path.read_bytes() == OLD and licensed.deploy(NEW)["action"] == "replaced"


def test_one_that_was_removed_again_is_installed_again(licensed):
    licensed.restore(licensed.deploy(NEW)["transaction"])
    assert not licensed.path.exists() and licensed.deploy(NEW)["action"] == "installed"


def test_one_that_momentum_fetches_after_that_stays(licensed):
    licensed.deploy(OLD)
    licensed.restore(licensed.deploy(NEW)["transaction"])
    licensed.path.write_bytes(FETCHED)
    assert licensed.deploy(NEW)["action"] == "kept" and licensed.path.read_bytes() == FETCHED


def test_a_restoration_of_something_else_changes_nothing_about_it(licensed):
    licensed.deploy(OLD)
    licensed.deploy(NEW)
    licensed.node.case["arguments"] = {"settings": [{"option": "Max_Retries", "value": 6}]}
    transaction = licensed.node.run("config").result["transaction"]
    licensed.path.write_bytes(OLD)  # by whom, nobody knows
    assert licensed.restore(transaction)["changed"] and licensed.deploy(NEW)["action"] == "kept"
    (licensed.node.root / "state/license.json").write_text("[]")
    licensed.node.case["arguments"] = {"settings": [{"option": "Max_Retries", "value": 7}]}
    transaction = licensed.node.run("config").result["transaction"]
    assert licensed.restore(transaction)["changed"]  # a damaged record of the licence is in nobody else's way


@pytest.mark.slow
def test_a_restoration_that_is_killed_is_completed_with_the_record(node_of):
    def deployed_twice():
        licensed = Licensed(node_of)
        licensed.deploy(OLD)
        licensed.node.case["arguments"] = {"transactions": [licensed.deploy(NEW)["transaction"]]}
        return licensed

    calls = answer(deployed_twice().node.request("restore", kill=0))["calls"]
    for kill in range(1, calls + 1, max(1, calls // 6)):
        licensed = deployed_twice()
        given = licensed.node.case["arguments"]
        assert answer(licensed.node.request("restore", kill=kill))["returncode"] == -signal.SIGKILL
        assert licensed.deploy(NEW)["action"] in ("same", "replaced"), kill
        assert licensed.path.read_bytes() == NEW, (kill, given)


@pytest.mark.slow
def test_what_momentum_fetches_after_a_deployment_that_was_killed_stays(node_of):
    def deploying():
        licensed = Licensed(node_of)
        licensed.deploy(OLD)
        licensed.node.case["arguments"] = {
            "owner": str(os.geteuid()),
            "group": str(os.getegid()),
            "content": base64.b64encode(NEW).decode(),
        }
        return licensed

    calls = answer(deploying().node.request("license", kill=0))["calls"]
    written = 0
    for kill in range(1, calls + 1, max(1, calls // 10)):
        licensed = deploying()
        answer(licensed.node.request("license", kill=kill))
        if licensed.path.read_bytes() == NEW:
            written += 1
            licensed.path.write_bytes(b"fetched\n")
            assert licensed.deploy(NEW)["action"] == "kept", kill
        else:
            assert licensed.deploy(NEW)["action"] == "replaced", kill
    assert written


@pytest.mark.parametrize("content", [b"", b" \n\n", b"x" * (10 << 20)], ids=["empty", "blank", "10 MiB"])
def test_what_can_be_no_licence_is_refused(content, licensed):
    licensed.deploy(OLD)
    message = licensed.refused(content, replace="always")
    assert message.startswith(
        "content: has %d bytes, which is no licence; give the file that the vendor" % len(content)
    )


def in_place(kind, path):
    if kind == "a directory":
        path.mkdir()
    elif kind == "a named pipe":
        os.mkfifo(str(path))
    elif kind == "10485760 bytes":
        path.write_bytes(b"x" * (10 << 20))
    else:
        path.symlink_to("/etc/hostname")
        os.lchown(str(path), 65534, 65534)


@AS_ROOT
@pytest.mark.parametrize("replace", ["auto", "always", "never"])
@pytest.mark.parametrize("kind", ["a directory", "a named pipe", "10485760 bytes", "symbolic link"])
def test_what_is_no_licence_is_not_replaced_by_one(kind, replace, licensed):
    in_place(kind, licensed.path)
    message = licensed.refused(NEW, replace=replace)
    assert str(licensed.path) in message and kind in message and "Move away what is there" in message
    found = licensed.reported()
    assert not found["present"] and found["sha256"] == "" and kind in str(found["problems"])


def test_an_empty_one_is_replaced_as_any_other(licensed):
    licensed.path.write_bytes(b"")
    assert licensed.reported()["problems"] == ["it is empty"]
    assert licensed.deploy(NEW, replace="always")["action"] == "replaced"


@AS_ROOT
@pytest.mark.parametrize(
    ("group", "mode", "is_read"),
    [("0", "0600", False), ("0", "0640", False), ("65534", "0640", True), ("0", "0644", True)],
)
def test_of_one_that_the_daemon_could_not_read_there_is_a_warning(group, mode, is_read, licensed):
    licensed.node.write(MAIN, 'Security { User = "nobody" Group = "nogroup" }\n')
    for check in (True, False):
        result = licensed.deploy(NEW, check, group=group, mode=mode)
        warned = "the daemon's user nobody cannot read the licence" in json.dumps(result.get("warnings", []))
        assert not result.get("failed") and warned is not is_read, result
    licensed.node.write(MAIN, 'Security { User = "nobody" Group = "nogroup" Chroot = "/jail" }\n')
    assert "cannot read" not in str(licensed.deploy(NEW, group=group, mode=mode).get("warnings"))
