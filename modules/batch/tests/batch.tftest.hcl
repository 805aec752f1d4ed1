mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/mock" }
  }
  mock_resource "aws_batch_compute_environment" {
    defaults = { arn = "arn:aws:batch:eu-west-1:123456789012:compute-environment/mock" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0a1b2c3d", latest_version = 3 }
  }
}

variables {
  name           = "demo-prd-graph"
  account        = "123456789012"
  region         = "eu-west-1"
  vpc_id         = "vpc-0a1b2c3d"
  subnets        = { euw1-az1 = "subnet-0a1b2c3d", euw1-az2 = "subnet-0d4e5f6a" }
  egress         = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  root           = { gib = 100, type = "gp3" }
  instance_types = ["g5.12xlarge"]
  gpu            = true
  vcpus          = { min = 0, max = 96 }
  markets        = ["EC2", "SPOT"]
  max_runtime    = 86400
  role_name      = "demo-prd-graph-eu-west-1"
  start          = { role_name = "demo-prd-graph-start-eu-west-1", statements = [{ sid = "Logs", actions = ["logs:PutLogEvents"], resources = ["arn:aws:logs:eu-west-1:123456789012:log-group:/landform/x:*"] }] }
  host           = { role_name = "demo-prd-graph-host-eu-west-1", statements = [{ sid = "Agent", actions = ["ecs:DiscoverPollEndpoint"], resources = ["*"] }] }
  log_group      = { name = "/landform/demo/production/train/graph", retention_days = 365 }
  statements     = [{ sid = "Data", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo/*"] }]

  definition = {
    image                = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.10.0-gpu-py313"
    command              = ["true"]
    resourceRequirements = [{ type = "VCPU", value = "48" }, { type = "MEMORY", value = "170000" }, { type = "GPU", value = "4" }]
  }
}

run "spot_comes_first_and_on_demand_steps_in" {
  command = apply

  assert {
    condition     = local.markets == ["SPOT", "EC2"] && [for e in aws_batch_job_queue.this.compute_environment_order : e.order] == [1, 2]
    error_message = "the spot market does not come first"
  }

  assert {
    condition     = aws_batch_compute_environment.this["SPOT"].compute_resources[0].allocation_strategy == "SPOT_PRICE_CAPACITY_OPTIMIZED"
    error_message = "spot nodes are not bought where there are most of them"
  }

  assert {
    condition     = aws_batch_job_definition.this.retry_strategy[0].evaluate_on_exit[0].on_status_reason == "Host EC2*"
    error_message = "a job whose node is taken back is not started again"
  }

  assert {
    condition     = aws_batch_compute_environment.this["EC2"].compute_resources[0].ec2_configuration[0].image_type == "ECS_AL2023_NVIDIA"
    error_message = "a node with GPUs has no drivers for them"
  }
}

run "disks_are_encrypted_and_containers_keep_to_their_own_role" {
  command = apply

  assert {
    condition     = one([for d in aws_launch_template.this.block_device_mappings : d.ebs[0].encrypted]) == "true" && one([for d in aws_launch_template.this.block_device_mappings : d.ebs[0].kms_key_id]) == var.key_arn
    error_message = "the disk of a node is not encrypted with the key given"
  }

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "a container reaches the node's role"
  }

  assert {
    condition     = strcontains(base64decode(aws_launch_template.this.user_data), "ECS_AWSVPC_BLOCK_IMDS=true")
    error_message = "a container with an interface of its own reaches the node's role"
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this.container_properties).jobRoleArn == aws_iam_role.this.arn
    error_message = "the command runs under another role"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == var.account
    error_message = "any customer of ECS could use the role"
  }
}

run "several_nodes_are_started_together_and_close" {
  command = apply

  variables {
    nodes           = 4
    markets         = ["EC2"]
    placement_group = true
    subnets         = { euw1-az1 = "subnet-0a1b2c3d" }
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this.node_properties).numNodes == 4 && aws_batch_job_definition.this.type == "multinode"
    error_message = "the job has another number of nodes"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.self) == 1 && length(aws_placement_group.this) == 1
    error_message = "the nodes cannot talk to each other, or stand far apart"
  }
}

run "refuses_several_nodes_on_the_spot_market" {
  command = plan

  variables {
    nodes = 4
  }

  expect_failures = [var.markets]
}

run "refuses_a_definition_that_batch_would_refuse" {
  command = plan

  variables {
    definition = { image = "x" }
  }

  expect_failures = [var.definition]
}

run "a_container_mounts_under_its_own_role_and_over_tls" {
  command = apply

  variables {
    file_systems = {
      homes = {
        security_group_id = "sg-0a1b2c3d"
        ports             = [{ from = 2049, to = 2049 }]
        statements        = [{ sid = "Homes", actions = ["elasticfilesystem:ClientMount"], resources = ["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"] }]
      }
    }
    volumes = { homes = { file_system_id = "fs-1", access_point_id = "fsap-1", path = "/homes" } }
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this.container_properties).volumes[0].efsVolumeConfiguration.transitEncryption == "ENABLED"
    error_message = "it mounts in plain text"
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this.container_properties).volumes[0].efsVolumeConfiguration.authorizationConfig == { accessPointId = "fsap-1", iam = "ENABLED" }
    error_message = "it mounts under no role, or past its access point"
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this.container_properties).mountPoints[0].readOnly
    error_message = "what may only read is mounted to be written to"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.mounts["homes 2049"].security_group_id == "sg-0a1b2c3d"
    error_message = "the file system does not admit the nodes"
  }

  assert {
    condition     = length(aws_iam_role_policy.batch_mounts) == 1
    error_message = "the role may not mount it"
  }
}
