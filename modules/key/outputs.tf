output "arns" {
  description = "The ARN of each key by its logical name."
  # coalesce tells Terraform that the ARN, though unknown before the apply, is not null: a consumer that asks
  # `key_arn == null` then plans with a known answer.
  value = { for name, key in aws_kms_key.this : name => coalesce(key.arn) }

  # Identity policies find keys by alias: whoever uses the key needs the alias to be there first.
  depends_on = [aws_kms_alias.this]
}

output "aliases" {
  description = "The alias of each key by its logical name."
  value       = { for name, alias in aws_kms_alias.this : name => alias.name }
}
