# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests become parameters by the data of the role, and results what is to be activated."""

import sys
from base64 import encodebytes
from pathlib import Path

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the role runs on the controller, which has Python 3.10 or newer", allow_module_level=True)

import yaml

from plugins.module_utils.errors import MomentumError
from plugins.plugin_utils.certificates import services
from plugins.plugin_utils.certificates.layouts import SERVICES
from plugins.plugin_utils.certificates.services import ServiceError

ROOT = Path(__file__).resolve().parents[3]
SPECS = yaml.safe_load((ROOT / "roles/certificates/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
ENTRY = SPECS["options"]["momentum_certificates"]["options"]
DEFAULTS = {"prefix": "/opt/msys/ecelerity", "source": "authority", "days": 90, "renew_at": "1/3", "rekey": False}

CA = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


def plan(*entries, version="5.3.0.12345"):
    return services.plan(list(entries), version, DEFAULTS)


def test_the_role_describes_every_service_and_every_field_of_an_entry():
    assert set(ENTRY["service"]["choices"]) == set(SERVICES)
    assert set(ENTRY) == set(services.UNIT_FIELDS) | set(services.OWN_FIELDS)


@pytest.mark.parametrize(
    ("version", "key", "owner", "command"),
    [
        ("3.2", "/var/db/msyspg/server.key", "msyspg", ["/etc/init.d/msyspg", "restart"]),
        ("4.8.1", "/var/db/msyspg/server.key", "msyspg", ["/etc/init.d/msyspg", "restart"]),
        ("5.1.9", "/var/db/msyspg/server.key", "msyspg", ["/etc/init.d/msyspg", "restart"]),
        ("5.2", "/var/lib/pgsql/16/data/server.key", "postgres", ["systemctl", "reload", "postgresql-16"]),
        ("5.3.0.12345", "/var/lib/pgsql/16/data/server.key", "postgres", ["systemctl", "reload", "postgresql-16"]),
        ("10.0", "/var/lib/pgsql/16/data/server.key", "postgres", ["systemctl", "reload", "postgresql-16"]),
    ],
)
def test_postgresql_lies_where_the_version_has_it(version, key, owner, command):
    made = plan({"service": "postgresql"}, version=version)
    (unit,) = made["units"]
    assert (unit["key"], unit["owner"], unit["group"], unit["key_mode"]) == (key, owner, owner, "0600")
    assert made["activations"][0]["argv"] == command
    assert made["endpoints"] == [{"port": 5432, "protocol": "postgresql", "certificate": unit["certificate"]}]
    assert made["files"] == [
        {
            "path": str(Path(key).parent / "postgresql.conf"),
            "style": "postgresql",
            "settings": {"ssl": "on", "ssl_cert_file": unit["certificate"], "ssl_key_file": key},
            "activation": "none",
        }
    ]
    assert made["daemon"] is False


def requiring(*entries, version="5.3.0", required=True):
    return services.plan(list(entries), version, dict(DEFAULTS, tls_required=required))


@pytest.mark.parametrize(
    ("version", "file"), [("4.8", "/var/db/msyspg/pg_hba.conf"), ("5.3", "/var/lib/pgsql/16/data/pg_hba.conf")]
)
def test_where_tls_is_required_the_database_lets_nobody_in_without_it(version, file):
    made = requiring({"service": "postgresql"}, version=version)
    assert made["files"][1:] == [{"path": file, "style": "postgresql_access", "tls": "required"}]
    assert made["activations"][0]["files"][1] == file
    assert made["endpoints"][0]["plain_ports"] == [5432]
    assert requiring({"service": "postgresql", "port": 5433}, version=version)["endpoints"][0]["plain_ports"] == [5433]


def test_the_rules_are_beside_the_configuration_that_an_entry_names():
    assert (
        requiring({"service": "postgresql", "configuration": "/etc/p/postgresql.conf"})["files"][1]["path"]
        == "/etc/p/pg_hba.conf"
    )
    named = {"service": "postgresql", "configuration": "/etc/p/postgresql.conf", "access": "/etc/q/hba"}
    assert requiring(named)["files"][1]["path"] == "/etc/q/hba"
    assert requiring({"service": "postgresql", "configuration": ""})["files"] == []


@pytest.mark.parametrize(
    ("value", "word"), [(None, "required"), (True, "required"), ("no", "offered"), (False, "offered")]
)
def test_the_web_ui_closes_its_port_without_tls_unless_an_entry_says_otherwise(value, word):
    made = requiring({"service": "webui", "tls_required": value}, version="3.6.24")
    program, file = "/opt/msys/3rdParty/sbin/httpd", "/opt/msys/ecwebui/config/httpd.conf"
    assert made["files"] == [{"path": file, "style": "apache", "tls": word, "check": [program, "-t", "-f", "{file}"]}]
    assert made["activations"][0]["files"] == [file]
    assert made["endpoints"][0].get("plain_ports") == ([80, 443] if word == "required" else None)
    assert requiring({"service": "webui", "port": 8443}, version="3.6.24")["endpoints"][0]["plain_ports"] == [80, 8443]


def test_where_tls_is_not_required_only_what_lets_the_web_ui_start_is_written():
    assert requiring({"service": "webui"}, version="3.6.24", required=False)["files"][0]["tls"] == "offered"
    assert [file["style"] for file in requiring({"service": "postgresql"}, required=False)["files"]] == ["postgresql"]
    assert requiring({"service": "webui", "configuration": ""}, version="3.6.24")["files"] == []


def test_the_distribution_s_own_postgresql_is_another_layout():
    (unit,) = plan({"service": "postgresql", "layout": "distribution"})["units"]
    assert unit["key"] == "/var/lib/pgsql/data/server.key"


@pytest.mark.parametrize(
    ("service", "version"),
    [("webui", "4.0"), ("webui", "3.1"), ("ldap", "4.2.1"), ("postgresql", "3.1.9"), ("postgresql", ""), ("webui", "")],
)
def test_a_service_that_a_version_does_not_have_is_refused(service, version):
    with pytest.raises(ServiceError, match="no layout for"):
        plan({"service": service, "ca": CA}, version=version)


def test_smtp_and_outbound_need_no_version():
    made = plan({"service": "smtp"}, {"service": "outbound"}, version="")
    assert [unit["activation"] for unit in made["units"]] == ["reload", "reload"]
    assert made["daemon"] is True


def test_what_the_entry_says_wins_over_the_layout_and_that_over_the_defaults():
    entry = {
        "service": "outbound",
        "name": "out",
        "names": ["a.example.com"],
        "days": 47,
        "group": "mail",
        "owner": None,
    }
    (unit,) = plan(entry)["units"]
    assert unit == {
        "name": "out",
        "source": "authority",
        "key": "/opt/msys/ecelerity/etc/certs/outbound.key",
        "certificate": "/opt/msys/ecelerity/etc/certs/outbound.crt",
        "names": ["a.example.com"],
        "usages": ["client"],
        "days": 47,
        "renew_at": "1/3",
        "owner": "root",
        "group": "mail",
        "key_mode": "0640",
        "mode": "0640",
        "rekey": False,
        "activation": "reload",
    }


def test_scopes_that_name_a_pair_become_targets_of_tls():
    targets = [{"scope": ["ESMTP_Listener"]}, {"bindings": ["out-*"]}]
    made = plan({"service": "smtp", "key": "/a.key", "certificate": "/a.crt", "targets": targets})["targets"]
    assert made == [dict(target, certificate="/a.crt", key="/a.key") for target in targets]
    combined = {"service": "smtp", "key": "/a.key", "certificate": "/a.crt", "combined": "/a.pem", "targets": targets}
    assert {target["certificate"] for target in plan(combined)["targets"]} == {"/a.pem"}


def test_trust_in_a_directory_is_two_files_and_no_pair():
    made = plan({"service": "ldap", "ca": CA}, version="3.6.20")
    assert made["units"] == []
    assert made["endpoints"] == []
    bundle, conf = made["files"]
    assert bundle["content"] == CA
    assert conf["path"] == "/opt/msys/3rdParty/etc/openldap/ldap.conf"
    assert conf["settings"] == {"TLS_CACERT": bundle["path"], "TLS_REQCERT": "demand"}
    assert (bundle["mode"], conf["mode"]) == ("0644", "0644")
    assert (bundle["activation"], conf["activation"]) == ("restart", "restart")
    assert made["activations"][0]["level"] == "restart"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"service": "imap"}, "'imap' is no service"),
        ({}, "is no service"),
        ({"service": "smtp", "certificat": "/a"}, "certificat is not known"),
        ({"service": "custom", "name": "x", "key": "/a"}, "certificate x: certificate is missing"),
        ({"service": "ldap"}, "ca is missing"),
        ({"service": "ldap", "ca": "words"}, "certificate ldap: ca: it holds no certificate in PEM format"),
        ({"service": "ldap", "ca": CA[:30]}, "certificate ldap: ca: line 1: .* truncated"),
        ({"service": "ldap", "ca": CA + "<html>"}, "certificate ldap: ca: line 4: a page of HTML"),
        ({"service": "ldap", "ca": CA.replace("CERTIFICATE", "X509 CRL")}, "a block X509 CRL is not a certificate"),
        ({"service": "ldap", "ca": CA + CA.replace("CERTIFICATE", "PRIVATE KEY")}, "PRIVATE KEY is not a certificate"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_name_of_the_entry(entry, words):
    with pytest.raises(ServiceError, match=words):
        plan(entry, version="3.6.20")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (None, "momentum_certificates[1] is empty"),
        ({"service": "smtp", "targets": ["x"]}, "momentum_certificates[1].targets[0] is a text"),
        ({"service": "postgresql", "settings": []}, "momentum_certificates[1].settings is a list"),
        ({"service": "custom"}, "momentum_certificates[1]: certificate custom: key and certificate is missing"),
        ({"service": "nobody"}, "momentum_certificates[1]: certificate nobody: 'nobody' is no service"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_named_by_its_place(entry, words):
    with pytest.raises(MomentumError) as caught:
        services.plan([{"service": "smtp"}, entry], "5.3.0", DEFAULTS)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize("signed", [None, "x", [None], [{"host": "a", "unit": "smtp"}]])
def test_what_was_signed_is_named_by_its_place(signed):
    with pytest.raises(MomentumError, match="momentum_certificates_signed"):
        services.handed_back([], signed, "a")


def test_another_port_is_proven_there():
    assert plan({"service": "smtp", "port": 2525})["endpoints"][0]["port"] == 2525
    assert plan({"service": "smtp", "endpoints": []})["endpoints"] == []


TWO = ({"service": "smtp"}, {"service": "postgresql"}, {"service": "outbound"})
FRESH = {"smtp": "kept", "postgresql": "kept", "outbound": "kept"}


def found(made, **states):
    """What certificate returns."""
    return {
        "units": [
            {"name": unit["name"], "state": states.get(unit["name"], "kept"), "files": [], "request": ""}
            for unit in made["units"]
        ]
    }


def wire(made, stale=(), missing=()):
    """What certificate_served returns."""
    return {
        "endpoints": [
            {
                "certificate": one["certificate"],
                "ok": one["port"] not in stale and one["port"] not in missing,
                "deployed": "" if one["port"] in missing else "aa",
            }
            for one in made["endpoints"]
        ]
    }


def due(made, kept=(), edited=None, served=None):
    return services.activate(made, list(kept), edited or {}, served if served is not None else wire(made))


def commands(result):
    return [one["argv"] for one in result["activations"] if one["argv"]]


def level(result):
    return [one["level"] for one in result["activations"] if one["name"] == "daemon"]


def test_nothing_is_activated_where_all_is_kept_and_served():
    made = plan(*TWO)
    assert due(made, [found(made)])["activations"] == []


def test_an_activation_says_what_runs_why_and_how_it_is_undone():
    made = plan(*TWO)
    directory, certs = "/var/lib/pgsql/16/data/", "/opt/msys/ecelerity/etc/certs/"
    reload = ["systemctl", "reload", "postgresql-16"]
    files = [directory + "server.crt", directory + "postgresql.conf"]
    assert due(made, [found(made, smtp="renewed", postgresql="renewed")])["activations"] == [
        {"name": "postgresql", "files": files, "level": "none", "argv": reload, "undo": reload},
        {"name": "daemon", "files": [certs + "server.crt"], "level": "reload", "argv": [], "undo": []},
    ]


def test_a_command_of_two_services_runs_once():
    made = plan({"service": "postgresql"}, {"service": "postgresql", "name": "b", "key": "/b.key", "certificate": "/b"})
    assert len(commands(due(made, [found(made, postgresql="renewed", b="renewed")]))) == 1


@pytest.mark.parametrize("state", ["created", "renewed", "replaced"])
def test_a_written_pair_is_activated_and_all_endpoints_are_proven(state):
    made = plan(*TWO)
    first = due(made, [found(made, postgresql=state)])
    assert (commands(first), level(first)) == ([["systemctl", "reload", "postgresql-16"]], [])
    second = due(made, [found(made, outbound=state), {}])
    assert (commands(second), level(second), second["names"]) == ([], ["reload"], ["outbound"])
    assert first["endpoints"] == made["endpoints"]


def test_the_results_of_both_runs_count():
    made = plan(*TWO)
    assert due(made, [found(made, smtp="renewed"), found(made, postgresql="created")])["names"] == [
        "smtp",
        "postgresql",
    ]


def test_a_service_that_serves_something_else_is_told_again():
    made = plan(*TWO)
    assert due(made, [found(made)], served=wire(made, stale=[5432]))["names"] == ["postgresql"]
    assert level(due(made, [found(made)], served=wire(made, stale=[25]))) == ["reload"]


def test_a_certificate_that_is_still_being_signed_is_neither_activated_nor_proven():
    made = plan(*TWO)
    result = due(made, [found(made, postgresql="requested")], served=wire(made, missing=[5432]))
    assert result["names"] == []
    assert [one["port"] for one in result["endpoints"]] == [25]


def test_a_changed_file_of_settings_activates_its_service():
    made = plan({"service": "ldap", "ca": CA}, {"service": "smtp"}, version="3.6.20")
    assert level(due(made, [found(made)], {"files": ["/opt/msys/3rdParty/etc/openldap/ldap.conf"]})) == ["restart"]


def test_requests_of_all_hosts_are_gathered_and_handed_back_to_whom_they_belong():
    results = {
        "a": {
            "units": [
                {"name": "x", "state": "requested", "request": "A"},
                {"name": "y", "state": "kept", "request": ""},
            ]
        },
        "b": {"units": [{"name": "x", "state": "requested", "request": "B"}]},
        "c": {},
        "d": None,
    }
    requests = services.requested(results)
    assert [(one["host"], one["unit"], one["request"]) for one in requests] == [("a", "x", "A"), ("b", "x", "B")]
    signed = [{"host": one["host"], "unit": one["unit"], "signed": one["request"].lower()} for one in requests]
    assert services.handed_back([{"name": "x"}, {"name": "y"}], signed, "a") == [{"name": "x", "signed": "a"}]
    with pytest.raises(ServiceError, match="x, which b does not have"):
        services.handed_back([{"name": "y"}], signed, "b")


def test_every_layout_has_a_key_that_others_cannot_read_and_a_proof_or_a_reason():
    for name, layouts in SERVICES.items():
        for layout in layouts:
            if "key" in layout:
                assert layout["key_mode"] in ("0600", "0640"), name
                assert layout.get("endpoints") or name == "outbound", name
                assert layout.get("activate") or layout.get("daemon"), name


def test_the_guide_names_the_paths_owners_and_commands_of_every_layout():
    guide = (ROOT / "docs/certificate-services.md").read_text()
    rows = [line for line in guide.splitlines() if line.startswith("| `")]
    for name, layouts in SERVICES.items():
        mine = "\n".join(row for row in rows if row.startswith("| `%s`" % name))
        assert mine, name
        for layout in layouts:
            words = [layout.get("configuration"), layout.get("owner")] if name == "ldap" else [layout.get("owner")]
            if "key" in layout:
                words.append(layout["key"].replace("{prefix}", "/opt/msys/ecelerity").replace(".key", ".{key,crt}"))
            words += layout.get("activate", [])[:1] if name != "ecconfigd" else ["/etc/init.d/ecconfigd"]
            words += ["port %d" % endpoint["port"] for endpoint in layout.get("endpoints", [])]
            for word in filter(None, words):
                assert word.rpartition("/3rdParty/sbin/")[2] in mine, (name, word)


def test_authorities_are_written_as_every_program_reads_them():
    """As they are given where that is so already, comments and all."""
    for given, written in (
        ("# ours\n" + CA, "# ours\n" + CA),
        (CA.rstrip() + CA, CA + CA),
        ("\ufeff" + CA.rstrip(), CA),
    ):
        assert plan({"service": "ldap", "ca": given}, version="3.6.20")["files"][0]["content"] == written


def test_authorities_that_have_expired_are_told():
    old = der(0x30, der(0x30, b"\x02\x01\x05" + der(0x30) + der(0x30) + der(0x30, der(0x17, b"150101000000Z") * 2)))
    text = CA + "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % encodebytes(old).decode()
    assert services.lapsed([{"service": "smtp"}, {"service": "ldap", "ca": CA}], "2026-01-01T00:00:00Z") == []
    (words,) = services.lapsed([{"service": "ldap", "ca": text}], "2026-01-01T00:00:00Z")
    assert words.startswith("certificate ldap: ca: 1 of 2 certificates have expired (the last on 2015-01-01)")
    assert "momentum_certificates" in words


def der(tag, content=b""):
    return bytes([tag, len(content)]) + content


def test_the_files_that_a_run_writes_are_those_that_check_mode_may_miss():
    made = plan({"service": "smtp", "chain": "/c/chain.pem"}, {"service": "ldap", "ca": CA}, version="3.6.20")
    etc = "/opt/msys/ecelerity/etc/certs/"
    ldap = "/opt/msys/3rdParty/etc/openldap/momentum-ca.pem"
    assert made["paths"] == [etc + "server.key", etc + "server.crt", "/c/chain.pem", ldap]
    elsewhere = {"service": "smtp", "source": "external"}
    assert plan(elsewhere)["paths"] == []
    signed = services.plan([elsewhere], "5.3", dict(DEFAULTS, sign_with="sign.yml"))
    assert signed["paths"] == [etc + "server.key", etc + "server.crt"]
    assert "sign_with" not in signed["units"][0]


OWN = {"key": "/etc/x/a.key", "certificate": "/etc/x/a.crt"}


@pytest.mark.parametrize(
    "entry",
    [
        {"service": "smtp"},
        {"service": "outbound", "daemon": "restart"},
        dict(OWN, service="custom", name="api", daemon="reload"),
        {"service": "smtp", "source": "provided"},
    ],
)
def test_what_the_daemon_alone_loads_is_for_the_node_s_one_task(entry):
    made = services.plan([entry], "", DEFAULTS, of_daemon=True)
    assert [unit["name"] for unit in made["units"]] == [entry.get("name") or entry["service"]]


@pytest.mark.parametrize(
    "entry",
    [
        {"service": "postgresql"},
        {"service": "webui"},
        {"service": "ecconfigd"},
        {"service": "ldap", "ca": CA},
        dict(OWN, service="custom", name="web", activate=["systemctl", "reload", "web"]),
        dict(OWN, service="custom", name="both", daemon="reload", activate=["systemctl", "reload", "web"]),
        # Nobody signs it within the run, so that no scope can name it.
        {"service": "smtp", "source": "external", "targets": [{"scope": ["ESMTP_Listener"]}]},
    ],
)
def test_what_another_service_loads_too_is_not_and_no_version_is_needed_to_know(entry):
    made = services.plan([entry], "", DEFAULTS, of_daemon=True)
    assert (made["units"], made["targets"], made["files"], made["paths"]) == ([], [], [], [])


def test_what_is_signed_elsewhere_within_the_run_is_for_the_node_s_task():
    entry = {"service": "smtp", "source": "external", "targets": [{"scope": ["ESMTP_Listener"]}]}
    made = services.plan([entry], "", dict(DEFAULTS, sign_with="sign.yml"), of_daemon=True)
    assert [unit["source"] for unit in made["units"]] == ["external"]
    assert made["targets"][0]["certificate"] in made["paths"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"scop": ["a"]}, r"momentum_certificates\[1\]: targets\[1\]: scop is not known; there is .*scope"),
        ({"scope": ["a"], "bindings": ["b"]}, r"momentum_certificates\[1\]: targets\[1\] has both scope and bindings"),
        ({"domain": "example.com"}, r"targets\[1\].domain needs bindings"),
        ({"verify": "planted"}, r"targets\[1\].verify must be one of no, ca, host, optional, ''$"),
        ({"allow": ["planted"]}, r"targets\[1\].allow must be one of plaintext_downgrade"),
    ],
)
@pytest.mark.parametrize("of_daemon", [True, False])
def test_a_wrong_target_is_named_by_the_variable_and_not_by_an_option_of_a_module(target, words, of_daemon):
    right = {"scope": ["ESMTP_Listener"], "verify": False, "tls": "required"}
    entries = [{"service": "smtp"}, {"service": "smtp", "name": "x", "targets": [right, target]}]
    with pytest.raises(ServiceError, match=words) as caught:
        services.plan(entries, "5.3", DEFAULTS, of_daemon)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("entry", [{"service": "smpt"}, {"service": "postgresql", "renew": "1/3"}])
def test_an_unknown_word_is_refused_in_any_entry(entry):
    with pytest.raises(ServiceError, match="smpt|renew"):
        services.plan([{"service": "smtp"}, entry], "", DEFAULTS, of_daemon=True)


@pytest.mark.parametrize(
    ("rekey", "meant"), [("false", False), ("no", False), ("true", True), (True, True), ("", False)]
)
def test_a_boolean_in_quotes_is_what_it_says(rekey, meant):
    """`-e momentum_certificates_rekey=false` is the text "false"."""
    (unit,) = services.plan([{"service": "smtp"}], "5.3", dict(DEFAULTS, rekey=rekey))["units"]
    (own,) = services.plan([{"service": "smtp", "rekey": rekey}], "5.3", DEFAULTS)["units"]
    assert unit["rekey"] is own["rekey"] is meant


def test_the_daemon_s_own_pairs_are_readable_for_its_group():
    """As the manifest of permissions has them, which would otherwise change them again."""
    units = services.plan([{"service": "smtp"}, {"service": "outbound"}], "5.3", dict(DEFAULTS, group="mta"))["units"]
    assert [unit["group"] for unit in units] == ["mta", "mta"]
    (elsewhere,) = services.plan([{"service": "postgresql"}], "5.3", dict(DEFAULTS, group="mta"))["units"]
    assert elsewhere["group"] == "postgres"


def test_a_command_that_is_a_text_is_refused():
    with pytest.raises(ServiceError, match="web: activate is a text"):
        plan(dict(OWN, service="custom", name="web", activate="systemctl reload web"))
