# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be open to the world, as data. `docs/exposure.md` has an entry for each."""

from typing import Dict, NamedTuple, Sequence, Tuple

OPEN, UNKNOWN = "open", "unknown"
PRINTED_PASSWORD = "printed_password"
AMQP_WITHOUT_TLS, AMQP_BEYOND_HOST = "amqp_without_tls", "amqp_beyond_host"
WEBHOOKS_READABLE = "webhooks_secret_for_every_account"


class Rule(NamedTuple):
    """name: stable, by which a node accepts it. option, scope: what the catalog must know in a version for the rule to apply; empty for a rule of every
    version. page: of the manuals. since: the first version, where the catalog has none."""

    name: str
    option: str
    scope: str
    page: str
    since: str = ""


RULES: Sequence[Rule] = (
    Rule("open_relay", "open_relay", "esmtp_listener", "4/config/ref-open-relay"),
    Rule("relay_hosts_world", "relay_hosts", "esmtp_listener", "4/config/ref-relay-hosts"),
    Rule("smtp_always_allow", "always_allow", "esmtp_listener", "4/esmtp-listener-extensions"),
    Rule("xclient_for_everybody", "smtp_extensions", "esmtp_listener", "4/esmtp-listener-extensions"),
    Rule("xremoteip_for_everybody", "smtp_extensions", "esmtp_listener", "4/esmtp-listener-extensions"),
    Rule("xsetcontext_for_everybody", "smtp_extensions", "esmtp_listener", "4/esmtp-listener-extensions"),
    Rule("xdumpcontext_for_everybody", "smtp_extensions", "esmtp_listener", "4/esmtp-listener-extensions"),
    Rule("starttls_injection", "starttls_injection_policy", "esmtp_listener", "4/config/starttls-injection-policy"),
    Rule("outbound_without_tls", "tls", "global", "4/config/ref-tls"),
    Rule("http_without_tls", "http_listener", "global", "3/3-rest/rest-http-listener"),
    Rule("http_without_authentication", "http_listener", "global", "3/3-rest/rest-http-listener"),
    Rule("api_proxy_without_authentication", "", "", "4/auth", since="4.1"),
    Rule("ecstream_beyond_host", "ecstream_listener", "global", "4/ecstream-listener"),
    Rule("console_beyond_host", "control_listener", "global", "4/control-listener"),
    Rule("console_for_every_account", "control_listener", "global", "4/control-auth"),
    Rule("snmp_community_public", "snmp", "global", "4/config/ref-snmp"),
    Rule(AMQP_WITHOUT_TLS, "event_hose", "global", "manuals/enabling-webhooks"),
    Rule(AMQP_BEYOND_HOST, "event_hose", "global", "manuals/enabling-webhooks"),
    Rule(WEBHOOKS_READABLE, "event_hose", "global", "manuals/enabling-webhooks"),
    Rule(PRINTED_PASSWORD, "", "", ""),
)
NAMES = [rule.name for rule in RULES]
BY_NAME: Dict[str, Rule] = {rule.name: rule for rule in RULES}

# Passwords that the manuals print, each with a page that does.
PRINTED: Dict[str, str] = {
    "admin": "manuals/installation-manual",
    "admin_passwd": "4/executable/eccfg",
    "msys": "4/modules/outbound-smtp-auth",
    "myS3cr3T": "mobile/mobile-reference/mobility-xmpp-modules",
    "mypass": "mobile/mobile-reference/momentum-mobility",
    "mysecret": "mobile/mobile-quick-start/quickmob-mm-7-specific",
    "password": "4/modules/auth-ds",
    "secret": "4/modules/ds-core",
    "secret1": "4/modules/auth-radius",
    "secret2": "4/modules/auth-radius",
    "sparkpost": "4/modules/outbound-smtp-auth",
}
# The API proxy: where its configuration is, beside the prefix or in a place of its own; the page; and whether the page says that it lets
# everybody in as it is installed. msys-nginx asks who is there from 4.1 on; OpenResty of 5.x does not.
PROXIES: Sequence[Tuple[str, str, bool]] = (
    ("3rdParty/nginx/conf.d/web_proxy.conf", "4/auth", False),
    ("/usr/local/openresty/nginx/conf.d/web_proxy.conf", "manuals/enabling-apis-message-generation", True),
)
PROXY_ASKS = "access_by_lua_file"
PROXY_LINE = 'access_by_lua_file "/opt/msys/app/users-api/nginx/access.lua";'
DEFAULT_SNMP_ADDRESS = "127.0.0.1:8162"  # page 3/3-reference/3-reference-faq
DEFAULT_COMMUNITY = "Public"

# Webhooks: kinds of files, where each is (below the directory above the prefix, or in a place of its own), the service that reads it, and the rules that
# judge it.
ETL, API, CONSUMERS, RABBITMQ = "etl", "api", "consumers", "rabbitmq"
FILES: Sequence[Tuple[str, str]] = (
    (ETL, "app/webhooks-etl/config/production.json"),
    (API, "app/webhooks-api/config/production.json"),
    (CONSUMERS, "app/webhooks-api/config/webhooks.json"),
    (RABBITMQ, "/etc/rabbitmq/rabbitmq.conf"),
)
SERVICES = {ETL: "msys-app-webhooks-etl", API: "msys-app-webhooks-api", CONSUMERS: "msys-app-webhooks-api"}
OF_FILES: Dict[str, Tuple[str, ...]] = {
    ETL: (AMQP_WITHOUT_TLS, WEBHOOKS_READABLE, PRINTED_PASSWORD),
    API: (WEBHOOKS_READABLE, PRINTED_PASSWORD),
    CONSUMERS: (WEBHOOKS_READABLE, PRINTED_PASSWORD),
    RABBITMQ: (AMQP_BEYOND_HOST, PRINTED_PASSWORD),
}
# What else than rabbitmq.conf says where RabbitMQ listens.
BESIDE_RABBITMQ = ("advanced.config", "rabbitmq.config", "rabbitmq-env.conf", "conf.d")
# Secrets that the page prints, and the password of the user that it deletes, which RabbitMQ has from the beginning.
PRINTED_FOR_WEBHOOKS: Dict[str, str] = {
    "4194cf7d-f0ce-427c-a026-a11faa6c437e": "manuals/enabling-webhooks",
    "guest": "manuals/enabling-webhooks",
    "p1-Vk0lXy": "manuals/enabling-webhooks",
}
