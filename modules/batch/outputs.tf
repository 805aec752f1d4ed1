output "queue" {
  description = "Name of the job queue."
  value       = aws_batch_job_queue.this.name
}

output "definition" {
  description = "Name of the job definition."
  value       = aws_batch_job_definition.this.name
}

output "role_arn" {
  description = "ARN of the role of the command."
  value       = aws_iam_role.this.arn
}

output "security_group_id" {
  description = "Id of the security group of the nodes."
  value       = aws_security_group.this.id
}

output "request" {
  description = "The request that submits a job at a time, for EventBridge Scheduler; by the newest definition."
  value = jsonencode({
    JobName       = var.name
    JobQueue      = aws_batch_job_queue.this.arn
    JobDefinition = aws_batch_job_definition.this.name
  })
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
