mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
}

variables {
  name           = "demo-prd-tabular"
  account        = "123456789012"
  region         = "eu-west-1"
  vpc_id         = "vpc-0a1b2c3d"
  subnets        = { euw1-az1 = "subnet-0a1b2c3d", euw1-az2 = "subnet-0d4e5f6a" }
  egress         = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  encrypt_volume = true
  role_name      = "demo-prd-tabular-eu-west-1"
  parameter_name = "/landform/demo/production/train/tabular"

  statements = [{ sid = "Data", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo/*"] }]

  definition = {
    AlgorithmSpecification = { TrainingImage = "683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1", TrainingInputMode = "File" }
    OutputDataConfig       = { S3OutputPath = "s3://demo/training/" }
    ResourceConfig         = { InstanceType = "ml.m5.xlarge", InstanceCount = 1, VolumeSizeInGB = 30 }
    StoppingCondition      = { MaxRuntimeInSeconds = 3600 }
  }
}

run "a_job_runs_in_the_network_under_its_key" {
  command = apply

  assert {
    condition     = jsondecode(aws_ssm_parameter.definition.insecure_value).ResourceConfig.VolumeKmsKeyId == var.key_arn
    error_message = "the disks of the machines are not encrypted with the key given"
  }

  assert {
    condition     = length(jsondecode(aws_ssm_parameter.definition.insecure_value).VpcConfig.Subnets) == 2
    error_message = "the job does not run in the network"
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.definition.insecure_value).RoleArn == aws_iam_role.this.arn
    error_message = "the job runs under another role"
  }
}

run "disks_of_the_machine_take_no_key" {
  command = apply

  variables {
    encrypt_volume = false
  }

  assert {
    condition     = !can(jsondecode(aws_ssm_parameter.definition.insecure_value).ResourceConfig.VolumeKmsKeyId)
    error_message = "SageMaker refuses a key for machines with disks of their own"
  }
}

run "sagemaker_takes_the_role_for_this_account_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == var.account
    error_message = "any customer of SageMaker could use the role"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.self) == 0
    error_message = "a job of one machine is open to others"
  }
}

run "several_machines_talk_to_each_other" {
  command = plan

  variables {
    self_ingress = true
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.self) == 1 && length(aws_vpc_security_group_egress_rule.self) == 1
    error_message = "the machines of a job cannot talk to each other"
  }
}

run "refuses_a_definition_that_sagemaker_would_refuse" {
  command = plan

  variables {
    definition = { ResourceConfig = {} }
  }

  expect_failures = [var.definition]
}

run "what_scheduler_starts_is_the_definition_with_a_name_that_it_makes_up" {
  command = apply

  assert {
    condition     = strcontains(output.request, "demo-prd-tabular-<aws.scheduler.execution-id>")
    error_message = "Scheduler would not know its keyword"
  }

  assert {
    condition     = { for k, v in jsondecode(output.request) : k => v if k != "TrainingJobName" } == jsondecode(aws_ssm_parameter.definition.insecure_value)
    error_message = "a job that Scheduler starts is another one"
  }
}

run "a_job_mounts_lustre_as_a_channel" {
  command = apply

  variables {
    file_systems = {
      scratch = {
        security_group_id = "sg-0a1b2c3d"
        ports             = [{ from = 988, to = 988 }, { from = 1018, to = 1023 }]
        calls_back        = true
      }
    }
    mounts = { scratch = { file_system_id = "fs-1", directory = "/abcd", write = true } }
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.definition.insecure_value).InputDataConfig[0].DataSource.FileSystemDataSource == { FileSystemId = "fs-1", FileSystemType = "FSxLustre", FileSystemAccessMode = "rw", DirectoryPath = "/abcd" }
    error_message = "SageMaker would mount something else"
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.calls_back) == 2 && keys(aws_vpc_security_group_ingress_rule.calls_back) == ["scratch 1018", "scratch 988"] && length(aws_vpc_security_group_ingress_rule.mounts) == 2
    error_message = "the servers of Lustre and the machines of a job do not reach each other"
  }
}

run "a_tuning_makes_jobs_of_the_same_definition" {
  command = apply

  variables {
    definition = {
      AlgorithmSpecification = { TrainingImage = "683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1", TrainingInputMode = "File" }
      OutputDataConfig       = { S3OutputPath = "s3://demo/training/", KmsKeyId = var.key_arn }
      ResourceConfig         = { InstanceType = "ml.m5.xlarge", InstanceCount = 1, VolumeSizeInGB = 30 }
      StoppingCondition      = { MaxRuntimeInSeconds = 3600 }
      CheckpointConfig       = { S3Uri = "s3://demo/checkpoints/", LocalPath = "/opt/ml/checkpoints" }
      HyperParameters        = { eta = "0.3", num_round = "100" }
    }
    tuning = {
      parameter_name = "/landform/demo/production/train/tabular/tuning"
      varied         = ["eta"]
      config         = { Strategy = "Bayesian", ResourceLimits = { MaxNumberOfTrainingJobs = 20, MaxParallelTrainingJobs = 2 } }
    }
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.tuning["this"].insecure_value).TrainingJobDefinition.StaticHyperParameters == { num_round = "100" }
    error_message = "what is varied is fixed as well"
  }

  assert {
    condition     = !can(jsondecode(aws_ssm_parameter.tuning["this"].insecure_value).TrainingJobDefinition.CheckpointConfig)
    error_message = "jobs that run at once share a checkpoint"
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.tuning["this"].insecure_value).TrainingJobDefinition.OutputDataConfig.KmsKeyId == var.key_arn
    error_message = "the models of a search are encrypted with another key than those of a job"
  }

  assert {
    condition     = jsondecode(output.request).OutputDataConfig.KmsKeyId == var.key_arn
    error_message = "the model of a job that Scheduler starts is encrypted with another key"
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.tuning["this"].insecure_value).TrainingJobDefinition.RoleArn == aws_iam_role.this.arn
    error_message = "the jobs run under another role"
  }

  assert {
    condition     = strcontains(output.request, "s3://demo/checkpoints/demo-prd-tabular-<aws.scheduler.execution-id>/")
    error_message = "a job that Scheduler starts would go on where the last one ended"
  }
}

run "without_a_tuning_there_is_none" {
  command = plan

  assert {
    condition     = length(aws_ssm_parameter.tuning) == 0
    error_message = "a tuning stands that nobody asked for"
  }
}
