#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: tls
short_description: Manage TLS in every scope of Momentum's configuration, by profile or option by option
version_added: 0.2.0
description:
  - Brings the TLS options of any number of scopes into the desired state, in one call. A target is the global scope, a listener,
    a C(Listen), a C(Peer), a C(Pathway), a C(Binding_Group), bindings by name or pattern, or a domain, alone or in them.
  - A profile such as V(mozilla-intermediate) stands for protocols, ciphers, suites of TLS 1.3, groups, renegotiation and DHE. It
    is written in the words of the installed Momentum version, and of the node's own OpenSSL. Explicit options take precedence over it.
  - Values are compared by meaning. Two spellings of one set of protocols, or two cipher lists that OpenSSL expands to the
    same suites in the same order, are no change.
  - Everything that is wrong is reported in one error, with file, scope, option, value and remedy, before anything is written.
    OpenSSL drops a word that it does not know from a list of ciphers silently; here it is an error.
  - Settings in narrower scopes that would undo what is requested, such as the ciphers of one domain of one binding, are
    found by meaning. They are returned in RV(weaker), and removed with O(purge).
  - Only the scopes of the targets change. If other scopes include the file that an option comes from, the option is written
    into the scope itself, after the include. A removal that would change such other scopes is refused with their names.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  version:
    description:
      - The version of Momentum that the configuration is for, such as V(4.2.1). It decides which options and words exist.
      - If not given, the package that owns C(ecelerity) is asked, then the console of the running daemon. If neither knows
        it, the task fails.
    type: str
  targets:
    description: The scopes, and what is requested in them.
    type: list
    elements: dict
    default: []
    suboptions:
      scope:
        description:
          - The scope as a list from the outside in, each element written as in the file, for example
            V(ESMTP_Listener) or V(Listen ":25"). Missing scopes are created, existing ones are edited in the file they are in.
          - Empty, like no scope and no bindings at all, for the global scope.
          - C(pathway_group) is refused, because Momentum ignores TLS options there.
        type: list
        elements: str
      bindings:
        description:
          - Names of bindings, or patterns such as V(mta*), wherever they are opened. A name that matches none is an error.
          - Mutually exclusive with O(targets[].scope).
        type: list
        elements: str
      domain:
        description: A domain inside O(targets[].bindings).
        type: str
      profile:
        description:
          - The name of a profile, such as V(mozilla-intermediate), V(mozilla-modern), V(ncsc-nl), V(bsi-tr-02102-2),
            V(nist-sp-800-52r2), V(fips), V(bcp195), V(vendor-post-quantum) or V(vendor-minimum).
          - With a version, such as V(mozilla-intermediate@5.7), that one, else the newest.
          - What a profile asks for, but cannot be in the scope or is not known to the version or library, is left out and
            said in RV(left_out).
        type: str
      post_quantum:
        description: Whether the hybrid groups of a profile are used, where version and library can do it.
        type: bool
        default: true
      engine:
        description:
          - The library that does TLS for SMTP. Only valid in the global scope, since 4.1, and the only option here that
            needs a restart.
          - With V(gnutls) O(targets[].ciphers) is a priority string, which says the protocols, too.
        type: str
        choices: [openssl, gnutls, ""]
      protocols:
        description: The protocols, such as V(+ALL:-SSLv3:-TLSv1.0:-TLSv1.1). Since 3.6.6 and 4.1.0.2, C(TLSv1.3) since 4.6.
        type: str
      ciphers:
        description: The ciphers of TLS 1.2 and older, as OpenSSL's list or GnuTLS' priority string.
        type: str
      ciphersuites:
        description: The suites of TLS 1.3, separated by colons. Since 4.6.
        type: str
      groups:
        description:
          - The groups (curves) of the key exchange. One name since 4.2, a list separated by colons since 5.3.
          - Only valid in the global scope.
        type: str
      certificate:
        description: The file with certificate and chain in PEM format. V(none) switches it off.
        type: path
      key:
        description:
          - The file with the private key. It may be in O(targets[].certificate) as well.
          - A key that others than root and the daemon can read is refused, by the owner, mode and access list of its file. In C(etc/conf)
            and C(etc/certs) below O(prefix), which M(msys.momentum.permissions) closes, it is a warning, and so it is in scopes that no
            target is about.
        type: path
      ca:
        description: The authorities that certificates of servers are checked against, outbound.
        type: path
      client_ca:
        description: The authorities that certificates of clients are checked against, inbound.
        type: path
      verify:
        description: How certificates of servers are checked, outbound.
        type: str
        choices: ["no", ca, host, optional, ""]
      verify_mode:
        description: Whether clients must show a certificate, inbound. It does not make TLS itself a must.
        type: str
        choices: [none, require, ""]
      renegotiation:
        description: Whether clients may renegotiate.
        type: bool
      starttls_injection:
        description: What happens to commands that were sent before TLS began.
        type: str
        choices: [allow, ignore, reject, ""]
      tls:
        description: Whether mail is sent over TLS, outbound.
        type: str
        choices: ["no", ifavailable, required, ""]
      ifavailable_fallback:
        description: Whether mail goes in the clear after a failed handshake with O(targets[].tls=ifavailable).
        type: bool
      implicit_tls:
        description:
          - Whether TLS begins at once, without STARTTLS, as on port 465. It excludes STARTTLS there, which is taken out of the
            C(SMTP_Extensions) of that scope.
          - HTTP and ECStream listeners begin TLS in no other way.
        type: bool
      offer:
        description:
          - Whether clients of a listener shall be able to begin TLS.
          - With V(auto) a O(targets[].certificate) has STARTTLS offered, where there is no implicit TLS. C(STARTTLS) is added to the
            C(SMTP_Extensions) in force; those of narrower scopes that use this certificate are changed as well. What cannot be offered
            is in RV(offered), and a warning says why.
          - V(required) does so without a certificate in this target, too, and fails if clients could not begin TLS afterwards.
          - V(unmanaged) leaves C(SMTP_Extensions) alone.
        type: str
        choices: [auto, required, unmanaged]
        default: auto
        version_added: 0.3.0
      dhe:
        description: Whether ciphers with DHE are used. Only valid in the global scope.
        type: bool
      dhparams_file:
        description: The file with the parameters for DHE, at least 2048 bits. Only valid in the global scope.
        type: path
      allow:
        description:
          - Safety checks to override, by name.
          - V(plaintext_downgrade) permits TLS 1.3 alone on port 25, or outbound with C(ifavailable), where peers without it
            fall back to plaintext.
          - V(outdated_protocols) permits O(targets[].protocols), or a priority string of GnuTLS, that leave protocols older than TLS 1.2
            and not TLS 1.2 itself. What is left is a warning then.
          - V(unlimited_protocols) takes a profile without its protocols on a version that cannot limit them.
          - V(cleartext_injection) permits O(targets[].starttls_injection) other than V(reject), CVE-2011-0411.
        type: list
        elements: str
        default: []
        choices: [plaintext_downgrade, outdated_protocols, unlimited_protocols, cleartext_injection]
  outbound:
    description:
      - TLS of sent mail as one declaration. It becomes targets of the global scope and of domains, and is judged like them.
      - If not given, sent mail is not managed, and goes in clear unless something else sets C(TLS).
    type: dict
    version_added: 0.3.0
    suboptions:
      policy:
        description:
          - How mail is sent to domains that have no entry in O(outbound.domains).
          - V(opportunistic) takes TLS where the other side offers it, V(required) sends nothing without, V(none) sends all mail in clear.
        type: str
        choices: [none, opportunistic, required]
        default: opportunistic
      keep_stricter:
        description:
          - Whether a C(TLS) of the global scope that is stricter than O(outbound.policy) stays, so that a default weakens nothing.
        type: bool
        default: false
      minimum:
        description:
          - The lowest protocol. Another target for the global scope, such as one with a profile, may set the protocols instead; it is refused
            where it leaves an older one.
          - The global scope has C(TLS_Protocols) for listeners, too. One that is to speak older protocols needs a target of its own.
          - V(unmanaged) leaves C(TLS_Protocols) alone, for GnuTLS and for versions without the option.
        type: str
        choices: [TLSv1.2, TLSv1.3, unmanaged]
        default: TLSv1.2
      fallback:
        description:
          - Whether a message goes in clear when the other side offers TLS and the handshake fails, with V(opportunistic). With V(false) it waits and is
            tried again.
          - If not given, this is left to the configuration, whose default is to send it in clear. Since 3.5.10, 3.6.4 and 4.1.
        type: bool
      verify:
        description:
          - How certificates of the other side are checked. V(ca) needs one of an authority in O(outbound.ca), V(host) also the name of the
            domain or mail exchanger, and V(optional) checks like V(host) and delivers anyway.
          - If not given, this is left to the configuration, whose default is V(no).
        type: str
        choices: ["no", optional, ca, host]
      ca:
        description:
          - The file with the authorities, in PEM format, that the daemon must be able to read. One is required as soon as certificates are checked, and for
            O(outbound.mta_sts).
        type: path
      dane:
        description:
          - Whether TLSA records decide about TLS and certificates, where a domain and its mail exchangers have them and DNSSEC proves them. It comes before
            O(outbound.policy) and O(outbound.verify). The stanza C(dane) is added. Since 4.8.
          - Refused unless every name server of Momentum (C(resolv_conf), else C(/etc/resolv.conf)) validates, which each is asked, in check mode too.
        type: bool
      mta_sts:
        description:
          - Whether policies of MTA-STS are fetched and applied. One that is enforced comes before O(outbound.policy) and O(outbound.verify) unless these are
            stricter. Since 4.8.
        type: bool
      dnssec_probe:
        description: The name of a signed zone, of whose SOA record name servers are asked. Name one of your own where they do not know the root.
        type: str
        default: .
      domains:
        description: Domains with a policy of their own, in the global scope. Bindings that set the same options take precedence; see RV(weaker).
        type: list
        elements: dict
        default: []
        suboptions:
          domain:
            description: The domain of recipients.
            type: str
            required: true
          policy:
            description: As O(outbound.policy).
            type: str
            choices: [none, opportunistic, required]
            default: required
          minimum:
            description: As O(outbound.minimum). If not given, the protocols of the global scope.
            type: str
            choices: [TLSv1.2, TLSv1.3]
          fallback:
            description: As O(outbound.fallback).
            type: bool
          verify:
            description: As O(outbound.verify). If not given, V(host) where TLS is required here.
            type: str
            choices: ["no", optional, ca, host]
          ca:
            description: As O(outbound.ca), for this domain. If not given, that of the global scope.
            type: path
          dane:
            description: As O(outbound.dane).
            type: bool
          mta_sts:
            description: As O(outbound.mta_sts).
            type: bool
  purge:
    description:
      - Whether settings in narrower scopes that are weaker than what is requested are removed.
      - What a target of the same task names itself, or what cannot be read, is reported only.
    type: bool
    default: false
  expected_files:
    description:
      - Files, or directories with all below them, that an earlier task of the same play creates. In check mode such a task has
        created nothing yet, so a missing file is not judged there, and is in RV(not_judged). A run requires all files.
    type: list
    elements: path
    default: []
    version_added: 0.3.0
notes:
  - An empty text removes an option. Options that are left out are not managed.
  - In check mode, on a node without Momentum and without O(version), the newest version is taken, with a warning.
  - A file that does not exist is refused in check mode as in a run, except where O(expected_files) lists it.
  - Whether a reload reads a certificate again whose path did not change is undocumented. M(msys.momentum.service) gives
    C(tls flush cache) after every reload.
  - Policy scripts can change TLS at run time, so a configuration alone is no proof.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.config
"""

EXAMPLES = r"""
- name: Serve TLS 1.2 and 1.3 everywhere, and nothing else anywhere
  msys.momentum.tls:
    purge: true
    targets:
      - profile: mozilla-intermediate
        tls: ifavailable
      - scope: [ESMTP_Listener]
        profile: mozilla-intermediate
        certificate: /etc/pki/momentum/mx.pem
        key: /etc/pki/momentum/mx.key
        starttls_injection: reject
  register: momentum_tls

- name: Let the running daemon apply the change
  msys.momentum.service:
    activation: "{{ momentum_tls.activation }}"

- name: Submission over implicit TLS, with TLS 1.3 alone
  msys.momentum.tls:
    targets:
      - scope: [ESMTP_Listener, 'Listen ":465"']
        profile: mozilla-modern
        implicit_tls: true

- name: A partner that is verified, from every binding of a customer
  msys.momentum.tls:
    targets:
      - bindings: ["customer-*"]
        domain: partner.example
        tls: required
        verify: host
        ca: /etc/pki/tls/certs/ca-bundle.crt

- name: Send over TLS where it is offered, and to a partner over verified TLS alone
  msys.momentum.tls:
    outbound:
      policy: opportunistic
      minimum: TLSv1.2
      ca: /etc/pki/tls/certs/ca-bundle.crt
      dane: true
      mta_sts: true
      domains:
        - domain: partner.example

- name: The fix for POODLE of the vendor's security page, as printed
  msys.momentum.tls:
    targets:
      - protocols: "+ALL:-SSLv3"
"""

RETURN = r"""
activation:
  description: V(restart) where the engine changed, V(reload) for the rest, V(none) where nothing changed.
  returned: success
  type: str
  sample: reload
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
version:
  description: The version of Momentum that the values were written for.
  returned: success
  type: str
  sample: 5.3.0.74264
library:
  description: The OpenSSL of the node that the values were checked with.
  returned: success
  type: str
  sample: OpenSSL 3.5.1 1 Jul 2025
crypto_policy:
  description:
    - The policy of the operating system (C(update-crypto-policies)), which can forbid what the settings allow. Empty where the
      node has none.
    - Of what it consists of, only C(MinProtocol) in the configuration of OpenSSL is reckoned with, in RV(effective). Values are written
      and compared without it, because who changes the policy does not look at Momentum.
  returned: success
  type: str
  sample: DEFAULT
effective:
  description: What is in force in the scopes of the targets after the run, inherited values included.
  returned: success
  type: list
  elements: dict
  contains:
    scope:
      description: The scope.
      type: str
      sample: ESMTP_Listener > Listen ":25"
    profile:
      description: The profile of the target, empty without one.
      type: str
      sample: mozilla-intermediate
    protocols:
      description:
        - The protocols that can be negotiated, without those that C(MinProtocol) in the configuration of OpenSSL forbids.
        - Where nothing can be read of it, TLS 1.0 and 1.1 count as possible on every version. Security levels of OpenSSL may forbid them.
      type: list
      elements: str
      sample: [TLSv1.2, TLSv1.3]
    ciphers:
      description: The cipher suites of TLS 1.2 and older, in order. Empty with GnuTLS.
      type: list
      elements: str
      sample: [ECDHE-ECDSA-AES128-GCM-SHA256]
    suites:
      description: The suites of TLS 1.3, in order.
      type: list
      elements: str
      sample: [TLS_AES_128_GCM_SHA256]
    groups:
      description: The groups, in order. Empty where the library's own are used.
      type: list
      elements: str
      sample: [X25519MLKEM768, X25519, prime256v1]
weaker:
  description: Settings in narrower scopes that are weaker than what the targets ask for.
  returned: success
  type: list
  elements: dict
  contains:
    scope:
      description: The scope of the setting.
      type: str
      sample: Binding "b1" > Domain "old.example"
    option:
      description: The option.
      type: str
      sample: TLS_Protocols
    value:
      description: Its value.
      type: str
      sample: +ALL
    file:
      description: The file it is in.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line it is on, before the run.
      type: int
      sample: 214
    because:
      description: What makes it weaker.
      type: str
      sample: it also speaks SSLv3, unlike scope global
    remedy:
      description: Whether O(purge) removes it, and what to do where it does not.
      type: str
      sample: 'purge (roles: momentum_tls_purge) removes it'
    removed:
      description: Whether it was removed, or would be in check mode.
      type: bool
      sample: false
offered:
  description:
    - Where clients can begin TLS, for every C(Listen) of the targets that name a certificate, implicit TLS, client certificates, or
      O(targets[].offer=required).
  returned: success
  type: list
  elements: dict
  contains:
    scope:
      description: The scope that clients meet.
      type: str
      sample: ESMTP_Listener > Listen ":25"
    port:
      description: Its TCP port, 0 where it has none of its own.
      type: int
      sample: 25
    begin:
      description: How TLS begins, V(starttls), V(implicit) or V(none).
      type: str
      sample: starttls
    because:
      description: Why it cannot begin; empty where it can.
      type: str
      sample: the SMTP_Extensions of /opt/msys/ecelerity/etc/conf/default/ecelerity.conf:25 lack STARTTLS
resolvers:
  description: The name servers that Momentum asks, where O(outbound) has DANE.
  returned: success
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    address:
      description: The address of the server.
      type: str
      sample: 127.0.0.1
    validates:
      description: Whether it validates DNSSEC.
      type: bool
      sample: true
    because:
      description: Why its answers cannot be relied on; empty where they can.
      type: str
      sample: ""
left_out:
  description: What profiles ask for and cannot have.
  returned: success
  type: list
  elements: dict
  contains:
    scope:
      description: The scope of the target.
      type: str
      sample: global
    option:
      description: The option.
      type: str
      sample: TLSv13_Ciphersuites
    because:
      description: Why it was left out.
      type: str
      sample: is not known to Momentum 4.2; it came with 4.6
not_judged:
  description: Files that an earlier task creates (O(expected_files)), and that check mode could not judge because they are not there yet.
  returned: success
  type: list
  elements: str
  sample: [/opt/msys/ecelerity/etc/certs/server.key]
errors:
  description: What is wrong, one entry for each, where the task is refused for bad input.
  returned: failure by bad input
  type: list
  elements: dict
  contains:
    file:
      description: The file, and the line where known, that would be changed.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf:12
    scope:
      description: The scope.
      type: str
      sample: global
    option:
      description: The option.
      type: str
      sample: TLS_Ciphers
    value:
      description: The value.
      type: str
      sample: HIGH:!aNUL
    reason:
      description: What is wrong.
      type: str
      sample: "'!aNUL' is unknown"
    remedy:
      description: What helps.
      type: str
      sample: correct the name
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.tls import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.tls import ARGUMENTS


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
