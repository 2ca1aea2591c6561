# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the playbook as an operator makes them. The tests build upon each other, in this order."""

import re
from typing import Any

import node
import plays
import pytest

BUDGET = 2
NET_BIND_SERVICE, NET_RAW = 1 << 10, 1 << 13
RAW = "cap_net_bind_service,cap_net_raw+ep"
CONFIG_INFO = "msys.momentum.config_info"
SECURITY, SERVICE, LICENSE = "msys.momentum.security", "msys.momentum.service", "msys.momentum.license"


def test_a_run_without_changes_stays_within_the_budget_of_tasks_that_reach_the_node(
    host: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.play()
    reached = run.reached()
    with capsys.disabled():
        print("\ntasks that reached the node in a run without changes: %d of at most %d" % (len(reached), BUDGET))
        for entry in reached:
            print("  %s (%s)" % (entry.task, entry.action))
    assert run.code == 0
    assert run.changed() == []
    assert 0 < len(reached) <= BUDGET
    assert (node.pid(host), node.checksums(host)) == before


def test_check_mode_foretells_a_change_to_the_letter_and_an_ordinary_option_is_only_reloaded(host: Any) -> None:
    before = node.pid(host), node.checksums(host), node.starts(host)
    value = 18 if "Max_Retries = 17" in host.file(node.MAIN).content_string else 17
    settings = [{"option": "Max_Retries", "value": value}]
    foretold = plays.play(check=True, diff=True, momentum_settings=settings)
    assert foretold.code == 0
    assert (node.pid(host), node.checksums(host), node.starts(host)) == before
    done = plays.play(diff=True, momentum_settings=settings)
    assert done.code == 0
    assert done.changed() == foretold.changed() != []
    assert done.diffs() == foretold.diffs() != []
    assert done.part("service")["action"] == foretold.part("service")["action"] == "reload"
    assert (node.pid(host), node.starts(host)) == (before[0], before[2])
    assert str(value) in host.check_output(node.CONSOLE + "config eval Max_Retries")


def test_tags_choose_parts_and_the_daemon_has_what_they_change(host: Any) -> None:
    before = node.pid(host)
    settings = [{"option": "Max_Retries", "value": 16}]
    requested = {"momentum_settings": settings, "momentum_security_capabilities": RAW}
    foretold = plays.play(check=True, tags="config", **requested)
    done = plays.play(tags="config", **requested)
    assert (done.code, foretold.changed_parts(), done.changed_parts()) == (
        0,
        ["config", "service"],
        ["config", "service"],
    )
    assert sorted(done.of(plays.NODE).result["parts"]) == ["config", "service"]
    assert "16" in host.check_output(node.CONSOLE + "config eval Max_Retries")
    assert (node.pid(host), node.capabilities(host)) == (before, NET_BIND_SERVICE)
    assert plays.play(tags="config", **requested).changed() == []


def test_what_changes_is_printed_part_by_part(host: Any) -> None:
    run = plays.play(momentum_settings=[{"option": "Max_Retries", "value": 15}])
    assert "config: Max_Retries (reload)" in run.output and "service: reload (" in run.output


def printed(run: plays.Run) -> str:
    """The output of a run without -v, without colours, wherever it was folded."""
    return " ".join(re.sub("\x1b\\[[0-9;]*m", "", run.output).split())


def summed_up(run: plays.Run) -> Any:
    """The lines with which a run ends."""
    (entry,) = [one for one in run.entries if one.task.startswith("Report what is open on purpose")]
    return entry.result["msg"]


def test_what_is_open_to_the_world_is_printed_until_it_is_accepted_or_closed(host: Any) -> None:
    setting = {"scope": ["ESMTP_Listener"], "option": "Starttls_Injection_Policy"}
    opening = [dict(setting, value="allow")]
    foretold, opened = (plays.play(check=check, momentum_settings=opening) for check in (True, False))
    warning = "exposure: WARNING: starttls_injection: ESMTP_Listener: Starttls_Injection_Policy = allow"
    assert warning in printed(foretold) and warning in printed(opened) and not opened.failed()
    assert summed_up(foretold)[1:3] == [
        "would be fixed: config, service",
        "left to the operator: open: starttls_injection",
    ]
    assert summed_up(opened)[1:3] == ["fixed: config, service", "left to the operator: open: starttls_injection"]
    assert all(line in printed(opened) for line in summed_up(opened))
    accepted = [{"name": "starttls_injection", "reason": "a test of clients"}]
    run = plays.play(momentum_settings=opening, momentum_exposure_accepted=accepted)
    assert "exposure: open on purpose: starttls_injection (a test of clients)" in printed(run)
    assert warning not in printed(run) and run.changed() == []
    assert summed_up(run)[:2] == ["open on purpose: starttls_injection (a test of clients)", "fixed: nothing"]
    closed = plays.play(momentum_settings=[dict(setting, state="absent")])
    assert "exposure:" not in printed(closed)
    assert summed_up(closed)[:2] == [
        "open on purpose: nothing",
        "fixed: config, service; closed: starttls_injection",
    ]


# What the vendor's samples and pages open, in words of our own.
SAMPLE = """Control_Listener { Listen "/tmp/2025" { File_Mode = 0666 } }
ESMTP_Listener { SMTP_Extensions = ("AUTH LOGIN" XCLIENT) Listen ":25" { } }
HTTP_Listener { Listen ":2081" { } }
ECStream_Listener { Listen ":1825" { } }
event_hose "momentum_metrics" { }
"""
WEBHOOKS = "/opt/msys/app/webhooks-etl/config"


def test_a_secured_node_has_nothing_open_and_one_as_the_pages_have_it_what_is_expected(host: Any) -> None:
    assert plays.task(CONFIG_INFO, main=node.MAIN).of(CONFIG_INFO).result["exposure"] == []
    password = '{"rabbitmq": {"password": "p1-Vk0lXy"}}'
    host.check_output(
        "mkdir -p /root/sample %s && umask 022 && echo %s > %s/production.json", WEBHOOKS, password, WEBHOOKS
    )
    host.check_output("echo %s > /root/sample/ecelerity.conf", SAMPLE)
    try:
        found = plays.task(CONFIG_INFO, main="/root/sample/ecelerity.conf").of(CONFIG_INFO).result["exposure"]
        assert {one["status"] for one in found} == {"open"}
        assert [(one["name"], one["line"]) for one in found] == [
            ("xclient_for_everybody", 2),
            ("outbound_without_tls", 1),
            ("http_without_tls", 3),
            ("http_without_authentication", 3),
            ("ecstream_beyond_host", 4),
            ("console_for_every_account", 1),
            ("webhooks_secret_for_every_account", 1),
            ("printed_password", 1),
        ]
        assert "p1-Vk0lXy" not in str(found)
    finally:
        host.check_output("rm -r /root/sample /opt/msys/app")


def test_an_invalid_setting_is_refused_with_the_old_configuration_intact_and_the_daemon_serving(host: Any) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.play(momentum_settings=[{"option": "No_Such_Option", "value": "x"}])
    assert run.code != 0
    assert run.failed()[0].action == plays.NODE
    assert "no_such_option" in str(run.failed()[0].result).lower()
    assert (node.pid(host), node.checksums(host)) == before
    assert node.is_serving(host)


def test_root_as_user_is_refused_by_the_playbook_and_nothing_changes(host: Any) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.play(momentum_security_user="root")
    assert run.code != 0
    assert run.refused_parts()[:1] == ["security"]
    assert "root_user" in str(plays.message(run))
    assert (node.pid(host), node.checksums(host)) == before


@pytest.mark.parametrize(
    ("text", "check"),
    [("cap_net_bind+ep", "unknown_names"), ("cap_net_bind_service,cap_sys_resource+ep", "beyond_bounding_set")],
    ids=["unknown", "bounding"],
)
def test_capabilities_that_the_kernel_would_refuse_are_refused_and_nothing_changes(
    host: Any, text: str, check: str
) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.task(SECURITY, capabilities=text)
    assert [entry.action for entry in run.failed()] == [SECURITY]
    assert check in str(plays.message(run))
    assert (node.pid(host), node.checksums(host)) == before


def test_a_changed_capability_restarts_the_daemon_exactly_once(host: Any) -> None:
    before = node.pid(host), node.starts(host)
    run = plays.play(momentum_security_capabilities=RAW)
    assert run.code == 0
    assert run.part("security")["activation"] == "restart"
    assert run.part("service")["action"] == "restart"
    assert node.pid(host) != before[0]
    assert node.starts(host) == before[1] + 1
    assert node.capabilities(host) == NET_BIND_SERVICE | NET_RAW


def test_the_same_set_in_other_words_changes_nothing(host: Any) -> None:
    before = node.pid(host)
    run = plays.play(momentum_security_capabilities="cap_net_raw+ep cap_net_bind_service+ep")
    assert (run.code, run.changed()) == (0, [])
    assert node.pid(host) == before


def test_a_change_whose_restart_was_lost_is_found_on_the_next_run(host: Any) -> None:
    before = node.pid(host), node.starts(host)
    lost = plays.task(SECURITY, capabilities="cap_net_bind_service+ep")
    assert lost.changed() == [SECURITY]
    assert node.pid(host) == before[0]
    assert node.capabilities(host) == NET_BIND_SERVICE | NET_RAW
    run = plays.play()
    assert run.code == 0
    assert (run.changed_parts(), run.part("service")["action"]) == (["service"], "restart")
    assert node.starts(host) == before[1] + 1
    assert node.capabilities(host) == NET_BIND_SERVICE


def test_a_file_changed_by_hand_behind_the_daemons_back_is_found_on_the_next_run(host: Any) -> None:
    host.check_output("sh -c 'echo \"# by hand\" >> %s'" % node.MAIN)
    run = plays.play()
    assert run.code == 0
    assert run.part("service")["action"] in ("reload", "restart")
    assert "# by hand" in host.file(node.MAIN).content_string


def test_a_change_that_the_daemon_cannot_live_with_is_put_back_and_the_run_fails(host: Any) -> None:
    before = node.checksums(host)
    run = plays.play(
        momentum_security_capabilities="cap_net_bind_service,cap_sys_resource+ep",
        momentum_security_allow=["beyond_bounding_set"],
        momentum_health_timeout=10,
    )
    assert run.code != 0
    assert [entry.action for entry in run.failed()] == [plays.NODE]
    assert node.checksums(host) == before
    assert node.is_serving(host)
    assert node.capabilities(host) == NET_BIND_SERVICE


def test_a_daemon_without_a_licence_is_not_stopped_and_one_that_is_removed_comes_back(host: Any) -> None:
    """The play deploys it again before the daemon is looked at; a task alone is refused, and nothing is stopped."""
    path, pid = node.PREFIX + "/etc/license", node.pid(host)
    host.check_output("mv %s %s.kept", path, path)
    try:
        refused = plays.task(SERVICE, state="restarted")
        assert "no licence: %s does not exist" % path in str(plays.message(refused))
        assert node.pid(host) == pid and node.is_serving(host)
        run = plays.play()
        assert (run.code, [entry.action for entry in run.entries if entry.changed]) == (0, [LICENSE])
        assert plays.message(plays.task(SERVICE, state="restarted")) is None and node.is_serving(host)
    finally:
        host.check_output("mv %s.kept %s", path, path)


def test_a_daemon_of_the_stand_in_does_not_start_without_a_licence(host: Any) -> None:
    """Or the test above would prove nothing."""
    path = node.PREFIX + "/etc/license"
    host.check_output("mv %s %s.kept", path, path)
    try:
        failed = plays.task(SERVICE, state="restarted", license={"require": "none"}, health={"timeout": 5})
        assert plays.message(failed) is not None and not host.service("ecelerity").is_running
        started = plays.task(SERVICE, state="started", health={"timeout": 5})
        assert plays.message(started) is not None
    finally:
        host.check_output("mv %s.kept %s", path, path)
        host.run("systemctl reset-failed ecelerity")
        assert plays.message(plays.task(SERVICE, state="started")) is None


def test_a_licence_that_was_fetched_is_never_rewritten_and_all_that_was_put_back_is_as_before(host: Any) -> None:
    path = node.PREFIX + "/etc/license"
    host.check_output("sh -c 'cp -p %s %s.kept; echo renewed > %s'" % (path, path, path))
    run = plays.play(diff=True)
    assert (run.code, run.changed()) == (0, [])
    assert host.file(path).content_string == "renewed\n"
    host.check_output("mv %s.kept %s" % (path, path))


def test_lookalikes_of_other_accounts_keep_the_daemon_from_neither_stopping_nor_starting(host: Any) -> None:
    """The installed program itself, run by the daemon's account, and an interpreter that names it, run by another one."""
    host.check_output(
        "mkdir -p /tmp/lookalike && echo 'import time; time.sleep(600)' > /tmp/lookalike/sitecustomize.py"
    )
    program = node.PREFIX + "/sbin/ecelerity"
    alike = {"ecuser": program + " -d", "nobody": "/usr/bin/python3 " + program}
    for account, command in alike.items():
        options = "--quiet --uid %s --unit lookalike-%s --setenv PYTHONPATH=/tmp/lookalike" % (account, account)
        host.check_output("systemd-run %s %s" % (options, command))
    try:
        stopped = plays.task(SERVICE, state="stopped")
        assert (plays.message(stopped), stopped.of(SERVICE).result["action"]) == (None, "stop")
        started = plays.task(SERVICE, state="started")
        assert (plays.message(started), started.of(SERVICE).result["action"]) == (None, "start")
        assert node.is_serving(host)
        for account in alike:
            assert host.service("lookalike-" + account).is_running
    finally:
        host.run("systemctl stop lookalike-ecuser lookalike-nobody; rm -r /tmp/lookalike")


def test_the_daemon_is_an_executable_in_the_units_control_group(host: Any) -> None:
    assert "ELF" in host.check_output("head -c 4 %s/sbin/ecelerity | tail -c 3", node.PREFIX)
    group = host.check_output("systemctl show --value --property ControlGroup ecelerity.service")
    assert group and group in host.check_output("cat /proc/%d/cgroup" % node.pid(host))
