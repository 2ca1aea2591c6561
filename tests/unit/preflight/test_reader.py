# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the reader makes of a machine, and that a machine which does not answer leaves a reason, never a value."""

import socket
import time

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.files.safe_paths import UnsafePath
from plugins.module_utils.host import names
from plugins.module_utils.host.program import Ran
from plugins.module_utils.host.tcp import Deadline
from plugins.module_utils.preflight import network, reader
from plugins.module_utils.preflight.facts import Firewall, Listener, Port, Repository, System, Unit
from plugins.module_utils.preflight.machine import Machine

MOUNTS = r"""21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
22 21 8:2 / /var/spool\040x rw,noatime - xfs /dev/sda2 rw
23 21 0:30 / /tmp rw,nosuid,noexec - tmpfs tmpfs rw,size=1g
24 21 8:3 / /var/log rw - ext4 /dev/sda3 ro
"""
TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1234 1 0 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1 0 100 0 0 10 0
   2: 0100007F:0050 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0
"""
TCP6 = """  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode
   0: 00000000000000000000000000000000:0019 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 55 1 0 100 0 0 10 0
"""
ZONES = """dmz
  target: default
  services: ssh
  ports: 9999/tcp

public (default, active)
  target: default
  interfaces: eth0
  services: cockpit dhcpv6-client smtp ssh
  ports: 587/tcp 4802-4809/tcp 514/udp junk/tcp
  rich rules:

trusted (active)
  target: default
"""
FILES = {
    "/etc/os-release": 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n',
    "/proc/self/mountinfo": MOUNTS,
    "/proc/net/tcp": TCP,
    "/proc/net/tcp6": TCP6,
    "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
    "/proc/sys/net/ipv4/ip_local_reserved_ports": "8080,9000-9100\n",
    "/proc/sys/net/core/somaxconn": "4096\n",
    "/proc/sys/net/ipv4/tcp_rmem": "4096\t131072\t6291456\n",
    "/sys/fs/selinux/enforce": "1",
    "/var/log/audit/audit.log": (
        'type=AVC msg=audit(1.2:3): avc:  denied  { read } for  pid=1 comm="ecelerity" name="license" dev="sda1"\n'
        'type=AVC msg=audit(1.2:4): avc:  denied  { open read } for  pid=1 comm="x" path="/opt/msys/ecelerity/etc/a"\n'
        'type=AVC msg=audit(1.2:5): avc:  denied  { read } for  pid=1 comm="httpd" path="/var/www/opt/msys/x"\n'
        'type=AVC msg=audit(1.2:6): avc:  denied  { read } for  pid=1 comm="ecelerity" name="license" dev="sda1"\n'
    ),
    "/etc/yum.repos.d/a.repo": "[main]\nx=1\n[epel]\nname = EPEL\nmetalink=https://m/epel-9\n[off]\nname=x\nenabled = 0\n#enabled=1\n",
    "/etc/yum.repos.d/b.txt": "[never]\n",
    "/root/.bashrc": "umask 022\n umask 0027\n",
    "/proc/8/cmdline": "/usr/libexec/postfix/master\0-w\0",
    "/proc/9/cmdline": "python3\0/opt/msys/ecelerity/sbin/ecelerity\0",
}
LINKS = {
    "/proc/8/fd/3": "socket:[1234]",
    "/proc/8/fd/4": "/dev/null",
    "/proc/8/exe": "/usr/libexec/postfix/master",
    "/proc/9/fd/3": "socket:[55]",
    "/proc/9/exe": "/usr/bin/python3.9",
}
UNITS = "\n\n".join(
    "Id=%s.service\nActiveState=%s\nUnitFileState=%s" % one
    for one in (
        ("chronyd", "active", "enabled"),
        ("postfix", "inactive", "enabled"),
        ("firewalld", "active", "enabled"),
    )
)
DIRECTORIES = ("/", "/opt", "/var/tmp", "/var/log", "/tmp", "/run/systemd/system", "/etc/yum.repos.d", "/var/spool")


class Fake(Machine):
    """A machine of files, links and programs by their names."""

    def __init__(self, files=None, programs=None, hostname="mta1.example.com", loaded="loaded"):
        super().__init__()
        self.loaded = loaded
        self.files = FILES if files is None else files
        self.programs = {
            "timedatectl": Ran(0, "yes\n"),
            "firewall-cmd": Ran(0, ZONES),
            "openssl": Ran(0, 'OPENSSLDIR: "/nowhere"\n'),
        }
        self.programs.update(programs or {})
        self.hostname = hostname

    def text(self, path, kind):
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self.files[path]

    def names(self, path):
        if path.startswith("/proc/"):
            return [one.rpartition("/")[2] for one in LINKS if one.startswith(path + "/")]
        return [one.rpartition("/")[2] for one in self.files if one.rpartition("/")[0] == path]

    def exists(self, path):
        return path in self.files or path in DIRECTORIES

    def real(self, path):
        return path

    def link(self, path):
        return LINKS[path]

    def free(self, path):
        return 1 << 30

    def run(self, *command):
        if command[0] == "systemctl" and "systemctl" not in self.programs:
            if "DefaultLimitNOFILE" in command[2]:
                return Ran(0, "DefaultLimitNOFILE=1048576\n")
            if "LimitNOFILE" in command[2]:
                return Ran(0, "LoadState=%s\nLimitNOFILE=524288\n" % self.loaded)
            return Ran(0, UNITS + "\n")
        return self.programs.get(command[0], Ran(None, command[0] + ": No such file or directory"))

    def forward(self, name):
        return names.Resolved(name, ("127.0.0.1", "192.0.2.1"))

    def reverse(self, address):
        return ("mta1.example.com",)

    def uname(self):
        return self.hostname, "x86_64"

    def is_root(self):
        return True

    def memory(self):
        return 8 << 30

    def has_program(self, name):
        return name == "rpm"

    def has_library(self, name):
        return name == "dnf"

    def processes(self):
        return iter([7, 8, 9])


@pytest.fixture
def node(tmp_path):
    left_out = dict.fromkeys(("main", "search_path", "nodename", "subcluster"))
    params = dict(left_out, prefix="/opt/msys/ecelerity", state_dir=str(tmp_path), validate="never")
    return node_options.from_params(dict(params, main=str(tmp_path / "ecelerity.conf"), search_path=[str(tmp_path)]))


def read(node, machine=None):
    effective = node_options.current(node).effective
    return reader.read(node, effective, "ecelerity.service", machine or Fake())


def test_everything_is_read_in_one_pass(node):
    facts = read(node)
    assert facts.unknown == {}
    assert facts.system == System("Rocky Linux 9.4", "el", 9)
    assert (facts.canonical, facts.addresses) == ("mta1.example.com", ("127.0.0.1", "192.0.2.1"))
    assert facts.names_of == {"192.0.2.1": ("mta1.example.com",)}
    assert (facts.programs, facts.libraries) == (("rpm",), ("dnf",))
    assert facts.units["chronyd"] == Unit(True, True) and facts.units["postfix"] == Unit(False, True)
    assert facts.synchronised is True
    assert facts.listeners == (
        Listener(22, "0.0.0.0", "", 0),
        Listener(25, "127.0.0.1", "/usr/libexec/postfix/master", 8),
        Listener(25, "::", "/opt/msys/ecelerity/sbin/ecelerity", 9),
    )
    assert facts.firewall == Firewall("firewalld", ("public", "trusted"), ((25, 25), (587, 587), (4802, 4809)))
    assert (facts.ephemeral, facts.reserved) == ((32768, 60999), ((8080, 8080), (9000, 9100)))
    assert facts.kernel == {"net.core.somaxconn": "4096", "net.ipv4.tcp_rmem": "4096 131072 6291456"}
    assert (facts.unit_descriptors, facts.descriptors, facts.connections) == (524288, 80000, 0)
    assert facts.places["prefix"].path == "/opt" and facts.places["prefix"].mount.type == "ext4"
    assert "noexec" in facts.places["tmp"].mount.options and "ro" in facts.places["logs"].mount.options
    assert facts.repositories == (Repository("epel", "EPEL https://m/epel-9", True), Repository("off", "x", False))
    assert facts.umask_lines == ("/root/.bashrc:2: 0027",)
    assert facts.selinux == "enforcing"
    assert facts.denials == ("read of license by ecelerity", "open read of /opt/msys/ecelerity/etc/a by x")
    assert facts.license == ("it does not exist",)


def test_a_configuration_says_where_things_are_and_which_ports_others_reach(node):
    with open(node.main, "w") as file:
        file.write(
            "Server_Max_File_Descriptors = 400000\nServer_Max_Outbound_Connections = 50000\n"
            'Spoolbase = "/var/spool x"\n'
            'ESMTP_Listener { Listen ":25" { } Listen "127.0.0.1:2525" { } Listen ":587" { Enable = false } }\n'
            'Control_Listener { Listen "0.0.0.0:2025" { } }\n'
            'ECCluster_Listener { Listen "*:4802" { } }\n'
        )
    facts = read(node)
    assert facts.has_configuration
    assert [one[:2] for one in facts.ports] == [(25, "clients"), (4802, "cluster")]
    assert facts.ports[0] == Port(25, "clients", 'ESMTP_Listener > Listen ":25" (%s:4)' % node.main)
    assert (facts.descriptors, facts.connections) == (400000, 50000)


def test_a_listener_without_a_listen_has_its_default_port(node):
    with open(node.main, "w") as file:
        file.write("ESMTP_Listener { }\nHTTP_Listener { }\n")
    assert [one.number for one in read(node).ports] == [25]


def test_a_machine_that_shows_nothing_leaves_reasons_and_no_values(node):
    class Mute(Fake):
        def text(self, path, kind):
            raise UnsafePath(path, "is a named pipe")

        def exists(self, path):
            return path != "/run/systemd/system"

        def names(self, path):
            raise PermissionError(13, "Permission denied", path)

        def free(self, path):
            raise OSError(5, "Input/output error", path)

        def forward(self, name):
            raise socket.timeout("timed out")

        def memory(self):
            raise ValueError("unrecognized configuration name")

    facts = read(node, Mute(programs={"openssl": Ran(None, "openssl: No such file or directory")}))
    assert facts.unknown["addresses"] == facts.unknown["names_of"] == facts.unknown["canonical"] == "timed out"
    assert facts.unknown["units"] == facts.unknown["unit_descriptors"] == "the node does not run systemd"
    for field in (
        "system",
        "listeners",
        "ephemeral",
        "kernel",
        "places",
        "repositories",
        "umask_lines",
        "selinux",
        "fips",
        "memory",
    ):
        assert facts.unknown[field]


@pytest.mark.parametrize(
    ("programs", "field", "words"),
    [
        ({"systemctl": Ran(1, "Failed to connect to bus")}, "units", "Failed to connect to bus"),
        ({"systemctl": Ran(1, "x")}, "firewall", "systemctl does not answer"),
        ({"firewall-cmd": Ran(252, "FirewallD is not running")}, "firewall", "FirewallD is not running"),
        ({"timedatectl": Ran(1, "")}, "synchronised", "timedatectl does not say"),
        ({"openssl": Ran(0, "nothing")}, "fips", "openssl does not say"),
    ],
)
def test_a_program_that_does_not_answer_is_no_answer(node, programs, field, words):
    assert words in read(node, Fake(programs=programs)).unknown[field]


def test_a_unit_that_there_is_not_yet_will_have_the_defaults_of_the_host(node):
    assert read(node, Fake(loaded="not-found")).unit_descriptors == 1048576


def test_no_firewall_is_one_that_does_not_run(node):
    units = Ran(0, "Id=nftables.service\nActiveState=active\nUnitFileState=enabled\n")
    assert read(node, Fake(programs={"systemctl": Ran(0, "Id=x.service\n")})).firewall == Firewall("none")
    assert read(node, Fake(programs={"systemctl": units})).firewall == Firewall("nftables")


@pytest.mark.parametrize(
    "file", ["/etc/os-release", "/proc/net/tcp", "/etc/yum.repos.d/a.repo", "/root/.bashrc", "/proc/self/mountinfo"]
)
@pytest.mark.parametrize("text", ["", "\udcff\x00\x1b[2J=\n[\n", " - \n: 0A\n", "ID=²\nVERSION_ID=²\n"])
def test_garbage_on_the_node_is_no_traceback(node, file, text):
    facts = read(node, Fake(files=dict(FILES, **{file: text})))
    assert isinstance(facts.unknown, dict)


def test_a_target_that_accepts_lets_everything_in():
    assert network.open_ports("trusted (active)\n  target: ACCEPT\n").open == ((0, 65535),)


@pytest.mark.parametrize(
    "text", ["TMPDIR=/a\n", "export TMPDIR='/a'\n", 'TMPDIR="/b"\nexport TMPDIR\nTMPDIR="/a" ; export TMPDIR\n']
)
def test_the_temporary_directory_is_that_of_the_environment_file(node, text):
    assert read(node, Fake(files=dict(FILES, **{"/opt/msys/ecelerity/etc/environment": text}))).tmpdir == "/a"


def test_a_temporary_directory_that_is_nowhere_ends_and_is_not_judged(node):
    facts = read(node, Fake(files=dict(FILES, **{"/opt/msys/ecelerity/etc/environment": "TMPDIR=$HOME/tmp\n"})))
    assert "absolute path" in facts.unknown["tmpdir"] and facts.places["tmp"].path == "/tmp"


def test_a_resolver_that_does_not_answer_is_left_behind_at_the_deadline():
    with pytest.raises(socket.timeout):
        names.within(Deadline(0.05), lambda: time.sleep(1))
    with pytest.raises(OSError, match="no such thing"):
        names.within(Deadline(5), lambda: (one for one in ()).throw(OSError("no such thing")))


def test_names_and_addresses_without_a_name_server():
    assert "127.0.0.1" in names.forward("127.0.0.1", Deadline(5)).addresses
    assert names.forward("." * 300, Deadline(5)).addresses == ()


def test_the_machine_itself_can_be_asked(node):
    facts = reader.read(node, node_options.current(node).effective, "ecelerity.service", Machine(0.5))
    assert facts.hostname and facts.memory > 0 and facts.places["tmp"].free >= 0
    assert not Machine().has_library("no_such_library.of.this") and Machine().has_program("sh")
