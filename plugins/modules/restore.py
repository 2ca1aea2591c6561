#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: restore
short_description: Put back the files that earlier tasks of this collection changed
version_added: 0.2.0
description:
  - Puts back what the named transactions changed, content, owner, group and mode, newest first, each in a transaction of its own.
  - A file that is already as it was before is left alone. One that was changed again since is an error, and nothing is put back.
  - Meant for the C(rescue) of a block that deployed something and could not prove it. The daemon is not told; let
    M(msys.momentum.service) do that afterwards.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  transactions:
    description:
      - The transactions, as the modules return them, in any order. Empty texts are left out.
      - The last 10 of a node are kept.
    type: list
    elements: str
    required: true
attributes:
  check_mode:
    description: Reports what a run would do, and writes nothing.
    support: full
  diff_mode:
    description: No difference is returned, because the files may hold keys.
    support: none
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.certificate
"""

EXAMPLES = r"""
- name: Deploy and prove, or have everything as before
  block:
    - name: Put the renewed pair in place
      msys.momentum.certificate:
        units: "{{ units }}"
      register: deployed

    - name: Restart what uses it
      ansible.builtin.systemd_service:
        name: postgresql-16
        state: reloaded

    - name: Prove that it is served
      msys.momentum.certificate_served:
        endpoints: "{{ endpoints }}"
  rescue:
    - name: Put the old pair back
      msys.momentum.restore:
        transactions: ["{{ deployed.transaction | default('') }}"]
"""

RETURN = r"""
restored:
  description: The transactions of which something was put back, in that order.
  returned: success
  type: list
  elements: str
  sample: [20261121T101500.000000-0a1b2c3d]
files:
  description: The files that were put back.
  returned: success
  type: list
  elements: str
  sample: [/opt/msys/ecelerity/etc/certs/server.key, /opt/msys/ecelerity/etc/certs/server.crt]
"""

from typing import Any, Dict

from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.restoring import to_put_back

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "transactions": {"type": "list", "elements": "str", "required": True},
}


def run(module: MomentumModule) -> Dict[str, Any]:
    """See what differs, then put it back."""
    state_dir = module.node.state_dir
    found = to_put_back(state_dir, [name for name in module.params["transactions"] if name])
    found = {identifier: files for identifier, files in found.items() if files}
    if found and not module.check_mode:
        from ansible_collections.msys.momentum.plugins.module_utils.transaction import restore

        for identifier in found:
            restore(state_dir, identifier)
    files = list(dict.fromkeys(path for paths in found.values() for path in paths))
    return {"changed": bool(found), "restored": list(found), "files": files}


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
