# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of an adopted node's file of variables, as data: what each is, and which tightening waits there."""

from typing import NamedTuple, Tuple


class Section(NamedTuple):
    """A part of the file: its name for remarks, its comment, and the variables in it, in order."""

    name: str
    comment: str
    variables: Tuple[str, ...]


HEADER = (
    "What Momentum on {host} is today, in the variables of msys.momentum, written by the playbook "
    "msys.momentum.adopt. The first run of msys.momentum.site with this file changes nothing. Each part "
    "says which tightening waits there. Change one variable, look with --check --diff, then run. A "
    "variable that is taken out has the group's value, else the default of the role."
)

SECTIONS = (
    Section(
        "installation",
        "The installation. These packages in momentum_version are on the node; another version is an "
        "upgrade. The momentum_config_* are how the main file was found; they count for configuration files "
        "that a role creates. An empty momentum_license: the licence stays as it is.",
        (
            "momentum_version",
            "momentum_packages",
            "momentum_prefix",
            "momentum_main",
            "momentum_service_name",
            "momentum_manager_packages",
            "momentum_manager_main",
            "momentum_manager_service_name",
            "momentum_config_owner",
            "momentum_config_group",
            "momentum_config_mode",
            "momentum_config_directory_mode",
            "momentum_license",
            "momentum_samples_etc",
        ),
    ),
    Section(
        "security",
        "Who the daemon is, and what it may still do. An empty text: the option is not set. "
        "momentum_security_allow names the safety checks that the node overrides: fix one, then take its "
        "name out.",
        (
            "momentum_security_user",
            "momentum_security_group",
            "momentum_security_supplemental_groups",
            "momentum_security_chroot",
            "momentum_security_capabilities",
            "momentum_manager_capabilities",
            "momentum_security_privileges",
            "momentum_security_purge",
            "momentum_security_allow",
        ),
    ),
    Section(
        "tls",
        "TLS is what momentum_settings say below. Tighter: momentum_tls_profile: mozilla-intermediate, and "
        "take the options that it decides in the global scope (TLS_Protocols, TLS_Ciphers, "
        "TLSv13_Ciphersuites, TLS_EC_Curve_Names) out of momentum_settings. An empty momentum_certificates: "
        "certificates and keys stay as they are.",
        (
            "momentum_tls_profile",
            "momentum_tls_targets",
            "momentum_outbound_tls",
            "momentum_tls_dhparams_file",
            "momentum_certificates",
        ),
    ),
    Section(
        "dkim",
        "Keys that sign mail stay as they are. Tighter: momentum_dkim_named_keys: restrict, which takes those that the configuration names away "
        "from everybody but the daemon.",
        ("momentum_dkim_keys", "momentum_dkim_named_keys"),
    ),
    Section(
        "cluster",
        "Peers of msgc, the collection of logs, and the database stay as they are. Tighter: "
        "momentum_cluster_msgc: true, and take the "
        "peers of msgc_server out of momentum_settings; momentum_database: true, which keeps its password in "
        "files that only root and the daemon read.",
        (
            "momentum_cluster_msgc",
            "momentum_cluster_aggregation",
            "momentum_manager_node_files",
            "momentum_database",
        ),
    ),
    Section(
        "logs",
        "Modes of the logs that the manager collects, empty where the configuration does not say. Tighter: "
        "0640 and 0750.",
        ("momentum_manager_log_file_mode", "momentum_manager_log_directory_mode"),
    ),
    Section(
        "credentials",
        "Passwords of data sources stay where they are. Tighter: keep them in the database of securecreds.",
        ("momentum_credentials",),
    ),
    Section(
        "control",
        "Who reaches the console is left as it is. Tighter: momentum_control: manage, and take the options of "
        "Control_Listener out of momentum_settings.",
        ("momentum_control",),
    ),
    Section(
        "sandbox",
        "No systemd drop-in sandboxes the daemon, or the one that is there stays. Tighter: momentum_sandbox: present.",
        ("momentum_sandbox",),
    ),
    Section(
        "permissions",
        "Owners and modes: audit reports what differs from the manifest and changes nothing; ignore, where "
        "the daemon has no account of its own, does not look. Tighter: momentum_permissions: enforce.",
        ("momentum_permissions",),
    ),
    Section(
        "health",
        "What the health gate asks for: where the configuration opens the console, and the ports at which it "
        "takes mail in.",
        ("momentum_health_control", "momentum_health_ports"),
    ),
    Section(
        "settings",
        "Every option in force, sorted. Take out what you do not want to manage: it stays as it is on the "
        "node. Secrets are never exported.",
        ("momentum_settings",),
    ),
)
