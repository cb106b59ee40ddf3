"""Words of Ansible itself: what stands beside a module, and modules that make nothing.

Source: Ansible 2.18, playbook keywords and the collection ansible.builtin,
https://docs.ansible.com/ansible/latest/collections/ansible/builtin/
"""

from __future__ import annotations

KEYWORDS = frozenset(
    {
        "action", "any_errors_fatal", "args", "async", "become", "become_exe",
        "become_flags", "become_method", "become_user", "changed_when", "check_mode",
        "collections", "connection", "debugger", "delay", "delegate_facts",
        "delegate_to", "diff", "environment", "failed_when", "ignore_errors",
        "ignore_unreachable", "listen", "local_action", "loop", "loop_control",
        "module_defaults", "name", "no_log", "notify", "poll", "port", "register",
        "remote_user", "retries", "run_once", "tags", "throttle", "timeout", "until",
        "vars", "when",
    }
)  # fmt: skip
"""Keys of a task that name no module."""

PLAIN = frozenset(
    {
        "add_host", "apt", "apt_key", "apt_repository", "assemble", "assert",
        "async_status", "blockinfile", "copy", "cron", "debconf", "debug",
        "dnf", "dnf5", "dpkg_selections", "fail", "fetch", "file", "find",
        "gather_facts", "get_url", "getent", "git", "group", "group_by", "hostname",
        "iptables", "known_hosts", "lineinfile", "meta", "mount_facts", "package",
        "package_facts", "pause", "ping", "pip", "reboot", "replace",
        "rpm_key", "service", "service_facts", "set_fact", "set_stats",
        "setup", "slurp", "stat", "subversion", "systemd", "systemd_service",
        "sysvinit", "tempfile", "template", "unarchive", "user",
        "validate_argument_spec", "wait_for", "wait_for_connection", "yum",
        "yum_repository",
    }
)  # fmt: skip
"""Modules that configure hosts, or only the run.

None of them runs a program or calls an address: those could create anything.
"""

HOST_COLLECTIONS = ("ansible.posix.", "ansible.utils.")
"""Collections of which every module configures hosts, or only the run."""
