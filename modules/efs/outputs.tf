output "id" {
  description = "The id of the file system, once it can be mounted."
  value       = aws_efs_file_system.this.id
  depends_on  = [aws_efs_mount_target.this, aws_efs_file_system_policy.this]
}

output "arn" {
  description = "The ARN of the file system, once its policy stands."
  value       = aws_efs_file_system.this.arn
  depends_on  = [aws_efs_file_system_policy.this]
}

output "security_group_id" {
  description = "The group of the mount targets, for the rules of those who mount it; null without a network."
  value       = one(values(aws_security_group.this)[*].id)
}

output "access_points" {
  description = "Consumer => id and ARN of its access point."
  value       = { for name, point in aws_efs_access_point.this : name => { id = point.id, arn = point.arn } }
}

output "directory" {
  description = "The folder that everybody sees, whichever way they come."
  value       = "/shared"
}
