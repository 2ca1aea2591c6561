# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the console answers, and who could put another program in its place: the kernel is asked."""

import os
import socket

import pytest

from plugins.module_utils import process
from plugins.module_utils.console import Answer
from plugins.module_utils.control import directory, endpoints
from plugins.module_utils.control.listens import Listen, is_loopback, local, usable
from plugins.module_utils.errors import PlanError
from plugins.module_utils.file_plan import Directory


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


def test_the_kernel_tells_the_sockets_that_a_process_listens_at(tmp_path):
    path = str(tmp_path / "a b")
    server, other = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    try:
        server.bind(path)
        other.bind(str(tmp_path / "deaf"))
        server.listen(1)
        held = endpoints.sockets(process.sockets_of(os.getpid()))
        assert path in held and str(tmp_path / "deaf") not in held
        assert endpoints.sockets(frozenset()) == []
        assert endpoints.sockets(None) is None
    finally:
        server.close()
        other.close()


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


def test_a_directory_is_made_or_mended_only_if_it_is_for_sockets(tmp_path):
    path = tmp_path / "own"
    wanted = Directory(str(path), os.geteuid(), os.getegid(), 0o750)
    assert directory.plan_directory(wanted, False).changes[0].action == "create_directory"
    path.mkdir(mode=0o755)
    assert directory.plan_directory(wanted, False).changes[0].action == "attributes"
    (path / "file").write_text("")
    with pytest.raises(PlanError) as refused:
        directory.plan_directory(wanted, False)
    assert "directory of its own" in str(refused.value)
    path.chmod(0o750)
    assert directory.plan_directory(wanted, False) == directory.NO_DIRECTORY
    missing = wanted._replace(path=str(tmp_path / "a" / "b"))
    assert directory.plan_directory(missing, True).directory == missing
    with pytest.raises(PlanError):
        directory.plan_directory(missing, False)
