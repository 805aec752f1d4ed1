output "domain_id" {
  description = "Id of the domain."
  value       = aws_sagemaker_domain.this.id
}

output "url" {
  description = "Where people sign in who do so by IAM Identity Center; others get an address of their own (CreatePresignedDomainUrl)."
  value       = aws_sagemaker_domain.this.url
}

output "home_file_system_id" {
  description = "Id of the file system that SageMaker makes for the domain, and takes away with it."
  value       = aws_sagemaker_domain.this.home_efs_file_system_id
}

output "security_group_id" {
  description = "Id of the security group of the apps."
  value       = aws_security_group.this.id
}

output "profiles" {
  description = "User => the name of their profile."
  value       = { for user, profile in aws_sagemaker_user_profile.this : user => profile.user_profile_name }
}

output "spaces" {
  description = "User => the name of their space."
  value       = { for user, space in aws_sagemaker_space.this : user => space.space_name }
}

output "log_group_arn" {
  description = "ARN of the log group of the apps; null where it is somebody else's."
  value       = one(values(aws_cloudwatch_log_group.this)[*].arn)
}
