# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's console moves, has its mode, asks for passwords, and limits commands: with what module_utils write and read."""

import os
import stat

import pytest
from standin_node import NOBODY, Node, free_port

from plugins.module_utils import node_options as nodes
from plugins.module_utils.console_access import endpoints, passwords
from plugins.module_utils.console_access.passwords import User
from plugins.module_utils.daemon import process
from plugins.module_utils.daemon.console import Console
from plugins.module_utils.ecconf.effective import Effective

OWNER = NOBODY if os.geteuid() == 0 else os.geteuid()  # of the daemon
REALM = passwords.REALM
TCP = """
Control_Listener {{
  Listen "127.0.0.1:{port}" {{
    Enable_Authentication = "true"
    Enable_Authorization = "true"
    AuthDigestMD5Parameters = [ uri = "digest://{passwords}" realm = "Momentum Console" ]
    AuthorizationParameters = [ uri = "groups://{groups}" ]
  }}
}}
Authorization {{
  Role "operators" {{ allow = ( "^version$" "^sum" ) }}
}}
"""


@pytest.fixture
def tcp(node: Node):
    port, files = free_port(), [node.prefix + "/etc/console_passwd", node.prefix + "/etc/console_roles"]
    node.write(files[0], passwords.edit("", REALM, [User("operator", "right one"), User("guest", "other")]).text)
    node.write(files[1], "operators:x:operator\n")
    node.add(TCP.format(port=port, passwords=files[0], groups=files[1]))
    node.start()
    return node, "127.0.0.1:%d" % port


def test_a_right_password_opens_the_console_for_what_the_role_allows(tcp):
    node, place = tcp
    said = node.call("bin/ec_console", "operator@" + place, input="right one\nversion\nconfig reload\nsummary\n").stdout
    assert "Version:" in said and "Uptime" in said
    assert "Not Authorized for this command" in said and "OK" not in said.split()


@pytest.mark.parametrize("who", ["", "operator@", "nobody@"])
def test_a_wrong_or_no_password_opens_nothing(tcp, who):
    node, place = tcp
    said = node.call("bin/ec_console", who + place, "version", input="wrong\n").stdout
    assert said.strip() == "Authorization required for console session"


def test_somebody_without_a_role_may_do_nothing(tcp):
    node, place = tcp
    said = node.call("bin/ec_console", "guest@" + place, "version", input="other\n").stdout
    assert said.strip() == "Not Authorized for this command"


def test_the_socket_has_the_mode_of_the_configuration_and_moves_with_a_reload(node: Node):
    node.start()
    assert stat.S_IMODE(os.stat(node.console).st_mode) == 0o600
    directory = node.root + "/run-control"
    os.mkdir(directory, 0o750)
    if os.geteuid() == 0:
        os.chown(directory, NOBODY, NOBODY)
    moved = directory + "/control"
    node.write(node.main, node.read(node.main).replace(node.console, moved).replace("0600", "0660"))
    held = endpoints.sockets(process.sockets_of(node.pid()), OWNER)
    assert held == [node.console]
    parameters = dict.fromkeys(("main", "search_path", "nodename", "subcluster"))
    described = nodes.from_params(
        dict(parameters, prefix=node.prefix, state_dir=node.root + "/state", validate="never")
    )
    requested = endpoints.configured(Effective(nodes.load(described)))[0]
    assert requested == moved
    assert [
        place
        for place in endpoints.candidates(requested, held, ())
        if node.call("bin/ec_console", place, "version").stdout
    ] == [node.console]
    assert node.ask("config", "reload") == "OK"
    assert not os.path.exists(node.console)
    assert stat.S_IMODE(os.stat(moved).st_mode) == 0o660
    assert "Version:" in node.call("bin/ec_console", moved, "version").stdout
    assert endpoints.sockets(process.sockets_of(node.pid()), OWNER) == [moved]


def test_peers_deny_and_allow(node: Node):
    port = free_port()
    text = 'Control_Listener { Listen "127.0.0.1:%d" { Always_Deny = true Peer "%s" { Always_Deny = false %s } } }\n'
    node.add(text % (port, "127.0.0.1", ""))
    node.start()
    place = "127.0.0.1:%d" % port
    assert "Version:" in node.call("bin/ec_console", place, "version").stdout
    node.write(node.main, node.read(node.main).replace('Peer "127.0.0.1"', 'Peer "127.0.0.9"'))
    assert node.ask("config", "reload") == "OK"
    assert "Authorization required" in node.call("bin/ec_console", place, "version").stdout


def test_the_console_says_that_it_asks_for_a_password(tcp):
    node, place = tcp

    def run(command, _timeout):
        from plugins.module_utils.host.program import Ran

        ran = node.call("bin/ec_console", *command[1:])
        return Ran(ran.returncode, ran.stdout)

    answer, version = Console(node.prefix, place, run).version()
    assert answer.asks_for_password and version is None
