# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates on real servers: what they serve, who can reach them, what a rotation does. The tests build upon each other."""

import os
from pathlib import Path
from typing import Any, Dict

import plays
import pytest
import testinfra
import wire

ROTATE = "msys.momentum.rotate_certificates"
SERVED, CERTIFICATE, COMMAND = (
    "msys.momentum.certificate_served",
    "msys.momentum.certificate",
    "ansible.builtin.command",
)
# Version, files, pairs, options of TLS, the wire, the daemon.
BUDGET = 6
ASIDE = {
    "service": "custom",
    "name": "aside",
    "source": "self_signed",
    "key": "/root/aside.key",
    "certificate": "/root/aside.crt",
    "names": ["aside.example.com"],
    "endpoints": [],
}


def node(name: str) -> Any:
    """A node of the scenario, reached by the container engine."""
    names = [os.environ[key] for key in ("CONTAINER_ENGINE", "MOMENTUM_TEST_NAME", "MOLECULE_SCENARIO_NAME")]
    return testinfra.get_host("%s://%s-%s-%s" % (*names, name))


@pytest.fixture(scope="module")
def nodes() -> Dict[str, Any]:
    return {name: node(name) for name in wire.SERVICES}


def fingerprints(nodes: Dict[str, Any]) -> Dict[Any, str]:
    return {(host, name): wire.deployed(nodes[host], wire.SERVICES[host][name]) for host, name in wire.ALL}


@pytest.mark.parametrize(("name", "service"), wire.ALL)
def test_what_is_served_is_what_is_deployed(name: str, service: str, nodes: Dict[str, Any]) -> None:
    one = wire.SERVICES[name][service]
    assert wire.fits(nodes[name], one)
    assert wire.mode(nodes[name], one.key) == one.owner + " " + one.mode
    assert wire.mode(nodes[name], one.certificate) == one.owner + " " + one.public_mode
    if one.connect:
        assert wire.served(nodes[name], one) == wire.deployed(nodes[name], one)


def test_a_pair_of_create_ssl_cert_is_kept_as_long_as_it_is_fresh(nodes: Dict[str, Any]) -> None:
    adopted = wire.SERVICES["mta2"]["ecconfigd"]._replace(certificate="/root/adopted.crt")
    assert wire.deployed(nodes["mta2"], adopted) == wire.deployed(nodes["mta2"], wire.SERVICES["mta2"]["ecconfigd"])


@pytest.mark.parametrize(("name", "user"), [("mta1", "postgres"), ("mta2", "msyspg")])
def test_psql_verifies_the_server_and_its_name(name: str, user: str, nodes: Dict[str, Any]) -> None:
    command = (
        'psql "host=%s.example.com hostaddr=127.0.0.1 user=%s dbname=postgres sslmode=verify-full sslrootcert=%s" '
        '-tAc "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"'
    )
    assert nodes[name].check_output(command % (name, user, wire.BUNDLE)) == "t"
    other = nodes[name].run(command % ("other", user, wire.BUNDLE))
    assert other.rc != 0 and "does not match host name" in other.stderr
    untrusted = nodes[name].run(command % (name, user, "/etc/ssl/certs/ssl-cert-snakeoil.pem"))
    assert untrusted.rc != 0 and "certificate verify failed" in untrusted.stderr


def test_curl_verifies_the_web_ui(nodes: Dict[str, Any]) -> None:
    command = "curl --silent --show-error --resolve *:443:127.0.0.1 %s https://%s.example.com/"
    assert "web UI" in nodes["mta2"].check_output(command % ("--cacert " + wire.BUNDLE, "mta2"))
    assert nodes["mta2"].run(command % ("--cacert " + wire.BUNDLE, "other")).rc == 60
    assert nodes["mta2"].run(command % ("", "mta2")).rc == 60


@pytest.mark.parametrize(
    ("name", "user", "file"),
    [("mta1", "postgres", "/etc/postgresql/15/main/pg_hba.conf"), ("mta2", "msyspg", "/var/db/msyspg/pg_hba.conf")],
)
def test_nobody_logs_in_to_the_database_over_the_network_without_tls(
    name: str, user: str, file: str, nodes: Dict[str, Any]
) -> None:
    command = 'psql "host=127.0.0.1 user=%s dbname=postgres sslmode=%s" -tAc "SELECT 1"'
    assert nodes[name].check_output(command % (user, "require")) == "1"
    refused = nodes[name].run(command % (user, "disable"))
    assert refused.rc != 0 and "no pg_hba.conf entry" in refused.stderr
    assert nodes[name].file(file).content_string.split("\n")[:1] == ["hostssl all all 127.0.0.1/32 trust"]


def test_the_web_ui_refuses_plain_http(nodes: Dict[str, Any]) -> None:
    assert nodes["mta2"].run("curl --silent http://127.0.0.1/").rc == 7  # nobody listens
    text = nodes["mta2"].file("/opt/msys/ecwebui/config/httpd.conf").content_string
    assert "\n# TLS is required: Listen 80\n" in text and "<VirtualHost *:443>" in text


def test_a_web_ui_that_cannot_be_proven_to_refuse_plain_http_has_its_file_back(nodes: Dict[str, Any]) -> None:
    host, file = nodes["mta2"], "/opt/msys/ecwebui/config/httpd.conf"
    host.check_output("echo Listen 8080 >> %s; /opt/msys/3rdParty/sbin/httpd -f %s -k graceful; sleep 1" % (file, file))
    host.check_output(
        "mkdir -p /root/other; systemd-run --unit other /usr/bin/python3 -m http.server 80 --directory /root/other; sleep 1"
    )
    before = host.check_output("sha256sum %s" % file)
    run = plays.play(book=ROTATE, momentum_rotate_hosts="mta2", momentum_certificates_timeout=2)
    assert run.code != 0
    failed = [entry for entry in run.failed() if entry.action == SERVED][0]
    assert "port 80 answers without TLS" in str(failed.result["msg"])
    assert host.check_output("sha256sum %s" % file) == before
    host.check_output("curl --silent --fail http://127.0.0.1:8080/")
    host.check_output("systemctl stop other")
    assert plays.play(book=ROTATE, momentum_rotate_hosts="mta2").code == 0
    assert host.run("curl --silent http://127.0.0.1:8080/").rc == 7


def test_ldapsearch_as_the_daemon_s_user_verifies_the_directory_with_the_managed_file(nodes: Dict[str, Any]) -> None:
    managed = "/opt/msys/3rdParty/etc/openldap/ldap.conf"
    text = nodes["mta2"].file(managed).content_string
    assert "TLS_REQCERT demand" in text and "never" not in text and "BASE dc=example,dc=com" in text
    search = "runuser -u ecuser -- env LDAPCONF=%s ldapsearch -x -LLL -H ldaps://%s -b '' -s base"
    assert "dn:" in nodes["mta2"].check_output(search % (managed, "directory.example.com"))
    # The server's name is not in its certificate, and without the file nobody is trusted.
    assert nodes["mta2"].run(search % (managed, "localhost")).rc == 255
    assert nodes["mta2"].run(search % ("/dev/null", "directory.example.com")).rc == 255


def test_a_second_run_changes_nothing_and_tells_nobody(
    nodes: Dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = fingerprints(nodes)
    run = plays.play(book=ROTATE, momentum_serial=2)
    reached = [entry for entry in run.reached() if entry.status != "skipped"]
    with capsys.disabled():
        for name in nodes:
            print("\n%s: reached by %s" % (name, ", ".join(one.action for one in reached if one.host == name)))
    assert run.code == 0
    assert run.changed() == []
    assert all(len([one for one in reached if one.host == name]) <= BUDGET for name in nodes)
    assert fingerprints(nodes) == before


def test_check_mode_renews_nothing_and_says_what_would_be(nodes: Dict[str, Any]) -> None:
    before = fingerprints(nodes)
    run = plays.play(book=ROTATE, check=True, momentum_serial=2, momentum_certificates_rekey=True)
    assert run.code == 0
    states = [
        unit["state"] for entry in run.entries if entry.action == CERTIFICATE for unit in entry.result.get("units", ())
    ]
    assert len(states) == len(wire.ALL)
    assert set(states) <= {"renewed", "requested"}
    assert fingerprints(nodes) == before


def test_a_forced_rotation_renews_every_pair_and_every_server_takes_it_over(nodes: Dict[str, Any]) -> None:
    before = fingerprints(nodes)
    postmaster = nodes["mta1"].check_output("head -1 /var/lib/postgresql/15/main/postmaster.pid")
    apache = nodes["mta2"].check_output("cat /run/ecwebui.pid")
    run = plays.play(book=ROTATE, momentum_serial=2, momentum_certificates_rekey=True)
    assert run.code == 0
    after = fingerprints(nodes)
    assert [pair for pair in before if before[pair] == after[pair]] == []
    for name, service in wire.ALL:
        one = wire.SERVICES[name][service]
        assert wire.fits(nodes[name], one)
        assert not one.connect or wire.served(nodes[name], one) == after[name, service]
    # Reloaded, not restarted.
    assert nodes["mta1"].check_output("head -1 /var/lib/postgresql/15/main/postmaster.pid") == postmaster
    assert nodes["mta2"].check_output("cat /run/ecwebui.pid") == apache


def test_a_reload_that_an_earlier_run_lost_is_made_up_for(nodes: Dict[str, Any]) -> None:
    webui = wire.SERVICES["mta2"]["webui"]
    for suffix in ("key", "crt"):
        nodes["mta2"].check_output("cp -p /opt/msys/ecwebui/config/site/server.%s /root/kept.%s" % (suffix, suffix))
    nodes["mta2"].check_output(
        "openssl req -x509 -nodes -days 90 -newkey rsa:2048 -subj /CN=x -addext subjectAltName=DNS:mta2.example.com "
        "-keyout /root/other.key -out /root/other.crt"
    )
    # The server gets another pair and then none: the files are the old ones again.
    for suffix in ("key", "crt"):
        nodes["mta2"].check_output("cat /root/other.%s > /opt/msys/ecwebui/config/site/server.%s" % (suffix, suffix))
    nodes["mta2"].check_output(
        "/opt/msys/3rdParty/sbin/httpd -f /opt/msys/ecwebui/config/httpd.conf -k graceful; sleep 1"
    )
    for suffix in ("key", "crt"):
        nodes["mta2"].check_output("cat /root/kept.%s > /opt/msys/ecwebui/config/site/server.%s" % (suffix, suffix))
    assert wire.served(nodes["mta2"], webui) != wire.deployed(nodes["mta2"], webui)
    run = plays.play(book=ROTATE, momentum_rotate_hosts="mta2")
    assert run.code == 0
    assert [entry.task for entry in run.entries if entry.action == CERTIFICATE and entry.changed] == []
    assert [entry for entry in run.entries if entry.action == COMMAND and entry.changed] != []
    assert wire.served(nodes["mta2"], webui) == wire.deployed(nodes["mta2"], webui)


def test_a_pair_of_create_ssl_cert_that_is_due_is_renewed_in_place_with_its_names(nodes: Dict[str, Any]) -> None:
    host, one = nodes["mta2"], wire.SERVICES["mta2"]["ecconfigd"]
    described = "openssl x509 -noout -subject -issuer -in %s"
    adopted = host.check_output(described % "/root/adopted.crt")
    # The forced rotation renewed it in place; now it is the vendor's again, made 250 days ago for a year.
    assert host.check_output(described % one.certificate) == adopted
    host.check_output("rm %s %s" % (one.key, one.certificate))
    host.check_output("faketime -f -250d /opt/msys/ecelerity/bin/create_ssl_cert ecconfigd mta2 /var/ecconfigd/apache")
    before = wire.deployed(host, one)
    assert plays.play(book=ROTATE, momentum_rotate_hosts="mta2").code == 0
    assert wire.deployed(host, one) != before
    assert wire.served(host, one) == wire.deployed(host, one)
    assert host.check_output(described % one.certificate) == adopted
    assert wire.fits(host, one)
    assert "2048 bit" in host.check_output("openssl pkey -noout -text -in %s" % one.key)


def test_a_node_that_cannot_prove_its_certificates_has_the_old_ones_back_and_ends_the_run(
    nodes: Dict[str, Any],
) -> None:
    smtp = {"service": "smtp", "names": ["mta1.example.com"], "targets": [{"scope": ["ESMTP_Listener"]}]}
    nodes["mta1"].check_output(
        "openssl req -x509 -nodes -days 90 -newkey rsa:2048 -subj /CN=aside.example.com -keyout /root/aside.key -out /root/aside.crt"
    )
    aside, mail = wire.Service("/root/aside.crt", "root", ""), wire.SERVICES["mta1"]["smtp"]
    before = fingerprints(nodes)
    kept = {
        path: nodes["mta1"].check_output("sha256sum %s" % path) for path in (aside.key, aside.certificate, mail.key)
    }
    # PostgreSQL serves its own certificate there, whatever lies in /root/aside.crt.
    wrong = dict(ASIDE, rekey=True, endpoints=[{"port": 5432, "protocol": "postgresql"}])
    run = plays.play(
        book=ROTATE, momentum_certificates=[dict(smtp, rekey=True), wrong], momentum_certificates_timeout=2
    )
    assert run.code != 0
    failed = [entry for entry in run.failed() if entry.action == SERVED]
    assert [entry.host for entry in failed] == ["mta1"]
    endpoint = [one for one in failed[0].result["endpoints"] if not one["ok"]][0]
    message = str(failed[0].result["msg"])
    for words in (
        "127.0.0.1:5432 (postgresql)",
        endpoint["served"],
        endpoint["deployed"],
        "reload or restart the service",
    ):
        assert words in message
    assert endpoint["served"] != endpoint["deployed"] != ""
    assert "mta2" not in {entry.host for entry in run.entries}
    assert {path: nodes["mta1"].check_output("sha256sum %s" % path) for path in kept} == kept
    assert fingerprints(nodes) == before
    assert wire.served(nodes["mta1"], mail) == before["mta1", "smtp"]
    last = [entry for entry in run.failed() if entry.action == "ansible.builtin.fail"][0]
    assert "The files are as before the run" in str(last.result["msg"])


def test_requests_of_a_whole_batch_are_signed_by_a_task_file_of_the_user(nodes: Dict[str, Any], tmp_path: Path) -> None:
    requested = dict(ASIDE, name="outside", source="external", key="/root/outside.key", certificate="/root/outside.crt")
    requested["names"] = ["outside.example.com"]
    signing = Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"]) / "files" / "sign.yml"
    options = {
        "book": ROTATE,
        "momentum_serial": 2,
        "momentum_certificates": [requested],
        "momentum_certificates_sign_with": str(signing),
        "signing_directory": str(tmp_path),
    }
    run = plays.play(**options)
    assert run.code == 0
    assert len([entry for entry in run.entries if entry.task.endswith("Make a throw-away authority")]) == 1
    for host in nodes.values():
        assert wire.fits(host, wire.Service("/root/outside.crt", "root", ""))
        assert "Elsewhere" in host.check_output("openssl x509 -noout -issuer -in /root/outside.crt")
        assert "outside.example.com" in host.check_output(
            "openssl x509 -noout -ext subjectAltName -in /root/outside.crt"
        )
    assert plays.play(**options).changed() == []
