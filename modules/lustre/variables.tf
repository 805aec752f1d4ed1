variable "name" {
  description = "The name of the file system, in tags and of its security group."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\". Use 1 to 64 letters, digits and hyphens."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts what is stored on a persistent file system."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "vpc_id" {
  description = "The VPC that it is mounted in."
  type        = string
}

variable "subnet_id" {
  description = "The subnet that it stands in: it lives in one zone."
  type        = string
}

variable "size_gib" {
  description = "GiB of storage: 1200, 2400 or a multiple of 2400."
  type        = number

  validation {
    condition     = var.size_gib == 1200 || (var.size_gib >= 2400 && var.size_gib % 2400 == 0)
    error_message = "size_gib is ${var.size_gib}. FSx for Lustre has 1200, 2400 or a multiple of 2400 GiB."
  }
}

variable "throughput_per_tib" {
  description = "MB/s for each TiB of a persistent file system: 125, 250, 500 or 1000. null: a scratch file system, which has 200 and loses what a failed disk held."
  type        = number
  default     = null

  validation {
    condition     = var.throughput_per_tib == null ? true : contains([125, 250, 500, 1000], var.throughput_per_tib)
    error_message = "A persistent file system has 125, 250, 500 or 1000 MB/s for each TiB."
  }
}

variable "repositories" {
  description = "Buckets that are seen as folders: folder => name of the bucket, and whether it is loaded from and exported to."
  type        = map(object({ bucket = string, loads = bool, exports = bool }))
  default     = {}

  validation {
    condition     = length(var.repositories) <= 8
    error_message = "FSx links at most 8 buckets to a file system."
  }

  validation {
    condition     = alltrue([for r in var.repositories : r.loads || r.exports])
    error_message = "A bucket that is neither loaded from nor exported to is not linked."
  }
}

variable "protect" {
  description = "Keep a last backup of a persistent file system without buckets."
  type        = bool
  default     = true
}
