variable "name" {
  description = "The name of the file system, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\". A creation token takes 1 to 64 characters; use letters, digits and hyphens."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts what is stored."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "network" {
  description = "The VPC, and the private subnet of each zone that is to have a mount target: zone => subnet. null: nobody mounts it."
  type        = object({ vpc_id = string, subnets = map(string) })
  default     = null
}

variable "consumers" {
  description = "Who mounts it: each has an access point of its own."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.consumers) <= 1000
    error_message = "EFS has at most 1000 access points to a file system."
  }
}

variable "without_identity" {
  description = "Somebody mounts it who cannot say who they are, as SageMaker Studio: whether they write. null: everybody comes by an access point, with a role."
  type        = object({ write = bool })
  default     = null
}

variable "throughput_mibps" {
  description = "MiB/s that are paid for all the time. null: elastic, paid by what is read and written."
  type        = number
  default     = null

  validation {
    condition     = var.throughput_mibps == null ? true : var.throughput_mibps >= 1 && var.throughput_mibps <= 3414
    error_message = "Provisioned throughput is 1 to 3414 MiB/s."
  }
}

variable "cold_after_days" {
  description = "Days without access after which a file goes to the infrequent-access class, until somebody reads it. null: never."
  type        = number
  default     = null

  validation {
    condition     = var.cold_after_days == null ? true : contains([1, 7, 14, 30, 60, 90, 180, 270, 365], var.cold_after_days)
    error_message = "EFS moves files after 1, 7, 14, 30, 60, 90, 180, 270 or 365 days."
  }
}

variable "backup" {
  description = "Back it up every day by the plan that AWS Backup has for EFS, which keeps each for 35 days."
  type        = bool
  default     = true
}

variable "protect" {
  description = "Deny the end of the file system to everybody, until Terraform takes the policy away."
  type        = bool
  default     = true
}

variable "copy" {
  description = "Whether this is the copy of a file system of another region: EFS may write to it, and nobody else can while it does."
  type        = bool
  default     = false
}

variable "replication" {
  description = "The copy in another region: its id, and the region. null: none."
  type        = object({ file_system_id = string, region = string })
  default     = null

  validation {
    condition     = var.replication == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.replication.region))
    error_message = "A region looks like us-east-1."
  }

  validation {
    condition     = var.replication == null || !var.copy
    error_message = "EFS copies no copy."
  }
}
