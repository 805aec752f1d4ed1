output "name" {
  description = "The name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "The ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "stream_arn" {
  description = "The ARN of the table's stream of changes; null where it has none."
  value       = var.stream ? aws_dynamodb_table.this.stream_arn : null
}
