# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon: what it serves, what a reload changes, and who it is."""

import json
import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from typing import Any

import pytest
import standin_node
from standin_node import Node

NET_BIND_SERVICE = 1 << 10
OFFER_TLS = """
ESMTP_Listener {{
  SMTP_Extensions = ( "STARTTLS" )
  TLS_Certificate = "{0}.crt"  TLS_Key = "{0}.key"  TLS_Protocols = "{1}"
}}
"""
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="giving up root needs root")


def banner(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        return client.makefile().readline()


def bounding(bit: int) -> bool:
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("CapBnd"))
    return bool(int(line.split()[1], 16) >> bit & 1)


def certificate(node: Node) -> str:
    path = node.prefix + "/etc/server"
    pair = ["-keyout", path + ".key", "-out", path + ".crt", "-subj", "/CN=localhost"]
    subprocess.check_call(
        ["openssl", "req", "-x509", "-nodes", "-days", "1", "-newkey", "rsa:2048"] + pair, stderr=subprocess.DEVNULL
    )
    os.chmod(path + ".key", 0o644)
    return path


def secured(port: int) -> Any:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.starttls(context=context)
        assert client.sock is not None
        tls: Any = client.sock
        client.sendmail("a@a.example", ["b@b.example"], "Subject: tls\r\n\r\n")
        return tls.version(), tls.getpeercert(True)


def messages(node: Node) -> Any:
    return [json.loads(line) for line in node.read(node.root + "/var/spool/ecelerity/messages.jsonl").splitlines()]


def test_a_message_is_on_disk_when_it_is_accepted(node: Node) -> None:
    node.start()
    assert banner(node.port).startswith("220 ") and "stand-in" in banner(node.port)
    with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
        client.sendmail("a@a.example", ["b@b.example", "c@c.example"], "Subject: x\r\n\r\n.dot\r\n..\r\n")
    (message,) = messages(node)
    assert (message["sender"], message["recipients"]) == ("<a@a.example>", ["<b@b.example>", "<c@c.example>"])
    assert (message["body"], message["tls"]) == ("Subject: x\r\n\r\n.dot\r\n..\r\n", False)


def test_the_order_of_commands_is_kept(node: Node) -> None:
    node.start()
    with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
        client.ehlo("x")
        replies = [
            client.docmd(line)[0] for line in ("RCPT TO:<a>", "MAIL FROM:<>", "DATA", "RSET", "NOOP", "STARTTLS", "FOO")
        ]
    assert replies == [503, 250, 503, 250, 250, 502, 500]


def test_starttls_is_offered_with_a_certificate_and_keeps_to_the_protocols(node: Node) -> None:
    node.add(OFFER_TLS.format(certificate(node), "+ALL:-TLSv1.3"))
    node.start()
    assert secured(node.port)[0] == "TLSv1.2"
    assert [message["tls"] for message in messages(node)] == [True]


def test_commands_behind_starttls_in_clear_text_are_refused(node: Node) -> None:
    node.add(OFFER_TLS.format(certificate(node), "+ALL"))
    node.start()
    with socket.create_connection(("127.0.0.1", node.port), 10) as client:
        file = client.makefile()
        file.readline()
        client.sendall(b"STARTTLS\r\nRSET\r\n")
        assert file.readline().startswith("554 ")


def test_a_certificate_renewed_in_place_is_used_after_the_cache_was_flushed(node: Node) -> None:
    node.add(OFFER_TLS.format(certificate(node), "+ALL"))
    node.start()
    first = secured(node.port)[1]
    certificate(node)
    assert node.ask("config", "reload") == "OK"
    assert secured(node.port)[1] == first
    assert node.ask("tls", "flush", "cache") == "Cache flush request submitted."
    assert secured(node.port)[1] != first


def test_a_reload_opens_and_closes_listeners_and_running_sessions_go_on(node: Node) -> None:
    node.start()
    other = standin_node.free_port()
    with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
        node.write(node.main, node.read(node.main).replace("127.0.0.1:%d" % node.port, "127.0.0.1:%d" % other))
        assert node.ask("config", "reload") == "OK"
        assert client.noop()[0] == 250
    assert banner(other).startswith("220 ")
    with pytest.raises(OSError):
        banner(node.port)


def test_a_change_from_an_address_to_the_wildcard_needs_two_reloads(node: Node) -> None:
    node.start()
    node.write(node.main, node.read(node.main).replace("127.0.0.1:%d" % node.port, "*:%d" % node.port))
    assert node.ask("config", "reload") == "OK"
    with pytest.raises(OSError):
        banner(node.port)
    assert node.ask("config", "reload") == "OK"
    assert banner(node.port).startswith("220 ")


def test_an_invalid_configuration_is_refused_and_the_old_one_stays(node: Node) -> None:
    node.add("Spool_Mode = 0640\n")
    node.start()
    node.add("Spool_Mode = 0600\nNo_Such_Option = 1\n")
    answer = node.ask("config", "reload")
    assert "config.Global:No_Such_Option" in answer and "Reconfigure failed." in answer
    assert node.ask("config", "eval", "Spool_Mode") == "Spool_Mode = 0640"
    assert banner(node.port).startswith("220 ")


def test_the_console_shows_values_literally_and_in_force(node: Node) -> None:
    node.add('ESMTP_Listener { Use_SSL = "false" }')
    node.start()
    place = ["esmtp_listener", "Listen", "127.0.0.1:%d" % node.port]
    assert node.ask("config", "eval", *(place + ["use_ssl"])) == "Use_SSL = false"
    assert node.ask("config", "get", *(place + ["use_ssl"])) == "Option 'use_ssl' is not set in scope 'Listen'."
    assert node.ask("config", "get", "Max_Retries") == "Option 'Max_Retries' is not set in scope ''."
    assert node.ask("config", "eval", "Spool_Mode") == "Spool_Mode = 0640"
    assert node.ask("config", "show", "security").splitlines()[0] == "user = 65534"
    assert "not exist" in node.ask("config", "eval", "Nowhere", "x")
    assert node.ask("tls", "rekey") == "tls command not understood"
    assert "Listeners: 127.0.0.1:%d" % node.port in node.ask("summary")
    assert node.ask("sysinfo").startswith("Ecelerity Version: ")


def test_commands_are_read_from_standard_input(node: Node) -> None:
    node.start()
    done = node.call("bin/ec_console", node.console, input="version\n\nconfig reload\n")
    assert "Version" in done.stdout.splitlines()[0] and done.stdout.splitlines()[1] == "OK"


def test_the_console_belongs_to_the_daemon_and_goes_with_it(node: Node) -> None:
    node.start()
    assert oct(os.stat(node.console).st_mode & 0o777) == oct(0o600)
    assert node.stop() == 0
    assert not os.path.exists(node.console)
    assert node.call("bin/ec_console", node.console, "version").returncode == 1


def test_shutdown_on_the_console_ends_the_daemon(node: Node) -> None:
    node.start()
    assert node.ask("shutdown") == "Shutting down"
    assert node.process is not None and node.process.wait() == 0


def test_the_checkers_say_what_is_documented(node: Node) -> None:
    assert node.call("bin/validate_config").stdout == "Configuration valid\n"
    assert node.call("bin/ec_dump_config").stdout.startswith("<?xml ")
    node.write(node.directory + "/candidate", 'include "other"')
    os.mkdir(node.root + "/search")
    node.write(node.root + "/search/other", "Bad_Option = 1")
    done = node.call(
        "bin/ec_dump_config", "-c", node.directory + "/candidate", EC_CONF_SEARCH_PATH=node.root + "/search"
    )
    assert done.stdout.splitlines()[-2:] == ["Reconfigure failed.", "Global configuration error."]
    node.add("Bad_Option = 1")
    silent = node.call("bin/validate_config")
    assert (silent.stdout, silent.stderr, silent.returncode) == ("", "", 0)
    os.unlink(node.main)
    assert node.call("bin/validate_config").stdout == "No configuration found\n"


def test_the_background_start_returns_when_the_daemon_serves(node: Node) -> None:
    assert node.call_in_background() == 0
    assert banner(node.port).startswith("220 ")
    os.kill(node.pid(), signal.SIGTERM)


def test_the_monitor_starts_a_killed_daemon_again_and_hands_on_its_exit_status(node: Node) -> None:
    node.start("env", "GIMLI_DETACH=0", sys.executable, node.monitor)
    first = node.pid()
    os.kill(first, signal.SIGKILL)
    while node.pid() == first or not node.ask("version"):
        time.sleep(0.1)
    node.add("Bad_Option = 1")
    assert node.stop() == 0
    done = subprocess.run(
        ["env", "GIMLI_DETACH=0", sys.executable, node.monitor] + node.command("sbin/ecelerity", "-d"),
        env=node.environment,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 1


@root_only
@pytest.mark.skipif(not bounding(10), reason="cap_net_bind_service is beyond this machine's bounding set")
def test_every_thread_is_who_the_stanza_says_with_exactly_its_capabilities(node: Node) -> None:
    node.add('Security { supplemental_groups = ( "7" "8" ) }')
    node.start()
    threads = node.threads()
    assert len(threads) >= 3
    for thread in threads:
        assert thread["Uid"].split() == thread["Gid"].split() == ["65534"] * 4
        assert thread["Groups"].split() == ["7", "8"]
        assert int(thread["CapPrm"], 16) == int(thread["CapEff"], 16) == NET_BIND_SERVICE
        assert int(thread["CapInh"], 16) == int(thread["CapAmb"], 16) == 0


@root_only
def test_without_capabilities_nothing_is_kept(node: Node) -> None:
    node.write(node.main, node.read(node.main).replace('capabilities = "cap_net_bind_service+ep"', ""))
    node.start()
    assert {int(thread["CapPrm"], 16) for thread in node.threads()} == {0}


@root_only
def test_a_reload_shows_another_user_and_stays_who_it_was(node: Node) -> None:
    node.start()
    node.add('Security { user = "0" }')
    assert node.ask("config reload") == "OK"
    assert node.ask("config", "eval", "Security", "User") == "user = 0"
    assert {thread["Uid"].split()[0] for thread in node.threads()} == {"65534"}


@root_only
@pytest.mark.parametrize(
    ("stanza", "reason"),
    [
        ('user = "nobody_of_that_name"', "there is no user 'nobody_of_that_name'"),
        ('group = "no_such_group"', "there is no group 'no_such_group'"),
        ('capabilities = "cap_nonsense+ep"', "cap_from_text does not understand 'cap_nonsense+ep'"),
        ('chroot = "/no/such/directory"', "cannot become"),
    ],
)
def test_a_stanza_that_cannot_be_had_is_a_failed_start(node: Node, stanza: str, reason: str) -> None:
    node.add("Security { %s }" % stanza)
    done = node.call("sbin/ecelerity", "-d")
    assert done.returncode == 1
    assert reason in done.stderr
    assert not os.path.exists(node.console)


@root_only
@pytest.mark.skipif(bounding(24), reason="this machine can give cap_sys_resource")
def test_a_capability_beyond_the_bounding_set_is_a_failed_start(node: Node) -> None:
    node.add('Security { capabilities = "cap_net_bind_service,cap_sys_resource+ep" }')
    done = node.call("sbin/ecelerity", "-d")
    assert done.returncode == 1
    assert "cap_set_proc refused" in done.stderr


@root_only
def test_a_configuration_that_the_daemons_user_cannot_read_is_a_failed_start(node: Node) -> None:
    os.chmod(node.main, 0o600)
    done = node.call("sbin/ecelerity", "-d")
    assert done.returncode == 1
    assert "CFG-07961 failed to stat '%s': Permission denied" % node.main in done.stderr
