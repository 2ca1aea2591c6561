#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dkim_key
short_description: Keep the keys that sign mail, and rotate them
version_added: 0.3.0
description:
  - Makes private keys for DKIM, ARC and DKIM2 on the node, or deploys given ones, with an owner and mode that the daemon can read and others cannot.
    A key is made once and kept, because another one at the same selector would contradict the record that is published.
  - Returns the DNS record of each key, asks the DNS for it, and compares. The private key is in no result, difference or log.
  - Has a domain sign with another selector, in the C(opendkim) stanza of the configuration (C(dkim_sign) in 3.x), once the record of that is published. Until
    then the domain signs as before, the key waits, and the result reports the record.
  - Which key signs ARC and DKIM2 is in the Lua policy, not in the configuration. The module keeps these keys and compares their records; name
    selector and file in the policy.
  - A key that others could read is restricted, and reported as disclosed.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  keys:
    description: The keys.
    type: list
    elements: dict
    default: []
    suboptions:
      domain:
        description: The domain that signs, C(d=) of a signature, such as V(example.com).
        type: str
        required: true
      selector:
        description: The selector, C(s=) of a signature, such as V(s2026a). A domain can have several.
        type: str
        required: true
      protocol:
        description: What the key signs. V(arc) is in Momentum since 5.0, V(dkim2) since 5.3.
        type: str
        choices: [dkim, arc, dkim2]
        default: dkim
      kind:
        description:
          - The kind of a key that is made. V(ed25519) is only accepted for O(keys[].protocol=dkim2), because Momentum signs nothing else with it.
          - A key that is there is kept, whatever size it has. There is a warning for RSA of less than 2048 bits, and a refusal for less than 1024.
        type: str
        choices: [rsa-2048, ed25519]
        default: rsa-2048
      path:
        description:
          - The file, an absolute path.
          - If not given, the one that C(key) names in the configuration for domain and selector, else C(etc/conf/dkim/DOMAIN/SELECTOR.key)
            below O(prefix), as documented.
        type: path
      content:
        description:
          - The key, PEM text without a passphrase, from a vault. Needed where several nodes sign for the domain, because they need the same key.
          - A key that signs is only replaced by another one whose record is published.
        type: str
      signs:
        description:
          - Whether the domain signs with this selector. Of the selectors of a domain one can have it.
          - It does so in every C(dkim_domain) scope of O(stanza) that signs as the domain, or in a new one. V(false) leaves the configuration alone.
        type: bool
        default: false
      state:
        description:
          - V(absent) removes the file. A key with which the configuration still signs stays, with a warning.
          - A copy remains among the transaction's backups, for root alone, as long as these are kept.
        type: str
        choices: [present, absent]
        default: present
  stanza:
    description: The name of the stanza that signs. Needed where the configuration has several.
    type: str
  version:
    description:
      - The version of Momentum, such as V(5.3.0), which decides what signs.
      - If not given, the package that owns C(ecelerity) is asked, where O(keys) has V(arc) or V(dkim2).
    type: str
  generate:
    description: Whether keys that are missing are made. With V(false) each needs O(keys[].content), or has to be there.
    type: bool
    default: true
  publication:
    description:
      - What the DNS decides.
      - With V(required) a domain comes to sign with a selector only if the DNS answers with the record of its key.
      - With V(reported) records are compared, but decide nothing. With V(ignored) the DNS is not asked.
    type: str
    choices: [required, reported, ignored]
    default: required
  resolvers:
    description: The name servers to ask, as V(192.0.2.53), V(192.0.2.53:5353) or V([2001:db8::53]:53). Those of the node if empty.
    type: list
    elements: str
    default: []
  timeout:
    description: The seconds that all questions to the DNS may take together.
    type: int
    default: 10
  named_keys:
    description:
      - What becomes of keys that C(opendkim), C(dkim_sign) and C(dk_sign) name in the configuration and O(keys) does not list.
      - V(restrict) gives them O(owner), O(group) and O(mode). What is no key is left alone, and so is all that is named by a file that others than root
        can write; both are warnings.
    type: str
    choices: [restrict, ignore]
    default: restrict
  owner:
    description: Name or number of the owner of the keys.
    type: str
    default: root
  group:
    description: Name or number of the group, which is how the daemon may read them.
    type: str
    default: ecuser
  mode:
    description:
      - The mode of the keys. Nothing that gives others anything, or the group more than reading, is accepted.
      - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
      - Text without a leading zero is refused.
    type: raw
    default: "0640"
  directory_mode:
    description: Permissions of directories that have to be created, in the form of O(mode).
    type: raw
    default: "0750"
notes:
  - A key is only written to a directory in which nobody but root and its owner can exchange it.
  - The daemon keeps keys in a cache (C(pos_keycache_ttl)). A rotation by selectors does not depend on it.
seealso:
  - module: msys.momentum.config
  - module: msys.momentum.permissions
"""

EXAMPLES = r"""
- name: Make the first key of a domain, and sign with it once its record is published
  msys.momentum.dkim_key:
    keys:
      - {domain: example.com, selector: s2026a, signs: true}
  register: keys

- name: Show the records to publish
  ansible.builtin.debug:
    msg: "{{ keys.summary }}"

- name: Rotate. Until s2026b is published, s2026a signs
  msys.momentum.dkim_key:
    keys:
      - {domain: example.com, selector: s2026a}
      - {domain: example.com, selector: s2026b, signs: true}

- name: Remove the old key after that
  msys.momentum.dkim_key:
    keys:
      - {domain: example.com, selector: s2026a, state: absent}
      - {domain: example.com, selector: s2026b, signs: true}

- name: Deploy the same key to all nodes of a cluster
  msys.momentum.dkim_key:
    generate: false
    keys:
      - domain: example.com
        selector: s2026a
        content: "{{ vault_dkim_example_com }}"
        signs: true

- name: Keep a key for DKIM2, which the Lua policy names
  msys.momentum.dkim_key:
    keys:
      - {domain: example.com, selector: e2026, protocol: dkim2, kind: ed25519, path: /etc/dkim2/example.com/e2026.key}
"""

RETURN = r"""
signing_keys:
  description: What became of each key, in the order of the task.
  returned: success
  type: list
  elements: dict
  contains:
    domain:
      description: The domain.
      type: str
      sample: example.com
    selector:
      description: The selector.
      type: str
      sample: s2026a
    protocol:
      description: What it signs.
      type: str
      sample: dkim
    path:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/dkim/example.com/s2026a.key
    kind:
      description: The kind of the key, with its size. Empty for one that is absent.
      type: str
      sample: rsa-2048
    action:
      description:
        - V(made), V(deployed) (from C(content)), V(replaced), V(kept), V(removed), V(left) (it is to be absent, but signs) or V(absent).
      type: str
      sample: made
    signs:
      description: Whether the domain signs with it after the task.
      type: bool
      sample: false
    switch:
      description: V(switched) where the domain comes to sign with it, V(waiting) where its record is not published yet, else V(none).
      type: str
      sample: waiting
    published:
      description: What the DNS has, V(match), V(differs), V(absent), V(unknown) (nobody answers) or V(not_asked).
      type: str
      sample: absent
    because:
      description: Why it does not match, in words.
      type: str
      sample: no record is published
    disclosed:
      description: Whether every account could read the key before the task.
      type: bool
      sample: false
    record:
      description: The record to publish. In check mode it has no value for a key that is yet to be made. For a removed key it is that of a revoked one.
      type: dict
      contains:
        name:
          description: The name of the TXT record.
          type: str
          sample: s2026a._domainkey.example.com
        value:
          description: Its value as one text.
          type: str
          sample: v=DKIM1; k=rsa; h=sha256; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
        strings:
          description: Its value in strings of at most 255 octets, as the record has them.
          type: list
          elements: str
          sample: ["v=DKIM1; k=rsa; h=sha256; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"]
        line:
          description: The line of a zone file.
          type: str
          sample: s2026a._domainkey.example.com. IN TXT "v=DKIM1; k=rsa; h=sha256; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
named:
  description: The keys that the configuration names and the task does not list.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/dkim/example.org/s1.key
    file:
      description: The file of the configuration that names it.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line there.
      type: int
      sample: 40
    disclosed:
      description: Whether every account could read the key before the task.
      type: bool
      sample: true
    left:
      description: Why it is left as it is. Empty where it has owner, group and mode of the others.
      type: str
      sample: ""
summary:
  description: What is left to do for the operator, in sentences. Records to publish, domains that wait for them, and keys that were disclosed.
  returned: success
  type: list
  elements: str
  sample: ["s2026b._domainkey.example.com: example.com signs with s2026a until this record is published; run again then"]
activation:
  description: V(reload) or V(restart) where the daemon has to load something, else V(none).
  returned: success
  type: str
  sample: reload
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

from ansible_collections.msys.momentum.plugins.module_utils.concerns.dkim_key import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.dkim_key import ARGUMENTS, SEVERAL_LINES


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS, several_lines=SEVERAL_LINES))


if __name__ == "__main__":
    main()
