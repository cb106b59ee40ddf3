# Files of a tax office: the original on Outscale cloudgouv, and a copy made every night by a
# transfer service.
#
# Each resource looks harmless by itself. The bucket on AWS bears no label; only the references say
# that what it receives is the sensitive bucket.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}

provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "cloudgouv"
  region = "cloudgouv-eu-west-1"

  endpoints {
    s3 = "https://oos.cloudgouv-eu-west-1.outscale.com"
  }

  skip_region_validation      = true
  skip_requesting_account_id  = true
  skip_credentials_validation = true
  s3_use_path_style           = true
}

variable "agent_arn" {
  type    = string
  default = "arn:aws:datasync:eu-west-3:000000000000:agent/agent-00000000000000000"
}

resource "aws_s3_bucket" "files" {
  provider = aws.cloudgouv
  bucket   = "foyers-fiscaux"

  tags = {
    data_class = "sensitive"
  }
}

resource "aws_s3_bucket" "copy" {
  bucket = "foyers-fiscaux-secours"
}

resource "aws_datasync_location_object_storage" "source" {
  server_hostname = "oos.cloudgouv-eu-west-1.outscale.com"
  bucket_name     = aws_s3_bucket.files.bucket
  agent_arns      = [var.agent_arn]
}

resource "aws_datasync_location_s3" "destination" {
  s3_bucket_arn = aws_s3_bucket.copy.arn
  subdirectory  = "/"

  s3_config {
    bucket_access_role_arn = "arn:aws:iam::000000000000:role/copie"
  }
}

resource "aws_datasync_task" "nightly" {
  name                     = "copie-de-nuit"
  source_location_arn      = aws_datasync_location_object_storage.source.arn
  destination_location_arn = aws_datasync_location_s3.destination.arn

  schedule {
    schedule_expression = "cron(0 3 * * ? *)"
  }
}
