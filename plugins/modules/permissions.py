#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: permissions
short_description: Keep owners and modes of Momentum's files by a manifest, safely in trees that ecuser can write
version_added: 0.2.0
description:
  - Keeps owner, group and mode of paths, wildcards and whole trees. Manifests for each version line and role are built in.
    They are extended, or overridden path by path, with O(entries).
  - The built-in defaults follow least privilege. Nothing that root executes or sources can be written by anybody else; what
    holds the Security stanza, keys or passwords can be read by root and the daemon only. Where that differs from what the
    vendor's manuals set, O(manual_modes) switches back, part by part.
  - Trees that C(ecuser) can write are no place to trust a path in. Every directory is held open, every name is used once and
    never followed, what was judged is what is changed. Symbolic links, hard links, objects of unexpected owners and set-id bits
    are refused and returned in RV(refused).
  - Finds what the service account cannot reach in the configuration, which a umask such as 0027 in root's shell brings about,
    and repairs it on request.
  - What root, or another account, takes from an account that could write to it is taken with all that was prepared. A file
    becomes a new one with the same content, so that a process that has it open does not write to it any more. Access
    lists are removed from files and directories. Both are said in RV(differences) and the diff, in check mode, too.
  - Access lists of anything else are kept and reported, and so are SELinux contexts.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  state:
    description: V(enforce) changes what differs. V(audit) only reports it, never as a change, and never fails for what is refused.
    type: str
    choices: [enforce, audit]
    default: enforce
  role:
    description: The built-in manifest to start from. Without it only O(entries) count.
    type: str
    choices: [standalone, cluster_node, cluster_manager, web_ui]
  version:
    description: The version of Momentum, which decides about the built-in manifest. Detected if not given.
    type: str
  user:
    description: The account of the daemon.
    type: str
    default: ecuser
  group:
    description: The group of the daemon.
    type: str
    default: ecuser
  leave:
    description: Parts of the built-in manifest that are not managed.
    type: list
    elements: str
    default: []
    choices:
      - config
      - credentials
      - database_password
      - environment
      - installer
      - keys
      - license
      - live_updates
      - logs
      - passwords
      - programs
      - scripts
      - service_password
      - services
      - spool
      - web
  manual_modes:
    description:
      - Parts of the built-in manifest for which what the vendor's manuals set, or leave behind, is kept instead of least
        privilege.
      - The page C(docs/permissions.md) says what each means.
      - V(config) is needed where the daemon or C(ecconfigd) writes configuration files itself.
    type: list
    elements: str
    default: []
    choices: [config, database_password, environment, installer, logs, programs, service_password]
  entries:
    description:
      - What is managed beside the built-in manifest. For a path that is in it, what is given replaces what is built in.
      - The most specific path takes precedence for an object, whatever the order.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description:
          - An absolute path. Components may hold C(*) and C(?), which also match hidden names, and C(**) stands for any number
            of directories.
          - Symbolic links on the way are followed if only root can have made them; the last component must not be one.
        type: str
        required: true
      owner:
        description: Name or number of the owner. Not managed if not given.
        type: str
      group:
        description: Name or number of the group. Not managed if not given.
        type: str
      mode:
        description:
          - Permissions of files, octal or symbolic (V(go-w), V(u=rwX,g=rX,o=)).
          - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
          - Text without a leading zero is refused, and so is a mode that lets every account write.
          - Set-id and sticky bits of files can only be given as octal text (V("04755")), for a path that is named without
            O(entries[].recurse) and wildcards. Otherwise a file that has one is refused if it would lose it.
        type: raw
      directory_mode:
        description:
          - Permissions of directories, in the form of O(entries[].mode). Set-group-id (V("02750")) is for trees, too.
          - If not given, that of files, with the right to search for those who may read.
        type: raw
      recurse:
        description: Whether it holds for everything below, too.
        type: bool
      exclude:
        description:
          - Names, wildcards allowed, that are left out with all below them, at any depth. With a slash they are paths relative to
            the entry.
        type: list
        elements: str
  take_over_from:
    description:
      - Accounts whose objects may be given to the owner that is requested. Objects of anybody else but root and that owner are
        refused, because somebody may have planted them.
      - O(user) if not given.
    type: list
    elements: str
  walk_spool:
    description: Whether spool directories are walked. They may hold millions of files of a running daemon.
    type: bool
    default: false
  spool_dirs:
    description: The spool directories.
    type: list
    elements: path
    default: [/var/spool/ecelerity]
  other_file_systems:
    description: Whether file systems that are mounted inside a tree are entered. Paths that are named always are.
    type: bool
    default: false
  access_lists:
    description:
      - Where access lists are looked for. V(usual) are directories, paths that are named and objects that differ, V(all) is
        every file, which makes a walk take twice the time.
    type: str
    choices: [usual, all]
    default: usual
  refused:
    description:
      - Whether anything refused makes the task fail, or is only reported.
      - The module on its own fails after all that can be done was done. As a part of M(msys.momentum.node) it fails before anything is written.
    type: str
    choices: [fail, report]
    default: fail
  umask:
    description:
      - V(report) returns what O(user) cannot reach in O(reach), and V(repair) opens it, with the least that is needed.
    type: str
    choices: [ignore, report, repair]
    default: report
  reach:
    description:
      - Trees that O(user) must be able to read.
      - C(etc/conf) below O(prefix), and C(etc/installer/ecelerity.d) beside it, if not given.
    type: list
    elements: path
  limit:
    description: How many items the returned lists hold at most. Counts are exact.
    type: int
    default: 200
notes:
  - Where the kernel does not protect hard links (C(fs.protected_hardlinks) is 0), a directory is not taken from a service user,
    because what lies in it may be links to files of others. Set it to 1, as distributions do.
  - A file that is taken over is copied, up to 256 MiB; larger ones are refused. A program that has it open does not see the new
    one before it opens it again. Restart the daemon after its configuration was loaded.
  - While files are replaced the lock of transactions in O(state_dir) is held.
  - What a run has changed stays when it fails, and the next run does the rest. As a part of M(msys.momentum.node) this module refuses before
    anything is written, and owners, modes and access lists are put back if the run fails later.
  - Another task that gives a file of the manifest another owner, group or mode, such as one of M(msys.momentum.certificate), changes it back in each run.
    Leave these out of the one or the other, or let them say the same. M(msys.momentum.node) refuses parts that contradict each other so. Of a
    directory that does not exist yet, its part V(permissions) takes precedence over the part that creates it.
seealso:
  - module: msys.momentum.security
  - name: How permissions are kept
    description: The manifests, the reasons, and what is refused.
    link: https://github.com/msys-momentum/ansible-collection/blob/main/docs/permissions.md
"""

EXAMPLES = r"""
- name: Keep a standalone node as it should be
  msys.momentum.permissions:
    role: standalone

- name: Look what would have to be done, without failing
  msys.momentum.permissions:
    role: cluster_node
    state: audit
    refused: report
  register: momentum_permissions

- name: Keep the configuration writable for ecuser, because ecconfigd checks it out
  msys.momentum.permissions:
    role: cluster_manager
    manual_modes: [config]

- name: Add files of one's own, and let a log shipper read the logs
  msys.momentum.permissions:
    role: standalone
    entries:
      - path: /var/log/ecelerity
        group: logship
      - path: /opt/policy
        owner: root
        group: ecuser
        mode: "0640"
        recurse: true
        exclude: [.git]

- name: Repair what root created under umask 0027
  msys.momentum.permissions:
    umask: repair
    reach: [/opt/msys/ecelerity/etc/conf]
"""

RETURN = r"""
counts:
  description:
    - How many objects were looked at, and found to differ, refused or kept out.
  returned: success or refused
  type: dict
  sample: {files: 214, directories: 31, links: 2, special: 0, vanished: 0, different: 3, refused: 0, out_of_reach: 0, access_lists: 0}
differences:
  description: Objects that differ, or differed, from the manifest; at most O(limit) of them.
  returned: success or refused
  type: list
  elements: dict
  contains:
    path:
      description: The object.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    before:
      description: Owner, group and mode before the run.
      type: str
      sample: ecuser:ecuser 0644
    after:
      description: Owner, group and mode as they should be.
      type: str
      sample: root:ecuser 0640
    part:
      description: The part of the built-in manifest, V(own) for O(entries), V(umask) for a repair.
      type: str
      sample: config
    access_list:
      description: Whether it had an access list before the run.
      type: bool
      sample: false
    lists_removed:
      description: Which of its access lists are removed, V(access) and V(default), because it is taken from an account.
      type: list
      elements: str
      sample: [access]
    replaced:
      description: Whether the file becomes a new one with the same content, because it is taken from an account.
      type: bool
      sample: true
    context:
      description: Its SELinux context, which is kept. Empty if there is none.
      type: str
      sample: system_u:object_r:usr_t:s0
refused:
  description: What was left alone, and why; at most O(limit).
  returned: success or refused
  type: list
  elements: dict
  contains:
    path:
      description: The object.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/evil
    reason:
      description: The reason.
      type: str
      sample: is a symbolic link that a service user could have made
out_of_reach:
  description: What O(user) cannot reach, component by component, before the run; at most O(limit).
  returned: success or refused
  type: list
  elements: dict
  contains:
    path:
      description: The directory or file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default
    present:
      description: Owner, group and mode before the run.
      type: str
      sample: root:root 0750
    reason:
      description: Why.
      type: str
      sample: "ecuser cannot read and search it: mode 0750 does not permit others to"
    repaired:
      description: Whether the desired mode, by the manifest or by O(umask), permits it.
      type: bool
      sample: true
umask_lines:
  description: Lines of shell start-up files that set a umask under which new files are closed to O(user).
  returned: success or refused
  type: list
  elements: dict
  contains:
    file:
      description: The file.
      type: str
      sample: /root/.bashrc
    line:
      description: The line.
      type: int
      sample: 12
    umask:
      description: The umask.
      type: str
      sample: "0027"
access_lists:
  description: Objects that had access lists before the run, at most O(limit); C(kinds) are V(access) and V(default).
  returned: success or refused
  type: list
  elements: dict
missing:
  description: Paths of the manifest that do not exist. That is no error.
  returned: success or refused
  type: list
  elements: str
not_entered:
  description: Directories on which other file systems are mounted, and which were left out.
  returned: success or refused
  type: list
  elements: str
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.permissions import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.permissions import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
