output "name" {
  description = "The name of the endpoint, by which it is invoked once there is a model."
  value       = var.name
}

output "definition" {
  description = "Name of the SSM parameter that says what the next deployment is made of."
  value       = aws_ssm_parameter.definition.name
}

output "package_group" {
  description = "Name of the group of the model packages that it may serve; null where there is none."
  value       = one([for group in aws_sagemaker_model_package_group.this : group.model_package_group_name])
}

output "role_arn" {
  description = "ARN of the role of its machines."
  value       = aws_iam_role.this.arn
}

output "security_group_id" {
  description = "Id of the security group of its machines."
  value       = aws_security_group.this.id
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
