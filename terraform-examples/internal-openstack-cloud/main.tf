# Investigation files of a ministry, on the OpenStack cloud that the ministry runs itself.
#
# Nobody outside knows this keystone: `guardrail.yaml` beside this file says whose it is. Where to
# log in comes from a variable, as the same code serves two regions.

terraform {
  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 3.0"
    }
  }
}

variable "auth_url" {
  type    = string
  default = "https://keystone.cloud.example/v3"
}

variable "region" {
  type    = string
  default = "paris-1"
}

provider "openstack" {
  auth_url = var.auth_url
  region   = var.region
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
