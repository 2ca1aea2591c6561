# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules control and service as processes, beside a daemon that holds its logs open: no rotation loses a line while the console
moves."""

import bz2
import grp
import json
import os
import pwd
import shutil
import smtplib
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STANDIN = ROOT / "tests" / "standin"
sys.path.insert(0, str(ROOT / "tests" / "unit" / "stand_in"))

import standin_node  # noqa: E402

LIBRARY = os.path.join(str(sysconfig.get_config_var("LIBDIR")), str(sysconfig.get_config_var("INSTSONAME")))
COMPILERS = [one for one in ("cc", "gcc", "clang", "tcc") if shutil.which(one)]
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: the daemon gives it up"),
    pytest.mark.skipif(sys.version_info < (3, 8), reason="ansible-core for this Python is not among the test tools"),
    pytest.mark.skipif(os.path.isdir("/run/systemd/system"), reason="this node would start the daemon by its unit"),
    pytest.mark.skipif(not COMPILERS, reason="no C compiler is installed here"),
    pytest.mark.skipif(not os.path.exists(LIBRARY), reason="this Python has no library that can be loaded"),
]


class Node(standin_node.Node):
    """A stand-in whose daemon the modules know: an executable, with a pid file that root alone can write."""

    def __init__(self):
        super().__init__(str(STANDIN))
        subprocess.check_call([str(STANDIN / "compile"), self.prefix + "/sbin/ecelerity", "5.3.0"])
        shutil.copy(self.prefix + "/sbin/ecelerity.py", self.prefix + "/lib/ecelerity.py")
        for program in ("ec_console", "ec_rotate"):
            path = "%s/bin/%s" % (self.prefix, program)
            with open(path, "w") as file:
                form = '#!/bin/sh\nMOMENTUM_STANDIN_ROOT=%s exec "%s" %s.py "$@"\n'
                file.write(form % (self.root, sys.executable, path))
            os.chmod(path, 0o755)
        os.chown(self.root + "/var/run", 0, 0)
        # As in the vendor's samples: every account commands the daemon.
        self.write(self.main, self.read(self.main).replace("0600", "0666"))
        self.add('PidFile = "%s/var/run/ecelerity.pid"\n' % self.root)
        self.log = self.root + "/var/log/ecelerity/mainlog.ec"
        self.conf = self.prefix + "/etc/ec_rotate.conf"
        self.socket = self.root + "/run/new/control"
        os.mkdir(self.root + "/run")
        self.write(self.conf, "logfiles = %s\nretention = 9\ncontrol_socket=%s\n" % (self.log, self.console))
        environment = dict(self.environment, LD_LIBRARY_PATH=os.path.dirname(LIBRARY), PYTHONHOME=sys.base_prefix)
        self.process = subprocess.Popen(
            [self.prefix + "/sbin/ecelerity", "-d"],
            env=environment,
            cwd="/",
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
        while not self.ask("version"):
            assert self.process.poll() is None

    def module(self, name, **arguments):
        """Run a module as Ansible does."""
        known = dict(
            prefix=self.prefix, state_dir=self.root + "/state", validate="never", _ansible_remote_tmp=self.root
        )
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "contract" / "run_module.py"), name],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": dict(known, **arguments)}),
            env=dict(os.environ, PYTHONPATH=str(ROOT / ".ansible" / "collections")),
            stdout=subprocess.PIPE,
            universal_newlines=True,
            check=False,
        )
        result = json.loads(done.stdout)
        return dict(result, msg=result.get("msg"))

    def control(self, **more):
        owner, group = pwd.getpwuid(standin_node.NOBODY).pw_name, grp.getgrgid(standin_node.NOBODY).gr_name
        known = {"socket_owner": owner, "socket_group": group, "boot_file": "", "environment_file": ""}
        return self.module("control", socket=self.socket, **dict(known, **more))

    def service(self, **more):
        health = {"ports": [], "timeout": 10, "require_capabilities": False}
        return self.module("service", **dict({"health": health}, **more))

    def mail(self, name):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
            client.sendmail("a@example.com", [name], "Subject: x\r\n\r\nx\r\n")

    def rotate(self):
        """As root's cron does it; whether it says that all went well."""
        return subprocess.call([self.prefix + "/bin/ec_rotate"], stderr=subprocess.DEVNULL) == 0

    def logged(self):
        """The recipients in all that is left of mainlog, oldest first."""
        older = ["%s.%d.bz2" % (self.log, number) for number in range(9, 0, -1)]
        texts = [bz2.open(path, "rt").read() for path in older if os.path.exists(path)]
        text = "".join(texts) + (self.read(self.log) if os.path.exists(self.log) else "")
        return [line.split("@R@")[1].split("@")[0].strip("<>") for line in text.splitlines()]


@pytest.fixture
def node():
    made = Node()
    yield made
    made.remove()


def test_no_rotation_loses_a_line_before_while_and_after_the_console_moves(node):
    node.mail("one")
    foretold, moved = node.control(_ansible_check_mode=True), node.control()
    assert (moved["msg"], moved["changed"], moved["activation"]) == (None, True, "reload")
    assert foretold["diff"] == moved["diff"]
    assert [entry["after_header"] for entry in moved["diff"]] == [node.main, node.conf]
    assert "control_socket=%s\n" % node.console in node.read(node.conf)
    assert node.rotate()
    node.mail("two")
    told = node.service(activation=moved["activation"], transactions=[moved["transaction"]])
    assert (told["msg"], told["action"], len(told["rotation"])) == (None, "reload", 1)
    assert node.read(node.conf) == "logfiles = %s\nretention = 9\ncontrol_socket=%s\n" % (node.log, node.socket)
    node.mail("three")
    assert node.rotate()
    node.mail("four")
    assert node.logged() == ["one", "two", "three", "four"]
    assert "four" in node.read(node.log)
    assert (node.control()["changed"], node.service()["action"], node.service()["rotation"]) == (
        False,
        "none",
        [],
    )


def test_where_the_move_fails_rotation_asks_at_the_old_console_again(node):
    before = node.read(node.conf)
    moved = node.control()
    health = {"ports": [1], "timeout": 1, "require_capabilities": False}
    told = node.service(activation="reload", transactions=[moved["transaction"]], health=health)
    assert told["failed"] and moved["transaction"] in told["restored"]
    assert "port 1: have the daemon listen there" in told["msg"] and "momentum_health_ports" in told["msg"]
    assert node.read(node.conf) == before
    node.mail("one")
    assert node.rotate()
    node.mail("two")
    assert (node.logged(), node.read(node.log).count("\n")) == (["one", "two"], 1)


def test_a_daemon_that_moved_without_the_module_is_found_by_the_next_run(node):
    node.control()
    assert node.ask("config", "reload") == "OK"
    assert not os.path.exists(node.console)
    again = node.control()
    assert (again["changed"], again["transaction"] != "") == (True, True)
    node.mail("one")
    assert node.rotate()
    # And taken back, file and configuration go together.
    assert "control_socket=%s\n" % node.socket in node.read(node.conf)
    assert node.module("restore", transactions=[again["transaction"]])["msg"] is None
    assert "control_socket=%s\n" % node.console in node.read(node.conf)


def test_an_old_console_that_stays_is_where_rotation_asks_until_the_new_one_is_open(node):
    before = node.read(node.conf)
    node.control(purge=False)
    node.mail("one")
    assert node.rotate() and node.read(node.conf) == before
    assert len(node.service(activation="reload")["rotation"]) == 1
    assert "control_socket=%s\n" % node.socket in node.read(node.conf)
    assert node.rotate()
    assert (node.control(purge=False)["changed"], node.service()["action"]) == (False, "none")
