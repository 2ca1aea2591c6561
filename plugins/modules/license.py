#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: license
short_description: Deploy the licence of a Momentum node
version_added: 0.3.0
description:
  - Writes the licence that the vendor has issued, byte by byte. It is signed, and any change, be it a line end, makes it invalid.
  - Momentum itself fetches licences where the node reaches the vendor's server, when it starts and daily by cron. What is in a licence
    is not documented, so nobody can tell which of two is newer. The module therefore records the checksum of the one that it has deployed, and
    never replaces what Momentum has fetched since by that one again.
  - Before it writes, it asks the node's C(ec_lic) about the given licence. One that C(ec_lic) does not confirm never replaces one that it
    confirms, unless O(replace=always); elsewhere it is a warning.
  - What is in the place of the licence and is none, such as a directory or a file of more than 1 MiB, is left alone, and the module fails. With an
    owner, group and mode that keep the daemon's user from reading it there is a warning.
  - The old licence is kept in the transaction's backups, and M(msys.momentum.restore) puts it back. That is on record, too, so the next task
    with the newer one deploys it again. Give O(replace=never), or the old one as O(content), to keep the old one.
  - Nothing needs a reload or restart for it. A running daemon validates its licence every 15 minutes.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  content:
    description: The bytes of the licence in base64. It is in no result, difference or log.
    type: str
    required: true
  path:
    description:
      - The file, an absolute path in a directory that exists.
      - If not given, the one that the option C(License) names in the configuration, else C(etc/license) below O(prefix).
    type: path
  owner:
    description: Name or number of the owner.
    type: str
    default: root
  group:
    description: Name or number of the group. The daemon must be a member, because it reads the licence again while it runs.
    type: str
    default: ecuser
  mode:
    description:
      - The permissions. Others than the owner must not be able to write the file.
      - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
      - Text without a leading zero is refused.
    type: raw
    default: "0640"
  require:
    description:
      - What must hold of O(content) before it is written over another licence or where there is none.
      - With V(valid) the node's C(ec_lic) must confirm it, and the task fails otherwise; before Momentum is installed nobody can be asked. C(ec_lic)
        gets a copy and no way to a server, so it fetches nothing.
      - V(readable) and V(none) require nothing here. They are those of O(msys.momentum.service#module:license.require).
    type: str
    choices: [none, readable, valid]
    default: none
  replace:
    description:
      - What to do where the node has another licence.
      - V(auto) replaces it where O(content) is another one than this module has deployed last, or where M(msys.momentum.restore) has put an
        older one back. One that Momentum has fetched since stays, and so
        does one of unknown origin on a node where this module has never deployed any; that is a warning.
      - V(always) replaces it, V(never) keeps it.
    type: str
    choices: [auto, always, never]
    default: auto
seealso:
  - module: msys.momentum.config_info
  - module: msys.momentum.service
"""

EXAMPLES = r"""
- name: Deploy the licence
  msys.momentum.license:
    content: "{{ lookup('ansible.builtin.file', 'license', rstrip=false) | b64encode }}"

- name: Replace whatever licence the node has
  msys.momentum.license:
    content: "{{ lookup('ansible.builtin.file', 'license', rstrip=false) | b64encode }}"
    replace: always
"""

RETURN = r"""
action:
  description: V(installed), V(replaced), V(kept) (another licence stays), or V(same).
  returned: success
  type: str
  sample: replaced
path:
  description: The licence.
  returned: success
  type: str
  sample: /opt/msys/ecelerity/etc/license
activations:
  description: Nothing has to run for a licence.
  returned: success
  type: list
  elements: dict
  sample: []
transaction:
  description: The name of the transaction, which M(msys.momentum.restore) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500.000000-0a1b2c3d
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.license import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.license import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
