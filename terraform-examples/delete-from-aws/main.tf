# After: the data has moved, and what is left on AWS goes. `before/` is what was there.

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
