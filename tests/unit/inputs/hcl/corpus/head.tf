variable "region" { default = "eu-west-3" }
variable "on" { default = true }
variable "n" { default = 3 }
variable "none" {
  type    = string
  default = null
}
variable "names" {
  type    = list(string)
  default = ["b", "a", "c", "a"]
}
variable "set" {
  type    = set(string)
  default = ["z", "x", "y"]
}
variable "tags" {
  type    = map(string)
  default = { b = "2", a = "1" }
}
variable "accounts" {
  type = map(object({ region = string, size = optional(number, 10), zone = optional(string) }))
  default = {
    paie = { region = "eu-west-3" }
    rh   = { region = "eu-west-1", size = 20, zone = "a" }
  }
}
variable "loose" { default = { a = 1, b = "x", c = [1, "two", true] } }
variable "password" {
  default   = "hunter2"
  sensitive = true
}
resource "terraform_data" "u" {
  input = "later"
}
locals {
  host  = "oos.cloudgouv-eu-west-1.outscale.com"
  map   = { one = 1, two = 2 }
  list  = [1, 2, 3]
  deep  = { a = { b = [{ c = "found" }] } }
  mixed = [{ a = 1, l = [1, 2] }, { a = 2, l = [3] }]
  later = terraform_data.u.output
  empty = {}
}
