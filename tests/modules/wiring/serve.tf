# Two services on hosts behind balancers, each of which calls the other: their rules close no circle.

locals {
  service = {
    account        = local.account
    region         = "eu-west-1"
    key_arn        = module.keys_eu_west_1.arns["logs"]
    instance_types = ["c7i.large"]
    image_id       = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    certificate    = "arn:aws:acm:eu-west-1:${local.account}:certificate/00000000-0000-0000-0000-000000000001"
  }
}

module "serve_api" {
  source            = "../../../modules/web"
  name              = "demo-prd-api"
  account           = local.service.account
  region            = local.service.region
  vpc_id            = module.network_eu_west_1.vpc_id
  subnets           = module.network_eu_west_1.subnets["private"]
  balancer_subnets  = module.network_eu_west_1.subnets["public"]
  egress            = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn           = local.service.key_arn
  image_id          = local.service.image_id
  root_device       = "/dev/xvda"
  root              = { gib = 30 }
  instance_types    = local.service.instance_types
  size              = { min = 2, max = 8 }
  target            = { metric = "requests", value = 1000 }
  role_name         = "demo-prd-api-eu-west-1"
  statements        = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/*"] }]
  log_group         = { name = "/demo/prd/serve/api", retention_days = 365 }
  user_data         = "#!/bin/bash\nLANDFORM_SERVE_BACK=${module.serve_back.url}\n"
  port              = 8080
  health_path       = "/ping"
  public            = true
  certificate_arn   = local.service.certificate
  domain            = { name = "api.example.com", zone_id = "Z0123456789ABCDEFGHIJ" }
  balancer_name     = "demo-prd-api"
  target_group_name = "demo-prd-api-8080"
  access_logs       = { bucket = module.logs_eu_west_1.name, prefix = "serve/api" }
  services          = { back = { security_group_id = module.serve_back.security_group_id, port = module.serve_back.caller_port } }
}

module "serve_back" {
  source            = "../../../modules/web"
  name              = "demo-prd-back"
  account           = local.service.account
  region            = local.service.region
  vpc_id            = module.network_eu_west_1.vpc_id
  subnets           = module.network_eu_west_1.subnets["private"]
  balancer_subnets  = module.network_eu_west_1.subnets["private"]
  egress            = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn           = local.service.key_arn
  image_id          = local.service.image_id
  root_device       = "/dev/xvda"
  root              = { gib = 30 }
  instance_types    = local.service.instance_types
  size              = { min = 2, max = 2 }
  role_name         = "demo-prd-back-eu-west-1"
  statements        = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/*"] }]
  log_group         = { name = "/demo/prd/serve/back", retention_days = 365 }
  user_data         = "#!/bin/bash\n"
  port              = 8080
  health_path       = "/ping"
  balancer_name     = "demo-prd-back"
  target_group_name = "demo-prd-back-8080"
  access_logs       = { bucket = module.logs_eu_west_1.name, prefix = "serve/back" }
  services          = { api = { security_group_id = module.serve_api.security_group_id, port = module.serve_api.caller_port } }
}
