# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console of a node whose samples let every local account command the daemon, after two runs of the playbook."""

import os
from typing import Any

import node
import plays
from files import CONTROL
from node import look

SOCKET = "/run/ecelerity/control"
TCP = "printf '%%s\\n' '%s' | " + node.PREFIX + "/bin/ec_console operator@127.0.0.1:2025 %s"


def password() -> str:
    """As the inventory of the scenario has it."""
    return "planted-console-password-1-" + os.environ["MOMENTUM_TEST_NAME"]


def test_the_socket_lies_where_nobody_else_can_put_one(host: Any) -> None:
    assert look(host, SOCKET) == "ecuser:ecuser 660"
    assert look(host, os.path.dirname(SOCKET)) == "ecuser:ecuser 750"
    assert not host.file("/tmp/2025").exists


def test_root_reaches_it_and_other_accounts_do_not(host: Any) -> None:
    assert "ersion" in host.check_output(node.CONSOLE + "version")
    refused = host.run("runuser -u nobody -- " + node.CONSOLE + "version")
    assert "ersion" not in refused.stdout
    assert "ermission denied" in refused.stderr


def test_its_directory_is_there_again_after_a_reboot(host: Any) -> None:
    host.check_output("mv /run/ecelerity /run/ecelerity.before && systemd-tmpfiles --create --boot")
    made = look(host, "/run/ecelerity")
    host.check_output("rmdir /run/ecelerity && mv /run/ecelerity.before /run/ecelerity")
    assert made == "ecuser:ecuser 750"


def test_ec_ctl_is_told_where_the_console_is(host: Any) -> None:
    assert host.check_output(". %s/etc/environment; echo $CONTROL" % node.PREFIX) == SOCKET


def test_tcp_is_on_the_loopback_interface_alone_and_takes_the_password(host: Any) -> None:
    listening = host.check_output("ss -lntH 'sport = :2025'").split()
    assert "127.0.0.1:2025" in listening
    assert "ersion" in host.check_output(TCP % (password(), "version"))
    assert "ersion" not in host.run(TCP % ("another", "version")).stdout


def test_commands_that_no_role_allows_are_denied(host: Any) -> None:
    before = node.pid(host)
    assert "Not Authorized" in host.run(TCP % (password(), "config reload")).stdout
    assert node.pid(host) == before


def test_the_password_is_kept_as_a_digest_for_the_daemons_user_alone(host: Any) -> None:
    path = node.PREFIX + "/etc/console_passwd"
    assert look(host, path) == "ecuser:ecuser 640"
    assert host.file(path).content_string.startswith("operator:Momentum Console:")
    assert "planted" not in host.file(path).content_string


def test_the_console_moves_by_a_reload_and_back(host: Any) -> None:
    before = node.pid(host)
    elsewhere = "/run/elsewhere/control"
    moved = plays.play(momentum_control_socket=elsewhere)
    assert moved.code == 0
    assert "ersion" in host.check_output("%s/bin/ec_console %s version" % (node.PREFIX, elsewhere))
    assert plays.play().code == 0
    assert "ersion" in host.check_output(node.CONSOLE + "version")
    assert node.pid(host) == before


def test_a_console_for_the_whole_network_is_refused_and_nothing_changes(host: Any) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.play(momentum_control_tcp=[{"address": "0.0.0.0:2025"}])
    assert run.code != 0
    assert run.refused_parts() == ["control"]
    assert "public_tcp" in str(plays.message(run))
    assert (node.pid(host), node.checksums(host)) == before
