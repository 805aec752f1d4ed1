output "group_name" {
  description = "Auto Scaling group of the machine."
  value       = aws_autoscaling_group.this.name
}

output "role_arn" {
  description = "Role of the machine."
  value       = aws_iam_role.this.arn
}

output "queue_arn" {
  description = "Queue of new objects, once the bucket may write to it: S3 tries when it is told of a listener."
  value       = aws_sqs_queue.this.arn

  depends_on = [aws_sqs_queue_policy.watch]
}

output "queue_url" {
  description = "Address of the queue of new objects."
  value       = aws_sqs_queue.this.id
}

output "bus_name" {
  description = "Bus of the alarms."
  value       = aws_cloudwatch_event_bus.this.name
}

output "bus_arn" {
  description = "ARN of the bus of the alarms."
  value       = aws_cloudwatch_event_bus.this.arn
}

output "volume_id" {
  description = "Disk of the state."
  value       = aws_ebs_volume.state.id
}

output "log_group_arn" {
  description = "Log group of the machine."
  value       = aws_cloudwatch_log_group.this.arn
}

output "labels" {
  description = "Where labels come to: the ARN of the bucket, and the beginning of their keys; null where there are none."
  value       = var.labels
}
