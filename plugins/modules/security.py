#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: security
short_description: Manage the Security stanza, the identity and privileges of the Momentum daemon
version_added: 0.1.0
description:
  - Manages who C(ecelerity) is after its start, and what it may still do then. These are the options C(User), C(Group),
    C(Supplemental_Groups), C(Chroot), C(Capabilities) (Linux) and C(Privileges) (Solaris, Momentum 3.x) of the Security stanza.
  - The stanza that is in force is managed. In a default cluster that is the one in C(ecelerity-cluster.conf), which takes precedence over
    C(ecelerity.conf); what it overrides is returned, and so is what contradicts it.
  - Says which privileges the configuration takes and why, and compares them with what is declared. The value V(auto) declares
    exactly these.
  - Values are compared by meaning. Capabilities and privileges are sets, V(cap_a,cap_b=ep) equals V(cap_b+ep cap_a+ep);
    a name and its number are one account; the order of groups does not matter.
  - Values that the documentation or the kernel warns of are refused with the reason, unless they are named in O(allow).
  - Every change of this stanza needs a restart. C(config reload) accepts it, shows the new values, and keeps the old
    privileges. Hand RV(activation) to M(msys.momentum.service), which also proves what the process holds.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  user:
    description:
      - Name or number of the account that the daemon runs as.
      - The documentation gives two defaults, none and C(ecuser), so set it.
    type: str
  group:
    description: Name or number of the group that the daemon runs as.
    type: str
  supplemental_groups:
    description: Names or numbers of further groups. An empty list removes the option.
    type: list
    elements: str
  chroot:
    description:
      - The directory that the daemon changes its root to. An empty string removes the option.
      - Its contents are looked at (RV(chroot_findings)). What must be in it for TLS, name resolution or modules is on no page, and is yours.
    type: str
  capabilities:
    description:
      - The capabilities that the daemon keeps, in the language of C(cap_from_text). An empty string removes the option, so that
        none are kept.
      - V(cap_net_bind_service+ep) is documented for a standalone node, V(cap_net_admin+ep cap_net_bind_service+ep
        cap_net_raw+ep cap_sys_resource+ep) for a cluster node with DuraVIP.
      - V(auto) declares what the configuration takes and no more. RV(needed) gives the reasons.
    type: str
  privileges:
    description:
      - The privileges that the daemon keeps on Solaris, in the language of C(priv_str_to_set). An empty string removes the
        option.
      - They are set, not added. V(basic net_privaddr) is documented for a standalone node.
      - V(auto) declares what the configuration takes and no more, beside the basic privileges.
    type: str
  role:
    description:
      - What the node is, which decides in which file the stanza is managed.
      - V(cluster) manages it in C(ecelerity-cluster.conf), V(standalone) where each option is in force.
      - V(auto) is V(cluster) where that file is included and has a Security stanza, else V(standalone).
      - Where another file is loaded later and would still take precedence, an option is managed in that file.
    type: str
    choices: [auto, standalone, cluster]
    default: auto
    version_added: 0.2.0
  purge:
    description:
      - Whether the managed options are removed from all other files, so that one stanza alone declares them.
      - That includes the C(Local_Changes_File), which otherwise takes precedence over every other file. Options that are not managed stay.
      - What had no effect is removed without a restart.
    type: bool
    default: false
    version_added: 0.2.0
  allow:
    description:
      - Safety checks to override, by name.
      - V(root_user) and V(root_group) let the daemon stay root, V(root_with_capabilities) also where capabilities are declared,
        which takes root's override of file permissions away.
      - V(powerful_group) is a group, the daemon's own or a further one, that makes its members as good as root or shows them what is root's, such as
        C(wheel), C(docker), C(disk), C(shadow) or C(adm).
      - V(missing_identity) is a user or group that the node does not know, V(missing_chroot) a directory that is not there.
      - V(unsafe_chroot) is a directory whose contents undo the chroot. What was so before the run is a warning.
      - V(unknown_names) is a text that this collection cannot read, compared letter by letter then.
      - V(effective_beyond_permitted) is what the kernel refuses, V(beyond_bounding_set) what the bounding set of the container
        or systemd unit cannot give, V(root_equivalent) a capability as good as root, such as C(cap_sys_admin).
      - V(privileges_without_basic) and V(beyond_zone) are safety checks on Solaris.
    type: list
    elements: str
    default: []
    choices:
      - root_user
      - root_group
      - powerful_group
      - root_with_capabilities
      - missing_identity
      - unknown_names
      - effective_beyond_permitted
      - root_equivalent
      - beyond_bounding_set
      - missing_chroot
      - unsafe_chroot
      - privileges_without_basic
      - beyond_zone
  unit:
    description:
      - The systemd unit of the daemon, whose C(CapabilityBoundingSet) limits what can be kept.
      - Empty where M(msys.momentum.sandbox) comes later in the play, which widens that set to what is declared.
    type: str
    default: ecelerity.service
notes:
  - Options that are left out are not managed.
  - What the daemon does with a capability text that it cannot apply is undocumented. The kernel keeps the whole permitted set
    in that case, so such a text is refused here and the process is checked afterwards by M(msys.momentum.service).
  - The bounding set is that of process 1 of the node, reduced by the unit's. A name that the running kernel does not know is
    not counted, because the kernel drops it silently.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.config_info
  - name: capabilities(7)
    description: The Linux manual page on capabilities.
    link: https://man7.org/linux/man-pages/man7/capabilities.7.html
"""

EXAMPLES = r"""
- name: Run a standalone node as ecuser, with nothing but the right to open port 25 again
  msys.momentum.security:
    user: ecuser
    group: ecuser
    capabilities: cap_net_bind_service+ep
  register: momentum_security

- name: Restart where that changed something, and prove what every thread of the daemon holds
  msys.momentum.service:
    activation: "{{ momentum_security.activation }}"

- name: Keep what a cluster node with DuraVIP needs
  msys.momentum.security:
    user: ecuser
    group: ecuser
    capabilities: cap_net_admin,cap_net_bind_service,cap_net_raw,cap_sys_resource+ep

- name: Keep what the listeners and bindings of this node take, and have one stanza only
  msys.momentum.security:
    user: ecuser
    group: ecuser
    capabilities: auto
    purge: true
  register: momentum_security

- name: Say why
  ansible.builtin.debug:
    msg: "{{ item.capability }}: {{ item.because }} ({{ item.file }}:{{ item.line }})"
  loop: "{{ momentum_security.needed.reasons }}"

- name: Stay root on an old node, knowing what that means
  msys.momentum.security:
    user: root
    capabilities: ""
    allow: [root_user]
"""

RETURN = r"""
activation:
  description:
    - V(restart) where something changed, else V(none). This stanza is never applied by a reload.
    - V(none) too where only assignments without effect were removed.
  returned: success
  type: str
  sample: restart
file:
  description: The file whose Security stanza is in force. The one that would be written, if there is none.
  returned: success
  type: str
  sample: /opt/msys/ecelerity/etc/conf/default/ecelerity-cluster.conf
declared:
  description: The options in force after the run, as far as they are declared.
  returned: success
  type: dict
  sample:
    user: ecuser
    group: ecuser
    capabilities: cap_net_bind_service+ep
chroot_findings:
  description:
    - What undoes the chroot that is declared, at most 100 of them. Empty without a chroot, and on a node that does not have the directory.
    - Where the daemon must write (spool, logs, directories that the configuration names, for temporary files, and for live updates) is not looked at.
  returned: success
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    path:
      description: The file or directory on the node.
      type: str
      sample: /srv/momentum/bin/su
    kind:
      description:
        - V(writable) is what the daemon's account could change, V(above) a directory in which it could replace the whole.
        - V(set_id) is a program that gains rights, V(device) one other than null, zero, full, random and urandom, V(secret) a file with
          passwords of the system, V(mount) a file system of the kernel, such as proc.
      type: str
      sample: set_id
    problem:
      description: What is wrong, in words.
      type: str
      sample: gives whoever executes it rights of another account
    remedy:
      description: What to do.
      type: str
      sample: remove it, or its set-id bits and capabilities
overridden:
  description: Assignments that lose against the ones in force.
  returned: success
  type: list
  elements: dict
  contains:
    option:
      description: The option's name.
      type: str
      sample: Capabilities
    value:
      description: The value that has no effect.
      type: raw
      sample: cap_net_bind_service+ep
    file:
      description: Where it stands.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line it is on.
      type: int
      sample: 12
conflicts:
  description:
    - Assignments in other files that say something else than what holds after the run, as they were found before it. With
      O(purge) those of managed options are gone afterwards.
  returned: success
  type: list
  elements: dict
  contains:
    option:
      description: The option's name.
      type: str
      sample: Capabilities
    value:
      description: The value.
      type: raw
      sample: cap_net_bind_service+ep
    file:
      description: Where it stands.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line it is on.
      type: int
      sample: 12
    wins:
      description: Whether it was the one in force before the run.
      type: bool
      sample: false
needed:
  description: The privileges that the configuration takes.
  returned: success
  type: dict
  contains:
    option:
      description: The option that declares them on this node, V(capabilities) on Linux and V(privileges) on Solaris.
      type: str
      sample: capabilities
    value:
      description: The text that declares exactly these. Empty on Linux if none are needed.
      type: str
      sample: cap_net_bind_service+ep
    reasons:
      description: Each privilege with each place that takes it.
      type: list
      elements: dict
      contains:
        capability:
          description: The name of the capability or privilege.
          type: str
          sample: cap_net_bind_service
        because:
          description: The reason in words. Where it says that something is assumed, no page of the manuals says so.
          type: str
          sample: ESMTP_Listener > Listen ":25" binds port 25, which is below 1024
        option:
          description: The option that is the reason. Empty if the scope itself is.
          type: str
          sample: ""
        scope:
          description: The scope that the option is in, or that is the reason.
          type: str
          sample: ESMTP_Listener > Listen ":25"
        file:
          description: Where it stands.
          type: str
          sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
        line:
          description: The line it is on.
          type: int
          sample: 14
compared:
  description: What is declared after the run beside what is needed. Something that is missing is a warning as well.
  returned: success
  type: dict
  contains:
    verdict:
      description:
        - V(equal), V(superset), V(subset) or V(different).
        - V(root) for a daemon that stays root with all its privileges, V(unreadable) for a text that cannot be read.
      type: str
      sample: superset
    too_much:
      description: What is declared and not needed.
      type: list
      elements: str
      sample: [cap_net_raw]
    missing:
      description: What is needed and not declared.
      type: list
      elements: str
      sample: []
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

from ansible_collections.msys.momentum.plugins.module_utils.concerns.security import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.security import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS, several_lines=frozenset(["capabilities", "privileges"])))


if __name__ == "__main__":
    main()
