locals {
  written = {
    for name, statements in merge(
      { for name, step in var.steps : "steps ${name}" => step.statements },
      { for name, machine in var.machines : "machine ${name}" => machine.statements },
      { rule = var.rule.statements },
      ) : name => jsonencode({
        Version = "2012-10-17"
        Statement = [
          for s in statements : merge(
            { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
            length(s.conditions) > 0 ? { Condition = s.conditions } : {},
          )
        ]
    })
  }

  # Literal: definitions name their functions, and each other, before those stand.
  functions = { for name, step in var.steps : name => "arn:aws:lambda:${var.region}:${var.account}:function:${step.name}" }
  machines  = { for name, machine in var.machines : name => "arn:aws:states:${var.region}:${var.account}:stateMachine:${machine.name}" }

  # What makes somebody look: a run that failed, took too long, or was cut off.
  ends = merge([
    for name, machine in var.machines : {
      for end in ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] : "${machine.name}-${end}" => { machine = name, metric = end }
    }
  ]...)
}

# --- what is known of alarms and runs

resource "aws_dynamodb_table" "ledger" {
  name                        = var.table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "model"
  range_key                   = "what"
  deletion_protection_enabled = var.protect

  attribute {
    name = "model"
    type = "S"
  }

  attribute {
    name = "what"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key_arn
  }

  tags = { Name = var.table_name }
}

# The watch reads in it whether traffic shifts, and to which version.
resource "aws_ssm_parameter" "shift" {
  #checkov:skip=CKV2_AWS_34:the name of a model is no secret; in plain text it can be read where it is needed
  name           = var.shift_parameter
  description    = "Whether traffic of ${var.name} shifts to another version of the model, and since when"
  type           = "String"
  insecure_value = jsonencode({ state = "settled", at = 0, version = "" })

  lifecycle {
    # Deployments write down what they do.
    ignore_changes = [insecure_value]
  }
}

# --- the steps

resource "aws_iam_role" "steps" {
  for_each = var.steps

  name                 = each.value.role_name
  description          = "What the steps of ${var.machines[each.key].name} may do"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "loop_steps" {
  for_each = var.steps

  name   = "steps"
  role   = aws_iam_role.steps[each.key].name
  policy = local.written["steps ${each.key}"]

  lifecycle {
    precondition {
      condition     = length(local.written["steps ${each.key}"]) <= 10240
      error_message = "The permissions of ${each.value.name} make a policy of ${length(local.written["steps ${each.key}"])} characters; IAM allows a role 10240."
    }
  }
}

resource "aws_cloudwatch_log_group" "steps" {
  for_each = var.steps

  name              = each.value.log_group
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_lambda_function" "steps" {
  for_each = var.steps

  #checkov:skip=CKV_AWS_115:one run at a time is what the ledger lets through, and a deployment has to come through beside it
  #checkov:skip=CKV_AWS_116:the state machine waits for each answer, and catches what fails
  #checkov:skip=CKV_AWS_117:it speaks with AWS's own APIs alone and with nothing in a network
  #checkov:skip=CKV_AWS_272:The code comes with the plan, whose hash Terraform compares; a signer would be one more identity that may change it
  function_name    = each.value.name
  description      = "Steps of ${var.machines[each.key].name} (landform)"
  role             = aws_iam_role.steps[each.key].arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "steps.${each.key}.handler"
  filename         = var.code.file
  source_code_hash = var.code.hash
  memory_size      = each.value.memory_mib
  timeout          = 900
  kms_key_arn      = var.key_arn

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.steps[each.key].name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  tracing_config {
    mode = "Active"
  }

  tags = { Name = each.value.name }

  depends_on = [aws_iam_role_policy.loop_steps]
}

# --- the machines

resource "aws_iam_role" "machines" {
  for_each = var.machines

  name                 = each.value.role_name
  description          = "What ${each.value.name} may start and tell"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # Step Functions serves every AWS customer: only for this machine may it take the role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnEquals    = { "aws:SourceArn" = local.machines[each.key] }
      }
    }]
  })
}

resource "aws_iam_role_policy" "loop_machines" {
  for_each = var.machines

  name   = "machine"
  role   = aws_iam_role.machines[each.key].name
  policy = local.written["machine ${each.key}"]
}

resource "aws_cloudwatch_log_group" "machines" {
  for_each = var.machines

  # A prefix of AWS's: the policy by which it delivers logs would else grow too long.
  name              = each.value.log_group
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_sfn_state_machine" "this" {
  for_each = var.machines

  name       = each.value.name
  role_arn   = aws_iam_role.machines[each.key].arn
  definition = each.value.definition

  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.machines[each.key].arn}:*"
    include_execution_data = true
    level                  = "ALL"
  }

  tracing_configuration {
    enabled = true
  }

  tags = { Name = each.value.name }

  # Its first run may be at once: by then it may do what it must, and finds the steps.
  depends_on = [aws_iam_role_policy.loop_machines, aws_lambda_function.steps, aws_dynamodb_table.ledger, aws_ssm_parameter.shift, aws_cloudwatch_metric_alarm.strayed]
}

# --- what starts it: the watch's events

resource "aws_iam_role" "rule" {
  name                 = var.rule.role_name
  description          = "Starts ${var.machines["retrain"].name} when the watch raises an alarm"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # EventBridge serves every AWS customer: only for this rule may it take the role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnEquals    = { "aws:SourceArn" = "arn:aws:events:${var.region}:${var.account}:rule/${var.bus_name}/${var.rule.name}" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "loop_rule" {
  name   = "start"
  role   = aws_iam_role.rule.name
  policy = local.written["rule"]
}

resource "aws_cloudwatch_event_rule" "this" {
  name           = var.rule.name
  description    = "Alarms of the watch ${var.rule.watch}: raised, standing and over"
  event_bus_name = var.bus_name

  event_pattern = jsonencode({
    source        = ["landform.drift"]
    "detail-type" = ["Drift Detected", "Drift Ongoing", "Drift Cleared"]
    detail = {
      watch    = [var.rule.watch]
      model    = [var.rule.model]
      state    = ["raised", "ongoing", "cleared"]
      severity = var.rule.severities
      kind     = var.rule.kinds
    }
  })

  tags = { Name = var.rule.name }
}

# What could not be delivered within a day waits here for somebody.
resource "aws_sqs_queue" "dead" {
  name                      = var.dead_letters
  message_retention_seconds = 1209600
  # Alarms hold no value of a row: SQS's own key does, and EventBridge needs no part in one of ours.
  sqs_managed_sse_enabled = true
  tags                    = { Name = var.dead_letters }
}

resource "aws_sqs_queue_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AllowEventsOfTheRule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:${var.region}:${var.account}:${var.dead_letters}"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:${var.region}:${var.account}:rule/${var.bus_name}/${var.rule.name}" } }
      },
      {
        Sid       = "DenyPlaintextTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:${var.region}:${var.account}:${var.dead_letters}"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_target" "this" {
  rule           = aws_cloudwatch_event_rule.this.name
  event_bus_name = var.bus_name
  arn            = aws_sfn_state_machine.this["retrain"].arn
  role_arn       = aws_iam_role.rule.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }

  depends_on = [aws_iam_role_policy.loop_rule, aws_sqs_queue_policy.dead]
}

# --- what makes somebody look

resource "aws_cloudwatch_metric_alarm" "ends" {
  for_each = local.ends

  alarm_name          = each.key
  alarm_description   = "A run of ${var.machines[each.value.machine].name} has not ended well."
  namespace           = "AWS/States"
  metric_name         = each.value.metric
  dimensions          = { StateMachineArn = local.machines[each.value.machine] }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topics
}

# Deployments put the metric while both versions answer, and SageMaker brings the old one back where this rings.
resource "aws_cloudwatch_metric_alarm" "strayed" {
  alarm_name          = var.strayed.alarm
  alarm_description   = "A version of ${var.strayed.endpoint} that is being deployed does not answer as its evaluation says."
  namespace           = var.strayed.namespace
  metric_name         = var.strayed.name
  dimensions          = { Endpoint = var.strayed.endpoint }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.strayed.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topics
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  alarm_name          = var.dead_letters
  alarm_description   = "Alarms of the watch ${var.rule.watch} have reached nobody."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.dead_letters }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topics
}
