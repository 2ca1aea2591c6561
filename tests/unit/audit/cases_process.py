# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running daemon."""

from audited import BIND, EXPECTED, PROCESS, SMTP, SOLARIS, Case, cut_off, node, running, thread

from plugins.module_utils.daemon.drift import NO_DRIFT, Drift
from plugins.module_utils.daemon.process import Process
from plugins.module_utils.state.pending import NOTHING, Pending

ROOT = thread(4712, uids=(0,) * 4)
STOPPED = node(running=None)
CURRENT = {"drift": NO_DRIFT, "pending": NOTHING}
LISTENER = SMTP % ("", "")
DAEMON = node(running=running())


def of(*threads, **changes):
    return node(running=running(*threads, **changes))


def listening(declared, *addresses):
    main = 'ESMTP_Listener { Listen "%s" { } }' % declared
    return node(main, running=running(listens=frozenset(addresses)))


CASES = [
    Case("MSEC-RUN-001", "pass", DAEMON, "uid: 500 (2 threads)"),
    Case("MSEC-RUN-001", "fail", of(thread(), ROOT), "0 (thread 4712), and the stanza in force means 500"),
    Case("MSEC-RUN-001", "fail", of(thread(), thread(4712, gids=(0,) * 4)), "gid: 0"),
    # One thread that is root is a failure, whatever the kernel hides of another one.
    Case("MSEC-RUN-001", "fail", of(thread(4711, uids=None), ROOT), "uid: 0"),
    Case("MSEC-RUN-001", "unknown", of(thread(4711, uids=None)), "does not show it"),
    Case("MSEC-RUN-001", "unknown", of(expected=None, not_known="the node has no user 'x'"), "no user 'x'"),
    Case("MSEC-RUN-001", "unknown", node(running=running()._replace(threads=())), "has ended"),
    Case("MSEC-RUN-001", "unknown", STOPPED, "does not run"),
    Case("MSEC-RUN-001", "unknown", cut_off(running=running()), "a part of the configuration is not known"),
    Case("MSEC-RUN-001", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-RUN-002", "pass", DAEMON, "permitted capabilities: cap_net_bind_service"),
    Case("MSEC-RUN-002", "fail", of(thread(permitted=frozenset(range(41)))), "cap_sys_admin"),
    Case("MSEC-RUN-002", "fail", of(thread(effective=frozenset())), "effective capabilities: none"),
    Case("MSEC-RUN-002", "unknown", of(thread(permitted=None)), "does not show it"),
    Case("MSEC-RUN-002", "unknown", STOPPED),
    Case("MSEC-RUN-002", "not_applicable", of(expected=EXPECTED._replace(uid=0, capabilities=None))),
    Case("MSEC-RUN-003", "pass", DAEMON, "root directory: /"),
    Case(
        "MSEC-RUN-003", "pass", of(thread(groups=frozenset([12])), expected=EXPECTED._replace(groups=frozenset([12])))
    ),
    Case("MSEC-RUN-003", "fail", of(thread(groups=frozenset([0]))), "group 0"),
    Case("MSEC-RUN-003", "fail", of(expected=EXPECTED._replace(groups=frozenset([12]))), "groups: none"),
    Case("MSEC-RUN-003", "fail", of(expected=EXPECTED._replace(chroot="/srv/jail")), "root directory: /"),
    Case("MSEC-RUN-003", "unknown", of(root=None), "does not show it"),
    Case("MSEC-RUN-003", "unknown", of(thread(), thread(4712, groups=None)), "groups of thread 4712"),
    Case("MSEC-RUN-003", "unknown", STOPPED),
    Case("MSEC-RUN-003", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-RUN-004", "pass", node(running=running(), **CURRENT), "nothing on disk waits"),
    Case("MSEC-RUN-004", "fail", node(running=running(process=PROCESS._replace(deleted=True)), **CURRENT), "replaced"),
    Case(
        "MSEC-RUN-004",
        "fail",
        node(running=running(libraries=frozenset(["/lib64/libssl.so.3 (deleted)"])), **CURRENT),
        "/lib64/libssl.so.3 was replaced",
    ),
    Case(
        "MSEC-RUN-004",
        "fail",
        node(running=running(), drift=Drift("restart", ["/opt/a.conf"]), pending=NOTHING),
        "not in force before a restart: /opt/a.conf",
    ),
    Case("MSEC-RUN-004", "fail", node(running=running(), drift=NO_DRIFT, pending=Pending("restart")), "is pending"),
    Case("MSEC-RUN-004", "unknown", node(running=running(libraries=None), **CURRENT), "libraries"),
    Case("MSEC-RUN-004", "unknown", node(running=running(), pending=NOTHING)),
    Case("MSEC-RUN-004", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-RUN-005", "pass", DAEMON, "ambient capabilities: none"),
    Case("MSEC-RUN-005", "pass", of(thread(ambient=None)), "inheritable"),  # a kernel before 4.3
    Case("MSEC-RUN-005", "fail", of(thread(inheritable=BIND)), "inheritable capabilities: cap_net_bind_service"),
    Case("MSEC-RUN-005", "unknown", of(thread(inheritable=None))),
    Case("MSEC-RUN-005", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-RUN-006", "pass", DAEMON, "uids: the same in 2 threads"),
    Case("MSEC-RUN-006", "fail", of(thread(), thread(4712, permitted=frozenset(range(41)))), "permitted: 2 different"),
    # It does not ask who the daemon must be.
    Case("MSEC-RUN-006", "fail", of(thread(), ROOT, expected=None), "uids: 2 different"),
    Case("MSEC-RUN-006", "unknown", of(thread(), thread(4712, effective=None)), "not show those of every thread"),
    Case("MSEC-RUN-006", "unknown", of(thread(permitted=None)), "permitted: the kernel does not show them"),
    Case("MSEC-RUN-006", "unknown", STOPPED),
    Case("MSEC-RUN-006", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-RUN-007", "pass", DAEMON, "the only one"),
    Case(
        "MSEC-RUN-007", "fail", of(hidden=[Process(9, 0.0, "/opt/msys/ecelerity/sbin/ecelerity", uid=1000)]), "uid 1000"
    ),
    Case("MSEC-RUN-007", "unknown", STOPPED),
    Case("MSEC-RUN-007", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-RUN-008", "pass", node(LISTENER, running=running()), "listens at"),
    Case("MSEC-RUN-008", "pass", listening("10.0.0.1:25", "10.0.0.1:25")),
    Case("MSEC-RUN-008", "fail", listening("10.0.0.1:25", "10.0.0.2:25"), "10.0.0.2:25, which no Listen names"),
    Case("MSEC-RUN-008", "fail", listening("10.0.0.1:25", "10.0.0.2:25"), "does not listen at 10.0.0.1:25"),
    Case("MSEC-RUN-008", "pass", listening("[2001:db8::1]:25", "[2001:db8:0::1]:25")),
    Case("MSEC-RUN-008", "pass", listening("localhost:25", "127.0.0.1:25")),
    # A Listen without a port, and a listener without a Listen, have one that the manuals do not say for every kind.
    Case("MSEC-RUN-008", "pass", listening("10.0.0.1", "10.0.0.1:25")),
    Case("MSEC-RUN-008", "pass", node("ESMTP_Listener { }", running=running())),
    Case(
        "MSEC-RUN-008", "fail", node("ESMTP_Listener { }", running=running(listens=frozenset(["0.0.0.0:2525"]))), "2525"
    ),
    Case(
        "MSEC-RUN-008",
        "unknown",
        node("HTTP_Listener { }", running=running()),
        "http_listener has a port that no page says",
    ),
    Case("MSEC-RUN-008", "unknown", node('HTTP_Listener { Listen "10.0.0.1" { } }', running=running()), "no page says"),
    # A reload does not take a listener from every address to one.
    Case("MSEC-RUN-008", "fail", listening("10.0.0.1:25", "0.0.0.0:25"), "0.0.0.0:25, which no Listen names"),
    Case(
        "MSEC-RUN-008",
        "pass",
        node('SNMP { Address = "127.0.0.1:8162" }', running=running(listens=frozenset(["127.0.0.1:8162"]))),
    ),
    Case("MSEC-RUN-008", "pass", node(LISTENER, running=running(listens=frozenset(["[::]:25"])))),
    Case(
        "MSEC-RUN-008",
        "fail",
        node(LISTENER, running=running(listens=frozenset(["0.0.0.0:25", "0.0.0.0:2525"]))),
        "2525",
    ),
    Case("MSEC-RUN-008", "fail", node(LISTENER, running=running(listens=frozenset())), "does not listen at :25"),
    Case(
        "MSEC-RUN-008",
        "fail",
        node(LISTENER + '\nControl_Listener { Listen "/run/ecelerity/control" { } }', running=running()),
        "/tmp/2025, which no Listen names",
    ),
    Case("MSEC-RUN-008", "unknown", node(LISTENER, running=running(listens=None)), "does not show"),
    Case(
        "MSEC-RUN-008",
        "unknown",
        node(
            LISTENER + '\ninclude "beyond-reach.conf"',
            running=running(listens=frozenset(["0.0.0.0:25", "0.0.0.0:2525"])),
        ),
        "2525",
    ),
    Case("MSEC-RUN-008", "unknown", node(LISTENER, running=None)),
    Case("MSEC-RUN-008", "not_applicable", node(host=SOLARIS)),
]
