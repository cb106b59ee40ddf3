# Archive of a prefecture, on an offer whose qualification ends on 30 November 2026.

terraform {
  required_providers {
    outscale = {
      source  = "outscale/outscale"
      version = "~> 1.3"
    }
  }
}

provider "outscale" {
  region = "cloudgouv-eu-west-1"
}

resource "outscale_volume" "archive" {
  subregion_name = "cloudgouv-eu-west-1a"
  size           = 1000

  tags {
    key   = "data_class"
    value = "sensitive"
  }
}
