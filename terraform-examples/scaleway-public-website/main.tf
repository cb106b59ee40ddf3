# The open-data site of a ministry: everything on it is published.

terraform {
  required_providers {
    scaleway = {
      source  = "scaleway/scaleway"
      version = "~> 2.61"
    }
  }
}

provider "scaleway" {
  region = "fr-par"
  zone   = "fr-par-1"
}

resource "scaleway_object_bucket" "files" {
  name = "donnees-ouvertes"

  # A map here…
  tags = {
    data_class = "public"
  }
}

resource "scaleway_instance_server" "web" {
  name  = "donnees-ouvertes"
  type  = "PRO2-XXS"
  image = "debian_bookworm"

  # …and a list of strings there.
  tags = ["data_class=public", "service=open-data"]
}
