#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: certificate_served
short_description: Prove that servers present the certificates that lie on the node
version_added: 0.2.0
description:
  - Proves too, where it is requested, that nothing is answered without TLS (O(endpoints[].plain_ports)).
  - Connects to each of O(endpoints), takes the certificate that is presented, and compares it with the first one of a file on
    the node. A certificate that was renewed but not loaded by its server is so found while the old one is still valid.
  - Fails, naming every endpoint that differs with both fingerprints and dates, and what to do.
  - Asks again until O(endpoints[].timeout) is over, because servers load a new certificate a moment after they were told to.
    All endpoints are asked at the same time.
  - Nothing is verified. A certificate that is expired, self-signed or for another name is compared like any other.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  endpoints:
    description: Where certificates are served.
    type: list
    elements: dict
    required: true
    suboptions:
      host:
        description: The name or address to connect to, from the node.
        type: str
        default: 127.0.0.1
      port:
        description: The TCP port.
        type: int
        required: true
      protocol:
        description:
          - How TLS begins. V(smtp) is C(STARTTLS), V(postgresql) is PostgreSQL's request for TLS; the others begin with TLS.
        type: str
        choices: [smtp, smtps, https, postgresql, ldaps]
        required: true
      server_name:
        description: The name to ask for, for servers that have several certificates (SNI). None is requested if not given.
        type: str
      certificate:
        description: The file on the node. Its first certificate must be the one that is served.
        type: path
        required: true
      plain_ports:
        description:
          - Ports of O(endpoints[].host) at which nothing may be answered without TLS. With O(endpoints[].protocol=postgresql) no login may begin
            there, as an account that does not exist; PostgreSQL logs the attempt. With O(endpoints[].protocol=https) no page may be given; a bad request,
            a page that is forbidden, and the way to the same by HTTPS are refusals.
          - Nobody listening is right. Other protocols have none.
        type: list
        elements: int
        default: []
        version_added: 0.3.0
      timeout:
        description: Seconds until it must be.
        type: float
        default: 10
  expected_files:
    description:
      - Files that an earlier task of the same play creates. In check mode such a task has created nothing yet, so their absence is no warning. A run
        requires all files.
    type: list
    elements: path
    default: []
    version_added: 0.3.0
attributes:
  check_mode:
    description: Asks once and returns what was found. It does not fail where something else is served, or nothing.
    support: full
  diff_mode:
    description: This module changes nothing, so there is nothing to compare.
    support: N/A
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
notes:
  - TLS 1.0 and newer is spoken, as far as the OpenSSL of the node's Python still does.
  - A server that demands a certificate of the client ends the handshake of TLS 1.2 before the module sees its own. With TLS 1.3 it
    is seen.
seealso:
  - module: msys.momentum.certificate
  - module: msys.momentum.service
"""

EXAMPLES = r"""
- name: Prove that SMTP and PostgreSQL present what was deployed
  msys.momentum.certificate_served:
    endpoints:
      - port: 25
        protocol: smtp
        certificate: /opt/msys/ecelerity/etc/certs/server.crt
      - port: 5432
        protocol: postgresql
        certificate: /var/lib/pgsql/16/data/server.crt
        plain_ports: [5432]  # and that nobody logs in without TLS

- name: Look, without failing, at what a web server presents for a name
  msys.momentum.certificate_served:
    endpoints:
      - port: 443
        protocol: https
        server_name: momentum.example.com
        certificate: /opt/msys/ecwebui/config/site/server.crt
  check_mode: true
  register: web
"""

RETURN = r"""
endpoints:
  description: What was found, in the order of the task.
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: Where it was asked.
      type: str
      sample: 127.0.0.1
    port:
      description: The port.
      type: int
      sample: 25
    protocol:
      description: How TLS began.
      type: str
      sample: smtp
    certificate:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/certs/server.crt
    ok:
      description: Whether the served certificate is the first one of the file, and nothing is answered without TLS where that is requested.
      type: bool
      sample: true
    problem:
      description: What is wrong, in one sentence. Empty where nothing is.
      type: str
      sample: ""
    served:
      description: SHA-256 of the served certificate, in hexadecimal. Empty where none was served.
      type: str
      sample: 5b6c0ad2a0ad4a2ec5ed0ef29b4bb2f9d6d6fce8f4a1d9f6cfbb2ad2f1f6a6d0
    served_not_after:
      description: Its end.
      type: str
      sample: "2027-02-19T09:00:00Z"
    deployed:
      description: SHA-256 of the file's certificate. Empty where there is none.
      type: str
      sample: 5b6c0ad2a0ad4a2ec5ed0ef29b4bb2f9d6d6fce8f4a1d9f6cfbb2ad2f1f6a6d0
    deployed_not_after:
      description: Its end.
      type: str
      sample: "2027-02-19T09:00:00Z"
"""

from typing import Any, Callable, Dict, List, Optional

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files import reading
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.pki.served import (
    PLAIN,
    PROTOCOLS,
    Answer,
    Endpoint,
    Leaf,
    first_leaf,
    serves,
)

THREADS = 32
ENDPOINT = {
    "host": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int", "required": True},
    "protocol": {"type": "str", "choices": list(PROTOCOLS), "required": True},
    "server_name": {"type": "str"},
    "certificate": {"type": "path", "required": True},
    "plain_ports": {"type": "list", "elements": "int", "default": []},
    "timeout": {"type": "float", "default": 10.0},
}
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "endpoints": {"type": "list", "elements": "dict", "required": True, "options": ENDPOINT},
    "expected_files": {"type": "list", "elements": "path", "default": []},
}


def endpoint_of(declared: Dict[str, Any]) -> Endpoint:
    """One endpoint of the task. Raises PlanError for a number that cannot be meant."""
    endpoint = Endpoint(**dict(declared, server_name=declared["server_name"] or ""))
    for port in [endpoint.port, *endpoint.plain_ports]:
        if not 0 < port < 65536:
            raise PlanError("%d is no port; give one from 1 to 65535" % port)
    if endpoint.plain_ports and endpoint.protocol not in PLAIN:
        raise PlanError(
            "plain_ports: how %s is spoken without TLS is not known; it is for %s"
            % (endpoint.protocol, " and ".join(sorted(PLAIN)))
        )
    if endpoint.timeout <= 0:
        raise PlanError("the timeout of port %d must be more than 0 seconds" % endpoint.port)
    return endpoint


def deployed(endpoint: Endpoint, absent: Callable[[str], None]) -> Optional[Leaf]:
    """The certificate on disk; None where it is missing and `absent` lets that pass: an earlier task of a check mode run may make it."""
    try:
        leaf = first_leaf(reading.read(endpoint.certificate, "pem"))
    except FileNotFoundError:
        absent("%s does not exist; deploy the certificate first" % endpoint.certificate)
        return None
    if leaf is None:
        raise PlanError("%s holds no certificate in PEM format" % endpoint.certificate)
    return leaf


def sentence(endpoint: Endpoint, requested: Optional[Leaf], answer: Answer) -> str:
    """What is wrong at an endpoint; '' where nothing is."""
    place = "%s:%d (%s)" % (endpoint.host, endpoint.port, endpoint.protocol)
    if answer.served is None:
        return "%s serves no certificate: %s; see whether the service runs and listens there with TLS" % (
            place,
            answer.problem,
        )
    if requested is not None and requested.fingerprint == answer.served.fingerprint:
        return "%s: %s; TLS is required" % (place, answer.plain) if answer.plain else ""
    here = "nothing yet" if requested is None else _described(requested)
    return (
        "%s serves %s, but %s holds %s; reload or restart the service, and see whether it is configured with this file"
        % (
            place,
            _described(answer.served),
            endpoint.certificate,
            here,
        )
    )


def _described(leaf: Leaf) -> str:
    return "%s (valid %s to %s)" % (leaf.fingerprint, leaf.not_before or "?", leaf.not_after or "?")


def shown(endpoint: Endpoint, requested: Optional[Leaf], answer: Answer) -> Dict[str, Any]:
    """One endpoint of the result."""
    problem = sentence(endpoint, requested, answer)
    return {
        "host": endpoint.host,
        "port": endpoint.port,
        "protocol": endpoint.protocol,
        "certificate": endpoint.certificate,
        "ok": not problem,
        "problem": problem,
        "served": answer.served.fingerprint if answer.served else "",
        "served_not_after": answer.served.not_after if answer.served else "",
        "deployed": requested.fingerprint if requested else "",
        "deployed_not_after": requested.not_after if requested else "",
    }


def ask_all(endpoints: List[Endpoint], requested: List[Optional[Leaf]], once: bool) -> List[Answer]:
    """Ask all endpoints at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    nothing = Leaf("", "", "")
    with ThreadPoolExecutor(max_workers=min(THREADS, len(endpoints)) or 1) as pool:
        return list(pool.map(lambda pair: serves(pair[0], pair[1] or nothing, once), zip(endpoints, requested)))


def run(module: MomentumModule) -> Dict[str, Any]:
    """Compare what is served with what is deployed."""
    endpoints = [endpoint_of(one) for one in module.params["endpoints"]]
    expected = frozenset(module.params["expected_files"] if module.check_mode else ())
    requested = [
        deployed(one, (lambda refusal: None) if one.certificate in expected else module.refuse_unless_announced)
        for one in endpoints
    ]
    answers = ask_all(endpoints, requested, module.check_mode)
    found = [shown(*one) for one in zip(endpoints, requested, answers)]
    problems = [one["problem"] for one in found if one["problem"]]
    if problems and not module.check_mode:
        module.fail_json(msg="; ".join(problems), changed=False, endpoints=found)
    return {"changed": False, "endpoints": found}


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
