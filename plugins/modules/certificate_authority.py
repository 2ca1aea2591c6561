#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: certificate_authority
short_description: Keep an authority that signs the certificates of Momentum nodes
version_added: 0.2.0
description:
  - Makes and renews the files of a certificate authority, from which M(msys.momentum.certificate) signs. Run it where these
    files are kept, on the controller, with C(delegate_to) localhost and C(run_once).
  - The authority signs for O(permitted) only (name constraints, which exclude e-mail addresses and URIs as well), for servers and
    clients of TLS only (extended key usage), has no authorities below it (path length 0), and is renewed when a share of its lifetime
    is left.
  - A new root is announced before it signs. It is in O(bundle) for O(announce_days), so that every node trusts it by then. The old
    root stays in the bundle until nothing that it signed can be valid any more.
  - The key is written with mode V(0600), encrypted where O(passphrase) is given, and is in no result, difference or log.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
requirements:
  - python3-cryptography (3.2 or later)
options:
  name:
    description:
      - The common name of the authority. Its roots are numbered, V(Example Mail CA G1) is the first of V(Example Mail CA).
      - It must not change; another authority needs other files.
    type: str
    required: true
  key:
    description:
      - The file of the key. That of an announced root lies beside it, with C(.next) after its name.
      - Missing directories are made, for their owner alone.
    type: path
    required: true
  certificate:
    description: The file of the root that signs. An announced one has C(.next) after its name, old ones are in C(.previous).
    type: path
    required: true
  bundle:
    description:
      - A file of all roots that are to be trusted, for C(TLS_CA) and C(TLS_Client_CA). The one that signs comes first, then the
        announced one, then old ones.
    type: path
  permitted:
    description:
      - The domains and networks that the authority may sign for, such as V(example.com), which covers all names below it, or
        V(192.0.2.0/24).
      - Where no network is given, no address is permitted at all; where no domain is given, no name.
      - Another list makes another root.
    type: list
    elements: str
    required: true
  key_type:
    description:
      - The kind of key. Another kind makes another root.
      - If not given, the kind of the newest root is kept, and a first key is V(ec-p256).
    type: str
    choices: [ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096, ed25519]
  passphrase:
    description:
      - The passphrase of the keys, from a vault, of at least four characters. A key that is not encrypted yet is encrypted with it.
      - It is not changed on keys that are encrypted already, and must open them.
    type: str
  days:
    description: The lifetime of a root.
    type: int
    default: 3650
  renew_at:
    description: The share of the lifetime that is left when the next root is made, such as V(1/3), V(0.33) or V(33%).
    type: str
    default: 1/3
  announce_days:
    description:
      - How long the next root is in the bundle before it signs. Every node has to take the bundle in that time.
      - V(0) lets it sign at once.
    type: int
    default: 14
  leaf_days:
    description:
      - How long an old root stays in the bundle after it has stopped signing. As long as the longest lifetime of what it signed;
        M(msys.momentum.certificate) signs for 398 days at most.
    type: int
    default: 398
  renew:
    description: Announce the next root now, unless one is announced already. Give it on the command line.
    type: bool
    default: false
  state_dir:
    description: Where the lock, the journal of a running transaction and previous versions are kept. C(.msys-momentum) beside the
      key if not given.
    type: path
    default: null
notes:
  - The previous versions in O(state_dir) contain the keys of old roots, as they were encrypted. Only their owner can read them.
  - To distrust a root at once, remove its files and those of the nodes' certificates; the next run makes another authority.
  - O(prefix), O(main), O(search_path), O(nodename), O(subcluster) and O(validate) have no meaning here.
seealso:
  - module: msys.momentum.certificate
  - name: Signing certificates
    description: Authorities, signing elsewhere, and what is refused.
    link: https://github.com/msys/momentum/blob/main/docs/certificate-signing.md
"""

EXAMPLES = r"""
- name: Keep an authority for the mail domain
  msys.momentum.certificate_authority:
    name: Example Mail CA
    key: /srv/ca/mail.key
    certificate: /srv/ca/mail.pem
    bundle: /srv/ca/mail-bundle.pem
    permitted: [mail.example.com, 192.0.2.0/24]
    passphrase: "{{ vault_mail_ca_passphrase }}"
  delegate_to: localhost
  run_once: true
  register: momentum_authority

- name: Let nodes and their clients trust it
  ansible.builtin.copy:
    content: "{{ momentum_authority.bundle }}"
    dest: /opt/msys/ecelerity/etc/certs/ca.pem
    mode: "0644"

- name: Keep a certificate of that authority
  msys.momentum.certificate:
    authority:
      certificate: /srv/ca/mail.pem
      key: /srv/ca/mail.key
      passphrase: "{{ vault_mail_ca_passphrase }}"
    units:
      - name: smtp
        source: authority
        key: /opt/msys/ecelerity/etc/certs/server.key
        certificate: /opt/msys/ecelerity/etc/certs/server.crt
        names: ["{{ inventory_hostname }}"]
"""

RETURN = r"""
state:
  description: V(created), V(announced) (the next root), V(switched) (it signs now), V(tidied) (an old one is trusted no longer),
    V(corrected) (modes, encryption or the bundle), or V(kept).
  returned: success
  type: str
  sample: announced
reason:
  description: Why.
  returned: success
  type: str
  sample: 1216 of 3650 days are left
fingerprint:
  description: SHA-256 of the root that signs, in hexadecimal. Empty in check mode if it has yet to be made.
  returned: success
  type: str
  sample: 5b6c0ad2a0ad4a2ec5ed0ef29b4bb2f9d6d6fce8f4a1d9f6cfbb2ad2f1f6a6d0
subject_key:
  description: Its key identifier, in hexadecimal.
  returned: success
  type: str
  sample: 4f1d0c5a3a2b9d8e7f60514233241506f7e8d9ca
not_after:
  description: Its end.
  returned: success
  type: str
  sample: "2036-11-18T10:00:00Z"
days_left:
  description: Whole days until then.
  returned: success
  type: int
  sample: 3650
share_left:
  description: The share of its lifetime that is left, between 0 and 1.
  returned: success
  type: float
  sample: 0.9995
next_signs_from:
  description: When the announced root begins to sign, at the first run from then on. Empty if none is announced.
  returned: success
  type: str
  sample: ""
roots:
  description: All roots, in the order of the bundle.
  returned: success
  type: list
  elements: dict
  contains:
    role:
      description: V(signs), V(announced) or V(trusted), which is an old one.
      type: str
      sample: signs
    subject:
      description: Its name.
      type: str
      sample: CN=Example Mail CA G1
    fingerprint:
      description: Its SHA-256, in hexadecimal.
      type: str
      sample: 5b6c0ad2a0ad4a2ec5ed0ef29b4bb2f9d6d6fce8f4a1d9f6cfbb2ad2f1f6a6d0
    not_after:
      description: Its end.
      type: str
      sample: "2036-11-18T10:00:00Z"
    trusted_until:
      description: When it leaves the bundle.
      type: str
      sample: "2036-11-18T10:00:00Z"
bundle:
  description: All roots as PEM, in the order of the bundle. Without the one that has yet to be made in check mode.
  returned: success
  type: str
  sample: ""
transaction:
  description: The name of the transaction in O(state_dir). Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500.000000-0a1b2c3d
"""

import os
from datetime import datetime, timezone
from typing import Any, Dict

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.pki.authority import manage as keeper
from ansible_collections.msys.momentum.plugins.module_utils.pki.authority.files import Paths
from ansible_collections.msys.momentum.plugins.module_utils.pki.authority.root import DesiredAuthority
from ansible_collections.msys.momentum.plugins.module_utils.pki.errors import CertificateError
from ansible_collections.msys.momentum.plugins.module_utils.pki.x509 import constraints
from ansible_collections.msys.momentum.plugins.module_utils.pki.x509.keys import KINDS
from ansible_collections.msys.momentum.plugins.module_utils.pki.x509.lifetime import share_of

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "key": {"type": "path", "required": True, "no_log": False},
    "certificate": {"type": "path", "required": True},
    "bundle": {"type": "path"},
    "permitted": {"type": "list", "elements": "str", "required": True},
    "key_type": {"type": "str", "choices": list(KINDS), "no_log": False},
    "passphrase": {"type": "str", "no_log": True},
    "days": {"type": "int", "default": 3650},
    "renew_at": {"type": "str", "default": "1/3"},
    "announce_days": {"type": "int", "default": 14},
    "leaf_days": {"type": "int", "default": 398},
    "renew": {"type": "bool", "default": False},
    "state_dir": {"type": "path"},
}


def task_of(params: Dict[str, Any], check_mode: bool) -> keeper.Task:
    """What the parameters ask for. Raises CertificateError for what cannot be meant."""
    if params["passphrase"] == "":
        raise CertificateError("passphrase is empty; leave it out for a key that is not encrypted")
    desired = DesiredAuthority(
        params["name"],
        params["key_type"] or "",
        constraints.canonicals(params["permitted"]),
        params["days"],
        share_of(params["renew_at"]),
        params["announce_days"],
        params["leaf_days"],
    )
    constraints.build(desired.permitted)
    for option in ("key", "certificate", "bundle"):
        if params[option] and not os.path.isabs(params[option]):
            raise CertificateError(
                "%s: %r is a relative path; set an absolute one, such as one below inventory_dir"
                % (option, params[option])
            )
    paths = Paths(params["key"], params["certificate"], params["bundle"])
    if len(set(map(os.path.normpath, paths.all()))) < len(paths.all()):
        raise CertificateError("key, certificate and bundle need a path each")
    passphrase = params["passphrase"].encode("utf-8") if params["passphrase"] else None
    return keeper.Task(desired, paths, passphrase, params["renew"], state_dir_of(params), check_mode)


def state_dir_of(params: Dict[str, Any]) -> str:
    """The directory of the journal and the backups, beside the key if the task says nothing."""
    return params["state_dir"] or os.path.join(os.path.dirname(params["key"]), ".msys-momentum")


def beside_its_key(module: MomentumModule) -> MomentumModule:
    """The module with its state directory, in which is looked for what an earlier run left unfinished, before anything is read."""
    if os.path.isabs(module.params["key"]):  # a relative one is refused
        module.node = module.node._replace(state_dir=state_dir_of(module.params))
    return module


def run(module: MomentumModule) -> Dict[str, Any]:
    """Decide what happens to the authority, and do it."""
    return keeper.keep(task_of(module.params, module.check_mode), datetime.now(timezone.utc))


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, beside_its_key(MomentumModule(ARGUMENTS)))


if __name__ == "__main__":
    main()
