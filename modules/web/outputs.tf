output "url" {
  description = "Where the service answers: its domain, or the balancer's own name where it has none."
  value       = "${local.listener.scheme}://${var.domain == null ? aws_lb.this.dns_name : var.domain.name}"
}

output "caller_port" {
  description = "Port that callers inside the VPC come in by."
  value       = local.listener.port
}

output "security_group_id" {
  description = "Security group of the balancer, for the rules of callers inside the VPC."
  value       = aws_security_group.balancer.id
}

output "balancer" {
  description = "The balancer, as CloudWatch's metrics know it."
  value       = aws_lb.this.arn_suffix
}

output "targets" {
  description = "The target group, as CloudWatch's metrics know it."
  value       = aws_lb_target_group.this.arn_suffix
}

output "group_name" {
  description = "Name of the Auto Scaling group."
  value       = aws_autoscaling_group.this.name
}

output "role_arn" {
  description = "Role of the hosts."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "host_security_group_id" {
  description = "Security group of the hosts."
  value       = aws_security_group.this.id
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
