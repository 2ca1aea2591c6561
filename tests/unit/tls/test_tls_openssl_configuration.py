# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which protocols the configuration of OpenSSL forbids; compared with what the program of the machine then sends."""

import os
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugins.module_utils.host.program import Ran
from plugins.module_utils.tls.values import openssl_configuration, openssl_library

# As on RHEL 8; RHEL 9 has another name for the first section, and `TLS.` before the command.
TOP = """# a comment
openssl_conf = default_modules
[ default_modules ]
ssl_conf = ssl_module
[ssl_module]
system_default = crypto_policy
[ crypto_policy ]
"""
OLD = {"SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"}


@pytest.fixture()
def configuration(tmp_path):
    path = tmp_path / "openssl.cnf"

    def write(text, top=TOP):
        path.write_text(top + text.format(directory=tmp_path))
        return str(path)

    return write


@pytest.mark.parametrize(
    "text, names",
    [
        ("", set()),
        ("MinProtocol = TLSv1.2\nMaxProtocol = TLSv1.3\n", OLD),
        ("TLS.MinProtocol = TLSv1.2\nDTLS.MinProtocol = DTLSv1.2\n", OLD),
        ("MinProtocol = TLSv1.3 # no older one\n", OLD | {"TLSv1.2"}),
        ("MinProtocol = TLSv1.1\n", OLD - {"TLSv1.1"}),
        ("MinProtocol = TLSv1\n", {"SSLv2", "SSLv3"}),
        ("MinProtocol = TLSv1.2\nMinProtocol = TLSv1\n", {"SSLv2", "SSLv3"}),
        ("MinProtocol = None\n", set()),
        ("[ another ]\nMinProtocol = TLSv1.2\n", set()),
        (".include {directory}/policy.config\n", OLD),
        (".include = {directory}/policy.config\n", OLD),
        (".include {directory}/openssl.d\n", OLD - {"TLSv1.1"}),
        (".include {directory}/missing\n", set()),
        (".include {directory}/openssl.cnf\n", set()),
        (".include policy.config\n", set()),
    ],
)
def test_the_oldest_protocol_is_read_where_openssl_reads_it(text, names, configuration, tmp_path):
    (tmp_path / "policy.config").write_text("CipherString = @SECLEVEL=2:kEECDH\nMinProtocol = TLSv1.2\n")
    (tmp_path / "openssl.d").mkdir()
    (tmp_path / "openssl.d" / "a.cnf").write_text("MinProtocol = TLSv1.1\n")
    (tmp_path / "openssl.d" / "b.txt").write_text("MinProtocol = TLSv1.3\n")
    assert openssl_configuration.of_file(configuration(text)) == names


def test_what_cannot_be_read_forbids_nothing(tmp_path):
    os.mkfifo(str(tmp_path / "openssl.cnf"))
    assert openssl_configuration.of_file(str(tmp_path / "openssl.cnf")) == set()
    assert openssl_configuration.forbidden("OpenSSL 1.1.1k") == set()


def test_the_node_s_openssl_says_where_its_configuration_is(configuration):
    directory = os.path.dirname(configuration("MinProtocol = TLSv1.2\n"))
    library = openssl_library.find(lambda *_: Ran(0, 'OpenSSL 1.1.1k  FIPS 25 Mar 2021\nOPENSSLDIR: "%s"' % directory))
    assert library.text == "OpenSSL 1.1.1k  FIPS 25 Mar 2021" and library.version == (1, 1, 1)
    assert library.forbidden == OLD


def sent(path, *options):
    """How many bytes a client sends before it gives up, or waits: an alert has 7, a greeting more than 50."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        server.settimeout(20)
        command = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.getsockname()[1], *options]
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                subprocess.run,
                command,
                env=dict(os.environ, OPENSSL_CONF=path),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            client = server.accept()[0]
            with client:
                client.settimeout(20)
                size = len(client.recv(4096))
            running.result()
        return size


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is absent")
@pytest.mark.parametrize(
    "text", ["", "MinProtocol = TLSv1.2\n", "TLS.MinProtocol = TLSv1.2\n", "MinProtocol = TLSv1.1\n"]
)
def test_openssl_sends_no_greeting_with_the_protocols_that_are_forbidden(text, configuration):
    path = configuration(text)
    newer = {"TLSv1.0": ["-no_tls1_1"], "TLSv1.1": ["-no_tls1"]}
    for name, others in newer.items():
        greets = sent(path, "-cipher", "ALL:@SECLEVEL=0", "-no_tls1_2", "-no_tls1_3", *others) > 50
        assert greets is (name not in openssl_configuration.of_file(path))
