# A site at a cloud without a qualification. Its label says that all of it is public, and the
# template says otherwise.

terraform {
  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 3.0"
    }
  }
}

provider "openstack" {
  auth_url = "https://auth.cloud.ovh.net/v3"
  region   = "GRA11"
}

resource "openstack_blockstorage_volume_v3" "archive" {
  name = "archive"
  size = 100

  metadata = {
    data_class = "sensitive"
  }
}

resource "openstack_orchestration_stack_v1" "site" {
  name = "site"
  tags = ["data_class=public"]

  template_opts = {
    Bin = file("${path.module}/app.yaml")
  }

  parameters = {
    archive = openstack_blockstorage_volume_v3.archive.id
    size    = 50
  }
}
