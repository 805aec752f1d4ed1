# What the record is watched for: each filter counts calls, each alarm tells of the first.

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = var.watched

  name           = each.key
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = each.value.pattern

  metric_transformation {
    namespace = var.metric_namespace
    name      = each.value.metric
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.watched

  alarm_name          = each.key
  alarm_description   = each.value.description
  namespace           = var.metric_namespace
  metric_name         = aws_cloudwatch_log_metric_filter.this[each.key].metric_transformation[0].name
  statistic           = "Sum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.maintenance
  alarm_actions       = var.topic_arns
}
