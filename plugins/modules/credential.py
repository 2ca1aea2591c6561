#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: credential
short_description: Manage the passwords of Momentum's data sources in its credentials database
version_added: 0.1.0
description:
  - Sets, rotates and removes entries of the encrypted database of the module C(securecreds), with the vendor's C(credmgr), and
    creates database and key where they are missing.
  - The two manual pages name different default places. Both files are named to C(credmgr) and in the C(securecreds) stanza;
    a second pair at another of these places is an error.
  - Stored passwords are read back and compared; nothing is written where they are right, and none is ever shown.
  - C(credmgr) takes passwords as arguments only. They are replaced by stars before anybody can list them, see RV(hidden_by).
  - C(credmgr) works on copies in memory. What it made is read back, and then database, key and configuration change as one,
    or none of them. The previous ones are kept in O(state_dir), with mode V(0600).
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  entries:
    description: The entries, all of them in one call. Others are left alone.
    type: list
    elements: dict
    default: []
    suboptions:
      documented:
        description:
          - Entries that the manual requires where C(securecreds) is turned on after the installation, in place of
            O(entries[].username), O(entries[].hostname) and O(entries[].facility).
          - V(ecconfigd) is C(ecuser) at C(_ecconfigd_); V(pgsql) and V(ecdb) are C(ecuser) at O(nodename) and at C(localhost).
        type: str
        choices: [ecconfigd, pgsql, ecdb]
      username:
        description: The user that the password belongs to.
        type: str
      hostname:
        description: The host that the password is for.
        type: str
      facility:
        description: What the password is for. V(ecdb), V(ecconfigd) and V(eccfg) are of Momentum's own.
        type: str
        choices: [pgsql, odbc, mysql, ldap, proxy, ecdb, ecconfigd, eccfg]
      password:
        description: The password, of at least four characters. Needed if O(entries[].state=present).
        type: str
      state:
        description: Whether the entry is to be there.
        type: str
        choices: [present, absent]
        default: present
  database:
    description:
      - The database. What the C(securecreds) stanza specifies if not given, else the daemon's own default, C(etc/credentials.db)
        beside O(prefix), which is C(/opt/msys/etc/credentials.db).
    type: path
  key:
    description: The key, found as O(database) is, C(/opt/msys/etc/credentials.key) by default.
    type: path
  cipher:
    description: The cipher, C(--cipher) of C(credmgr).
    type: str
    choices: [aes]
    default: aes
  key_size:
    description: The length of the key in bytes.
    type: int
    choices: [16, 24, 32]
    default: 32
  block_mode:
    description: How the cipher is used, C(--block_mode) of C(credmgr).
    type: str
    choices: [cbc]
    default: cbc
  owner:
    description: Name or number of the owner of database and key.
    type: str
    default: root
  group:
    description: Name or number of the group, which is how the daemon may read them.
    type: str
    default: ecuser
  mode:
    description:
      - The mode of database and key. Nothing that gives others anything, or the group more than reading, is accepted.
      - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
      - Text without a leading zero is refused.
    type: raw
    default: "0640"
  stanza:
    description: Whether the C(securecreds) stanza is managed, so that the daemon reads these files.
    type: bool
    default: true
  allow:
    description:
      - Safety checks to override, by name.
      - V(visible_arguments) hands passwords to C(credmgr) even where any user of the node can list them meanwhile.
      - V(split_database) leaves a second database or key in another place where the daemon or C(credmgr) looks.
    type: list
    elements: str
    default: []
    choices: [visible_arguments, split_database]
notes:
  - The form of C(credmgr)'s answers and its exit codes are not documented. The form is learnt in each run with random words in a
    database of its own; a tool that answers otherwise than expected leads to an error, never to a guess.
  - That a reload makes the daemon read changed passwords is inferred.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.config
"""

EXAMPLES = r"""
- name: Keep what Momentum itself needs, and the password of a directory
  msys.momentum.credential:
    entries:
      - {documented: pgsql, password: "{{ vault_pgsql }}"}
      - {documented: ecdb, password: "{{ vault_pgsql }}"}
      - {documented: ecconfigd, password: "{{ vault_ecconfigd }}"}
      - {username: momentum, hostname: ldap.example.com, facility: ldap, password: "{{ vault_ldap }}"}
      - {username: momentum, hostname: old.example.com, facility: ldap, state: absent}
  register: momentum_credentials

- name: Let the daemon read them
  msys.momentum.service:
    activation: "{{ momentum_credentials.activation }}"

- name: Keep using the database where credmgr made it
  msys.momentum.credential:
    database: /opt/msys/ecelerity/etc/credentials.db
    key: /opt/msys/ecelerity/etc/credentials.key
"""

RETURN = r"""
activation:
  description: V(reload) or V(restart) where something changed, else V(none).
  returned: success
  type: str
  sample: reload
database:
  description: The database that is managed.
  returned: success
  type: str
  sample: /opt/msys/etc/credentials.db
key:
  description: Its key.
  returned: success
  type: str
  sample: /opt/msys/etc/credentials.key
entries:
  description: What was done, or would be, about each entry.
  returned: success
  type: list
  elements: dict
  contains:
    username:
      description: The user.
      type: str
      sample: ecuser
    hostname:
      description: The host.
      type: str
      sample: localhost
    facility:
      description: What the password is for.
      type: str
      sample: pgsql
    action:
      description: V(add), V(rotate), V(remove) or V(none).
      type: str
      sample: rotate
hidden_by:
  description:
    - How passwords are kept out of the list of processes. V(replaced), stars are in their place; V(hidepid), /proc shows
      foreign processes to nobody; V(visible), not at all, as allowed; V(none), there was none to hand over.
  returned: success
  type: str
  sample: replaced
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

from ansible_collections.msys.momentum.plugins.module_utils.concerns.credential import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.credential import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
