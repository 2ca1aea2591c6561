# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a configuration takes is reported with its reasons, and never less than it takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stanza_samples import CLUSTER, STANDALONE

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.security import requirements as least
from plugins.module_utils.security.stanza import Stanza


def effective(text, **more):
    files = {"/c/main.conf": text.encode()}
    files.update(("/c/" + name + ".conf", content.encode()) for name, content in more.items())
    return Effective(load("/c/main.conf", [], nodename="mta1", reader=OverlayReader(files)))


def needed(text, platform="linux", global_zone=None):
    return least.reasons(effective(text), platform, global_zone)


def text_of(text, platform="linux", global_zone=None):
    return least.text(needed(text, platform, global_zone), platform)


PORT_25 = 'ESMTP_Listener {\n  Listen ":25" { }\n}\n'
DURAVIP = 'Binding "b1" {\n  Enable_Duravip = true\n}\n'


def test_a_standalone_node_on_port_25_gets_the_documented_text():
    assert text_of(PORT_25) == STANDALONE


def test_a_cluster_with_duravip_gets_the_documented_text():
    assert text_of(PORT_25 + DURAVIP) == CLUSTER


def test_solaris_gets_the_documented_texts_with_basic_first():
    assert text_of(PORT_25, "solaris", False) == "basic net_privaddr"
    assert text_of(PORT_25 + DURAVIP, "solaris") == (
        "basic net_privaddr net_bindmlp sys_resource sys_net_config net_rawaccess"
    )
    assert text_of("", "solaris", False) == "basic"


@pytest.mark.parametrize("global_zone", [True, None])
def test_a_licence_by_mac_address_takes_a_privilege_outside_of_zones(global_zone):
    text = 'Hostname = "h"\nLicense = "/srv/license"\n'
    assert text_of(text, "solaris", global_zone) == "basic net_rawaccess"
    (reason,) = needed(text, "solaris", global_zone)
    assert (reason.option, reason.line) == ("License", 2) and "MAC address" in reason.because
    (elsewhere,) = needed("", "solaris", global_zone)
    assert (elsewhere.file, elsewhere.line) == ("/c/main.conf", 1)
    assert needed(text, "linux", global_zone) == needed(text, "solaris", False) == []


def test_nothing_below_1024_takes_nothing():
    assert (
        text_of('ESMTP_Listener {\n Listen ":2525" { }\n}\nHTTP_Listener { }\nControl_Listener { Listen "*:2025" { } }')
        == ""
    )


def test_duravip_on_high_ports_takes_no_port_privilege():
    assert text_of('ESMTP_Listener { Listen ":2525" { } }\n' + DURAVIP) == (
        "cap_net_admin+ep cap_net_raw+ep cap_sys_resource+ep"
    )


def test_the_reason_names_listen_and_line():
    (reason,) = needed('Hostname = "h"\nESMTP_Listener {\n\n  Listen "10.0.0.5:587" { }\n}\n')
    assert reason.capability == "cap_net_bind_service"
    assert reason.scope == 'ESMTP_Listener > Listen "10.0.0.5:587"'
    assert (reason.file, reason.line, reason.option) == ("/c/main.conf", 4, "")
    assert "binds port 587" in reason.because


def test_the_reason_names_the_binding_and_where_it_inherits_duravip():
    found = needed('Binding_Group "g" {\n  Enable_Duravip = "on"\n  Binding "b" { }\n}\n')
    assert [reason.capability for reason in found] == list(least.DURAVIP["linux"])
    assert found[0].because == 'Binding_Group "g" > Binding "b" has DuraVIP, inherited from Binding_Group "g"'
    assert (found[0].option, found[0].scope, found[0].line) == ("Enable_Duravip", 'Binding_Group "g"', 2)


def test_a_binding_that_switches_duravip_off_again_takes_nothing():
    text = 'Binding_Group "g" {\n Enable_Duravip = true\n Binding "b" { Enable_Duravip = false }\n}\n'
    assert needed(text) == []


def test_a_listen_with_duravip_of_its_listener_is_a_reason():
    found = needed('ESMTP_Listener {\n Enable_Duravip = true\n Listen ":2525" { }\n}\n')
    assert {reason.scope for reason in found} == {"ESMTP_Listener"}
    assert "inherited" in found[0].because


@pytest.mark.parametrize(
    "text",
    [
        'ESMTP_Listener { Enable = false\n Listen ":25" { } }',
        'ESMTP_Listener { Listen ":25" { Enable = "off" } }',
        "ESMTP_Listener { Enable = false }",
        'ESMTP_Listener { Enable = false\n Listen ":25" { Enable_Duravip = true } }',
    ],
)
def test_what_is_switched_off_takes_nothing(text):
    assert needed(text) == []


def test_a_listen_that_is_on_in_a_listener_that_is_on_again_counts():
    assert (
        text_of('ESMTP_Listener { Enable = false }\nESMTP_Listener { Enable = true\n Listen ":25" { } }') == STANDALONE
    )


@pytest.mark.parametrize(
    "text",
    [
        "ESMTP_Listener { }",
        'ESMTP_Listener { Listen "10.0.0.1" { } }',
        'ESMTP_Listener { Listen "[2001:db8::1]" { } }',
        'ESMTP_Listener { Listen "2001:db8::1" { } }',
        'ESMTP_Listener { Listen "*:mail-relay" { } }',
    ],
)
def test_a_port_that_is_not_told_is_assumed_to_be_low_and_the_reason_says_so(text):
    (reason,) = needed(text)
    assert "assumed" in reason.because


@pytest.mark.parametrize(
    "instance, port",
    [
        (":25", 25),
        ("*:25", 25),
        ("[*]:25", 25),
        ("[::]:465", 465),
        ("[::1]:8089", 8089),
        ("10.1.1.1:587", 587),
        ("25", 25),
        (":smtp", 25),
        ("10.0.0.1", None),
        ("::1", None),
        ("[::1]", None),
        ("", None),
        (":", None),
    ],
)
def test_an_address_is_read_in_each_documented_form(instance, port):
    assert least.address(instance) == least.Address(port)


def test_a_socket_of_the_file_system_takes_nothing():
    assert least.address("/tmp/2025").local
    assert needed('Control_Listener { Listen "/tmp/2025" { } }') == []


@given(st.text(max_size=60))
def test_any_instance_is_read_as_something(instance):
    found = least.address(instance)
    assert found.port is None or found.port >= 0


@given(st.integers(0, 65535), st.sampled_from([":%d", "*:%d", "[::]:%d", "192.0.2.1:%d"]))
def test_exactly_the_ports_from_1_to_1023_take_a_privilege(port, form):
    text = 'ESMTP_Listener { Listen "%s" { } }' % (form % port)
    assert bool(needed(text)) == (1 <= port <= 1023)


def test_an_snmp_agent_on_a_low_port_is_a_reason():
    (reason,) = needed('SNMP { Address = "127.0.0.1:161" }')
    assert (reason.option, reason.scope) == ("Address", "SNMP")
    assert needed('SNMP { Address = "127.0.0.1:8162" }') == []


def test_the_module_csapi_takes_what_is_documented_on_solaris_and_nothing_on_linux():
    assert text_of("csapi { }", "solaris", False) == "basic file_dac_read file_dac_search file_dac_write"
    assert text_of("csapi { }") == ""


@pytest.mark.parametrize(
    "declared, verdict, too_much, missing",
    [
        (STANDALONE, "equal", [], []),
        (CLUSTER, "superset", ["cap_net_admin", "cap_net_raw", "cap_sys_resource"], []),
        ("", "subset", [], ["cap_net_bind_service"]),
        (None, "subset", [], ["cap_net_bind_service"]),
        # Permitted but not effective: missing where it counts, and not too much either.
        ("cap_net_bind_service+p", "subset", [], ["cap_net_bind_service"]),
        ("cap_net_raw+ep", "different", ["cap_net_raw"], ["cap_net_bind_service"]),
        ("cap_net_everything+ep", "unreadable", [], ["cap_net_bind_service"]),
    ],
)
def test_what_is_declared_is_compared_as_sets(declared, verdict, too_much, missing):
    found = least.compare(needed(PORT_25), Stanza(capabilities=declared), "linux", False, 40)
    assert found == least.Comparison(verdict, too_much, missing)


def test_root_from_which_nothing_is_taken_keeps_all():
    assert least.compare(needed(PORT_25), Stanza(user="root"), "linux", True, 40).verdict == "root"
    assert least.compare(needed(PORT_25), Stanza("root", capabilities="="), "linux", True, 40).verdict == "subset"


def test_basic_privileges_are_never_too_much():
    found = least.compare(
        needed(PORT_25, "solaris", False), Stanza(privileges="basic net_privaddr"), "solaris", False, None
    )
    assert found.verdict == "equal"


def test_a_missing_privilege_is_put_into_words_with_its_place():
    found = needed(PORT_25 + 'ESMTP_Listener { Listen ":587" { } }')
    comparison = least.compare(found, Stanza(), "linux", False, 40)
    (words,) = least.warnings(found, comparison)
    assert "cap_net_bind_service" in words and 'Listen ":25"' in words and "/c/main.conf:2" in words


FLAGS = st.sampled_from(["true", "false", "on", "off", None])


@given(st.lists(st.tuples(st.integers(1, 2000), FLAGS, FLAGS), max_size=6), st.lists(FLAGS, max_size=4))
def test_the_computed_text_is_never_less_and_never_more_than_needed(listens, bindings):
    def option(name, value):
        return "" if value is None else "%s = %s\n" % (name, value)

    lines = ['ESMTP_Listener { Listen ":2525" { } }']
    # One instance each: a Listen that is opened twice is one Listen.
    for number, (port, enable, duravip) in enumerate(listens):
        inner = option("Enable", enable) + option("Enable_Duravip", duravip)
        lines.append('ESMTP_Listener { Listen "10.0.0.%d:%d" { %s } }' % (number, port, inner))
    for number, duravip in enumerate(bindings):
        lines.append('Binding "b%d" { %s }' % (number, option("Enable_Duravip", duravip)))
    on = [item for item in listens if item[1] not in ("false", "off")]
    low = any(port < 1024 for port, _enable, _duravip in on)
    moves = any(flag in ("true", "on") for flag in [item[2] for item in on] + bindings)
    found = needed("\n".join(lines))
    expected = (least.LOW_PORT["linux"] if low else ()) + (least.DURAVIP["linux"] if moves else ())
    assert {reason.capability for reason in found} == set(expected)
    assert least.compare(found, Stanza(capabilities=least.text(found, "linux")), "linux", False, 40).verdict == "equal"
