# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies of MTA-STS (RFC 8461; page "MTA-STS support")."""

import http.client
import os
import socket
import ssl
from typing import Dict, List, NamedTuple, Optional

from . import journal, paths
from .resolver import TXT, A, Resolver, Unanswered
from .tree import Reader, Scope

_STORE = "/var/spool/ecelerity/mtasts"
_LARGEST = 64 << 10
_TIMEOUT = 10.0


class Policy(NamedTuple):
    """What a domain publishes. mode: enforce, testing or none. exchangers: patterns."""

    mode: str
    exchangers: List[str]

    def admits(self, exchanger: str) -> bool:
        """Whether mail may go to an exchanger. A star is one label."""
        name = exchanger.lower().rstrip(".")
        names = (name, "*." + name.partition(".")[2])
        return any(pattern.lower().rstrip(".") in names for pattern in self.exchangers)


def policy_of(domain: str, scope: Reader, tree: Scope, resolver: Resolver, port: int) -> Optional[Policy]:
    """The policy of a domain, or None where it has none or none can be had: then its mail is sent without (RFC 8461, 3.3)."""
    try:
        texts = [one for one in resolver.ask("_mta-sts." + domain, TXT).records if one.startswith("v=STSv1")]
        if len(texts) != 1:
            return None
        text = _fetch("mta-sts." + domain, scope.text("TLS_CA"), resolver, port)
        found = _parsed(text)
        _keep(domain, text, tree)
        return found
    except (OSError, ValueError, Unanswered, http.client.HTTPException) as error:
        journal.say("MTA-STS: no policy of %s: %s" % (domain, error))
        return None


def _fetch(host: str, authorities: str, resolver: Resolver, port: int) -> str:
    """The file from the host alone, with a certificate of TLS_CA that has its name. Raises OSError, ValueError, Unanswered."""
    addresses = resolver.ask(host, A).records
    if not addresses or not addresses[0].startswith("127."):
        raise ValueError("%s has no address here" % host)
    context = ssl.create_default_context(cafile=authorities or os.devnull)
    plain = socket.create_connection((addresses[0], port), _TIMEOUT)
    with context.wrap_socket(plain, server_hostname=host) as peer:
        request = "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
        peer.sendall(request.encode("ascii"))
        response = http.client.HTTPResponse(peer)  # type: ignore[arg-type]
        response.begin()
        if response.status != 200 or not (response.getheader("Content-Type") or "").startswith("text/plain"):
            raise ValueError("%s answers %d" % (host, response.status))
        return response.read(_LARGEST).decode("utf-8")


def _parsed(text: str) -> Policy:
    """A policy with all that it must have. Raises ValueError."""
    values: Dict[str, List[str]] = {}
    for line in text.splitlines():
        key, _colon, value = line.partition(":")
        values.setdefault(key.strip(), []).append(value.strip())
    mode = values.get("mode", [""])[0]
    if values.get("version") != ["STSv1"] or mode not in ("enforce", "testing", "none") or "max_age" not in values:
        raise ValueError("the policy cannot be read")
    if mode != "none" and "mx" not in values:
        raise ValueError("the policy names no exchanger")
    int(values["max_age"][0])
    return Policy(mode, values.get("mx", []))


def _keep(domain: str, text: str, tree: Scope) -> None:
    """Store the policy (page "mta_sts_policy_store"). Raises OSError: what cannot be stored is not applied."""
    directory = tree.text("mta_sts_policy_store") or paths.ROOT + _STORE
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, domain), "w") as file:
        file.write(text)
