# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we read and write in pg_hba.conf, compared with the PostgreSQL of the machine; and who gets in."""

import os
import shutil
import socket
import subprocess
import tempfile

import postgresql_server
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.module_utils.database.login_rules import TLS, tls_only
from plugins.module_utils.errors import PlanError
from plugins.module_utils.pki import served

SOCKET = "local all all trust\n"
WORDS = st.sampled_from(
    [
        "host",
        "hostssl",
        "hostnossl",
        "local",
        "all",
        '"a ""b"',
        ",",
        ", ",
        " ",
        "\t",
        "127.0.0.1/32",
        "reject",
        "trust",
        "#",
        '"',
        "ho",
        "st",
        '""',
        "\\",
        "x",
    ]
)
LINES = st.lists(
    st.one_of(
        st.builds("".join, st.lists(WORDS, max_size=12)),
        st.builds("{} {} {} {} {}".format, *(WORDS for _number in range(5))),
    ),
    max_size=6,
).map(lambda lines: "".join(line + "\n" for line in lines))


@pytest.fixture(scope="module")
def server():
    if postgresql_server.absent():
        pytest.skip(postgresql_server.absent())
    with tempfile.TemporaryDirectory(prefix="postgresql-") as directory, socket.socket() as taken:
        os.chmod(directory, 0o755)
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.close()
        pair = [os.path.join(directory, name) for name in ("server.key", "server.crt")]
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=db",
            "-keyout",
            pair[0],
            "-out",
            pair[1],
        ]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        for path in pair:
            os.chmod(path, 0o600)
            if os.geteuid() == 0:
                shutil.chown(path, "postgres")
        words = "-c listen_addresses=127.0.0.1 -c port=%d -c ssl=on -c ssl_key_file=%s -c ssl_cert_file=%s" % (
            port,
            *pair,
        )
        real = postgresql_server.Real(directory, words, port)
        real.certificate = pair[1]
        yield real
        real.stop()


def rules(server, text):
    """From the number of a line to its kind, and the numbers of lines that are errors, as the server reads the file."""
    server.write(SOCKET + text, "pg_hba.conf")
    rows = [
        row.split("\x1f")
        for row in server.ask("SELECT line_number, coalesce(type, ''), coalesce(error, '') FROM pg_hba_file_rules")
    ]
    return {int(row[0]): row[1] for row in rows if not row[2]}, {int(row[0]) for row in rows if row[2]}


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_every_line_that_the_server_takes_for_a_login_over_the_network_is_found(server, text):
    before, errors = rules(server, text)
    try:
        after = tls_only(text)
    except PlanError:
        return
    kinds, errors_after = rules(server, after)
    assert sorted(kinds) == sorted(before) and errors_after <= errors
    rejected = {number for number, line in enumerate((SOCKET + text).split("\n"), 1) if "reject" in line}
    for number, kind in kinds.items():
        assert kind in ("local", TLS) or number in rejected, (number, kind, text)


def answer(server):
    endpoint = served.Endpoint("127.0.0.1", server.port, "postgresql", "", server.certificate, 10.0, [server.port])
    with open(server.certificate, "rb") as stream:
        return served.serves(endpoint, served.first_leaf(stream.read()), True)


@pytest.mark.parametrize("method", ["trust", "scram-sha-256", "md5"])
def test_the_wire_says_whether_somebody_gets_in_without_tls(server, method):
    text = SOCKET + "host all all 127.0.0.1/32 %s\n" % method
    plain = {}
    for word, content in (("before", text), ("after", tls_only(text))):
        server.write(content, "pg_hba.conf")
        server.run("pg_ctl", "-D", server.data, "reload")
        server.ask("SELECT pg_sleep(0.3)")
        found = answer(server)
        assert found.served is not None, found.problem
        plain[word] = found.plain
    assert plain == {"before": "port %d lets clients log in without TLS; see pg_hba.conf" % server.port, "after": ""}
