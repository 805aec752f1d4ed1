locals {
  # One rule resource for each block or prefix list: adding one never touches another. Ids of prefix lists are not
  # known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  # One rule for each file system and range of ports.
  mounts = merge([
    for name, system in var.file_systems : {
      for port in system.ports : "${name} ${port.from}" => { name = name, group = system.security_group_id, from = port.from, to = port.to }
    }
  ]...)

  calls_back = { for name, rule in local.mounts : name => rule if var.file_systems[rule.name].calls_back }

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

# --- who may talk to the hosts, and whom they may talk to

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  security_group_id            = aws_security_group.this.id
  description                  = "Requests and health checks of the balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = aws_security_group.balancer.id
  tags                         = { Name = "${var.name} balancer" }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.egress

  security_group_id = aws_security_group.this.id
  description       = "${each.value.name} to ${each.value.cidr == null ? "a prefix list" : each.value.cidr}"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  prefix_list_id    = each.value.list
  tags              = { Name = "${var.name} ${each.value.name}" }
}

# The rules of both ends stand here: a file system knows nothing of who mounts it.
resource "aws_vpc_security_group_egress_rule" "mounts" {
  for_each = local.mounts

  security_group_id            = aws_security_group.this.id
  description                  = "Mounts ${each.value.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = each.value.group
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "mounts" {
  for_each = local.mounts

  security_group_id            = each.value.group
  description                  = "Mounted by ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

# Lustre's servers open connections to their clients too.
resource "aws_vpc_security_group_egress_rule" "calls_back" {
  for_each = local.calls_back

  security_group_id            = each.value.group
  description                  = "Calls back to ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "calls_back" {
  for_each = local.calls_back

  security_group_id            = aws_security_group.this.id
  description                  = "Called back by ${each.value.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = each.value.group
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

# --- what they may do

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "What ${var.name} may do in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "web_edges" {
  name   = "edges"
  role   = aws_iam_role.this.name
  policy = local.policy

  lifecycle {
    precondition {
      condition     = length(local.policy) <= 10240
      error_message = "The permissions of ${var.name} make a policy of ${length(local.policy)} characters; IAM allows a role 10240."
    }
  }
}

# Apart from the rest: ARNs of file systems are known once they stand, and would hide the other statements from a plan.
resource "aws_iam_role_policy" "web_mounts" {
  for_each = { for name, system in var.file_systems : name => system.statements if length(system.statements) > 0 }

  name = "mounts-${each.key}"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in each.value : merge(
        { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
        length(s.conditions) > 0 ? { Condition = s.conditions } : {},
      )
    ]
  })
}

resource "aws_iam_instance_profile" "this" {
  name = var.role_name
  path = var.iam_path
  role = aws_iam_role.this.name
}

# --- what they write down

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}
