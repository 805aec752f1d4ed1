output "instance_id" {
  description = "Id of the instance."
  value       = aws_instance.this.id
}

output "role_arn" {
  description = "Role of the machine."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "security_group_id" {
  description = "Security group, for rules of those who talk to it."
  value       = aws_security_group.this.id
}

output "private_ip" {
  description = "Address inside the VPC."
  value       = aws_instance.this.private_ip
}

output "volume_id" {
  description = "Data disk, or null."
  value       = one(values(aws_ebs_volume.data)[*].id)
}

output "volume_arn" {
  description = "ARN of the data disk, or null."
  value       = one(values(aws_ebs_volume.data)[*].arn)
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
