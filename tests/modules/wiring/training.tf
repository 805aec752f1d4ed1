# Trainings on the platforms that start jobs, what starts them at their times, and the file systems that they mount.

module "data_homes" {
  source    = "../../../modules/efs"
  name      = "demo-prd-homes"
  key_arn   = module.keys_eu_west_1.arns["data"]
  network   = { vpc_id = module.network_eu_west_1.vpc_id, subnets = module.network_eu_west_1.subnets["private"] }
  consumers = ["train-hourly"]
  replication = {
    file_system_id = module.data_homes_us_east_1.id
    region         = "us-east-1"
  }
}

module "data_homes_us_east_1" {
  source    = "../../../modules/efs"
  providers = { aws = aws.us_east_1 }
  name      = "demo-prd-homes"
  key_arn   = module.keys_us_east_1.arns["data"]
  backup    = false
  copy      = true
}

module "data_scratch" {
  source             = "../../../modules/lustre"
  name               = "demo-prd-scratch"
  key_arn            = module.keys_eu_west_1.arns["data"]
  vpc_id             = module.network_eu_west_1.vpc_id
  subnet_id          = module.network_eu_west_1.subnets["private"]["euw1-az1"]
  size_gib           = 1200
  throughput_per_tib = 125
  repositories       = { orders = { bucket = module.data_orders.name, loads = true, exports = false } }
}

module "train_hourly" {
  source         = "../../../modules/batch"
  name           = "demo-prd-hourly"
  account        = local.account
  region         = "eu-west-1"
  vpc_id         = module.network_eu_west_1.vpc_id
  subnets        = module.network_eu_west_1.subnets["private"]
  egress         = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn        = module.keys_eu_west_1.arns["logs"]
  root           = { gib = 100, type = "gp3" }
  instance_types = ["m6i.2xlarge"]
  vcpus          = { min = 0, max = 8 }
  markets        = ["SPOT", "EC2"]
  max_runtime    = 86400
  role_name      = "demo-prd-hourly-eu-west-1"
  statements     = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/*"] }]
  start = {
    role_name  = "demo-prd-hourly-start-eu-west-1"
    statements = [{ sid = "Logs", actions = ["logs:PutLogEvents"], resources = ["arn:aws:logs:eu-west-1:${local.account}:log-group:/demo/prd/train/hourly:*"] }]
  }
  host = {
    role_name  = "demo-prd-hourly-host-eu-west-1"
    statements = [{ sid = "Agent", actions = ["ecs:Poll"], resources = ["arn:aws:ecs:eu-west-1:${local.account}:container-instance/*"] }]
  }
  log_group = { name = "/demo/prd/train/hourly", retention_days = 365 }
  definition = {
    image                = "${local.account}.dkr.ecr.eu-west-1.amazonaws.com/fit:1"
    command              = ["python", "main.py"]
    resourceRequirements = [{ type = "VCPU", value = "8" }, { type = "MEMORY", value = "29000" }]
  }
  file_systems = {
    homes = {
      security_group_id = module.data_homes.security_group_id
      ports             = [{ from = 2049, to = 2049 }]
      statements        = [{ sid = "Homes", actions = ["elasticfilesystem:ClientMount"], resources = [module.data_homes.arn] }]
    }
  }
  volumes = {
    homes = {
      file_system_id  = module.data_homes.id
      access_point_id = module.data_homes.access_points["train-hourly"]["id"]
      path            = "/homes"
    }
  }
}

module "train_nightly" {
  source         = "../../../modules/job"
  name           = "demo-prd-nightly"
  account        = local.account
  region         = "eu-west-1"
  vpc_id         = module.network_eu_west_1.vpc_id
  subnets        = module.network_eu_west_1.subnets["private"]
  egress         = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn        = module.keys_eu_west_1.arns["logs"]
  encrypt_volume = true
  role_name      = "demo-prd-nightly-eu-west-1"
  statements     = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/*"] }]
  parameter_name = "/demo/prd/train/nightly"
  definition = {
    AlgorithmSpecification = { TrainingImage = "${local.account}.dkr.ecr.eu-west-1.amazonaws.com/fit:1", TrainingInputMode = "File" }
    OutputDataConfig       = { S3OutputPath = "s3://demo-prd-orders-${local.account}-eu-west-1/training/" }
    ResourceConfig         = { InstanceType = "ml.m5.xlarge", InstanceCount = 1, VolumeSizeInGB = 30 }
    StoppingCondition      = { MaxRuntimeInSeconds = 3600 }
    HyperParameters        = { eta = "0.3" }
  }
  file_systems = {
    scratch = {
      security_group_id = module.data_scratch.security_group_id
      ports             = [{ from = 988, to = 988 }, { from = 1018, to = 1023 }]
      calls_back        = true
    }
  }
  mounts = { scratch = { file_system_id = module.data_scratch.id, directory = module.data_scratch.directory } }
  tuning = {
    parameter_name = "/demo/prd/train/nightly/tuning"
    varied         = ["eta"]
    config         = { Strategy = "Bayesian", ResourceLimits = { MaxNumberOfTrainingJobs = 4, MaxParallelTrainingJobs = 2 } }
  }
}

module "train_hourly_schedule" {
  source     = "../../../modules/schedule"
  name       = "demo-prd-hourly"
  account    = local.account
  region     = "eu-west-1"
  key_arn    = module.keys_eu_west_1.arns["logs"]
  expression = "rate(1 hour)"
  call       = "batch:submitJob"
  input      = module.train_hourly.request
  role_name  = "demo-prd-hourly-schedule-eu-west-1"
  statements = [{ sid = "Submit", actions = ["batch:SubmitJob"], resources = ["arn:aws:batch:eu-west-1:${local.account}:job-queue/demo-prd-hourly"] }]
}

module "train_nightly_schedule" {
  source     = "../../../modules/schedule"
  name       = "demo-prd-nightly"
  account    = local.account
  region     = "eu-west-1"
  key_arn    = module.keys_eu_west_1.arns["logs"]
  expression = "cron(0 3 ? * SUN *)"
  call       = "sagemaker:createTrainingJob"
  input      = module.train_nightly.request
  role_name  = "demo-prd-nightly-schedule-eu-west-1"
  statements = [{ sid = "Start", actions = ["sagemaker:CreateTrainingJob"], resources = ["arn:aws:sagemaker:eu-west-1:${local.account}:training-job/demo-prd-nightly-*"] }]
}
