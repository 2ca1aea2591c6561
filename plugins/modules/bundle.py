#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bundle
short_description: Unpack Momentum's bundle and write a repository file for it
version_added: 0.3.0
description:
  - Verifies the vendor's archive (C(momentum-mta-bundle-VERSION.rhelN.ARCH.tar.gz), or the one of another release), unpacks it, runs its
    C(setrepodir), and writes a repository file for M(msys.momentum.packages).
  - Of the C(momentum.repo) in the bundle, only C(baseurl) and C(module_hotfixes) of the section C([momentum]) are used. The written file
    has one section, and whether signatures are checked is decided by O(signatures) alone.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  src:
    description: The archive on the node. Nobody but root may be able to replace it while the module works.
    type: path
    required: true
  dest:
    description:
      - The directory to create and to unpack into. Its parent must be a directory that only the account of the task, root, can write.
      - If it exists already, it must have been made by this module from the same archive with the same O(signatures).
    type: path
    required: true
  checksum:
    description:
      - The SHA-256 checksum of O(src), with or without C(sha256:) before it. It is compared before anything is unpacked.
      - Required unless O(unverified) is set.
    type: str
    default: ""
  unverified:
    description:
      - Whether to go without O(checksum). C(setrepodir) runs as root before dnf looks at any signature, so whoever can change the archive
        is root on the node then.
    type: bool
    default: false
  signatures:
    description: Whether dnf has to check the signatures of the bundle's packages, C(gpgcheck) of the repository file.
    type: bool
    default: true
attributes:
  check_mode:
    description: The checksum is compared and the archive judged; nothing is unpacked.
    details: C(momentum.repo) is not judged, because C(setrepodir) writes it.
    support: partial
  diff_mode:
    description: What is unpacked is not shown.
    support: none
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
notes:
  - Refused are archives with absolute paths, C(..), devices, pipes, set-id bits of files, names that are there twice, links that lead out, and
    more than one top directory. Owners and modes of the archive are not kept, except that a file may be executed.
  - Refused is a C(momentum.repo) that names anything but the unpacked bundle, has unknown keys (such as C(pluginpath) or C(installroot)), or that
    two readers could understand differently.
seealso:
  - module: msys.momentum.packages
"""

EXAMPLES = r"""
- name: Unpack the bundle
  msys.momentum.bundle:
    src: /root/momentum-mta-bundle-5.3.0.12345.rhel9.x86_64.tar.gz
    dest: /root/momentum
    checksum: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  register: momentum_bundle

- name: Install its packages
  msys.momentum.packages:
    name: [msys-role-mta]
    repository_file: "{{ momentum_bundle.repository_file }}"
"""

RETURN = r"""
repository_file:
  description: The written repository file.
  returned: always
  type: str
  sample: /root/momentum/repository/msys-momentum-bundle.repo
packages:
  description: The directory of the packages. Empty in check mode if nothing is unpacked yet.
  returned: always
  type: str
  sample: /root/momentum/momentum-mta-5.3.0.12345
"""

from typing import Any, Dict

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.packages.bundle import DesiredBundle, unpack

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "src": {"type": "path", "required": True},
    "dest": {"type": "path", "required": True},
    "checksum": {"type": "str", "default": ""},
    "unverified": {"type": "bool", "default": False},
    "signatures": {"type": "bool", "default": True},
}


def run(module: MomentumModule) -> Dict[str, Any]:
    """Verify, unpack, write; say what of the vendor's file is not used."""
    asked = module.params
    requested = DesiredBundle(asked["src"], asked["dest"], asked["checksum"], asked["unverified"], asked["signatures"])
    done = unpack(requested, module.check_mode)
    if done.ignored:
        module.warn("momentum.repo: not used: [%s]" % "], [".join(done.ignored))
    return {"changed": done.changed, "repository_file": done.file, "packages": done.directory, "diff": []}


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
