#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: node
short_description: Manage a node of Momentum as a whole, in one transaction
version_added: 0.3.0
description:
  - Plans all parts of a node together, each over what the ones before it intend, and writes them as one. Momentum's own validator judges the
    whole. Either everything that is requested is in place afterwards, or nothing.
  - A part is what one of the other modules manages, with the same options. A part that is not given is left alone.
  - Where a part is refused, nothing is written. The result names every part that is refused with its reason, and those that would pass without
    them, so that O(only) can apply an urgent change.
  - The files of an earlier part need not exist yet. A certificate that O(certificate) makes is judged by O(tls) before it is written.
  - O(permissions) changes owners and modes when all files are in place and before the daemon is activated. If the run fails then, they are put back
    first, and the files after them. What somebody else has changed meanwhile is left and named in the error. A run that is killed is completed by the
    next one.
  - Certificates of an authority are signed on the controller. Where some are due, the module runs twice within the task. The first run plans
    everything and writes the requests alone; the second has the certificates, and writes the node as one. If that fails, the requests
    wait for the next run. Nothing of O(certificate.authority) is sent to the node.
  - The task cannot be run with C(async).
  - With O(service) the daemon gets everything at once, after the files are written, with the reload or restart that the parts need, and its health
    is proven. Where it is not healthy, owners and modes and all files are put back, and the daemon returns to them. Without O(service) give RV(activation) and
    RV(transaction) to M(msys.momentum.service).
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  only:
    description:
      - Plan and write these parts alone. Each of them must be given. Default is every part that is given.
    type: list
    elements: str
    choices: [config, certificate, dhparams, tls, dkim_key, credential, control, security, keyword_file, sandbox, permissions, service]
  exposure_accepted:
    description:
      - What the configuration opens to the world on purpose, of the findings in RV(exposure). Whatever else is open is warned of, and is no failure.
      - The documentation has an entry for each finding with what closes it.
    type: list
    elements: dict
    default: []
    version_added: 0.3.0
    suboptions:
      name:
        description: The name of the finding.
        type: str
        required: true
        choices:
          - open_relay
          - relay_hosts_world
          - smtp_always_allow
          - xclient_for_everybody
          - xremoteip_for_everybody
          - xsetcontext_for_everybody
          - xdumpcontext_for_everybody
          - starttls_injection
          - outbound_without_tls
          - http_without_tls
          - http_without_authentication
          - api_proxy_without_authentication
          - ecstream_beyond_host
          - console_beyond_host
          - console_for_every_account
          - snmp_community_public
          - amqp_without_tls
          - amqp_beyond_host
          - webhooks_secret_for_every_account
          - printed_password
      scope:
        description: The scope of the finding, as the option C(scope) of O(config.settings) takes it. Every scope if not given.
        type: list
        elements: str
      reason:
        description: Why it is open. The summary repeats it.
        type: str
        required: true
  # The parts, written by tools/node_documentation.py.
  config:
    description:
    - Manage options, scopes and includes in Momentum's configuration files, with the options of M(msys.momentum.config).
    type: dict
    suboptions:
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
            - The scope as a list from the outside in, each element written as in the file, for example V(ESMTP_Listener) or V(Listen ":25"). Missing
              scopes are created.
            - Empty for the global scope.
            type: list
            elements: str
            default: []
          option:
            description:
            - The option's name, of letters, digits, C(_), C(-), C(:) and C(.). Letter case does not matter.
            - Without O(config.settings[].option) and O(config.settings[].include) the entry is about the scope itself.
            type: str
          value:
            description:
            - The desired value. A list is written in round brackets, a dictionary in square ones.
            - The value of an option that is a file mode, such as C(Spool_Mode), has the form of O(config.files[].mode). The unquoted number V(0640) is
              written as C(0640).
            - Needed for an O(config.settings[].option) that is to be V(present).
            type: raw
          include:
            description:
            - The file, directory or URI of an C(include) line in O(config.settings[].scope).
            - Compared by what it leads to. V(b.conf), V(./b.conf), the absolute path and V(file://) with it are the same, and a file is not included
              again if its directory is.
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
            choices:
            - present
            - absent
            - commented
            default: present
          file:
            description:
            - The file to change, absolute or relative to the directory of O(main).
            - If not given, the file where the option is in force; else the last one, in load order, that opens the scope; else O(main).
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
            - Safety checks to override for this entry, by name. Each rests on the manuals, as far as they answer the question. What a module of your
              own brings is not judged.
            - V(wrong_type) refuses a value that is not of the option's type, such as a word for an integer.
            - V(misplaced) and V(ignored) refuse an option in a scope where Momentum does not look for it.
            - V(misspelled) refuses a stanza, and an option in the stanza of a module, that no page of the manuals has, and that is a letter or two from
              one that a page has there, such as C(Credential) in C(securecreds). Other names that no page has are left to Momentum's own validators.
            - V(instance_name) refuses blanks and colons in the name of a C(Binding), and blanks in that of a C(Binding_Group).
            - V(unknown_option) and V(unknown_stanza) refuse a name that no version has, in a scope whose options the manuals list completely.
            - V(removed) and V(too_new) refuse an option, a stanza or a module that the installed version has no longer, or not yet.
            - V(outdated_protocols) refuses C(TLS_Protocols), or a priority string of GnuTLS in C(TLS_Ciphers), that leaves a protocol older than TLS
              1.2 and not TLS 1.2 itself, as M(msys.momentum.tls) does. The error names what is left.
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
            - A file on the node, copied to O(config.files[].path) when that is missing, and never again.
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
            default: '0640'
          directory_mode:
            description: Permissions of directories that have to be created above it, in the same form.
            type: raw
            default: '0750'
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
  certificate:
    description:
    - Keep keys and certificates of a node in place and fresh, with the options of M(msys.momentum.certificate).
    type: dict
    suboptions:
      authority:
        description:
        - The authority that signs the units of source V(authority). Its files are on the controller; neither they nor anything of this option is sent
          to the node.
        - Made and renewed by M(msys.momentum.certificate_authority), or any other that you have.
        type: dict
        suboptions:
          certificate:
            description: The file of its certificate on the controller, with what leads to its root after it. A relative path is relative to the inventory
              directory.
            type: path
            required: true
          key:
            description: The file of its key on the controller, encrypted, or for its owner alone. A relative path is relative to the inventory directory.
            type: path
            required: true
          passphrase:
            description: The passphrase of the key, from a vault, of at least four characters.
            type: str
          days:
            description: The lifetime of what it signs, at most 398. O(certificate.units[].days) if not given.
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
            - With V(authority) and V(external) the node makes a key and a request, which is returned; the key waits in C(pending) below O(state_dir)
              until the certificate is handed back in O(certificate.units[].signed).
            - V(provided) puts the texts in place that the task brings.
            type: str
            choices:
            - self_signed
            - authority
            - external
            - provided
            default: self_signed
          key:
            description: The file of the key.
            type: path
            required: true
          certificate:
            description: The file of the certificate. Without O(certificate.units[].chain) the chain follows in the same file.
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
            - The host names and addresses the certificate speaks for, such as V(mx1.example.com), V(DNS:*.example.com) or V(IP:192.0.2.1).
            - If empty, those of the certificate that is there; else O(certificate.units[].common_name), else O(nodename).
            - An authority signs only names that the task says, so that source V(authority) needs them, or O(certificate.units[].common_name).
            type: list
            elements: str
            default: []
          key_type:
            description:
            - The kind of key. A key of another kind is replaced.
            - If not given, the kind and size of the present key are kept, also of kinds that cannot be asked for, and a first key is V(ec-p256). A key
              that is too weak is replaced by the least of its family, C(units[].reason) says so, and a kind of which no key is made is refused.
            type: str
            choices:
            - ec-p256
            - ec-p384
            - rsa-2048
            - rsa-3072
            - rsa-4096
            - ed25519
          usages:
            description: What the certificate is used for. A certificate that Momentum presents as a client needs V(client).
            type: list
            elements: str
            choices:
            - server
            - client
            default:
            - server
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
            - Permissions of key and combined file, V(0600) or V(0640), in the form of O(certificate.units[].mode).
            - If not given, a file keeps its own without what they give to others, and a new one has V(0600).
            type: raw
          mode:
            description:
            - Permissions of the other files. If not given, files keep theirs, and new ones have V(0644).
            - Octal in quotes with a leading zero (V("0644")), or the unquoted number V(0644) as M(ansible.builtin.file) takes it.
            - Text without a leading zero is refused, and so is a mode that lets every account write.
            type: raw
          directory_mode:
            description: Permissions of directories that have to be created, in the form of O(certificate.units[].mode).
            type: raw
            default: '0750'
          provided_key:
            description: The key, PEM text without a passphrase. If not given, O(certificate.units[].provided_certificate) is for the key that is there.
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
            choices:
            - none
            - reload
            - restart
  dhparams:
    description:
    - Keep a file of Diffie-Hellman parameters for Momentum, with the options of M(msys.momentum.dhparams).
    type: dict
    suboptions:
      path:
        description:
        - The file, an absolute path. Its directory must exist.
        - A file that holds a key or a certificate is refused, because it would be lost.
        type: path
        required: true
      group:
        description: The group of RFC 7919 that the file shall hold. V(ffdhe2048) if neither this nor O(dhparams.generate) is given.
        type: str
        choices:
        - ffdhe2048
        - ffdhe3072
        - ffdhe4096
        - ffdhe6144
        - ffdhe8192
      generate:
        description:
        - Let the node's C(openssl dhparam) search for a prime of this many bits, from 2048 to 8192. This takes seconds to minutes for 2048 bits, and
          much longer for more.
        - A file that holds a safe prime of at least this size is kept.
        type: int
      owner:
        description:
        - Name or number of the owner. If not given, an existing file keeps its own, and a new one belongs to the account that runs the module.
        - Parameters are public. The daemon must be able to read them, and nobody but root needs to write them.
        type: str
      group_owner:
        description: Name or number of the group that the file belongs to. If not given, as with O(dhparams.owner).
        type: str
      mode:
        description:
        - The permissions. Others than the owner must not be able to write the file.
        - Octal in quotes with a leading zero (V("0644")), or the unquoted number V(0644) as M(ansible.builtin.file) takes it.
        - Text without a leading zero is refused.
        type: raw
        default: '0644'
  tls:
    description:
    - Manage TLS in every scope of Momentum's configuration, by profile or option by option, with the options of M(msys.momentum.tls).
    type: dict
    suboptions:
      version:
        description:
        - The version of Momentum that the configuration is for, such as V(4.2.1). It decides which options and words exist.
        - If not given, the package that owns C(ecelerity) is asked, then the console of the running daemon. If neither knows it, the task fails.
        type: str
      targets:
        description: The scopes, and what is requested in them.
        type: list
        elements: dict
        default: []
        suboptions:
          scope:
            description:
            - The scope as a list from the outside in, each element written as in the file, for example V(ESMTP_Listener) or V(Listen ":25"). Missing
              scopes are created, existing ones are edited in the file they are in.
            - Empty, like no scope and no bindings at all, for the global scope.
            - C(pathway_group) is refused, because Momentum ignores TLS options there.
            type: list
            elements: str
          bindings:
            description:
            - Names of bindings, or patterns such as V(mta*), wherever they are opened. A name that matches none is an error.
            - Mutually exclusive with O(tls.targets[].scope).
            type: list
            elements: str
          domain:
            description: A domain inside O(tls.targets[].bindings).
            type: str
          profile:
            description:
            - The name of a profile, such as V(mozilla-intermediate), V(mozilla-modern), V(ncsc-nl), V(bsi-tr-02102-2), V(nist-sp-800-52r2), V(fips),
              V(bcp195), V(vendor-post-quantum) or V(vendor-minimum).
            - With a version, such as V(mozilla-intermediate@5.7), that one, else the newest.
            - What a profile asks for, but cannot be in the scope or is not known to the version or library, is left out and said in C(left_out).
            type: str
          post_quantum:
            description: Whether the hybrid groups of a profile are used, where version and library can do it.
            type: bool
            default: true
          engine:
            description:
            - The library that does TLS for SMTP. Only valid in the global scope, since 4.1, and the only option here that needs a restart.
            - With V(gnutls) O(tls.targets[].ciphers) is a priority string, which says the protocols, too.
            type: str
            choices:
            - openssl
            - gnutls
            - ''
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
            - The file with the private key. It may be in O(tls.targets[].certificate) as well.
            - A key that others than root and the daemon can read is refused, by the owner, mode and access list of its file. In C(etc/conf) and C(etc/certs)
              below O(prefix), which M(msys.momentum.permissions) closes, it is a warning, and so it is in scopes that no target is about.
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
            choices:
            - 'no'
            - ca
            - host
            - optional
            - ''
          verify_mode:
            description: Whether clients must show a certificate, inbound. It does not make TLS itself a must.
            type: str
            choices:
            - none
            - require
            - ''
          renegotiation:
            description: Whether clients may renegotiate.
            type: bool
          starttls_injection:
            description: What happens to commands that were sent before TLS began.
            type: str
            choices:
            - allow
            - ignore
            - reject
            - ''
          tls:
            description: Whether mail is sent over TLS, outbound.
            type: str
            choices:
            - 'no'
            - ifavailable
            - required
            - ''
          ifavailable_fallback:
            description: Whether mail goes in the clear after a failed handshake with O(tls.targets[].tls=ifavailable).
            type: bool
          implicit_tls:
            description:
            - Whether TLS begins at once, without STARTTLS, as on port 465. It excludes STARTTLS there, which is taken out of the C(SMTP_Extensions) of
              that scope.
            - HTTP and ECStream listeners begin TLS in no other way.
            type: bool
          offer:
            description:
            - Whether clients of a listener shall be able to begin TLS.
            - With V(auto) a O(tls.targets[].certificate) has STARTTLS offered, where there is no implicit TLS. C(STARTTLS) is added to the C(SMTP_Extensions)
              in force; those of narrower scopes that use this certificate are changed as well. What cannot be offered is in C(offered), and a warning
              says why.
            - V(required) does so without a certificate in this target, too, and fails if clients could not begin TLS afterwards.
            - V(unmanaged) leaves C(SMTP_Extensions) alone.
            type: str
            choices:
            - auto
            - required
            - unmanaged
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
            - V(plaintext_downgrade) permits TLS 1.3 alone on port 25, or outbound with C(ifavailable), where peers without it fall back to plaintext.
            - V(outdated_protocols) permits O(tls.targets[].protocols), or a priority string of GnuTLS, that leave protocols older than TLS 1.2 and not
              TLS 1.2 itself. What is left is a warning then.
            - V(unlimited_protocols) takes a profile without its protocols on a version that cannot limit them.
            - V(cleartext_injection) permits O(tls.targets[].starttls_injection) other than V(reject), CVE-2011-0411.
            type: list
            elements: str
            default: []
            choices:
            - plaintext_downgrade
            - outdated_protocols
            - unlimited_protocols
            - cleartext_injection
      outbound:
        description:
        - TLS of sent mail as one declaration. It becomes targets of the global scope and of domains, and is judged like them.
        - If not given, sent mail is not managed, and goes in clear unless something else sets C(TLS).
        type: dict
        version_added: 0.3.0
        suboptions:
          policy:
            description:
            - How mail is sent to domains that have no entry in O(tls.outbound.domains).
            - V(opportunistic) takes TLS where the other side offers it, V(required) sends nothing without, V(none) sends all mail in clear.
            type: str
            choices:
            - none
            - opportunistic
            - required
            default: opportunistic
          keep_stricter:
            description:
            - Whether a C(TLS) of the global scope that is stricter than O(tls.outbound.policy) stays, so that a default weakens nothing.
            type: bool
            default: false
          minimum:
            description:
            - The lowest protocol. Another target for the global scope, such as one with a profile, may set the protocols instead; it is refused where
              it leaves an older one.
            - The global scope has C(TLS_Protocols) for listeners, too. One that is to speak older protocols needs a target of its own.
            - V(unmanaged) leaves C(TLS_Protocols) alone, for GnuTLS and for versions without the option.
            type: str
            choices:
            - TLSv1.2
            - TLSv1.3
            - unmanaged
            default: TLSv1.2
          fallback:
            description:
            - Whether a message goes in clear when the other side offers TLS and the handshake fails, with V(opportunistic). With V(false) it waits and
              is tried again.
            - If not given, this is left to the configuration, whose default is to send it in clear. Since 3.5.10, 3.6.4 and 4.1.
            type: bool
          verify:
            description:
            - How certificates of the other side are checked. V(ca) needs one of an authority in O(tls.outbound.ca), V(host) also the name of the domain
              or mail exchanger, and V(optional) checks like V(host) and delivers anyway.
            - If not given, this is left to the configuration, whose default is V(no).
            type: str
            choices:
            - 'no'
            - optional
            - ca
            - host
          ca:
            description:
            - The file with the authorities, in PEM format, that the daemon must be able to read. One is required as soon as certificates are checked,
              and for O(tls.outbound.mta_sts).
            type: path
          dane:
            description:
            - Whether TLSA records decide about TLS and certificates, where a domain and its mail exchangers have them and DNSSEC proves them. It comes
              before O(tls.outbound.policy) and O(tls.outbound.verify). The stanza C(dane) is added. Since 4.8.
            - Refused unless every name server of Momentum (C(resolv_conf), else C(/etc/resolv.conf)) validates, which each is asked, in check mode too.
            type: bool
          mta_sts:
            description:
            - Whether policies of MTA-STS are fetched and applied. One that is enforced comes before O(tls.outbound.policy) and O(tls.outbound.verify)
              unless these are stricter. Since 4.8.
            type: bool
          dnssec_probe:
            description: The name of a signed zone, of whose SOA record name servers are asked. Name one of your own where they do not know the root.
            type: str
            default: .
          domains:
            description: Domains with a policy of their own, in the global scope. Bindings that set the same options take precedence; see C(weaker).
            type: list
            elements: dict
            default: []
            suboptions:
              domain:
                description: The domain of recipients.
                type: str
                required: true
              policy:
                description: As O(tls.outbound.policy).
                type: str
                choices:
                - none
                - opportunistic
                - required
                default: required
              minimum:
                description: As O(tls.outbound.minimum). If not given, the protocols of the global scope.
                type: str
                choices:
                - TLSv1.2
                - TLSv1.3
              fallback:
                description: As O(tls.outbound.fallback).
                type: bool
              verify:
                description: As O(tls.outbound.verify). If not given, V(host) where TLS is required here.
                type: str
                choices:
                - 'no'
                - optional
                - ca
                - host
              ca:
                description: As O(tls.outbound.ca), for this domain. If not given, that of the global scope.
                type: path
              dane:
                description: As O(tls.outbound.dane).
                type: bool
              mta_sts:
                description: As O(tls.outbound.mta_sts).
                type: bool
      purge:
        description:
        - Whether settings in narrower scopes that are weaker than what is requested are removed.
        - What a target of the same task names itself, or what cannot be read, is reported only.
        type: bool
        default: false
      expected_files:
        description:
        - Files, or directories with all below them, that an earlier task of the same play creates. In check mode such a task has created nothing yet,
          so a missing file is not judged there, and is in C(not_judged). A run requires all files.
        type: list
        elements: path
        default: []
        version_added: 0.3.0
  dkim_key:
    description:
    - Keep the keys that sign mail, and rotate them, with the options of M(msys.momentum.dkim_key).
    type: dict
    suboptions:
      keys:
        description: The keys.
        type: list
        elements: dict
        default: []
        suboptions:
          domain:
            description: The domain that signs, C(d=) of a signature, such as V(example.com).
            type: str
            required: true
          selector:
            description: The selector, C(s=) of a signature, such as V(s2026a). A domain can have several.
            type: str
            required: true
          protocol:
            description: What the key signs. V(arc) is in Momentum since 5.0, V(dkim2) since 5.3.
            type: str
            choices:
            - dkim
            - arc
            - dkim2
            default: dkim
          kind:
            description:
            - The kind of a key that is made. V(ed25519) is only accepted for O(dkim_key.keys[].protocol=dkim2), because Momentum signs nothing else with
              it.
            - A key that is there is kept, whatever size it has. There is a warning for RSA of less than 2048 bits, and a refusal for less than 1024.
            type: str
            choices:
            - rsa-2048
            - ed25519
            default: rsa-2048
          path:
            description:
            - The file, an absolute path.
            - If not given, the one that C(key) names in the configuration for domain and selector, else C(etc/conf/dkim/DOMAIN/SELECTOR.key) below O(prefix),
              as documented.
            type: path
          content:
            description:
            - The key, PEM text without a passphrase, from a vault. Needed where several nodes sign for the domain, because they need the same key.
            - A key that signs is only replaced by another one whose record is published.
            type: str
          signs:
            description:
            - Whether the domain signs with this selector. Of the selectors of a domain one can have it.
            - It does so in every C(dkim_domain) scope of O(dkim_key.stanza) that signs as the domain, or in a new one. V(false) leaves the configuration
              alone.
            type: bool
            default: false
          state:
            description:
            - V(absent) removes the file. A key with which the configuration still signs stays, with a warning.
            - A copy remains among the transaction's backups, for root alone, as long as these are kept.
            type: str
            choices:
            - present
            - absent
            default: present
      stanza:
        description: The name of the stanza that signs. Needed where the configuration has several.
        type: str
      version:
        description:
        - The version of Momentum, such as V(5.3.0), which decides what signs.
        - If not given, the package that owns C(ecelerity) is asked, where O(dkim_key.keys) has V(arc) or V(dkim2).
        type: str
      generate:
        description: Whether keys that are missing are made. With V(false) each needs O(dkim_key.keys[].content), or has to be there.
        type: bool
        default: true
      publication:
        description:
        - What the DNS decides.
        - With V(required) a domain comes to sign with a selector only if the DNS answers with the record of its key.
        - With V(reported) records are compared, but decide nothing. With V(ignored) the DNS is not asked.
        type: str
        choices:
        - required
        - reported
        - ignored
        default: required
      resolvers:
        description: The name servers to ask, as V(192.0.2.53), V(192.0.2.53:5353) or V([2001:db8::53]:53). Those of the node if empty.
        type: list
        elements: str
        default: []
      timeout:
        description: The seconds that all questions to the DNS may take together.
        type: int
        default: 10
      named_keys:
        description:
        - What becomes of keys that C(opendkim), C(dkim_sign) and C(dk_sign) name in the configuration and O(dkim_key.keys) does not list.
        - V(restrict) gives them O(dkim_key.owner), O(dkim_key.group) and O(dkim_key.mode). What is no key is left alone, and so is all that is named
          by a file that others than root can write; both are warnings.
        type: str
        choices:
        - restrict
        - ignore
        default: restrict
      owner:
        description: Name or number of the owner of the keys.
        type: str
        default: root
      group:
        description: Name or number of the group, which is how the daemon may read them.
        type: str
        default: ecuser
      mode:
        description:
        - The mode of the keys. Nothing that gives others anything, or the group more than reading, is accepted.
        - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
        - Text without a leading zero is refused.
        type: raw
        default: '0640'
      directory_mode:
        description: Permissions of directories that have to be created, in the form of O(dkim_key.mode).
        type: raw
        default: '0750'
  credential:
    description:
    - Manage the passwords of Momentum's data sources in its credentials database, with the options of M(msys.momentum.credential).
    type: dict
    suboptions:
      entries:
        description: The entries, all of them in one call. Others are left alone.
        type: list
        elements: dict
        default: []
        suboptions:
          documented:
            description:
            - Entries that the manual requires where C(securecreds) is turned on after the installation, in place of O(credential.entries[].username),
              O(credential.entries[].hostname) and O(credential.entries[].facility).
            - V(ecconfigd) is C(ecuser) at C(_ecconfigd_); V(pgsql) and V(ecdb) are C(ecuser) at O(nodename) and at C(localhost).
            type: str
            choices:
            - ecconfigd
            - pgsql
            - ecdb
          username:
            description: The user that the password belongs to.
            type: str
          hostname:
            description: The host that the password is for.
            type: str
          facility:
            description: What the password is for. V(ecdb), V(ecconfigd) and V(eccfg) are of Momentum's own.
            type: str
            choices:
            - pgsql
            - odbc
            - mysql
            - ldap
            - proxy
            - ecdb
            - ecconfigd
            - eccfg
          password:
            description: The password, of at least four characters. Needed if O(credential.entries[].state=present).
            type: str
          state:
            description: Whether the entry is to be there.
            type: str
            choices:
            - present
            - absent
            default: present
      database:
        description:
        - The database. What the C(securecreds) stanza specifies if not given, else the daemon's own default, C(etc/credentials.db) beside O(prefix),
          which is C(/opt/msys/etc/credentials.db).
        type: path
      key:
        description: The key, found as O(credential.database) is, C(/opt/msys/etc/credentials.key) by default.
        type: path
      cipher:
        description: The cipher, C(--cipher) of C(credmgr).
        type: str
        choices:
        - aes
        default: aes
      key_size:
        description: The length of the key in bytes.
        type: int
        choices:
        - 16
        - 24
        - 32
        default: 32
      block_mode:
        description: How the cipher is used, C(--block_mode) of C(credmgr).
        type: str
        choices:
        - cbc
        default: cbc
      owner:
        description: Name or number of the owner of database and key.
        type: str
        default: root
      group:
        description: Name or number of the group, which is how the daemon may read them.
        type: str
        default: ecuser
      mode:
        description:
        - The mode of database and key. Nothing that gives others anything, or the group more than reading, is accepted.
        - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
        - Text without a leading zero is refused.
        type: raw
        default: '0640'
      stanza:
        description: Whether the C(securecreds) stanza is managed, so that the daemon reads these files.
        type: bool
        default: true
      allow:
        description:
        - Safety checks to override, by name.
        - V(visible_arguments) hands passwords to C(credmgr) even where any user of the node can list them meanwhile.
        - V(split_database) leaves a second database or key in another place where the daemon or C(credmgr) looks.
        type: list
        elements: str
        default: []
        choices:
        - visible_arguments
        - split_database
  control:
    description:
    - Manage who reaches Momentum's console, and what they may do there, with the options of M(msys.momentum.control).
    type: dict
    suboptions:
      socket:
        description:
        - The Unix socket of the console. Empty for none, which takes at least one entry in O(control.tcp).
        - It must be in a directory of its own, because that directory gets O(control.socket_owner) and O(control.socket_directory_mode).
        type: str
        default: /run/ecelerity/control
      socket_mode:
        description:
        - The mode of the socket, C(File_Mode). Wider than V(0660) is refused without O(control.allow=wide_mode).
        - Whoever may write to the socket commands the daemon, as long as authorization is off.
        - Octal in quotes with a leading zero (V("0660")), or the unquoted number V(0660) as M(ansible.builtin.file) takes it.
        - Text without a leading zero is refused.
        type: raw
        default: '0660'
      socket_directory_mode:
        description: The mode of the socket's directory, in the form of O(control.socket_mode). One that lets every account write is refused.
        type: raw
        default: '0750'
      socket_owner:
        description:
        - The owner of the socket's directory. That the daemon's own user has to be able to write there, because a reload creates the socket after root
          was given up, is inferred and not documented.
        type: str
        default: ecuser
      socket_group:
        description: The group of the socket's directory, whose members reach the console, and of O(control.authorization.groups_file).
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
            choices:
            - digest
            - login
            default: digest
          uri:
            description:
            - Where passwords are looked up, such as V(ecauth://). C(digest://) with O(control.password_file.path) if not given.
            - Required for O(control.tcp[].mechanism=login). C(file://) there is refused without O(control.allow=cleartext_passwords).
            type: str
          realm:
            description: The realm of the digests. That of O(control.password_file) if not given.
            type: str
          log_authentication:
            description: Whether sessions are logged, which TCP needs for accounting.
            type: bool
            default: true
      password_file:
        description: The file of digests for O(control.tcp). It is left alone if not given.
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
            - Its mode, in the form of O(control.socket_mode).
            - It must give others nothing, because a digest is as good as its password.
            type: raw
            default: '0640'
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
                description: The password, of at least four characters, required for O(control.password_file.users[].state=present).
                type: str
              state:
                description: Whether the user exists.
                type: str
                choices:
                - present
                - absent
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
            description: Whether commands are limited, C(Enable_Authorization), at every place in O(control.tcp).
            type: bool
            default: true
          socket:
            description:
            - Whether commands are limited at O(control.socket), too, where the user is the account that connects.
            - Refused with O(control.allow) lacking V(root_locked_out) where root may not reload, because this collection does so as root.
            type: bool
            default: false
          uri:
            description: Where groups are looked up, such as V(ecauth://). O(control.authorization.groups_file) if not given and groups are.
            type: str
          groups_file:
            description: The file of groups. C(etc/console_roles) below O(prefix) if not given.
            type: path
          groups:
            description: Groups with their members, written to O(control.authorization.groups_file). A group without members is removed.
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
            description: Whether other roles, and other groups of O(control.authorization.groups_file), are removed.
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
        - The shell fragment that C(ec_ctl) reads as root. C(CONTROL) in it is set to O(control.socket), everything else stays.
        - C(etc/environment) below O(prefix) if not given and the main file is not C(eccluster.conf). Empty to leave it alone.
        type: str
      rotate_config:
        description:
        - The configuration of C(ec_rotate), which root's cron runs and which reaches the daemon through the console. C(control_socket) in it is set to
          O(control.socket), everything else stays byte by byte. A missing file is made of the vendor's sample.
        - While a daemon still listens at the address in the file, the change is only shown. M(msys.momentum.service) makes it as soon as the daemon has
          moved, so that no rotation before that loses lines of the logs.
        - C(etc/ec_rotate.conf) below O(prefix) if not given. For the main file C(eccluster.conf) it is then changed only if it names a socket of the
          manager, as it does where nothing but the manager runs. Empty to leave it alone.
        type: str
        version_added: 0.3.0
      boot_file:
        description:
        - The file that has systemd-tmpfiles make the socket's directory at boot.
        - C(/etc/tmpfiles.d/msys-momentum-control.conf) if not given, with C(-eccluster) in the name for the main file C(eccluster.conf). It is removed
          where O(control.socket) does not lie in C(/run) or C(/var/run) and it is not given.
        - Empty to leave it alone.
        type: str
      purge:
        description:
        - Whether places that are not asked for and unsafe are closed, and options that undo the protection are removed.
        - Without it they are returned in C(unsafe), with a warning. A place that is requested is refused, if it is unsafe.
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
  security:
    description:
    - Manage the Security stanza, the identity and privileges of the Momentum daemon, with the options of M(msys.momentum.security).
    type: dict
    suboptions:
      user:
        description:
        - Name or number of the account that the daemon runs as.
        - The documentation gives two defaults, none and C(ecuser), so set it.
        type: str
      group:
        description: Name or number of the group that the daemon runs as.
        type: str
      supplemental_groups:
        description: Names or numbers of further groups. An empty list removes the option.
        type: list
        elements: str
      chroot:
        description:
        - The directory that the daemon changes its root to. An empty string removes the option.
        - Its contents are looked at (C(chroot_findings)). What must be in it for TLS, name resolution or modules is on no page, and is yours.
        type: str
      capabilities:
        description:
        - The capabilities that the daemon keeps, in the language of C(cap_from_text). An empty string removes the option, so that none are kept.
        - V(cap_net_bind_service+ep) is documented for a standalone node, V(cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep)
          for a cluster node with DuraVIP.
        - V(auto) declares what the configuration takes and no more. C(needed) gives the reasons.
        type: str
      privileges:
        description:
        - The privileges that the daemon keeps on Solaris, in the language of C(priv_str_to_set). An empty string removes the option.
        - They are set, not added. V(basic net_privaddr) is documented for a standalone node.
        - V(auto) declares what the configuration takes and no more, beside the basic privileges.
        type: str
      role:
        description:
        - What the node is, which decides in which file the stanza is managed.
        - V(cluster) manages it in C(ecelerity-cluster.conf), V(standalone) where each option is in force.
        - V(auto) is V(cluster) where that file is included and has a Security stanza, else V(standalone).
        - Where another file is loaded later and would still take precedence, an option is managed in that file.
        type: str
        choices:
        - auto
        - standalone
        - cluster
        default: auto
        version_added: 0.2.0
      purge:
        description:
        - Whether the managed options are removed from all other files, so that one stanza alone declares them.
        - That includes the C(Local_Changes_File), which otherwise takes precedence over every other file. Options that are not managed stay.
        - What had no effect is removed without a restart.
        type: bool
        default: false
        version_added: 0.2.0
      allow:
        description:
        - Safety checks to override, by name.
        - V(root_user) and V(root_group) let the daemon stay root, V(root_with_capabilities) also where capabilities are declared, which takes root's
          override of file permissions away.
        - V(powerful_group) is a group, the daemon's own or a further one, that makes its members as good as root or shows them what is root's, such as
          C(wheel), C(docker), C(disk), C(shadow) or C(adm).
        - V(missing_identity) is a user or group that the node does not know, V(missing_chroot) a directory that is not there.
        - V(unsafe_chroot) is a directory whose contents undo the chroot. What was so before the run is a warning.
        - V(unknown_names) is a text that this collection cannot read, compared letter by letter then.
        - V(effective_beyond_permitted) is what the kernel refuses, V(beyond_bounding_set) what the bounding set of the container or systemd unit cannot
          give, V(root_equivalent) a capability as good as root, such as C(cap_sys_admin).
        - V(privileges_without_basic) and V(beyond_zone) are safety checks on Solaris.
        type: list
        elements: str
        default: []
        choices:
        - root_user
        - root_group
        - powerful_group
        - root_with_capabilities
        - missing_identity
        - unknown_names
        - effective_beyond_permitted
        - root_equivalent
        - beyond_bounding_set
        - missing_chroot
        - unsafe_chroot
        - privileges_without_basic
        - beyond_zone
      unit:
        description:
        - The systemd unit of the daemon, whose C(CapabilityBoundingSet) limits what can be kept.
        - Empty where M(msys.momentum.sandbox) comes later in the play, which widens that set to what is declared.
        type: str
        default: ecelerity.service
  keyword_file:
    description:
    - Set options in postgresql.conf and ldap.conf, require TLS in pg_hba.conf and httpd.conf, and place the files they name, as one, with the options
      of M(msys.momentum.keyword_file).
    type: dict
    suboptions:
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
            - The latter two have no O(keyword_file.files[].settings), but O(keyword_file.files[].tls).
            type: str
            choices:
            - postgresql
            - ldap
            - postgresql_access
            - apache
          settings:
            description:
            - Names and values. Names are compared without regard to case. An empty value removes the setting.
            - A truth value is written as V(on) or V(off). A list is written as the program separates its elements, with commas for V(postgresql) (elements
              in double quotes where needed), with blanks for V(ldap).
            - Needs O(keyword_file.files[].style).
            type: dict
          tls:
            description:
            - The TLS that the file has, instead of O(keyword_file.files[].settings). The file must exist.
            - V(required) in C(pg_hba.conf) writes C(hostssl) for C(host) in every line that allows a login.
            - V(required) in C(httpd.conf) makes a comment of every C(Listen) at whose port no virtual host does TLS, but for those that only the node
              itself reaches. Such a line in another file is refused, and so are a port with TLS and without, and a server without TLS.
            - V(required) and V(offered) write C(<VirtualHost *:443>) for C(<VirtualHost _default_:443>) in C(httpd.conf) where TLS is on. With the latter
              the web console may not start (page install-solaris).
            - What cannot be judged is refused. What was written for V(required) stays if the value is V(offered) later.
            type: str
            choices:
            - offered
            - required
            version_added: 0.3.0
          check:
            description:
            - A command that must accept the file before it is in force, as a list of words, of which one or more hold C({file}). Nothing is written if
              it fails.
            - In check mode it is given a copy. What it refuses of the present file, too, is a warning then, because an earlier task may change it.
            type: list
            elements: str
            default: []
            version_added: 0.3.0
          content:
            description: The whole text of the file, instead of O(keyword_file.files[].settings). It is kept out of results, differences and logs.
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
            - A service of systemd that reads the file at its start alone, such as V(msys-app-webhooks-etl). It is restarted where it runs, and the file
              has changed since it began to start, be it by this task or before. One that does not run is left alone.
            - Where the restart fails, the file is put back, and the service is restarted with it.
            type: str
            version_added: 0.3.0
          activation:
            description:
            - What makes Momentum's own daemon take a change of this file over. It is recorded, so that M(msys.momentum.service) makes up for it in a
              later run if this one ends before.
            type: str
            choices:
            - none
            - reload
            - restart
            default: none
  sandbox:
    description:
    - Sandbox the Momentum daemon with a systemd drop-in that is computed from its configuration, with the options of M(msys.momentum.sandbox).
    type: dict
    suboptions:
      state:
        description: Whether the drop-in is to be there.
        type: str
        choices:
        - present
        - absent
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
        - Which directories the daemon writes to is not documented. With V(strict) they are computed, see C(directives), from the defaults and from every
          path that the configuration names; what else is needed goes into O(sandbox.write_paths).
        type: str
        choices:
        - strict
        - full
        default: strict
      write_paths:
        description: More directories that the daemon may write to, with O(sandbox.protect_system=strict).
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
        - Capabilities of the start as root that this node does without. They are in the bounding set because the manuals do not say whether they are
          needed.
        - One that the Security stanza declares, or the configuration takes, stays in the set all the same.
        type: list
        elements: str
        choices:
        - cap_sys_ptrace
        - cap_dac_override
        - cap_chown
        - cap_fowner
        - cap_sys_resource
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
        - C(UMask) and modes of directories, such as C(RuntimeDirectoryMode), are taken as V("0027") in quotes or as the unquoted number V(0027), and
          written in octal. One with which every account may write is refused.
        type: dict
        default: {}
  permissions:
    description:
    - Keep owners and modes of Momentum's files by a manifest, safely in trees that ecuser can write, with the options of M(msys.momentum.permissions).
    type: dict
    suboptions:
      state:
        description: V(enforce) changes what differs. V(audit) only reports it, never as a change, and never fails for what is refused.
        type: str
        choices:
        - enforce
        - audit
        default: enforce
      role:
        description: The built-in manifest to start from. Without it only O(permissions.entries) count.
        type: str
        choices:
        - standalone
        - cluster_node
        - cluster_manager
        - web_ui
      version:
        description: The version of Momentum, which decides about the built-in manifest. Detected if not given.
        type: str
      user:
        description: The account of the daemon.
        type: str
        default: ecuser
      group:
        description: The group of the daemon.
        type: str
        default: ecuser
      leave:
        description: Parts of the built-in manifest that are not managed.
        type: list
        elements: str
        default: []
        choices:
        - config
        - credentials
        - database_password
        - environment
        - installer
        - keys
        - license
        - live_updates
        - logs
        - passwords
        - programs
        - scripts
        - service_password
        - services
        - spool
        - web
      manual_modes:
        description:
        - Parts of the built-in manifest for which what the vendor's manuals set, or leave behind, is kept instead of least privilege.
        - The page C(docs/permissions.md) says what each means.
        - V(config) is needed where the daemon or C(ecconfigd) writes configuration files itself.
        type: list
        elements: str
        default: []
        choices:
        - config
        - database_password
        - environment
        - installer
        - logs
        - programs
        - service_password
      entries:
        description:
        - What is managed beside the built-in manifest. For a path that is in it, what is given replaces what is built in.
        - The most specific path takes precedence for an object, whatever the order.
        type: list
        elements: dict
        default: []
        suboptions:
          path:
            description:
            - An absolute path. Components may hold C(*) and C(?), which also match hidden names, and C(**) stands for any number of directories.
            - Symbolic links on the way are followed if only root can have made them; the last component must not be one.
            type: str
            required: true
          owner:
            description: Name or number of the owner. Not managed if not given.
            type: str
          group:
            description: Name or number of the group. Not managed if not given.
            type: str
          mode:
            description:
            - Permissions of files, octal or symbolic (V(go-w), V(u=rwX,g=rX,o=)).
            - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
            - Text without a leading zero is refused, and so is a mode that lets every account write.
            - Set-id and sticky bits of files can only be given as octal text (V("04755")), for a path that is named without O(permissions.entries[].recurse)
              and wildcards. Otherwise a file that has one is refused if it would lose it.
            type: raw
          directory_mode:
            description:
            - Permissions of directories, in the form of O(permissions.entries[].mode). Set-group-id (V("02750")) is for trees, too.
            - If not given, that of files, with the right to search for those who may read.
            type: raw
          recurse:
            description: Whether it holds for everything below, too.
            type: bool
          exclude:
            description:
            - Names, wildcards allowed, that are left out with all below them, at any depth. With a slash they are paths relative to the entry.
            type: list
            elements: str
      take_over_from:
        description:
        - Accounts whose objects may be given to the owner that is requested. Objects of anybody else but root and that owner are refused, because somebody
          may have planted them.
        - O(permissions.user) if not given.
        type: list
        elements: str
      walk_spool:
        description: Whether spool directories are walked. They may hold millions of files of a running daemon.
        type: bool
        default: false
      spool_dirs:
        description: The spool directories.
        type: list
        elements: path
        default:
        - /var/spool/ecelerity
      other_file_systems:
        description: Whether file systems that are mounted inside a tree are entered. Paths that are named always are.
        type: bool
        default: false
      access_lists:
        description:
        - Where access lists are looked for. V(usual) are directories, paths that are named and objects that differ, V(all) is every file, which makes
          a walk take twice the time.
        type: str
        choices:
        - usual
        - all
        default: usual
      refused:
        description:
        - Whether anything refused makes the task fail, or is only reported.
        - The module on its own fails after all that can be done was done. As a part of M(msys.momentum.node) it fails before anything is written.
        type: str
        choices:
        - fail
        - report
        default: fail
      umask:
        description:
        - V(report) returns what O(permissions.user) cannot reach in O(permissions.reach), and V(repair) opens it, with the least that is needed.
        type: str
        choices:
        - ignore
        - report
        - repair
        default: report
      reach:
        description:
        - Trees that O(permissions.user) must be able to read.
        - C(etc/conf) below O(prefix), and C(etc/installer/ecelerity.d) beside it, if not given.
        type: list
        elements: path
      limit:
        description: How many items the returned lists hold at most. Counts are exact.
        type: int
        default: 200
  service:
    description:
    - Bring the Momentum daemon up to date and prove its health, with the options of M(msys.momentum.service).
    type: dict
    suboptions:
      daemon:
        description:
        - The daemon. V(ecelerity) is the MTA, V(eccmgr) the manager of a cluster.
        - It decides about the program in C(sbin), about what starts it where there is no unit (C(ec_ctl) or C(eccmgr_ctl)), and about the defaults of
          O(service.name), O(main) and O(service.health.ports).
        - The reload of a manager reaches all nodes of its cluster. It is therefore never done twice, and its TLS contexts are none to flush.
        type: str
        choices:
        - ecelerity
        - eccmgr
        default: ecelerity
        version_added: 0.2.0
      state:
        description:
        - V(started) starts a daemon that does not run, and otherwise does what changes need.
        - V(restarted) and V(reloaded) act in any case; a reload becomes a restart where one is due.
        - V(stopped) stops the daemon. The health gate is left out.
        type: str
        choices:
        - started
        - stopped
        - restarted
        - reloaded
        default: started
      name:
        description:
        - The systemd unit of the daemon. C(.service) is added to a name without a dot.
        - O(service.daemon) itself if not given. Any other name is refused where systemd does not know the unit; in check mode it is a warning, because
          an earlier task may be about to write that unit.
        type: str
      activation:
        description: What the tasks before ask for, as M(msys.momentum.config) and M(msys.momentum.security) return it.
        type: str
        choices:
        - none
        - reload
        - restart
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
        - Nothing is done then, in check mode either, and C(deferred) says so. Whatever else is due is done as always.
        type: bool
        default: false
        version_added: 0.2.0
      rotate_config:
        description:
        - The configuration of C(ec_rotate). Where it names a socket of the console, and the daemon leaves that or opens another with this action, it
          gets the new one right afterwards, and the daemon opens its logs again, so that no rotation loses lines. Else it is left alone.
        - C(etc/ec_rotate.conf) below O(prefix) if not given. Empty to leave it alone.
        type: str
        version_added: 0.3.0
      health:
        description: What the health gate asks for.
        type: dict
        suboptions:
          ports:
            description:
            - TCP ports on which the daemon itself must greet with an SMTP banner (C(220)). A C(421) is asked again until the time is over.
            - A port that stays silent for two seconds is asked in TLS, as port 465 is (RFC 8314), whatever its certificate. One that insists on a client
              certificate cannot be asked.
            - Port 25 if not given; none with O(service.daemon=eccmgr).
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
            - If not given, the first Unix socket of the configuration that asks for no password, else such a C(host:port). It is C(/tmp/2025) where the
              configuration names no place.
            type: str
          require_capabilities:
            description: Whether the capabilities of every thread must equal the declared ones.
            type: bool
            default: true
          version:
            description:
            - The version that the running daemon must have by the word of its console, as far as both numbers go. V(5.3.0) accepts 5.3.0.12345. What
              follows a hyphen is the release of the package and not compared.
            - Empty means any.
            type: str
            default: ''
            version_added: 0.3.0
          tls:
            description:
            - Scopes as O(msys.momentum.tls#module:targets[].scope) has them, such as V([ESMTP_Listener]), or an empty list for all. At every SMTP port
              in them for which the configuration has TLS, a handshake must succeed on each address, after STARTTLS or at once, as the configuration specifies.
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
        - O(service.daemon=eccmgr) needs no licence, and a stop by O(service.state=stopped) is done without asking for one.
        type: dict
        version_added: 0.3.0
        suboptions:
          require:
            description:
            - V(readable) requires a licence, where the option C(License) or the default C(etc/license) below O(prefix) has it, that the daemon's user
              can read (not judged in a chroot), and that does not end within a week by O(service.license.expires).
            - V(valid) requires C(ec_lic) to confirm it as well. It gets a copy and fetches nothing. What it says of one that is not valid is not documented,
              so whatever it says is a refusal; where it is missing, does not end within 20 seconds or prints more than 64 KiB, nothing is known.
            - V(none) requires nothing.
            type: str
            choices:
            - none
            - readable
            - valid
            default: readable
          expires:
            description:
            - The last day of the licence as C(YYYY-MM-DD), which the vendor tells. What is in a licence is not documented, so the file is not asked.
            - In the week before, Momentum starts only if it can fetch a new one.
            type: str
            default: ''
          warn_days:
            description: From how many days before O(service.license.expires) on there is a warning.
            type: int
            default: 30
          announced:
            description:
            - Whether an earlier task of the same run deploys a licence, which it has not written in check mode.
            type: bool
            default: false
  # End of the parts.
notes:
  - Asynchronous tasks (C(async)) are not supported.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.restore
"""

EXAMPLES = r"""
- name: Harden a node in one transaction
  msys.momentum.node:
    security:
      user: ecuser
      group: ecuser
      capabilities: auto
    certificate:
      units:
        - name: smtp
          key: /opt/msys/ecelerity/etc/certs/smtp.key
          certificate: /opt/msys/ecelerity/etc/certs/smtp.crt
          names: [mx1.example.com]
    tls:
      targets:
        - {profile: mozilla-intermediate}
        - scope: [ESMTP_Listener]
          certificate: /opt/msys/ecelerity/etc/certs/smtp.crt
          key: /opt/msys/ecelerity/etc/certs/smtp.key
    service:
      health: {ports: [25]}

- name: Have a certificate signed on the controller, and offered at port 25 by the same task
  msys.momentum.node:
    certificate:
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
          group: ecuser
          key_mode: "0640"
    tls:
      targets:
        - scope: [ESMTP_Listener]
          certificate: /opt/msys/ecelerity/etc/certs/server.crt
          key: /opt/msys/ecelerity/etc/certs/server.key
    service:
      health: {ports: [25], tls: [[ESMTP_Listener]]}

- name: Apply the TLS settings although another part is refused
  msys.momentum.node:
    only: [tls]
    security: {user: nobody-knows-this-account}
    tls:
      targets: [{profile: mozilla-modern}]
"""

RETURN = r"""
activation:
  description: The most that one of the changes needs, V(none), V(reload) or V(restart).
  returned: success
  type: str
  sample: reload
changed_parts:
  description: The names of the parts that change.
  returned: success
  type: list
  elements: str
  sample: [tls]
not_judged:
  description:
    - The parts of which check mode cannot tell whether they change, because Momentum is not installed. They are compared with what its packages bring.
    - RV(changed_parts) has none of them. C(diff) shows what they would write into an empty configuration.
  returned: in check mode, where neither Momentum nor its main configuration file is there
  type: list
  elements: str
  version_added: 0.3.0
  sample: [tls, security, permissions]
parts:
  description: What the module of each part returns, by the name of the part, without difference and transaction.
  returned: success
  type: dict
  sample: {tls: {activation: reload, weaker: []}}
passing:
  description: The parts that would pass without those that are refused.
  returned: when parts are refused
  type: list
  elements: str
  sample: [tls]
refused:
  description: The parts that are refused.
  returned: when parts are refused
  type: list
  elements: dict
  contains:
    part:
      description: The name of the part.
      type: str
      sample: security
    reason:
      description: Why, and what to do.
      type: str
      sample: the Security stanza is refused
activations:
  description:
    - What has to run, in this order, so that programs apply the changed files.
    - Commands are run by the task itself, the daemon is left to the part O(service), or to M(msys.momentum.service).
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
exposure:
  description:
    - What the configuration opens to the world once everything is written, and what nobody can tell because a part of it is beyond reach. Values that are
      not set count as the version has them by default.
    - Missing where none of the parts reads the configuration, and in check mode where there is none yet.
  returned: success, where a part reads the configuration
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    name:
      description: The name of the finding, by which the roles accept it (C(momentum_exposure_accepted)).
      type: str
      sample: open_relay
    status:
      description: V(open), or V(unknown) where nobody can tell.
      type: str
      sample: open
    scope:
      description: The scope that sets it, or in which the default is in force.
      type: str
      sample: ESMTP_Listener > Listen ":25"
    option:
      description: The option. Empty where a scope or a file is the reason.
      type: str
      sample: Open_Relay
    value:
      description: The value in force, masked where it is a secret.
      type: raw
      sample: "true"
    default:
      description: Whether nothing sets it, so that it is the default.
      type: bool
      sample: false
    file:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line.
      type: int
      sample: 14
    because:
      description: What is open, and to whom.
      type: str
      sample: 'any client at ESMTP_Listener > Listen ":25" has mail delivered anywhere'
    page:
      description: The page of the manuals that says so.
      type: str
      sample: 4/config/ref-open-relay
    remedy:
      description: What closes it, with the entry of C(momentum_settings), or of O(msys.momentum.config#module:settings), where one does.
      type: str
      sample: 'momentum_settings: [{scope: ["ESMTP_Listener", "Listen \":25\""], option: Open_Relay, value: "false"}]'
    accepted:
      description: The reason for which the task accepts it. Empty if it does not.
      type: str
      sample: ""
exposure_closed:
  description:
    - The names of what was open to the world before the run, in the configuration or in files of services, and is closed by it.
    - Returned wherever RV(exposure) is. Check mode returns what the run would close.
  returned: success, where a part reads the configuration
  type: list
  elements: str
  sample: [console_for_every_account]
  version_added: 0.3.0
summary:
  description:
    - A line for each part that changes, with the options or paths, and what the daemon then has to do.
    - Then one for each setting in a narrower scope that weakens TLS and stays.
    - Then one for each finding of RV(exposure) that is not accepted, one for those that are, and one for what nobody can tell.
    - Where Momentum is not installed, check mode adds what the parts of RV(not_judged) would change.
  returned: success
  type: list
  elements: str
  sample: ["tls: TLS_Ciphers, TLS_Protocols (reload)", "service: reload (changes are due)"]
transaction:
  description: The name of the transaction, which M(msys.momentum.restore) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261130T101500.123456-0a1b2c3d
"""

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.concerns.node import plan
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded, planned_by
from ansible_collections.msys.momentum.plugins.module_utils.options.parts import ARGUMENTS, SEVERAL_LINES


def main() -> None:
    """Run as an Ansible module."""
    guarded(planned_by(plan), MomentumModule(ARGUMENTS, several_lines=SEVERAL_LINES))


if __name__ == "__main__":
    main()
