#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: sandbox
short_description: Sandbox the Momentum daemon with a systemd drop-in that is computed from its configuration
version_added: 0.2.0
description:
  - Writes a drop-in for the daemon's systemd unit, C(50-msys-momentum.conf), with the bounding set of capabilities and the rest
    of systemd's sandboxing. Each directive is computed from the configuration in force, and comes with its reason.
  - What the Security stanza declares, what listeners and DuraVIP take, and what a start as root takes, is never taken away. A
    directive that would is left out, and the reason returned.
  - Directives that the node's systemd does not know are left out.
  - The daemon's account can write to a part of the configuration. Run the module after M(msys.momentum.permissions). A path that cannot
    be in a unit file is refused with file and line, and RV(believed) lists what was taken from the configuration.
  - The drop-in is judged by C(systemd-analyze verify), written in a transaction, and C(systemctl daemon-reload) is run. It takes
    effect with the next restart; hand RV(activation) and RV(transaction) to M(msys.momentum.service), which restarts the daemon,
    proves its health, and removes the drop-in again where the daemon is not healthy.
  - The same computation gives RV(cap_add) for a container.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  state:
    description: Whether the drop-in is to be there.
    type: str
    choices: [present, absent]
    default: present
  unit:
    description: The systemd unit of the daemon.
    type: str
    default: ecelerity.service
  directory:
    description: The directory of units, in which the directory of the drop-in lies.
    type: path
    default: /etc/systemd/system
  systemd_version:
    description:
      - The version of systemd to write for. That of the running systemd if not given; where none runs, nothing is written then.
      - If given, systemd is not asked anything, and not told to read its units. For the building of images.
    type: int
  protect_system:
    description:
      - V(strict) makes all but the directories that the daemon may write to read-only; V(full) only C(/usr), C(/boot) and C(/etc).
      - Which directories the daemon writes to is not documented. With V(strict) they are computed, see RV(directives), from the
        defaults and from every path that the configuration names; what else is needed goes into O(write_paths).
    type: str
    choices: [strict, full]
    default: strict
  write_paths:
    description: More directories that the daemon may write to, with O(protect_system=strict).
    type: list
    elements: path
    default: []
  add_capabilities:
    description: More capabilities for the bounding set, such as V(cap_sys_nice).
    type: list
    elements: str
    default: []
  drop_capabilities:
    description:
      - Capabilities of the start as root that this node does without. They are in the bounding set because the manuals do not say
        whether they are needed.
      - One that the Security stanza declares, or the configuration takes, stays in the set all the same.
    type: list
    elements: str
    choices: [cap_sys_ptrace, cap_dac_override, cap_chown, cap_fowner, cap_sys_resource]
    default: []
  leave:
    description: Names of directives to leave out.
    type: list
    elements: str
    default: []
  overrides:
    description:
      - Directives with values of your own, also of others than this module knows. A list is joined by blanks.
      - Those that decide who the daemon is and what it can hold are refused.
      - C(UMask) and modes of directories, such as C(RuntimeDirectoryMode), are taken as V("0027") in quotes or as the unquoted number V(0027),
        and written in octal. One with which every account may write is refused.
    type: dict
    default: {}
notes:
  - The unit's own settings stay; those that add up, such as C(CapabilityBoundingSet) and C(ReadWritePaths), do so.
  - A container that may not mount (most may not) starts the daemon without the directives of the file system; systemd says so in
    its journal only.
seealso:
  - module: msys.momentum.security
  - module: msys.momentum.service
  - name: systemd.exec(5)
    description: The manual page on the directives.
    link: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
"""

EXAMPLES = r"""
- name: Sandbox the daemon
  msys.momentum.sandbox:
  register: momentum_sandbox

- name: Restart it, prove its health, and remove the sandbox again if it is in the way
  msys.momentum.service:
    activation: "{{ momentum_sandbox.activation }}"
    transactions: "{{ [momentum_sandbox.transaction] | select | list }}"

- name: Allow a directory of one's own, and leave /proc as it is
  msys.momentum.sandbox:
    write_paths: [/srv/archive]
    leave: [ProtectProc]
    overrides:
      SystemCallArchitectures: native

- name: Remove it
  msys.momentum.sandbox:
    state: absent

- name: Compute what a container needs, for cap_drop ALL and cap_add
  msys.momentum.sandbox:
  check_mode: true
  register: momentum_container
"""

RETURN = r"""
activation:
  description: V(restart) where something changed, else V(none).
  returned: success
  type: str
  sample: restart
path:
  description: The drop-in.
  returned: success
  type: str
  sample: /etc/systemd/system/ecelerity.service.d/50-msys-momentum.conf
systemd:
  description: The version of systemd that was written for. Null on a node without systemd, on which nothing is changed.
  returned: success
  type: int
  sample: 252
directives:
  description: What the drop-in says, and why.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The directive.
      type: str
      sample: PrivateDevices
    value:
      description: Its value.
      type: str
      sample: "yes"
    reason:
      description: Why it can be set, or what its value is made of.
      type: str
      sample: the daemon uses no device but pseudo-devices
left_out:
  description: Directives that are not set.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The directive.
      type: str
      sample: MemoryDenyWriteExecute
    reason:
      description: Why not.
      type: str
      sample: LuaJIT makes code in memory and executes it
capabilities:
  description: What the daemon and its start need.
  returned: success
  type: list
  elements: dict
  contains:
    capability:
      description: Its name.
      type: str
      sample: cap_setuid
    because:
      description: What for.
      type: str
      sample: the start as root changes to the declared user
cap_add:
  description: The same for a container whose C(cap_drop) is C(ALL), as C(cap_add) takes it.
  returned: success
  type: list
  elements: str
  sample: [CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, SYS_PTRACE, SYS_RESOURCE]
exposure:
  description:
    - The figure of C(systemd-analyze security) before and after, from 10 (nothing is taken away) down to 0.
    - Null where systemd gives none, and V(after) also in check mode where something would change.
  returned: success
  type: dict
  sample: {before: 9.6, after: 4.0}
believed:
  description:
    - What was taken from the configuration, which the daemon's account can write to in part. A path among them need not be in the
      drop-in.
  returned: success
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    file:
      description: The file that says so.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line.
      type: int
      sample: 14
    option:
      description: The option, in lower case. Empty for a path that is the name of a scope.
      type: str
      sample: chroot
    value:
      description: The value, or the path in it.
      type: str
      sample: /srv/momentum
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
      description: V(daemon) for Momentum's daemon, V(systemd) for the units of systemd.
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

from ansible_collections.msys.momentum.plugins.module_utils.concerns.sandbox import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.sandbox import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
