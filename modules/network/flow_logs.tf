locals {
  flow_log_group_arn = "arn:aws:logs:${var.region}:${var.account}:log-group:${var.flow_logs.log_group}"
}

resource "aws_flow_log" "this" {
  vpc_id               = aws_vpc.this.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.flow_logs.arn
  iam_role_arn         = aws_iam_role.flow_logs.arn

  tags = { Name = var.name }

  # Without its permissions the flow log stands and delivers nothing; on destroy it goes before they do.
  depends_on = [aws_iam_role_policy.flow_logs]
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = var.flow_logs.log_group
  retention_in_days = var.flow_logs.retention_days
  kms_key_id        = var.flow_logs.key_arn
}

resource "aws_iam_role" "flow_logs" {
  name                 = var.flow_logs.role_name
  description          = "VPC flow logs of ${var.name} are written to CloudWatch Logs"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # The service serves every AWS customer: the role is for flow logs of this account and region alone.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FlowLogsWriteLogs"
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:${var.region}:${var.account}:vpc-flow-log/*" }
      }
    }]
  })

  tags = { Name = var.flow_logs.role_name }
}

resource "aws_iam_role_policy" "flow_logs" {
  name = "logs"
  role = aws_iam_role.flow_logs.id

  # No CreateLogGroup: records that arrive after a destroy would bring the group back, without key and retention.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteStreamsOfThisNetwork"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = [local.flow_log_group_arn, "${local.flow_log_group_arn}:*"]
      },
      {
        # Flow logs look their group up in the list of all.
        Sid      = "FindTheLogGroup"
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "arn:aws:logs:${var.region}:${var.account}:log-group:*"
      },
    ]
  })
}
