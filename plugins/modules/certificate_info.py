#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: certificate_info
short_description: Find the certificates of a node, and say how long they will do
version_added: 0.2.0
description:
  - Finds the certificates that a task names, those that the configuration in force names in any scope (C(TLS_Certificate) and
    C(TLS_Key), the key by the documented fallback), and those in the documented places of the product, which are PostgreSQL,
    the web UI and ecconfigd.
  - Returns for each what it says, what uses it, whether the key that goes with it fits, how much of its lifetime is left, and
    what speaks against it.
  - Grades by the share of the lifetime that is left, so that 47 days and five years need no two rules. A third is V(due),
    a sixth is V(alarm).
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes.info
requirements:
  - python3-cryptography 3.2 or later on the node, as soon as there is a certificate to read
options:
  paths:
    description:
      - Files to look at beside what is found by itself, as absolute paths. Patterns with C(*), C(?) and C([]) are
        allowed; V(**) stands for any number of directories, and does not follow symbolic links.
      - Of what a pattern finds, only files named C(.crt), C(.pem), C(.cer) or C(.cert) are looked at. A path without a pattern
        has to exist.
    type: list
    elements: str
    default: []
  configuration:
    description: Whether to look at what the configuration names.
    type: bool
    default: true
  product:
    description: Whether to look into the documented places of the product. Places that do not exist are left out.
    type: bool
    default: true
  at:
    description:
      - The time to judge by, as ISO 8601 in UTC, such as V(2027-03-01T00:00:00Z). It tells what will be due then.
      - The node's clock if not given.
    type: str
notes:
  - A key is read for one question only, whether it fits; nothing of it is returned.
  - PostgreSQL of the distribution (Momentum 5.2 and later) is looked for in C(/var/lib/pgsql/data) and C(/var/lib/pgsql/*/data).
    Name other data directories in O(paths).
  - C(ecconfigd.conf) may name other paths than those documented for C(ecconfigd). It is not read; name such files in O(paths).
  - Of bundles of trusted authorities that the configuration names (C(TLS_CA), C(TLS_Client_CA)), only certificates that have
    expired or are not valid yet are returned, and a bundle that cannot be read. Name a bundle in O(paths) to see all of it.
  - A file that begins with a certificate authority and holds several certificates is taken for a bundle, and each is
    returned. In other files the first certificate counts, and the others are its chain.
  - What a relative path in the configuration is relative to is not documented, so such a file is returned as unreadable.
seealso:
  - module: msys.momentum.config_info
  - plugin: msys.momentum.certificate_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Look at every certificate of the node
  msys.momentum.certificate_info:
    paths: [/etc/pki/tls/certs/mail-*.crt]
  register: momentum_found

- name: Stop where one cannot be used any more
  ansible.builtin.assert:
    that: momentum_found.summary.expired == 0 and momentum_found.summary.alarm == 0

- name: See what will be due before the change freeze ends
  msys.momentum.certificate_info:
    at: "2027-01-10T00:00:00Z"
"""

RETURN = r"""
certificates:
  description: The certificates, sorted by path.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/certs/server.crt
    service:
      description: What it is for, such as V(SMTP), V(SMTP client), V(PostgreSQL), V(web UI) or V(ecconfigd). Empty if unknown.
      type: str
      sample: SMTP
    scopes:
      description: The scopes of the configuration that use it.
      type: list
      elements: str
      sample: ['ESMTP_Listener > Listen ":25"']
    grade:
      description:
        - V(ok), V(due) (a third or less of the lifetime is left, or RV(certificates[].problems) is not empty), V(alarm) (a sixth or
          less, not valid yet, the key does not fit, a certificate of the chain has expired, or OpenSSL cannot read all of the file),
          V(expired), or V(unreadable).
        - If it is V(unreadable), only RV(certificates[].path), RV(certificates[].service), RV(certificates[].scopes),
          RV(certificates[].key_path) and RV(certificates[].problems) are there.
      type: str
      sample: ok
    problems:
      description: What speaks against it, in sentences.
      type: list
      elements: str
    subject:
      description: Its subject, as RFC 4514 writes it.
      type: str
      sample: CN=mx1.example.com
    names:
      description: Its subject alternative names.
      type: list
      elements: str
      sample: ['DNS:mx1.example.com']
    issuer:
      description: Who issued it.
      type: str
      sample: CN=Example Mail CA
    serial:
      description: Its serial number, hexadecimal.
      type: str
    not_before:
      description: When its life begins, UTC.
      type: str
      sample: "2026-09-01T00:00:00Z"
    not_after:
      description: When its life ends, UTC.
      type: str
      sample: "2026-11-30T00:00:00Z"
    days_left:
      description: Whole days until the end, negative after it.
      type: int
      sample: 9
    share_left:
      description: The share of its lifetime that is left, from 0 to 1.
      type: float
      sample: 0.1
    key_kind:
      description: The kind of its key.
      type: str
      sample: ec-p256
    key_bits:
      description: The size of its key.
      type: int
      sample: 256
    signature_hash:
      description: The hash function of its signature, empty for Ed25519.
      type: str
      sample: sha256
    usages:
      description: What it may be used for by its extended key usage, V(server) and V(client). Empty for anything.
      type: list
      elements: str
    fingerprint:
      description: The SHA-256 of the certificate, hexadecimal.
      type: str
    self_signed:
      description: Whether its own key signed it.
      type: bool
    is_ca:
      description: Whether it is a certificate authority.
      type: bool
    chain:
      description: Subject and end of the certificates that follow it in the file.
      type: list
      elements: dict
    key_path:
      description: The file of its key, empty if none was found.
      type: str
    key_mode:
      description: The permission bits of that file.
      type: str
      sample: "0600"
    key_fits:
      description: Whether the key can be used with the certificate. Null if there is no key to ask.
      type: bool
summary:
  description: How many certificates have which grade.
  returned: success
  type: dict
  sample: {expired: 0, unreadable: 0, alarm: 0, due: 1, ok: 4}
problems:
  description: What could not be read of the configuration, each with kind, path, file, line and message.
  returned: success
  type: list
  elements: dict
"""

import os
from datetime import datetime, timezone
from typing import Any, Dict, List

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils import node_options
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files import reading
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.pki import current as certificates
from ansible_collections.msys.momentum.plugins.module_utils.pki import inspection, inventory
from ansible_collections.msys.momentum.plugins.module_utils.pki.x509 import lifetime

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "paths": {"type": "list", "elements": "str", "default": []},
    "configuration": {"type": "bool", "default": True},
    "product": {"type": "bool", "default": True},
    "at": {"type": "str"},
}


def clock(text: Any) -> datetime:
    """The time to judge by. Raises PlanError."""
    if text is None:
        return datetime.now(timezone.utc)
    for form in (inspection.TIME, "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
    raise PlanError("at %r cannot be read; write it like 2027-03-01T00:00:00Z" % text)


def given(module: MomentumModule) -> List[str]:
    """The paths of the task. Raises PlanError for one that is not absolute."""
    paths: List[str] = module.params["paths"]
    for path in paths:
        if not os.path.isabs(path):
            raise PlanError("paths: %r is not absolute" % path)
    return paths


def run(module: MomentumModule) -> Dict[str, Any]:
    """Find, read, judge."""
    now = clock(module.params["at"])
    paths = given(module)
    current = node_options.current(module.node) if module.params["configuration"] else None
    effective = current.effective if current is not None else None
    found = certificates.current(inventory.places(paths, effective, module.params["product"], reading.find), now)
    return {
        "changed": False,
        "certificates": found,
        "summary": {grade: sum(entry["grade"] == grade for entry in found) for grade in lifetime.GRADES},
        "problems": [node_options.described(item) for item in (current.problems if current is not None else [])],
    }


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
