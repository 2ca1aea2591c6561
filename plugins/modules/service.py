#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: service
short_description: Bring the Momentum daemon up to date and prove its health
version_added: 0.1.0
description:
  - Brings C(ecelerity), the MTA of a node, or C(eccmgr), the manager of a cluster, where it is to be.
  - Decides on one action (none, start, reload, restart, stop) and takes it. Afterwards, also after no action, a
    health gate proves that the daemon is what its configuration declares.
  - The decision depends on O(state), on what the tasks before ask for (O(activation)), on what earlier runs left
    undone, and on files that the running process has not loaded. So a lost restart is made up for by the next
    run, and a restart that nothing needs does not happen.
  - A reload is C(config reload) on the daemon's console. A restart goes through the systemd unit where the node has
    it, else through C(ec_ctl).
  - Files that the process has not loaded are those of the configuration, and the certificates that C(TLS_Certificate) names in it. So one that was
    renewed under its old path, by whatever program, is loaded by the next run.
  - After a reload that took effect, C(tls flush cache) has the daemon take certificates and TLS contexts anew.
  - Where the gate fails after an action, the transactions that led to it are put back, the daemon is restored
    to the old files, and the module fails with everything it found.
  - Where the configuration is a working copy of C(eccfg), C(ec_ctl) checks it out before a start. With O(working_copy=edit) and
    O(working_copy=commit), a start or restart of the MTA is refused while something is not committed, unless C(autoupdate) in C(etc/cluster.boot)
    is C(ifunchanged) or C(false). Without the vendor's C(svn), what is pending counts as not committed. A start that replaces edits of this
    collection all the same fails.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  daemon:
    description:
      - The daemon. V(ecelerity) is the MTA, V(eccmgr) the manager of a cluster.
      - It decides about the program in C(sbin), about what starts it where there is no unit (C(ec_ctl) or C(eccmgr_ctl)), and
        about the defaults of O(name), O(main) and O(health.ports).
      - The reload of a manager reaches all nodes of its cluster. It is therefore never done twice, and its TLS contexts are
        none to flush.
    type: str
    choices: [ecelerity, eccmgr]
    default: ecelerity
    version_added: 0.2.0
  main:
    description:
      - The main configuration file, from which all others are included, and whose Security stanza the daemon must equal.
      - C(etc/conf/default/ecelerity.conf) below O(prefix) if not given, C(eccluster.conf) beside it with O(daemon=eccmgr).
    type: path
  state:
    description:
      - V(started) starts a daemon that does not run, and otherwise does what changes need.
      - V(restarted) and V(reloaded) act in any case; a reload becomes a restart where one is due.
      - V(stopped) stops the daemon. The health gate is left out.
    type: str
    choices: [started, stopped, restarted, reloaded]
    default: started
  name:
    description:
      - The systemd unit of the daemon. C(.service) is added to a name without a dot.
      - O(daemon) itself if not given. Any other name is refused where systemd does not know the unit; in check mode it is a warning, because an
        earlier task may be about to write that unit.
    type: str
  activation:
    description: What the tasks before ask for, as M(msys.momentum.config) and M(msys.momentum.security) return it.
    type: str
    choices: [none, reload, restart]
    default: none
  transactions:
    description:
      - The transactions of the tasks before, oldest first. They are put back, newest first, if the health gate fails.
      - Those that earlier runs recorded as not yet activated are put back as well.
    type: list
    elements: str
    default: []
  defer_restart:
    description:
      - Whether the restart of a daemon that runs is left to a later task, which first drains the node.
      - Nothing is done then, in check mode either, and RV(deferred) says so. Whatever else is due is done as always.
    type: bool
    default: false
    version_added: 0.2.0
  rotate_config:
    description:
      - The configuration of C(ec_rotate). Where it names a socket of the console, and the daemon leaves that or opens another with this action,
        it gets the new one right afterwards, and the daemon opens its logs again, so that no rotation loses lines. Else it is left alone.
      - C(etc/ec_rotate.conf) below O(prefix) if not given. Empty to leave it alone.
    type: str
    version_added: 0.3.0
  health:
    description: What the health gate asks for.
    type: dict
    suboptions:
      ports:
        description:
          - TCP ports on which the daemon itself must greet with an SMTP banner (C(220)). A C(421) is asked again
            until the time is over.
          - A port that stays silent for two seconds is asked in TLS, as port 465 is (RFC 8314), whatever its certificate. One
            that insists on a client certificate cannot be asked.
          - Port 25 if not given; none with O(daemon=eccmgr).
        type: list
        elements: int
      timeout:
        description:
          - Seconds until all proofs must hold. The console and the ports get what is left of them for an answer, at least one second each.
          - A port has ten seconds for the whole banner at most, however slowly it is sent.
        type: int
        default: 60
      control:
        description:
          - The endpoint of the console that must answer after the action, a socket or C(host:port).
          - If not given, the first Unix socket of the configuration that asks for no password, else such a C(host:port). It is
            C(/tmp/2025) where the configuration names no place.
        type: str
      require_capabilities:
        description: Whether the capabilities of every thread must equal the declared ones.
        type: bool
        default: true
      version:
        description:
          - The version that the running daemon must have by the word of its console, as far as both numbers go. V(5.3.0) accepts
            5.3.0.12345. What follows a hyphen is the release of the package and not compared.
          - Empty means any.
        type: str
        default: ""
        version_added: 0.3.0
      tls:
        description:
          - Scopes as O(msys.momentum.tls#module:targets[].scope) has them, such as V([ESMTP_Listener]), or an empty list for all. At every
            SMTP port in them for which the configuration has TLS, a handshake must succeed on each address, after STARTTLS or at once,
            as the configuration specifies.
          - What is served must be the first certificate of the file that C(TLS_Certificate) names there, if that can be read. Who it is for is not
            judged. Leave scopes out whose certificate a policy script chooses.
          - Where clients must show a certificate, a handshake that ends for the lack of one counts as TLS.
        type: list
        elements: list
        default: []
        version_added: 0.3.0
  license:
    description:
      - What is required of the licence before a daemon that runs is stopped for a restart, since Momentum does not start without a valid one. A restart
        that is refused is refused before anything is stopped or, in M(msys.momentum.node), written, and in check mode too.
      - A daemon that does not run is started in any case, because it tries to fetch a licence then; what would be a refusal is a warning.
      - O(daemon=eccmgr) needs no licence, and a stop by O(state=stopped) is done without asking for one.
    type: dict
    version_added: 0.3.0
    suboptions:
      require:
        description:
          - V(readable) requires a licence, where the option C(License) or the default C(etc/license) below O(prefix) has it, that the daemon's user
            can read (not judged in a chroot), and that does not end within a week by O(license.expires).
          - V(valid) requires C(ec_lic) to confirm it as well. It gets a copy and fetches nothing. What it says of one that is not valid is not
            documented, so whatever it says is a refusal; where it is missing, does not end within 20 seconds or prints
            more than 64 KiB, nothing is known.
          - V(none) requires nothing.
        type: str
        choices: [none, readable, valid]
        default: readable
      expires:
        description:
          - The last day of the licence as C(YYYY-MM-DD), which the vendor tells. What is in a licence is not documented, so the file is not asked.
          - In the week before, Momentum starts only if it can fetch a new one.
        type: str
        default: ""
      warn_days:
        description: From how many days before O(license.expires) on there is a warning.
        type: int
        default: 30
      announced:
        description:
          - Whether an earlier task of the same run deploys a licence, which it has not written in check mode.
        type: bool
        default: false
notes:
  - A process is the daemon if it executes the installed C(sbin/ecelerity) below O(prefix), or C(sbin/eccmgr) with O(daemon=eccmgr), and if
    root runs it. That is, it is in the control group of the systemd unit, or a pid file names it that only root can write (in
    directories that only root can write), or its parent is the C(monitor) of gimli run by root, or its user is root.
    What other accounts run is ignored, whatever its name and command line.
  - The gate asks for these proofs. The unit is active (where there is one). The daemon runs; after a restart it is a new process. The real,
    effective, saved and file system ids of every thread equal the declared user and group. The permitted, effective and inheritable
    capabilities of every thread equal the declared ones, and there are no ambient ones. The root directory is the declared one. The console answers,
    and names O(health.version) where that is set. Every port greets, and it is the daemon that listens there.
  - Supplementary groups are judged only where they are declared, because their default is undocumented.
    Capabilities of a daemon that stays root without declaring any are not judged.
  - Where C(capabilities) is not declared, the daemon must hold none.
  - A change of a listener between a certain address and the wildcard is documented to need two reloads. A reload is
    therefore done twice where the addresses listened on differ from those of the last activation, or where none is
    on record.
  - A file that was changed by hand needs a reload; a restart if it lies in a directory of C({NODENAME}), if it changes
    an option that only a restart applies (known from the last activation on), or if the process is not who the
    stanza specifies.
  - A reload is given where the console answers. After a change that moves the console, that is still the old place, which the
    module knows from the kernel (the sockets that the daemon listens at), and from the record of the last activation. The
    health gate accepts the new place alone.
  - A configuration whose every console asks for a password cannot be managed; that is an error before anything is done.
  - Before it starts, reloads or restarts the daemon, the module has Momentum's C(validate_config) judge the configuration
    on disk, as O(validate) says. A daemon that serves is not restarted into a configuration that is not valid.
  - In check mode the same decision is made, and nothing is done. If there is nothing to be done, the health gate is
    asked in check mode too.
  - Processes are seen as Linux shows them. Solaris is not supported by this module.
seealso:
  - module: msys.momentum.config
  - module: msys.momentum.security
  - name: proc(5)
    description: The Linux manual page on C(/proc).
    link: https://man7.org/linux/man-pages/man5/proc.5.html
"""

EXAMPLES = r"""
- name: Set the privileges of the daemon
  msys.momentum.security:
    user: ecuser
    group: ecuser
    capabilities: cap_net_bind_service+ep
  register: momentum_security

- name: Restart if that changed something, put it back if the daemon cannot live with it
  msys.momentum.service:
    activation: "{{ momentum_security.activation }}"
    transactions: "{{ [momentum_security.transaction] | select | list }}"

- name: Prove that the daemon runs as declared, and greets on both ports
  msys.momentum.service:
    health:
      ports: [25, 587]
      timeout: 30
  check_mode: true

- name: Keep the manager of a cluster running as its own eccluster.conf declares
  msys.momentum.service:
    daemon: eccmgr

- name: Do what is pending, but do not stop the daemon yet
  msys.momentum.service:
    defer_restart: true
  register: momentum_service

- name: Drain the node, restart the daemon, prove it and return the node to service
  ansible.builtin.include_role:
    name: msys.momentum.rollout
  when: momentum_service.deferred

- name: Stop the daemon
  msys.momentum.service:
    state: stopped
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode.
    - One of V(none), V(start), V(reload), V(restart), V(stop).
  returned: always
  type: str
  sample: restart
reasons:
  description: Why.
  returned: always
  type: list
  elements: str
  sample: [this run changed what needs a restart]
pending:
  description: What is still due after the run. V(none) after a successful action.
  returned: always
  type: str
  sample: none
deferred:
  description: Whether a restart is pending and was left to a later task, as O(defer_restart) asks for.
  returned: always
  type: bool
  sample: false
health:
  description: What the health gate found in its last round. Empty in check mode if something would be done, and after a deferral.
  returned: always
  type: list
  elements: dict
  contains:
    subject:
      description: What was looked at.
      type: str
      sample: permitted capabilities
    ok:
      description: Whether it is as expected.
      type: bool
      sample: true
    expected:
      description: What was expected.
      type: str
      sample: cap_net_bind_service
    found:
      description: What was found.
      type: str
      sample: cap_net_bind_service (9 threads)
process:
  description: The daemon's process. Empty if there is none.
  returned: always
  type: dict
  contains:
    pid:
      description: Its number.
      type: int
      sample: 4711
    start_time:
      description: When it started, in seconds since the epoch.
      type: int
      sample: 1795240800
    program:
      description: The program that it executes.
      type: str
      sample: /opt/msys/ecelerity/sbin/ecelerity
    deleted:
      description: Whether the file of the program was replaced since.
      type: bool
      sample: false
commands:
  description: The commands that were given to act.
  returned: always
  type: list
  elements: list
  sample: [[systemctl, restart, ecelerity.service]]
tls_cache:
  description:
    - What became of the certificates and TLS contexts that the daemon keeps.
    - V(flushed) where the console said so, V(unconfirmed) where it did not, as in a version without C(tls flush cache),
      V(untouched) where nothing was reloaded. A new process keeps nothing.
  returned: always
  type: str
  sample: flushed
rotation:
  description: The transactions that told C(ec_rotate) of a console that moved.
  returned: always
  type: list
  elements: str
  sample: []
license:
  description: The licence. Empty with O(daemon=eccmgr), and where Momentum is not installed.
  returned: always
  type: dict
  version_added: 0.3.0
  contains:
    path:
      description: Where it is.
      type: str
      sample: /opt/msys/ecelerity/etc/license
    present:
      description: Whether there is a file that is not empty.
      type: bool
      sample: true
    days_left:
      description: The days until O(license.expires), negative after it. Null where that is not given.
      type: int
      sample: 200
    refusal:
      description: Why a daemon that stops could not start again, with the remedy. Empty where nothing is known against it.
      type: str
      sample: ""
restored:
  description: The transactions that were put back because the health gate failed, in that order.
  returned: always
  type: list
  elements: str
  sample: []
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.service import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.service import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
