# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check passes on a host that is ready, finds what is wrong, and never takes for granted what could not be read."""

import pytest

from plugins.module_utils.errors import PlanError
from plugins.module_utils.preflight import manuals, run
from plugins.module_utils.preflight.check import ADVICE, STOPS, Purpose
from plugins.module_utils.preflight.facts import (
    Facts,
    Firewall,
    Listener,
    Mount,
    Place,
    Port,
    Repository,
    System,
    Unit,
)

GIB = 1 << 30
DISK = Mount("/", "ext4", "8:1", ("rw", "noatime"))
NEW, OLD, THREE = (5, 3), (4, 4), (3, 6)


def place(path, free=100 * GIB, **mount):
    return Place(path, DISK._replace(**mount), free)


PLACES = {
    "bundle": place("/var/tmp"),
    "prefix": place("/opt/msys/ecelerity"),
    "spool": place("/var/spool/ecelerity", point="/var/spool/ecelerity", device="8:2"),
    "logs": place("/var/log/ecelerity"),
    "tmp": place("/tmp"),
}
READY = Facts(
    hostname="mta1.example.com",
    canonical="mta1.example.com",
    addresses=("192.0.2.1",),
    names_of={"192.0.2.1": ("mta1.example.com",)},
    system=System("Red Hat Enterprise Linux 9.4", "el", 9),
    architecture="x86_64",
    memory=32 * GIB,
    programs=("rpm", "dnf"),
    libraries=("cryptography", "dnf"),
    units={"chronyd": Unit(True, True), "firewalld": Unit(True, True), "postfix": Unit(False, False)},
    synchronised=True,
    firewall=Firewall("firewalld", ("public",), ((25, 25),)),
    ephemeral=(49152, 65535),
    kernel=dict(
        {one.name: " ".join(map(str, one.values)) for one in manuals.PARAMETERS_4}, **{"fs.nr_open": "1048576"}
    ),
    descriptors=80000,
    unit_descriptors=524288,
    places=PLACES,
    repositories=(Repository("epel", "Extra Packages for Enterprise Linux 9", True),),
)
THERE = Purpose(NEW, "standalone", ("bundle",), installs=False)
STANDALONE, NODE, MANAGER = (Purpose(NEW, role) for role in ("standalone", "cluster_node", "cluster_manager"))


def at(name, path="", **mount):
    """READY with one of its directories mounted otherwise."""
    free = mount.pop("free", 100 * GIB)
    return {"places": dict(PLACES, **{name: place(path or PLACES[name].path, free, **mount)})}


def judged(changes, purpose=STANDALONE, skip=()):
    return run.judge(READY._replace(**changes), purpose, skip)


def test_a_host_that_is_ready_has_no_finding_and_every_check_knows_its_answer():
    report = judged({})
    assert (report.findings, report.unknown, report.left_out) == ([], {}, [])
    assert report.checked == list(run.CHECKS)


# name of the check, what differs on the host, what it is to become, severity, words of the finding
FINDINGS = [
    ("rights", {"is_root": False}, STANDALONE, STOPS, "not run as root"),
    ("service_manager", {"has_systemd": False}, STANDALONE, STOPS, "systemd does not run"),
    ("operating_system", {"system": System("RHEL 7", "el", 7)}, STANDALONE, STOPS, "Linux 8, 9, 10"),
    ("operating_system", {"system": System("RHEL 10", "el", 10)}, Purpose((5, 1), "standalone"), STOPS, "Linux 8, 9"),
    ("operating_system", {"system": System("RHEL 9", "el", 9)}, Purpose(OLD, "standalone"), STOPS, "4.4 is made for"),
    ("operating_system", {"system": System("RHEL 7", "el", 7)}, Purpose((), "standalone"), ADVICE, "Momentum 5.3"),
    ("operating_system", {"system": System("Debian 12", "", 12)}, STANDALONE, ADVICE, "Debian 12 is not"),
    ("architecture", {"architecture": "aarch64", "system": System("RHEL 8", "el", 8)}, STANDALONE, STOPS, "for x86_64"),
    ("architecture", {"architecture": "aarch64"}, Purpose((5,), "standalone"), STOPS, "for x86_64"),
    ("architecture", {"architecture": "ppc64le"}, Purpose((), "standalone"), ADVICE, "ppc64le"),
    ("memory", {"memory": GIB}, STANDALONE, ADVICE, "1.0 GiB"),
    ("time", {"units": {}, "synchronised": False}, STANDALONE, ADVICE, "no time service runs"),
    ("time", {"units": {}, "unknown": {"synchronised": "no answer"}}, STANDALONE, ADVICE, "no time service runs"),
    ("time", {"synchronised": False}, STANDALONE, ADVICE, "chronyd runs, but"),
    ("other_services", {"units": {"postfix": Unit(True, False)}}, STANDALONE, ADVICE, "postfix is running"),
    ("other_services", {"units": {"qpidd": Unit(False, True)}}, MANAGER, ADVICE, "qpidd is enabled"),
    ("kernel_parameters", {"kernel": {"net.core.somaxconn": "4096"}}, STANDALONE, ADVICE, "somaxconn = 4096 (8192)"),
    (
        "kernel_parameters",
        {"kernel": {"net.core.somaxconn": "128"}},
        Purpose(THREE, "standalone"),
        ADVICE,
        "128 (1024)",
    ),
    ("kernel_parameters", {"kernel": {"net.ipv4.tcp_tw_reuse": "2"}}, STANDALONE, ADVICE, "tcp_tw_reuse = 2 (1)"),
    ("kernel_parameters", {"kernel": {"net.ipv4.tcp_fin_timeout": "60"}}, STANDALONE, ADVICE, "fin_timeout = 60 (15)"),
    ("kernel_parameters", {"kernel": {"net.ipv4.tcp_mem": "1 2 3"}}, STANDALONE, ADVICE, "tcp_mem = 1 2 3"),
    ("kernel_parameters", {"kernel": {"fs.file-max": "lots"}}, STANDALONE, ADVICE, "fs.file-max = lots"),
    ("limits", {"unit_descriptors": 1024}, STANDALONE, ADVICE, "open 1024 files"),
    ("limits", {"kernel": dict(READY.kernel, **{"fs.nr_open": "1024"})}, STANDALONE, ADVICE, "fs.nr_open = 1024"),
    ("limits", {"connections": 30000}, STANDALONE, ADVICE, "less than four times"),
    ("umask", {"umask_lines": ("/root/.bashrc:3: 0027",)}, STANDALONE, ADVICE, "/root/.bashrc:3: 0027"),
    ("selinux_mode", {"selinux": "enforcing"}, STANDALONE, ADVICE, "no page of 5.x"),
    ("selinux_mode", {"selinux": "enforcing"}, Purpose((4, 6), "standalone"), ADVICE, "not supported with SELinux"),
    ("selinux_denials", {"denials": ("read of /opt/msys/x by ecelerity",)}, STANDALONE, ADVICE, "read of /opt/msys/x"),
    ("hostname", {"hostname": "mta1", "canonical": "mta1.example.com"}, STANDALONE, ADVICE, "no full name"),
    ("dns_forward", {"addresses": ()}, STANDALONE, ADVICE, "does not resolve"),
    ("dns_forward", {"addresses": ("127.0.1.1",)}, NODE, ADVICE, "127.0.1.1 alone"),
    ("dns_reverse", {"names_of": {"192.0.2.1": ()}}, STANDALONE, ADVICE, "to no name"),
    ("dns_reverse", {"names_of": {"192.0.2.1": ("other.example.com",)}}, STANDALONE, ADVICE, "other.example.com"),
    (
        "smtp_port",
        {"listeners": (Listener(25, "127.0.0.1", "/usr/sbin/master", 8),)},
        STANDALONE,
        STOPS,
        "/usr/sbin/master",
    ),
    ("smtp_port", {"listeners": (Listener(25, "0.0.0.0", "", 0),)}, STANDALONE, STOPS, "cannot be seen"),
    (
        "smtp_port",
        {
            "listeners": (Listener(587, "::", "/usr/sbin/x", 8),),
            "has_configuration": True,
            "ports": (Port(587, "clients", "a"),),
        },
        STANDALONE,
        STOPS,
        "port 587 is taken",
    ),
    ("firewall", {"firewall": Firewall("firewalld", ("public",))}, STANDALONE, ADVICE, "port 25 in (zones: public)"),
    (
        "firewall",
        {"has_configuration": True, "ports": (Port(587, "clients", 'ESMTP_Listener > Listen ":587" (a.conf:3)'),)},
        STANDALONE,
        ADVICE,
        "(a.conf:3)",
    ),
    ("cluster_ports", {"firewall": Firewall("none")}, NODE, ADVICE, "everybody reaches port 4802"),
    (
        "cluster_ports",
        {"firewall": Firewall("firewalld", ("public",), ((1, 9999),))},
        MANAGER,
        ADVICE,
        "port 4809 (msgc)",
    ),
    ("ephemeral_ports", {"ephemeral": (4000, 60999)}, NODE, ADVICE, "has port 4802, 4809"),
    ("ephemeral_ports", {"ephemeral": (1024, 60999)}, Purpose(THREE, "standalone"), ADVICE, "1024 to 60999"),
    ("executable", at("prefix", options=("rw", "noexec")), STANDALONE, STOPS, "where Momentum's programs are"),
    ("executable", at("bundle", options=("noexec",)), Purpose(NEW, "standalone", ("bundle",)), STOPS, "setrepodir"),
    ("writable", at("logs", options=("ro",)), STANDALONE, STOPS, "mounted read-only"),
    ("tmp_noexec", at("tmp", options=("rw", "noexec")), STANDALONE, ADVICE, "TMPDIR of the daemon is /tmp"),
    ("disk_space", at("prefix", free=GIB), STANDALONE, ADVICE, "has 1024 MiB left"),
    ("disk_space", at("prefix", free=1 << 20), STANDALONE, STOPS, "has 1 MiB left"),
    ("disk_space", at("prefix", free=1 << 20), THERE, ADVICE, "has 1 MiB left"),
    ("spool_filesystem", at("spool", type="nfs4", device="0:9"), STANDALONE, ADVICE, "is on nfs4"),
    ("spool_filesystem", at("spool", type="xfs", device="8:2"), STANDALONE, ADVICE, "is on xfs"),
    ("spool_filesystem", at("spool", options=("rw",), device="8:2"), STANDALONE, ADVICE, "without noatime"),
    ("spool_shared", at("spool"), STANDALONE, ADVICE, "are on one file system, /"),
    ("network_file_systems", at("prefix", type="nfs"), STANDALONE, ADVICE, "is on nfs"),
    ("package_manager", {"programs": ("rpm",)}, STANDALONE, STOPS, "missing: dnf"),
    ("package_manager", {"libraries": ("cryptography",)}, STANDALONE, STOPS, "python3-dnf"),
    (
        "package_sources",
        {"repositories": (Repository("epel", "", False),)},
        STANDALONE,
        ADVICE,
        "no repository is enabled",
    ),
    ("epel", {"repositories": (Repository("baseos", "BaseOS", True),)}, STANDALONE, ADVICE, "called EPEL"),
    ("epel", {"system": System("RHEL 10", "el", 10)}, STANDALONE, ADVICE, "no leveldb"),
    ("license", {"license": ("it does not exist",)}, STANDALONE, ADVICE, "the licence: it does not exist"),
    ("fips", {"fips": "enforced"}, STANDALONE, ADVICE, "ECDSA"),
    ("fips", {"fips": "enforced"}, Purpose((5, 2), "standalone"), ADVICE, "since 5.3.0"),
    ("python_cryptography", {"libraries": ("dnf",)}, STANDALONE, ADVICE, "no library cryptography"),
    (
        "python_cryptography",
        {"libraries": ("dnf",)},
        Purpose(NEW, "standalone", ("certificates",)),
        STOPS,
        "cryptography",
    ),
]


@pytest.mark.parametrize(("name", "changes", "purpose", "severity", "words"), FINDINGS)
def test_a_check_finds_what_is_wrong_and_says_how_to_fix_it(name, changes, purpose, severity, words):
    found = [one for one in judged(changes, purpose).findings if one.name == name]
    assert words in " ".join(one.what for one in found)
    assert {one.severity for one in found} == {severity}
    assert all(one.why and one.fix for one in found)


def test_every_check_has_a_finding_in_these_tests():
    assert {name for name, *_rest in FINDINGS} == set(run.CHECKS)


# What is as it should be, although it differs from the host above.
PASSES = [
    ("operating_system", {"system": System("RHEL 7", "el", 7)}, Purpose((4, 6), "standalone")),
    ("architecture", {"architecture": "aarch64"}, STANDALONE),
    ("architecture", {"architecture": "aarch64", "system": System("Debian", "", 12)}, STANDALONE),
    ("other_services", {"units": {"postfix": Unit(True, True)}}, MANAGER),
    ("kernel_parameters", {"kernel": {"net.ipv4.tcp_mem": "1 2 3"}, "memory": 8 * GIB}, STANDALONE),
    ("kernel_parameters", {"kernel": {"net.ipv4.tcp_rmem": "8192 131072 67108864"}}, STANDALONE),
    ("kernel_parameters", {"kernel": {}}, STANDALONE),
    ("limits", {"unit_descriptors": 10}, MANAGER),
    ("selinux_mode", {"selinux": "permissive"}, STANDALONE),
    ("hostname", {"hostname": "mta1"}, Purpose(THREE, "cluster_node")),
    ("dns_forward", {"addresses": ("127.0.1.1",)}, STANDALONE),
    ("dns_reverse", {"names_of": {"192.0.2.1": ("x.example.com", "MTA1.example.com.")}}, STANDALONE),
    ("smtp_port", {"listeners": (Listener(25, "::", "/opt/msys/ecelerity/sbin/ecelerity", 8),)}, STANDALONE),
    ("smtp_port", {"listeners": (Listener(25, "::", "/usr/sbin/master", 8),)}, MANAGER),
    ("firewall", {"firewall": Firewall("none")}, STANDALONE),
    ("firewall", {"firewall": Firewall("firewalld", ("public",), ((0, 65535),))}, NODE),
    ("cluster_ports", {"firewall": Firewall("none")}, STANDALONE),
    ("cluster_ports", {}, NODE),
    ("ephemeral_ports", {"ephemeral": (5000, 63000)}, Purpose(THREE, "standalone")),
    ("executable", at("bundle", options=("noexec",)), STANDALONE),
    ("executable", at("bundle", options=("noexec",)), THERE),
    ("tmp_noexec", at("tmp", options=("noexec",)), MANAGER),
    ("spool_filesystem", at("spool", type="nfs4"), MANAGER),
    ("package_manager", {"programs": ()}, THERE),
    ("epel", {"repositories": (Repository("mirror", "http://mirror/EPEL/9", True),)}, STANDALONE),
    ("epel", {"repositories": ()}, THERE),
    ("license", {"license": ("it does not exist",)}, MANAGER),
    ("license", {"license": ("it does not exist",)}, Purpose(NEW, "standalone", ("license",))),
    ("fips", {"fips": "enforced"}, MANAGER),
]


@pytest.mark.parametrize(("name", "changes", "purpose"), PASSES)
def test_a_check_is_silent_where_nothing_is_wrong(name, changes, purpose):
    report = judged(changes, purpose)
    assert [one.what for one in report.findings if one.name == name] == []
    assert name in report.checked


@pytest.mark.parametrize("name", [one.name for one in run.CHECKS.values() if one.needs])
def test_a_check_that_cannot_look_has_not_passed(name):
    for field in run.CHECKS[name].needs:
        report = judged({"unknown": {field: "the reason"}})
        assert report.unknown[name] == "the reason"
        assert name not in report.checked and name not in [one.name for one in report.findings]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("firewall", {"firewall": Firewall("nftables")}, "the rules of nftables are not read; see to port 25 (SMTP)"),
        ("cluster_ports", {"firewall": Firewall("iptables")}, "the rules of iptables are not read"),
        ("time", {"unknown": {"synchronised": "no answer"}}, "no answer"),
        (
            "smtp_port",
            {"listeners": (Listener(25, "::", "", 0),), "installed": True},
            "nobody may see whose port 25 is",
        ),
    ],
)
def test_what_was_read_may_not_tell(name, changes, words):
    report = judged(changes, NODE)
    assert words in report.unknown[name] or words.replace("port 25", "port 4802") in report.unknown[name]
    assert name not in report.checked


def test_what_was_found_before_a_judge_could_not_tell_the_rest_stays():
    listeners = (Listener(25, "127.0.0.1", "/usr/sbin/master", 8), Listener(25, "::", "", 0))
    report = judged({"listeners": listeners, "installed": True})
    assert [one.severity for one in report.findings] == [STOPS] and "smtp_port" in report.unknown


def test_a_check_is_skipped_by_name_and_an_unknown_name_is_refused_with_the_one_that_was_meant():
    report = judged({"memory": 1}, skip=["memory"])
    assert (report.findings, report.left_out) == ([], ["memory"]) and "memory" not in report.checked
    with pytest.raises(PlanError, match=r"no check 'memroy'; did you mean memory\?.*momentum_preflight_skip"):
        judged({}, skip=["memroy"])
    with pytest.raises(PlanError, match="the names are architecture, "):
        judged({}, skip=["nothing-like-it"])


def test_what_stops_comes_first_and_each_line_names_check_fix_and_page():
    report = judged({"hostname": "mta1", "is_root": False, "unknown": {"memory": "no answer"}})
    lines = run.lines(report)
    assert lines[0].startswith("stops: rights: the task does not run as root. ")
    assert lines[-2].startswith("unknown: memory: no answer") or lines[-1].startswith("unknown: memory: no answer")
    assert "Fix: hostnamectl set-hostname mta1.example.com (4/byb-set-hostnames)" in "\n".join(lines)


def test_remedies_are_for_the_findings_alone_and_never_lower_what_is_enough():
    kernel = {
        "net.ipv4.tcp_rmem": "4096 131072 6291456",
        "net.ipv4.tcp_fin_timeout": "60",
        "net.core.somaxconn": "9000",
    }
    changes = {
        "kernel": kernel,
        "ephemeral": (32768, 60999),
        "unit_descriptors": 1024,
        "firewall": Firewall("firewalld"),
    }
    facts = READY._replace(**changes)
    assert run.remedies(facts, NODE, run.judge(facts, NODE)) == {
        "sysctl": {
            "net.ipv4.ip_local_port_range": "49152 65535",
            "net.ipv4.tcp_fin_timeout": "15",
            "net.ipv4.tcp_rmem": "4096 131072 67108864",
        },
        "limits": 80000,
        "firewall": ["25/tcp"],
    }
    skipped = run.judge(facts, NODE, ["kernel_parameters", "ephemeral_ports", "limits", "firewall"])
    assert run.remedies(facts, NODE, skipped) == {"sysctl": {}, "limits": 0, "firewall": []}
