variable "name" {
  description = "Physical name: of the endpoint, its first model and configuration, and the security group."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.name))
    error_message = "A name is 2 to 63 lower-case letters, digits and hyphens, and starts with a letter."
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
  description = "Private subnets that its machines have interfaces in: zone id => subnet id."
  type        = map(string)

  # SageMaker API, VpcConfig.
  validation {
    condition     = length(var.subnets) >= 1 && length(var.subnets) <= 16
    error_message = "An endpoint takes 1 to 16 subnets."
  }
}

variable "egress" {
  description = "Where its machines may connect to: name => TCP port with IPv4 blocks or prefix lists. Nothing else is let out."
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

variable "key_arn" {
  description = "KMS key of its log group."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "volume_key_arn" {
  description = "KMS key of the disks of its machines; empty for machines with disks of their own, which take none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.volume_key_arn == "" || can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.volume_key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "role_name" {
  description = "Name of the role."
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

variable "log_days" {
  description = "Days that its log is kept, as CloudWatch Logs counts them."
  type        = number
}

variable "parameter_name" {
  description = "Name of the SSM parameter that says what the next deployment is made of; with /model behind, of the one that says which model is in force."
  type        = string

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./-]{1,1000}$", var.parameter_name)) && !startswith(var.parameter_name, "/aws") && !startswith(var.parameter_name, "/ssm")
    error_message = "A parameter begins with a slash, not with /aws or /ssm, and has letters, digits and .-_/ only."
  }
}

variable "package_group" {
  description = "Name of the group of the model packages that it may serve; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.package_group == null || can(regex("^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$", var.package_group))
    error_message = "A group has at most 63 letters, digits and single hyphens."
  }
}

variable "model_package" {
  description = "ARN of the package that it is to serve first; null for an archive, or for none yet."
  type        = string
  default     = null

  validation {
    condition     = var.model_package == null || can(regex("^arn:aws:sagemaker:${var.region}:[0-9]{12}:model-package/", var.model_package))
    error_message = "The model package of ${var.name} is one of ${var.region}: arn:aws:sagemaker:${var.region}:<account>:model-package/<group>/<version>."
  }
}

variable "archive" {
  description = "The archive that it is to serve first: bucket, key, and the file to put there, null where it lies there already."
  type = object({
    bucket = string
    key    = string
    source = optional(string)
  })
  default = null
}

variable "image" {
  description = "URI of the container; a model package brings one of its own, so it may be null where there is no archive."
  type        = string
  default     = null

  validation {
    condition     = var.image != null || var.archive == null
    error_message = "An archive is served by a container: image is missing."
  }
}

variable "environment" {
  description = "Variables of the container."
  type        = map(string)
  default     = {}
}

variable "isolated" {
  description = "Whether the container may make no call at all: SageMaker hands it the model and the requests."
  type        = bool
  default     = false
}

variable "instance_type" {
  description = "Type of its machines."
  type        = string

  validation {
    condition     = can(regex("^ml[.][a-z0-9-]+[.][a-z0-9-]+$", var.instance_type))
    error_message = "A type looks like ml.c7i.xlarge."
  }
}

variable "scale" {
  description = "How many machines there are, from min to max: by invocations per minute and machine, and by a schedule (UTC) that moves the bounds."
  type = object({
    min                    = number
    max                    = number
    invocations_per_minute = optional(number)
    schedule = optional(map(object({
      at  = string
      min = number
      max = number
    })), {})
  })

  validation {
    condition     = var.scale.min >= 1 && var.scale.max >= var.scale.min
    error_message = "An endpoint has at least one machine, and not more than max."
  }

  validation {
    condition     = alltrue([for s in values(var.scale.schedule) : s.min >= 1 && s.max >= s.min && can(regex("^(cron|at)[(].+[)]$", s.at))])
    error_message = "A schedule says when, as cron(…) or at(…), and bounds from 1 on."
  }
}

variable "capture" {
  description = "Share of requests and responses that is kept, in percent, the bucket and prefix, and the key of that bucket, null for the one that the bucket itself has; null for no capture."
  type = object({
    percent = number
    bucket  = string
    prefix  = string
    key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.capture == null || try(var.capture.percent >= 1 && var.capture.percent <= 100, false)
    error_message = "A share is 1 to 100 percent."
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
