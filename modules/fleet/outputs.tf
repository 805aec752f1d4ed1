output "group_name" {
  description = "Name of the Auto Scaling group."
  value       = aws_autoscaling_group.this.name
}

output "group_arn" {
  description = "ARN of the Auto Scaling group."
  value       = aws_autoscaling_group.this.arn
}

output "queue" {
  description = "Name of the queue of jobs; null for none."
  value       = one(values(aws_sqs_queue.jobs)[*].name)
}

output "request" {
  description = "The request that puts a job into the queue at a time, for EventBridge Scheduler; null without a queue."
  # jsonencode() would write < and > in a way that Scheduler does not know.
  value = one([
    for queue in aws_sqs_queue.jobs : replace(
      jsonencode({ QueueUrl = queue.url, MessageBody = jsonencode({ job = "EXECUTION" }) }), "EXECUTION", "<aws.scheduler.execution-id>",
    )
  ])
}

output "role_arn" {
  description = "Role of the nodes."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "security_group_id" {
  description = "Security group of the nodes, for rules of those who talk to them."
  value       = aws_security_group.this.id
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
