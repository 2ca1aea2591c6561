# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP, its proxy, RabbitMQ and Webhooks."""

from audited import MANAGER, SMTP, Case, configuration, cut_off, node

from plugins.module_utils.exposure import judge
from plugins.module_utils.exposure.subject import Proxy, ServiceFile

MAIN = SMTP % ("", "")
HTTP = 'HTTP_Listener { %s\nListen ":2081" { } }'
CLOSED = HTTP % "Use_SSL = true\nEnable_Authentication = true"
HOSE = 'event_hose "momentum_metrics" { host = "mq.example.com"\nuse_tls = %s }'


def beside(proxies=(), services=()):
    """A node with files of an API proxy, of RabbitMQ or of Webhooks."""
    found = judge.findings(configuration(MAIN), "5.3.0", proxies, services=services)
    return node(MAIN, exposure=found)


def of_rabbitmq(text):
    return beside(services=[ServiceFile("rabbitmq", "/etc/rabbitmq/rabbitmq.conf", text, 0o644, "it cannot be read")])


def of_webhooks(mode, text='{"rabbitmq": {"password": "kohl-rabi-und-speck"}}'):
    return beside(services=[ServiceFile("etl", "/opt/msys/app/webhooks-etl/config/production.json", text, mode)])


OPEN_PROXY = Proxy("/usr/local/openresty/nginx/conf.d/web_proxy.conf", "server { }", "", "4/auth", True)
UNREAD_PROXY = OPEN_PROXY._replace(text=None, reason="it cannot be read")
ASKING_PROXY = OPEN_PROXY._replace(text="auth_basic on;")
MANAGES = node(host=MANAGER)

CASES = [
    Case("MSEC-SVC-001", "pass", node(CLOSED)),
    Case("MSEC-SVC-001", "fail", node(HTTP % "Enable_Authentication = true"), "sent in clear"),
    Case("MSEC-SVC-001", "unknown", cut_off()),
    Case("MSEC-SVC-001", "not_applicable", node(MAIN)),
    Case("MSEC-SVC-002", "pass", node(CLOSED)),
    Case("MSEC-SVC-002", "fail", node(HTTP % "Use_SSL = true"), "without a password"),
    Case("MSEC-SVC-002", "unknown", cut_off()),
    Case("MSEC-SVC-002", "not_applicable", node(MAIN)),
    Case("MSEC-SVC-003", "pass", beside([ASKING_PROXY])),
    Case("MSEC-SVC-003", "fail", beside([OPEN_PROXY]), "asks nobody"),
    Case("MSEC-SVC-003", "unknown", beside([UNREAD_PROXY]), "cannot be read"),
    Case("MSEC-SVC-003", "not_applicable", node(MAIN, version="4.0")),
    Case("MSEC-SVC-004", "pass", node(HOSE % "true")),
    Case("MSEC-SVC-004", "fail", node(HOSE % "false"), "mq.example.com in clear"),
    Case("MSEC-SVC-004", "unknown", cut_off()),
    Case("MSEC-SVC-004", "not_applicable", MANAGES),
    Case("MSEC-SVC-005", "pass", of_rabbitmq("listeners.tcp.local = 127.0.0.1:5672")),
    Case("MSEC-SVC-005", "fail", of_rabbitmq(""), "without TLS"),
    Case("MSEC-SVC-005", "unknown", of_rabbitmq(None)),
    Case("MSEC-SVC-005", "not_applicable", MANAGES),
    Case("MSEC-SVC-006", "pass", of_webhooks(0o640)),
    Case("MSEC-SVC-006", "fail", of_webhooks(0o644), "every account of the host"),
    Case("MSEC-SVC-006", "unknown", of_webhooks(0o644, "{")),
    Case("MSEC-SVC-006", "not_applicable", MANAGES),
]
