# Payroll of a ministry, on the qualified region of Outscale.
#
# The provider is Outscale's own and its region stands in the code: there is nothing left for the
# environment to decide.

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

locals {
  subregion = "cloudgouv-eu-west-1a"
}

# Pay slips: agents' data that the ministry holds sensitive.
resource "outscale_volume" "payslips" {
  subregion_name = local.subregion
  size           = 500
  volume_type    = "gp2"

  tags {
    key   = "data_class"
    value = "sensitive"
  }
  tags {
    key   = "data_categories"
    value = "agents-application"
  }
}

resource "outscale_vm" "payroll" {
  image_id                 = "ami-00000000"
  vm_type                  = "tinav5.c4r8p2"
  placement_subregion_name = local.subregion

  tags {
    key   = "data_class"
    value = "sensitive"
  }
}

# No label of its own: it holds what the volume holds.
resource "outscale_snapshot" "payslips" {
  description = "paie, avant migration"
  volume_id   = outscale_volume.payslips.volume_id
}
