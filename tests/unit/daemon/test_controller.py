# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real daemon of a small node: what is given to which program, and what is seen and remembered."""

import os
import shutil
import signal
import subprocess

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.daemon.console import Console
from plugins.module_utils.daemon.controller import Daemon, Gate
from plugins.module_utils.host.program import Ran
from plugins.module_utils.host.service_manager import Manager
from plugins.module_utils.state import pending as activation
from plugins.module_utils.transaction.transaction import FileChange, Transaction

TEXT = 'Pidfile = "%s/pid"\nSecurity {\n  User = "root"\n  Group = "root"\n}\nESMTP_Listener {\n  Listen ":25" {}\n}\n'
VALID, INVALID = "#!/bin/sh\necho Configuration valid\n", "#!/bin/sh\nexit 0\n"


class Node:
    """A prefix with a program that only sleeps, and programs of straw."""

    def __init__(self, root, validate="auto"):
        self.root = root
        self.prefix = root / "momentum"
        self.main = self.prefix / "etc" / "conf" / "default" / "ecelerity.conf"
        for directory in ("bin", "sbin", "etc/conf/default"):
            (self.prefix / directory).mkdir(parents=True)
        shutil.copy("/bin/sleep", str(self.prefix / "sbin" / "ecelerity"))
        self.main.write_text(TEXT % root)
        self.state = str(root / "state")
        self.said, self.commands, self.children = "OK", [], []
        names = ("main", "search_path", "nodename", "subcluster")
        values = dict(dict.fromkeys(names), prefix=str(self.prefix), state_dir=self.state, validate=validate)
        self.node = node_options.from_params(values)

    def run(self, command, timeout):
        self.commands.append(list(command))
        return Ran(0, self.said)

    def daemon(self):
        manager = Manager(str(self.prefix), "ecelerity.service", self.run, str(self.root / "no-systemd"))
        console = Console(str(self.prefix), "/tmp/2025", self.run)
        return Daemon(self.node, manager, console, Gate([], "/tmp/2025", True), lambda: node_options.current(self.node))

    def start(self):
        child = subprocess.Popen(["sleep", "60"], executable=str(self.prefix / "sbin" / "ecelerity"))
        (self.root / "pid").write_text("%d\n" % child.pid)
        self.children.append(child)
        return child.pid

    def checker(self, script):
        path = self.prefix / "bin" / "validate_config"
        path.write_text(script)
        path.chmod(0o755)

    def stop(self):
        for child in self.children:
            child.send_signal(signal.SIGKILL)
            child.wait()
        del self.children[:]


@pytest.fixture
def small(tmp_path):
    made = Node(tmp_path)
    yield made
    made.stop()


def test_a_daemon_that_does_not_run_is_seen_as_such(small):
    view = small.daemon().current()
    assert (view.process, view.unit, view.pending, view.drift.level, view.differs) == (
        None,
        None,
        activation.NOTHING,
        "none",
        False,
    )


def test_the_pid_file_of_the_configuration_is_the_one_that_counts(small):
    small.start()
    second = small.start()
    assert small.daemon().process().pid == second


def test_an_edit_behind_the_daemons_back_is_drift_until_it_is_remembered(small):
    small.start()
    small.daemon().remember_first()
    assert small.daemon().current().drift.level == "none"
    with open(str(small.main), "a") as stream:
        stream.write("Max_Retries = 7\n")
    daemon = small.daemon()
    view = daemon.current()
    assert (view.drift.level, list(view.drift.files)) == ("reload", [str(small.main)])
    daemon.remember(view.pending)
    assert small.daemon().current().drift.level == "none"


def test_an_edit_of_what_only_a_restart_takes_over_is_drift_of_that_level(small):
    small.start()
    small.daemon().remember_first()
    with open(str(small.main), "a") as stream:
        stream.write('SpoolBase = "/var/spool/other"\n')
    assert small.daemon().current().drift.level == "restart"


def test_looking_leaves_no_trace(small):
    small.start()
    small.daemon().current()
    assert not os.path.exists(small.state)


def reloads(small):
    return [command[1:] for command in small.commands].count(["/tmp/2025", "config", "reload"])


def test_a_reload_is_given_twice_where_addresses_may_have_changed_and_once_elsewhere(small):
    small.start()
    assert small.daemon().act("reload") == "" and reloads(small) == 2
    small.daemon().remember(activation.NOTHING)
    assert small.daemon().act("reload") == "" and reloads(small) == 3
    small.main.write_text((TEXT % small.root).replace(":25", "127.0.0.1:25"))
    daemon = small.daemon()
    assert daemon.act("reload") == "" and reloads(small) == 5
    assert len(daemon.commands) == 2


def test_a_refused_reload_is_told_in_the_consoles_words_and_not_repeated(small):
    small.said = "Reconfigure failed."
    assert small.daemon().act("reload") == "Reconfigure failed."
    assert reloads(small) == 1


@pytest.mark.parametrize(
    ("words", "outcome"),
    [("Cache flush request submitted.", "flushed"), ("tls command not understood", "unconfirmed"), ("", "unconfirmed")],
)
def test_a_version_without_the_command_that_flushes_tls_is_told_and_no_failure(small, words, outcome):
    daemon = small.daemon()
    assert daemon.tls_cache == "untouched"
    small.said = words
    daemon.flush_tls()
    assert daemon.tls_cache == outcome
    assert daemon.commands == [[str(small.prefix / "bin" / "ec_console"), "/tmp/2025", "tls", "flush", "cache"]]


@pytest.mark.parametrize("action", ["start", "reload", "restart"])
def test_a_daemon_is_not_brought_into_a_configuration_that_momentum_calls_invalid(small, action):
    small.checker(INVALID)
    assert "not valid" in small.daemon().act(action)
    assert small.commands == []
    small.checker(VALID)
    assert small.daemon().act(action) == ""
    assert small.commands


def test_a_stop_asks_no_checker(small):
    small.checker(INVALID)
    assert small.daemon().act("stop") == ""
    assert small.commands == [[str(small.prefix / "bin" / "ec_ctl"), "stop"]]


@pytest.mark.parametrize(("validate", "refused"), [("always", True), ("auto", False), ("never", False)])
def test_a_missing_checker_matters_only_where_it_is_asked_for(tmp_path, validate, refused):
    assert bool(Node(tmp_path, validate).daemon().act("restart")) is refused


def test_transactions_are_put_back_and_the_old_configuration_is_read_again(small):
    before = small.main.read_bytes()
    change = FileChange(str(small.main), before + b"Max_Retries = 9\n")
    receipt = Transaction([change], small.state).commit()
    daemon = small.daemon()
    assert daemon.effective.get((), "Max_Retries") is not None
    assert daemon.restore([receipt.id]) == ([receipt.id], "")
    assert small.main.read_bytes() == before
    assert daemon.effective.get((), "Max_Retries") is None


def test_a_transaction_that_cannot_be_put_back_is_told(small):
    restored, problem = small.daemon().restore(["20260101T000000-nobody"])
    assert restored == [] and problem


def test_an_identity_that_this_node_does_not_have_is_a_finding(small):
    small.main.write_text('Security {\n  User = "no-such-user"\n}\n')
    small.start()
    (finding,) = small.daemon().prove(0.0, None)
    assert not finding.ok and "ecelerity.conf:2: the node has no user 'no-such-user'" in finding.found


def test_a_stopped_daemon_is_proved_by_its_absence(small):
    small.start()
    (finding,) = small.daemon().prove_stopped(0.0)
    assert not finding.ok
    small.stop()
    (finding,) = small.daemon().prove_stopped(0.0)
    assert finding.ok


@pytest.mark.skipif(os.getuid() != 0, reason="the daemon of this test runs as the user of the tests, who must be root")
def test_the_identity_of_a_real_process_is_proved(small):
    small.said = "Ecelerity Version: 5.3.0.1"
    small.start()
    findings = small.daemon().prove(0.0, None)
    assert all(finding.ok for finding in findings), findings
    assert small.daemon().current().differs is False
    small.main.write_text('Pidfile = "%s/pid"\nSecurity {\n  User = nobody\n  Group = root\n}\n' % small.root)
    assert small.daemon().current().differs is True
