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
  working_copy:
    description:
      - What to do where a file that changes lies in a working copy of C(eccfg), Momentum's version control of configurations (3.x, and the default
        until 4.2), which a directory C(.svn) in it or above it, below C(etc) of O(prefix), tells.
      - The next start by C(ec_ctl), and the next C(eccfg pull), may replace what is not committed. V(refuse) changes nothing. V(edit) changes the
        file, and warns that it has to be committed.
      - V(commit) commits all changes of a task with C(eccfg commit) as one revision, after Momentum's validator has accepted them and before anything is
        activated. It refuses, in check mode too, a working copy with other changes that are not committed, because C(eccfg) would commit them as
        well, one in conflict, and a file of the task that somebody has changed before it or, right before the commit, while it ran.
      - If the commit fails, for example because the repository is newer, the files are put back and the task fails. Update the working copy
        (C(eccfg pull)) before the run. Files with private keys are not committed but refused.
      - A change of owner or mode alone is no commit, because Subversion keeps neither. Names of files beyond ASCII need the locale C.UTF-8 or en_US.UTF-8
        on the node.
      - V(commit) needs C(bin/eccfg) below O(prefix) and the vendor's C(3rdParty/bin/svn) beside O(prefix), which tells what is not committed.
    type: str
    choices: [refuse, edit, commit]
    default: refuse
    version_added: 0.3.0
  eccfg:
    description: How to commit, for O(working_copy=commit).
    type: dict
    version_added: 0.3.0
    suboptions:
      username:
        description: The account of the repository that commits, C(admin) after an installation. Required for a commit.
        type: str
      password:
        description:
          - Its password. It is typed on a terminal when C(eccfg) asks, with the terminal's echo off, and is on no command line, in no environment and in
            no file. Leave it out where C(eccfg) finds one itself (C(securecreds)).
        type: str
      log_message:
        description: The log message of the revision.
        type: str
        default: Changed by msys.momentum
      timeout:
        description: Seconds that C(eccfg) may take. After that it is ended, and whether the repository has the change is unknown.
        type: int
        default: 120
"""
