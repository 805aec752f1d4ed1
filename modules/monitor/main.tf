locals {
  # A service's principal serves every AWS customer: only the source says whose alarm or rule it speaks for.
  publishers = {
    for name, topic in var.topics : name => [
      {
        Sid       = "AlarmsPublish"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:${var.region}:${var.account}:${topic.name}"
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:${var.region}:${var.account}:alarm:*" }
          StringEquals = { "aws:SourceAccount" = var.account }
        }
      },
      {
        Sid       = "RulesPublish"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:${var.region}:${var.account}:${topic.name}"
        Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:events:${var.region}:${var.account}:rule/${var.name}-*" } }
      },
      {
        Sid       = "DenyPlaintextTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:${var.region}:${var.account}:${topic.name}"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  }

  subscriptions = merge([
    for name, topic in var.topics : { for email in topic.emails : "${name} ${email}" => { topic = name, email = email } }
  ]...)
}

# --- who is told

resource "aws_sns_topic" "this" {
  for_each = var.topics

  name              = each.value.name
  kms_master_key_id = var.key_arn
  tags              = { Name = each.value.name }
}

resource "aws_sns_topic_policy" "this" {
  for_each = var.topics

  arn    = aws_sns_topic.this[each.key].arn
  policy = jsonencode({ Version = "2012-10-17", Statement = local.publishers[each.key] })
}

# Everybody gets a mail to confirm it first; until then nothing reaches them.
resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions

  topic_arn = aws_sns_topic.this[each.value.topic].arn
  protocol  = "email"
  endpoint  = each.value.email
}

# --- alarms

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms

  alarm_name          = each.key
  alarm_description   = each.value.description
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  actions_enabled     = !var.maintenance
  alarm_actions       = [for topic in each.value.topics : aws_sns_topic.this[topic].arn]
  ok_actions          = [for topic in each.value.topics : aws_sns_topic.this[topic].arn]

  # One series alone, without anything to reckon: said at the top, as people read it.
  namespace          = local.plain[each.key] ? one(values(each.value.series)).namespace : null
  metric_name        = local.plain[each.key] ? one(values(each.value.series)).name : null
  dimensions         = local.plain[each.key] ? one(values(each.value.series)).dimensions : null
  period             = local.plain[each.key] ? each.value.period : null
  statistic          = local.plain[each.key] && !local.percentile[each.key] ? one(values(each.value.series)).statistic : null
  extended_statistic = local.plain[each.key] && local.percentile[each.key] ? one(values(each.value.series)).statistic : null

  threshold_metric_id = each.value.sigmas == null ? null : "band"

  dynamic "metric_query" {
    for_each = local.plain[each.key] ? {} : each.value.series

    content {
      id          = metric_query.key
      return_data = each.value.expression == null

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        period      = each.value.period
        stat        = metric_query.value.statistic
      }
    }
  }

  dynamic "metric_query" {
    for_each = each.value.expression == null ? {} : { value = each.value.expression }

    content {
      id          = metric_query.key
      expression  = metric_query.value
      label       = each.key
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = each.value.sigmas == null ? {} : { band = each.value.sigmas }

    content {
      id          = metric_query.key
      expression  = "ANOMALY_DETECTION_BAND(${each.value.expression == null ? keys(each.value.series)[0] : "value"}, ${metric_query.value})"
      label       = "What is usual"
      return_data = true
    }
  }

  # An alarm that rings at once finds the topic ready to take it.
  depends_on = [aws_sns_topic_policy.this]
}

locals {
  plain      = { for name, alarm in var.alarms : name => alarm.expression == null && alarm.sigmas == null }
  percentile = { for name, alarm in var.alarms : name => startswith(values(alarm.series)[0].statistic, "p") }
}

# What is told of once: the alarms that it speaks for have no listeners of their own.
resource "aws_cloudwatch_composite_alarm" "this" {
  for_each = var.composites

  alarm_name        = each.key
  alarm_description = each.value.description
  alarm_rule        = each.value.rule
  actions_enabled   = !var.maintenance
  alarm_actions     = [for topic in each.value.topics : aws_sns_topic.this[topic].arn]

  # A cause that rings after it ends its rule, and nothing is well: only what knows no causes says that it is.
  ok_actions = each.value.recovers ? [for topic in each.value.topics : aws_sns_topic.this[topic].arn] : []

  # Its rule names alarms, and CloudWatch refuses one that is not there.
  depends_on = [aws_cloudwatch_metric_alarm.this, aws_sns_topic_policy.this]
}

# --- failures that are events

resource "aws_cloudwatch_event_rule" "failure" {
  for_each = var.failures

  name          = each.key
  description   = each.value.description
  event_pattern = each.value.pattern
  state         = var.maintenance ? "DISABLED" : "ENABLED"
}

resource "aws_cloudwatch_event_target" "failure" {
  for_each = merge([
    for name, failure in var.failures : { for topic in failure.topics : "${name} ${topic}" => { rule = name, topic = topic } }
  ]...)

  rule = aws_cloudwatch_event_rule.failure[each.value.rule].name
  arn  = aws_sns_topic.this[each.value.topic].arn

  depends_on = [aws_sns_topic_policy.this]
}

# --- where one looks

resource "aws_cloudwatch_dashboard" "this" {
  for_each = var.dashboard == null ? {} : { this = var.dashboard }

  dashboard_name = each.value.name
  dashboard_body = jsonencode({ widgets = concat(local.states, local.widgets) })
}

resource "aws_cloudwatch_dashboard" "overview" {
  for_each = var.overview == null ? {} : { this = var.overview }

  dashboard_name = each.value.name
  dashboard_body = jsonencode({ widgets = each.value.widgets })
}

locals {
  names = sort(concat(keys(var.alarms), keys(var.composites)))

  # A widget shows the state of a hundred alarms at most.
  pages = chunklist([for name in sort(concat(local.names, var.shown)) : "arn:aws:cloudwatch:${var.region}:${var.account}:alarm:${name}"], 100)
  above = 3 * length(local.pages)

  states = [
    for index, page in local.pages : {
      type       = "alarm"
      x          = 0
      y          = 3 * index
      width      = 24
      height     = 3
      properties = { title = "Alarms of ${var.name}", alarms = page }
    }
  ]
  widgets = [for widget in try(var.dashboard.widgets, []) : merge(widget, { y = widget.y + local.above })]
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = var.queries

  name            = each.key
  log_group_names = each.value.log_groups
  query_string    = each.value.text
}

resource "aws_cloudwatch_log_anomaly_detector" "this" {
  for_each = var.log_detectors

  detector_name           = each.key
  log_group_arn_list      = [each.value.log_group_arn]
  evaluation_frequency    = "FIVE_MIN"
  anomaly_visibility_time = 21
  kms_key_id              = var.key_arn
  enabled                 = true
}
