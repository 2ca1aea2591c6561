# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP as clients meet it: relaying, extensions, limits."""

from typing import Sequence

from ..rule import CRITICAL, DECLARED, HIGH, MTA, Rule
from .common import of_exposure

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-SMTP-001",
        "The node is no open relay",
        "Anybody has mail delivered anywhere; the addresses of the node end on block lists.",
        CRITICAL,
        (DECLARED,),
        of_exposure(
            "open_relay", "relay_hosts_world", otherwise="nobody beyond Relay_Hosts relays, and they are not the world"
        ),
        "momentum_settings with Open_Relay false, and networks of your own in Relay_Hosts",
        ("page 4/config/ref-open-relay", "page 4/config/ref-relay-hosts", "NIST SP 800-53 AC-4", "NIST SP 800-177"),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-002",
        "XCLIENT, XREMOTEIP, XSETCONTEXT and XDUMPCONTEXT are for trusted clients alone",
        "Whoever may use them chooses the address and the context by which policies judge a message, or reads both.",
        HIGH,
        (DECLARED,),
        of_exposure(
            "xclient_for_everybody",
            "xremoteip_for_everybody",
            "xsetcontext_for_everybody",
            "xdumpcontext_for_everybody",
            "smtp_always_allow",
            otherwise="no listener that clients beyond the host reach has one of them for everybody",
        ),
        "momentum_settings with SMTP_Extensions without them, or in a Peer for trusted networks",
        ("page 4/esmtp-listener-extensions", "NIST SP 800-53 AC-3"),
        MTA,
    ),
)
