# Health statistics of an agency, moved from Google Cloud to S3NS.
#
# Both clouds have the same provider and the same resource types. What tells them apart is the
# universe: without `universe_domain` the provider speaks to Google.

terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}

provider "google" {
  project         = "s3ns:agence-statistiques"
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"

  # What the agency puts on everything it deploys.
  default_labels = {
    data_class = "sensitive"
  }
}

# Left over from before the move.
provider "google" {
  alias   = "before"
  project = "agence-statistiques"
  region  = "europe-west9"
}

resource "google_storage_bucket" "cohorts" {
  name                        = "cohortes"
  location                    = "u-france-east1"
  uniform_bucket_level_access = true
}

resource "google_compute_disk" "workspace" {
  name = "espace-de-travail"
  zone = "u-france-east1-a"
  size = 200
}

# The region is in France. The operator is not.
resource "google_storage_bucket" "exports" {
  provider                    = google.before
  name                        = "exports"
  location                    = "europe-west9"
  uniform_bucket_level_access = true

  labels = {
    data_class = "sensitive"
  }
}
