#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: config
short_description: Manage options, scopes and includes in Momentum's configuration files
version_added: 0.1.0
description:
  - Brings any number of options, scopes and include lines of a node's configuration into the desired state, in one call.
  - Only the bytes that must change are changed. Comments, order, quoting, letter case and line ends stay as they are.
  - Values are compared by meaning. V(true) and C(on), V(0640) and C("0640"), or C(domain example.com) and
    C(domain "example.com"), are the same.
  - All files are changed in one transaction that Momentum's own checkers judge. If they refuse it, every file is put back.
  - What is in force is managed. If an option is set more than once, also in different files, the assignment that takes precedence is
    changed.
  - A file that several scopes include is changed only if the task requests the same value for every scope that has it from there. Otherwise
    the option is written into the requested scope, after the include. What that cannot achieve, a removal or a change of O(settings[].file),
    is refused, and the error names the other scopes.
  - Every setting is evaluated again on the planned files. One that would not hold, and one that would change an option that no
    setting names, is an error, and nothing is written.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  settings:
    description:
      - The requested options, scopes and include lines, written in this order.
      - Include lines and removals come first, so that what an include line brings is known to all other entries.
    type: list
    elements: dict
    default: []
    suboptions:
      scope:
        description:
          - The scope as a list from the outside in, each element written as in the file, for example
            V(ESMTP_Listener) or V(Listen ":25"). Missing scopes are created.
          - Empty for the global scope.
        type: list
        elements: str
        default: []
      option:
        description:
          - The option's name, of letters, digits, C(_), C(-), C(:) and C(.). Letter case does not matter.
          - Without O(settings[].option) and O(settings[].include) the entry is about the scope itself.
        type: str
      value:
        description:
          - The desired value. A list is written in round brackets, a dictionary in square ones.
          - The value of an option that is a file mode, such as C(Spool_Mode), has the form of O(files[].mode). The unquoted number
            V(0640) is written as C(0640).
          - Needed for an O(settings[].option) that is to be V(present).
        type: raw
      include:
        description:
          - The file, directory or URI of an C(include) line in O(settings[].scope).
          - Compared by what it leads to. V(b.conf), V(./b.conf), the absolute path and V(file://) with it are the same, and a file
            is not included again if its directory is.
        type: str
      readonly:
        description: Write C(readonly_include) instead of C(include).
        type: bool
        default: false
      state:
        description:
          - V(present) sets the option, or makes sure of the scope or include line.
          - V(absent) removes every assignment of the option, the scope with all it holds, or the include line.
          - V(commented) turns the assignments of the option into comments.
        type: str
        choices: [present, absent, commented]
        default: present
      file:
        description:
          - The file to change, absolute or relative to the directory of O(main).
          - If not given, the file where the option is in force; else the last one, in load order, that opens the scope; else
            O(main).
        type: str
      secret:
        description:
          - Keep the value out of results, differences and logs, of later tasks as well. See O(secret_options).
          - Options that are known to hold secrets, such as C(Outbound_SMTP_AUTH_Pass), are always kept out.
          - A secret has at least four characters.
        type: bool
        default: false
      allow:
        description:
          - Safety checks to override for this entry, by name. Each rests on the manuals, as far as they answer the question. What a module of
            your own brings is not judged.
          - V(wrong_type) refuses a value that is not of the option's type, such as a word for an integer.
          - V(misplaced) and V(ignored) refuse an option in a scope where Momentum does not look for it.
          - V(misspelled) refuses a stanza, and an option in the stanza of a module, that no page of the manuals has, and that is a letter or two
            from one that a page has there, such as C(Credential) in C(securecreds). Other names that no page has are left to Momentum's own
            validators.
          - V(instance_name) refuses blanks and colons in the name of a C(Binding), and blanks in that of a C(Binding_Group).
          - V(unknown_option) and V(unknown_stanza) refuse a name that no version has, in a scope whose options the manuals list completely.
          - V(removed) and V(too_new) refuse an option, a stanza or a module that the installed version has no longer, or not yet.
          - V(outdated_protocols) refuses C(TLS_Protocols), or a priority string of GnuTLS in C(TLS_Ciphers), that leaves a protocol older than
            TLS 1.2 and not TLS 1.2 itself, as M(msys.momentum.tls) does. The error names what is left.
          - Overriding a check does not silence Momentum's own validators, which O(validate) controls.
        type: list
        elements: str
        default: []
        choices:
          - wrong_type
          - misplaced
          - misspelled
          - instance_name
          - ignored
          - unknown_option
          - unknown_stanza
          - removed
          - too_new
          - outdated_protocols
        version_added: 0.3.0
  files:
    description: Configuration files that must be there, before the settings are looked at.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The file on the node.
        type: path
        required: true
      source:
        description:
          - A file on the node, copied to O(files[].path) when that is missing, and never again.
          - Without it a missing file is created empty.
        type: path
      owner:
        description: Name or number of the owner.
        type: str
        default: ecuser
      group:
        description: Name or number of the group.
        type: str
        default: ecuser
      mode:
        description:
          - Permissions of the file.
          - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
          - Text without a leading zero is refused, and so is a mode that lets every account write.
        type: raw
        default: "0640"
      directory_mode:
        description: Permissions of directories that have to be created above it, in the same form.
        type: raw
        default: "0750"
      keep:
        description: Leave owner, group and mode of a file that is there already.
        type: bool
        default: false
        version_added: 0.2.0
      unmark:
        description:
          - A mark that is taken off the beginnings of lines, with one blank after it. It is never put back.
          - V(#aggr#) is in the delivered C(ecelerity-cluster.conf) before what the aggregation of logs takes.
        type: str
        version_added: 0.2.0
notes:
  - The files' previous versions are kept in C(backups) below O(state_dir), never beside the files, because Momentum loads every
    file of an included directory.
  - C(validate_config) prints nothing when the configuration is invalid, and its exit code is undocumented. Only its success
    message counts.
seealso:
  - module: msys.momentum.config_info
  - module: msys.momentum.security
  - module: msys.momentum.service
"""

EXAMPLES = r"""
- name: Set what this node needs, in one task
  msys.momentum.config:
    settings:
      - option: Max_Retries
        value: 20
      - scope: [ESMTP_Listener, 'Listen ":25"']
        option: Enable
        value: true
      - scope: ['Domain "example.com"']
        option: Outbound_Throttle_Messages
        value: 60/3
      - option: Relay_Hosts
        value: [127.0.0.0/8, 10.10.10.0/24]
      - include: node-local.conf
      - option: Debug_Flags
        state: absent
  register: momentum_config

- name: Put the delivered sample in place where there is no configuration yet
  msys.momentum.config:
    files:
      - path: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
        source: /opt/msys/ecelerity/etc/sample-configs/default/ecelerity.conf

- name: Have the logs of a cluster node collected, and its file included
  msys.momentum.config:
    files:
      - path: /opt/msys/ecelerity/etc/conf/default/ecelerity-cluster.conf
        unmark: "#aggr#"
        keep: true
    settings:
      - include: ecelerity-cluster.conf

- name: Let the running daemon apply the change
  msys.momentum.service:
    activation: "{{ momentum_config.activation }}"
"""

RETURN = r"""
activation:
  description:
    - What makes the running daemon take the change over, judged by the most demanding of the changed options.
    - V(none) where nothing changed.
  returned: success
  type: str
  sample: reload
changes:
  description: What was changed, or would be in check mode, in the order of the settings.
  returned: success
  type: list
  elements: dict
  contains:
    file:
      description: The changed file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line the option was on before, 0 if it is new.
      type: int
      sample: 14
    scope:
      description: The scope, empty for the global one.
      type: str
      sample: ESMTP_Listener > Listen ":25"
    subject:
      description: The option's name, the include's target, or empty for a scope or file.
      type: str
      sample: Enable
    action:
      description: What was done.
      type: str
      sample: set
    before:
      description: The value in force before, masked if secret. For action V(add) that of an included file, if there is one.
      type: raw
      sample: "false"
    after:
      description: The value after, masked if secret.
      type: raw
      sample: "true"
    activation:
      description: What this change alone needs.
      type: str
      sample: reload
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

from ansible_collections.msys.momentum.plugins.module_utils.concerns.config import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.config import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
