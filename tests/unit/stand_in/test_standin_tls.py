# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's listener applies every TLS option through OpenSSL, as the openssl program sees it from outside."""

import os
import smtplib
import socket
import ssl
import subprocess
from typing import Any, List

import pytest
import standin_tls
from momentum_standin import endpoints, loading
from standin_node import Node
from standin_tls import OFFER, handshake, serve

GLOBAL, LISTENER, LISTEN, PEER_OF_LISTENER, PEER_OF_LISTEN = "HIGH", "AESGCM", "CHACHA20", "AES128", "AES256"
NESTED = """
TLS_Ciphers = "HIGH"
ESMTP_Listener {
  TLS_Ciphers = "AESGCM"
  Peer "10.0.0.0/8" { TLS_Ciphers = "AES128" }
  Listen ":2525" {
    TLS_Ciphers = "CHACHA20"
    Peer "10.1.0.0/16" { TLS_Ciphers = "AES256" }
  }
}
"""


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def extensions(port: int) -> str:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.ehlo("x")[1].decode()


def test_only_the_configured_suites_of_tls_1_3_are_served(node: Node) -> None:
    serve(node, 'TLSv13_Ciphersuites = "TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256"')
    for suite in ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_CCM_SHA256"):
        assert "Ciphersuite: " + suite in handshake(node.port, "-ciphersuites", suite, "-tls1_3")
    for suite in ("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"):
        assert handshake(node.port, "-ciphersuites", suite, "-tls1_3") == ""


def test_only_the_configured_ciphers_of_tls_1_2_are_served(node: Node) -> None:
    serve(node, 'TLS_Ciphers = "ECDHE-RSA-AES128-GCM-SHA256:NO-SUCH-CIPHER"')
    requested = "ECDHE-RSA-AES128-GCM-SHA256"
    assert "Ciphersuite: " + requested in handshake(node.port, "-tls1_2", "-cipher", requested)
    assert handshake(node.port, "-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384") == ""
    assert "TLSv1.3" in handshake(node.port), "TLS 1.3 has an option of its own"


def test_without_a_list_the_library_s_default_is_served(node: Node) -> None:
    serve(node)
    for cipher in ("AES128-SHA256", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
        assert "Ciphersuite: " + cipher in handshake(node.port, "-tls1_2", "-cipher", cipher)


@pytest.mark.parametrize("value", ["secp384r1", "P-384:X25519"], ids=["name", "list"])
def test_only_the_configured_groups_are_served(node: Node, value: str) -> None:
    serve(node, in_global='TLS_EC_Curve_Names = "%s"' % value)
    assert "secp384r1" in handshake(node.port, "-groups", "P-384")
    assert ("X25519" in handshake(node.port, "-groups", "X25519")) is ("X25519" in value)
    assert handshake(node.port, "-groups", "P-256") == ""


def test_protocols_that_are_taken_away_are_refused(node: Node) -> None:
    serve(node, 'TLS_Protocols = "+ALL:-SSLv2:-SSLv3:-TLSv1.2"')
    assert handshake(node.port, "-tls1_2") == ""
    assert "Protocol version: TLSv1.3" in handshake(node.port)


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_protocols_are_served_where_nothing_takes_them_away(node: Node, version: str) -> None:
    client = (version, "-cipher", "ALL:@SECLEVEL=0")
    serve(node, 'TLS_Protocols = "+ALL:-SSLv3"\nTLS_Ciphers = "ALL:@SECLEVEL=0"')
    assert "Protocol version: TLSv1" in handshake(node.port, *client)
    assert standin_tls.replace(node, "+ALL:-SSLv3", "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1") == "OK"
    assert handshake(node.port, *client) == ""


def test_values_that_openssl_refuses_are_refused_and_the_old_configuration_stays(node: Node) -> None:
    serve(node, 'Banner_Hostname = "here"')
    for option, value, words in [
        ("TLS_Ciphers", "NO-SUCH-CIPHER:NEITHER", "No cipher can be selected"),
        ("TLS_Ciphers", "TLS_AES_128_GCM_SHA256", "No cipher can be selected"),
        ("TLSv13_Ciphersuites", "NO_SUCH_SUITE:NEITHER", "invalid TLSv1.3 cipher suite list"),
        ("TLS_EC_Curve_Names", "prime256v1:no-such-group", "invalid curve or group list"),
        ("TLS_EC_Curve_Names", "prime256v1::secp384r1", "invalid curve or group list"),
        ("TLS_Protocols", "+ALL:-TLSv1.9", "unknown token '-TLSv1.9'"),
        ("TLS_Protocols", ":ALL:-SSLv3", "unknown token"),
    ]:
        good = node.read(node.main)
        node.add('%s = "%s"\n' % (option, value))
        answer = node.ask("config", "reload")
        assert words in answer and option in answer, answer
        assert "Protocol version: TLSv1.3" in handshake(node.port)
        node.write(node.main, good)
    assert node.ask("config", "reload") == "OK"


def test_a_start_with_a_group_that_the_library_lacks_fails(node: Node) -> None:
    node.add('TLS_EC_Curve_Names = "prime256v1:no-such-group"\n')
    done = node.call("sbin/ecelerity", "-d")
    assert done.returncode != 0 and "invalid curve or group list" in done.stderr


@pytest.mark.parametrize(
    ("client", "gone", "winner"),
    [
        ("10.1.2.3", [], PEER_OF_LISTEN),
        ("10.1.2.3", [PEER_OF_LISTEN], PEER_OF_LISTENER),
        ("10.2.2.3", [], PEER_OF_LISTENER),
        ("192.0.2.1", [], LISTEN),
        ("10.1.2.3", [PEER_OF_LISTEN, PEER_OF_LISTENER], LISTEN),
        ("192.0.2.1", [LISTEN], LISTENER),
        ("192.0.2.1", [LISTEN, LISTENER], GLOBAL),
    ],
)
def test_the_narrowest_scope_of_a_client_wins(tmp_path: Any, client: str, gone: List[str], winner: str) -> None:
    text = NESTED
    for value in gone:
        text = text.replace('TLS_Ciphers = "%s"\n' % value, "\n").replace('{ TLS_Ciphers = "%s" }' % value, "{ }")
    path = tmp_path / "ecelerity.conf"
    path.write_text(text)
    (listener,) = endpoints.listeners(loading.load(str(path), []).tree).values()
    assert endpoints.terms(listener, client).tls.ciphers == winner


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('( "STARTTLS" )', '( "PIPELINING" )'),
        (".crt", ".missing"),
        ('TLS_Certificate = "', 'TLS_Certificate = "none" # '),
    ],
    ids=["extension", "readable", "none"],
)
def test_starttls_needs_its_extension_and_a_certificate(node: Node, before: str, after: str) -> None:
    serve(node)
    assert "STARTTLS" in extensions(node.port)
    assert standin_tls.replace(node, before, after) == "OK"
    assert handshake(node.port) == ""
    assert ("STARTTLS" in extensions(node.port)) is (after == ".missing"), "a file is only looked at when it is used"


def test_implicit_tls_greets_inside_tls(node: Node) -> None:
    serve(node, "Use_SSL = true")
    with smtplib.SMTP_SSL("127.0.0.1", node.port, timeout=10, context=trusting()) as client:
        assert "STARTTLS" not in client.ehlo("x")[1].decode(), "the two exclude each other"


def test_commands_behind_starttls_are_ignored_when_asked_so(node: Node) -> None:
    serve(node, 'Starttls_Injection_Policy = "ignore"')
    assert behind_starttls(node.port) == b""


def test_commands_behind_starttls_are_obeyed_when_asked_so(node: Node) -> None:
    serve(node, 'Starttls_Injection_Policy = "allow"')
    assert behind_starttls(node.port).startswith(b"250 ")


def behind_starttls(port: int) -> bytes:
    """What a NOOP in clear text after STARTTLS is answered with inside TLS, before the client says QUIT."""
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        stream = plain.makefile("rb")
        stream.readline()
        plain.sendall(b"STARTTLS\r\nNOOP\r\n")
        assert stream.readline().startswith(b"220 ")
        with trusting().wrap_socket(plain) as secured:
            secured.sendall(b"QUIT\r\n")
            lines = secured.makefile("rb")
            first = lines.readline()
            assert first.startswith(b"221 ") or lines.readline().startswith(b"221 ")
    return b"" if first.startswith(b"221 ") else first


def test_a_client_certificate_can_be_required(node: Node) -> None:
    path = standin_tls.pair(node, "client")
    serve(node, 'TLS_Verify_Mode = "require" TLS_Client_CA = "%s.crt"' % path)
    assert "221 " in session(node.port, path)
    assert "221 " not in session(node.port, "")
    assert "221 " not in session(node.port, standin_tls.pair(node, "stranger"))


def session(port: int, certificate: str) -> str:
    """The answers to QUIT in a session with or without a client's certificate."""
    context = trusting()
    if certificate:
        context.load_cert_chain(certificate + ".crt", certificate + ".key")
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.starttls(context=context)
            code, text = client.quit()
            return "%d %s" % (code, text.decode())
    except (OSError, smtplib.SMTPException) as error:
        return str(error)


@pytest.mark.parametrize("allowed", ["true", "false"])
def test_a_client_may_renegotiate_where_it_is_allowed(node: Node, allowed: str) -> None:
    serve(node, "TLS_Allow_Renegotiation = " + allowed)
    said = standin_tls.renegotiate(node.port, "NOOP")
    assert ("250 2.0.0 nothing done" in said) is (allowed == "true"), said
    assert ("no renegotiation" in said) is (allowed == "false"), said


def test_dhe_is_served_with_the_parameters_of_the_file_and_can_be_turned_off(node: Node) -> None:
    path = node.prefix + "/etc/dh.pem"
    group = ["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe3072", "-out", path]
    subprocess.check_call(group, stderr=subprocess.DEVNULL)
    os.chmod(path, 0o644)
    serve(node, in_global='TLS_DHParams_File = "%s"\nTLS_Enable_DHE_Ciphers = true' % path)
    dhe = ["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"]
    assert "DH, 3072 bits" in handshake(node.port, *dhe)
    assert standin_tls.replace(node, "TLS_DHParams_File", "# ") == "OK"
    assert "DH, 2048 bits" in handshake(node.port, *dhe), "the library's own, as strong as the key"
    assert standin_tls.replace(node, "DHE_Ciphers = true", "DHE_Ciphers = false") == "OK"
    assert handshake(node.port, *dhe) == ""


def test_changed_values_hold_for_new_sessions_and_running_ones_go_on(node: Node) -> None:
    serve(node, 'TLS_Protocols = "+ALL:-TLSv1.3"')
    with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as running:
        running.starttls(context=trusting())
        assert standin_tls.replace(node, "-TLSv1.3", "-TLSv1.2") == "OK"
        assert handshake(node.port, "-tls1_2") == "" and "TLSv1.3" in handshake(node.port)
        assert running.sendmail("a@a.example", ["b@b.example"], "Subject: over a reload\r\n\r\n") == {}


def test_each_listen_has_its_own_options(node: Node) -> None:
    path = standin_tls.pair(node, "other")
    listen = 'Listen "127.0.0.1:%d" {' % node.port
    node.write(node.main, node.read(node.main).replace(listen, listen + OFFER.format(path)))
    serve(node, 'TLS_Protocols = "+TLSv1.3"')
    assert "CN = other" in handshake(node.port) and handshake(node.port, "-tls1_2") == ""
