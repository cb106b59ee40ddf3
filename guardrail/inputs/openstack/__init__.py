"""What the tools of OpenStack write and read: exports of its client, and playbooks."""
