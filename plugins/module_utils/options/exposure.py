# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node accepts of what its configuration opens to the world."""

from typing import Any, Dict

ENTRY: Dict[str, Any] = {
    "name": {
        "type": "str",
        "required": True,
        "choices": [
            "open_relay",
            "relay_hosts_world",
            "smtp_always_allow",
            "xclient_for_everybody",
            "xremoteip_for_everybody",
            "xsetcontext_for_everybody",
            "xdumpcontext_for_everybody",
            "starttls_injection",
            "outbound_without_tls",
            "http_without_tls",
            "http_without_authentication",
            "api_proxy_without_authentication",
            "ecstream_beyond_host",
            "console_beyond_host",
            "console_for_every_account",
            "snmp_community_public",
            "amqp_without_tls",
            "amqp_beyond_host",
            "webhooks_secret_for_every_account",
            "printed_password",
        ],
    },
    "scope": {"type": "list", "elements": "str"},
    "reason": {"type": "str", "required": True},
}
ARGUMENT: Dict[str, Any] = {"type": "list", "elements": "dict", "default": [], "options": ENTRY}
