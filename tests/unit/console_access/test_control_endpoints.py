# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the console answers, and who could put another program in its place: the kernel is asked."""

import os
import socket

import pytest

from plugins.module_utils.console_access import directory, endpoints, plan
from plugins.module_utils.console_access.listens import Listen, is_loopback, listens, local, usable
from plugins.module_utils.daemon import process
from plugins.module_utils.daemon.console import Answer
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.files.planned import Directory


@pytest.mark.parametrize(
    ("address", "loopback", "reached"),
    [
        ("127.0.0.1:2025", True, "127.0.0.1:2025"),
        ("127.9.9.9:1", True, "127.9.9.9:1"),
        ("[::1]:2025", True, "[::1]:2025"),
        ("localhost:2025", True, "localhost:2025"),
        (":2025", False, "127.0.0.1:2025"),
        ("*:2025", False, "127.0.0.1:2025"),
        ("[*]:2025", False, "[::1]:2025"),
        ("192.0.2.1:2025", False, "192.0.2.1:2025"),
        ("mx.example:2025", False, "mx.example:2025"),
    ],
)
def test_an_address_is_of_the_loopback_interface_or_not(address, loopback, reached):
    assert (is_loopback(address), local(address)) == (loopback, reached)


def place(address, **more):
    defaults = {"path": (), "mode": 0o660, "authentication": False, "authorization": False, "uris": {}, "peers": ()}
    defaults.update(always_allow=False, always_deny=False, enabled=True, file="", line=0)
    return Listen(address=address, **dict(defaults, **more))


def test_a_unix_socket_without_password_is_preferred():
    found = [place("127.0.0.1:1"), place("/off", enabled=False), place("/asks", authentication=True), place("/a")]
    assert usable(found) == ["/a", "127.0.0.1:1"]
    assert usable([place("127.0.0.1:1", authentication=True)]) == []
    assert usable([]) == ["/tmp/2025"]


def test_only_sockets_that_the_daemon_holds_are_tried():
    assert endpoints.candidates("/new", ["/old"], ["/older", "127.0.0.1:1"]) == ["/new", "/old", "127.0.0.1:1"]
    assert endpoints.candidates("/new", None, ["/old"]) == ["/new", "/old", "/tmp/2025"]


def test_of_places_without_end_only_the_first_are_tried():
    many = ["/%d" % number for number in range(100)]
    assert endpoints.candidates("/new", None, many) == ["/new"] + many[: endpoints.MOST - 1]


def test_each_peer_belongs_to_its_place_and_is_looked_for_once(monkeypatch):
    text = "".join(
        'Control_Listener { Peer "10.%d.0.0/16" { }\nListen "/%d" { Peer "10.9.9.9" { } } }\n' % (n, n)
        for n in range(50)
    )
    reader = OverlayReader({"/c/main.conf": text.encode()})
    effective = Effective(load("/c/main.conf", [], nodename="mta1", reader=reader))
    asked, scopes = [], effective.scopes
    monkeypatch.setattr(effective, "scopes", lambda name=None: asked.append(name) or scopes(name))
    found = listens(effective)
    assert [one.address for one in found] == ["/%d" % number for number in range(50)]
    assert [one.peers[-1].path[-1] for one in found] == [("Peer", "10.9.9.9")] * 50
    assert len(asked) == 2


def test_a_configuration_with_places_without_end_is_refused():
    many = [place("/%d" % number, file="/c", line=number) for number in range(plan.MOST + 1)]
    plan._refuse_many(many[1:])
    with pytest.raises(PlanError, match="/c:200: more than 200 places"):
        plan._refuse_many(many)


def test_the_kernel_tells_the_sockets_that_a_process_listens_at(tmp_path):
    path = str(tmp_path / "a b")
    server, other = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    try:
        server.bind(path)
        other.bind(str(tmp_path / "deaf"))
        server.listen(1)
        held = endpoints.sockets(process.sockets_of(os.getpid()), os.geteuid())
        assert path in held and str(tmp_path / "deaf") not in held
        assert endpoints.sockets(frozenset(), 0) == []
        assert endpoints.sockets(None, 0) is None
    finally:
        server.close()
        other.close()


OTHER = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a socket to another account")
@pytest.mark.parametrize("place", ["own", "sticky"])
def test_the_name_of_a_socket_forges_no_endpoint(place, tmp_path, monkeypatch):
    """The kernel prints line feeds in names as they are. Only relative names are short enough here."""
    monkeypatch.chdir(tmp_path)
    directory = tmp_path / place
    directory.mkdir()
    directory.chmod(0o1777 if place == "sticky" else 0o755)
    evil = str(directory / "evil")
    daemon, fake, forger = socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    try:
        daemon.bind(("127.0.0.1", 0))
        daemon.listen(1)
        fake.bind(place + "/evil")
        fake.listen(1)
        os.chown(evil, OTHER, OTHER)
        if place == "own":
            os.chown(str(directory), OTHER, OTHER)
        table = tmp_path / "net" / "unix"
        table.parent.mkdir()
        inode = os.fstat(daemon.fileno()).st_ino
        line = "\nf: 2 0 10000 1 1 %d " % inode
        os.makedirs("x" + line)
        forger.bind("x" + line + "/s")
        forger.listen(1)
        with open("/proc/net/unix", newline="\n") as kernel:
            rows = kernel.read()
        assert line + "/s" in rows, "the kernel does as assumed here"
        # A name has 108 octets, too few for the directory of a test.
        table.write_text(rows.replace(line + "/s", line + evil))
        assert endpoints.sockets(process.sockets_of(os.getpid()), 1, str(tmp_path)) == []
        os.chown(evil, 1, 1)
        os.chown(str(directory), 1, 1)
        assert endpoints.sockets(process.sockets_of(os.getpid()), 1, str(tmp_path)) == [evil], "else nothing was tried"
    finally:
        for one in (daemon, fake, forger):
            one.close()


def test_a_line_that_somebody_made_up_stops_nobody(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "unix").write_text("Num\nf: 2 0 zz 1 1 7 /x\n")
    assert endpoints.sockets(frozenset(["7"]), 0, str(tmp_path)) == []


def test_nobody_answers_where_nobody_listens():
    assert Answer(False, "ec_console: /a: [Errno 2] No such file or directory").is_nobodys
    assert Answer(False, "").is_nobodys
    assert not Answer(False, "Reconfigure failed.").is_nobodys
    assert Answer(False, "Authorization required for console session").asks_for_password


def test_a_directory_of_everybody_exposes_what_lies_in_it(tmp_path):
    shared, own = tmp_path / "shared", tmp_path / "shared" / "own"
    own.mkdir(parents=True)
    shared.chmod(0o777)
    assert directory.exposed(str(shared / "socket"), 0)
    assert directory.exposed(str(own / "socket"), 0), "without the sticky bit it can be exchanged"
    shared.chmod(0o1777)
    assert directory.exposed(str(shared / "socket"), 0)
    assert directory.exposed(str(shared / "missing" / "socket"), 0), "anybody may make it first"
    assert not directory.exposed(str(own / "socket"), 0)
    assert directory.exposed("/tmp/2025", 0)
    assert not directory.exposed("/run/ecelerity/control", 0)


def test_a_directory_is_made_or_fixed_only_if_it_is_for_sockets(tmp_path):
    path = tmp_path / "own"
    requested = Directory(str(path), os.geteuid(), os.getegid(), 0o750)
    assert directory.plan_directory(requested, False).changes[0].action == "create_directory"
    path.mkdir(mode=0o755)
    assert directory.plan_directory(requested, False).changes[0].action == "attributes"
    (path / "file").write_text("")
    with pytest.raises(PlanError) as refused:
        directory.plan_directory(requested, False)
    assert "holds file, which is no socket" in str(refused.value) and "directory of its own" in str(refused.value)
    path.chmod(0o750)
    assert directory.plan_directory(requested, False) == directory.DirectoryPlan(None, [], requested=requested)
    missing = requested._replace(path=str(tmp_path / "a" / "b"))
    assert directory.plan_directory(missing, True).directory == missing
    with pytest.raises(PlanError):
        directory.plan_directory(missing, False)


def refusal(path, mode=0o700):
    with pytest.raises(PlanError) as refused:
        directory.plan_directory(Directory(str(path), os.geteuid(), os.getegid(), mode), False)
    return str(refused.value)


def test_a_refused_directory_is_refused_with_what_is_wrong_and_what_helps(tmp_path):
    path = tmp_path / "own"
    path.mkdir(mode=0o1755)
    path.chmod(0o1755)
    assert "sticky bit" in refusal(path) and "chmod -t" in refusal(path)
    path.chmod(0o755)
    (tmp_path / "link").symlink_to(path)
    assert "is a link" in refusal(tmp_path / "link")
    (tmp_path / "file").write_text("")
    assert "is no directory" in refusal(tmp_path / "file")
    (path / "a\nb").write_text("")
    assert "holds a\\x0ab" in refusal(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a directory to another account")
def test_a_directory_of_another_account_is_named_with_it(tmp_path):
    os.chown(str(tmp_path), OTHER, OTHER)
    assert "belongs to nobody" in refusal(tmp_path) and "chown" in refusal(tmp_path)


@pytest.mark.parametrize(
    "path, other", [("/run/other", "/run/ecelerity/"), ("/run/ecelerity", "/run/ecelerity-console/")]
)
def test_the_directory_that_is_proposed_is_not_the_refused_one(path, other, monkeypatch):
    monkeypatch.setattr(directory, "_status", lambda _path: os.stat("/"))
    monkeypatch.setattr(directory.os, "lstat", lambda _path: os.stat("/dev/null"))
    words = refusal(path)
    assert "such as %scontrol" % other in words and "momentum_control_socket" in words
