#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: packages
short_description: Install or upgrade Momentum's packages, and no others
version_added: 0.3.0
description:
  - Installs packages from one repository with their dependencies. With O(version), also upgrades every installed package that this
    repository offers, because the role packages require no certain version of the others.
  - Asks dnf before, and fails without a change if it would not check signatures, read packages from another place, or change an installed
    package that is not Momentum's. Such a package is named.
  - With O(version), an installed package that the repository has newer, and that C(excludepkgs) or the plugin versionlock keeps from dnf, is an error.
  - What was judged is carried out in one transaction of the same session.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  name:
    description: The packages, by name alone. Those that are installed already in O(version) are left as they are.
    type: list
    elements: str
    required: true
  version:
    description:
      - The version that O(name) must have, as RPM names it, with or without the release.
      - If the repository has a package in several versions, the others are not used. A package that it does not have in this version (the
        vendor's third-party packages have versions of their own) is upgraded to its newest.
      - Empty means any, and installed packages are not upgraded.
    type: str
    default: ""
  repository:
    description:
      - The id of a repository that is configured on the node. It may be disabled; it is enabled for this task alone.
      - Either this or O(repository_file) is required.
    type: str
  repository_file:
    description: The repository file that M(msys.momentum.bundle) wrote. Packages must be in the bundle's directory then.
    type: path
  remove:
    description:
      - Packages to remove in the same transaction, where they are installed, as the upgrade manual lists them. What depends on them must
        be upgraded with it, be listed here, or be Momentum's.
    type: list
    elements: str
    default: []
  may_change:
    description: Names of installed packages that may be changed beside Momentum's, with C(*) for any letters.
    type: list
    elements: str
    default: []
  upgrade:
    description:
      - Whether installed packages of Momentum's may change. The upgrade manual (2.3) has services stopped before they do.
      - If V(false), a transaction that would change one fails and names it. New packages are installed, and those in O(remove) removed.
    type: bool
    default: true
    version_added: 0.3.0
  download_only:
    description:
      - Whether packages are only downloaded into dnf's cache and their signatures checked, after the same judgements. Nothing is installed or removed.
      - The next task without it installs what is there, so that a server that does not answer, or a disk that is full, is known before a daemon stops.
    type: bool
    default: false
    version_added: 0.3.0
  require_signatures:
    description: Whether dnf must check the signatures of the repository's packages, C(gpgcheck). Otherwise the setting of the repository decides.
    type: bool
    default: true
attributes:
  check_mode:
    description: Everything is resolved and judged as in a run, and nothing installed. dnf may refresh its cache.
    support: full
  diff_mode:
    description: Shows the packages before and after.
    support: full
  platform:
    description: The operating systems of the managed node. dnf 4 with its Python interface, as in RHEL 8, 9 and 10.
    platforms: rhel
    support: full
requirements:
  - dnf 4 and its Python interface (python3-dnf, a part of dnf)
notes:
  - The node's own C(dnf.conf), repositories and plugins are in force. Other repositories serve dependencies, with their own C(gpgcheck).
  - Momentum's packages are those that the repository offers, and those whose names begin with C(msys-).
  - If the interpreter of the task has no C(dnf), the module continues with that of the system, as M(ansible.builtin.dnf) does.
seealso:
  - module: msys.momentum.bundle
  - module: ansible.builtin.dnf
"""

EXAMPLES = r"""
- name: Install an MTA from a repository that the node knows
  msys.momentum.packages:
    name: [msys-role-mta]
    repository: momentum

- name: Download what an upgrade needs while the daemon runs
  msys.momentum.packages:
    name: [msys-role-mta]
    version: 5.3.1
    repository: momentum
    download_only: true

- name: Upgrade everything of Momentum, and remove what the new version no longer uses
  msys.momentum.packages:
    name: [msys-role-mta]
    version: 5.3.1
    repository_file: "{{ momentum_bundle.repository_file }}"
    remove: [msys-curl, msys-libxml2]
"""

RETURN = r"""
changes:
  description: What was done, or would be done in check mode, by name. With O(download_only), what would be done without it.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description: One of V(install), V(upgrade), V(reinstall), V(remove).
      type: str
      sample: upgrade
    name:
      description: The package.
      type: str
      sample: msys-ecelerity-core
    before:
      description: The version and release that was installed; empty for a new package.
      type: str
      sample: 5.3.0.12345-1
    after:
      description: The version and release that is installed now; empty for a removed package.
      type: str
      sample: 5.3.1.12399-1
    repository:
      description: Where it came from.
      type: str
      sample: msys-momentum-bundle
downloaded:
  description: With O(download_only), the packages that were not in dnf's cache.
  returned: success
  type: list
  elements: str
  sample: [msys-ecelerity-core-5.3.1.12399-1.x86_64]
signatures:
  description: Whether dnf checks the signatures of the repository's packages.
  returned: success
  type: bool
  sample: true
"""

import os
from typing import Any, Dict

from ansible.module_utils.common.respawn import has_respawned, probe_interpreters_for_module, respawn_module
from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.packages import plan, repository_file
from ansible_collections.msys.momentum.plugins.module_utils.packages.dnf_session import Session, explained
from ansible_collections.msys.momentum.plugins.module_utils.packages.reconcile import DesiredPackages, reconcile

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "name": {"type": "list", "elements": "str", "required": True},
    "version": {"type": "str", "default": ""},
    "repository": {"type": "str"},
    "repository_file": {"type": "path"},
    "remove": {"type": "list", "elements": "str", "default": []},
    "may_change": {"type": "list", "elements": "str", "default": []},
    "upgrade": {"type": "bool", "default": True},
    "download_only": {"type": "bool", "default": False},
    "require_signatures": {"type": "bool", "default": True},
}
# RHEL's own, of which the first is that of RHEL 8; dnf belongs to it.
INTERPRETERS = ["/usr/libexec/platform-python", "/usr/bin/python3"]


def find_dnf() -> None:
    """Go on under the system's interpreter where this one has no dnf. Raises PlanError where none has."""
    try:
        import dnf  # noqa: F401
    except ImportError:
        found = None if has_respawned() else probe_interpreters_for_module(INTERPRETERS, "dnf")
        if found is None:
            raise PlanError(
                "dnf's Python interface is missing for %s: install python3-dnf (dnf 4)" % ", ".join(INTERPRETERS)
            )
        respawn_module(found)  # does not return


def run(module: MomentumModule) -> Dict[str, Any]:
    """See, judge, do; describe it."""
    asked = module.params
    find_dnf()
    directory = os.path.dirname(asked["repository_file"] or "")
    requested = DesiredPackages(
        asked["name"],
        asked["version"],
        asked["remove"],
        asked["may_change"],
        asked["require_signatures"],
        repository_file.directory_in(asked["repository_file"]) if directory else "",
        asked["upgrade"],
        asked["download_only"],
    )
    with explained():
        session = Session(repository_file.ID if directory else asked["repository"], directory)
        try:
            outcome = reconcile(session, requested, module.check_mode)
        finally:
            session.close()
    due = outcome.downloaded
    return {
        "changed": bool(due if asked["download_only"] else outcome.items),
        "changes": plan.as_data(outcome.items),
        "downloaded": list(due),
        "signatures": outcome.view.gpgcheck,
        "diff": plan.downloads(due) if asked["download_only"] else plan.difference(outcome.items),
    }


def main() -> None:
    """Run as an Ansible module."""
    either = [("repository", "repository_file")]
    guarded(run, MomentumModule(ARGUMENTS, mutually_exclusive=either, required_one_of=either))


if __name__ == "__main__":
    main()
