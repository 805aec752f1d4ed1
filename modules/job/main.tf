locals {
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

  # The request CreateTrainingJob, complete but for the name of the job, which is unique each time.
  definition = jsonencode(merge(var.definition, {
    RoleArn   = aws_iam_role.this.arn
    VpcConfig = { SecurityGroupIds = [aws_security_group.this.id], Subnets = values(var.subnets) }
    # Machines with disks of their own take no key: what is on those is encrypted by the hardware.
    ResourceConfig = merge(var.definition.ResourceConfig, var.encrypt_volume ? { VolumeKmsKeyId = var.key_arn } : {})
    }, {
    for key, value in {
      InputDataConfig = concat(try(var.definition.InputDataConfig, []), [
        for name, mount in var.mounts : {
          ChannelName = name
          DataSource = {
            FileSystemDataSource = {
              FileSystemId         = mount.file_system_id
              FileSystemType       = "FSxLustre"
              FileSystemAccessMode = mount.write ? "rw" : "ro"
              DirectoryPath        = mount.directory
            }
          }
        }
      ])
    } : key => value if length(value) > 0
  }))

  # Many jobs of the same definition, but for what is varied. Each would restore and save the same checkpoint: they have none.
  tuning = { for name, tuning in { this = var.tuning } : name => jsonencode({
    HyperParameterTuningJobConfig = tuning.config
    TrainingJobDefinition = merge(
      { for key, value in jsondecode(local.definition) : key => value if !contains(["CheckpointConfig", "HyperParameters"], key) },
      { StaticHyperParameters = { for key, value in try(var.definition.HyperParameters, {}) : key => value if !contains(tuning.varied, key) } },
    )
  }) if tuning != null }
}

# --- whom the machines of a job may talk to

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  #checkov:skip=CKV2_AWS_5:SageMaker attaches it to the interfaces of each job, and takes them away with it
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "self" {
  for_each = toset(var.self_ingress ? ["nodes"] : [])

  security_group_id            = aws_security_group.this.id
  description                  = "All between the nodes"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} nodes" }
}

resource "aws_vpc_security_group_egress_rule" "self" {
  for_each = toset(var.self_ingress ? ["nodes"] : [])

  security_group_id            = aws_security_group.this.id
  description                  = "All between the nodes"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} nodes" }
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

# --- what a job may do

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "What the training jobs of ${var.name} may do in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # SageMaker serves every AWS customer: only for this account's jobs may it take the role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:aws:sagemaker:${var.region}:${var.account}:*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "job_edges" {
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

# --- how a job is started

resource "aws_ssm_parameter" "definition" {
  #checkov:skip=CKV2_AWS_34:a definition holds names and `env`, and a spec in which a known form of secret stands is refused; a plan shows what the next job will be
  name           = var.parameter_name
  description    = "The request CreateTrainingJob of ${var.name}; TrainingJobName is still to be added"
  type           = "String"
  tier           = "Intelligent-Tiering"
  insecure_value = local.definition

  lifecycle {
    precondition {
      condition     = length(local.definition) <= 8192
      error_message = "The definition of ${var.name} has ${length(local.definition)} characters; SSM takes 8192."
    }
  }

  # Whoever reads the definition starts a job: by then its role may do what it must.
  depends_on = [
    aws_iam_role_policy.job_apis,
    aws_iam_role_policy.job_edges,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.calls_back,
    aws_vpc_security_group_egress_rule.mounts,
    aws_vpc_security_group_egress_rule.self,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.calls_back,
    aws_vpc_security_group_ingress_rule.mounts,
    aws_vpc_security_group_ingress_rule.self,
  ]
}

resource "aws_ssm_parameter" "tuning" {
  #checkov:skip=CKV2_AWS_34:a definition holds names and `env`, and a spec in which a known form of secret stands is refused; a plan shows what the next jobs will be
  for_each = local.tuning

  name           = var.tuning.parameter_name
  description    = "The request CreateHyperParameterTuningJob of ${var.name}; HyperParameterTuningJobName is still to be added"
  type           = "String"
  tier           = "Intelligent-Tiering"
  insecure_value = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) <= 8192
      error_message = "The tuning of ${var.name} has ${length(each.value)} characters; SSM takes 8192."
    }
  }

  depends_on = [aws_ssm_parameter.definition]
}
