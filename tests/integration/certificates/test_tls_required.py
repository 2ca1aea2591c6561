# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""rotate_certificates requires TLS of the PostgreSQL and the Apache of this machine, proves it on the wire, and puts files back where that fails."""

import contextlib
import http.server
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "unit" / "config"))

import postgresql_server
from test_rotation import CLOSED, rotate

HTTPD = shutil.which("apache2") or shutil.which("httpd") or ""
MODULES = os.environ.get("MOMENTUM_HTTPD_MODULES", "/usr/lib/apache2/modules")
NEEDED = ("mpm_event", "authz_core", "socache_shmcb", "ssl", "dir")


def free_ports(count):
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _number in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def play(directory, entry, version, *arguments, group="momentum_standalone", **more):
    host = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "momentum_state_dir": str(directory / "state"),
        "momentum_version": version,
        "momentum_certificates_timeout": 3,
        "momentum_certificates": [entry],
        **more,
    }
    (directory / "hosts.yml").write_text(yaml.safe_dump({group: {"hosts": {"a": host}}}))
    return rotate(directory, *arguments)


@pytest.fixture
def database():
    """A PostgreSQL that does no TLS, and lets everybody of this machine in."""
    if postgresql_server.absent():
        pytest.skip(postgresql_server.absent())
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="postgresql-") as directory:
        os.chmod(directory, 0o755)
        server = postgresql_server.Real(directory, "-c listen_addresses=127.0.0.1 -c port=%d" % port, port)
        server.write("local all all trust\nhost all all 127.0.0.1/32 trust # office\n", "pg_hba.conf")
        server.run("pg_ctl", "-D", server.data, "reload")
        yield server
        server.stop()


def pair_of_database(server):
    reload = [os.path.join(postgresql_server.PROGRAMS[-1], "pg_ctl"), "-D", server.data, "reload"]
    root = os.geteuid() == 0
    return {
        "service": "postgresql",
        "layout": "distribution",
        "names": ["db.example.com"],
        "key": server.data + "/server.key",
        "certificate": server.data + "/server.crt",
        "configuration": server.path,
        "owner": "postgres" if root else str(os.geteuid()),
        "group": "postgres" if root else str(os.getegid()),
        "port": server.port,
        "activate": ["runuser", "-u", "postgres", "--", *reload] if root else reload,
    }


def words_of(done):
    return " ".join(done.stdout.replace('"', " ").split())


def lets_in(server, mode):
    """Whether psql gets in over the network."""
    words = "host=127.0.0.1 port=%d user=postgres dbname=postgres sslmode=%s" % (server.port, mode)
    program = os.path.join(postgresql_server.PROGRAMS[-1], "psql")
    return subprocess.run([program, "-XtAc", "SELECT 1", words], capture_output=True, check=False).returncode == 0


def test_a_database_that_everybody_could_log_in_to_lets_in_by_tls_alone(database, tmp_path):
    entry, rules = pair_of_database(database), Path(database.data) / "pg_hba.conf"
    assert lets_in(database, "disable") and not lets_in(database, "require")
    before = rules.read_bytes()
    # The check fails where it would in a run, and writes nothing. Both announce who will be shut out, before the pair is written.
    checked = play(tmp_path, entry, "5.3.0", "--check")
    assert checked.returncode == 0 and rules.read_bytes() == before
    done = play(tmp_path, entry, "5.3.0")
    assert done.returncode == 0
    for run in (checked, done):
        announced = "clients without TLS come in by %s, line 2, and no longer do after this run" % rules
        assert announced in words_of(run).partition("TASK [msys.momentum.certificates : Deploy and renew keys")[0]
    assert rules.read_text() == "local all all trust\nhostssl all all 127.0.0.1/32 trust # office\n"
    assert lets_in(database, "require") and not lets_in(database, "disable")
    again = play(tmp_path, entry, "5.3.0")
    assert again.returncode == 0 and "changed=0" in again.stdout and "clients without TLS" not in again.stdout
    # One question about the files is enough where they are as requested.
    assert "skipping" in again.stdout.partition("Set the paths of certificates")[2].partition("TASK")[0]


@pytest.mark.long
def test_the_database_has_its_rules_back_where_the_proof_fails(database, tmp_path):
    entry = dict(pair_of_database(database), endpoints=[{"port": CLOSED, "protocol": "https"}])
    del entry["port"]
    before = (Path(database.data) / "pg_hba.conf").read_bytes()
    done = play(tmp_path, entry, "5.3.0")
    assert done.returncode != 0 and "The files are as before the run" in " ".join(done.stdout.split())
    assert (Path(database.data) / "pg_hba.conf").read_bytes() == before
    time.sleep(1)  # pg_ctl tells the server, and does not wait
    assert lets_in(database, "disable")


def test_rules_that_cannot_be_judged_are_refused_before_anything_is_written(database, tmp_path):
    rules = Path(database.data) / "pg_hba.conf"
    rules.write_text("local all all trust\nhostnossl all all 127.0.0.1/32 trust\n")
    for arguments in (["--check"], []):
        done = play(tmp_path, pair_of_database(database), "5.3.0", *arguments)
        assert done.returncode != 0 and "pg_hba.conf: line 2: hostnossl" in " ".join(done.stdout.split())
    assert not os.path.exists(database.data + "/server.crt")
    assert play(tmp_path, dict(pair_of_database(database), tls_required=False), "5.3.0").returncode == 0
    assert "hostnossl" in rules.read_text() and lets_in(database, "disable")


@pytest.mark.parametrize(("group", "requires"), [("momentum_standalone", True), ("momentum_cluster_managers", False)])
def test_rules_are_the_role_cluster_managers_on_a_manager_with_a_database_alone(database, tmp_path, group, requires):
    """A variable of the whole cluster must not open the database of a host that the role never reaches."""
    done = play(tmp_path, pair_of_database(database), "5.3.0", group=group, momentum_database=True)
    assert done.returncode == 0
    rules = (Path(database.data) / "pg_hba.conf").read_text()
    assert rules == "local all all trust\n%s all all 127.0.0.1/32 trust # office\n" % (
        "hostssl" if requires else "host"
    )
    assert lets_in(database, "require") and lets_in(database, "disable") is not requires


@pytest.fixture
def site(tmp_path):
    """The web UI's Apache as an installer of 3.2 leaves it, with a pair of its own; not started."""
    if not HTTPD or not all(os.path.exists("%s/mod_%s.so" % (MODULES, name)) for name in NEEDED):
        pytest.skip("Apache with mod_ssl is absent")
    tmp_path.chmod(0o755)
    plain, secure = free_ports(2)
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("web UI\n")
    lines = [
        "ServerRoot %s" % tmp_path,
        "ServerName localhost",
        "PidFile %s/pid" % tmp_path,
        "ErrorLog %s/log" % tmp_path,
    ]
    lines += ["LoadModule %s_module %s/mod_%s.so" % (name, MODULES, name) for name in NEEDED]
    lines += ["User nobody", "Group nogroup", "DirectoryIndex index.html", "DocumentRoot %s/www" % tmp_path]
    lines += ["Listen %d" % plain, "Listen %d" % secure, "<VirtualHost _default_:%d>" % secure, "SSLEngine on"]
    lines += [
        "SSLCertificateFile %s/server.crt" % tmp_path,
        "SSLCertificateKeyFile %s/server.key" % tmp_path,
        "</VirtualHost>",
        "",
    ]
    (tmp_path / "httpd.conf").write_text("\n".join(lines))
    subprocess.run(
        "openssl req -x509 -nodes -days 90 -newkey rsa:2048 -subj /CN=ui.example.com -addext subjectAltName=DNS:ui.example.com".split()
        + ["-keyout", str(tmp_path / "server.key"), "-out", str(tmp_path / "server.crt")],
        check=True,
        capture_output=True,
    )
    entry = {
        "service": "webui",
        "names": ["ui.example.com"],
        "key": str(tmp_path / "server.key"),
        "certificate": str(tmp_path / "server.crt"),
        "owner": str(os.geteuid()),
        "group": str(os.getegid()),
        "configuration": str(tmp_path / "httpd.conf"),
        "check": [HTTPD, "-t", "-f", "{file}"],
        "activate": [HTTPD, "-f", str(tmp_path / "httpd.conf"), "-k", "graceful"],
        "endpoints": [{"port": secure, "protocol": "https", "plain_ports": [plain, secure]}],
    }
    httpd(entry, "start")
    yield entry, plain
    httpd(entry, "stop")


def httpd(entry, what):
    subprocess.run([HTTPD, "-f", entry["configuration"], "-k", what], check=False, capture_output=True)
    time.sleep(1)


def listens(port):
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def test_the_web_ui_closes_its_port_without_tls(site, tmp_path):
    entry, plain = site
    assert listens(plain)
    assert play(tmp_path, entry, "3.6.24", "--check").returncode == 0 and listens(plain)
    assert play(tmp_path, entry, "3.6.24").returncode == 0
    assert not listens(plain)
    text = (tmp_path / "httpd.conf").read_text()
    assert "# TLS is required: Listen %d\n" % plain in text and "<VirtualHost *:" in text
    again = play(tmp_path, entry, "3.6.24")
    assert again.returncode == 0 and "changed=0" in again.stdout


def test_the_web_ui_has_its_file_back_where_something_still_answers_without_tls(site, tmp_path):
    entry, plain = site
    before = (tmp_path / "httpd.conf").read_bytes()
    other = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    with contextlib.closing(other.socket):
        entry["endpoints"][0]["plain_ports"].append(other.server_port)
        done = play(tmp_path, entry, "3.6.24")
        other.shutdown()
    assert done.returncode != 0 and "port %d answers without TLS" % other.server_port in " ".join(done.stdout.split())
    assert (tmp_path / "httpd.conf").read_bytes() == before
    time.sleep(1)
    assert listens(plain)


def test_a_file_that_apache_refuses_is_never_in_force(site, tmp_path):
    entry, plain = site
    with open(entry["configuration"], "a") as stream:
        stream.write("NoSuchDirective planted-word\n")
    before = (tmp_path / "httpd.conf").read_bytes()
    done = play(tmp_path, entry, "3.6.24")
    words = " ".join(done.stdout.split())
    assert done.returncode != 0 and "Invalid command 'NoSuchDirective'" in words and "planted-word" not in words
    assert (tmp_path / "httpd.conf").read_bytes() == before and listens(plain)
