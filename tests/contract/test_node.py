# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the module of all parts has to keep; its cases in test_modules.py are those of every part."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from module_nodes import ROOT, Node, Outcome, answer

MAIN = "momentum/etc/conf/default/ecelerity.conf"
SCOPE = 'Binding "b%d" {\n  Max_Outbound_Connections = 3\n}\n'
PARTS = {
    "config": {"settings": [{"scope": ['Binding "b1"'], "option": "Max_Outbound_Connections", "value": 3}]},
    "security": {"role": "standalone"},
    "tls": {"version": "4.2.1", "targets": [{"protocols": "+ALL:-SSLv3"}]},
    "sandbox": {"systemd_version": 252, "directory": "{root}/units"},
}


def test_the_configuration_is_read_once_for_all_parts_that_change_nothing(node_of):
    """What is read beside it, such as the sources of the parts, is the same with a small configuration."""
    first = 'TLS_Protocols = "+ALL:-SSLv3"\n' + SCOPE % 1
    more = "".join(SCOPE % number for number in range(2, 3000))
    read = {}
    for text in (first, first + more):
        node = node_of({"files": {MAIN: text}, "arguments": PARTS})
        assert node.run("node").result["changed_parts"] == ["sandbox"]
        for names in (["config"], list(PARTS)):
            node.case["arguments"] = dict(PARTS, only=names)
            outcome = node.run("node")
            assert outcome.result["changed"] is False, outcome.result
            read.setdefault(len(names), []).append(outcome.read)
    of_one, of_all = (read[count][1] - read[count][0] for count in (1, len(PARTS)))
    assert len(more) / 2 < of_one and of_all - of_one < len(more) / 2, read


def test_the_documentation_is_that_of_the_parts():
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "node_documentation.py"), "--check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_a_secret_that_one_part_changes_is_marked_as_new_where_another_changes_the_file_as_well(node_of):
    text = 'Domain "a.example" {\n  Outbound_SMTP_AUTH_Pass = "planted-before"\n}\n'
    secret = {"scope": ['Domain "a.example"'], "option": "Outbound_SMTP_AUTH_Pass", "value": "planted-after"}
    arguments = {"config": {"settings": [secret]}, "tls": PARTS["tls"]}
    outcome = node_of({"files": {MAIN: text}, "arguments": arguments}).run("node", check=True)
    (shown,) = outcome.result["diff"]
    assert outcome.result["changed_parts"] == ["config", "tls"]
    assert "(old)" in shown["before"] and "(new)" not in shown["before"]
    assert "(new)" in shown["after"] and "TLS_Protocols" in shown["after"] and "planted" not in str(outcome.result)


LISTENER = ["ESMTP_Listener"]
LIMITED = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"
LISTENING = 'ESMTP_Listener {\n  TLS_Certificate = "/etc/mx.pem"\n  Listen ":25" {\n  }\n}\n'
WITHOUT_STARTTLS = {"scope": LISTENER, "option": "SMTP_Extensions", "value": ["PIPELINING"]}


@pytest.mark.parametrize(
    ("setting", "target", "words"),
    [
        (
            {"option": "TLS_Protocols", "value": "+ALL:-SSLv3"},
            {"protocols": LIMITED},
            "TLS_Protocols (scope global)",
        ),
        (WITHOUT_STARTTLS, {"scope": LISTENER, "offer": "required"}, "SMTP_Extensions (scope ESMTP_Listener)"),
    ],
)
def test_two_parts_that_would_undo_each_other_are_refused_and_nothing_is_written(setting, target, words, node_of):
    """Each run would write both in turn: the first part sees the other's value, and changes it back."""
    arguments = {
        "config": {"settings": [setting]},
        "tls": {"version": "4.2.1", "targets": [target]},
    }
    node = node_of({"files": {MAIN: LISTENING}, "arguments": arguments})
    before = node.snapshot()
    for check in (True, False):
        result = node.run("node", check=check).result
        assert result["failed"] and words in result["msg"] and "momentum_settings" in result["msg"], result
        assert [one["part"] for one in result["refused"]] == ["config"] and result["passing"] == ["tls"]
        assert node.snapshot() == before
    for only in (["config"], ["tls"]):
        node.case["arguments"] = dict(arguments, only=only)
        assert "failed" not in node.run("node", check=True).result


def test_two_parts_may_ask_for_the_same(node_of):
    setting = {"option": "TLS_Protocols", "value": "+ALL:-SSLv3"}
    arguments = {"config": {"settings": [setting]}, "tls": PARTS["tls"]}
    node = node_of({"files": {MAIN: ""}, "arguments": arguments})
    assert node.run("node").result["changed_parts"] == ["config"]
    assert node.run("node").result["changed"] is False


def test_what_weakens_tls_in_a_narrower_scope_is_in_the_summary_of_every_run(node_of):
    text = 'ESMTP_Listener {\n  TLS_Protocols = "+ALL"\n}\n'
    node = node_of({"files": {MAIN: text}, "arguments": {"tls": dict(PARTS["tls"], targets=[{"protocols": LIMITED}])}})
    for changed in (True, False):
        result = node.run("node").result
        assert result["changed"] is changed
        assert [line for line in result["summary"] if "WARNING: ESMTP_Listener: TLS_Protocols" in line], result


RELAY = 'TLS = ifavailable\nESMTP_Listener {\n  Open_Relay = true\n  Listen ":25" { }\n}\n'
ACCEPTED = {"name": "open_relay", "reason": "a honeypot"}


def opened(result):
    return [(one["name"], one["status"], one["accepted"]) for one in result["exposure"]]


def test_what_is_open_to_the_world_is_in_the_result_and_in_the_summary_of_every_run(node_of):
    node = node_of({"files": {MAIN: RELAY}, "arguments": {"tls": PARTS["tls"]}})
    results = [node.run("node", check=check).result for check in (True, False, False)]
    assert [one["changed"] for one in results] == [True, True, False]
    for result in results:
        assert opened(result) == [("open_relay", "open", "")], result
        (line,) = [
            line for line in result["summary"] if line.startswith("exposure: WARNING: open_relay: ESMTP_Listener")
        ]
        assert '{scope: ["ESMTP_Listener"], option: Open_Relay' in line and "momentum_exposure_accepted" in line
        assert "open to the world: open_relay" in str(result["warnings"])
    assert results[0]["exposure"] == results[1]["exposure"]


def test_what_a_part_closes_is_not_open_afterwards(node_of):
    closing = {"scope": LISTENER, "option": "Open_Relay", "value": "false"}
    node = node_of({"files": {MAIN: RELAY}, "arguments": {"config": {"settings": [closing]}}})
    for check in (True, False, False):
        result = node.run("node", check=check).result
        assert opened(result) == [] and not [line for line in result["summary"] if "exposure" in line], result
        assert result["exposure_closed"] == (["open_relay"] if result["changed"] else [])


def test_what_a_part_opens_is_found_before_it_is_written(node_of):
    opening = {"scope": ["HTTP_Listener", 'Listen ":2081"'], "option": "Enable", "value": "true"}
    node = node_of({"files": {MAIN: "TLS = ifavailable\n"}, "arguments": {"config": {"settings": [opening]}}})
    for check in (True, False):
        assert [name for name, _status, _reason in opened(node.run("node", check=check).result)] == [
            "http_without_tls",
            "http_without_authentication",
        ]


def test_what_is_accepted_is_named_with_its_reason_and_not_warned_of(node_of):
    arguments = {"tls": PARTS["tls"], "exposure_accepted": [ACCEPTED]}
    node = node_of({"files": {MAIN: RELAY}, "arguments": arguments})
    for check in (True, False):
        result = node.run("node", check=check).result
        assert opened(result) == [("open_relay", "open", "a honeypot")]
        assert "exposure: open on purpose: open_relay (a honeypot)" in result["summary"]
        assert "exposure" not in str(result.get("warnings", ()))


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ({"name": "open_relays", "reason": "x"}, "open_relay"),
        ({"name": "open_relay", "reason": ""}, "momentum_exposure_accepted"),
        ({"name": "open_relay", "reason": "x", "scope": ['Listen "a" "b"']}, "momentum_exposure_accepted"),
    ],
)
def test_what_cannot_be_accepted_is_refused_before_anything_is_written(accepted, words, node_of):
    node = node_of({"files": {MAIN: RELAY}, "arguments": {"tls": PARTS["tls"], "exposure_accepted": [accepted]}})
    before = node.snapshot()
    for check in (True, False):
        result = node.run("node", check=check).result
        assert result["failed"] and words in result["msg"], result
        assert node.snapshot() == before


def test_an_include_that_nobody_has_leaves_every_rule_open_to_doubt_but_for_what_was_found(node_of):
    node = node_of({"files": {MAIN: 'include "gone.conf"\n' + RELAY}, "arguments": {"tls": PARTS["tls"]}})
    result = node.run("node").result
    statuses = {name: status for name, status, _reason in opened(result)}
    assert statuses.pop("open_relay") == "open" and set(statuses.values()) == {"unknown"} and len(statuses) > 10
    assert len([line for line in result["summary"] if line.startswith("exposure: WARNING: nobody can tell of")]) == 1


def test_nothing_is_said_where_no_part_reads_the_configuration(node_of):
    arguments = {"certificate": {"units": []}, "exposure_accepted": [ACCEPTED]}
    result = node_of({"files": {MAIN: RELAY}, "arguments": arguments}).run("node").result
    assert "exposure" not in result or "failed" in result, result


def test_an_information_module_finds_the_same(node_of):
    node = node_of({"files": {MAIN: RELAY}, "arguments": {}})
    told = node.run("config_info").result["exposure"]
    node.case["arguments"] = {"tls": PARTS["tls"]}
    assert [dict(one, line=0) for one in node.run("node").result["exposure"]] == [dict(one, line=0) for one in told]
    assert told[0]["file"].endswith("ecelerity.conf") and told[0]["line"] == 3


ETL = "app/webhooks-etl/config/production.json"


def test_a_file_of_webhooks_that_the_same_run_closes_is_not_open_afterwards(node_of):
    secret = '{\n  "rabbitmq": {"password": "planted-1"}\n}\n'
    arguments = {"config": {"settings": [{"option": "Maximum_Retries", "value": 5}]}}
    node = node_of({"files": {MAIN: "Maximum_Retries = 5\n", ETL: secret}, "arguments": arguments})
    file = node.root / ETL
    file.chmod(0o644)
    for check in (True, False):
        (found,) = node.run("node", check=check).result["exposure"]
        assert (found["name"], found["file"], found["line"]) == ("webhooks_secret_for_every_account", str(file), 2)
        assert 'mode: "0640"' in found["remedy"] and "planted" not in str(found)
    entry = {"path": str(file), "mode": "0640"}
    node.case["arguments"] = dict(arguments, permissions={"user": "nobody", "umask": "ignore", "entries": [entry]})
    for check, changed in ((True, True), (False, True), (False, False)):
        result = node.run("node", check=check).result
        assert (result["exposure"], result["changed"]) == ([], changed), result
        assert result["exposure_closed"] == (["webhooks_secret_for_every_account"] if changed else [])


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
INSTALLED = dict(DAEMON, **{MAIN: 'Security {\n  Group = "nogroup"\n  User = "nobody"\n}\n'})


def test_before_the_packages_are_there_check_mode_foretells_no_part_that_they_decide(node_of):
    """They bring the configuration that parts are compared with, and files with owners and modes."""
    arguments = {
        "validate": "never",
        "security": {"user": "nobody", "group": "nogroup", "allow": ["missing_identity"]},
        "tls": PARTS["tls"],
        "dhparams": {"path": "{root}/dh.pem"},
        "permissions": {
            "umask": "ignore",
            "entries": [{"path": "{root}/" + os.path.dirname(MAIN), "directory_mode": "0700", "recurse": True}],
        },
    }
    node = node_of({"arguments": arguments})
    check = node.run("node", check=True).result
    assert not check.get("failed") and check["changed"] is True, check
    assert (check["changed_parts"], check["not_judged"]) == (["dhparams"], ["tls", "security", "permissions"])
    assert check["summary"][0].startswith("dhparams: ")
    assert check["summary"][1:] == [
        "tls (unless the packages bring it): TLS_Protocols (reload)",
        "security (unless the packages bring it): User, Group (restart)",
        "not judged before the packages are there: tls, security, permissions",
    ]
    for name, content in INSTALLED.items():
        node.write(name, content)
    installed = node.run("node", check=True).result
    done = node.run("node").result
    assert done["changed_parts"] == installed["changed_parts"] == ["dhparams", "tls", "permissions"], done
    assert set(check["changed_parts"]) <= set(done["changed_parts"])
    assert set(done["changed_parts"]) <= {*check["changed_parts"], *check["not_judged"]}
    # Nor does it judge what an empty configuration would open to the world.
    assert "exposure" not in check and "exposure" in installed
    assert "not_judged" not in done and "not_judged" not in installed


NOBODY = 65534
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
    assert after == before


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
    assert "its files are as they were; owners and modes are as they were" in result["msg"]
    after = facts(node)
    assert {name for name in after if name not in before} == {os.path.dirname(MAIN) + "/evil"}
    assert {name: after[name] for name in before} == before
    assert not (node.root / "state/pending.json").exists()
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


KEY, LEAF = "{root}/momentum/etc/keys/mx.key", "{root}/momentum/etc/keys/mx.crt"
SECRET = {
    "files": {MAIN: "Maximum_Retries = 5\n", "momentum/etc/keys/old.pem": "# kept\n"},
    "arguments": {
        "validate": "never",
        "config": {"settings": [{"option": "Maximum_Retries", "value": 7}]},
        "certificate": {"units": [{"name": "mx", "names": ["mx.example.com"], "key": KEY, "certificate": LEAF}]},
        "permissions": {
            "user": "nobody",
            "umask": "ignore",
            "entries": [
                {"path": "{root}/momentum/etc", "owner": "root", "mode": "go-w"},
                {"path": "{root}/momentum/etc/keys", "owner": "root", "directory_mode": "0755", "recurse": True},
            ],
        },
    },
}


def with_keys_of_the_service_user(node_of, **more):
    """A node on which the account of the daemon could exchange a key."""
    node = node_of(dict(SECRET, arguments=dict(SECRET["arguments"], **more)))
    for path in ("momentum/etc", "momentum/etc/keys", "momentum/etc/keys/old.pem"):
        os.chown(str(node.root / path), 65534, 65534)
    return node


def owners(node):
    return {name: entry[0] for name, entry in facts(node).items() if name.startswith("momentum/etc")}


@AS_ROOT
def test_a_key_is_written_where_the_same_run_takes_the_directory_from_the_daemon_s_account(node_of):
    node = with_keys_of_the_service_user(node_of)
    before = facts(node)
    check = node.run("node", check=True).result
    assert facts(node) == before
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    assert done["changed_parts"] == check["changed_parts"] == ["config", "certificate", "permissions"]
    for key in ("differences", "missing"):
        assert check["parts"]["permissions"][key] == done["parts"]["permissions"][key], key
    assert [one["path"] for one in done["parts"]["permissions"]["differences"]] == [
        str(node.root / path) for path in ("momentum/etc", "momentum/etc/keys", "momentum/etc/keys/old.pem")
    ]
    assert set(owners(node).values()) == {0}
    again = node.run("node").result
    assert again["changed"] is False, again["diff"]


@AS_ROOT
def test_the_directory_is_taken_where_the_way_to_it_is_a_link_of_root(node_of):
    node = with_keys_of_the_service_user(node_of)
    os.rename(str(node.root / "momentum"), str(node.root / "elsewhere"))
    os.symlink("elsewhere", str(node.root / "momentum"))
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    assert {entry[0] for name, entry in facts(node).items() if name.startswith("elsewhere/etc")} == {0}
    assert node.run("node").result["changed"] is False


@AS_ROOT
@pytest.mark.parametrize("permissions", [{"state": "audit"}, {"entries": [{"path": "{root}/logs"}]}])
def test_a_key_is_refused_where_the_directory_stays_the_daemon_s_account_s(permissions, node_of):
    given = dict(SECRET["arguments"]["permissions"], **permissions)
    node = with_keys_of_the_service_user(node_of, permissions=given)
    before = facts(node)
    results = [node.run("node", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and "keys holds a key of uid 0, but belongs to uid 65534" in result["msg"]
    assert facts(node) == before


@AS_ROOT
@pytest.mark.parametrize("by_whom", ["owner", "group"])
def test_a_directory_above_that_of_a_key_is_refused_unless_the_same_run_takes_it(by_whom, node_of):
    """Whoever can rename the directory of a key can put another key in its place."""
    entries = [{"path": "{root}/momentum/etc/keys", "owner": "root", "directory_mode": "0755", "recurse": True}]
    permissions = dict(SECRET["arguments"]["permissions"], entries=entries)
    node = node_of(dict(SECRET, arguments=dict(SECRET["arguments"], permissions=permissions)))
    above = node.root / "momentum/etc"
    if by_whom == "owner":
        os.chown(str(above), 65534, 65534)
    else:
        above.chmod(0o2775)
    before = facts(node)
    for result in [node.run("node", check=check).result for check in (True, False)]:
        assert result["failed"] and "%s is above the directory of a key" % above in result["msg"], result["msg"]
        assert "momentum_permissions_entries" in result["msg"]
    assert facts(node) == before
    node.case["arguments"] = SECRET["arguments"]
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    assert facts(node)["momentum/etc"][0] == 0 and not above.stat().st_mode & 0o022


@AS_ROOT
def test_directories_are_given_back_where_the_files_are_refused(node_of):
    node = with_keys_of_the_service_user(node_of, validate="always")
    node.write("momentum/bin/ec_dump_config", "#!/bin/sh\necho no such option >&2\nexit 1\n")
    node.write("momentum/bin/validate_config", "#!/bin/sh\nexit 0\n")
    before = facts(node)
    result = node.run("node").result
    assert result["failed"] and "no such option" in str(result), result["msg"]
    assert result["msg"].endswith("owners and modes are as they were"), result["msg"]
    assert facts(node) == before


@AS_ROOT
@pytest.mark.parametrize("strange", ["momentum/etc", "momentum/etc/keys"])
@pytest.mark.parametrize("refused", ["fail", "report"])
def test_no_key_is_written_below_a_directory_of_a_stranger(refused, strange, node_of):
    """The manifest does not take it, because nobody said that the account may lose its files."""
    node = with_keys_of_the_service_user(node_of, permissions=dict(SECRET["arguments"]["permissions"], refused=refused))
    os.chown(str(node.root / strange), 12345, 65534)
    before = facts(node)
    results = [node.run("node", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and "holds a key of uid 0, but belongs to uid" in result["msg"], result["msg"]
    assert results[0]["msg"] == results[1]["msg"]
    assert facts(node) == before


@AS_ROOT
@pytest.mark.parametrize(
    "opened", [{"owner": "nobody", "directory_mode": "0755"}, {"group": "nogroup", "directory_mode": "0775"}]
)
def test_no_key_is_written_where_the_same_run_opens_the_directory_to_another_account(opened, node_of):
    entry = dict({"path": "{root}/momentum/etc/keys"}, **opened)
    permissions = dict(SECRET["arguments"]["permissions"], entries=[entry])
    node = node_of(dict(SECRET, arguments=dict(SECRET["arguments"], permissions=permissions)))
    before = facts(node)
    results = [node.run("node", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and "The part permissions of this task gives it that" in result["msg"], result["msg"]
    assert results[0]["msg"] == results[1]["msg"]
    assert facts(node) == before


@AS_ROOT
def test_a_request_that_is_signed_elsewhere_is_made_before_the_directory_is_taken(node_of):
    """It lies in the state directory alone; the role standalone has it signed before the node's one task."""
    unit = dict(SECRET["arguments"]["certificate"]["units"][0], source="external")
    node = node_of({"files": SECRET["files"], "arguments": {"units": [unit]}})
    os.chown(str(node.root / "momentum/etc/keys"), 65534, 65534)
    done = node.run("certificate").result
    assert not done.get("failed") and done["units"][0]["state"] == "requested", done


@AS_ROOT
@pytest.mark.slow
@pytest.mark.parametrize("every", [29, pytest.param(1, marks=pytest.mark.long)])
def test_a_run_that_is_killed_while_it_takes_directories_is_completed_by_the_next(every, node_of):
    whole = with_keys_of_the_service_user(node_of)
    calls = answer(whole.request("node", kill=0))["calls"]
    expected = owners(whole)
    for kill in range(calls * 2 // 3 if every > 1 else 1, calls + 1, every):
        node = with_keys_of_the_service_user(node_of)
        assert answer(node.request("node", kill=kill))["returncode"] == -signal.SIGKILL
        done = node.run("node").result
        assert not done.get("failed"), (kill, done["msg"])
        assert owners(node) == expected, kill
        assert node.run("node", check=True).result["changed"] is False, kill


def test_a_file_of_two_parts_is_refused(node_of):
    unit = dict(SECRET["arguments"]["certificate"]["units"][0], combined="{root}/" + MAIN)
    arguments = dict(SECRET["arguments"], certificate={"units": [unit]})
    del arguments["permissions"]
    node = node_of(dict(SECRET, arguments=arguments))
    before = node.contents()
    results = [node.run("node", check=check).result for check in (True, False)]
    for result in results:
        assert result["failed"] and "the parts certificate and config would both write" in result["msg"], result["msg"]
    assert {name: text for name, text in node.contents().items() if name in before} == before


def test_a_file_of_keywords_that_another_part_writes_too_is_refused(node_of):
    """Each would be planned without the other's lines, and only the last one written."""
    account = {"owner": str(os.geteuid()), "group": str(os.getegid())}
    words = {"path": "{root}/momentum/words.conf", "style": "postgresql", "settings": {"port": 1}}
    included = dict(account, path="{root}/momentum/words.conf", mode="0640", source="{root}/source")
    arguments = {
        "config": {"files": [included]},
        "keyword_file": {"files": [dict(account, **words)]},
    }
    node = node_of({"files": {MAIN: LISTENING, "source": "# of config\n"}, "arguments": arguments})
    before = node.snapshot()
    for check in (True, False):
        result = node.run("node", check=check).result
        assert result["failed"] and "the parts keyword_file and config would both write" in result["msg"], result["msg"]
        assert node.snapshot() == before


@AS_ROOT
def test_a_tree_of_permissions_leaves_the_collection_s_own_records_alone(node_of):
    arguments = dict(SECRET["arguments"], state_dir="{root}/momentum/etc/keys/state")
    node = node_of(dict(SECRET, arguments=arguments))
    first = node.run("node").result
    assert not first.get("failed") and first["changed"], first["msg"]
    assert os.stat(str(node.root / "momentum/etc/keys/state")).st_mode & 0o777 == 0o700
    assert node.run("node").result["changed"] is False


@AS_ROOT
@pytest.mark.slow
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_is_interrupted_puts_everything_back_or_has_done_it_all(number, every, node_of):
    """What comes ahead of the files, the files, and owners and modes after them."""
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("this signal is ignored here, as SIGINT is in the background")
    whole = with_keys_of_the_service_user(node_of)
    calls = answer(whole.request("node", kill=0))["calls"]
    done, told = owners(whole), 0
    for kill in range(1, calls + 1, every):
        node = with_keys_of_the_service_user(node_of)
        before = facts(node)
        ended = Outcome(**answer(node.request("node", kill=kill, signal=int(number))))
        after = facts(node)
        assert after == before or owners(node) == done, (kill, ended.returncode, ended.output[-1500:])
        if ended.returncode >= 0 and ended.result.get("failed"):
            assert "interrupted by" in ended.result["msg"] and after == before, kill
            told += 1
        assert not node.run("node").result.get("failed"), kill
        assert owners(node) == done
    assert told > calls / every / 3


NEW_KEYS = {
    "names": ["mx.example.com"],
    "key": KEY.replace("keys/", "keys/own/"),
    "certificate": LEAF.replace("keys/", "keys/own/"),
}


@AS_ROOT
def test_check_mode_foretells_directories_and_files_of_keys_as_the_run_has_them(node_of):
    """Whatever the run makes is neither missing nor left out of the counts."""
    entries = SECRET["arguments"]["permissions"]["entries"] + [
        {"path": NEW_KEYS["key"], "mode": "0600"},
        {"path": os.path.dirname(NEW_KEYS["key"]), "mode": "0600", "directory_mode": "0700", "recurse": True},
        {"path": "{root}/never", "mode": "0600"},
    ]
    permissions = dict(SECRET["arguments"]["permissions"], entries=entries)
    unit = dict(NEW_KEYS, name="mx", mode="0600", directory_mode="0700", combined="{root}/momentum/etc/keys/own/all")
    node = node_of(dict(SECRET, arguments=dict(SECRET["arguments"], permissions=permissions)))
    node.case["arguments"]["certificate"] = {"units": [unit]}
    before = facts(node)
    check = node.run("node", check=True).result
    assert facts(node) == before
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    assert check["parts"]["permissions"] == done["parts"]["permissions"]
    assert check["parts"]["permissions"]["missing"] == [str(node.root / "never")]
    assert check["changed_parts"] == done["changed_parts"]
    assert node.run("node").result["changed"] is False


@AS_ROOT
def test_check_mode_before_momentum_is_installed_foretells_the_files_of_accounts_that_come_with_it(node_of):
    unit = dict(NEW_KEYS, name="mx", group="not-yet")
    entry = {"path": "{root}/momentum/etc", "owner": "root", "group": "not-yet", "mode": "0640", "recurse": True}
    permissions = {"user": "nobody", "umask": "ignore", "entries": [entry]}
    arguments = {"validate": "never", "certificate": {"units": [unit]}, "permissions": permissions}
    node = node_of({"files": {"logs/a": ""}, "arguments": arguments})
    check = node.run("node", check=True).result
    assert not check.get("failed"), check["msg"]
    assert check["parts"]["permissions"]["counts"]["refused"] == 0
    node.write("momentum/sbin/ecelerity", "#!/bin/sh")
    assert "there is no group 'not-yet'" in node.run("node").result["msg"]


@AS_ROOT
@pytest.mark.parametrize(
    "first",
    [
        {
            "dkim_key": {
                "group": "not-yet",
                "publication": "ignored",
                "keys": [{"domain": "a.example", "selector": "s"}],
            }
        },
        {"config": {"files": [{"path": "{root}/momentum/etc/conf/new.conf", "group": "not-yet"}]}},
    ],
    ids=list,
)
def test_a_file_of_an_account_that_comes_with_momentum_is_undone_by_no_later_part(first, node_of):
    arguments = dict(first, validate="never", control=SOCKET, security={"user": "nobody", "group": "nogroup"})
    check = node_of({"files": {"run/keep": ""}, "arguments": arguments}).run("node", check=True).result
    assert not check.get("failed"), check["msg"]


def test_check_mode_warns_of_no_file_that_the_same_run_makes(node_of):
    """Neither the judge of TLS nor Momentum's validator, which refuses a configuration that names a missing file."""
    pair = {"certificate": NEW_KEYS["certificate"], "key": NEW_KEYS["key"]}
    target = dict(pair, scope=["ESMTP_Listener"])
    arguments = {
        "certificate": {"units": [dict(NEW_KEYS, name="mx")]},
        "tls": {"version": "4.7.7", "targets": [target]},
    }
    node = node_of({"files": dict(DAEMON, **{MAIN: "ESMTP_Listener {\n}\n"}), "arguments": arguments})
    refuses = "#!/bin/sh\ngrep -Eqs '^ *TLS_Certificate' \"$@\" && echo no such file: mx.crt >&2 && exit 1\n"
    node.write("momentum/bin/ec_dump_config", refuses + "echo '<?xml version=\"1.0\"?><config/>'\n")
    node.write("momentum/bin/validate_config", "#!/bin/sh\necho Configuration valid\n")
    check = node.run("node", check=True).result
    assert not check.get("failed"), check["msg"]
    assert check["parts"]["tls"]["not_judged"] == [node.fill(path) for path in pair.values()]
    assert "mx.crt" not in str(check.get("warnings", [])) and "mx.key" not in str(check.get("warnings", []))
    node.case["arguments"] = dict(arguments["tls"], expected_files=list(pair.values()))
    alone = node.run("tls", check=True).result
    assert not alone.get("failed"), alone["msg"]
    assert "mx.crt" not in str(alone.get("warnings", [])), alone["warnings"]
    endpoint = {"port": 1, "protocol": "smtp", "timeout": 1, "certificate": pair["certificate"]}
    node.case["arguments"] = {"endpoints": [endpoint], "expected_files": [pair["certificate"]]}
    served = node.run("certificate_served", check=True).result
    assert not served.get("warnings") and not served["endpoints"][0]["deployed"]
    assert "does not exist; deploy the certificate first" in node.run("certificate_served").result["msg"]


OF_NOBODY = {"owner": "nobody"}
FLAPPING = {
    "certificate, owner": (
        {"certificate": {"units": [dict(NEW_KEYS, name="mx", owner="root")]}},
        NEW_KEYS["key"],
        OF_NOBODY,
    ),
    "certificate, group": (
        {"certificate": {"units": [dict(NEW_KEYS, name="mx", group="root")]}},
        NEW_KEYS["certificate"],
        {"group": "nogroup"},
    ),
    "certificate, mode": (
        {"certificate": {"units": [dict(NEW_KEYS, name="mx", key_mode="0600")]}},
        NEW_KEYS["key"],
        {"mode": "0640"},
    ),
    "certificate, no mode": (
        {"certificate": {"units": [dict(NEW_KEYS, name="mx")]}},
        NEW_KEYS["key"],
        {"mode": "0660"},
    ),
    "config": ({"config": {"files": [{"path": NEW, "owner": "root", "group": "root"}]}}, NEW, OF_NOBODY),
    "dhparams": (
        {"dhparams": {"path": "{root}/momentum/dh.pem", "group": "ffdhe2048"}},
        "{root}/momentum/dh.pem",
        {"mode": "0600"},
    ),
    "dkim_key": (
        {"dkim_key": {"publication": "ignored", "group": "root", "keys": [{"domain": "a.example", "selector": "s"}]}},
        "{root}/momentum/etc/conf/dkim/a.example/s.key",
        OF_NOBODY,
    ),
    "keyword_file": (
        {"keyword_file": {"files": [{"path": "{root}/momentum/words", "content": "a\n", "owner": "root"}]}},
        "{root}/momentum/words",
        OF_NOBODY,
    ),
    "control": (
        {
            "control": {
                "password_file": {"path": "{root}/momentum/passwd", "owner": "root", "group": "root"},
                "socket_owner": "root",
                "socket_group": "root",
            }
        },
        "{root}/momentum/passwd",
        {"group": "nogroup"},
    ),
}


@AS_ROOT
@pytest.mark.parametrize("name", list(FLAPPING))
def test_a_part_and_permissions_that_want_a_file_otherwise_are_refused(name, node_of):
    """Each run would change it twice, and so would the next one."""
    given, path, entry = FLAPPING[name]
    arguments = dict(
        {"validate": "never"},
        permissions={"user": "nobody", "umask": "ignore", "entries": [dict(entry, path=path)]},
        **given,
    )
    node = node_of({"files": {MAIN: "Maximum_Retries = 5\n"}, "arguments": arguments})
    before = facts(node)
    results = [node.run("node", check=check).result for check in (True, False)]
    part = name.split(",")[0]
    for result in results:
        assert result["failed"] and "both parts of this task would change it in every run" in result["msg"], result
        assert node.fill(path) in result["msg"] and "the part %s" % part in result["msg"]
        assert result["passing"] == [part]
    assert results[0]["msg"] == results[1]["msg"] and facts(node) == before
    arguments["only"] = [part]
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    del arguments["only"]
    assert node.run("node").result["msg"] == results[0]["msg"]
    arguments["permissions"]["state"] = "audit"
    assert node.run("node").result["changed"] is False


@AS_ROOT
def test_permissions_may_set_what_a_part_leaves_open(node_of):
    arguments = dict(
        FLAPPING["certificate, mode"][0],
        permissions={"user": "nobody", "umask": "ignore", "entries": []},
        validate="never",
    )
    arguments["permissions"]["entries"] = [{"path": NEW_KEYS["key"], "group": "nogroup", "mode": "go-rwx"}]
    node = node_of({"files": {MAIN: "Maximum_Retries = 5\n"}, "arguments": arguments})
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    assert node.run("node").result["changed"] is False


@pytest.mark.parametrize("part", ["tls", "security"])
def test_a_file_that_a_part_makes_and_another_one_edits_is_no_contradiction(part, node_of):
    """What the second part leaves open, owner, group and mode, is as the first one has it."""
    made = {"path": "{root}/" + MAIN, "owner": str(os.geteuid()), "group": str(os.getegid()), "mode": "0640"}
    arguments = {"config": {"files": [made]}, part: dict(PARTS, security={"user": "nobody", "group": "nogroup"})[part]}
    node = node_of({"files": {}, "arguments": dict(arguments, validate="never")})
    os.makedirs(os.path.dirname(os.path.join(node.root, MAIN)))
    for check, changed in ((True, True), (False, True), (False, False)):
        assert node.run("node", check=check).result["changed"] is changed
    assert os.stat(os.path.join(node.root, MAIN)).st_mode & 0o777 == 0o640


@AS_ROOT
def test_a_second_look_sees_what_earlier_parts_make(node_of):
    unit = {"name": "mx", "key": "{root}/k.pem", "certificate": "{root}/c.pem", "names": ["mx.example.com"]}
    target = {"scope": LISTENER, "certificate": "{root}/c.pem", "key": "{root}/k.pem"}
    arguments = {
        "certificate": {"units": [unit]},
        "tls": {"version": "4.2.1", "targets": [target]},
        "control": {
            "socket": "{root}/run/console",
            "socket_owner": "nobody",
            "socket_group": "nogroup",
            "allow": ["root_locked_out"],
        },
    }
    node = node_of({"files": {MAIN: LISTENING}, "arguments": dict(arguments, validate="never")})
    for check in (True, False):
        result = node.run("node", check=check).result
        assert set(result.get("changed_parts", [])) == {"certificate", "tls", "control"}, result


SOCKET = {"socket": "{root}/run/momentum/control", "socket_owner": "root", "socket_group": "root", "boot_file": ""}
OWN = {"owner": "root", "group": "root", "mode": "0600"}
UNITS = {"systemd_version": 252, "directory": "{root}/units"}
DROP_IN = "{root}/units/ecelerity.service.d/50-msys-momentum.conf"
BOTH = {
    "control's directory and permissions": (
        {"control": SOCKET},
        {"permissions": {"entries": [dict(OWN, path="{root}/run/momentum", mode="0700")]}},
        "{root}/run/momentum",
    ),
    "sandbox and permissions": (
        {"sandbox": UNITS},
        {"permissions": {"entries": [dict(OWN, path="{root}/units", directory_mode="0700", recurse=True)]}},
        DROP_IN,
    ),
    "sandbox and config": ({"sandbox": UNITS}, {"config": {"files": [dict(OWN, path=DROP_IN)]}}, DROP_IN),
    "keyword_file and config": (
        {"keyword_file": {"files": [dict(OWN, path="{root}/run/words", content="a\n", mode="0640")]}},
        {"config": {"files": [dict(OWN, path="{root}/run/words")]}},
        "{root}/run/words",
    ),
}


@AS_ROOT
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("name", list(BOTH))
def test_two_parts_that_want_a_path_otherwise_are_refused_whichever_was_there_before(name, first, node_of):
    *parts, path = BOTH[name]
    node = node_of({"files": {MAIN: "# x\n", "units/keep": "", "run/keep": ""}, "arguments": {"validate": "never"}})
    node.case["arguments"] = dict(parts[first], validate="never")
    alone = node.run("node").result
    assert not alone.get("failed"), alone["msg"]
    before = facts(node)
    node.case["arguments"] = dict(parts[0], validate="never", **parts[1])
    for check in (True, False):
        result = node.run("node", check=check).result
        assert result.get("failed") and "in every run" in result["msg"] and node.fill(path) in result["msg"], result
    assert facts(node) == before


@AS_ROOT
def test_a_setting_that_takes_the_stanza_of_credentials_away_is_refused(node_of):
    case = next(
        one
        for one in yaml.safe_load((ROOT / "tests" / "contract" / "cases" / "credential.yml").read_text())
        if one.get("changed") and one.get("files")
    )
    setting = {"scope": ["securecreds"], "option": "Credentials", "value": "{root}/other/credentials.db"}
    arguments = dict(case["arguments"], allow=["split_database"], database="{root}/my.db", key="{root}/my.key")
    node = node_of(dict(case, arguments=dict(validate="never", credential=arguments, config={"settings": [setting]})))
    before = facts(node)
    for check in (True, False):
        result = node.run("node", check=check).result
        assert result.get("failed") and "would undo what it asks for (Credentials" in result["msg"], result
        assert "momentum_credentials" in result["msg"]
    assert facts(node) == before


@AS_ROOT
def test_a_console_below_port_1024_has_the_capability_that_it_needs_in_the_same_run(node_of):
    arguments = {
        "security": {"user": "nobody", "group": "nogroup", "capabilities": "auto"},
        "control": {
            "socket": "",
            "tcp": [{"address": "127.0.0.1:925"}],
            "allow": ["unauthenticated_tcp"],
            "boot_file": "",
        },
        "validate": "never",
    }
    node = node_of({"files": {MAIN: 'ESMTP_Listener {\n Listen ":2525" {\n }\n}\n'}, "arguments": arguments})
    done = node.run("node").result
    assert not done.get("failed"), done["msg"]
    assert "cap_net_bind_service+ep" in (node.root / MAIN).read_text()
    assert node.run("node").result["changed"] is False


@pytest.fixture
def open_directory():
    """A node whose files other accounts can reach, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@AS_ROOT
@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ({"group": "root", "key_mode": "0640"}, "cannot open"),
        ({"group": "daemon", "key_mode": "0640"}, "can be read by the group daemon"),
        ({"group": "nogroup", "key_mode": "0640"}, ""),
    ],
)
def test_check_mode_refuses_the_owner_of_a_key_as_the_run_does(unit, words, open_directory):
    text = 'Security {\n  User = "nobody"\n  Group = "nogroup"\n}\n' + LISTENING
    pair = {"certificate": NEW_KEYS["certificate"], "key": NEW_KEYS["key"]}
    arguments = {
        "certificate": {"units": [dict(NEW_KEYS, name="mx", directory_mode="0755", **unit)]},
        "tls": {"version": "4.7.7", "targets": [dict(pair, scope=LISTENER)]},
        "validate": "never",
    }
    node = Node(open_directory, {"files": {MAIN: text}, "arguments": arguments})
    for check in (True, False):
        result = node.run("node", check=check).result
        assert bool(result.get("failed")) is bool(words), (check, result.get("msg"))
        assert words in result.get("msg", ""), (check, result.get("msg"))


@AS_ROOT
def test_a_run_that_fails_gives_directories_back_to_an_account_when_its_files_are_back(open_directory):
    """Else the account could take the new key away, and nothing would be put back because of it."""
    unit = {"name": "s", "key": "{root}/certs/s.key", "certificate": "{root}/certs/s.pem", "names": ["a.example"]}
    entries = [
        {"path": "{root}/certs", "owner": "root", "group": "nogroup", "directory_mode": "0750"},
        {"path": "{root}/open", "owner": "root", "group": "root", "mode": "0600", "recurse": True},
    ]
    permissions = {"user": "nobody", "group": "nogroup", "umask": "ignore", "entries": entries}
    arguments = {"certificate": {"units": [unit]}, "permissions": permissions, "validate": "never"}
    node = Node(open_directory, {"files": {MAIN: "# x\n", "certs/keep": "", "open/keep": ""}, "arguments": arguments})
    os.chown(node.root / "certs", NOBODY, NOBODY)
    (node.root / "open").chmod(0o777)
    account = os.fork()
    if account == 0:
        with suppress(BaseException):
            an_account_in_the_way(node.root)
        os._exit(0)
    try:
        result = node.run("node").result
    finally:
        os.kill(account, signal.SIGKILL)
        os.waitpid(account, 0)
    assert result["failed"] and "owners and modes are as they were" in result["msg"], result
    assert sorted(os.listdir(node.root / "certs")) == ["keep"]
    assert (node.root / "certs").stat().st_uid == NOBODY


def an_account_in_the_way(root):
    """As soon as there is a certificate, have the second walk refuse; then take the key away at the first chance."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    while not (root / "certs" / "s.pem").exists():
        time.sleep(0.001)

    os.symlink("/etc/passwd", root / "open" / "link")
    while True:
        with suppress(OSError):
            os.rename(root / "certs" / "s.key", root / "certs" / "mine")


@AS_ROOT
def test_the_mode_of_a_drop_in_alone_restarts_nothing(node_of):
    node = node_of({"files": {MAIN: "# x\n", "units/keep": ""}, "arguments": {"sandbox": UNITS, "validate": "never"}})
    assert node.run("node").result["activation"] == "restart"
    os.chmod(node.fill(DROP_IN), 0o666)
    for check in (True, False):
        result = node.run("node", check=check).result
        assert (result["changed"], result["activation"]) == (True, "none"), result
    assert os.stat(node.fill(DROP_IN)).st_mode & 0o777 == 0o644
    assert node.run("node").result["changed"] is False


@AS_ROOT
def test_what_a_part_does_beside_its_files_is_no_contradiction_with_a_later_one(node_of):
    """The directory of the console's socket is made, and an old file of the collection's removed, while the stanza changes as well."""
    boot = "{root}/tmpfiles.d/momentum.conf"
    arguments = {
        "control": dict(SOCKET, boot_file=boot),
        "security": {"user": "nobody", "group": "nogroup"},
        "validate": "never",
    }
    node = node_of({"files": {MAIN: "# x\n", "run/keep": "", "tmpfiles.d/keep": ""}, "arguments": arguments})
    for check, changed in ((True, True), (False, True), (False, False)):
        result = node.run("node", check=check).result
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is changed
    arguments["control"] = dict(
        arguments["control"], socket="", tcp=[{"address": "127.0.0.1:2025"}], allow=["unauthenticated_tcp"]
    )
    arguments["security"] = {"user": "daemon", "group": "nogroup"}
    for check, changed in ((True, True), (False, True), (False, False)):
        result = node.run("node", check=check).result
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is changed
    assert not os.path.exists(node.fill(boot))
