# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each rule finds what is open, passes what is closed, keeps silent where a version has no such thing, and says where it cannot tell."""

import ipaddress
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.catalog import catalog
from plugins.module_utils.config.current import CurrentConfiguration
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.exposure import current, judge, networks, rules
from plugins.module_utils.exposure.subject import Proxy

MAIN = "/c/ecelerity.conf"
ROOT = Path(__file__).resolve().parents[3]
SMTP = 'ESMTP_Listener { %s\nListen ":25" { %s } }'
PROXY_FILE = "/opt/msys/3rdParty/nginx/conf.d/web_proxy.conf"


def configuration(text, **files):
    contents = {MAIN: text.encode()}
    contents.update(("/c/%s.conf" % name, content.encode()) for name, content in files.items())
    return CurrentConfiguration(load(MAIN, ["/c"], nodename="n", reader=OverlayReader(contents)))


def findings(text, version="5.3.0", proxies=(), **files):
    return judge.findings(configuration(text, **files), version, proxies)


def names(text, version="5.3.0", **files):
    return [one.name for one in findings(text, version, **files)]


def one(name, text, version="5.3.0"):
    found = [each for each in findings(text, version) if each.name == name]
    assert len(found) == 1, found
    return found[0]


FOUND = [
    ("open_relay", SMTP % ("Open_Relay = true", "")),
    ("open_relay", SMTP % ("", 'Peer "0.0.0.0/0" { Open_Relay = true }')),
    ("open_relay", SMTP % ("", 'Peer "0.0.0.0/1" { Open_Relay = true } Peer "128.0.0.0/1" { Open_Relay = yes }')),
    ("open_relay", SMTP % ('Peer "::/0" { Open_Relay = true }', "")),
    ("open_relay", 'Pathway "p" { Open_Relay = true }\nESMTP_Listener { Pathway = "p"\nListen "*:25" { } }'),
    (
        "open_relay",
        'Pathway_Group "g" { Pathway "p" { Open_Relay = true } }\nESMTP_Listener { Listen ":25" { Pathway = "g::p" } }',
    ),
    ("open_relay", "ESMTP_Listener { Open_Relay = true }"),
    ("relay_hosts_world", 'Relay_Hosts = ("0.0.0.0/0")\n' + SMTP % ("", "")),
    ("relay_hosts_world", SMTP % ('Relay_Hosts = ("10.0.0.0/8" "::/0")', "")),
    ("relay_hosts_world", SMTP % ("", 'Relay_Hosts = ("0.0.0.0/1" "128.0.0.0/2" "192.0.0.0/3")')),
    ("relay_hosts_world", SMTP % ("", 'Relay_Hosts = ("2000::/4" "3000::/4")')),
    ("relay_hosts_world", SMTP % ('Peer "0.0.0.0/2" { Open_Relay = true }', 'Relay_Hosts = ("64.0.0.0/2")')),
    ("smtp_always_allow", SMTP % ("", "Always_Allow = true")),
    ("xclient_for_everybody", SMTP % ('SMTP_Extensions = ("XCLIENT")', "")),
    ("xremoteip_for_everybody", SMTP % ("SMTP_Extensions = (xremoteip)", "")),
    ("xsetcontext_for_everybody", SMTP % ("", 'SMTP_Extensions = ("STARTTLS" "XSETCONTEXT")')),
    ("xdumpcontext_for_everybody", SMTP % ("", 'SMTP_Extensions = ("XDUMPCONTEXT")')),
    ("starttls_injection", SMTP % ('Starttls_Injection_Policy = "allow"', "")),
    ("outbound_without_tls", SMTP % ("", "")),
    ("outbound_without_tls", 'TLS = "no"\n' + SMTP % ("", "")),
    ("outbound_without_tls", 'TLS = ifavailable\nBinding "b" { Domain "d.test" {\nTLS = "no" } }'),
    ("outbound_without_tls", 'TLS = "off"\n' + SMTP % ("", "")),
    ("http_without_tls", 'HTTP_Listener { Listen ":2081" { } }'),
    ("http_without_tls", 'HTTP_Listener { Listen "192.0.2.1:2081" { Use_SSL = false } }'),
    ("http_without_authentication", 'HTTP_Listener { Use_SSL = true\nListen ":2081" { } }'),
    ("http_without_authentication", "HTTP_Listener { Enable_Authentication = true\nAlways_Allow = true }"),
    (
        "http_without_authentication",
        'HTTP_Listener { Enable_Authentication = true\nPeer "0.0.0.0/0" { Always_Allow = true } }',
    ),
    ("ecstream_beyond_host", 'ECStream_Listener { Listen ":1825" { } }'),
    ("console_beyond_host", 'Control_Listener { Listen "*:2025" { } }'),
    ("console_beyond_host", 'Control_Listener { Enable_Authentication = true\nListen "192.0.2.1:2025" { } }'),
    ("console_for_every_account", 'Control_Listener { Listen "/tmp/2025" { File_Mode = 0666 } }'),
    ("snmp_community_public", 'SNMP { Address = *:8162\nCommunity = "Public" }'),
    ("snmp_community_public", 'SNMP { State = enabled\nAddress = "192.0.2.1:161" }'),
    ("amqp_without_tls", 'event_hose "momentum_metrics" { host = "192.0.2.9" }'),
    ("amqp_without_tls", 'event_hose "momentum_metrics" {\nhost = "mq.example"\nuse_tls = 0\n}'),
    ("printed_password", 'Datasource "ecdb" { uri = ("pgsql:host=db;user=ecuser;password=admin") }'),
    ("printed_password", 'Domain "m.test" { Outbound_SMTP_AUTH_Pass = "sparkpost" }'),
    ("printed_password", 'http_basic_auth = "admin:secret"'),
]
CLOSED = [
    (
        "open_relay",
        'Open_Relay = false\nESMTP_Listener { Open_Relay = true\nListen "127.0.0.1:25" { } Listen "[::1]:25" { } Listen "/run/s" { } }',
    ),
    ("open_relay", SMTP % ("Open_Relay = true", "Open_Relay = false")),
    ("open_relay", SMTP % ("Open_Relay = true\nEnable = false", "")),
    ("open_relay", SMTP % ('Peer "0.0.0.0/0" { Open_Relay = true }', 'Peer "0.0.0.0/0" { Open_Relay = false }')),
    ("open_relay", SMTP % ("", 'Peer "10.0.0.0/8" { Open_Relay = true } Peer "192.168.0.0/16" { Open_Relay = true }')),
    ("open_relay", SMTP % ("", 'Peer "0.0.0.0/0" { Open_Relay = true } Peer "0.0.0.0/1" { } Peer "128.0.0.0/1" { }')),
    (
        "open_relay",
        'Pathway_Group "g" { Open_Relay = true\nPathway "p" { } }\nESMTP_Listener { Listen ":25" { Pathway = "g::p" } }',
    ),
    ("relay_hosts_world", SMTP % ('Relay_Hosts = ("127.0.0.0/8" "10.10.10.0/24" "fd82:7796:815b:af9d::")', "")),
    ("relay_hosts_world", 'Relay_Hosts = ("0.0.0.0/0")\n' + SMTP % ('Relay_Hosts = ("127.0.0.1")', "")),
    ("relay_hosts_world", SMTP % ('Relay_Hosts = ("10.0.0.0/8" "172.16.0.0/12" "192.168.0.0/16" "fc00::/7")', "")),
    ("smtp_always_allow", SMTP % ("Always_Allow = true\nAlways_Deny = true", "")),
    (
        "xclient_for_everybody",
        SMTP % ('Peer "192.0.2.0/24" { SMTP_Extensions = ("XCLIENT") }', 'SMTP_Extensions = ("STARTTLS")'),
    ),
    ("xremoteip_for_everybody", SMTP % ('SMTP_Extensions = ("XREMOTEIP")', 'SMTP_Extensions = ("STARTTLS")')),
    ("xsetcontext_for_everybody", SMTP % ("", 'SMTP_Extensions = ("ENHANCEDSTATUSCODES" "AUTH LOGIN")')),
    ("xdumpcontext_for_everybody", SMTP % ("", "")),
    ("starttls_injection", SMTP % ('Starttls_Injection_Policy = "reject"', "")),
    ("starttls_injection", SMTP % ('Starttls_Injection_Policy = "ignore"', "")),
    ("outbound_without_tls", 'TLS = "ifavailable"\n' + SMTP % ("", "")),
    ("outbound_without_tls", 'TLS = required\nBinding "b" { Domain "d.test" { TLS = ifavailable } }'),
    ("outbound_without_tls", 'Control_Listener { Listen "/run/c" { } }'),
    ("http_without_tls", 'HTTP_Listener { Use_SSL = true\nListen ":2081" { } }'),
    ("http_without_tls", 'HTTP_Listener { Listen "127.0.0.1:2081" { } }'),
    ("http_without_authentication", 'HTTP_Listener { Enable_Authentication = true\nListen ":2081" { } }'),
    ("http_without_authentication", 'HTTP_Listener { Always_Deny = true\nPeer "10.0.0.0/8" { Always_Deny = false } }'),
    (
        "http_without_authentication",
        "HTTP_Listener { Use_SSL = true\nTLS_Verify_Mode = require\nTLS_Verified_Peer_Is_Authorized = true }",
    ),
    ("ecstream_beyond_host", 'ECStream_Listener { Listen "127.0.0.1:1825" { } Listen "/run/stream" { } }'),
    ("ecstream_beyond_host", 'ECStream_Listener { Enable = false\nListen ":1825" { } }'),
    ("console_beyond_host", 'Control_Listener { Listen "127.0.0.1:2025" { } Listen "/run/c" { } }'),
    ("console_for_every_account", 'Control_Listener { Listen "/run/ecelerity/control" { File_Mode = 0660 } }'),
    ("snmp_community_public", 'SNMP { Community = "Public" }'),
    ("snmp_community_public", 'SNMP { Address = *:8162\nCommunity = "of-our-own" }'),
    ("snmp_community_public", "SNMP { State = disabled\nAddress = *:8162 }"),
    ("amqp_without_tls", 'event_hose "momentum_metrics" { }'),
    ("amqp_without_tls", 'event_hose "a" { host = "localhost" } event_hose "b" { host = "::1" }'),
    ("amqp_without_tls", 'event_hose "a" { host = "192.0.2.9"\nuse_tls = 1 }'),
    ("printed_password", 'Datasource "ecdb" { uri = ("pgsql:host=admin;user=admin;password=0f3kd93mf") }'),
    ("printed_password", 'Hostname = "admin"\nSpoolBase = "/opt/msys/secret"'),
]


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_what_is_open_is_found_at_its_place_with_page_and_remedy(name, text):
    found = one(name, text)
    assert found.status == rules.OPEN and found.file == MAIN and 0 < found.line <= text.count("\n") + 1
    assert found.because and found.remedy and found.page


@pytest.mark.parametrize(("name", "text"), CLOSED)
def test_what_is_closed_is_not_found(name, text):
    assert name not in names(text)


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_a_file_beyond_reach_is_never_a_pass(name, text):
    found = findings('include "gone.conf"\n')
    unknown = {each.name: each for each in found}
    assert unknown[name].status == rules.UNKNOWN and "gone.conf" in unknown[name].because and unknown[name].line == 1
    assert one(name, 'include "gone.conf"\n' + text).status == rules.OPEN


def test_every_rule_is_proven_in_both_directions():
    elsewhere = {"api_proxy_without_authentication", rules.AMQP_BEYOND_HOST, rules.WEBHOOKS_READABLE}
    assert (
        {name for name, _text in FOUND} | elsewhere == {name for name, _text in CLOSED} | elsewhere == set(rules.NAMES)
    )


@pytest.mark.parametrize(
    ("name", "text", "before", "after"),
    [
        ("amqp_without_tls", 'event_hose "h" { host = "192.0.2.9" }', "4.1", "4.2"),
        ("http_without_tls", "HTTP_Listener { }", "3.1.3", "3.1.4"),
        ("http_without_authentication", "HTTP_Listener { }", "3.1.3", "4.0"),
        ("starttls_injection", SMTP % ('Starttls_Injection_Policy = "allow"', ""), "3.2", "3.3"),
    ],
)
def test_a_rule_does_not_apply_to_a_version_without_such_a_thing(name, text, before, after):
    assert name in names(text, after) and name in names(text, None) and name not in names(text, before)
    assert name not in [each.name for each in findings('include "gone.conf"\n', before)]
    now = configuration(text)
    verdicts = [judge.verdicts(judge.findings(now, version), version, now)[name] for version in (before, after)]
    assert verdicts == [judge.NOT_APPLICABLE, rules.OPEN]


def test_each_rule_has_one_verdict():
    now = configuration('include "gone.conf"\n' + SMTP % ("Open_Relay = true", ""))
    verdicts = judge.verdicts(judge.findings(now, "4.0"), "4.0", now)
    assert list(verdicts) == rules.NAMES
    assert verdicts["open_relay"] == rules.OPEN and verdicts["printed_password"] == rules.UNKNOWN
    assert verdicts["api_proxy_without_authentication"] == judge.NOT_APPLICABLE


ASKING = 'location /api {\n    access_by_lua_file "/opt/msys/app/users-api/nginx/access.lua";\n}\n'


@pytest.mark.parametrize(
    ("proxy", "version", "status"),
    [
        (Proxy(PROXY_FILE, ASKING), "4.2", None),
        (Proxy(PROXY_FILE, ASKING.replace("access_by", "#access_by")), "4.2", rules.OPEN),
        (Proxy(PROXY_FILE, ASKING.replace("access_by", "#access_by")), "4.0", None),
        (Proxy(PROXY_FILE, None, "it cannot be read"), "4.2", rules.UNKNOWN),
        (Proxy(PROXY_FILE, "server {\n}\n"), "4.2", rules.UNKNOWN),
        (Proxy(PROXY_FILE, "server {\n}\n", is_open=True), "5.3.0", rules.OPEN),
        (Proxy(PROXY_FILE, "server {\n  auth_basic off;\n}\n", is_open=True), "5.3.0", rules.OPEN),
        (Proxy(PROXY_FILE, 'server {\n  auth_basic "off";\n}\n', is_open=True), "5.3.0", rules.OPEN),
        (Proxy(PROXY_FILE, "server {\n  auth_basic\n    off ;\n}\n", is_open=True), "5.3.0", rules.OPEN),
        (Proxy(PROXY_FILE, "server {\n  auth_request off;\n}\n", is_open=True), "5.3.0", rules.OPEN),
        (Proxy(PROXY_FILE, 'server {\n  auth_basic "off limits";\n}\n', is_open=True), "5.3.0", None),
        (Proxy(PROXY_FILE, 'server {\n  auth_basic "who?";\n}\n', is_open=True), "5.3.0", None),
        (Proxy(PROXY_FILE, None, "it cannot be read", is_open=True), "5.3.0", rules.UNKNOWN),
    ],
)
def test_the_proxy_of_the_api_asks_who_is_there(proxy, version, status):
    found = [each for each in findings("", version, [proxy]) if each.name == "api_proxy_without_authentication"]
    assert [each.status for each in found] == ([status] if status else [])
    assert all(each.file == PROXY_FILE and each.line == (2 if "#access" in (proxy.text or "") else 1) for each in found)


def test_the_proxies_of_a_node_are_looked_for_beside_its_prefix(tmp_path, monkeypatch):
    other = tmp_path / "openresty.conf"
    monkeypatch.setattr(current, "PROXIES", [rules.PROXIES[0], (str(other), "a page", True)])
    prefix = str(tmp_path / "msys" / "ecelerity")
    assert current.proxies(prefix) == []
    other.mkdir()
    (proxy,) = current.proxies(prefix)
    assert proxy.text is None and "cannot be read" in proxy.reason and (proxy.page, proxy.is_open) == ("a page", True)
    file = tmp_path / "msys" / rules.PROXIES[0][0]
    file.parent.mkdir(parents=True)
    file.write_text(ASKING)
    assert current.proxies(prefix)[0] == Proxy(str(file), ASKING)


SAMPLES = ROOT / "tests" / "standin" / "ecelerity" / "etc" / "sample-configs" / "default"
# What the pages of the manuals have in their examples, in one configuration.
OF_THE_MANUALS = """
Control_Listener { Listen "/tmp/2025" { File_Mode = 0666 } Listen ":2025" { } }
ESMTP_Listener {
  SMTP_Extensions = ("AUTH LOGIN" XREMOTEIP XDUMPCONTEXT XCLIENT XSETCONTEXT)
  Peer "10.0.0.0/24" { Open_Relay = true }
  Listen ":25" { }
}
Relay_Hosts = ("127.0.0.1/32" "::1" "10.79.0.0/16" "fd82:7796:815b:af9d::")
HTTP_Listener { Listen ":2081" { } }
httpsrv { }
ECStream_Listener { Listen ":1825" { ECStream_Idle_Time = 300 } }
SNMP { State = enabled
Address = 192.168.1.2:8162
Community = "Public" }
Datasource "ecdb" { uri = ("pgsql:host=192.168.0.50;dbname=ecelerity;user=ecuser;password=admin") }
"""


def test_the_examples_of_the_manuals_together_open_what_is_expected():
    quiet = {
        "open_relay",
        "relay_hosts_world",
        "smtp_always_allow",
        "starttls_injection",
        "api_proxy_without_authentication",
        rules.AMQP_WITHOUT_TLS,
        rules.AMQP_BEYOND_HOST,
        rules.WEBHOOKS_READABLE,
    }
    found = names(OF_THE_MANUALS)
    assert found == [name for name in rules.NAMES if name not in quiet]
    of_extensions = {each.remedy for each in findings(OF_THE_MANUALS) if each.option == "SMTP_Extensions"}
    assert len(of_extensions) == 1 and 'value: ["AUTH LOGIN"]' in of_extensions.pop()
    assert "Transmissions API" in one("http_without_authentication", OF_THE_MANUALS).because


@pytest.mark.parametrize("main", ["ecelerity.conf", "eccluster.conf"])
def test_the_samples_of_the_stand_in_open_nothing_but_what_the_vendor_has_by_default(main):
    contents = {"/c/" + path.name: path.read_bytes() for path in SAMPLES.glob("*.conf")}
    now = CurrentConfiguration(load("/c/" + main, ["/c"], nodename="n", reader=OverlayReader(contents)))
    found = [each.name for each in judge.findings(now, "5.3.0")]
    assert now.problems == [] and found == (["outbound_without_tls"] if main == "ecelerity.conf" else [])


def test_a_default_is_said_to_be_one_and_has_the_place_of_its_scope():
    found = one("http_without_tls", 'Hostname = "a"\nHTTP_Listener {\n  Listen ":2081" { }\n}\n')
    assert (found.default, found.option, found.value, found.line) == (True, "Use_SSL", "false", 3)
    community = one("snmp_community_public", "SNMP {\n  Address = *:8162\n}\n")
    assert (community.default, community.value, community.line) == (True, "Public", 1)
    assert not one("open_relay", SMTP % ("Open_Relay = true", "")).default


def test_the_same_setting_of_several_entrances_is_one_finding():
    text = 'ESMTP_Listener {\n Open_Relay = true\n Listen ":25" { }\n Listen ":587" { }\n}\n'
    found = one("open_relay", text)
    assert found.line == 2 and found.because.endswith('Listen ":25" and 1 more has mail delivered anywhere')


def test_networks_that_add_up_are_named_together_and_all_in_the_remedy():
    text = 'ESMTP_Listener { Listen ":25" {\n Peer "0.0.0.0/1" { Open_Relay = true }\n Peer "128.0.0.0/1" { Open_Relay = true }\n} }'
    found = one("open_relay", text)
    assert "together with %s:3" % MAIN in found.because
    assert found.remedy.count("option: Open_Relay") == 2


def test_an_open_relay_is_not_reported_twice():
    text = SMTP % ('Open_Relay = true\nRelay_Hosts = ("0.0.0.0/0")', "")
    assert names("TLS = ifavailable\n" + text) == ["open_relay"]


def test_a_network_that_cannot_be_read_is_no_pass():
    found = one("relay_hosts_world", SMTP % ('Relay_Hosts = ("127.0.0.1" "0/0")', ""))
    assert found.status == rules.UNKNOWN and "0/0" in found.because


def test_a_mode_that_cannot_be_read_is_no_pass():
    found = one("console_for_every_account", 'Control_Listener { Listen "/tmp/2025" { File_Mode = "open" } }')
    assert found.status == rules.UNKNOWN


def test_a_console_is_said_to_ask_for_a_password_or_not():
    listen = 'Control_Listener { Enable_Authentication = true\n%s\nListen "192.0.2.1:2025" { } }'
    assert "without a password" in one("console_beyond_host", listen % "").because
    digest = 'AuthDigestMD5Parameters = [ uri = "digest:///etc/passwd" ]'
    assert "with a password" in one("console_beyond_host", listen % digest).because


def test_no_finding_repeats_a_password():
    text = 'Domain "m.test" { Outbound_SMTP_AUTH_Pass = "sparkpost" }\nSNMP { Address = *:1\nCommunity = "Public" }'
    data = judge.as_data(findings(text))
    assert [each["name"] for each in data] == ["snmp_community_public", "printed_password"]
    assert "sparkpost" not in str(data) and [each["value"] for each in data] == ["********", "********"]


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_the_entries_of_a_remedy_are_yaml_and_close_what_is_open(name, text):
    """Entries are given to the plan of msys.momentum.config as the finding prints them."""
    from plugins.module_utils.config.plan import DesiredSetting, plan
    from plugins.module_utils.ecconf.paths import parse_path

    yaml = pytest.importorskip("yaml", reason="the environment of nodes has none")
    found = one(name, text)
    if not found.remedy.startswith("momentum_settings: ["):
        pytest.skip("the remedy is another variable")
    entries = yaml.safe_load(found.remedy[found.remedy.index("[") : found.remedy.rindex("}]") + 2])
    contents = {MAIN: text.encode()}

    def reload(edited):
        return load(MAIN, ["/c"], nodename="n", reader=OverlayReader(dict(contents, **edited)))

    asked = [
        DesiredSetting(
            parse_path(each.get("scope", [])), each.get("option"), each.get("value"), each.get("state", "present")
        )
        for each in entries
    ]
    planned = plan(reload({}), reload, asked)
    after = CurrentConfiguration(reload({edit.path: edit.after for edit in planned.edits}))
    assert name not in [
        each.name
        for each in judge.findings(after, "5.3.0")
        if name != "snmp_community_public" or each.status == rules.OPEN
    ]


def test_what_is_accepted_needs_a_reason_and_is_accepted_in_its_scope_alone():
    found = findings(
        "TLS = ifavailable\n" + SMTP % ("Open_Relay = true", "") + '\nHTTP_Listener { Listen ":2081" { } }'
    )
    taken = judge.accepted(
        [
            {"name": "open_relay", "scope": ["ESMTP_Listener"], "reason": "a honeypot"},
            {"name": "http_without_tls", "scope": ["HTTP_Listener"], "reason": "of another scope"},
        ]
    )
    data = judge.as_data(found, taken)
    assert [(each["name"], each["accepted"]) for each in data] == [
        ("open_relay", "a honeypot"),
        ("http_without_tls", ""),
        ("http_without_authentication", ""),
    ]
    lines = judge.summary(data)
    assert [line.split(": ")[1] for line in lines] == ["WARNING", "WARNING", "open on purpose"]
    assert lines[2] == "exposure: open on purpose: open_relay (a honeypot)"
    assert all("momentum_exposure_accepted" in line for line in lines[:2])
    with pytest.raises(PlanError, match="open_relay has no reason"):
        judge.accepted([{"name": "open_relay", "scope": None, "reason": " "}])
    with pytest.raises(PlanError, match="exposure_accepted"):
        judge.accepted([{"name": "open_relay", "scope": ['Listen "a" "b"'], "reason": "x"}])


def test_what_nobody_can_tell_of_is_one_line_and_cannot_be_accepted():
    found = findings('include "gone.conf"\n')
    taken = judge.accepted([{"name": name, "scope": None, "reason": "so"} for name in rules.NAMES])
    lines = judge.summary(judge.as_data(found, taken))
    assert (
        len(lines) == 1 and "nobody can tell of open_relay, relay_hosts_world" in lines[0] and "gone.conf" in lines[0]
    )


def test_every_option_of_a_rule_is_in_the_catalog():
    for rule in rules.RULES:
        assert not rule.option or catalog.lookup(rule.option, rule.scope) is not None, rule


def test_the_document_has_an_entry_for_each_rule_and_no_other():
    text = (ROOT / "docs" / "exposure.md").read_text("utf-8")
    entries = re.findall(r"^### `([a-z_]+)`\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert [name for name, _text in entries] == rules.NAMES
    for name, entry in entries:
        page = rules.BY_NAME[name].page
        assert page in entry and "momentum_" in entry or name == "api_proxy_without_authentication", name


ADDRESSES = st.integers(0, networks.LAST[4])
NETWORKS = st.lists(
    st.tuples(ADDRESSES, st.integers(0, 8)).map(lambda pair: "%s/%d" % (ipaddress.ip_address(pair[0]), pair[1]))
)


@given(NETWORKS, st.lists(ADDRESSES, min_size=1))
def test_each_address_belongs_to_the_narrowest_network_around_it(texts, addresses):
    """As the loader's own look-up of one address has it."""
    from plugins.module_utils.ecconf.fallback import Networks

    found = [networks.network(text) for text in texts]
    pieces = networks.divided([networks.Piece(each.first, each.last, text) for each, text in zip(found, texts)], 4)
    assert pieces[0].first == 0 and pieces[-1].last == networks.LAST[4]
    assert all(one.last + 1 == other.first for one, other in zip(pieces, pieces[1:]))
    for address in addresses:
        of = next(piece.scope for piece in pieces if piece.first <= address <= piece.last)
        assert of == Networks(texts).match(str(ipaddress.ip_address(address)))


def test_half_of_the_internet_is_the_world_and_less_is_not():
    both = [(0, 2**31 - 1)], [(0, 2**30 - 1)]
    assert [networks.is_world(4, networks.public_size(4, each)) for each in both] == [True, False]
    assert not networks.is_world(6, networks.public_size(6, [(0xFC << 120, networks.LAST[6])]))
