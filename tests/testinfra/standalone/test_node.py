# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node as runs of the playbook leave it, seen by the kernel, the file system and a mail client."""

import os
from pathlib import Path
from typing import Any

import node
import pytest

NET_BIND_SERVICE = 1 << 10


def test_the_daemon_runs_and_will_run_after_a_reboot(host: Any) -> None:
    service = host.service("ecelerity")
    assert service.is_running
    assert service.is_enabled


def test_every_thread_is_ecuser_and_nothing_else(host: Any) -> None:
    user, group = host.user("ecuser").uid, host.group("ecuser").gid
    threads = node.threads(host)
    assert threads
    for thread in threads:
        assert thread["Uid"].split() == [str(user)] * 4
        assert thread["Gid"].split() == [str(group)] * 4
        assert "0" not in thread["Groups"].split()


def test_every_thread_holds_exactly_the_declared_capability(host: Any) -> None:
    for thread in node.threads(host):
        assert int(thread["CapPrm"], 16) == NET_BIND_SERVICE
        assert int(thread["CapEff"], 16) == NET_BIND_SERVICE
        assert int(thread["CapInh"], 16) == 0
        assert int(thread["CapAmb"], 16) == 0


def test_the_monitor_above_the_daemon_stays_root(host: Any) -> None:
    parent = node.status(host, node.status(host, str(node.pid(host)))["PPid"])
    assert parent["Uid"].split() == ["0"] * 4
    command = host.check_output("tr '\\0' ' ' < /proc/%s/cmdline" % parent["Pid"])
    assert "/opt/msys/gimli/bin/monitor" in command


def test_port_25_greets(host: Any) -> None:
    assert node.banner(host).startswith("220 ")


def test_the_console_answers(host: Any) -> None:
    assert "ersion" in host.check_output(node.CONSOLE + "version")


@pytest.mark.parametrize("name", ["ecelerity.conf", "ecelerity-cluster.conf", "common.conf"])
def test_the_configuration_belongs_to_root_and_is_read_by_ecuser_alone(host: Any, name: str) -> None:
    assert node.look(host, node.CONFIGURATION + "/" + name) == "root:ecuser 640"


def test_the_daemon_can_enter_every_directory_above_its_configuration(host: Any) -> None:
    done = host.run("setpriv --reuid ecuser --regid ecuser --clear-groups cat " + node.MAIN)
    assert done.rc == 0, done.stderr


def test_the_directory_of_the_configuration_has_its_mode_in_spite_of_umask_0027(host: Any) -> None:
    assert node.look(host, node.CONFIGURATION) == "root:ecuser 750"


def test_the_licence_is_there_byte_by_byte_and_not_for_everybody(host: Any) -> None:
    licence = node.PREFIX + "/etc/license"
    assert node.look(host, licence) == "root:ecuser 640"
    assert host.file(licence).content == Path(os.environ["MOMENTUM_STANDIN_LICENSE"]).read_bytes()


def test_nothing_of_the_bundle_is_left_behind(host: Any) -> None:
    assert host.check_output("find /var/tmp -name 'momentum*' -not -name '*.tar.gz'") == ""


def test_the_records_of_the_collection_are_roots_alone(host: Any) -> None:
    assert node.look(host, "/var/lib/msys-momentum") == "root:root 700"


def test_momentum_itself_reads_the_security_stanza_as_declared(host: Any) -> None:
    for option, value in (("User", "ecuser"), ("Group", "ecuser"), ("Capabilities", "cap_net_bind_service+ep")):
        assert value in host.check_output(node.CONSOLE + "config eval Security " + option)
