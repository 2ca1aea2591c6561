#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: control
short_description: Manage who reaches Momentum's console, and what they may do there
version_added: 0.2.0
description:
  - Brings the console of a node (C(Control_Listener)) to a Unix socket that only one group reaches, in a directory of its own,
    and optionally to TCP on the loopback interface with passwords.
  - Places of the console that are unsafe, such as the samples' C(/tmp/2025) with mode 0666, are closed with O(purge). Options in
    listeners and peers that would undo the protection are found wherever they stand.
  - What is requested is judged as it would be in force. A place that would be unsafe is refused before anything is written, with
    the name under which O(allow) accepts it.
  - The socket's directory is made now, and by systemd-tmpfiles at every boot. C(CONTROL) in the environment file tells C(ec_ctl)
    where the console is, C(control_socket) in C(ec_rotate.conf) tells C(ec_rotate).
  - Passwords are turned into digests by the module itself. No program sees them, and no output shows password or digest.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  socket:
    description:
      - The Unix socket of the console. Empty for none, which takes at least one entry in O(tcp).
      - It must be in a directory of its own, because that directory gets O(socket_owner) and O(socket_directory_mode).
    type: str
    default: /run/ecelerity/control
  socket_mode:
    description:
      - The mode of the socket, C(File_Mode). Wider than V(0660) is refused without O(allow=wide_mode).
      - Whoever may write to the socket commands the daemon, as long as authorization is off.
      - Octal in quotes with a leading zero (V("0660")), or the unquoted number V(0660) as M(ansible.builtin.file) takes it.
      - Text without a leading zero is refused.
    type: raw
    default: "0660"
  socket_directory_mode:
    description: The mode of the socket's directory, in the form of O(socket_mode). One that lets every account write is refused.
    type: raw
    default: "0750"
  socket_owner:
    description:
      - The owner of the socket's directory. That the daemon's own user has to be able to write there, because a reload creates the
        socket after root was given up, is inferred and not documented.
    type: str
    default: ecuser
  socket_group:
    description: The group of the socket's directory, whose members reach the console, and of O(authorization.groups_file).
    type: str
    default: ecuser
  tcp:
    description: Further places of the console, by TCP. They always ask for a password.
    type: list
    elements: dict
    default: []
    suboptions:
      address:
        description: The address and port, such as V(127.0.0.1:2025) or V([::1]:2025).
        type: str
        required: true
      mechanism:
        description:
          - V(digest) checks digests (C(AuthDigestMD5Parameters)). The password does not go over the wire.
          - V(login) takes the password in clear text (C(AuthLoginParameters)), as Active Directory needs it.
          - The other mechanism is removed from the place, and from C(Control_Listener) where no other place has it from there.
        type: str
        choices: [digest, login]
        default: digest
      uri:
        description:
          - Where passwords are looked up, such as V(ecauth://). C(digest://) with O(password_file.path) if not given.
          - Required for O(tcp[].mechanism=login). C(file://) there is refused without O(allow=cleartext_passwords).
        type: str
      realm:
        description: The realm of the digests. That of O(password_file) if not given.
        type: str
      log_authentication:
        description: Whether sessions are logged, which TCP needs for accounting.
        type: bool
        default: true
  password_file:
    description: The file of digests for O(tcp). It is left alone if not given.
    type: dict
    suboptions:
      path:
        description: The file. C(etc/console_passwd) below O(prefix) if not given.
        type: path
      owner:
        description: Its owner. The manual asks for C(ecuser).
        type: str
        default: ecuser
      group:
        description: Its group.
        type: str
        default: ecuser
      mode:
        description:
          - Its mode, in the form of O(socket_mode).
          - It must give others nothing, because a digest is as good as its password.
        type: raw
        default: "0640"
      realm:
        description: The realm that users are managed in. The default is the vendor's.
        type: str
        default: Momentum Console
      users:
        description: The users. Others stay as they are.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: The user's name.
            type: str
            required: true
          password:
            description: The password, of at least four characters, required for O(password_file.users[].state=present).
            type: str
          state:
            description: Whether the user exists.
            type: str
            choices: [present, absent]
            default: present
      exclusive:
        description: Whether other users of the realm are removed.
        type: bool
        default: false
  authorization:
    description:
      - Whether commands are limited by roles, and by which. Left alone if not given.
      - A role applies to the user of its name, and to the members of the group of its name. What no role allows is denied.
    type: dict
    suboptions:
      enabled:
        description: Whether commands are limited, C(Enable_Authorization), at every place in O(tcp).
        type: bool
        default: true
      socket:
        description:
          - Whether commands are limited at O(socket), too, where the user is the account that connects.
          - Refused with O(allow) lacking V(root_locked_out) where root may not reload, because this collection does so as root.
        type: bool
        default: false
      uri:
        description: Where groups are looked up, such as V(ecauth://). O(authorization.groups_file) if not given and groups are.
        type: str
      groups_file:
        description: The file of groups. C(etc/console_roles) below O(prefix) if not given.
        type: path
      groups:
        description: Groups with their members, written to O(authorization.groups_file). A group without members is removed.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: The group's name, that of a role.
            type: str
            required: true
          members:
            description: Names of users.
            type: list
            elements: str
            default: []
      roles:
        description: The roles.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: The role's name.
            type: str
            required: true
          allow:
            description:
              - Patterns (PCRE) of allowed commands. They are searched for anywhere in the command, so begin each with C(^).
              - A pattern without is a warning.
            type: list
            elements: str
            required: true
      exclusive:
        description: Whether other roles, and other groups of O(authorization.groups_file), are removed.
        type: bool
        default: false
  timeout:
    description: Seconds until an idle session ends, C(Timeout) of C(Control_Listener).
    type: int
  acctlog:
    description:
      - The log of who gave which command, set in the C(ec_logger) that the configuration has. Empty removes the option.
      - Left alone if not given.
    type: str
  file:
    description:
      - The file of the configuration that settings are written to, relative to the main file's directory.
      - Each setting stays in the file where it is in force if not given.
    type: str
  environment_file:
    description:
      - The shell fragment that C(ec_ctl) reads as root. C(CONTROL) in it is set to O(socket), everything else stays.
      - C(etc/environment) below O(prefix) if not given and the main file is not C(eccluster.conf). Empty to leave it alone.
    type: str
  rotate_config:
    description:
      - The configuration of C(ec_rotate), which root's cron runs and which reaches the daemon through the console.
        C(control_socket) in it is set to O(socket), everything else stays byte by byte. A missing file is made of the vendor's sample.
      - While a daemon still listens at the address in the file, the change is only shown. M(msys.momentum.service) makes it as soon as
        the daemon has moved, so that no rotation before that loses lines of the logs.
      - C(etc/ec_rotate.conf) below O(prefix) if not given. For the main file C(eccluster.conf) it is then changed only if it
        names a socket of the manager, as it does where nothing but the manager runs. Empty to leave it alone.
    type: str
    version_added: 0.3.0
  boot_file:
    description:
      - The file that has systemd-tmpfiles make the socket's directory at boot.
      - C(/etc/tmpfiles.d/msys-momentum-control.conf) if not given, with C(-eccluster) in the name for the main file
        C(eccluster.conf). It is removed where O(socket) does not lie in C(/run) or C(/var/run) and it is not given.
      - Empty to leave it alone.
    type: str
  purge:
    description:
      - Whether places that are not asked for and unsafe are closed, and options that undo the protection are removed.
      - Without it they are returned in RV(unsafe), with a warning. A place that is requested is refused, if it is unsafe.
      - Places that are safe stay in any case.
    type: bool
    default: true
  allow:
    description:
      - Risks to accept, by name.
      - V(world_writable_directory) takes a socket where any account could put its own, such as in C(/tmp).
      - V(wide_mode) takes a socket with a mode wider than 0660.
      - V(public_tcp) takes TCP beyond the loopback interface, where nothing is encrypted.
      - V(unauthenticated_tcp) takes TCP without a password.
      - V(always_allow) takes C(Always_Allow).
      - V(cleartext_passwords) takes a file of passwords in clear text.
      - V(root_locked_out) takes roles that do not let root reload at the socket.
    type: list
    elements: str
    default: []
    choices:
      - world_writable_directory
      - wide_mode
      - public_tcp
      - unauthenticated_tcp
      - always_allow
      - cleartext_passwords
      - root_locked_out
notes:
  - The daemon listens at the old place until it reloads. M(msys.momentum.service) finds it there, and proves afterwards that the
    new one answers.
  - The cluster manager has a console of its own. Name its C(eccluster.conf) in O(main), and another O(socket).
  - Whether the environment file is read where systemd starts the daemon without C(ec_ctl) is undocumented.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.security
"""

EXAMPLES = r"""
- name: The console for root and the group ecuser, and nobody else
  msys.momentum.control:
  register: momentum_control

- name: Let the running daemon move its console
  msys.momentum.service:
    activation: "{{ momentum_control.activation }}"
    transactions: "{{ [momentum_control.transaction] | select | list }}"

- name: TCP on the loopback interface as well, where operators may look and empty queues
  msys.momentum.control:
    tcp:
      - address: 127.0.0.1:2025
    password_file:
      exclusive: true
      users:
        - name: operator
          password: "{{ vault_console_operator }}"
    authorization:
      groups:
        - name: operators
          members: [operator]
      roles:
        - name: operators
          allow: ["^version$", "^summary$", "^flush "]

- name: The console of the cluster manager
  msys.momentum.control:
    main: /opt/msys/ecelerity/etc/conf/default/eccluster.conf
    socket: /run/eccluster/control

- name: Only say what is unsafe
  msys.momentum.control:
    socket: /tmp/2025
    purge: false
    allow: [world_writable_directory, wide_mode]
  check_mode: true
"""

RETURN = r"""
activation:
  description: V(reload) where the daemon has to take something over, V(none) otherwise.
  returned: success
  type: str
  sample: reload
changes:
  description: What was changed, as M(msys.momentum.config) returns it, files and directories included.
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
  description: The name of the transaction, which M(msys.momentum.service) can put back. Empty if no file was written.
  returned: success
  type: str
  sample: 20261121T101500-4711
endpoint:
  description: Where the console answers without a password after a reload. Empty if nowhere.
  returned: success
  type: str
  sample: /run/ecelerity/control
listens:
  description: The places of the console after the run.
  returned: success
  type: list
  elements: dict
  contains:
    address:
      description: The socket or host:port.
      type: str
      sample: /run/ecelerity/control
    authentication:
      description: Whether a password is requested.
      type: bool
      sample: false
    authorization:
      description: Whether commands are limited by roles.
      type: bool
      sample: false
    enabled:
      description: Whether it is switched on.
      type: bool
      sample: true
    file:
      description: The file that opens it.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line.
      type: int
      sample: 42
unsafe:
  description: What was unsafe before the run.
  returned: success
  type: list
  elements: dict
  contains:
    address:
      description: The place.
      type: str
      sample: /tmp/2025
    danger:
      description: The name of the risk, as O(allow) has it.
      type: str
      sample: wide_mode
    because:
      description: What it leads to.
      type: str
      sample: its socket's mode is wider than 0660, so that accounts of the node command the daemon
    file:
      description: The file that opens the place.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line.
      type: int
      sample: 42
    removed:
      description: Whether it is gone after the run.
      type: bool
      sample: true
roles:
  description: The roles after the run, with the patterns that they allow.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The role's name.
      type: str
      sample: operators
    patterns:
      description: The patterns.
      type: list
      elements: str
      sample: ["^summary$"]
acctlog:
  description: The log of commands after the run. Empty if there is none.
  returned: success
  type: str
  sample: ""
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.control import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.control import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
