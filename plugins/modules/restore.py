#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: restore
short_description: Put back the files that earlier tasks of this collection changed
version_added: 0.2.0
description:
  - Puts back what the named transactions changed, newest first, each in a transaction of its own. A file gets the whole of its
    former state, content, owner, group, mode, access list and other extended attributes; each is in RV(attributes), and a
    warning names those that belong to an account again, or that an access list opens again.
  - A file that is already as it was before is left alone. One that was changed again since is an error, and nothing is put back.
  - Files in a working copy of C(eccfg) follow O(working_copy), too. What a run that was interrupted left is put back by the next task of this
    collection in any case, and so is what M(msys.momentum.service) takes back.
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
      - The last 10 of a node are kept, all of the last 24 hours, and those whose activation is still pending.
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
attributes:
  description: Owner, group and mode of each of these files, once for each transaction that is put back.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/certs/server.key
    before:
      description: Owner, group and mode before the run. Empty if there was no file.
      type: str
      sample: root:ecuser 0640
    after:
      description: Owner, group and mode after the run. Empty if the file is removed.
      type: str
      sample: ecuser:ecuser 0644
    access_list:
      description: Whether the file has an access list again.
      type: bool
      sample: false
"""

from typing import Any, Dict, List, Sequence

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.files import working_copy
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.state import directory as state_directory
from ansible_collections.msys.momentum.plugins.module_utils.transaction.rollback import Given, put_back, to_put_back
from ansible_collections.msys.momentum.plugins.module_utils.version_control import commit as version_control

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "transactions": {"type": "list", "elements": "str", "required": True},
}


def run(module: MomentumModule) -> Dict[str, Any]:
    """See what differs, then put it back."""
    state_dir = module.node.state_dir
    found = to_put_back(state_dir, [name for name in module.params["transactions"] if name])
    found = {identifier: files for identifier, files in found.items() if files}
    given = [one for files in found.values() for one in files]
    for files in found.values():  # of which several may have changed one file
        state_directory.refuse([one.path for one in files], [], state_dir)
    paths = list(dict.fromkeys(one.path for one in given))
    if module.node.working_copy == "refuse":
        working_copy.refuse(paths, module.node.prefix)
    edits = edits_of(given)
    commit = version_control.requested(module.node, edits) if paths else None
    if found and not module.check_mode:
        if commit is not None:
            commit.begin()
        list(put_back(state_dir, found))
        if commit is not None:
            commit.run()
    for words in sorted({one.warning for one in given if one.warning}):
        module.warn("put back as it was: " + words)
    edited = [edit.path for edit in edits if edit.is_of_content]
    advice = working_copy.advice(edited, module.node.prefix) if module.node.working_copy == "edit" else ""
    if advice:
        module.warn(advice)
    return {
        "changed": bool(found),
        "restored": list(found),
        "files": paths,
        "attributes": [one.shown() for one in given],
    }


def edits_of(given: Sequence[Given]) -> List[version_control.Edit]:
    """Return what becomes of each file, which several transactions may put back, newest first: from what it is to what it was before the oldest."""
    found: Dict[str, version_control.Edit] = {}
    for one in given:
        first = found.get(one.path, version_control.Edit(one.path, one.present.digest))
        found[one.path] = first._replace(after=one.before.digest)
    return list(found.values())


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
