# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What answers beside SMTP: HTTP and its proxy, RabbitMQ and Webhooks."""

from typing import Sequence

from ..rule import DECLARED, DISK, HIGH, MEDIUM, Applies, Rule
from .common import of_exposure

_MTA = frozenset(["ecelerity"])
_HTTP = Applies(since="3.1.4", daemons=_MTA)
_EVENTS = Applies(since="4.2", daemons=_MTA)
_PAGE_HTTP, _PAGE_API = "page 3/3-rest/rest-http-listener", "page manuals/enabling-apis-message-generation"
_PAGE_EVENTS = "page manuals/enabling-webhooks"
_SC_8 = "NIST SP 800-53 SC-8"

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-SVC-001",
        "HTTP listeners that other hosts reach have TLS",
        "Keys, passwords and messages are sent in clear.",
        HIGH,
        (DECLARED,),
        of_exposure(
            "http_without_tls", otherwise="every HTTP_Listener that is reached has TLS", kinds=["http_listener"]
        ),
        "momentum_tls_targets: [{scope: [HTTP_Listener], implicit_tls: true, certificate: FILE, key: FILE}]",
        (_PAGE_HTTP, _SC_8),
        _HTTP,
    ),
    Rule(
        "MSEC-SVC-002",
        "HTTP listeners that other hosts reach ask for a password or a certificate",
        "Whoever reaches them injects messages, by the Transmissions API among others.",
        HIGH,
        (DECLARED,),
        of_exposure(
            "http_without_authentication",
            otherwise="every HTTP_Listener that is reached asks who is there",
            kinds=["http_listener"],
        ),
        "momentum_settings: [{scope: [HTTP_Listener], option: Enable_Authentication, value: 'true'}] with "
        "AuthDigestMD5Parameters",
        (_PAGE_HTTP, _PAGE_API, "NIST SP 800-53 IA-2", "NIST SP 800-53 AC-3"),
        _HTTP,
    ),
    Rule(
        "MSEC-SVC-003",
        "The API proxy asks for a password or a key",
        "It passes every request to the REST API: whoever reaches it sends mail as the node.",
        HIGH,
        (DISK,),
        of_exposure(
            "api_proxy_without_authentication", layer=DISK, otherwise="no API proxy lets in whoever asks for nothing"
        ),
        "access_by_lua_file, auth_request or auth_basic in the file of the proxy, which the collection does not manage",
        ("page 4/auth", _PAGE_API, "NIST SP 800-53 IA-2", "NIST SP 800-53 AC-3"),
        Applies(since="4.1", daemons=_MTA),
    ),
    Rule(
        "MSEC-SVC-004",
        "Events are sent to RabbitMQ on other hosts by TLS",
        "Addresses of everybody who receives mail, and the password of RabbitMQ, are sent in clear.",
        HIGH,
        (DECLARED,),
        of_exposure("amqp_without_tls", otherwise="no event leaves the node in clear"),
        "momentum_settings: [{scope: ['event_hose \"momentum_metrics\"'], option: Use_TLS, value: 'true'}] with Port and tls_ca",
        (_PAGE_EVENTS, _SC_8),
        _EVENTS,
    ),
    Rule(
        "MSEC-SVC-005",
        "RabbitMQ of the node takes connections from other hosts by TLS alone",
        "Its default is every address, in clear: passwords and events can be read on the way.",
        MEDIUM,
        (DISK,),
        of_exposure("amqp_beyond_host", layer=DISK, otherwise="RabbitMQ is not on the node, or not reached in clear"),
        "listeners.tcp.local = 127.0.0.1:5672 in rabbitmq.conf, which the collection does not manage",
        (_PAGE_EVENTS, _SC_8, "NIST SP 800-53 CM-7"),
        _EVENTS,
    ),
    Rule(
        "MSEC-SVC-006",
        "Files of Webhooks with passwords are closed to other accounts",
        "The password is that of an administrator of RabbitMQ.",
        MEDIUM,
        (DISK,),
        of_exposure(
            "webhooks_secret_for_every_account",
            layer=DISK,
            otherwise="no file of Webhooks with a password is open to everybody",
        ),
        'momentum_permissions_entries: [{path: FILE, group: GROUP, mode: "0640"}]',
        (_PAGE_EVENTS, "NIST SP 800-53 IA-5", "NIST SP 800-53 SC-28"),
        _EVENTS,
    ),
)
