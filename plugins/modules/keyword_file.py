#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: keyword_file
short_description: Set options in postgresql.conf and ldap.conf, require TLS in pg_hba.conf and httpd.conf, and place the files they name, as one
version_added: 0.2.0
description:
  - Brings settings in files of keywords, one a line, into force, and places whole files beside them, all in one transaction that
    M(msys.momentum.restore) can put back.
  - Values are compared by meaning, and the last line of a name is the one in force, as PostgreSQL and OpenLDAP read their files.
    Comments, order and everything else stay.
  - Where a file that C(postgresql.conf) includes sets an option otherwise after the last line of its name, a line is added to the end of
    C(postgresql.conf). An option that C(ALTER SYSTEM) has set to another value is refused.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The file. It is created if it is not there; its directory must be.
        type: path
        required: true
      style:
        description:
          - How the file is written, V(postgresql) for C(postgresql.conf), V(ldap) for the C(ldap.conf) of OpenLDAP.
          - V(postgresql_access) is the C(pg_hba.conf) of PostgreSQL, V(apache) the C(httpd.conf) of the web UI of Momentum 3.x.
          - The latter two have no O(files[].settings), but O(files[].tls).
        type: str
        choices: [postgresql, ldap, postgresql_access, apache]
      settings:
        description:
          - Names and values. Names are compared without regard to case. An empty value removes the setting.
          - A truth value is written as V(on) or V(off). A list is written as the program separates its elements, with commas for
            V(postgresql) (elements in double quotes where needed), with blanks for V(ldap).
          - Needs O(files[].style).
        type: dict
      tls:
        description:
          - The TLS that the file has, instead of O(files[].settings). The file must exist.
          - V(required) in C(pg_hba.conf) writes C(hostssl) for C(host) in every line that allows a login.
          - V(required) in C(httpd.conf) makes a comment of every C(Listen) at whose port no virtual host does TLS, but for those that only the
            node itself reaches. Such a line in another file is refused, and so are a port with TLS and without, and a server without TLS.
          - V(required) and V(offered) write C(<VirtualHost *:443>) for C(<VirtualHost _default_:443>) in C(httpd.conf) where TLS is on. With
            the latter the web console may not start (page install-solaris).
          - What cannot be judged is refused. What was written for V(required) stays if the value is V(offered) later.
        type: str
        choices: [offered, required]
        version_added: 0.3.0
      check:
        description:
          - A command that must accept the file before it is in force, as a list of words, of which one or more hold C({file}). Nothing is written
            if it fails.
          - In check mode it is given a copy. What it refuses of the present file, too, is a warning then, because an earlier task may change it.
        type: list
        elements: str
        default: []
        version_added: 0.3.0
      content:
        description: The whole text of the file, instead of O(files[].settings). It is kept out of results, differences and logs.
        type: str
      owner:
        description: Owner, by name or number. If not given, a file keeps its own, and a new one belongs to root.
        type: str
      group:
        description: Group, by name or number. If not given, a file keeps its own, and a new one belongs to root.
        type: str
      mode:
        description:
          - Permissions. If not given, a file keeps its own, and a new one has V(0644).
          - Octal in quotes with a leading zero (V("0644")), or the unquoted number V(0644) as M(ansible.builtin.file) takes it.
          - Text without a leading zero is refused, and so is a mode that lets others than the owner write.
        type: raw
      service:
        description:
          - A service of systemd that reads the file at its start alone, such as V(msys-app-webhooks-etl). It is restarted where it runs, and the file has
            changed since it began to start, be it by this task or before. One that does not run is left alone.
          - Where the restart fails, the file is put back, and the service is restarted with it.
        type: str
        version_added: 0.3.0
      activation:
        description:
          - What makes Momentum's own daemon take a change of this file over. It is recorded, so that M(msys.momentum.service) makes up
            for it in a later run if this one ends before.
        type: str
        choices: [none, reload, restart]
        default: none
attributes:
  check_mode:
    description: Reports what a run would do, and writes nothing.
    support: full
  diff_mode:
    description: Returns the settings that change, not the files around them, which may hold secrets.
    support: partial
    details: Of O(files[].content) only the fact that it changes is reported, and of O(files[].tls) the numbers of the lines.
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
notes:
  - Whether a running PostgreSQL has read its files again is not looked at. M(msys.momentum.certificate_served) proves what is in force.
seealso:
  - module: msys.momentum.restore
  - module: msys.momentum.certificate_served
"""

EXAMPLES = r"""
- name: Have PostgreSQL do TLS
  msys.momentum.keyword_file:
    files:
      - path: /var/lib/pgsql/16/data/postgresql.conf
        style: postgresql
        settings:
          ssl: "on"
          ssl_cert_file: server.crt
          ssl_key_file: server.key

- name: Require TLS of whoever connects to the database over the network
  msys.momentum.keyword_file:
    files:
      - path: /var/lib/pgsql/16/data/pg_hba.conf
        style: postgresql_access
        tls: required

- name: Require TLS of whoever uses the web UI of 3.x
  msys.momentum.keyword_file:
    files:
      - path: /opt/msys/ecwebui/config/httpd.conf
        style: apache
        tls: required
        check: [/opt/msys/3rdParty/sbin/httpd, -t, -f, "{file}"]

- name: Have Momentum 3.x verify the directory it asks about users
  msys.momentum.keyword_file:
    files:
      - path: /opt/msys/3rdParty/etc/openldap/ca.pem
        content: "{{ lookup('ansible.builtin.file', 'directory-ca.pem') }}\n"
      - path: /opt/msys/3rdParty/etc/openldap/ldap.conf
        style: ldap
        settings:
          TLS_CACERT: /opt/msys/3rdParty/etc/openldap/ca.pem
          TLS_REQCERT: demand
        mode: "0644"
        activation: restart
  register: trust

- name: Have it read the file
  msys.momentum.service:
    activation: "{{ trust.activation }}"

- name: Deploy the password with which Webhooks reads from RabbitMQ
  msys.momentum.keyword_file:
    files:
      - path: /opt/msys/app/webhooks-etl/config/production.json
        content: "{{ {'rabbitmq': {'password': vault_rabbitmq_password}} | to_nice_json }}"
        mode: "0640"
        check: [jq, ., "{file}"]
        service: msys-app-webhooks-etl
"""

RETURN = r"""
files:
  description: The files that were changed, or would be.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/pgsql/16/data/postgresql.conf]
services:
  description: The services that were restarted, or would be.
  returned: success
  type: list
  elements: str
  version_added: 0.3.0
  sample: [msys-app-webhooks-etl]
closed:
  description: The lines that let clients in without TLS, and no longer do because O(files[].tls=required), or would no longer.
  returned: success
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    path:
      description: The file.
      type: str
      sample: /var/lib/pgsql/16/data/pg_hba.conf
    lines:
      description: The numbers of its lines.
      type: list
      elements: int
      sample: [2, 5]
activation:
  description: What makes Momentum's daemon take the change over.
  returned: success
  type: str
  sample: restart
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
      description: V(daemon) for Momentum's daemon, else the service.
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
  description: The name of the transaction, which M(msys.momentum.restore) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500.000000-0a1b2c3d
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.keyword_file import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.keyword_file import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
