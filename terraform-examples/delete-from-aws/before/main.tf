# Before: what a ministry had on AWS.

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

resource "aws_s3_bucket" "files" {
  bucket = "dossiers"

  tags = {
    data_class = "sensitive"
  }
}

resource "aws_s3_bucket" "hearings" {
  bucket = "audiences"

  tags = {
    data_class = "particular"
  }
}

resource "aws_ebs_volume" "register" {
  availability_zone = "eu-west-3a"
  size              = 200
}
