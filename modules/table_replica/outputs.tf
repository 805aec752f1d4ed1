output "arn" {
  description = "The ARN of the replica."
  value       = aws_dynamodb_table_replica.this.arn
}
