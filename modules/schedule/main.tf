locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in var.statements : merge(
        { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
        length(s.conditions) > 0 ? { Condition = s.conditions } : {},
      )
    ]
  })
}

# A group of its own: the trust policy of a role names the group of a schedule, and not the schedule.
resource "aws_scheduler_schedule_group" "this" {
  name = var.name
  tags = { Name = var.name }
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Starts ${var.name} at its times"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # Scheduler serves every AWS customer: only for this schedule may it take the role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnEquals    = { "aws:SourceArn" = "arn:aws:scheduler:${var.region}:${var.account}:schedule-group/${var.name}" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "schedule_start" {
  name   = "start"
  role   = aws_iam_role.this.name
  policy = local.policy
}

resource "aws_scheduler_schedule" "this" {
  name                         = var.name
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Starts ${var.name}"
  schedule_expression          = var.expression
  schedule_expression_timezone = "UTC"
  kms_key_arn                  = var.key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:${var.call}"
    role_arn = aws_iam_role.this.arn
    input    = var.input

    # A start that comes hours late is worse than the next one in time. Each retry has an execution id of its own, so
    # one whose answer was lost may start a second job: few.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 2
    }
  }

  lifecycle {
    # EventBridge Scheduler user guide, "Encryption at rest": the payload.
    precondition {
      condition     = length(var.input) <= 262144
      error_message = "What starts ${var.name} has ${length(var.input)} characters; Scheduler keeps 262144."
    }
  }

  # The first time may be at once: by then the role may do what it must.
  depends_on = [aws_iam_role_policy.schedule_start]
}
