# A survey tool, as it was found: on Azure, in France, and nobody said what the answers are worth.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.55"
    }
  }
}

provider "azurerm" {
  features {}
}

resource "azurerm_resource_group" "survey" {
  name     = "enquete-usagers"
  location = "francecentral"
}

resource "azurerm_storage_account" "answers" {
  name                     = "enqueteusagers"
  resource_group_name      = azurerm_resource_group.survey.name
  location                 = azurerm_resource_group.survey.location
  account_tier             = "Standard"
  account_replication_type = "GRS" # and a second copy in the paired region
}

resource "azurerm_postgresql_flexible_server" "answers" {
  name                = "enquete-usagers"
  resource_group_name = azurerm_resource_group.survey.name
  location            = azurerm_resource_group.survey.location
  version             = "16"
  sku_name            = "B_Standard_B1ms"
  storage_mb          = 32768
}
