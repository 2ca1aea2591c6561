#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dhparams
short_description: Keep a file of Diffie-Hellman parameters for Momentum
version_added: 0.2.0
description:
  - Writes the parameters that the option C(TLS_DHParams_File) names, in the PEM format of PKCS#3, which every OpenSSL from
    0.9.8 on reads.
  - A group of RFC 7919 is written from data, in no time. Its prime is the result of a published formula, so that nobody can
    have chosen it with a back door, and clients of TLS 1.3 know it by name. Parameters of your own can be generated instead.
  - Files are compared by meaning. The same prime and generator are no change, whatever text, line ends or comments are
    around them.
  - Less than 2048 bits are refused. The vendor's example makes 512, which are broken in minutes.
  - The vendor's advice, DHE for forward secrecy, comes from a time when ECDHE was young. Today ECDHE gives it faster and with
    shorter keys, and RFC 10015 forbids DHE in TLS 1.2. The current profiles of M(msys.momentum.tls) contain no DHE cipher,
    so this file is needed only by those who ask for DHE, for peers that know nothing newer.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  path:
    description:
      - The file, an absolute path. Its directory must exist.
      - A file that holds a key or a certificate is refused, because it would be lost.
    type: path
    required: true
  group:
    description: The group of RFC 7919 that the file shall hold. V(ffdhe2048) if neither this nor O(generate) is given.
    type: str
    choices: [ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192]
  generate:
    description:
      - Let the node's C(openssl dhparam) search for a prime of this many bits, from 2048 to 8192. This takes seconds to
        minutes for 2048 bits, and much longer for more.
      - A file that holds a safe prime of at least this size is kept.
    type: int
  owner:
    description:
      - Name or number of the owner. If not given, an existing file keeps its own, and a new one belongs to the account that
        runs the module.
      - Parameters are public. The daemon must be able to read them, and nobody but root needs to write them.
    type: str
  group_owner:
    description: Name or number of the group that the file belongs to. If not given, as with O(owner).
    type: str
  mode:
    description:
      - The permissions. Others than the owner must not be able to write the file.
      - Octal in quotes with a leading zero (V("0644")), or the unquoted number V(0644) as M(ansible.builtin.file) takes it.
      - Text without a leading zero is refused.
    type: raw
    default: "0644"
notes:
  - The file is replaced in one step, and the old one is kept in the transaction's backups.
  - Whether a reload reads the file again is undocumented. M(msys.momentum.service) has the daemon drop what it keeps of TLS
    (C(tls flush cache)) after each reload.
seealso:
  - module: msys.momentum.tls
  - name: RFC 7919
    description: Negotiated finite-field Diffie-Hellman parameters for TLS.
    link: https://www.rfc-editor.org/rfc/rfc7919
"""

EXAMPLES = r"""
- name: Keep the parameters for peers that know nothing newer than DHE
  msys.momentum.dhparams:
    path: /opt/msys/ecelerity/etc/conf/default/dhparams.pem
    group: ffdhe3072
    owner: root
    group_owner: root
  register: momentum_dhparams

- name: Use them
  msys.momentum.tls:
    targets:
      - {dhe: true, dhparams_file: /opt/msys/ecelerity/etc/conf/default/dhparams.pem}

- name: Replace what the vendor's example made by parameters of your own
  msys.momentum.dhparams:
    path: /opt/msys/ecelerity/etc/conf/default/dhparams.pem
    generate: 2048
"""

RETURN = r"""
activation:
  description: V(reload) where something changed, else V(none).
  returned: success
  type: str
  sample: reload
group:
  description: The group of RFC 7919 that the file holds after the run, empty for any other parameters.
  returned: success
  type: str
  sample: ffdhe3072
bits:
  description: The size of the prime in bits, after the run.
  returned: success
  type: int
  sample: 3072
changes:
  description: What was changed, as M(msys.momentum.config) returns it.
  returned: success
  type: list
  elements: dict
activations:
  description:
    - What has to run, in this order, so that programs apply the changed files.
    - Commands are run by the task itself, the daemon is left to M(msys.momentum.service).
  returned: success
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    name:
      description: V(daemon) for Momentum's daemon.
      type: str
      sample: daemon
    level:
      description: What the daemon needs, V(reload) or V(restart). V(none) for a command.
      type: str
      sample: reload
    argv:
      description: The command. Empty for the daemon.
      type: list
      elements: str
      sample: []
    undo:
      description: The command that runs once the old files are back. Empty where none is needed, and for the daemon.
      type: list
      elements: str
      sample: []
    files:
      description: The changed files that make it necessary.
      type: list
      elements: str
      sample: [/opt/msys/ecelerity/etc/conf/default/ecelerity.conf]
transaction:
  description: The name of the transaction, which M(msys.momentum.service) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500-4711
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.dhparams import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.dhparams import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS, mutually_exclusive=[("group", "generate")]))


if __name__ == "__main__":
    main()
