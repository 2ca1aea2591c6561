# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP as clients meet it."""

from audited import MANAGER, SMTP, Case, cut_off, node

from plugins.module_utils.preflight.facts import Facts, Firewall, Port

CLOSED = SMTP % ("", "")
AUTH = 'SMTP_Extensions = ("ENHANCEDSTATUSCODES" "AUTH %s")'
LOOPBACK = 'ESMTP_Listener { Listen "127.0.0.1:25" { %s } }'
CLUSTER = 'ECCluster_Listener { Listen "%s" { } }'
SNMP = 'SNMP { Address = "192.0.2.1:8162"\nCommunity = "%s" }'
PROXY = 'ESMTP_Listener { Listen "%s" { Proxy_Protocol = true } }'


def elsewhere(rule):
    """It is about the MTA, and nobody could look at a part of the configuration."""
    return [Case(rule, "not_applicable", node(host=MANAGER)), Case(rule, "unknown", cut_off(CLOSED))]


def everywhere(firewall):
    """A listener of a cluster at every address."""
    facts = Facts(has_configuration=True, ports=(Port(4802, "cluster", "ECCluster_Listener"),), firewall=firewall)
    return node(CLUSTER % "*:4802", machine=facts)


CASES = [
    Case("MSEC-SMTP-001", "pass", node(CLOSED)),
    Case("MSEC-SMTP-001", "fail", node(SMTP % ("Open_Relay = true", "")), "delivered anywhere"),
    Case("MSEC-SMTP-001", "fail", node('Relay_Hosts = ("0.0.0.0/0")\n' + CLOSED)),
    Case("MSEC-SMTP-001", "fail", node(SMTP % ("Always_Allow = true", "")), "may relay"),
    Case("MSEC-SMTP-002", "pass", node(SMTP % (AUTH % "LOGIN", "Use_SSL = true")), "from the first byte"),
    Case("MSEC-SMTP-002", "pass", node(SMTP % (AUTH % "CRAM-MD5", ""))),
    Case(
        "MSEC-SMTP-002",
        "fail",
        node(SMTP % (AUTH % "LOGIN PLAIN", "")),
        "AUTH LOGIN PLAIN is offered with or without TLS",
    ),
    Case("MSEC-SMTP-002", "fail", node(SMTP % ("SMTP_Extensions = (AUTH LOGIN)", "")), "AUTH LOGIN"),
    Case("MSEC-SMTP-002", "fail", node(SMTP % ("", 'Peer "0.0.0.0/0" { %s }' % AUTH % "PLAIN")), "AUTH PLAIN"),
    Case("MSEC-SMTP-002", "not_applicable", node(CLOSED)),
    Case("MSEC-SMTP-003", "pass", node(CLOSED)),
    Case("MSEC-SMTP-003", "pass", node(PROXY % "10.0.0.1:25"), "the address is internal"),
    Case("MSEC-SMTP-003", "fail", node(SMTP % ("SMTP_Extensions = (XCLIENT)", "")), "another address"),
    Case("MSEC-SMTP-003", "fail", node(PROXY % ":25"), "every address of the host"),
    Case("MSEC-SMTP-003", "fail", node(PROXY % "8.8.8.8:25"), "public"),
    Case("MSEC-SMTP-003", "unknown", node(PROXY % "mx.example.com:25"), "a name"),
    Case("MSEC-SMTP-004", "pass", node('ECStream_Listener { Listen "127.0.0.1:1825" { } }'), "no ECStream_Listener"),
    Case("MSEC-SMTP-004", "pass", node(CLUSTER % "10.0.0.1:4802"), "internal"),
    Case("MSEC-SMTP-004", "fail", node('ECStream_Listener { Listen ":1825" { } }'), "knows no password"),
    Case("MSEC-SMTP-004", "pass", everywhere(Firewall("firewalld", ("public",), ((25, 25),))), "not everybody"),
    Case(
        "MSEC-SMTP-004", "fail", everywhere(Firewall("firewalld", ("public",), ((0, 65535),))), "lets everybody reach"
    ),
    Case("MSEC-SMTP-004", "fail", everywhere(Firewall("none")), "no firewall runs"),
    Case("MSEC-SMTP-004", "fail", node(CLUSTER % "8.8.8.8:4802"), "its address is public"),
    Case("MSEC-SMTP-004", "unknown", everywhere(Firewall("nftables")), "not read"),
    Case("MSEC-SMTP-004", "unknown", node(CLUSTER % "*:4802"), "nobody has looked at machine"),
    Case("MSEC-SMTP-004", "unknown", node(CLUSTER % "node1:4802"), "a name"),
    Case("MSEC-SMTP-004", "not_applicable", node(CLOSED)),
    Case("MSEC-SMTP-005", "pass", node(SNMP % "kohl-rabi-und-speck")),
    Case("MSEC-SMTP-005", "fail", node(SNMP % "Public"), "everybody tries first"),
    Case(
        "MSEC-SMTP-006",
        "pass",
        node("rfc2822_lone_lf_in_body = pedantic\n" + CLOSED),
        "in_headers is pedantic by default",
    ),
    Case("MSEC-SMTP-006", "fail", node(CLOSED), "rfc2822_lone_lf_in_body is ignore by default"),
    Case("MSEC-SMTP-006", "fail", node('rfc2822_lone_lf_in_headers = "fix"\n' + CLOSED), "in_headers is fix"),
    Case("MSEC-SMTP-006", "not_applicable", node(LOOPBACK % "")),
    Case("MSEC-SMTP-007", "pass", node(SMTP % ("Listener_Sessions = 1800", "")), "a ceiling limits"),
    Case(
        "MSEC-SMTP-007",
        "pass",
        node(SMTP % ("", 'Peer "0.0.0.0/0" { Listener_Sessions = 9 } Peer "::/0" { Service_Sessions = 9 }')),
    ),
    Case("MSEC-SMTP-007", "fail", node(SMTP % ("Service_Sessions = 0", "")), "nothing limits"),
    Case(
        "MSEC-SMTP-007",
        "fail",
        node(SMTP % ("Listener_Sessions = 9", 'Static_Banner = "mx ESMTP ecelerity 4.2.38"')),
        "names a version",
    ),
    Case("MSEC-SMTP-007", "not_applicable", node(LOOPBACK % "")),
    Case("MSEC-SMTP-008", "pass", node(SMTP % (AUTH % "PLAIN", ""))),
    Case("MSEC-SMTP-008", "fail", node(SMTP % (AUTH % "CRAM-MD5 DIGEST-MD5", "")), "AUTH CRAM-MD5 DIGEST-MD5"),
    Case("MSEC-SMTP-008", "not_applicable", node(CLOSED)),
    # What is closed by default only here is a failure of the listener itself, whatever else is not known.
    Case("MSEC-SMTP-006", "unknown", cut_off("rfc2822_lone_lf_in_body = pedantic\n" + CLOSED)),
    Case("MSEC-SMTP-007", "unknown", cut_off(SMTP % ("Listener_Sessions = 1800", ""))),
] + [case for number in (1, 2, 3, 5, 8) for case in elsewhere("MSEC-SMTP-%03d" % number)]
