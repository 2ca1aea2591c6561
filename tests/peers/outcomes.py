# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of mail to each of the servers, with the declaration of the scenario `sending`: opportunistic from TLS 1.2 on, required and verified for
partners, DANE and MTA-STS."""

import smtplib
from typing import Dict, NamedTuple, Optional


class Outcome(NamedTuple):
    """kind: D for delivered, T for tried again later. tls: what the server says that it arrived over, None for clear. words: of the line in mainlog."""

    kind: str
    tls: Optional[str]
    words: str


MODERN = "TLSv1.3"
EXPECTED: Dict[str, Outcome] = {
    "clear.test": Outcome("D", None, "in clear, TLS is not offered"),
    "self.test": Outcome("D", MODERN, "TLSv1.3"),
    # Below the floor: the vendor falls back to clear text, which the declaration leaves as it is.
    "old.test": Outcome("D", None, "in clear, the handshake failed"),
    "partner.test": Outcome("D", MODERN, "verified: host"),
    "clear-partner.test": Outcome("T", None, "TLS is required and not offered"),
    "self-partner.test": Outcome("T", None, "self-signed certificate"),
    "expired-partner.test": Outcome("T", None, "certificate has expired"),
    "other-partner.test": Outcome("T", None, "the common name is neither"),
    "dane.test": Outcome("D", MODERN, "DANE"),
    "dane-mismatch.test": Outcome("T", None, "in no TLSA record"),
    "dane-clear.test": Outcome("T", None, "TLS is required and not offered"),
    # What DNSSEC does not prove is not looked at.
    "dane-unsigned.test": Outcome("D", MODERN, "TLSv1.3"),
    "sts.test": Outcome("D", MODERN, "verified: host"),
    "sts-self.test": Outcome("T", None, "self-signed certificate"),
    "sts-clear.test": Outcome("T", None, "TLS is required and not offered"),
    "sts-elsewhere.test": Outcome("T", None, "does not name mx.sts-elsewhere.test"),
}
PARTNERS = [name for name in EXPECTED if "partner" in name]


def send(host: str, port: int) -> None:
    """A message to a recipient at each of them."""
    with smtplib.SMTP(host, port, timeout=30) as client:
        for domain in EXPECTED:
            client.sendmail("sender@node.test", ["r@" + domain], "Subject: one\r\n\r\n.two dots\r\n")


if __name__ == "__main__":
    send("127.0.0.1", 25)
