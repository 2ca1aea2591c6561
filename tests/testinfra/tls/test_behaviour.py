# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What TLS does in a session: injection, client certificates, a change while somebody talks, post-quantum groups."""

import smtplib
import socket
import ssl
from typing import Any

import node as nodes
import plays
import pytest
import scanner
from expected import DHE, PROFILES

CERTIFICATES = "/etc/pki/momentum-test"
CONSOLE = "/opt/msys/ecelerity/bin/ec_console /run/ecelerity/control "


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_commands_that_somebody_put_in_front_of_tls_end_the_session(address: str) -> None:
    with socket.create_connection((address, 25), 10) as client:
        stream = client.makefile("rb")
        assert stream.readline().startswith(b"220 ")
        client.sendall(b"STARTTLS\r\nMAIL FROM:<mallory@example.com>\r\n")
        assert stream.readline().startswith(b"554 ")
        assert stream.readline() == b""


def test_a_listener_that_requires_a_client_certificate_takes_nobody_without(mta1: Any) -> None:
    connect = "openssl s_client -connect 127.0.0.1:2590 -starttls smtp -quiet -no_ign_eof "
    mine = "-cert %s/client.crt -key %s/client.key " % (CERTIFICATES, CERTIFICATES)
    greet = "(echo 'EHLO test.example'; sleep 2) | "
    assert "250 ENHANCEDSTATUSCODES" in mta1.run(greet + connect + mine + "2>&1").stdout
    assert "250 ENHANCEDSTATUSCODES" not in mta1.run(greet + connect + "2>&1").stdout


def test_the_poodle_fix_is_in_force_in_a_binding_and_in_its_domains(mta1: Any) -> None:
    for binding in ("out-1", "out-2"):
        where = "binding_group shared binding %s " % binding
        assert mta1.check_output(CONSOLE + "config eval " + where + "TLS_Protocols") == "TLS_Protocols = +ALL:-SSLv3"
    domain = "binding_group shared binding out-1 domain partner.example TLS_Protocols"
    assert mta1.check_output(CONSOLE + "config eval " + domain) == "TLS_Protocols = +ALL:-SSLv3"


def test_the_poodle_fix_works_as_printed_in_the_global_scope(address: str, mta1: Any) -> None:
    run = plays.task("msys.momentum.tls", targets=[{"scope": [], "protocols": "+ALL:-SSLv3"}])
    assert run.code == 0 and all(entry.result["activation"] == "reload" for entry in run.entries)
    assert plays.task("msys.momentum.service", activation="reload", health={"ports": [25, 465]}).code == 0
    assert mta1.check_output(CONSOLE + "config eval TLS_Protocols") == "TLS_Protocols = +ALL:-SSLv3"
    (found,) = scanner.scan(address, [25]).values()
    assert found.accepted["ssl_3_0"] == frozenset() and found.accepted["tls_1_2"] and found.accepted["tls_1_3"]
    assert plays.play().code == 0


def test_a_hybrid_group_is_negotiated_where_the_library_has_it(mta2: Any) -> None:
    answer = mta2.run(
        "echo QUIT | openssl s_client -connect 127.0.0.1:25 -starttls smtp -groups X25519MLKEM768 2>&1"
    ).stdout
    assert "Negotiated TLS1.3 group: X25519MLKEM768" in answer
    classical = mta2.run("echo QUIT | openssl s_client -connect 127.0.0.1:25 -starttls smtp -groups X25519 2>&1").stdout
    assert "X25519" in classical and "MLKEM" not in classical, "peers without ML-KEM are served as before"
    assert 'TLS_EC_Curve_Names = "X25519MLKEM768:' in mta2.file(nodes.MAIN).content_string


def test_a_hybrid_group_is_refused_by_name_where_the_library_lacks_it(mta1: Any, mta2: Any) -> None:
    before = nodes.checksums(mta1)
    target = {"scope": [], "groups": "SecP256r1MLKEM768:prime256v1"}
    run = plays.task("msys.momentum.tls", targets=[target])
    (refused,) = run.failed()
    assert refused.host == "mta1" and "SecP256r1MLKEM768" in str(refused.result["msg"])
    assert "TLS_EC_Curve_Names" in str(refused.result["msg"]) and "OpenSSL 3.0" in str(refused.result["msg"])
    assert nodes.checksums(mta1) == before, "nothing was written"
    assert 'TLS_EC_Curve_Names = "SecP256r1MLKEM768:prime256v1"' in mta2.file(nodes.MAIN).content_string
    assert plays.play().code == 0


def test_a_change_reaches_new_sessions_and_drops_no_running_one(address: str, mta1: Any) -> None:
    started = nodes.starts(mta1)
    with smtplib.SMTP(address, 25, timeout=60) as running:
        running.starttls(context=_context())
        running.ehlo()
        assert running.mail("<a@example.com>")[0] == 250
        assert plays.play(momentum_tls_profile="mozilla-modern", momentum_tls_allow=["plaintext_downgrade"]).code == 0
        assert running.rcpt("<b@example.com>")[0] == 250
        assert running.data(b"Subject: over a reload\r\n\r\nstill here\r\n")[0] == 250
    (scan,) = scanner.scan(address, [25]).values()
    assert scan.accepted["tls_1_2"] == frozenset() and scan.accepted["tls_1_3"] == PROFILES["mozilla-modern"].suites
    assert nodes.starts(mta1) == started, "a reload is enough"
    back = plays.play()
    assert back.code == 0
    (scan,) = scanner.scan(address, [25]).values()
    assert scan.accepted["tls_1_2"] == PROFILES["mozilla-intermediate@6.0"].ec


def test_modern_on_port_25_is_refused_unless_somebody_says_so(mta1: Any) -> None:
    before = nodes.checksums(mta1)
    run = plays.play(momentum_tls_profile="mozilla-modern")
    assert run.code != 0 and "plaintext_downgrade" in str(plays.message(run))
    assert nodes.checksums(mta1) == before


def test_dhe_is_served_with_the_named_group_when_it_is_asked_for(address: str, mta1: Any) -> None:
    parameters = "/etc/pki/momentum-test/dh.pem"
    port = 2600 + list(PROFILES).index("mozilla-intermediate@5.7")
    asked = plays.play(momentum_tls_profile="mozilla-intermediate@5.7", momentum_tls_dhparams_file=parameters)
    assert asked.code == 0
    assert "DH Parameters: (2048 bit)" in mta1.check_output("openssl dhparam -in %s -noout -text", parameters)
    (scan,) = scanner.scan(address, [port]).values()
    assert scan.accepted["tls_1_2"] == PROFILES["mozilla-intermediate@5.7"].rsa | DHE
    assert plays.play().code == 0
    (scan,) = scanner.scan(address, [port]).values()
    assert not scan.accepted["tls_1_2"] & DHE


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"ciphers": "ECDHE+AESGCM:ECHDE+CHACHA20"}, ["TLS_Ciphers", "ECHDE+CHACHA20"]),
        ({"protocols": "+ALL:-ALL"}, ["TLS_Protocols", "no protocol"]),
        ({"certificate": CERTIFICATES + "/rsa.crt", "key": CERTIFICATES + "/ec.key"}, ["TLS_Certificate", "ec.key"]),
        ({"certificate": "/root/private.crt", "key": "/root/private.key"}, ["ecuser", "/root"]),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(mta1: Any, target: Any, words: Any) -> None:
    mta1.check_output("cp %s/rsa.crt /root/private.crt && cp %s/rsa.key /root/private.key", CERTIFICATES, CERTIFICATES)
    before = nodes.checksums(mta1)
    run = plays.task("msys.momentum.tls", targets=[dict(target, scope=["ESMTP_Listener", 'Listen ":25"'])])
    said = [str(entry.result["msg"]) for entry in run.failed() if entry.host == "mta1"]
    assert len(said) == 1
    for word in [*words, 'Listen ":25"', nodes.MAIN]:
        assert word in said[0]
    assert nodes.checksums(mta1) == before
