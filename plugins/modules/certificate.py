#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: certificate
short_description: Keep keys and certificates of a node in place and fresh
version_added: 0.2.0
description:
  - Makes sure that each of O(units), a key with its certificate, chain and optional combined file, is there, says what is
    requested, and is renewed before it expires, in one task for any number of them.
  - A certificate is renewed when a share of its lifetime is left, so that 47 days and 5 years need no two rules.
  - Key and certificate are replaced in one transaction, so that they always match. The previous pair goes to an archive that
    only root can read.
  - A key is written with mode V(0600) into a file that did not exist before, in a directory that nobody else may change, and gets
    its owner and mode while it is still empty. It never leaves the node, and is in no result, difference or log.
  - Certificates are compared by meaning. A pair that Momentum's C(create_ssl_cert) made is recognised, kept until it is due,
    and then renewed in place with the same names and the same kind of key.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
requirements:
  - python3-cryptography (3.2 or later) on the node
options:
  authority:
    description:
      - The authority that signs the units of source V(authority). Its files are on the controller; neither they nor anything of this
        option is sent to the node.
      - Made and renewed by M(msys.momentum.certificate_authority), or any other that you have.
    type: dict
    suboptions:
      certificate:
        description: The file of its certificate on the controller, with what leads to its root after it. A relative path is
          relative to the inventory directory.
        type: path
        required: true
      key:
        description: The file of its key on the controller, encrypted, or for its owner alone. A relative path is relative to the
          inventory directory.
        type: path
        required: true
      passphrase:
        description: The passphrase of the key, from a vault, of at least four characters.
        type: str
      days:
        description: The lifetime of what it signs, at most 398. O(units[].days) if not given.
        type: int
  units:
    description: The certificates that are requested.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: A name for the unit, unique in the task. The archive is kept under it.
        type: str
        required: true
      source:
        description:
          - Where the certificate comes from. V(self_signed) needs nobody else.
          - With V(authority) and V(external) the node makes a key and a request, which is returned; the key waits in C(pending)
            below O(state_dir) until the certificate is handed back in O(units[].signed).
          - V(provided) puts the texts in place that the task brings.
        type: str
        choices: [self_signed, authority, external, provided]
        default: self_signed
      key:
        description: The file of the key.
        type: path
        required: true
      certificate:
        description: The file of the certificate. Without O(units[].chain) the chain follows in the same file.
        type: path
        required: true
      chain:
        description: A file of its own for the chain, from the issuer of the certificate on.
        type: path
      combined:
        description: A further file with key, certificate and chain, with the modes of a key.
        type: path
      request:
        description: A file for the signing request, written when one is made.
        type: path
      common_name:
        description: The common name. That of the certificate that is there, else the first of the names, if not given.
        type: str
      names:
        description:
          - The host names and addresses the certificate speaks for, such as V(mx1.example.com), V(DNS:*.example.com) or
            V(IP:192.0.2.1).
          - If empty, those of the certificate that is there; else O(units[].common_name), else O(nodename).
          - An authority signs only names that the task says, so that source V(authority) needs them, or O(units[].common_name).
        type: list
        elements: str
        default: []
      key_type:
        description:
          - The kind of key. A key of another kind is replaced.
          - If not given, the kind and size of the present key are kept, also of kinds that cannot be asked for, and a first key is
            V(ec-p256). A key that is too weak is replaced by the least of its family, RV(units[].reason) says so, and a kind of which no
            key is made is refused.
        type: str
        choices: [ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096, ed25519]
      usages:
        description: What the certificate is used for. A certificate that Momentum presents as a client needs V(client).
        type: list
        elements: str
        choices: [server, client]
        default: [server]
      days:
        description: The lifetime of a self-signed certificate; for an authority, the one to request. It ends in the year 9999 at the latest.
        type: int
        default: 90
      renew_at:
        description: The share of the lifetime that is left when a certificate is due, such as V(1/3), V(0.33) or V(33%).
        type: str
        default: 1/3
      rekey:
        description: Replace key and certificate now. It does so on every run, so give it on the command line.
        type: bool
        default: false
      new_key:
        description: Make a new key for each new certificate. Otherwise the key stays as long as it is of the requested kind.
        type: bool
        default: true
      owner:
        description: Owner of the files, by name or number. If not given, files keep theirs, and new ones belong to root.
        type: str
      group:
        description: Group of the files, by name or number. If not given, files keep theirs, and new ones belong to root.
        type: str
      key_mode:
        description:
          - Permissions of key and combined file, V(0600) or V(0640), in the form of O(units[].mode).
          - If not given, a file keeps its own without what they give to others, and a new one has V(0600).
        type: raw
      mode:
        description:
          - Permissions of the other files. If not given, files keep theirs, and new ones have V(0644).
          - Octal in quotes with a leading zero (V("0644")), or the unquoted number V(0644) as M(ansible.builtin.file) takes it.
          - Text without a leading zero is refused, and so is a mode that lets every account write.
        type: raw
      directory_mode:
        description: Permissions of directories that have to be created, in the form of O(units[].mode).
        type: raw
        default: "0750"
      provided_key:
        description: The key, PEM text without a passphrase. If not given, O(units[].provided_certificate) is for the key that is
          there.
        type: str
      provided_certificate:
        description: The certificate, PEM text, with or without its chain after it.
        type: str
      provided_chain:
        description: The chain, PEM text, from the issuer of the certificate on.
        type: str
      signed:
        description: The certificate that was made for the returned request, PEM text, with its chain after it.
        type: str
      issuer_key:
        description:
          - The key identifier of the authority that is to have signed the certificate, in hexadecimal.
          - A certificate of another one is replaced.
        type: str
      archive:
        description: Keep the previous pair in C(archive) below O(state_dir), for root alone.
        type: bool
        default: true
      activation:
        description:
          - What makes the running daemon load a new pair.
          - V(reload) if not given and a file of the unit lies in C(etc) below O(prefix), else V(none).
        type: str
        choices: [none, reload, restart]
notes:
  - A key or certificate on the node that cannot be read is an error, as is one with a passphrase, which Momentum cannot enter.
    Nothing is changed then. O(units[].rekey) replaces it.
  - PEM texts are decoded, and the decoded blocks are written. A part of a chain that cannot be decoded, and anything but certificates
    among certificates, is an error.
  - All units are judged before the first file is written. If one is refused, nothing is changed.
  - The archive is never emptied.
  - A key is refused in a directory whose files an account other than root and the owner of the key may exchange, and below one in which it may exchange
    that directory.
  - Where a task of M(msys.momentum.permissions) gives the files another owner, group or mode than O(units), each run changes them twice.
    M(msys.momentum.node) refuses parts that contradict each other so.
seealso:
  - module: msys.momentum.service
  - name: Certificates
    description: Sources, renewal, adoption and errors.
    link: https://github.com/msys/momentum/blob/main/docs/certificates.md
"""

EXAMPLES = r"""
- name: Keep a self-signed pair for the SMTP listener
  msys.momentum.certificate:
    units:
      - name: smtp
        key: /opt/msys/ecelerity/etc/certs/server.key
        certificate: /opt/msys/ecelerity/etc/certs/server.crt
        names: [mx1.example.com]
        group: ecuser
        key_mode: "0640"
  register: momentum_certificate

- name: Let the running daemon apply it
  msys.momentum.service:
    activation: "{{ momentum_certificate.activation }}"

- name: Adopt the pair that create_ssl_cert made, and renew it in place with the same names
  msys.momentum.certificate:
    units:
      - name: ecconfigd
        key: /var/ecconfigd/apache/server.key
        certificate: /var/ecconfigd/apache/server.crt

- name: Keep a certificate that an authority on the controller signs
  msys.momentum.certificate:
    authority:
      certificate: /srv/ca/mail.pem
      key: /srv/ca/mail.key
      passphrase: "{{ vault_mail_ca_passphrase }}"
    units:
      - name: smtp
        source: authority
        key: /opt/msys/ecelerity/etc/certs/server.key
        certificate: /opt/msys/ecelerity/etc/certs/server.crt
        names: [mx1.example.com]

- name: Put a certificate in place that was bought
  msys.momentum.certificate:
    units:
      - name: web
        source: provided
        key: /opt/msys/ecwebui/config/site/server.key
        certificate: /opt/msys/ecwebui/config/site/server.crt
        names: [momentum.example.com]
        provided_key: "{{ vault_web_key }}"
        provided_certificate: "{{ lookup('ansible.builtin.file', 'momentum.example.com.pem') }}"
"""

RETURN = r"""
units:
  description: What became of each unit, or would in check mode, in their order.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The unit.
      type: str
      sample: smtp
    state:
      description: V(kept), V(created), V(renewed), V(replaced), or V(requested) where a certificate is to be handed back.
      type: str
      sample: renewed
    reason:
      description: Why.
      type: str
      sample: 29 of 90 days are left
    common_name:
      description: The common name that is requested.
      type: str
      sample: mx1.example.com
    names:
      description: The names that are requested.
      type: list
      elements: str
      sample: ["DNS:mx1.example.com"]
    usages:
      description: The usages that are requested.
      type: list
      elements: str
      sample: [server]
    key_type:
      description: The kind of the key.
      type: str
      sample: ec-p256
    days:
      description: The lifetime that is requested.
      type: int
      sample: 90
    fingerprint:
      description: SHA-256 of the certificate that is in place, in hexadecimal. Empty where it has yet to be made.
      type: str
      sample: 5b6c0ad2a0ad4a2ec5ed0ef29b4bb2f9d6d6fce8f4a1d9f6cfbb2ad2f1f6a6d0
    not_after:
      description: The end of the certificate that is in place.
      type: str
      sample: "2027-02-19T09:00:00Z"
    days_left:
      description: Whole days until then.
      type: int
      sample: 90
    share_left:
      description: The share of the lifetime that is left, between 0 and 1.
      type: float
      sample: 0.9995
    request:
      description: The signing request, PEM text, where the state is V(requested). Empty in check mode if it has yet to be made.
      type: str
      sample: ""
    files:
      description: The files that were written. Not known in check mode where something has yet to be made.
      type: list
      elements: str
      sample: [/opt/msys/ecelerity/etc/certs/server.key, /opt/msys/ecelerity/etc/certs/server.crt]
activation:
  description: What makes the running daemon take the change over.
  returned: success
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
  sample: 20261121T101500.000000-0a1b2c3d
transactions:
  description:
    - The names of all transactions of the task; two where certificates were signed. To put everything back, begin with the last.
    - Added on the controller.
  returned: success
  type: list
  elements: str
  sample: [20261121T101500.000000-0a1b2c3d]
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.certificate import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.certificate import ARGUMENTS, SEVERAL_LINES


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS, several_lines=SEVERAL_LINES))


if __name__ == "__main__":
    main()
