# --- what the command may do, what starts it, and what the nodes may do

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "What ${var.name} may do in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.tasks
}

resource "aws_iam_role_policy" "batch_edges" {
  name   = "edges"
  role   = aws_iam_role.this.name
  policy = local.policies.job

  lifecycle {
    precondition {
      condition     = length(local.policies.job) <= 10240
      error_message = "The permissions of ${var.name} make a policy of ${length(local.policies.job)} characters; IAM allows a role 10240."
    }
  }
}

# Apart from the rest: ARNs of file systems are known once they stand, and would hide the other statements from a plan.
resource "aws_iam_role_policy" "batch_mounts" {
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

resource "aws_iam_role" "start" {
  name                 = var.start.role_name
  description          = "Fetches the image of ${var.name} and writes down what its command says"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.tasks
}

resource "aws_iam_role_policy" "batch_start" {
  name   = "start"
  role   = aws_iam_role.start.name
  policy = local.policies.start
}

resource "aws_iam_role" "host" {
  name                 = var.host.role_name
  description          = "Lets the nodes of ${var.name} take part in the cluster that Batch makes"
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

resource "aws_iam_role_policy" "batch_host" {
  name   = "agent"
  role   = aws_iam_role.host.name
  policy = local.policies.host
}

resource "aws_iam_instance_profile" "host" {
  name = var.host.role_name
  path = var.iam_path
  role = aws_iam_role.host.name
}
