terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "keys" {
  description = "Alias and policy per key."
  type        = map(object({ alias = string, policy = string }))
}

resource "aws_kms_key" "this" {
  for_each                = var.keys
  description             = each.key
  policy                  = each.value.policy
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "this" {
  for_each      = var.keys
  name          = each.value.alias
  target_key_id = aws_kms_key.this[each.key].key_id
}

output "arns" {
  value = { for name, key in aws_kms_key.this : name => key.arn }
}
