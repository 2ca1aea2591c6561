# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that is not ready is reported in plain lines, nothing is installed on it, and only what is requested is fixed.

The host is this machine, with Momentum's configuration in a directory of the test, and a program that has the port of its listener."""

import os
import socket
import stat

import pytest
import yaml

from tests.integration.cores import INTERPRETER, NEWEST_FIRST, ansible_playbook

# What depends on the machine that runs the tests.
OF_THE_MACHINE = [
    "rights",
    "service_manager",
    "operating_system",
    "architecture",
    "executable",
    "writable",
    "disk_space",
    "package_manager",
]
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "%s"
"""
INSTALL = [{"hosts": "mta1", "gather_facts": False, "roles": ["msys.momentum.install"]}]
FIX = [
    {
        "hosts": "mta1",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Fix",
                "ansible.builtin.include_role": {"name": "msys.momentum.preflight", "tasks_from": "fix.yml"},
                "vars": {
                    "momentum_preflight_seen": {
                        "summary": [],
                        "remedies": {
                            "sysctl": {"vm.max_map_count": "1048575"},
                            "limits": 80000,
                            "firewall": ["25/tcp", "587/tcp"],
                        },
                    }
                },
            }
        ],
    }
]


class Controller:
    """A directory with an inventory of one host, which is this machine, and programs in the place of those that would change it."""

    def __init__(self, root, port):
        self.root = root
        self.calls = root / "calls"
        main = root / "momentum" / "etc" / "conf" / "default"
        main.mkdir(parents=True)
        (main / "ecelerity.conf").write_text('ESMTP_Listener { Listen ":%d" { } }\n' % port)
        (root / "bin").mkdir()
        for name in ("sysctl", "firewall-cmd", "systemctl"):
            (root / "bin" / name).write_text(STUB % self.calls)
            (root / "bin" / name).chmod(0o755)

    def play(self, core, book, *words, **variables):
        if not isinstance(book, str):
            (self.root / "play.yml").write_text(yaml.safe_dump(book))
            book = "play.yml"
        common = {
            "ansible_connection": "local",
            "ansible_python_interpreter": INTERPRETER,
            "momentum_prefix": str(self.root / "momentum"),
            "momentum_state_dir": str(self.root / "state"),
            "momentum_preflight_skip": OF_THE_MACHINE,
            "momentum_packages": ["no-package-of-this-name"],
        }
        inventory = {"momentum_standalone": {"hosts": {"mta1": None}, "vars": dict(common, **variables)}}
        (self.root / "hosts.yml").write_text(yaml.safe_dump(inventory))
        path = "%s:%s" % (self.root / "bin", os.environ["PATH"])
        done = ansible_playbook(core, self.root, "-i", self.root / "hosts.yml", book, *words, PATH=path)
        return done.returncode, " ".join(done.stdout.split())


@pytest.fixture
def taken():
    """A port of this machine at which this process listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        yield server.getsockname()[1]


@pytest.fixture
def controller(tmp_path, taken):
    return Controller(tmp_path, taken)


@pytest.mark.parametrize("core", NEWEST_FIRST)
@pytest.mark.parametrize("words", [[], ["--check"]], ids=["run", "check"])
def test_the_playbook_prints_findings_without_v_and_ends_with_one_message_that_has_all_that_stop(
    core, words, controller, taken
):
    before = sorted(controller.root.rglob("*"))
    code, said = controller.play(core, "msys.momentum.preflight", *words, momentum_certificates=[])
    assert code == 2, said
    line = "stops: smtp_port: port %d is taken at 127.0.0.1 by " % taken
    assert said.count(line) >= 2, said
    assert "mta1 is not ready for Momentum, and nothing was installed" in said
    assert "list its name in momentum_preflight_skip" in said
    assert "advice: license: the licence: it does not exist." in said and "(4/before-you-begin)" in said
    assert "unknown: " in said or os.path.isdir("/run/systemd/system")
    after = {path.name for path in set(controller.root.rglob("*")) - set(before)}
    assert not after & {"state", "calls"}


def test_a_check_that_is_skipped_does_not_stop_and_one_that_there_is_not_is_refused(controller):
    skip = OF_THE_MACHINE + ["smtp_port"]
    code, said = controller.play("newest", "msys.momentum.preflight", momentum_preflight_skip=skip)
    assert code == 0 and "stops: " not in said, said
    code, said = controller.play("newest", "msys.momentum.preflight", momentum_preflight_skip=["smtp_ports"])
    assert code == 2 and "did you mean smtp_port?" in said, said


@pytest.mark.parametrize("words", [[], ["--check"], ["--tags", "install"]], ids=["run", "check", "tags"])
def test_the_role_install_stops_before_it_asks_for_a_bundle(words, controller):
    code, said = controller.play("newest", INSTALL, *words)
    assert code == 2 and "mta1 is not ready for Momentum" in said, said
    assert "Set either momentum_bundle" not in said and not (controller.root / "state").exists()


def test_the_role_install_checks_a_host_before_packages_and_not_in_an_upgrade_unless_told_otherwise(controller):
    for variables, is_checked in (
        ({"momentum_preflight": "never"}, False),
        ({"momentum_upgrade_allowed": True}, False),
        ({"momentum_upgrade_allowed": True, "momentum_preflight": "always"}, True),
    ):
        code, said = controller.play("newest", INSTALL, **variables)
        assert code == 2, said
        assert ("Set either momentum_bundle" in said) is not is_checked, said
        assert ("is not ready for Momentum" in said) is is_checked, said
    # Without packages to install, nothing is checked.
    _code, said = controller.play("newest", INSTALL, momentum_packages=[])
    assert "Look at the host" not in said


def test_nothing_is_fixed_unless_the_inventory_asks_for_it(controller):
    code, said = controller.play("newest", FIX, momentum_preflight_fix=[])
    assert (code, controller.calls.exists()) == (0, False), said
    assert "changed=0" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="the files belong to root")
@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_what_is_asked_for_is_fixed_and_check_mode_says_so_and_does_nothing(core, controller):
    files = {"sysctl": controller.root / "90-momentum.conf", "limits": controller.root / "unit.d" / "limits.conf"}
    extra = [word for name, path in files.items() for word in ("-e", "momentum_preflight_%s_file=%s" % (name, path))]
    requested = {"momentum_preflight_fix": ["sysctl", "limits", "firewall"]}
    code, said = controller.play(core, FIX, *extra, "--check", "--diff", **requested)
    assert code == 0 and "Would open 25/tcp, 587/tcp" in said, said
    assert "Would load vm.max_map_count." in said and "vm.max_map_count = 1048575" in said
    assert not controller.calls.exists() and not files["sysctl"].exists() and not files["limits"].exists()

    files["sysctl"].write_text("net.core.somaxconn = 8192\nvm.max_map_count=5\n")
    code, said = controller.play(core, FIX, *extra, **requested)
    assert code == 0, said
    assert files["sysctl"].read_text() == "net.core.somaxconn = 8192\nvm.max_map_count = 1048575\n"
    assert files["limits"].read_text() == "[Service]\nLimitNOFILE=80000\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o644}
    calls = [
        line for line in controller.calls.read_text().splitlines() if "show" not in line and "list-all" not in line
    ]
    assert calls[0] == "sysctl --load %s" % files["sysctl"]
    assert "systemctl daemon-reload" in calls
    assert [line for line in calls if line.startswith("firewall-cmd")] == [
        "firewall-cmd --permanent --add-port=25/tcp",
        "firewall-cmd --permanent --add-port=587/tcp",
        "firewall-cmd --add-port=25/tcp",
        "firewall-cmd --add-port=587/tcp",
    ]


def test_a_fix_that_there_is_not_is_refused(controller):
    play = [{"hosts": "mta1", "gather_facts": False, "roles": ["msys.momentum.preflight"]}]
    code, said = controller.play("newest", play, momentum_preflight_fix=["sysctrl"])
    assert code == 2 and "sysctrl" in said and "Look at the host" not in said, said
