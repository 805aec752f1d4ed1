locals {
  # One rule resource for each block or prefix list: adding one never touches another.
  ingress = merge([
    for name, rule in var.ingress : {
      for cidr in rule.cidrs : "${name} ${cidr}" => merge(rule, { name = name, cidr = cidr })
    }
  ]...)

  # Ids of prefix lists are not known before the first apply, so they cannot be keys.
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

# --- who may talk to it, and whom it may talk to

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.ingress

  security_group_id = aws_security_group.this.id
  description       = "${each.value.name} from ${each.value.cidr}"
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  tags              = { Name = "${var.name} ${each.value.name}" }
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

# --- what it may do

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

resource "aws_iam_role_policy" "machine_edges" {
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
resource "aws_iam_role_policy" "machine_mounts" {
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

# --- what it writes down

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}

# --- the machine

resource "aws_launch_template" "this" {
  name                   = var.name
  description            = "How ${var.name} is launched"
  update_default_version = true

  image_id               = var.image_id
  instance_type          = var.instance_type
  key_name               = var.key_pair
  user_data              = base64gzip(var.user_data) # EC2 takes 16 KiB, and cloud-init unpacks gzip by itself
  ebs_optimized          = true
  vpc_security_group_ids = [aws_security_group.this.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }

  # Hop limit 1: no container and no proxy on the host reaches the role's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  monitoring {
    enabled = true
  }

  block_device_mappings {
    device_name = var.root_device

    ebs {
      volume_size           = var.root.gib
      volume_type           = var.root.type
      iops                  = var.root.iops
      throughput            = var.root.throughput
      encrypted             = true
      kms_key_id            = var.key_arn
      delete_on_termination = true
    }
  }

  # A named machine comes back as itself: an interruption stops it and EC2 starts it again, with disks and address,
  # when there is capacity. one-time/terminate would leave it gone until somebody applies. EC2 allows stop
  # for persistent requests only; the provider cancels the request when the instance is destroyed.
  dynamic "instance_market_options" {
    for_each = var.purchase == "spot" ? ["spot"] : []

    content {
      market_type = "spot"

      spot_options {
        spot_instance_type             = "persistent"
        instance_interruption_behavior = "stop"
      }
    }
  }

  # The instance itself is tagged by aws_instance. EC2 refuses tags of a spot request where none is made.
  dynamic "tag_specifications" {
    for_each = toset(concat(["network-interface", "volume"], var.purchase == "spot" ? ["spot-instances-request"] : []))

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = var.name })
    }
  }

  # The digest stands for the script when it comes to replacing the machine: what gzip makes of the same script may
  # differ from one Terraform to the next.
  tags = { Name = var.name, "landform:user-data" = sha256(var.user_data) }
}

resource "aws_instance" "this" {
  #checkov:skip=CKV_AWS_8:The root disk is encrypted by the launch template, with the same key; said again here, the provider would look up the image
  subnet_id            = var.subnet_id
  iam_instance_profile = aws_iam_instance_profile.this.name
  ebs_optimized        = true
  monitoring           = true

  # EC2 knows no termination protection for spot.
  disable_api_termination = var.protect && var.purchase == "on-demand"

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  tags = { Name = var.name }

  lifecycle {
    # A new version of the template replaces the machine only where it boots from something else: not for a tag.
    # user_data: the provider hashes what a template gave once more at every plan (terraform-provider-aws #30825).
    ignore_changes = [launch_template[0].version, user_data]
    replace_triggered_by = [
      aws_launch_template.this.image_id,
      aws_launch_template.this.instance_type,
      aws_launch_template.this.key_name,
      aws_launch_template.this.tags,
      aws_launch_template.this.block_device_mappings,
      aws_launch_template.this.instance_market_options,
    ]
  }

  # The first thing the host does is to write logs, to use its role, to mount and to call; the way out is where its packages are.
  depends_on = [
    aws_iam_role_policy.machine_apis,
    aws_iam_role_policy.machine_edges,
    aws_iam_role_policy.machine_mounts,
    aws_cloudwatch_log_group.this,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.calls_back,
    aws_vpc_security_group_egress_rule.mounts,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.calls_back,
    aws_vpc_security_group_ingress_rule.mounts,
  ]
}

# --- its data

resource "aws_ebs_volume" "data" {
  for_each = var.data == null ? {} : { data = var.data }

  availability_zone = aws_instance.this.availability_zone
  size              = each.value.gib
  type              = each.value.type
  iops              = each.value.iops
  throughput        = each.value.throughput
  encrypted         = true
  kms_key_id        = var.key_arn
  final_snapshot    = var.protect
  tags              = { Name = "${var.name} data" }

  lifecycle {
    # The zone of a machine that is to be replaced is unknown in the plan: without this its data would be replaced too.
    ignore_changes = [availability_zone]
  }
}

resource "aws_volume_attachment" "data" {
  for_each = aws_ebs_volume.data

  device_name = var.data.device
  instance_id = aws_instance.this.id
  volume_id   = each.value.id

  # Taken from a running host, a mounted file system loses what is not yet written.
  stop_instance_before_detaching = true
}
