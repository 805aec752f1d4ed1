output "topic_arns" {
  description = "The ARN of each topic by the name of those who are told, once alarms and rules may publish to it."
  value       = { for name, topic in aws_sns_topic.this : name => topic.arn }
  depends_on  = [aws_sns_topic_policy.this]
}

output "dashboard" {
  description = "The name of the dashboard; null where there is none."
  value       = one([for dashboard in aws_cloudwatch_dashboard.this : dashboard.dashboard_name])
}

output "alarms" {
  description = "The names of all alarms."
  value       = local.names
}
