"""What exports and playbooks call things, in the words of the provider profile.

Source: OpenStack, python-openstackclient, cli-reference, 10.5.0,
https://docs.openstack.org/python-openstackclient; ansible-collections-openstack, 2.5.0,
https://opendev.org/openstack/ansible-collections-openstack
"""

from __future__ import annotations

from collections.abc import Mapping

PROVIDER = "registry.terraform.io/terraform-provider-openstack/openstack"
KEY = "openstack"
"""Key of the configuration of the one cloud, where none is named."""

TYPES: Mapping[str, str] = {
    "baremetal_node": "openstack_baremetal_node",
    "cluster": "openstack_containerinfra_cluster_v1",
    "coe_cluster": "openstack_containerinfra_cluster_v1",
    "coe_cluster_template": "openstack_containerinfra_clustertemplate_v1",
    "compute_flavor": "openstack_compute_flavor_v2",
    "container": "openstack_objectstorage_container_v1",
    "database": "openstack_db_instance_v1",
    "dns_zone": "openstack_dns_zone_v2",
    "floating_ip": "openstack_networking_floatingip_v2",
    "host_aggregate": "openstack_compute_aggregate_v2",
    "identity_domain": "openstack_identity_domain_v3",
    "identity_group": "openstack_identity_group_v3",
    "identity_role": "openstack_identity_role_v3",
    "identity_user": "openstack_identity_user_v3",
    "image": "openstack_images_image_v2",
    "keypair": "openstack_compute_keypair_v2",
    "lb_health_monitor": "openstack_lb_monitor_v2",
    "lb_listener": "openstack_lb_listener_v2",
    "lb_member": "openstack_lb_member_v2",
    "lb_pool": "openstack_lb_pool_v2",
    "loadbalancer": "openstack_lb_loadbalancer_v2",
    "network": "openstack_networking_network_v2",
    "object": "openstack_objectstorage_object_v1",
    "object_container": "openstack_objectstorage_container_v1",
    "port": "openstack_networking_port_v2",
    "project": "openstack_identity_project_v3",
    "quota": "openstack_compute_quotaset_v2",
    "recordset": "openstack_dns_recordset_v2",
    "router": "openstack_networking_router_v2",
    "secret": "openstack_keymanager_secret_v1",
    "security_group": "openstack_networking_secgroup_v2",
    "security_group_rule": "openstack_networking_secgroup_rule_v2",
    "server": "openstack_compute_instance_v2",
    "server_group": "openstack_compute_servergroup_v2",
    "server_volume": "openstack_compute_volume_attach_v2",
    "share": "openstack_sharedfilesystem_share_v2",
    "stack": "openstack_orchestration_stack_v1",
    "subnet": "openstack_networking_subnet_v2",
    "volume": "openstack_blockstorage_volume_v3",
    "volume_backup": "openstack_blockstorage_backup_v3",
    "volume_snapshot": "openstack_blockstorage_snapshot_v3",
}
"""By the noun of the client, or the module of the collection."""
