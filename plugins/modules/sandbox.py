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
transaction:
  description: The name of the transaction, which M(msys.momentum.service) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500-4711
"""

import os
import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ansible_collections.msys.momentum.plugins.module_utils.apply import prepare
from ansible_collections.msys.momentum.plugins.module_utils.config import reader
from ansible_collections.msys.momentum.plugins.module_utils.config.files import Found
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.effective import Effective
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files.missing_directories import missing_above
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.sandbox import dropin, eyes, needs, systemd
from ansible_collections.msys.momentum.plugins.module_utils.sandbox.dropin import Directive
from ansible_collections.msys.momentum.plugins.module_utils.sandbox.facts import Choice, Facts, facts
from ansible_collections.msys.momentum.plugins.module_utils.state import directory as state_directory
from ansible_collections.msys.momentum.plugins.module_utils.state import pending
from ansible_collections.msys.momentum.plugins.module_utils.text import generated

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "unit": {"type": "str", "default": "ecelerity.service"},
    "directory": {"type": "path", "default": "/etc/systemd/system"},
    "systemd_version": {"type": "int"},
    "protect_system": {"type": "str", "choices": ["strict", "full"], "default": "strict"},
    "write_paths": {"type": "list", "elements": "path", "default": []},
    "add_capabilities": {"type": "list", "elements": "str", "default": []},
    "drop_capabilities": {"type": "list", "elements": "str", "default": [], "choices": list(needs.DROPPABLE)},
    "leave": {"type": "list", "elements": "str", "default": []},
    "overrides": {"type": "dict", "default": {}},
}

MODE = 0o644
DIRECTORY_MODE = 0o755
UNIT = re.compile(r"[A-Za-z0-9:_.@-]{1,200}\.service\Z")


class Site(NamedTuple):
    """The node: version of systemd (None: it has none), whether it is asked, the unit in it, and the drop-in as it is."""

    version: Optional[int]
    asked: bool
    unit: systemd.State
    path: str
    found: Optional[Found]


def survey(module: MomentumModule) -> Site:
    """See systemd and the drop-in. Raises PlanError for a unit that is none."""
    params = module.params
    unit = params["unit"] if "." in params["unit"] else params["unit"] + ".service"
    if not UNIT.match(unit):
        raise PlanError("unit: %r is no name of a service unit" % unit)
    given = params["systemd_version"]
    version = systemd.version() if given is None else given
    asked = given is None and version is not None
    path = os.path.join(params["directory"], unit + ".d", dropin.NAME)
    state = systemd.state(unit) if asked else systemd.State(False, False, "")
    return Site(version, asked, state, path, reader.file(path))


def facts_of(module: MomentumModule) -> Facts:
    """What the configuration in force means for a sandbox."""
    configuration, _reload = prepare(module)
    params = module.params
    choice = Choice(
        params["protect_system"],
        params["write_paths"],
        params["add_capabilities"],
        params["drop_capabilities"],
        module.secret_options,
    )
    for path in choice.write_paths:
        generated.path("write_paths", path)
    prefix = os.path.normpath(module.node.prefix)
    return facts(Effective(configuration), prefix, configuration.local_changes, choice, eyes.look(prefix))


def computed(module: MomentumModule, site: Site) -> Tuple[Optional[bytes], Dict[str, Any]]:
    """The drop-in that is requested (None: none), and what the result says of it."""
    if module.params["state"] == "absent":
        return None, {"directives": [], "left_out": [], "capabilities": [], "cap_add": [], "believed": []}
    known = facts_of(module)
    shown: Dict[str, Any] = {
        "directives": [],
        "left_out": [],
        "capabilities": [need._asdict() for need in known.needed],
        "cap_add": needs.for_container(known.needed),
        "believed": known.believed,
    }
    if site.version is None:
        return None, shown
    chosen: List[Directive] = dropin.directives(known, site.version, module.params["overrides"], module.params["leave"])
    shown["directives"] = [dict(one._asdict()) for one in chosen if one.value is not None]
    shown["left_out"] = [{"name": one.name, "reason": one.reason} for one in chosen if one.value is None]
    return dropin.text(chosen), shown


def differs(site: Site, requested: Optional[bytes]) -> bool:
    """Whether the drop-in has to be written, or removed."""
    if requested is None or site.found is None:
        return (requested is None) != (site.found is None)
    return site.found != Found(requested, os.geteuid(), os.getegid(), MODE)


def write(module: MomentumModule, site: Site, requested: Optional[bytes]) -> str:
    """Change the drop-in in a transaction, which is then due for a restart; its name."""
    from ansible_collections.msys.momentum.plugins.module_utils.transaction import write as transaction

    owner, group = os.geteuid(), os.getegid()
    before = None if site.found is None else site.found.content
    directories = [] if requested is None else missing_above(site.path, owner, group, DIRECTORY_MODE)
    file = transaction.PlannedFile(site.path, before, requested, owner, group, MODE)
    unit = os.path.basename(os.path.dirname(site.path))[: -len(".d")]
    judge = systemd.verifier(unit, site.unit.fragment, site.path) if site.asked else None
    due = transaction.Due("restart", [site.path])
    return transaction.write([file], module.node.state_dir, directories, due, check_staged=judge)


def foresee(site: Site, requested: bytes) -> None:
    """Let systemd judge what a run would write. Raises TransactionError as the run would."""
    from ansible_collections.msys.momentum.plugins.module_utils.transaction.transaction import foresee_check

    unit = os.path.basename(os.path.dirname(site.path))[: -len(".d")]
    if site.asked:
        foresee_check(lambda: systemd.verify(unit, site.unit.fragment, site.path, requested))


def difference(site: Site, requested: Optional[bytes]) -> List[Dict[str, str]]:
    """The drop-in before and after."""
    before = b"" if site.found is None else site.found.content
    texts = [text.decode("utf-8", "replace") for text in (before, requested or b"")]
    return [{"before": texts[0], "after": texts[1], "before_header": site.path, "after_header": site.path}]


def run(module: MomentumModule) -> Dict[str, Any]:
    """Compute, write, and let systemd read it."""
    site = survey(module)
    requested, shown = computed(module, site)
    if site.version is None:
        module.warn("this node is not run by systemd: no drop-in is written")
        return result(site, shown, False)
    edited = differs(site, requested)
    changed = edited or site.unit.stale
    before = exposure(site)
    shown["diff"] = difference(site, requested) if edited else []
    if changed:
        state_directory.refuse([site.path] if edited else [], [], module.node.state_dir)
    if edited and requested is not None:
        reader.refuse_without_directory(os.path.dirname(os.path.dirname(site.path)), module.refuse_unless_announced)
    if module.check_mode and edited and requested is not None:
        foresee(site, requested)
    if module.check_mode or not changed:
        return result(site, shown, changed, {"before": before, "after": None if changed else before})
    if edited:
        shown["transaction"] = write(module, site, requested)
    else:
        # The file is older than systemd's reading of it: an earlier run was interrupted, or somebody changed the unit.
        pending.request(module.node.state_dir, "restart", "", [site.path])
    if site.asked:
        systemd.reload()
    return result(site, shown, True, {"before": before, "after": exposure(site)})


def exposure(site: Site) -> Optional[float]:
    """What systemd thinks of the unit as it has loaded it."""
    unit = os.path.basename(os.path.dirname(site.path))[: -len(".d")]
    return systemd.exposure(unit) if site.asked and site.unit.loaded else None


def result(
    site: Site, shown: Dict[str, Any], changed: bool, exposed: Optional[Dict[str, Optional[float]]] = None
) -> Dict[str, Any]:
    """What the module returns."""
    common = {"diff": [], "transaction": "", "path": site.path, "systemd": site.version}
    own = {"changed": changed, "activation": "restart" if changed else "none"}
    return dict(common, exposure=exposed or {"before": None, "after": None}, **dict(shown, **own))


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
