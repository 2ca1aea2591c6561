# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates for the stand-in, and the openssl program as its client: nothing of the stand-in's own TLS code."""

import os
import subprocess
from typing import IO, List

from standin_node import Node

OFFER = 'SMTP_Extensions = ( "STARTTLS" ) TLS_Certificate = "{0}.crt" TLS_Key = "{0}.key" '


def pair(node: Node, name: str = "server") -> str:
    """A self-signed certificate PATH.crt and its key PATH.key, readable by the daemon; the PATH."""
    path = "%s/etc/%s" % (node.prefix, name)
    command = ["openssl", "req", "-x509", "-nodes", "-days", "1", "-newkey", "rsa:2048", "-subj", "/CN=" + name]
    subprocess.check_call(command + ["-keyout", path + ".key", "-out", path + ".crt"], stderr=subprocess.DEVNULL)
    os.chmod(path + ".key", 0o644)
    return path


def serve(node: Node, in_listener: str = "", in_global: str = "") -> str:
    """Start the daemon with STARTTLS and more options; the path of its certificate."""
    path = pair(node)
    node.add("ESMTP_Listener {\n%s %s\n}\n%s\n" % (OFFER.format(path), in_listener, in_global))
    node.start()
    return path


def replace(node: Node, before: str, after: str) -> str:
    """Change the configuration's text and reload; the console's answer."""
    text = node.read(node.main)
    assert before in text
    node.write(node.main, text.replace(before, after))
    return node.ask("config", "reload")


def _client(port: int, options: List[str], starttls: bool) -> List[str]:
    how = ["-starttls", "smtp"] if starttls else []
    return ["openssl", "s_client", "-connect", "127.0.0.1:%d" % port] + how + options


def handshake(port: int, *options: str, starttls: bool = True) -> str:
    """What s_client says of a session; '' when none came about."""
    done = subprocess.run(
        _client(port, ["-brief"] + list(options), starttls),
        input="QUIT\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        check=False,
    )
    return done.stdout if "CONNECTION ESTABLISHED" in done.stdout else ""


def renegotiate(port: int, command: str) -> str:
    """Renegotiate TLS 1.2 from the client's side, then say a command; all that s_client says."""
    process = subprocess.Popen(
        _client(port, ["-tls1_2", "-legacy_renegotiation"], True),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    assert process.stdin is not None and process.stdout is not None
    said = ""
    try:
        for words, until in (("R", "RENEGOTIATING"), (command, "250 ")):
            process.stdin.write(words + "\n")
            process.stdin.flush()
            said += _until(process.stdout, until)
    except BrokenPipeError:
        pass  # the session ended over it
    finally:
        process.kill()
        said += process.stdout.read()  # not communicate(): it passes over the lines that the stream has read ahead
        process.wait()
    return said


def _until(stream: "IO[str]", start: str) -> str:
    """The lines up to the one that starts so, or to the end."""
    said = ""
    for line in stream:
        said += line
        if line.startswith(start):
            break
    return said
