# Investigation files of a ministry, on the OpenStack cloud that the ministry runs itself.
#
# Nobody outside knows this keystone: `guardrail.yaml` beside this file says whose it is. Where to
# log in is not in the code: the provider takes OS_AUTH_URL from its environment, and
# `guardrail.yaml` attests it.

terraform {
  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 3.0"
    }
  }
}

provider "openstack" {
  region = "paris-1"
}

resource "openstack_networking_network_v2" "private" {
  name = "enquetes"
  tags = ["data_class=internal"]
}

resource "openstack_blockstorage_volume_v3" "files" {
  name              = "enquetes-pieces"
  size              = 500
  availability_zone = "az-1"

  metadata = {
    data_class      = "particular"
    data_categories = "legal-secret"
  }
}

resource "openstack_compute_instance_v2" "registry" {
  name        = "enquetes-greffe"
  flavor_name = "m1.large"
  image_name  = "Debian 12"

  metadata = {
    data_class = "sensitive"
  }

  network {
    uuid = openstack_networking_network_v2.private.id
  }

  block_device {
    uuid             = openstack_blockstorage_volume_v3.files.id
    source_type      = "volume"
    destination_type = "volume"
    boot_index       = 1
  }
}
