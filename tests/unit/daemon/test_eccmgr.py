# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The manager of a cluster: its own program, starter, main file and identity, and one reload for all nodes."""

import os
import shutil
import signal
import subprocess

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.daemon.console import Console
from plugins.module_utils.daemon.controller import Daemon, Gate, require_installed
from plugins.module_utils.daemon.kinds import ECCMGR, ECELERITY, KINDS, at_home
from plugins.module_utils.errors import PlanError
from plugins.module_utils.host.program import Ended
from plugins.module_utils.host.program import Ran as Done
from plugins.module_utils.host.service_manager import Manager
from plugins.module_utils.state import pending
from plugins.module_utils.validation.validators import Checker

TEXT = 'Security {\n  User = "root"\n  Group = "root"\n}\nControl_Listener {\n  Listen "/tmp/2025" {}\n}\n'


class Site:
    """A prefix in which both programs lie and only sleep, and a console of straw."""

    def __init__(self, root):
        self.prefix = root / "momentum"
        for directory in ("bin", "sbin", "etc/conf/default"):
            (self.prefix / directory).mkdir(parents=True)
        for program in KINDS:
            shutil.copy("/bin/sleep", str(self.prefix / "sbin" / program))
        names = ("main", "search_path", "nodename", "subcluster")
        values = dict(dict.fromkeys(names), prefix=str(self.prefix), state_dir=str(root / "state"), validate="auto")
        self.node = at_home(node_options.from_params(values), ECCMGR)
        self.main = self.prefix / "etc" / "conf" / "default" / "eccluster.conf"
        self.main.write_text(TEXT)
        self.commands, self.children = [], []
        self.nowhere, self.pidfile = str(root / "nothing"), str(root / "pid")

    def run(self, command, timeout):
        self.commands.append(list(command))
        return Done(0, "OK")

    def daemon(self):
        manager = Manager(str(self.prefix), "eccmgr.service", self.run, self.nowhere, ECCMGR.starter)
        console = Console(str(self.prefix), "/tmp/2025", self.run)
        kind = ECCMGR._replace(pidfile=self.pidfile)
        return Daemon(
            self.node, manager, console, Gate([], "/tmp/2025", True), lambda: node_options.current(self.node), kind
        )

    def start(self, program):
        child = subprocess.Popen(["sleep", "60"], executable=str(self.prefix / "sbin" / program))
        self.children.append(child)
        if program == "eccmgr":
            with open(self.pidfile, "w") as file:
                file.write("%d\n" % child.pid)
        return child.pid


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    for child in made.children:
        child.send_signal(signal.SIGKILL)
        child.wait()


def test_the_manager_reads_its_own_main_file(site):
    assert site.node.main == str(site.main)
    assert at_home(site.node, ECELERITY).main.endswith("/etc/conf/default/ecelerity.conf")


def test_an_mta_on_the_same_host_is_not_taken_for_the_manager(site):
    site.start("ecelerity")
    assert site.daemon().process() is None
    manager = site.start("eccmgr")
    assert site.daemon().process().pid == manager


def test_without_a_unit_the_managers_own_starter_is_used(site):
    assert site.daemon().act("start") == ""
    assert site.commands == [[str(site.prefix / "bin" / "eccmgr_ctl"), "start"]]


def test_a_reload_which_reaches_all_nodes_is_given_once(site):
    site.start("eccmgr")
    assert pending.activated(site.node.state_dir) is None
    assert site.daemon().act("reload") == ""
    assert [command[1:] for command in site.commands] == [["/tmp/2025", "config", "reload"]]


def test_a_manager_has_no_contexts_of_tls_to_flush(site):
    daemon = site.daemon()
    daemon.flush_tls()
    assert daemon.tls_cache == "untouched" and site.commands == []


@pytest.mark.skipif(os.getuid() != 0, reason="the daemon of this test runs as the user of the tests, who must be root")
def test_the_identity_is_that_of_eccluster_conf(site):
    (site.main.parent / "ecelerity.conf").write_text('Security {\n  User = "nobody"\n}\n')
    site.start("eccmgr")
    assert site.daemon().current().differs is False
    site.main.write_text(TEXT.replace('User = "root"', 'User = "nobody"'))
    assert site.daemon().current().differs is True


def test_a_missing_program_is_named(site):
    (site.prefix / "sbin" / "eccmgr").unlink()
    require_installed(site.node)
    with pytest.raises(PlanError, match="sbin/eccmgr does not exist"):
        require_installed(site.node, ECCMGR)


def test_a_host_with_the_manager_alone_counts_as_installed(site):
    (site.prefix / "sbin" / "ecelerity").unlink()
    assert node_options.is_installed(site.node)
    (site.prefix / "sbin" / "eccmgr").unlink()
    assert not node_options.is_installed(site.node)


@pytest.mark.parametrize(("dumped", "valid"), [('<?xml version="1.0"?>\n<config/>\n', True), ("Syntax error", False)])
def test_where_validate_config_knows_no_manager_the_other_checker_judges(site, dumped, valid):
    for name in ("validate_config", "ec_dump_config"):
        path = site.prefix / "bin" / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)

    def run(arguments, environment, timeout):
        found = "No configuration found\n" if arguments[0].endswith("validate_config") else dumped
        return Ended(0, found, "")

    def checker(main):
        return Checker(str(site.prefix), main, site.node.search_path, "manager", run=run)

    with pytest.raises(Exception, match="No configuration found"):
        checker(str(site.main).replace("eccluster", "ecelerity")).installed()
    if valid:
        assert checker(str(site.main)).installed() is True
    else:
        with pytest.raises(Exception, match="Syntax error"):
            checker(str(site.main)).installed()
