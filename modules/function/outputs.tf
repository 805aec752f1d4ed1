output "name" {
  description = "The name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "The ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "trigger_arn" {
  description = "The ARN of the function, for what notifies it: known once that may."
  value       = aws_lambda_function.this.arn
  depends_on  = [aws_lambda_permission.bucket]
}

output "role_arn" {
  description = "The ARN of the function's role."
  value       = aws_iam_role.this.arn
}

output "security_group_id" {
  description = "The security group of the function's interfaces."
  value       = aws_security_group.this.id
}

output "url" {
  description = "The URL of the service, for signed requests; null where it has none."
  value       = one([for url in aws_lambda_function_url.this : url.function_url])
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
