# Case files of a ministry's legal department.
#
# The code says `aws` everywhere. Where the data really goes depends on the alias: one of the two
# providers below speaks to Amazon in Paris, the other to Outscale's government region.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 3.39"
    }
  }
}

# Amazon Web Services, region Paris.
provider "aws" {
  region = "eu-west-3"

  access_key                  = "not-a-real-key"
  secret_key                  = "not-a-real-secret"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_get_ec2_platforms      = true
}

# Outscale cloudgouv: the S3 protocol, at another operator.
provider "aws" {
  alias  = "cloudgouv"
  region = "cloudgouv-eu-west-1"

  endpoints {
    s3 = "https://oos.cloudgouv-eu-west-1.outscale.com"
  }

  access_key                  = "not-a-real-key"
  secret_key                  = "not-a-real-secret"
  s3_force_path_style         = true
  skip_region_validation      = true
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_get_ec2_platforms      = true
}

variable "db_password" {
  type      = string
  sensitive = true
}

# Sensitive, on a qualified offer.
resource "aws_s3_bucket" "case_files" {
  provider = aws.cloudgouv
  bucket   = "affaires-juridiques-dossiers"

  tags = {
    data_class = "sensitive"
    service    = "affaires-juridiques"
  }
}

# Nobody said what this database holds.
resource "aws_db_instance" "register" {
  identifier          = "registre"
  engine              = "postgres"
  instance_class      = "db.t3.medium"
  allocated_storage   = 50
  username            = "registre"
  password            = var.db_password
  storage_encrypted   = true
  skip_final_snapshot = true
}

# Of particular sensitivity, under a legal secret, and on a cloud that a foreign law reaches.
resource "aws_s3_bucket" "hearings" {
  bucket = "affaires-juridiques-audiences"

  tags = {
    data_class      = "particular"
    data_categories = "legal-secret"
    service         = "affaires-juridiques"
  }
}
