locals {
  # Ids of prefix lists are not known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in var.statements : merge(
        { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
        length(s.conditions) > 0 ? { Condition = s.conditions } : {},
      )
    ]
  })

  variant = "AllTraffic"

  # What the first model is, in one word: a package, or an archive. Without either, all but the endpoint stands.
  archive = var.archive == null ? null : "s3://${var.archive.bucket}/${var.archive.key}"
  first   = var.model_package != null ? var.model_package : local.archive
  stands  = local.first == null ? {} : { first = local.first }

  capture = var.capture == null ? null : "s3://${var.capture.bucket}/${var.capture.prefix}"

  # What the next deployment is made of, in the words of CreateModel and CreateEndpointConfig: names and models are its own.
  definition = jsonencode({
    Model = {
      ExecutionRoleArn       = aws_iam_role.this.arn
      EnableNetworkIsolation = var.isolated
      VpcConfig              = { SecurityGroupIds = [aws_security_group.this.id], Subnets = values(var.subnets) }
      PrimaryContainer       = merge({ Environment = var.environment }, var.image == null ? {} : { Image = var.image })
    }
    EndpointConfig = merge(
      {
        ProductionVariants = [{
          VariantName          = local.variant
          InstanceType         = var.instance_type
          InitialInstanceCount = var.scale.min
          InitialVariantWeight = 1
        }]
      },
      var.volume_key_arn == "" ? {} : { KmsKeyId = var.volume_key_arn },
      var.capture == null ? {} : {
        DataCaptureConfig = merge(
          {
            EnableCapture             = true
            InitialSamplingPercentage = var.capture.percent
            DestinationS3Uri          = local.capture
            CaptureOptions            = [{ CaptureMode = "Input" }, { CaptureMode = "Output" }]
            CaptureContentTypeHeader  = { CsvContentTypes = ["text/csv"], JsonContentTypes = ["application/json", "application/jsonlines"] }
          },
          var.capture.key_arn == null ? {} : { KmsKeyId = var.capture.key_arn },
        )
      },
    )
  })
}

# --- whom its machines may talk to; SageMaker itself hands them the requests

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  #checkov:skip=CKV2_AWS_5:SageMaker attaches it to the interfaces of the endpoint's machines
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
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

# --- what it may do

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "What ${var.name} may do in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # SageMaker serves every AWS customer: only for this account's models may it take the role.
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

resource "aws_iam_role_policy" "endpoint_edges" {
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

# --- what it writes down

# SageMaker would make the group with the first line, without a key and for ever.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/sagemaker/Endpoints/${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

# --- what deployments are made of, and where the packages come from

resource "aws_ssm_parameter" "definition" {
  #checkov:skip=CKV2_AWS_34:a definition holds names and `env`, and a spec in which a known form of secret stands is refused; a plan shows what the next deployment will be
  name           = var.parameter_name
  description    = "Model and EndpointConfig of the next deployment of ${var.name}; names and the model are still to be added"
  type           = "String"
  tier           = "Intelligent-Tiering"
  insecure_value = local.definition

  lifecycle {
    precondition {
      condition     = length(local.definition) <= 8192
      error_message = "The definition of ${var.name} has ${length(local.definition)} characters; SSM takes 8192."
    }
  }
}

resource "aws_sagemaker_model_package_group" "this" {
  for_each = var.package_group == null ? {} : { packages = var.package_group }

  model_package_group_name        = each.value
  model_package_group_description = "Models that ${var.name} may serve"
}

resource "aws_ssm_parameter" "model" {
  for_each = local.stands

  #checkov:skip=CKV2_AWS_34:the name of a model is no secret; in plain text it can be read where it is needed
  name           = "${var.parameter_name}/model"
  description    = "The model of ${var.name} that is in force: a package, or an archive"
  type           = "String"
  insecure_value = each.value

  lifecycle {
    # Deployments write down what they have put in force.
    ignore_changes = [insecure_value]
  }
}
