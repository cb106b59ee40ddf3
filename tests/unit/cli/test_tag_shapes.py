"""The shape of tags at every provider, as one writes them in code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Ask

CLASS = 'data_class = "sensitive"'
PAIR = 'key = "data_class"\n    value = "sensitive"'
LISTED = '{ key = "data_class", value = "sensitive" }'
SHAPES = {
    ("hashicorp/aws", "aws_s3_bucket"): f"tags = {{ {CLASS} }}",
    ("hashicorp/aws", "aws_autoscaling_group"): (
        f"tag {{\n    {PAIR}\n    propagate_at_launch = true\n  }}"
    ),
    ("hashicorp/aws", "aws_instance"): f"volume_tags = {{ {CLASS} }}",
    ("hashicorp/aws", "aws_spot_instance_request"): (
        f"root_block_device {{\n    tags = {{ {CLASS} }}\n  }}"
    ),
    ("hashicorp/aws", "aws_launch_template"): (
        "tag_specifications {\n"
        f'    resource_type = "volume"\n    tags = {{ {CLASS} }}\n  }}'
    ),
    ("hashicorp/awscc", "awscc_s3_bucket"): f"tags = [{LISTED}]",
    ("hashicorp/azurerm", "azurerm_storage_account"): f"tags = {{ {CLASS} }}",
    ("azure/azapi", "azapi_resource"): f"tags = {{ {CLASS} }}",
    ("hashicorp/google", "google_storage_bucket"): f"labels = {{ {CLASS} }}",
    ("hashicorp/google", "google_container_cluster"): (
        f"resource_labels = {{ {CLASS} }}"
    ),
    ("hashicorp/google", "google_sql_database_instance"): (
        f"settings {{\n    user_labels = {{ {CLASS} }}\n  }}"
    ),
    ("terraform-provider-openstack/openstack", "openstack_compute_instance_v2"): (
        f"metadata = {{ {CLASS} }}"
    ),
    ("terraform-provider-openstack/openstack", "openstack_identity_project_v3"): (
        'tags = ["data_class=sensitive"]'
    ),
    ("terraform-provider-openstack/openstack", "openstack_images_image_v2"): (
        f"properties = {{ {CLASS} }}"
    ),
    ("ovh/ovh", "ovh_cloud_project_storage"): f"tags = {{ {CLASS} }}",
    ("scaleway/scaleway", "scaleway_rdb_instance"): 'tags = ["data_class=sensitive"]',
    ("scaleway/scaleway", "scaleway_block_volume"): 'tags = ["data_class:sensible"]',
    ("scaleway/scaleway", "scaleway_object_bucket"): f"tags = {{ {CLASS} }}",
    ("outscale/outscale", "outscale_volume"): f"tags {{\n    {PAIR}\n  }}",
    ("numspot/numspot", "numspot_volume"): f"tags = [{LISTED}]",
    ("cloud-temple/cloudtemple", "cloudtemple_compute_virtual_machine"): (
        f"tags = {{ {CLASS} }}"
    ),
    ("cloud-temple/cloudtemple", "cloudtemple_object_storage_bucket"): (
        f"tags = [{LISTED}]"
    ),
    ("flexibleenginecloud/flexibleengine", "flexibleengine_rds_instance_v3"): (
        f"tags = {{ {CLASS} }}"
    ),
    ("opentelekomcloud/opentelekomcloud", "opentelekomcloud_rds_instance_v3"): (
        f"tags = {{ {CLASS} }}"
    ),
    ("opentelekomcloud/opentelekomcloud", "opentelekomcloud_compute_instance_v2"): (
        'tags = ["data_class.sensitive"]'
    ),
    ("huaweicloud/huaweicloud", "huaweicloud_evs_volume"): f"tags = {{ {CLASS} }}",
    ("ibm-cloud/ibm", "ibm_database"): 'tags = ["data_class:sensitive"]',
    ("oracle/oci", "oci_core_volume"): f"freeform_tags = {{ {CLASS} }}",
    ("oracle/oci", "oci_objectstorage_bucket"): (
        'defined_tags = { "Security.data_class" = "sensitive" }'
    ),
    ("exoscale/exoscale", "exoscale_block_storage_volume"): f"labels = {{ {CLASS} }}",
    ("hetznercloud/hcloud", "hcloud_volume"): f"labels = {{ {CLASS} }}",
    ("digitalocean/digitalocean", "digitalocean_volume"): (
        'tags = ["data_class:sensitive"]'
    ),
    ("vmware/vcd", "vcd_vapp_vm"): f"metadata_entry {{\n    {PAIR}\n  }}",
    ("hashicorp/kubernetes", "kubernetes_persistent_volume_claim"): (
        f"metadata {{\n    labels = {{ {CLASS} }}\n  }}"
    ),
    ("hashicorp/kubernetes", "kubernetes_secret"): (
        'metadata {\n    annotations = { "example.org/data-class" = "sensitive" }\n  }'
    ),
    ("mongodb/mongodbatlas", "mongodbatlas_cluster"): f"tags {{\n    {PAIR}\n  }}",
}
OUTSIDE = f"""
resource "aws_ebs_volume" "other" {{}}
resource "aws_ec2_tag" "tag" {{
  resource_id = aws_ebs_volume.other.id
  {PAIR}
}}
resource "aws_autoscaling_group" "other" {{}}
resource "aws_autoscaling_group_tag" "tag" {{
  autoscaling_group_name = aws_autoscaling_group.other.name
  tag {{
    {PAIR}
    propagate_at_launch = true
  }}
}}
resource "ovh_cloud_project_kube" "other" {{}}
resource "ovh_iam_resource_tags" "tag" {{
  urn  = ovh_cloud_project_kube.other.id
  tags = {{ {CLASS} }}
}}
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    sources = sorted({source for source, _ in SHAPES})
    required = "".join(
        f'    {one.rpartition("/")[2]} = {{ source = "{one}" }}\n' for one in sources
    )
    blocks = "".join(
        f'resource "{type_}" "one" {{\n  {tags}\n}}\n'
        for (_, type_), tags in SHAPES.items()
    )
    text = f"terraform {{\n  required_providers {{\n{required}  }}\n}}\n"
    (folder / "main.tf").write_text(text + blocks + OUTSIDE)
    return folder


def test_a_label_is_read_in_the_shape_of_every_provider(ask: Ask, code: Path) -> None:
    document = ask("check", code, "--format", "json").document
    classes = {one["address"]: one["class"] for one in document["resources"]}
    labelled = [f"{type_}.one" for _, type_ in SHAPES]
    outside = ("aws_ebs_volume", "aws_autoscaling_group", "ovh_cloud_project_kube")
    labelled += [f"{type_}.other" for type_ in outside]

    assert {one: classes[one] for one in labelled} == dict.fromkeys(
        labelled, "sensitive"
    )
