# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that tell a module where Momentum and its configuration live on the node."""


class ModuleDocFragment:
    """Options of every module that reads Momentum's configuration."""

    DOCUMENTATION = r"""
options:
  prefix:
    description:
      - The directory Momentum is installed in.
      - The configuration is looked for in C(etc/conf) below it, Momentum's programs in C(bin) and C(sbin).
    type: path
    default: /opt/msys/ecelerity
  main:
    description:
      - The main configuration file, from which all others are included.
      - C(etc/conf/default/ecelerity.conf) below O(prefix) if not given.
    type: path
  search_path:
    description:
      - The directories in which relative names of C(include) are looked for, after the directory of the including file.
      - C({NODENAME}) and C({SUBCLUSTER}) in it are replaced by O(nodename) and O(subcluster).
      - C(etc/conf/global), C(etc/conf/{NODENAME}) and C(etc/conf/default) below O(prefix) if not given, which is
        Momentum's documented default.
    type: list
    elements: path
  nodename:
    description: The name that C({NODENAME}) stands for. The node's own host name if not given.
    type: str
  subcluster:
    description: The name that C({SUBCLUSTER}) stands for.
    type: str
  state_dir:
    description:
      - Where the collection keeps its lock, the journal of a running transaction, the previous versions of changed
        files and the record of a pending activation.
      - What an interrupted run left unfinished there is recovered before anything is read, with a warning. In check mode, and by modules
        that only read, nothing is recovered; they read what a recovery would leave, with a warning.
      - Created with mode V(0700) for root. It must not be a directory that Momentum's configuration includes.
    type: path
    default: /var/lib/msys-momentum
  secret_options:
    description:
      - Names of options that hold secrets, beside those whose names tell it, such as C(Outbound_SMTP_AUTH_Pass). Their values are
        kept out of results, differences and logs.
      - The names, and those that M(msys.momentum.config) marks with O(msys.momentum.config#module:settings[].secret), are kept in
        O(state_dir), so that every later task on the node hides these values, too.
      - In check mode nothing is kept. Give the names to each task whose difference may show a value that no task has marked in a
        run yet; the roles do so.
    type: list
    elements: str
    default: []
    version_added: 0.3.0
  validate:
    description:
      - Whether Momentum's own checkers, C(ec_dump_config) and C(validate_config), judge a change before it stays.
      - V(auto) uses them where they are installed and warns where they are not, V(always) fails without them,
        V(never) does not use them.
    type: str
    choices: [auto, always, never]
    default: auto
"""
