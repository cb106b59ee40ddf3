# Document exchange of a local administration, on the OpenStack of OVHcloud's Public Cloud.
#
# OVHcloud is French and its data centre is in Gravelines. The Public Cloud is all the same not the
# offer that is qualified: SNC Cloud Platform and Hosted Private Cloud are.

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
  region   = "GRA9"
}

resource "openstack_objectstorage_container_v1" "forms" {
  name     = "formulaires"
  metadata = { data_class = "public" }
}

resource "openstack_objectstorage_container_v1" "files" {
  name     = "dossiers-usagers"
  metadata = { data_class = "sensitive" }
}

# Another data centre of the same account, on another continent.
resource "openstack_objectstorage_container_v1" "copy" {
  name     = "dossiers-usagers-copie"
  region   = "BHS5"
  metadata = { data_class = "sensitive" }
}
