variable "name" {
  description = "Physical name: of the security group, and what the name of every job begins with."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,45}$", var.name))
    error_message = "A name is 2 to 46 lower-case letters, digits and hyphens, and starts with a letter: a job takes 63, its start included."
  }
}

variable "account" {
  description = "Account that everything here belongs to: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account is twelve digits."
  }
}

variable "region" {
  description = "Region of the provider that this module is given."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "vpc_id" {
  description = "VPC of the security group."
  type        = string
}

variable "subnets" {
  description = "Private subnets that the machines of a job have interfaces in: zone id => subnet id."
  type        = map(string)

  # SageMaker API, VpcConfig.
  validation {
    condition     = length(var.subnets) >= 1 && length(var.subnets) <= 16
    error_message = "A job takes 1 to 16 subnets."
  }
}

variable "egress" {
  description = "Where a job may connect to: name => TCP port with IPv4 blocks or prefix lists. Nothing else is let out."
  type = map(object({
    port            = number
    cidrs           = optional(list(string), [])
    prefix_list_ids = optional(list(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for r in values(var.egress) : r.port >= 1 && r.port <= 65535])
    error_message = "A port is 1 to 65535."
  }

  validation {
    condition     = alltrue([for c in flatten(values(var.egress)[*].cidrs) : can(cidrnetmask(c))])
    error_message = "Every block is an IPv4 CIDR."
  }
}

variable "self_ingress" {
  description = "Whether the machines of a job talk to each other on all ports."
  type        = bool
  default     = false
}

variable "key_arn" {
  description = "KMS key of the disks of the machines."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "encrypt_volume" {
  description = "Whether the machines have EBS volumes, which are encrypted with the key; those with disks of their own have none."
  type        = bool
}

variable "role_name" {
  description = "Name of the role and of its instance profile."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "A role name has at most 64 characters."
  }
}

variable "statements" {
  description = "All that the role may do. conditions: operator => key => values."
  type = list(object({
    sid        = string
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))

  validation {
    condition     = length(var.statements) > 0
    error_message = "A role without a permission needs no policy: IAM refuses one without statements."
  }

  validation {
    condition     = alltrue([for s in var.statements : can(regex("^[A-Za-z0-9]+$", s.sid))])
    error_message = "A sid has letters and digits only."
  }

  validation {
    condition     = alltrue([for a in flatten(var.statements[*].actions) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "parameter_name" {
  description = "Name of the SSM parameter that holds the definition."
  type        = string

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./-]{1,1000}$", var.parameter_name)) && !startswith(var.parameter_name, "/aws") && !startswith(var.parameter_name, "/ssm")
    error_message = "A parameter begins with a slash, not with /aws or /ssm, and has letters, digits and .-_/ only."
  }
}

variable "definition" {
  description = "The request CreateTrainingJob (SageMaker API) without TrainingJobName, RoleArn, VpcConfig and the key of the disks."
  type        = any

  validation {
    condition     = alltrue([for key in ["AlgorithmSpecification", "OutputDataConfig", "ResourceConfig", "StoppingCondition"] : can(var.definition[key])])
    error_message = "The definition lacks one of AlgorithmSpecification, OutputDataConfig, ResourceConfig, StoppingCondition."
  }
}

variable "file_systems" {
  description = "File systems that a job mounts: name => their security group, the TCP ports that they are reached on, and whether they call back on the same."
  type = map(object({
    security_group_id = string
    ports             = list(object({ from = number, to = number }))
    calls_back        = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for p in flatten(values(var.file_systems)[*].ports) : p.from >= 1 && p.from <= p.to && p.to <= 65535])
    error_message = "Ports go from 1 to 65535, the lower one first."
  }
}

variable "mounts" {
  description = "What a job mounts of Lustre: channel => file system, the folder of it that is mounted, and whether the job writes there."
  type = map(object({
    file_system_id = string
    directory      = string
    write          = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.mounts) : can(regex("^[A-Za-z0-9.-]{1,64}$", name))])
    error_message = "A channel is 1 to 64 letters, digits, dots and hyphens."
  }
}

variable "tuning" {
  description = "A search for hyper-parameters: HyperParameterTuningJobConfig (SageMaker API), the names of what it varies, and the SSM parameter that holds what starts it. null: none."
  type        = object({ parameter_name = string, varied = list(string), config = any })
  default     = null

  validation {
    condition     = var.tuning == null ? true : can(regex("^/[A-Za-z0-9_./-]{1,1000}$", var.tuning.parameter_name)) && !startswith(var.tuning.parameter_name, "/aws") && !startswith(var.tuning.parameter_name, "/ssm")
    error_message = "A parameter begins with a slash, not with /aws or /ssm, and has letters, digits and .-_/ only."
  }
}

variable "iam_path" {
  description = "Path of the roles here, and of what goes with them."
  type        = string
  default     = "/"

  # IAM API, CreateRole: Path.
  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.iam_path)) && length(var.iam_path) <= 512
    error_message = "A path begins and ends with a slash and has at most 512 characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the roles here may ever do. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "A boundary is given by the ARN of a policy."
  }
}
